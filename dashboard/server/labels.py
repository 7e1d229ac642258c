"""Names of addresses for counting: templates, never what somebody wrote into the address bar."""

from __future__ import annotations

import functools

from dashboard.paths import HERE

#: Key of the scope under which a request's route and template are left for the middleware outside, which sees another scope.
SEEN = "dashboard.seen"
OPERATORS = ("/healthz", "/readyz", "/metrics")
_FOLDERS = ("/assets/", "/static/", "/media/", "/component/", "/_stcore/upload_file/", "/_stcore/bidi-components/")
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


@functools.lru_cache(maxsize=1)
def _pages() -> frozenset[str]:
    return frozenset({"", *(path.stem for path in (HERE / "pages").glob("*.py"))})


def route_of(scope: dict) -> str:
    """The template of a request's address, one of a set that does not grow with what is asked."""
    seen = scope.get(SEEN) or {}
    if "template" in seen:
        return seen["template"]
    path = scope["path"]
    for folder in _FOLDERS:
        if path.startswith(folder):
            return f"{folder}*"
    if path == "/favicon.png":
        return "/static/*"
    if path.strip("/") in _pages():
        return "/{page}"
    if path.rstrip("/") in OPERATORS:
        return path.rstrip("/")
    if path.startswith("/_stcore/"):
        return "/_stcore/stream" if path == "/_stcore/stream" else "/_stcore/*"
    if path.startswith(("/api/", "/embed/", "/briefing")):
        # what is refused before a route is looked for has none
        return getattr(seen.get("scope", scope).get("route"), "path", "/api/*" if path.startswith("/api/") else "other")
    return "other"


def kind_of(route: str) -> str:
    """Kind of an address: api, export, page, static, websocket, operator or other."""
    if route.startswith("/api/export/"):
        return "export"
    if route.startswith("/api/"):
        return "api"
    if route in ("/{page}", "/briefing", "/embed/{kind}"):
        return "page"
    if route == "/_stcore/stream":
        return "websocket"
    if route in OPERATORS:
        return "operator"
    return "static" if route.endswith("/*") and not route.startswith("/_stcore/") else "other"


def method_of(scope: dict) -> str:
    """The method, one of a known set."""
    method = scope.get("method", "WEBSOCKET")
    return method if method in METHODS or scope["type"] == "websocket" else "OTHER"
