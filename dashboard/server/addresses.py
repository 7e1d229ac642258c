"""Networks that are listed in a setting, and under which name a client is counted."""

from __future__ import annotations

import functools
import ipaddress
import os

from dashboard.access import settings
from dashboard.server.caller import Caller, caller_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def caller(scope: dict, receive=None) -> Caller:
    """Who sent an ASGI request; :mod:`dashboard.server.security` has found it out already for those that passed it."""
    return scope.get("dashboard.caller") or caller_of(scope, receive, settings())


def networks(variable: str) -> tuple[Network, ...]:
    """The addresses and networks that an environment variable lists, separated by commas.

    Raises
    ------
    ValueError
        One sentence, if one of them is neither.
    """
    return _networks(variable, os.environ.get(variable, ""))


@functools.lru_cache(maxsize=32)
def _networks(variable: str, listed: str) -> tuple[Network, ...]:
    found = []
    for part in filter(None, (part.strip() for part in listed.split(","))):
        try:
            found.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            raise ValueError(f"{variable} lists {part!r}; accepted are addresses and networks such as 10.0.0.0/8, separated by commas.") from None
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def address(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, None for what is none; of IPv4 also where a socket of IPv6 says it."""
    try:
        found = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def within(text: str | None, listed: tuple[Network, ...]) -> bool:
    """Whether an address is in one of the networks; what is no address is in none."""
    found = address(text)
    return found is not None and any(found in network for network in listed)


def is_local(text: str | None) -> bool:
    """Whether a connection comes from this machine; one without an address, as of a socket in the file system, does."""
    found = address(text)
    return found is None or found.is_loopback


def counted_as(text: str | None) -> str:
    """The name under which a client is counted: its address, of IPv6 the network of 64 bits that one household has."""
    found = address(text)
    if found is None:
        return ""
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False).network_address)
