"""Panels that several pages share: an area's numbers, tables of observations, citations."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from dashboard import format as fmt
from dashboard import views
from dashboard.i18n import t
from dashboard.state import link
from indicators.ledger import reconciled, sources
from indicators.measures import series
from indicators.names import name
from indicators.reports.passages import passage


def table(columns: list[str], rows: list[list[str]], caption: str = "", numeric: tuple[int, ...] = ()) -> str:
    """An HTML table; cells are markup that the caller has escaped."""
    head = "".join(f'<th scope="col"{" class=n" if i in numeric else ""}>{escape(c)}</th>' for i, c in enumerate(columns))
    body = "".join("<tr>" + "".join(
        f'<{"th scope=row" if i == 0 else "td"}{" class=n" if i in numeric else ""}>{c}</{"th" if i == 0 else "td"}>' for i, c in enumerate(row)) + "</tr>"
        for row in rows)
    inside = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption or columns[0])}"><table class="figures">{inside}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def source_link(source: str, lang: str, locator: str = "") -> str:
    """Links to the sources of a figure; several are joined by ``|``."""
    parts = []
    for one in dict.fromkeys(str(source).split("|")):
        parts.append(f'<a href="{escape(link("sources", lang, source=one, at=locator if len(parts) == 0 and "|" not in str(locator) else None))}">'
                     f"{escape(views.source_name(one, lang))}</a>")
    shown = parts[:2]
    more = f" {t(lang, 'chart.and_more', n=len(parts) - 2)}" if len(parts) > 2 else ""
    return "; ".join(shown) + more


def status_mark(row, lang: str) -> str:
    """Status letter with its meaning."""
    meaning = name("obs_status", row.obs_status, lang)
    return f'<abbr class="status s{row.obs_status}" title="{escape(meaning)}">{row.obs_status}</abbr>'


def bounds(row, lang: str) -> str:
    """What the printing allows, where it is worth saying."""
    if not views.rounded(row):
        return ""
    return f"{fmt.number(row.lower, lang)} – {fmt.number(row.upper, lang)}"


def area_panel(indicator: str, measure: str, area: str, lang: str) -> None:
    """Values of an area with their sources, a small line, and where to go next."""
    frame = series(indicator, measure=measure)
    own = frame[(frame["area"] == area) | (frame["counterpart_area"] == area)].sort_values("t", ascending=False)
    heading = f"{views.area_name(area, lang)} · {views.indicator_name(indicator, lang)}"
    with st.container(key="panel"):
        st.html(f'<h2 id="panel">{escape(heading)}</h2><p class="next">'
                f'<a href="{escape(link("region", lang, area=area))}">{t(lang, "map.open_region")}</a> '
                f'<a href="{escape(link("trends", lang, indicators=indicator, areas=area, measure=measure if measure != "level" else None))}">{t(lang, "map.open_trend")}</a> '
                f'<a href="{escape(link("indicator", lang, indicator=indicator))}">{t(lang, "overview.more_indicator")}</a></p>')
        if own.empty:
            st.html(f'<p class="empty">{escape(t(lang, "map.no_value"))}</p>')
            return
        st.html(observation_table(own, indicator, lang, t(lang, "map.values")))


def observation_table(frame: pd.DataFrame, indicator: str, lang: str, caption: str, with_area: bool = False) -> str:
    """Rows of a series with value, print, bounds, status, basis and source."""
    columns = ["period", "value", "value_text", "bounds", "obs_status", "vintage", "source"]
    rows = []
    for row in frame.itertuples():
        cells = [fmt.period(row.period, row.period_kind, lang), f"<b>{escape(views.value_text(row, indicator, lang))}</b>",
                 escape(row.value_text or "–"), bounds(row, lang) or "–", status_mark(row, lang), escape(name("vintage", row.vintage, lang)),
                 source_link(row.source, lang, row.locator) + (f'<br><small>{escape(row.note)}</small>' if row.note else "")]
        if with_area:
            cells.insert(0, escape(views.place(row.area, row.counterpart_area, lang)))
        rows.append(cells)
    labels = [t(lang, f"column.{c}") for c in (["area"] if with_area else []) + columns]
    shift = 1 if with_area else 0
    return table(labels, rows, caption, numeric=(1 + shift, 3 + shift))


def disagreements(indicator: str) -> list[pd.DataFrame]:
    """Groups of observations of one thing that contradict each other, the shown one first."""
    rows = reconciled(indicator)
    from indicators.ledger import KEY

    return [g.sort_values("shown", ascending=False) for _, g in rows[rows["conflict"]].groupby(KEY, sort=False)]


def passages(row, lang: str) -> str:
    """The passages that printed the figures of a row, highlighted; the citation where there is no text."""
    out = []
    for source, locator in dict.fromkeys(zip(str(row.source).split("|"), str(row.locator).split("|"))):
        if source not in sources().index:
            continue
        cite = f'<p class="when">{escape(views.citation(source, lang))} {escape(views.place_in(locator, lang))}</p>'
        try:
            found = passage(source, locator)
        except LookupError:
            out.append(f'<p class="note">{escape(t(lang, "sources.changed"))}</p>{cite}')
            continue
        if found:
            out.append(f'<blockquote class="passage" lang="zh-CN">{escape(found.before)}<mark>{escape(found.figure)}</mark>{escape(found.after)}</blockquote>')
        elif sources().loc[source, "kind"] == "report":
            cite = f'<p class="when">{escape(t(lang, "sources.no_passage"))}</p>' + cite
        out.append(cite)
    return "".join(out)
