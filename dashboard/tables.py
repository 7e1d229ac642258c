"""Tables of observations for readers and for spreadsheets."""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.i18n import t
from indicators.ledger import reconciled
from indicators.names import name
from indicators.reports.reviewed import cached

_ORDER = ("indicator", "area", "counterpart_area", "period", "value", "lower", "upper", "unit", "value_text", "obs_status", "vintage",
          "shown", "rule", "source", "locator", "note")


@cached(maxsize=64)
def observations(indicators: tuple[str, ...], areas: tuple[str, ...] = (), kinds: tuple[str, ...] = (), statuses: tuple[str, ...] = (),
                 shown_only: bool = False) -> pd.DataFrame:
    """Observations that fit all filters; an empty filter lets everything through.

    Returns
    -------
    pandas.DataFrame
        As :func:`indicators.ledger.reconcile` gives them.
    """
    frame = pd.concat([reconciled(i) for i in indicators], ignore_index=True)
    if areas:
        frame = frame[frame["area"].isin(areas) | frame["counterpart_area"].isin(areas)]
    if kinds:
        frame = frame[frame["period_kind"].isin(kinds)]
    if statuses:
        frame = frame[frame["obs_status"].isin(statuses)]
    if shown_only:
        frame = frame[frame["shown"]]
    return frame.sort_values(["indicator", "area", "counterpart_area", "period"]).reset_index(drop=True)


def readable(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The same rows with names instead of codes and headings in the reader's language."""
    out = pd.DataFrame({
        "indicator": [views.indicator_name(i, lang) for i in frame["indicator"]],
        "area": [views.area_name(a, lang) for a in frame["area"]],
        "counterpart_area": [views.area_name(c, lang) if c else "" for c in frame["counterpart_area"]],
        "period": [fmt.period(p, k, lang) for p, k in zip(frame["period"], frame["period_kind"])],
        "value": frame["value"], "lower": frame["lower"], "upper": frame["upper"],
        "unit": [fmt.unit_label(u, lang) for u in frame["unit"]],
        "value_text": frame["value_text"],
        "obs_status": [f"{s} {name('obs_status', s, lang)}" for s in frame["obs_status"]],
        "vintage": [name("vintage", v, lang) for v in frame["vintage"]],
        "shown": ["✓" if s else "" for s in frame["shown"]],
        "rule": [name("rule", r, lang) if r else "" for r in frame["rule"]],
        "source": [views.source_name(s, lang) for s in frame["source"]],
        "locator": [views.place_in(x, lang) for x in frame["locator"]],
        "note": frame["note"],
    })
    return out.rename(columns=headings(lang))


def headings(lang: str) -> dict[str, str]:
    """Column -> heading."""
    words = {"lower": f"{t(lang, 'column.bounds')} ≥", "upper": f"{t(lang, 'column.bounds')} <"}
    return {c: words.get(c) or t(lang, f"column.{c}") for c in _ORDER}


def columns(lang: str) -> dict:
    """Column settings of the table on the page."""
    import streamlit as st

    head = headings(lang)
    return {head[c]: st.column_config.NumberColumn(format="localized") for c in ("value", "lower", "upper")}


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """CSV that Excel and WPS open right: UTF-8 with BOM, and no cell that they take for a formula."""
    text = frame.select_dtypes(exclude="number").columns
    safe = frame.assign(**{c: [guard(v) for v in frame[c]] for c in text})
    return safe.to_csv(index=False).encode("utf-8-sig")


def guard(cell):
    """A text cell that begins as a formula does, made plain text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
