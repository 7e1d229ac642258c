"""Flows between areas as a view: which of a year's figures are drawn, and what is said of the others.

Sources give a flow once to each of its destinations and once to all of them together. A total is
drawn to the union of its destinations and never split; where its parts are known and make up
the whole of it, they are drawn and the total is mentioned.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.flow_map import MOST, flow_map
from dashboard.charts.flows import flows
from dashboard.charts.lines import lines
from dashboard.charts.matrix import matrix
from dashboard.charts.ranking import ranking
from dashboard.charts.style import CATEGORICAL, wrapped
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import CREDIT, areas, centroid, distance_km, web_geometry
from geodata import area as find
from indicators import catalogue
from indicators.analysis.flows import addable, balance, leaves, one_a_year, shares, sums_to_unions, totals
from indicators.ledger import observations
from indicators.measures import divide, main_period_kind, series, unit_of
from indicators.names import name
from indicators.reports.reviewed import cached


@cached(maxsize=1)
def with_flows() -> tuple[str, ...]:
    """Ids of the indicators that count what goes from an origin to a destination, the flagships first; a share is no amount."""
    rows = observations()
    have = set(rows[(rows["counterpart_area"] != "") & (rows["obs_status"] != "F")]["indicator"])
    return tuple(i.id for i in sorted((i for i in catalogue() if i.flow and i.id in have and i.unit != "%"), key=lambda i: not i.flagship))


@cached(maxsize=512)
def rows_of(indicator_id: str, kind: str) -> pd.DataFrame:
    """What :func:`indicators.analysis.flows.one_a_year` makes of an indicator, with the role of each row."""
    return one_a_year(series(indicator_id, period_kind=kind))


def _worded(frame: pd.DataFrame, indicator_id: str, lang: str) -> pd.DataFrame:
    return frame.assign(place=frame["counterpart_area"], label=[views.value_text(r, indicator_id, lang) for r in frame.itertuples()],
                        hover=[views.hover(r, indicator_id, lang) for r in frame.itertuples()])


def _drawn(indicator_id: str, kind: str, lang: str) -> tuple[pd.DataFrame, dict[int, str]]:
    """Flows that stand side by side in each year, and what is said of the others of it."""
    rows = rows_of(indicator_id, kind)
    notes = {}
    for year, now in rows.groupby("year"):
        said = [t(lang, f"flow.{role}", flow=views.place(r.area, r.counterpart_area, lang), value=views.value_text(r, indicator_id, lang))
                for role in ("total", "part") for r in now[now["role"] == role].itertuples()]
        notes[int(year)] = "<br>".join([*said, *([t(lang, "flow.overlap")] if now["overlap"].any() else [])])
    frame = rows[rows["role"] == "drawn"].reset_index(drop=True)
    return _worded(frame, indicator_id, lang), notes


def _table(frame: pd.DataFrame, lang: str) -> dict:
    """The flows as a table: place, period, value, as printed, status, source."""
    return {"columns": [t(lang, f"column.{c}") for c in ("area", "period", "value", "value_text", "obs_status", "source")], "rows": [
        [views.place(r.area, r.counterpart_area, lang), fmt.period(r.period, r.period_kind, lang), r.label, r.value_text, name("obs_status", r.obs_status, lang),
         views.source_name(r.source.split("|")[0], lang)] for r in frame.itertuples()]}


def _alt(frame: pd.DataFrame, title: str, lang: str) -> str:
    """The flows of the last year in words."""
    last = frame[frame["year"] == frame["year"].max()]
    return t(lang, "flow.alt", title=title, year=int(last["year"].iloc[0]), flows=t(lang, "flow.join").join(
        t(lang, "flow.one", flow=views.place(r.area, r.counterpart_area, lang), value=r.label) for r in last.itertuples()))


@cached(maxsize=128)
def flow_view(indicator_id: str, lang: str, kind: str | None = None) -> View | None:
    """Flows of one indicator, all years; None where there is none.

    Parameters
    ----------
    indicator_id : str
    lang : {"zh", "en"}
    kind : str, optional
        Kind of period; the indicator's main one when omitted. Of several periods that end in a
        year the one that ends last is taken, of those the longest.
    """
    kind = kind or main_period_kind(indicator_id)
    frame, notes = _drawn(indicator_id, kind, lang)
    if frame.empty:
        return None
    figure = flows(frame, **_texts("flow.subtitle", indicator_id, kind, frame, lang), notes=notes)
    return _view("flow", indicator_id, frame, lang, figure)


def _texts(subtitle: str, indicator_id: str, kind: str, frame: pd.DataFrame, lang: str) -> dict:
    """What every chart of flows says: names of places, title, unit and kind of period, sources."""
    return {"names": {c: views.area_name(c, lang, True) for c in dict.fromkeys([*frame["area"], *frame["counterpart_area"]])},
            "title": views.indicator_name(indicator_id, lang), "source": views.source_line(frame, lang),
            "subtitle": t(lang, subtitle, unit=fmt.unit_label(unit_of(indicator_id, "level"), lang), kind=name("period_kind", kind, lang))}


def _view(form: str, indicator_id: str, frame: pd.DataFrame, lang: str, figure, layers: tuple[str, ...] = (), share: float = 1.0, beside=()) -> View:
    """A view of flows: its chart and what stands beside it, described in words, with the flows as a table."""
    figure.update_layout(uirevision=f"{form}-{indicator_id}")
    title = views.indicator_name(indicator_id, lang)
    alt = _alt(frame, title, lang)
    return View(f"{form}-{indicator_id}", title, alt, (Part(figure, alt, layers, share), *(Part(other, alt) for other in beside)), _table(frame, lang), frame)


@cached(maxsize=128)
def matrix_view(indicator_id: str, lang: str, kind: str | None = None) -> View | None:
    """Flows of one indicator as a matrix of origins and destinations with their totals, all years; None where there is none.

    Parameters
    ----------
    indicator_id, lang, kind
        As of :func:`flow_view`.
    """
    kind = kind or main_period_kind(indicator_id)
    frame, _ = _drawn(indicator_id, kind, lang)
    if frame.empty:
        return None
    decimals = views.decimals_of(indicator_id, "level")
    every = _worded(rows_of(indicator_id, kind), indicator_id, lang)
    # the unit stands in the subtitle, so that cells hold figures on a narrow screen too
    short = [without_unit(r, label, lang, decimals) for r, label in zip(every.itertuples(), every["label"])]
    every = every.assign(counted=every["role"] == "drawn", label=[
        label if role == "drawn" else t(lang, "flows.bracket", label=label) for label, role in zip(short, every["role"])])
    sides = [in_order(every[c].unique()) for c in ("area", "counterpart_area")]
    edges = {}
    for row in totals(frame).itertuples():
        for side in ("outflow", "inflow"):
            if getattr(row, f"n_{side}"):
                edges[side, row.area, row.year] = fmt.number(getattr(row, side), lang, decimals), _edge(row, side, indicator_id, lang)[1]
    for year, now in frame.groupby("year"):
        if addable(now):
            whole = {"value": now["value"].sum(), "lower": now["lower"].sum(), "upper": now["upper"].sum()}
            edges["", "", int(year)] = fmt.number(whole["value"], lang, decimals), _sum_text(*whole.values(), len(now), indicator_id, lang)[1]
        else:
            edges["", "", int(year)] = ("–", t(lang, "flows.not_added"))
    texts = _texts("flows.matrix_subtitle", indicator_id, kind, every, lang) | {"source": views.source_line(frame, lang)}
    figure = matrix(every, edges, origins=sides[0], destinations=sides[1], **texts,
                    words={"total": t(lang, "flows.total"), "gap": t(lang, "chart.no_data"), "corner": t(lang, "flows.corner")})
    return _view("flow_matrix", indicator_id, frame, lang, figure)


def without_unit(row, text: str, lang: str, decimals: int | None) -> str:
    """A figure that pages write as `text`, in its unit but without it."""
    return text.replace(fmt.quantity(row.value, row.unit, lang, decimals), fmt.number(row.value, lang, decimals))


def in_order(codes) -> list[str]:
    """Codes of places: provinces, their unions, then what lies in them."""
    ranks = {"province": 0, "composite": 1}
    return sorted(codes, key=lambda c: (ranks.get(find(c).level, 2), c))


def _edge(row, side: str, indicator_id: str, lang: str) -> tuple[str, str]:
    """Text and hover of a total of a row or column."""
    value, low, high = (getattr(row, f"{side}{end}") for end in ("", "_lower", "_upper"))
    if math.isnan(value):
        return "–", t(lang, "flows.not_added")
    return _sum_text(value, low, high, getattr(row, f"n_{side}"), indicator_id, lang)


def _sum_text(value, low, high, n, indicator_id, lang) -> tuple[str, str]:
    unit = unit_of(indicator_id, "level")
    show = [fmt.quantity(v, unit, lang, views.decimals_of(indicator_id, "level")) for v in (value, low, high)]
    return show[0], t(lang, "flows.sum_hover", value=show[0], low=show[1], high=show[2], n=n)


# --- on the map ----------------------------------------------------------------------------


@cached(maxsize=512)
def _point(code: str) -> tuple[float, float]:
    """Where a place's arrows begin and end, in km of the map: a union's centroid, a place's inner point, a zone's parent's."""
    if _union(code):
        from pyproj import Transformer

        from geodata import area_crs

        return tuple(v / 1000 for v in Transformer.from_crs("EPSG:4490", area_crs(), always_xy=True).transform(*centroid(code)))
    found = find(code)
    while found.level == "zone":
        found = find(found.parent)
    return tuple(web_geometry(found.level)["areas"][found.code]["label"])


def _union(code: str) -> bool:
    """Whether an area is made of whole provinces or other areas that no polygon of their own stands for."""
    return any(find(m).level == "province" for m in find(code).members)


def _distance(row, lang: str) -> str:
    """How far the inner points of two places are from each other; empty where one is a union or a zone."""
    if any(_union(c) or find(c).level == "zone" for c in (row.area, row.counterpart_area)):
        return ""
    return "<br>" + t(lang, "flows.distance", km=fmt.number(distance_km(row.area, row.counterpart_area), lang, 0))


@cached(maxsize=128)
def map_view(indicator_id: str, lang: str, kind: str | None = None) -> View | None:
    """Flows of one indicator as arrows on a map, all years; None where there is none.

    Parameters
    ----------
    indicator_id, lang, kind
        As of :func:`flow_view`.
    """
    kind = kind or main_period_kind(indicator_id)
    frame, notes = _drawn(indicator_id, kind, lang)
    if frame.empty:
        return None
    part = pd.concat([shares(now) for _, now in frame.groupby("year")])
    zones = {c for c in {*frame["area"], *frame["counterpart_area"]} if find(c).level == "zone"}
    frame = frame.assign(hover=[
        r.hover + (t(lang, "flows.share_hover", share=fmt.number(part.loc[r.Index, "share"], lang, 1)) if part.loc[r.Index, "share"] < 100 else "")
        + _distance(r, lang) + "".join(t(lang, "flows.zone_hover", zone=views.area_name(c, lang, True), parent=views.area_name(find(c).parent, lang, True))
                                       for c in (r.area, r.counterpart_area) if c in zones) for r in frame.itertuples()])
    codes = list(dict.fromkeys([*frame["area"], *frame["counterpart_area"]]))
    sums = {}
    for row in totals(frame).itertuples():
        sums[row.area, row.year] = tuple(
            t(lang, f"flows.node_{side}", value=_edge(row, side, indicator_id, lang)[0])
            for side in ("outflow", "inflow") if not math.isnan(getattr(row, side)))
    texts = _texts("flows.map_subtitle", indicator_id, kind, frame, lang)
    texts["source"] = f"{texts['source']}\n{CREDIT[lang]}".replace("\n", "<br>")
    bbox = web_geometry("province")["bbox"]
    unions = {c: ("province", tuple(sorted(leaves(c)))) for c in codes if _union(c)}
    figure = flow_map(frame, points={c: _point(c) for c in codes}, ground=[a.code for a in areas("prefecture")], outlines=[a.code for a in areas("province")],
                      unions=unions, sums=sums, bbox=bbox, words={"km": t(lang, "chart.km")}, **texts,
                      notes={y: "<br>".join(wrapped(line, 11) for line in note.split("<br>")) if note else "" for y, note in notes.items()})
    keys = [f"{a}>{c}" for a, c in zip(frame["area"], frame["counterpart_area"])]
    pairs = {key: views.place(*key.split(">"), lang) for key in dict.fromkeys(keys)}
    unit, decimals = unit_of(indicator_id, "level"), views.decimals_of(indicator_id, "level")
    ranks = ranking(frame.assign(area=keys), title=t(lang, "flows.largest"), subtitle=fmt.unit_label(unit, lang), source="", names=pairs,
                    value_text=lambda v: fmt.number(v, lang, decimals), rows=min(max(frame.groupby("year").size()), MOST))
    return _view("flow_map", indicator_id, frame, lang, figure, ("prefecture", "province"), 1.5, (ranks,))


# --- over time -----------------------------------------------------------------------------


@cached(maxsize=256)
def places(indicator_id: str) -> tuple[str, ...]:
    """Codes of the areas that flows of an indicator leave or reach, those with most figures first."""
    rows = observations()
    rows = rows[(rows["indicator"] == indicator_id) & (rows["counterpart_area"] != "") & (rows["obs_status"] != "F")]
    return tuple(pd.concat([rows["area"], rows["counterpart_area"]]).value_counts(sort=True).index)


@cached(maxsize=128)
def course_view(indicator_id: str, code: str, lang: str, kind: str | None = None) -> View | None:
    """What goes out of an area and comes into it over time, a line a partner; None where there is no figure.

    Parameters
    ----------
    indicator_id : str
    code : str
        Of :func:`places`.
    lang : {"zh", "en"}
    kind : str, optional
        As of :func:`flow_view`.

    Notes
    -----
    Totals since a start stand on a line with totals since the same start only, parts of years with the same months. Where a
    year has all parts of a union but not its total, the sum of the parts, computed, stands on the line of the union.
    """
    kind = kind or main_period_kind(indicator_id)
    frame = series(indicator_id, period_kind=kind)
    frame = frame[(frame["counterpart_area"] != "") & ((frame["area"] == code) | (frame["counterpart_area"] == code))]
    if frame.empty:
        return None
    frame = pd.concat([frame, sums_to_unions(frame, code)], ignore_index=True)
    since = [_since(r.period, kind) for r in frame.itertuples()]
    frame = frame.assign(key=[f"{r.area}>{r.counterpart_area}" + (f"@{s}" if s else "") for r, s in zip(frame.itertuples(), since)], since=since)
    frame = frame.sort_values(["t", "period"], kind="stable")
    order = frame.groupby("key", sort=False).size().sort_values(ascending=False, kind="stable").index[:8]
    frame = frame[frame["key"].isin(order)].reset_index(drop=True)
    frame = _worded(frame, indicator_id, lang).assign(rounded=[views.rounded(r) for r in frame.itertuples()])
    labels, colours = {}, {}
    for i, key in enumerate(order):
        row = frame[frame["key"] == key].iloc[0]
        out = row["area"] == code
        labels[key] = t(lang, "flows.line_out" if out else "flows.line_in", place=views.area_name(row["counterpart_area" if out else "area"], lang, True))
        if row["since"]:
            labels[key] += t(lang, "flows.since", since=_since_text(row["since"], kind, lang))
        colours[key] = CATEGORICAL[i % len(CATEGORICAL)]
    title = t(lang, "flows.course_title", area=views.area_name(code, lang), indicator=views.indicator_name(indicator_id, lang))
    subtitle = t(lang, "flows.course_subtitle", unit=fmt.unit_label(unit_of(indicator_id, "level"), lang), kind=name("period_kind", kind, lang))
    figure = lines(frame, title=title, subtitle=subtitle, source=views.source_line(frame, lang), labels=labels, unit=unit_of(indicator_id, "level"), colours=colours)
    widest = max(sum(13.0 if ord(c) > 0x2E80 else 7.0 for c in line) for label in labels.values() for line in label.split("<br>")) + 18
    figure.update_layout(uirevision=f"flow_course-{indicator_id}-{code}", margin={"r": max(108, widest)}, yaxis={"range": [0, 1.06 * frame["upper"].max()]},
                         meta={**figure.layout.meta, "narrow": {"margin": {"r": max(76, widest), "l": 52}}})
    alt = views.trend_alt(frame, title, labels, lang)
    return View(f"flow_course-{indicator_id}-{code}", title, alt, (Part(figure, alt),), _table(frame, lang), frame)


def _since(period: str, kind: str) -> str:
    """What figures of a kind must share to stand on one line: the start of totals, the months of parts of years."""
    start, _, end = period.partition("/")
    if kind == "cumulative":
        return start[:4] if end else ""
    return f"{start[4:]}/{end[4:]}" if kind == "ytd" else ""


def _since_text(since: str, kind: str, lang: str) -> str:
    if kind == "cumulative":
        return t(lang, "flows.from_year", year=since)
    first, last = (int(p.strip("-") or 1) for p in since.split("/"))
    return t(lang, "flows.months", first=first, last=last)


# --- in words ------------------------------------------------------------------------------


def sentence(view: View) -> str:
    """What flows in the year that a view shows, in one sentence, as exactly as the figures allow.

    Parameters
    ----------
    view : dashboard.views.View
        Of the kinds flow, flow_matrix, flow_map (of the year ``shown``) or flow_course (of the last year).

    Returns
    -------
    str
        The flow with the longest course, else the largest; how many times what it was at the beginning of its comparable figures;
        its parts where they are printed for the same period and basis; the balance where both directions are known, else another flow.
    """
    from dashboard.headlines import change, longest_run

    lang, frame = view.lang, view.frame
    year = int(view.shown or frame["year"].max())
    indicator, kind = frame["indicator"].iloc[0], frame["period_kind"].iloc[0]
    every = rows_of(indicator, kind)
    if view.kind == "flow_course":  # only what the area that is shown sends or receives
        pairs = set(zip(frame["area"], frame["counterpart_area"]))
        every = every[[pair in pairs for pair in zip(every["area"], every["counterpart_area"])]]
    now = every[every["year"] == year]
    if now.empty:
        return ""

    def course(row):
        """The comparable figures that end with a row."""
        own = every[(every["area"] == row.area) & (every["counterpart_area"] == row.counterpart_area) & (every["year"] <= year) & (every["basis"] == row.basis)]
        run = longest_run(own)
        return run if run is not None and run["period"].iloc[-1] == row.period else None

    # what can be followed back furthest comes first, then wholes before their parts
    runs = {r.Index: course(r) for r in now.itertuples()}
    rows = sorted(now.itertuples(), key=lambda r: (runs[r.Index] is None, -len(runs[r.Index]) if runs[r.Index] is not None else 0, r.role == "part",
                                                   -r.t, r.role != "total", -r.value))
    row, run = rows[0], runs[rows[0].Index]
    said = t(lang, "flows.says", indicator=views.indicator_name(indicator, lang), **_told(row, lang))
    if run is not None:
        first, last = (list(run.itertuples())[i] for i in (0, -1))
        then = {"when": fmt.period(first.period, kind, lang), "value": views.value_text(first, indicator, lang)}
        low, high = divide(last.lower, last.upper, first.lower, first.upper) if first.value > 0 else (0, 0)
        if low >= 2:
            digits = 1 if high - low < 0.1 else 0
            ends = [fmt.number(float(v), lang, digits) for v in (low, high)]
            times = fmt.number(last.value / first.value, lang, digits) if ends[0] == ends[1] or high - low < 0.1 else t(lang, "flows.between", low=ends[0], high=ends[1])
            said += t(lang, "flows.times", x=times, **then)
        elif told := change(first, last, lang):
            said += t(lang, "flows.changed", change=told, **then)
    parts = now[(now["period"] == row.period) & (now["basis"] == row.basis)]
    parts = [r for r in parts.sort_values("value", ascending=False).itertuples() if (r.area, r.counterpart_area) != (row.area, row.counterpart_area)
             and r.area == row.area and leaves(r.counterpart_area) < leaves(row.counterpart_area)]
    if parts:
        said += t(lang, "flows.of_which", parts=t(lang, "flows.comma").join(
            t(lang, "flows.part_one", place=views.area_name(r.counterpart_area, lang, True), value=views.value_text(r, indicator, lang)) for r in parts[:3]))
    back = [r for r in rows[1:] if (r.area, r.counterpart_area) == (row.counterpart_area, row.area) and r.period == row.period and r.basis == row.basis]
    if back:
        mean, low, high = (f"{fmt.number(v, lang, 0)}%" for v in balance((row.value, row.lower, row.upper), (back[0].value, back[0].lower, back[0].upper)))
        said += t(lang, "flows.back", value=views.value_text(back[0], indicator, lang), balance=mean if low == high else t(lang, "flows.between", low=low, high=high))
    elif others := [r for r in rows[1:] if r.role == "drawn" and r.Index not in {p.Index for p in parts}]:
        told = _told(others[0], lang)
        said += t(lang, "flows.also" if others[0].period == row.period else "flows.also_when", **told)
    return said + t(lang, "flows.stop")


def at(view: View, year: str) -> View:
    """A view with the frame of a year shown first."""
    return replace(view, shown=year)


def _told(row, lang: str) -> dict[str, str]:
    return {"when": fmt.period(row.period, row.period_kind, lang), "origin": views.area_name(row.area, lang, True),
            "destination": views.area_name(row.counterpart_area, lang, True), "value": views.value_text(row, row.indicator, lang)}


@cached(maxsize=8)
def latest(lang: str) -> pd.DataFrame:
    """The newest figure of every indicator that counts flows.

    Returns
    -------
    pandas.DataFrame
        Rows of :func:`indicators.series` with role, place, label and hover; the largest of the newest period, one row an indicator.
    """
    rows = []
    for indicator in with_flows():
        own = rows_of(indicator, main_period_kind(indicator))
        own = own[own["role"] == "drawn"]
        if len(own):
            newest = own[own["t"] == own["t"].max()].sort_values("value", ascending=False).head(1)
            rows.append(_worded(newest, indicator, lang))
    return pd.concat(rows, ignore_index=True)
