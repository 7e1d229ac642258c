"""Who may write, and the settings that say so.

Everybody reads. ``REVIEWERS`` and ``ADMINISTRATORS`` list who may write, by mail address or user
name, separated by commas; a person is known by Streamlit's own login (OpenID Connect), or by the
header ``REVIEWER_HEADER``, which is believed only from the networks in ``TRUSTED_PROXIES``.
Where both lists are empty the local user may do everything, on this very machine and without a
proxy between. :mod:`dashboard.server.security` tells by what way a session came, so that nothing
here reads a header that a visitor could have written.

A setting that is wrong is a :class:`Misconfigured` at start, never a lock left open.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from indicators.reports.reviewed import local_user

#: Roles, each of which may do what those before it may.
ROLES = ("viewer", "reviewer", "administrator")
VARIABLES = ("REVIEWERS", "ADMINISTRATORS", "REVIEWER_HEADER", "TRUSTED_PROXIES", "ALLOWED_ORIGINS", "EMBED_ORIGINS", "PUBLIC_URL",
             "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_REDIRECT_URI", "COOKIE_SECRET")
#: Set by the server alone on every session: ``local``, ``proxy`` or ``remote``; what a visitor sends under this name is thrown away.
WAY_HEADER = "X-Dashboard-Way"
LEAST_SECRET = 32

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HEADER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_HOST = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[0-9]{1,5})?"
_ORIGIN = re.compile(rf"https?://{_HOST}")
_FRAMING = re.compile(rf"https?://(\*\.)?{_HOST}")
#: Headers that browsers or servers write themselves, which therefore name nobody.
_NOT_A_NAME = {"accept", "authorization", "connection", "content-type", "cookie", "forwarded", "from", "host", "origin", "referer", "upgrade", "user-agent", "via"}


class Misconfigured(ValueError):
    """A setting that cannot be right; the sentence says which and what is accepted."""


class Denied(ValueError):
    """Somebody wanted to write who may not; the sentence is in the reader's language."""


@dataclass(frozen=True)
class Settings:
    """The settings of access, checked.

    Attributes
    ----------
    reviewers, administrators : frozenset of str
    header : str
        Name of the header in which a proxy tells the user, in lower case; empty for none.
    proxies : tuple of networks
        Whose headers are believed.
    origins : tuple of str
        Besides the address that is served, from which sessions may be opened and things sent.
    embedders : str
        Sources of the policy ``frame-ancestors`` of ``/embed/``.
    secrets : dict
        ``auth`` as Streamlit's secrets have it, or empty.
    cookie_secret : str
    """

    reviewers: frozenset[str] = frozenset()
    administrators: frozenset[str] = frozenset()
    header: str = ""
    proxies: tuple[Network, ...] = ()
    origins: tuple[str, ...] = ()
    embedders: str = "'self'"
    secrets: dict | None = None
    cookie_secret: str = ""

    def trusts(self, address: str | None) -> bool:
        """Whether a connection from that address is one of the trusted proxies."""
        try:
            found = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        return any((mapped or found) in network for network in self.proxies)


@dataclass(frozen=True)
class Person:
    """Somebody with a name and a role of :data:`ROLES`."""

    name: str
    role: str

    def may(self, role: str) -> bool:
        """Whether the person may do what `role` may."""
        return ROLES.index(self.role) >= ROLES.index(role)


# --- settings ----------------------------------------------------------------------------


def settings() -> Settings:
    """The settings in the environment.

    Raises
    ------
    Misconfigured
        If one of them cannot be right.
    """
    return _settings(tuple(os.environ.get(name, "").strip() for name in VARIABLES))


@functools.lru_cache(maxsize=16)
def _settings(values: tuple[str, ...]) -> Settings:
    given = dict(zip(VARIABLES, values))
    header, proxies = given["REVIEWER_HEADER"], tuple(map(_network, _listed(given["TRUSTED_PROXIES"])))
    people = [frozenset(_listed(given[name])) for name in ("REVIEWERS", "ADMINISTRATORS")]
    if header:
        if not _HEADER_NAME.fullmatch(header) or header.lower() in _NOT_A_NAME or header.lower().startswith(("x-forwarded-", "sec-", "x-dashboard-")):
            raise Misconfigured(f"REVIEWER_HEADER is {header!r}; accepted is the name of a header that only the proxy writes, such as X-Remote-User.")
        if not proxies:
            raise Misconfigured("REVIEWER_HEADER needs TRUSTED_PROXIES, the addresses of the proxies that may set it; without them anybody could.")
        if not any(people):
            raise Misconfigured("REVIEWER_HEADER needs REVIEWERS or ADMINISTRATORS, the names that may stand in it.")
    origins = [_origin("ALLOWED_ORIGINS", value) for value in _listed(given["ALLOWED_ORIGINS"])]
    if given["PUBLIC_URL"]:
        parts = urlsplit(given["PUBLIC_URL"])
        origins.append(_origin("PUBLIC_URL", f"{parts.scheme}://{parts.netloc}", given["PUBLIC_URL"]))
    auth = _auth(given)
    return Settings(*people, header.lower(), proxies, tuple(origins), _embedders(given["EMBED_ORIGINS"]), auth, given["COOKIE_SECRET"])


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _network(text: str) -> Network:
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise Misconfigured(f"TRUSTED_PROXIES has {text!r}; accepted are addresses and networks such as 10.0.0.5 or 10.0.0.0/24.") from None
    if found.prefixlen == 0:
        raise Misconfigured(f"TRUSTED_PROXIES has {text!r}, which is everybody; name the addresses of the proxies.")
    return found


def _origin(variable: str, text: str, shown: str = "") -> str:
    if not _ORIGIN.fullmatch(text):
        raise Misconfigured(f"{variable} has {shown or text!r}; accepted are origins such as https://portal.example.cn.")
    return text.lower()


def _embedders(text: str) -> str:
    """Sources of ``frame-ancestors``: this site where nothing is said, besides it those that are listed, or everybody for ``*``."""
    listed = _listed(text)
    for one in listed:
        if one not in ("*", "self", "none") and not _FRAMING.fullmatch(one):
            raise Misconfigured(f"EMBED_ORIGINS has {one!r}; accepted are origins such as https://portal.example.cn or https://*.example.cn, *, self and none.")
    if len(listed) > 1 and {"*", "none"} & set(listed):
        raise Misconfigured("EMBED_ORIGINS has * or none beside others; each of them stands alone.")
    if listed in (["*"], ["none"]):
        return {"*": "*", "none": "'none'"}[listed[0]]
    return " ".join(["'self'", *(one for one in listed if one != "self")])


def _auth(given: dict[str, str]) -> dict:
    """``[auth]`` of Streamlit's secrets out of the environment."""
    names = [name for name in VARIABLES if name.startswith("OIDC_")]
    there = [name for name in names if given[name]]
    secret = given["COOKIE_SECRET"]
    if secret and len(secret) < LEAST_SECRET:
        raise Misconfigured(f"COOKIE_SECRET has {len(secret)} characters; at least {LEAST_SECRET} random ones are needed.")
    if not there:
        return {}
    absent = [name for name in (*names, "COOKIE_SECRET") if not given[name]]
    if absent:
        raise Misconfigured(f"{there[0]} is set without {', '.join(absent)}; a login needs all of {', '.join((*names, 'COOKIE_SECRET'))}.")
    issuer, back = given["OIDC_ISSUER"].rstrip("/"), given["OIDC_REDIRECT_URI"]
    for name, address in (("OIDC_ISSUER", issuer), ("OIDC_REDIRECT_URI", back)):
        parts = urlsplit(address)
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback_name(parts.hostname))):
            raise Misconfigured(f"{name} is {address!r}; accepted is an address with https, or with http on this machine.")
    if urlsplit(back).path.rstrip("/").rsplit("/", 1)[-1] != "oauth2callback":
        raise Misconfigured(f"OIDC_REDIRECT_URI is {back!r}; it must end in /oauth2callback.")
    import importlib.util

    if importlib.util.find_spec("authlib") is None:
        raise Misconfigured("OIDC_ISSUER needs the package Authlib, which is not installed.")
    metadata = issuer if issuer.endswith("/.well-known/openid-configuration") else f"{issuer}/.well-known/openid-configuration"
    return {"auth": {"redirect_uri": back, "cookie_secret": secret, "client_id": given["OIDC_CLIENT_ID"],
                     "client_secret": given["OIDC_CLIENT_SECRET"], "server_metadata_url": metadata}}


def is_loopback_name(host: str | None) -> bool:
    """Whether a host's name means this machine."""
    name = (host or "").strip("[]").rstrip(".").lower()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


# --- people --------------------------------------------------------------------------------


def allowed(given: Settings, *, login: str | None, named: str | None, way: str | None, local_user: str) -> Person | None:
    """The person that a session belongs to.

    Parameters
    ----------
    given : Settings
    login : str, optional
        Who is logged in by OpenID Connect.
    named : str, optional
        Whom the header names.
    way : {"local", "proxy", "remote"}, optional
        By what way the session came: from this machine directly, through a trusted proxy, or neither.
    local_user : str
        Name of the user that runs the server.

    Returns
    -------
    Person or None
        None for a viewer.
    """
    if not given.reviewers and not given.administrators:
        return Person(local_user, "administrator") if way == "local" else None
    for name in (login, named if way == "proxy" and given.header else None):
        if name and name in given.administrators:
            return Person(name, "administrator")
        if name and name in given.reviewers:
            return Person(name, "reviewer")
    return None


def person() -> Person | None:
    """The person of this session, or None for a viewer; asked anew at every call."""
    import streamlit as st

    given, headers = settings(), st.context.headers
    user = st.user.to_dict() if st.user else {}
    # a mail address that the provider has not verified may be anybody's
    login = user.get("email") if user.get("is_logged_in") and user.get("email_verified", True) is not False else None
    return allowed(given, login=login, named=_as_text(headers.get(given.header)) if given.header else None, way=headers.get(WAY_HEADER),
                   local_user=local_user())


def require(role: str, what: str) -> Person:
    """The person of this session, who is at least `role`; to be asked at the moment of writing.

    Parameters
    ----------
    role : {"reviewer", "administrator"}
    what : str
        What is to be written, for the audit trail.

    Raises
    ------
    Denied
        If the session may not; the attempt is in the audit trail.
    """
    found = person()
    if found is None or not found.may(role):
        deny(what, found.name if found else "-")
    return found


def deny(what: str, by: str, sentence: str = "") -> None:
    """Note a refused attempt in the audit trail and raise :class:`Denied`, with that sentence or the general one."""
    from dashboard.i18n import t
    from dashboard.state import language
    from indicators.reports import store

    with suppress(store.StoreError):  # a database that is away keeps nobody in
        store.note_audit("refused", what, by)
    raise Denied(sentence or t(language(), "access.denied"))


def can_log_in() -> bool:
    """Whether this deployment has an OpenID Connect provider set up (``OIDC_ISSUER``, or ``[auth]`` in Streamlit's secrets)."""
    import streamlit as st

    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def _as_text(value: str | None) -> str | None:
    """A header's value; names beyond ASCII come as UTF-8 in what is read as Latin-1."""
    try:
        return value and value.encode("latin-1").decode("utf8").strip()
    except UnicodeError:
        return value
