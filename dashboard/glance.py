"""The overview's cards: latest value, change, a small line and a small map, with source and date."""

from __future__ import annotations

from html import escape

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.choropleth import classify
from dashboard.charts.style import sequential
from dashboard.charts.thumbnail import mini_map, sparkline
from dashboard.i18n import t
from dashboard.state import link
from geodata import areas, web_geometry
from indicators import catalogue
from indicators.ledger import observations, reconciled, sources
from indicators.measures import series
from indicators.names import name
from indicators.reports.reviewed import cached

#: Indicator, area, counterpart and kind of period of each family's headline figure.
FAMILIES = (("gdp", "jjj", "", "year"), ("pm25", "jjj", "", "year"), ("rail_km", "jjj", "", "end"),
            ("tech_contract_value", "110000", "jin_ji", "year"), ("enterprises_withdrawn", "110000", "", "cumulative"))


@cached(maxsize=2)
def families(lang: str) -> str:
    """The cards of the five families as HTML."""
    return f'<section class="families ready">{"".join(_card(*family, lang) for family in FAMILIES)}</section>'


def _card(indicator, area, counterpart, kind, lang):
    frame = series(indicator, areas=[area], period_kind=kind)
    whole_years = frame["t"] % 1 == 0
    frame = frame[(frame["counterpart_area"] == counterpart) & whole_years].sort_values("t")
    heading = escape(views.indicator_name(indicator, lang))
    if frame.empty:
        return f'<article class="family"><h2>{heading}</h2><p class="empty">{t(lang, "chart.no_data")}</p></article>'
    last = frame.iloc[-1]
    where = views.place(area, counterpart, lang)
    line = sparkline(frame, views.trend_alt(frame.assign(key="k"), heading, {"k": where}, lang))
    return (
        f'<article class="family"><h2><a href="{link("indicator", lang, indicator=indicator)}">{heading}</a></h2>'
        f'<p class="when">{escape(where)} · {escape(fmt.period(last["period"], last["period_kind"], lang))}</p>'
        f'<div class="value">{escape(views.value_text(last, indicator, lang))}</div>'
        f'<p class="when change">{_change(frame, indicator, lang)}</p>'
        f'<div class="pictures">{line}{_map(indicator, lang)}</div>'
        f'<p class="src">{escape(views.source_line(frame.tail(1), lang))}</p>'
        f'<p class="next"><a href="{link("trends", lang, indicators=indicator, areas=area)}">{t(lang, "overview.more_trend")}</a>'
        + (f'<a href="{link("map", lang, indicator=indicator)}">{t(lang, "overview.more_map")}</a>' if views.levels_of(indicator) else "")
        + f'<a href="{link("indicator", lang, indicator=indicator)}">{t(lang, "overview.more_indicator")}</a></p></article>')


def _change(frame, indicator, lang):
    """Change over the longest run on one basis, without a break, that reaches back to the strategy's beginning."""
    runs = [run for _, run in frame.groupby(["basis", (frame["obs_status"] == "B").cumsum()]) if run["t"].min() <= 2014 and len(run) > 1]
    if not runs or frame.iloc[-1]["period_kind"] == "cumulative":
        return escape(t(lang, "overview.no_change"))
    run = max(runs, key=lambda r: (r["t"].max(), len(r)))
    first = run[run["t"] <= 2014].iloc[-1]
    last = run.iloc[-1]
    ratio = last["value"] / first["value"]
    if ratio > 3:
        change = t(lang, "overview.times", times=fmt.number(ratio, lang, 1))
    else:
        change = f"{'+' if ratio > 1 else ''}{fmt.number(100 * (ratio - 1), lang, 1)}%"
    return (f'{first["year"]}–{last["year"]} <b>{change}</b> '
            f'({escape(views.value_text(first, indicator, lang))} → {escape(views.value_text(last, indicator, lang))})')


def _map(indicator, lang):
    frame = views.map_frame(indicator, "level")
    codes = {a.code for a in areas("prefecture")}
    frame = frame[frame["place"].isin(codes)]
    year = views.best_year(frame)
    if frame[frame["year"] == year]["place"].nunique() < 3:
        return ""
    now = frame[frame["year"] == year].set_index("place")["value"].to_dict()
    bins, _ = classify(list(now.values()), 5)
    alt = f"{views.indicator_name(indicator, lang)}, {year}"
    return mini_map(now, web_geometry("prefecture"), bins, sequential(len(bins)), alt)


@cached(maxsize=2)
def themes(lang: str) -> str:
    """All themes with their indicators, and what the ledger holds."""
    by_theme: dict[str, list] = {}
    for indicator in catalogue():
        by_theme.setdefault(indicator.theme, []).append(indicator.id)
    items = "".join(
        f'<li><a href="{link("indicator", lang, theme=theme)}">{escape(name("theme", theme, lang))}'
        f'<span>{escape(t(lang, "overview.count", n=len(ids)))}</span></a></li>' for theme, ids in sorted(by_theme.items(), key=lambda kv: -len(kv[1])))
    table = sources()
    reports = int((table["kind"] == "report").sum())
    conflicts = sum(int(r[r["shown"]]["conflict"].sum()) for r in (reconciled(i.id) for i in catalogue()))
    text = t(lang, "overview.sources_text", observations=fmt.number(len(observations()), lang, 0), reports=reports,
             official=len(table) - reports, conflicts=conflicts)
    return (f'<h2>{escape(t(lang, "overview.more_title"))}</h2><ul class="themes">{items}</ul>'
            f'<h2>{escape(t(lang, "overview.sources_title"))}</h2><p>{escape(text)} <a href="{link("sources", lang)}">{t(lang, "page.sources")}</a></p>')
