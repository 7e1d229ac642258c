"""A page's session without a browser: Streamlit's protocol over its websocket, as its frontend speaks it.

A session sends ``BackMsg.rerun_script`` with the query of the address and reads ``ForwardMsg`` until
the script has finished. Hundreds of them fit into one process, which browsers do not.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

#: Seconds after which a script that has not finished is an error.
LONGEST = 60


class SessionError(Exception):
    """A session that could not be opened, or whose page failed."""


class Session:
    """An open page; made by :func:`opened`.

    Attributes
    ----------
    html : list of str
        What ``st.html`` placed on the page in the last run.
    """

    def __init__(self, socket):
        self._socket, self.html = socket, []

    async def run(self, page: str, query: str) -> float:
        """Run the page for an address; seconds until its script has finished.

        Raises
        ------
        SessionError
            If the script fails or the connection breaks.
        """
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = query, page
        state.context_info.url, state.context_info.locale, state.context_info.timezone = "http://127.0.0.1/", "zh-CN", "Asia/Shanghai"
        start = time.perf_counter()
        try:
            await self._socket.send(message.SerializeToString())
            async with asyncio.timeout(LONGEST):
                await self._finished()
        except TimeoutError:
            raise SessionError(f"a script took more than {LONGEST} s") from None
        except Exception as error:
            if isinstance(error, SessionError):
                raise
            raise SessionError(f"the connection broke: {error}") from error
        return time.perf_counter() - start

    async def _finished(self) -> None:
        self.html = []
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await self._socket.recv())
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                which = element.WhichOneof("type")
                if which == "exception":
                    raise SessionError(f"the page failed: {element.exception.message[:200]}")
                if which == "html":
                    self.html.append(element.html.body)
            elif kind == "page_not_found":
                raise SessionError("the page is not known")
            elif kind == "script_finished" and answer.script_finished in (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY):
                if any('role="alert"' in text for text in self.html):
                    raise SessionError("the page failed, and said so to the reader")
                return
            elif kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise SessionError("the script cannot be compiled")

    async def close(self) -> None:
        """Leave the page."""
        await self._socket.close()


async def opened(url: str, headers: Mapping[str, str] | None = None, trust: ssl.SSLContext | None = None) -> Session:
    """A session of a server, before its first run.

    Parameters
    ----------
    url : str
        Of the server, ``http://`` or ``https://``.
    headers : mapping, optional
        Such as cookies.
    trust : ssl.SSLContext, optional
        Which certificates are believed.
    """
    secure = {"ssl": trust} if url.startswith("https") else {}
    try:
        socket = await connect(f"ws{url.removeprefix('http')}/_stcore/stream", subprotocols=["streamlit"], origin=url, additional_headers=headers,
                               max_size=None, open_timeout=30, ping_interval=None, proxy=None, **secure)
    except Exception as error:
        raise SessionError(f"no session could be opened: {error}") from error
    return Session(socket)
