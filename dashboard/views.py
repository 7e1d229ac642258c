"""Views: the one place where a page, an API route and an export get their figures from.

A view is a chart with its numbers: plain Plotly figures, the texts in them, and a table of
the same figures. Functions here know no Streamlit; what they return is shared and must not
be changed.
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, field, replace
from html import escape

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard.charts.choropleth import choropleth
from dashboard.charts.lines import lines
from dashboard.charts.mosaic import MANY
from dashboard.charts.ranking import ranking
from dashboard.charts.style import AREA_COLOURS, CATEGORICAL
from dashboard.i18n import t
from geodata import CREDIT, HOME, area, areas, counties, web_geometry
from indicators import catalogue, get
from indicators.ledger import observations, sources
from indicators.measures import main_period_kind, series, unit_of
from indicators.names import indicator_text, name
from indicators.reports.passages import parse_locator
from indicators.reports.reviewed import cached

MAP_LEVELS = ("prefecture", "province", "county", "composite")

#: Maps of more areas have no names in them.
MOST_LABELS = 60

#: Measures that are computed against a base year.
BASED = ("growth", "cagr", "index")

#: Dates of policy that trends are read against: day, key of the label.
POLICY_DATES = (("2014-02-26", "start"), ("2015-04-30", "outline"), ("2017-04-01", "xiongan"),
                ("2019-01-17", "tianjin"), ("2023-05-12", "hebei"))


@dataclass(frozen=True)
class Part:
    """A figure of a view; `layers` are the levels whose outlines it draws."""

    figure: object
    alt: str
    layers: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True)
class View:
    """A chart with its numbers.

    Attributes
    ----------
    id : str
        Name of its files.
    title, alt : str
    figures : tuple of Part
    table : dict or None
        ``columns`` and ``rows`` of the numbers, as texts.
    frame : pandas.DataFrame
        Rows of :func:`indicators.series` that are drawn, all years.
    shown : str
        Name of the frame drawn first; empty for the figures as they are.
    source, cited : str, tuple of (str, str)
        Source line, and ids with citations, of a view that draws what the ledger has no sources for.
    kind, query, lang : str, tuple of (str, str), str
        What :func:`dashboard.kinds.open_view` was asked for.
    """

    id: str
    title: str
    alt: str
    figures: tuple[Part, ...]
    table: dict | None
    frame: pd.DataFrame = field(repr=False)
    shown: str = ""
    source: str = ""
    cited: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    query: tuple[tuple[str, str], ...] = ()
    lang: str = "zh"

    def names(self) -> list[str]:
        """Names of the frames, in order."""
        return [f.name for f in self.figures[0].figure.frames or ()] if self.figures else []


# --- names -----------------------------------------------------------------------------


def area_name(code: str, lang: str, short: bool = False) -> str:
    """Name of an area in the reader's language."""
    found = area(code)
    return getattr(found, f"{'short' if short else 'name'}_{lang}")


@functools.lru_cache(maxsize=2)
def _choices(lang: str) -> dict[str, str]:
    names = {a.code: area_name(a.code, lang) for a in areas()}
    taken = Counter(names.values())
    return {a.code: f"{names[a.code]} ({area_name(a.parent, lang, True)})" if taken[names[a.code]] > 1 and a.parent else names[a.code] for a in areas()}


def area_choice(code: str, lang: str) -> str:
    """Name of an area in a list of choices, with its parent's where two areas share it (桥西区)."""
    return _choices(lang)[code]


@cached(maxsize=8192)
def area_address(code: str, lang: str) -> str:
    """Name of an area after those of the areas that it lies in: a county's alone says little on a map of the country."""
    found = area(code)
    return f"{area_address(found.parent, lang)} {area_name(code, lang)}" if found.parent else area_name(code, lang, True)


def place(code: str, counterpart: str, lang: str, short: bool = True) -> str:
    """Name of an area, or of both ends of a flow."""
    name = area_name(code, lang, short)
    return f"{name} → {area_name(counterpart, lang, short)}" if counterpart else name


def indicator_name(indicator_id: str, lang: str) -> str:
    """Name of an indicator in the reader's language."""
    return indicator_text(indicator_id, lang)["name"]


def measure_name(measure: str, lang: str) -> str:
    """Name of a measure in the reader's language."""
    return name("measure", measure, lang)


@cached(maxsize=4096)
def source_name(source_id: str, lang: str) -> str:
    """A source as a chart names it: publisher, title, date."""
    table = sources()
    if source_id not in table.index:
        return source_id
    row = table.loc[source_id]
    title, date = _cut(row["title"], 40), row["date"]
    who = _cut(row["original_publisher"] or row["publisher"], 28)
    return f"{who}《{title}》{date}".strip() if lang == "zh" else f"{who}, {title}{', ' + date if date else ''}"


def citation(source: str, lang: str) -> str:
    """A source with all that is known of it, as plain text."""
    row = sources().loc[source]
    who, through = (text if "not named" not in text else "" for text in (row["original_publisher"] or row["publisher"], row["publisher"]))
    via = f" ({through})" if row["original_publisher"] and through not in ("", row["original_publisher"]) else ""
    return t(lang, "sources.cited" if who else "sources.cited_unnamed", who=who, title=row["title"], date=row["date"], via=via)


def place_in(locator: str, lang: str) -> str:
    """A locator in words: article and page of a report, else as it stands."""
    parts = parse_locator(locator)
    words = []
    if "article" in parts:
        words.append(t(lang, "sources.article", article=parts["article"]))
    if "page" in parts:
        words.append(t(lang, "sources.page", page=parts["page"]))
    return " ".join(words) if parts else locator


def source_line(frame: pd.DataFrame, lang: str, limit: int = 3) -> str:
    """The line under a chart: sources, most used first, and how new the newest figure is."""
    used = [s for joined in frame["source"] for s in str(joined).split("|") if s]
    if not used:
        return ""
    order = list(pd.Series(used).value_counts().index)
    table = sources()
    names = []
    for source in order:
        if source in table.index:
            row = table.loc[source]
            who = _cut(row["original_publisher"] or row["publisher"] or row["title"], 24)
            if who not in names:
                names.append(who)
    if not names:
        return ""
    dates = [d for d in table.loc[[s for s in order if s in table.index], "date"] if d]
    more = t(lang, "chart.more_sources", n=len(names) - limit) if len(names) > limit else ""
    return t(lang, "chart.source_line", sources=t(lang, "chart.join").join(names[:limit]) + more, date=max(dates, default="–"))


# --- reading a row ---------------------------------------------------------------------


def value_text(row, indicator_id: str, lang: str) -> str:
    """A value with its unit, as the pages write it; 近, 超 of a printed figure stay with it."""
    text = fmt.quantity(row.value, row.unit, lang, decimals_of(indicator_id, row.measure))
    if row.value_text and row.upper > row.lower:
        if row.lower == row.value:
            return t(lang, "chart.over", value=text)
        if row.upper == row.value and "至" not in row.value_text and "—" not in row.value_text:
            return t(lang, "chart.nearly", value=text)
    return text


def decimals_of(indicator_id: str, measure: str) -> int | None:
    """Digits after the point of a measure; None where three significant digits are shown."""
    if measure == "level":
        return get(indicator_id).decimals
    return {"index": 1, "growth": 1, "cagr": 1, "share": 1, "share_of_output": 1, "over_limit": 2}.get(measure)


def hover(row, indicator_id: str, lang: str, where: str = "") -> str:
    """What a point says: place (or `where`), period, value, as printed, status, source."""
    parts = [f"<b>{escape(where or place(row.area, row.counterpart_area, lang))}</b>  {fmt.period(row.period, row.period_kind, lang)}",
             f"<b>{escape(value_text(row, indicator_id, lang))}</b>"]
    if row.value_text:
        parts.append(t(lang, "chart.printed", text=escape(row.value_text)))
    if rounded(row):
        parts.append(t(lang, "chart.between", low=fmt.quantity(row.lower, row.unit, lang), high=fmt.quantity(row.upper, row.unit, lang)))
    status = name("obs_status", row.obs_status, lang)
    parts.append(t(lang, "chart.computed", status=status) if row.computed else status)
    if row.vintage not in ("report", "published", ""):
        parts.append(escape(name("vintage", row.vintage, lang)))
    first = str(row.source).split("|")
    parts.append(escape(_cut(source_name(first[0], lang), 44)) + (t(lang, "chart.and_more", n=len(first) - 1) if len(first) > 1 else ""))
    if row.conflict:
        parts.append(t(lang, "chart.disagree"))
    return "<br>".join(parts)  # Plotly reads <b> and <br>; what comes from data is escaped


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def rounded(row) -> bool:
    """Whether a figure is printed so coarsely that its bounds are worth drawing: over 0.75 % wide."""
    return row.value != 0 and (row.upper - row.lower) / abs(row.value) > 0.0075


# --- what exists -----------------------------------------------------------------------


@cached(maxsize=2048)
def levels_of(indicator_id: str, measure: str = "level") -> tuple[str, ...]:
    """Levels of which an indicator has figures that a map can show; all levels where the boundary scope has no figure of anything."""
    have = set(map_frame(indicator_id, measure)["place"])
    return tuple(level for level, codes in _mapped().items() if codes and (have & codes or _blank()))


@functools.lru_cache(maxsize=4)
def _mapped() -> dict[str, set[str]]:
    """Level -> codes of the areas within the boundary scope that have a polygon."""
    there = {a.code[:2] for a in areas("province")}
    return {level: {a.code for a in areas(level) if level != "composite" or {c[:2] for c in counties(a.code, HOME)} <= there} for level in MAP_LEVELS}


@cached(maxsize=1)
def _blank() -> bool:
    """Whether no figure lies within the boundary scope, so that a map shows its areas as gaps."""
    return not set().union(*_mapped().values()) & set().union(*_places().values())


@cached(maxsize=2048)
def map_frame(indicator_id: str, measure: str) -> pd.DataFrame:
    """The series of an indicator, one row an area and year; a flow stands at its destination."""
    frame = series(indicator_id, measure=measure)
    frame = frame.assign(place=frame["counterpart_area"].where(frame["counterpart_area"] != "", frame["area"]))
    return frame.sort_values("t").drop_duplicates(["place", "year"], keep="last")


@cached(maxsize=1)
def _places() -> dict[str, set[str]]:
    """Indicator -> codes of the areas that a map of it could colour; computing a series for each would take seconds."""
    rows = observations()
    rows = rows[rows["obs_status"] != "F"]
    places = rows["counterpart_area"].where(rows["counterpart_area"] != "", rows["area"])
    return {indicator: set(codes) for indicator, codes in places.groupby(rows["indicator"])}


@cached(maxsize=1)
def with_figures() -> tuple[str, ...]:
    """Ids of all indicators that have figures (targets apart), the flagships first, then by theme."""
    have = _places()
    return tuple(i.id for i in sorted((i for i in catalogue() if i.id in have), key=lambda i: (not i.flagship, i.theme)))


@cached(maxsize=1)
def mappable() -> tuple[str, ...]:
    """Ids of the indicators that a map can show; all where the boundary scope has no figure of anything."""
    drawn = set().union(*_mapped().values())
    return tuple(i for i in with_figures() if _places()[i] & drawn or _blank())


# --- views -----------------------------------------------------------------------------


@cached(maxsize=256)
def map_view(indicator_id: str, measure: str, level: str, lang: str, method: str = "quantiles") -> View:
    """Map and ranking of one measure at one level, all years.

    Parameters
    ----------
    indicator_id, measure : str
        See :func:`indicators.series`.
    level : str
        One of :data:`MAP_LEVELS`.
    lang : {"zh", "en"}
    method : str
        How classes are made; see :mod:`dashboard.charts.choropleth`.
    """
    indicator = get(indicator_id)
    layer_rows = [a for a in areas(level) if level != "composite" or a.code in set(map_frame(indicator_id, measure)["place"])]
    codes = {a.code for a in layer_rows}
    frame = map_frame(indicator_id, measure)
    frame = frame[frame["place"].isin(codes)]
    many = len(codes) > MANY
    frame = frame.assign(hover=[hover(r, indicator_id, lang, area_address(r.area, lang) if many and not r.counterpart_area else "") for r in frame.itertuples()])
    shapes = web_geometry(level)
    unit = unit_of(indicator_id, measure)
    title = chart_title(indicator_id, measure, lang)
    kind = main_period_kind(indicator_id)
    subtitle = t(lang, "chart.map_subtitle", unit=fmt.unit_label(unit, lang), level=t(lang, f"level.{level}"),
                 kind=name("period_kind", kind, lang))
    decimals = decimals_of(indicator_id, measure)

    def show(value):
        return fmt.number(value, lang, decimals)

    layer = [{
        "code": a.code, "name": area_name(a.code, lang, True), "label": shapes["areas"][a.code]["label"],
        "applicable": not indicator.scope or a.code in indicator.scope,
        "no_data": f"<b>{area_address(a.code, lang) if many else area_name(a.code, lang)}</b><br>" + t(
            lang, "chart.no_data" if not indicator.scope or a.code in indicator.scope else "chart.not_applicable"),
    } for a in layer_rows if a.code in shapes["areas"]]
    words = {"no_data": t(lang, "chart.no_data"), "km": t(lang, "chart.km"), "format": show,
             "legend": t(lang, f"method.{method}")}
    drawn = frame.assign(area=frame["place"])
    source = f"{source_line(frame, lang)}\n{shapes.get('credit', CREDIT)[lang]}".replace("\n", "<br>")
    provinces = web_geometry("province")
    figure = choropleth(
        drawn, layer, level=level, bbox=provinces["bbox"], sea=_sea(provinces, lang), title=title, subtitle=subtitle, source=source, words=words,
        method=method, labels=level != "county" and len(layer) <= MOST_LABELS, signed=measure in ("growth", "cagr") and (drawn["value"] < 0).any(),
        outline=[] if level == "province" else list(provinces["areas"]), shown=best_year(frame))
    figure.update_layout(uirevision=f"{level}")
    names = {a.code: area_address(a.code, lang) if many else area_name(a.code, lang, True) for a in layer_rows}
    ranks = ranking(drawn, title=t(lang, "chart.ranking"), subtitle=fmt.unit_label(unit, lang), source="", names=names,
                    value_text=show, rows=min(len(codes), 13))
    years = sorted(frame["year"].unique())
    table = None
    if years:
        wide = frame.pivot_table(index="place", columns="year", values="value", aggfunc="first")
        table = {"columns": [t(lang, "chart.area"), *[str(y) for y in years]],
                 "rows": [[area_name(code, lang), *[show(v) if pd.notna(v) else "–" for v in wide.loc[code]]] for code in
                          [a.code for a in layer_rows] if code in wide.index]}
    alt = _map_alt(frame, title, unit, lang, show)
    return View(f"map-{indicator_id}-{measure}-{level}", title, alt,
                (Part(figure, alt, tuple({level, "province"}), 1.5), Part(ranks, t(lang, "chart.ranking_alt", title=title))), table, frame)


def _sea(provinces: dict, lang: str) -> dict | None:
    """Lines and islands of a layer of provinces that reaches the sea, and their names."""
    if "lines" not in provinces:
        return None
    names = provinces["names"]
    return {"lines": provinces["lines"], "islands": provinces["islands"], "names": {"x": names["x"], "y": names["y"], "textposition": names["side"], "text": names[lang]}}


def ranking_of(view: View) -> View:
    """The ranking of a map alone, with title, unit and source of the map."""
    whole, ranks = view.figures[0].figure, view.figures[1]
    figure = go.Figure(ranks.figure)
    layout = whole.layout
    figure.update_layout(title={"text": layout.title.text, "subtitle": {"text": layout.title.subtitle.text}},
                         meta={**ranks.figure.layout.meta, "source": layout.meta["source"].split("<br>")[0]})
    return replace(view, id=view.id.replace("map-", "ranking-", 1), figures=(replace(ranks, figure=figure, share=1.0),))


def best_year(frame) -> int | None:
    """The latest of the years in which most areas have a figure: what a map shows first."""
    counts = frame.groupby("year")["place"].nunique()
    return None if counts.empty else int(counts[counts == counts.max()].index.max())


def chart_title(indicator_id: str, measure: str, lang: str, base: str | None = None) -> str:
    """Title of a chart of one measure of an indicator."""
    label = indicator_name(indicator_id, lang)
    if measure == "index":
        return t(lang, "chart.title_index", indicator=label, base=base or 2014)
    if measure == "cagr" or (measure == "growth" and base):
        return t(lang, "chart.title_base", indicator=label, measure=measure_name(measure, lang), base=base or 2014)
    return label if measure == "level" else t(lang, "chart.title_measure", indicator=label, measure=measure_name(measure, lang))


def _map_alt(frame, title, unit, lang, show):
    if frame.empty:
        return f"{title}: {t(lang, 'chart.empty')}"
    last = frame[frame["year"] == frame["year"].max()].sort_values("value")
    return t(lang, "chart.map_alt", title=title, unit=fmt.unit_label(unit, lang), first=frame["year"].min(), last=frame["year"].max(),
             top=area_name(last.iloc[-1]["place"], lang), high=show(last.iloc[-1]["value"]),
             bottom=area_name(last.iloc[0]["place"], lang), low=show(last.iloc[0]["value"]), n=len(last))


@cached(maxsize=256)
def trend_view(indicator_ids: tuple[str, ...], area_codes: tuple[str, ...], measure: str, lang: str, base: str | None = None,
               log: bool = False, marks: bool = True, bounds: bool = True, kind: str | None = None) -> View:
    """Series of several areas, a figure for each indicator.

    Parameters
    ----------
    indicator_ids : tuple of str
        One figure each.
    area_codes : tuple of str
        Areas; empty for all that have a value (at most eight).
    measure : str
        Applied where an indicator defines it, the level elsewhere.
    base : str, optional
        Base year of index and growth.
    log, marks, bounds : bool
        Logarithmic axis; policy dates; bounds of rounded figures.
    kind : str, optional
        Kind of period, where an indicator has it.
    """
    figures, frames, rows = [], [], []
    for indicator_id in indicator_ids:
        indicator = get(indicator_id)
        used = measure if measure in indicator.all_measures else "level"
        from indicators.measures import period_kinds

        chosen_kind = kind if kind in period_kinds(indicator_id) else None
        frame = series(indicator_id, measure=used, base=base if used in BASED else None, period_kind=chosen_kind)
        if area_codes:
            frame = frame[frame["area"].isin(area_codes) | frame["counterpart_area"].isin(area_codes)]
        frame = frame.assign(key=[f"{a}>{c}" if c else a for a, c in zip(frame["area"], frame["counterpart_area"])])
        wanted = list(dict.fromkeys(frame["key"]))
        wanted.sort(key=lambda k: area_codes.index(k.split(">")[0]) if k.split(">")[0] in area_codes else 99)
        frame = frame[frame["key"].isin(wanted[:10])]
        labels = {k: place(*(k.split(">") + [""])[:2], lang) for k in wanted[:10]}
        frame = frame.assign(hover=[hover(r, indicator_id, lang) for r in frame.itertuples()],
                             rounded=[rounded(r) for r in frame.itertuples()])
        unit = unit_of(indicator_id, used)
        title = chart_title(indicator_id, used, lang, base)
        subtitle = fmt.unit_label(unit, lang) + _break_note(frame, lang)
        policy = [(_year_of(day), t(lang, f"policy.{key}"), f"{day} {t(lang, f'policy.{key}_long')}") for day, key in POLICY_DATES] if marks else ()
        colours = {k: AREA_COLOURS.get(k.split(">")[0]) if len({k.split(">")[0] for k in wanted}) == len(wanted) else None for k in labels}
        spare = [c for c in CATEGORICAL if c not in colours.values()]
        for i, k in enumerate(k for k in labels if not colours[k]):
            colours[k] = spare[i % len(spare)]
        limit = None
        if indicator.limits and used == "level":
            limit = (indicator.limits[0].value, name("limit", indicator.limits[0].name, lang))
        figure = lines(frame, title=title, subtitle=subtitle, source=source_line(frame, lang), labels=labels, unit=unit, colours=colours,
                       marks=policy, log=log and (frame["value"] > 0).all(), bounds=bounds, base_line=limit)
        figure.update_layout(uirevision=indicator_id)
        figures.append(Part(figure, trend_alt(frame, title, labels, lang)))
        frames.append(frame)
        rows += [[title, labels[r.key], fmt.period(r.period, r.period_kind, lang), value_text(r, indicator_id, lang), r.value_text,
                  name("obs_status", r.obs_status, lang), _cut(source_name(r.source.split("|")[0], lang), 60)] for r in frame.itertuples()]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    table = {"columns": [t(lang, f"column.{c}") for c in ("indicator", "area", "period", "value", "value_text", "obs_status", "source")], "rows": rows}
    title = " · ".join(indicator_name(i, lang) for i in indicator_ids)
    return View("trends-" + "-".join(indicator_ids), title, " ".join(p.alt for p in figures), tuple(figures), table, frame)


def _year_of(day: str) -> float:
    import datetime

    d = datetime.date.fromisoformat(day)
    return d.year - 0.5 + d.timetuple().tm_yday / 365  # a year's value stands in its middle


def _break_note(frame, lang):
    for _, own in frame.groupby("key"):
        if own["basis"].nunique() > 1 or (own["obs_status"] == "B").any():
            return t(lang, "chart.breaks")
    return ""


def trend_alt(frame: pd.DataFrame, title: str, labels: dict[str, str], lang: str) -> str:
    """Lines in words: where each begins and ends."""
    parts = []
    for key, label in labels.items():
        own = frame[frame["key"] == key].sort_values("t")
        if len(own):
            first, last = own.iloc[0], own.iloc[-1]
            parts.append(t(lang, "chart.trend_alt", area=label, first=first["year"], start=fmt.quantity(first["value"], first["unit"], lang),
                           last=last["year"], end=fmt.quantity(last["value"], last["unit"], lang)))
    return f"{title}. " + " ".join(parts)


@cached(maxsize=256)
def areas_with_figures(indicator_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of areas of which any of the indicators has a figure, in the order of the table of areas."""
    have: set[str] = set()
    for indicator_id in indicator_ids:
        frame = series(indicator_id)
        have |= set(frame["area"]) | set(frame["counterpart_area"])
    return tuple(a.code for a in areas() if a.code in have)


@cached(maxsize=256)
def kinds_of(indicator_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Kinds of period that any of the indicators has, the main one of the first in front."""
    from indicators.measures import period_kinds

    kinds = [main_period_kind(i) for i in indicator_ids] + [k for i in indicator_ids for k in period_kinds(i)]
    return tuple(dict.fromkeys(kinds))
