"""Who may write: named reviewers, by Streamlit's own login or by a trusted proxy's header.

Configuration comes from the environment. ``REVIEWERS`` lists who may review, by mail address
or user name, separated by commas. ``REVIEWER_HEADER`` names the header in which a proxy tells
the user; it is believed only from the addresses in ``TRUSTED_PROXIES``. Without ``REVIEWERS``
the local user may, on this very machine; everyone else reads.
"""

from __future__ import annotations

import getpass
import ipaddress
import os

import streamlit as st


def _listed(variable: str) -> list[str]:
    return [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]


def allowed(reviewers: list[str], *, login: str | None, header: str | None, address: str | None, proxies: list[str],
            forwarded: bool, local_user: str) -> str | None:
    """The reviewer that a request comes from.

    Parameters
    ----------
    reviewers : list of str
        Who may review; empty for "the local user".
    login : str, optional
        Who is logged in by OIDC.
    header : str, optional
        Whom the proxy's header names.
    address : str, optional
        Address of the connection; None for this machine.
    proxies : list of str
        Addresses or networks whose header is believed.
    forwarded : bool
        Whether the request came through some proxy.
    local_user : str
        Name of the user that runs the server.

    Returns
    -------
    str or None
        None where the request may only read.
    """
    local = address is None or ipaddress.ip_address(address).is_loopback
    if not reviewers:
        return local_user if local and not forwarded else None
    if login in reviewers:
        return login
    trusted = any(ipaddress.ip_address(address or "127.0.0.1") in ipaddress.ip_network(p, strict=False) for p in proxies)
    return header if trusted and header in reviewers else None


def reviewer() -> str | None:
    """The reviewer of this session, or None."""
    headers = st.context.headers
    name = os.environ.get("REVIEWER_HEADER", "")
    user = st.user.to_dict() if st.user else {}
    return allowed(
        _listed("REVIEWERS"), login=user.get("email") if user.get("is_logged_in") else None, header=headers.get(name) if name else None,
        address=st.context.ip_address, proxies=_listed("TRUSTED_PROXIES"), forwarded=bool(headers.get("X-Forwarded-For")),
        local_user=getpass.getuser())


def can_log_in() -> bool:
    """Whether this deployment has an OIDC provider set up (``[auth]`` in Streamlit's secrets)."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False
