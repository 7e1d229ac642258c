"""The ASGI application: Streamlit's pages, the API and the static files. Nothing else."""

import threading
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from dashboard.api import routes
from dashboard.paths import HERE
from dashboard.static_files import StaticFiles


@asynccontextmanager
async def lifespan(app):
    """Compute what the first visitors will ask for while nobody waits."""
    from dashboard.warm import warm

    threading.Thread(target=warm, daemon=True).start()
    yield


app = st.App(HERE / "site" / "main.py", routes=routes, middleware=[Middleware(StaticFiles)], lifespan=lifespan)
