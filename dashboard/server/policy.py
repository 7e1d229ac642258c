"""The headers that tell a browser what an answer may do: content security policy and its neighbours.

What the pages need, and why it is not stricter: Streamlit's styles are written by its script
(``style-src 'unsafe-inline'``), and it loads the few lines of a component from a blob
(``script-src blob:``), which only a script that already runs can make; its whole numbers of 64 bits
are reckoned by WebAssembly (``'wasm-unsafe-eval'``, which lets no text become script). Scripts in the page itself
run by their hash alone, nothing is evaluated, and no other host is asked for anything.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re

#: What every answer carries.
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
                            b"payment=(), usb=(), fullscreen=(self), screen-wake-lock=(self), clipboard-write=(self)"),
)
#: For pages that browsers take for safe; of others they only complain about it.
ALONE = (b"cross-origin-opener-policy", b"same-origin")
#: Two years, as the lists of browsers ask for; subdomains are other people's.
HSTS = (b"strict-transport-security", b"max-age=63072000")
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", re.S)


def hashes(html: str) -> tuple[str, ...]:
    """Sources of a policy that let the scripts in a page of ours run, and no others."""
    return tuple(dict.fromkeys(f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" for code in _INLINE.findall(html)))


@functools.lru_cache(maxsize=2)
def own_scripts(screen: bool) -> tuple[str, ...]:
    """Hashes of the scripts in the pages' shell, or in the screen of briefings and embedded charts.

    They are computed from what this program writes before any reader's or report's word is in it,
    never from an answer on its way out.
    """
    if screen:
        from dashboard.briefing import served

        return hashes(served({"lang": "zh"}, "", "light", "./"))
    from dashboard.i18n import LANGUAGES
    from dashboard.static_files import shell

    return hashes("".join(shell(lang, chart, chart)[0].decode() for lang in LANGUAGES for chart in (False, True)))


@functools.lru_cache(maxsize=256)
def page(host: str, secure: bool, screen: bool, ancestors: str) -> bytes:
    """Policy of an HTML page.

    Parameters
    ----------
    host : str
        Of the server as the reader knows it; browsers of some years ago do not count a websocket under ``'self'``.
    secure : bool
        Whether the reader's connection is encrypted.
    screen : bool
        A briefing or an embedded chart, which has no websocket and nothing of Streamlit.
    ancestors : str
        Who may frame it.
    """
    socket = f" {'wss' if secure else 'ws'}://{host}" if host and not screen else ""
    scripts = " ".join(("'self'", *own_scripts(screen), *(() if screen else ("blob:", "'wasm-unsafe-eval'"))))
    return "; ".join((
        "default-src 'self'", f"script-src {scripts}", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:", "font-src 'self' data:",
        f"connect-src 'self'{socket}", "object-src 'none'", "base-uri 'self'", "form-action 'self'", f"frame-ancestors {ancestors}")).encode()


def thing(content_type: str) -> bytes:
    """Policy of an answer that is no page: data, a picture, a file.

    A picture opened by itself may use the styles in it; a browser's own viewer of PDF needs to be left alone.
    """
    if content_type.startswith("application/pdf"):
        return b"frame-ancestors 'self'"
    if content_type.startswith("image/svg"):
        return b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'; sandbox"
    return b"default-src 'none'; frame-ancestors 'self'"
