"""The ASGI application: Streamlit's pages, the API and the static files. Nothing else."""

import asyncio
import logging
import threading
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from dashboard import api, briefing, export_api
from dashboard.paths import HERE
from dashboard.static_files import StaticFiles


@asynccontextmanager
async def lifespan(app):
    """Compute what the first visitors will ask for while nobody waits, then get the first export's worker ready."""
    from dashboard.warm import warm

    async def ready():
        thread = threading.Thread(target=warm, daemon=True)  # which a server that is stopped meanwhile does not wait for
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.5)
        await export_api.desk().prepare()

    task = asyncio.create_task(ready())
    yield
    task.cancel()
    await export_api.desk().close()


def on_script_error(error: Exception) -> bool:
    """Say in the reader's language that a page failed; what failed stands in the log."""
    from dashboard.i18n import t
    from dashboard.state import language

    logging.getLogger(__name__).error("a page failed", exc_info=error)
    st.html(f'<p class="note ready" role="alert">{t(language(), "state.fault")}</p>')
    return True


app = st.App(HERE / "site" / "main.py", routes=[*briefing.routes, *export_api.routes, *api.routes], middleware=[Middleware(StaticFiles)], lifespan=lifespan,
             on_script_error=on_script_error)
