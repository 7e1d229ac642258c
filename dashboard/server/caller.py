"""Where a request comes from: the connection, the proxy before it, and what of the proxy's word is believed.

Uvicorn believes ``X-Forwarded-For`` and ``X-Forwarded-Proto`` from every program on this machine and
writes them over the connection's own address before any middleware sees it. What counts here is
therefore read from the socket; a proxy is believed only where ``TRUSTED_PROXIES`` lists it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from dashboard.access import Settings, is_loopback_name

#: A request that has one of these came through a proxy, or pretends to.
FORWARDING = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-server", b"x-forwarded-port", b"x-real-ip", b"forwarded", b"via")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?)(:[0-9]{1,5})?")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes
    ----------
    peer : str or None
        Address of the connection; None where it has none (a socket of the file system).
    client : str or None
        Address of whoever asks: the nearest in ``X-Forwarded-For`` that is no trusted proxy, else the peer.
    forwarded : bool
        Whether the request names a proxy.
    trusted : bool
        Whether the peer is a trusted proxy.
    secure : bool
        Whether the reader's connection is encrypted.
    host : str
        Name and port under which the reader knows this server, in lower case; empty where it cannot be one.
    """

    peer: str | None
    client: str | None
    forwarded: bool
    trusted: bool
    secure: bool
    host: str

    @property
    def way(self) -> str:
        """``local`` from this machine, ``proxy`` through a trusted proxy, else ``remote``.

        A page of another site can reach a server on this machine under a name of its own
        (DNS rebinding); local is therefore only who also asks for a local name.
        """
        if self.trusted:
            return "proxy"
        near = _is_loopback(self.peer) and not self.forwarded and is_loopback_name(urlsplit(f"//{self.host}").hostname)
        return "local" if near else "remote"


def caller_of(scope: dict, receive, given: Settings) -> Caller:
    """The caller of an ASGI request or handshake.

    Parameters
    ----------
    scope : dict
    receive : callable
        Of the server, which knows the connection's socket.
    given : dashboard.access.Settings
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    ask = getattr(transport, "get_extra_info", None)
    if ask is None:  # called without a socket, as a test does
        peer, secure = (scope.get("client") or (None,))[0], scope.get("scheme") in ("https", "wss")
    else:
        name = ask("peername")
        peer, secure = name[0] if isinstance(name, tuple) else None, ask("ssl_object") is not None
    trusted = given.trusts(peer)
    forwarded = any(name in FORWARDING for name, _ in scope["headers"])
    client, host = peer, _all(scope, b"host")
    if trusted:
        client = _nearest(_all(scope, b"x-forwarded-for"), given) or peer
        secure = (_all(scope, b"x-forwarded-proto") or ["https" if secure else "http"])[-1].lower() in ("https", "wss")
        host = _all(scope, b"x-forwarded-host") or host
    named = host[-1].lower() if host else ""
    return Caller(peer, client, forwarded, trusted, secure, named if _HOST.fullmatch(named) else "")


def _all(scope: dict, name: bytes) -> list[str]:
    """All values of a header that may be repeated or hold a list."""
    return [part.strip() for k, v in scope["headers"] if k == name for part in v.decode("latin-1").split(",") if part.strip()]


def _nearest(path: list[str], given: Settings) -> str | None:
    """The last address that no trusted proxy has; None where somebody wrote what is no address."""
    for one in reversed(path):
        address = re.sub(r"^\[(.*)\](:\d+)?$|^([\d.]+):\d+$", r"\1\3", one)
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return None
        if not given.trusts(address):
            return address
    return None


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def same_site(origin: str, caller: Caller, given: Settings) -> bool:
    """Whether an ``Origin`` is this server as the reader knows it, or one that is allowed besides."""
    try:
        parts = urlsplit(origin.lower())
        there = parts.hostname, parts.port or _PORTS.get(parts.scheme)
        here = urlsplit(f"//{caller.host}")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username is not None:
        return False
    if origin.lower() in given.origins:
        return True
    # without encryption the origin's scheme may differ from ours: a proxy that ends it does not always say so
    return bool(caller.host) and (parts.scheme == "https" or not caller.secure) and there == (here.hostname, here.port or _PORTS[parts.scheme])
