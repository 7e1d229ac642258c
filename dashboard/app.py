"""The ASGI application: Streamlit's pages, the API and the static files. Nothing else."""

import asyncio
import logging
import threading
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from dashboard import api, briefing, export_api
from dashboard.paths import HERE
from dashboard.server import health, logs, metrics, start
from dashboard.server.answers import Answers
from dashboard.server.limits import Limits
from dashboard.server.security import Security, at_start
from dashboard.static_files import StaticFiles


@asynccontextmanager
async def lifespan(app):
    """Compute what the first visitors will ask for while nobody waits, then get the first export's worker ready."""
    from dashboard.warm import warm

    def compute():
        try:
            warm()
            health.warmed()
        except Exception as error:
            logging.getLogger(__name__).exception("the start could not compute what first visitors see")
            health.warmed(error)

    async def ready():
        thread = threading.Thread(target=compute, daemon=True)  # which a server that is stopped meanwhile does not wait for
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.5)
        try:
            await export_api.desk().prepare()
            health.worker("ok")
        except Exception:
            logging.getLogger(__name__).exception("the first worker for exports could not be started")
            health.worker("away")

    health.end_in_order(asyncio.get_running_loop())
    task = asyncio.create_task(ready())
    yield
    health.stop()
    task.cancel()
    await export_api.desk().close()


def on_script_error(error: Exception) -> bool:
    """Say in the reader's language that a page failed; what failed stands in the log."""
    from dashboard.i18n import t
    from dashboard.state import language

    logging.getLogger(__name__).error("a page failed", exc_info=error)
    st.html(f'<p class="note ready" role="alert">{t(language(), "state.fault")}</p>')
    return True


start.set_up()
#: Outermost first: whatever is answered is logged and counted, and carries the headers of security.
AROUND = (logs.Requests, metrics.Requests, Security, health.Operators, Limits, Answers, StaticFiles)
app = st.App(HERE / "site" / "main.py", routes=[*briefing.routes, *export_api.routes, *api.routes], middleware=[Middleware(m) for m in AROUND],
             lifespan=lifespan, on_script_error=on_script_error, secrets=at_start().secrets)
