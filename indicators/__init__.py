"""Indicators of the integration of Beijing, Tianjin and Hebei.

>>> from indicators import catalogue, series
>>> series("gdp", areas=["jjj"], measure="index", base="2014")  # doctest: +SKIP
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from indicators.model import Indicator

__all__ = ["Indicator", "catalogue", "get", "series"]

_NOT_DEFINITIONS = {"model", "ledger", "measures", "names", "coverage", "__main__"}


@functools.lru_cache(maxsize=1)
def _by_id() -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg or module.name in _NOT_DEFINITIONS:
            continue
        for indicator in getattr(importlib.import_module(f"{__name__}.{module.name}"), "INDICATORS", ()):
            if indicator.id in found:
                raise ValueError(f"two indicators have the id {indicator.id}")
            found[indicator.id] = indicator
    return found


def catalogue() -> list[Indicator]:
    """All indicators: those that any module of this package lists in ``INDICATORS``."""
    return list(_by_id().values())


def get(indicator_id: str) -> Indicator:
    """The indicator of that id.

    Raises
    ------
    ValueError
        If there is none; the sentence names the nearest ids.
    """
    try:
        return _by_id()[indicator_id]
    except KeyError:
        import difflib

        near = difflib.get_close_matches(indicator_id, _by_id(), n=3, cutoff=0.4)
        hint = f"; near are {', '.join(near)}" if near else ""
        raise ValueError(f"there is no indicator {indicator_id!r}{hint}") from None


def series(indicator_id: str, areas=None, measure: str = "level", base=None, **options):
    """A computed series; see :func:`indicators.measures.series`."""
    from indicators.measures import series as compute

    return compute(indicator_id, areas=areas, measure=measure, base=base, **options)
