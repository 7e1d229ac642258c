"""ASGI middleware that serves static files compressed ahead, and the page shell.

Streamlit serves its own files uncompressed and its shell with ``lang="en"``, a font that
no page here uses and no hint of the chart bundle. The middleware answers for its static
files from compressed copies, and rewrites the shell: language, title, and preloads, so that
plotly.js arrives while Streamlit still starts.
"""

from __future__ import annotations

import mimetypes
import re
import socket
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs

from starlette.responses import FileResponse, PlainTextResponse, Response

from dashboard.build import manifest
from dashboard.paths import CACHE

#: Pages that open with a chart.
CHART_PAGES = ("map", "trends", "region", "indicator", "compare", "flows", "rails", "gaps", "index")
ASSET_ROUTE = "/assets/"
FOREVER = "public, max-age=31536000, immutable"


class StaticFiles:
    """Wraps the app; see the module."""

    def __init__(self, app):
        import streamlit

        self.app = app
        self.streamlit = Path(streamlit.__file__).parent / "static"
        self.compressed = CACHE / "streamlit" / streamlit.__version__
        self.assets = manifest()

    async def __call__(self, scope, receive, send):
        response = self._response(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        await (response or self.app)(scope, receive, send)

    def _response(self, scope) -> Response | None:
        path = scope["path"]
        accept = _header(scope, b"accept-encoding")
        if path.startswith(ASSET_ROUTE):
            digest, _, name = path[len(ASSET_ROUTE):].partition("/")
            if self.assets.get(name) != digest:
                return PlainTextResponse("There is no such file.", status_code=404)
            return _file(CACHE / "assets" / name, CACHE / "assets" / name, accept)
        if path.startswith("/static/") and ".." not in path:
            original = self.streamlit / path[1:]
            if original.is_file():
                return _file(original, self.compressed / path[1:], accept)
            return None
        if _is_page(path) and "text/html" in _header(scope, b"accept"):
            return self._shell(scope, accept)
        return None

    def _shell(self, scope, accept):
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        lang = "en" if query.get("lang", [""])[0].lower() == "en" else "zh"
        page = scope["path"].strip("/")
        body, etag = shell(lang, page in CHART_PAGES, page == "map")
        headers = {"Cache-Control": "no-cache", "ETag": etag, "Vary": "Accept-Encoding"}
        if _header(scope, b"if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        if "gzip" in accept:
            return Response(_gzipped(body), media_type="text/html", headers={**headers, "Content-Encoding": "gzip"})
        return Response(body, media_type="text/html", headers=headers)


def send_at_once(receive) -> None:
    """Switch Nagle's algorithm off, which holds small answers on a kept connection back by 40 ms."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    connection = transport and transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@lru_cache(maxsize=512)
def _bytes(path: Path, _changed: float) -> bytes:
    return path.read_bytes()


def _header(scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


def _is_page(path: str) -> bool:
    """A page's address has one segment and no dot; everything else is a file or a service."""
    return bool(re.fullmatch(r"/[\w-]*", path)) and path not in ("/healthz", "/briefing", "/oauth2callback")


def _file(original: Path, copy: Path, accept: str) -> Response:
    kind = mimetypes.guess_type(original.name)[0] or "application/octet-stream"
    if kind == "text/javascript":
        kind = "application/javascript"
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    for encoding, ending in (("br", ".br"), ("gzip", ".gz")):
        packed = copy.with_name(copy.name + ending)
        if encoding in accept and packed.is_file():
            return Response(_bytes(packed, packed.stat().st_mtime), media_type=kind, headers={**headers, "Content-Encoding": encoding})
    return FileResponse(original, media_type=kind, headers=headers)


@lru_cache(maxsize=4)
def _gzipped(body: bytes) -> bytes:
    import gzip

    return gzip.compress(body, 9, mtime=0)


def asset_url(name: str) -> str:
    """Address of an asset, relative to any page; its content never changes under it."""
    return f".{ASSET_ROUTE}{manifest_cached()[name]}/{name}"


@lru_cache(maxsize=1)
def manifest_cached() -> dict[str, str]:
    """The manifest as it was at the first call."""
    return manifest()


@lru_cache(maxsize=1)
def _late_chunks() -> tuple[str, ...]:
    """Streamlit's chunks that a page with a chart asks for only when the first widget is drawn."""
    import streamlit

    folder = Path(streamlit.__file__).parent / "static"
    known = (folder / "index.html").read_text("utf8")
    found: list[str] = []
    todo = [path.name for start in ("ButtonGroup", "Selectbox", "Html", "BidiComponent") for path in (folder / "static" / "js").glob(f"{start}.*.js")]
    while todo:
        name = todo.pop()
        if name not in found and name not in known:
            found.append(name)
            source = (folder / "static" / "js" / name).read_text("utf8")
            todo += re.findall(r"(?:from|import)\s*[`\"']\./([^`\"']+\.js)[`\"']", source)
    return tuple(found)


@lru_cache(maxsize=8)
def shell(lang: str, chart: bool, maps: bool = False) -> tuple[bytes, str]:
    """The HTML page that every address answers with, and its entity tag.

    Parameters
    ----------
    lang : {"zh", "en"}
    chart : bool
        Whether the page draws a chart at once, so that what draws it is asked for first.
    maps : bool
        Whether that chart is a map.
    """
    import hashlib

    import streamlit

    from dashboard.i18n import text

    words = text(lang)
    html = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf8")
    html = re.sub(r"<!--.*?-->", "", html, flags=re.S)
    html = re.sub(r"<link\s+rel=\"preload\"[^>]*as=\"font\"[^>]*/>", "", html)
    html = re.sub(r"<noscript>.*?</noscript>", f"<noscript><p>{words['shell']['noscript']}</p></noscript>", html, flags=re.S)
    html = html.replace('<html lang="en">', f'<html lang="{words["lang_tag"]}">')
    html = html.replace("<title>Streamlit</title>", f"<title>{words['app']['title']}</title>"
                        f'<meta name="description" content="{words["app"]["tagline"]}">')
    html = re.sub(r'href="\./favicon\.png"', f'href="{asset_url("favicon.svg")}" type="image/svg+xml"', html)
    plotly = asset_url("plotly-basic.min.js")
    if chart:
        late = "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in _late_chunks())
        shapes = "".join(f'<link rel="preload" as="fetch" crossorigin href="{asset_url(f"geometry-{x}.json")}">' for x in ("prefecture", "province"))
        first = late + (shapes if maps else "") + f'<link rel="modulepreload" href="{asset_url("chart.js")}"><script async id="plotly" src="{plotly}"></script>'
    else:
        first = f'<link rel="prefetch" as="script" href="{plotly}">'
    # told where its services are, Streamlit does not go looking for them below the page's address
    here = (f"<script>var here=new URL('.',location.href).href;window.__streamlit={{BACKEND_BASE_URL:here,MAIN_PAGE_BASE_URL:here}};"
            f'window.JJJ={{plotly:"{plotly}"}};'
            # the symbol font is asked for at start, icon or not; an icon that is shown brings it by itself
            "{const load=document.fonts.load.bind(document.fonts);"
            "document.fonts.load=(font,...more)=>/Material/.test(font)?Promise.resolve([]):load(font,...more)}</script>"
            "<style>[data-testid=stSkipToContent]{font-family:sans-serif!important}</style>")
    head = (f'{first}<link rel="stylesheet" href="{asset_url("app.css")}">{here}'
            f'<script type="module" src="{asset_url("app.js")}"></script>')
    boot = f'<div id="root"></div><div id="boot" aria-hidden="true"><b>{words["app"]["title"]}</b><i></i></div>'
    html = html.replace("</head>", head + "</head>").replace('<div id="root"></div>', boot)
    body = html.encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'
