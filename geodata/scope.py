"""Which provinces are loaded, joined and mapped, and the plane in which that is drawn.

``BOUNDARY_SCOPE`` in the environment chooses: ``china``, or codes of provinces separated by
commas; Beijing, Tianjin and Hebei where it is not set.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache

HOME = ("110000", "120000", "130000")
SETTING = "BOUNDARY_SCOPE"
CRS = "EPSG:4490"
# Albers equal-area conic: areas are exact and a scale bar holds to about 0.1 % over the region.
REGION_CRS = "+proj=aea +lat_1=37.5 +lat_2=41.5 +lat_0=39.5 +lon_0=116.5 +datum=WGS84 +units=m"
# The usual parallels of maps of China. A scale bar holds to about 3 % between 20° and 53° north,
# and to 12 % at 4° north.
CHINA_CRS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=36 +lon_0=105 +datum=WGS84 +units=m"


def current_scope() -> tuple[str, ...] | str:
    """The scope that ``BOUNDARY_SCOPE`` chooses, in the form of :func:`normal_scope`.

    Raises
    ------
    ValueError
        If it is neither ``china`` nor codes of provinces.
    """
    return _of_setting(os.environ.get(SETTING, ""))


@lru_cache(maxsize=16)
def _of_setting(text: str) -> tuple[str, ...] | str:
    if not text.strip():
        return HOME
    try:
        return scope_of_text(text)
    except ValueError:
        raise ValueError(f'{SETTING} must be "china" or province codes such as "130000,140000", not {text!r}.') from None


def scope_of_text(text: str) -> tuple[str, ...] | str:
    """A scope written as ``china`` or as codes with commas; raises ValueError like :func:`normal_scope`."""
    text = text.strip()
    return normal_scope(text if text == "china" else [code.strip() for code in text.split(",")])


def normal_scope(scope: Iterable[str] | str | None) -> tuple[str, ...] | str:
    """Check a scope and bring it into one form.

    Parameters
    ----------
    scope : "china", iterable of str or None
        Codes of the provinces to cover; None for :func:`current_scope`.

    Returns
    -------
    tuple of str or "china"
        Province codes, sorted, each once.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if scope is None:
        return current_scope()
    if scope == "china":
        return scope
    codes = () if isinstance(scope, str) else tuple(sorted({str(code) for code in scope}))
    if not codes or any(len(c) != 6 or not c.isdigit() or not c.endswith("0000") for c in codes):
        raise ValueError(f'scope must be "china" or province codes such as "130000", not {scope!r}.')
    return codes


def within(code: str, scope: tuple[str, ...] | str) -> bool:
    """Whether an area's code lies in a scope in its normal form."""
    return scope == "china" or f"{code[:2]}0000" in scope


def area_crs(scope: Iterable[str] | str | None = None) -> str:
    """The equal-area projection (proj4, metres) in which a scope is measured and drawn."""
    return REGION_CRS if set(normal_scope(scope)) <= set(HOME) else CHINA_CRS


def scope_name(scope: tuple[str, ...] | str) -> str:
    """A scope in the names of folders."""
    return scope if scope == "china" else "-".join(code[:2] for code in scope)
