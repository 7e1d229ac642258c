"""A report on one area as an A4 PDF of up to six pages, typeset with Typst.

The figures are those of the area's page, the pictures those of the other exports. All
words and numbers go to the template as data (JSON), which places them as text.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import orjson
import pandas as pd
import plotly.graph_objects as go
import typst
from pypdfium2 import PdfDocument

from dashboard import format as fmt
from dashboard import views
from dashboard.area_figures import LEADING, areas_in_order, figures_of
from dashboard.charts.style import ACCENT, CATEGORICAL
from dashboard.charts.thumbnail import _path
from dashboard.exports import STANDARD, Options
from dashboard.exports.about import about
from dashboard.exports.picture import picture
from dashboard.i18n import t
from dashboard.kinds import open_view, parse
from dashboard.parameters import MAX_VALUE, Accepted, Refusal
from dashboard.paths import CACHE
from dashboard.views import View
from geodata import CREDIT, area_km2, areas, web_geometry
from geodata import area as find
from indicators import get
from indicators.ledger import KEY, reconciled
from indicators.measures import main_period_kind, series
from indicators.model import OBS_STATUS
from indicators.names import indicator_text, name

TEMPLATE = Path(__file__).parent / "typst" / "region_report.typ"
FONTS = CACHE / "fonts"

MOST_PAGES = 6
#: Figures in the table by theme at first; fewer where the report would be too long.
MOST_ROWS = 96
#: Up to so many rows all indicators are defined, not only the leading ones.
FEW_ROWS = 40
MOST_LEADING, MOST_TRENDS, MOST_PEERS, MOST_CONFLICTS, MOST_YEARS = 8, 4, 4, 4, 15
#: Indicators on the maps: those of which prefectures have most figures.
MAPPED = ("gdp", "pm25")
#: What areas of one level are compared by.
COMPARED = (("gdp", "level"), ("gdp", "per_capita"), ("resident_population", "level"), ("pm25", "level"), ("rail_km", "level"))
_TYPE = {"small": 8.0, "normal": 8.8, "large": 9.8}
#: A picture has an edge of its own, by which it stands out over its column of 83 mm.
_EDGE_MM = 2.9
_MAP_MM, _TREND_MM = (83 + 2 * _EDGE_MM, 80), (83 + 2 * _EDGE_MM, 54)


def region_report(area: str, lang: str, options: Options = STANDARD) -> bytes:
    """The report on an area as a PDF.

    Parameters
    ----------
    area : str
        Code, one of :func:`dashboard.area_figures.areas_in_order`.
    lang : {"zh", "en"}
    options : Options
        Its `font` and `origin` count.

    Returns
    -------
    bytes
        A tagged PDF (PDF/UA-1 where the fonts have all characters) of at most :data:`MOST_PAGES` A4 pages, its fonts embedded. Where the
        figures would fill more, those of the shortest series are left out, and the report
        says how many and where they are.

    Raises
    ------
    Refusal
        404 for an area without a page, 503 where the fonts are missing.
    """
    known = tuple(areas_in_order())
    if area not in known:
        raise Refusal(404, "not_accepted", parameter="area", value=area[:MAX_VALUE], accepted=Accepted(known, area[:MAX_VALUE], "/api/catalogue.json"))
    frame, maps = figures_of(area), _maps(area, lang, options)
    trends, shown = _trends(area, lang, options), area
    if not trends and find(area).parent:
        trends, shown = _trends(find(area).parent, lang, options), find(area).parent
    rows = sorted(_latest(frame), key=_weight)[:MOST_ROWS]
    while True:
        pdf = _typeset(_content(area, lang, options, frame, rows, maps, trends, shown))
        pages = len(PdfDocument(pdf))
        if pages <= MOST_PAGES or not rows:
            return pdf
        rows = rows[:-max(8, len(rows) // 6)]


@functools.lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _typeset(content: dict) -> bytes:
    midnight = datetime.datetime(*content["date"], tzinfo=datetime.UTC)
    compiled = functools.partial(typst.compile, str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=_fonts(), format="pdf", timestamp=midnight,
                                 sys_inputs={"data": orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY).decode()})
    try:
        return compiled(pdf_standards=["ua-1"])
    except typst.TypstError:
        return compiled()  # the standard allows no character that the fonts do not have; a source's title may hold one


# --- what the report says --------------------------------------------------------------


def _content(area: str, lang: str, options: Options, frame: pd.DataFrame, rows: list, maps: list[dict], trends: list[dict], course_of: str) -> dict:
    """The report as data for the template; sources get their numbers in the order in which they are cited."""
    numbers: dict[str, int] = {}
    text = functools.partial(t, lang)
    name_ = views.area_name(area, lang)
    whole = View("region-report", name_, name_, (), None, frame if len(frame) else series("gdp").head(0), kind="region", query=(("area", area),), lang=lang)
    said = about(whole, options.origin)
    program, kind, date = text("app.title"), text("report.kind"), datetime.date.fromisoformat(said.date)
    leading = _leading(frame)
    headline = [_headline_row(own, lang, numbers) for own in leading]
    mapped = [_captioned(p, numbers) for p in maps]
    drawn = [_captioned(p, numbers) for p in trends]
    yearly = _yearly(leading, lang, numbers)
    peers = _peers(area, lang, numbers)
    figures = _figures(area, frame, rows, lang, numbers)
    return {
        "lang": lang, "region": {"zh": "cn", "en": "gb"}[lang], "title": text("report.title", area=name_), "name": name_, "program": program, "kind": kind,
        "look": {"accent": ACCENT, "size": _TYPE[options.font], "edge": _EDGE_MM}, "date": [date.year, date.month, date.day], "link": said.link,
        "description": text("report.description", area=name_), "keywords": [name_, program],
        "footer": text("report.footer", program=program, date=said.date),
        "comma": ", ", "dot": " · ", "space": " ", "colon": text("report.colon"), "gap": text("report.gap"),
        "facts": _facts(area, lang), "note": _note(area, lang), "counts": _counts(area, frame, lang, said),
        "tiles": [{"label": r["label"], "value": r["whole"], "period": r["period"], "cites": r["cites"]} for r in headline[:4]] if len(headline) > 2 else [],
        "location": _location(area, lang),
        "headline": {"title": text("report.headline"), "columns": [text(f"report.column_{c}") for c in ("indicator", "value", "period", "change", "status", "source")],
                     "rows": headline, **_empty(not headline, text("region.none", area=name_))},
        "maps": {"title": text("report.maps"), "lead": "", "pictures": mapped},
        "trends": {"title": text("report.trends"), "pictures": drawn, "lead": text("report.trends_lead") if drawn else "",
                   **_empty(not drawn or course_of != area, text("report.no_trends", area=name_) + (
                       text("report.trends_of", within=views.area_name(course_of, lang)) if drawn else ""))},
        "yearly": yearly, "peers": peers, "figures": figures,
        "notes": {"title": text("report.notes"), "items": _notes(area, frame, leading, said, lang, numbers)},
        "definitions": {"title": text("report.definitions"), "items": _definitions([own["indicator"].iloc[0] for own in leading] if len(rows) > FEW_ROWS else [r.indicator for r in rows], lang)},
        "sources": {"title": text("report.sources"), "items": [{"n": n, "text": _citation(s, lang)} for s, n in numbers.items()],
                    **_empty(not numbers, text("report.no_sources"))},
        "credit": CREDIT[lang],
        "cite": {"title": text("report.cite"), "text": text("report.cite_as", program=program, area=name_, kind=kind, date=said.date)},
    }


def _empty(nothing: bool, sentence: str) -> dict:
    """What a section says that has nothing to show."""
    return {"none": sentence} if nothing else {}


def _cites(joined: Iterable[str], numbers: dict[str, int]) -> list[dict]:
    """Numbers of sources, new ones in the order of their coming; three or more in a row as a range.

    Parameters
    ----------
    joined : iterable of str
        Ids of sources, several joined by ``|``.
    numbers : dict
        Source -> number, to which new ones are added.
    """
    used = {s for j in joined for s in str(j).split("|") if s}
    for source in [s for j in joined for s in str(j).split("|") if s]:
        numbers.setdefault(source, len(numbers) + 1)
    runs: list[list[int]] = []
    for n in sorted(numbers[s] for s in used):
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return [{"n": r[0], "text": f"{r[0]}–{r[-1]}"} if len(r) > 2 else {"n": n, "text": str(n)} for r in runs for n in (r[:1] if len(r) > 2 else r)]


def _parted(text: str, status: str = "A", mark: str = "") -> dict | None:
    """A value parted at its decimal point, so that a column can stand on it, with its status and marks; None for a gap.

    >>> _parted("4825.0 亿元")
    {'left': '4825', 'right': '.0 亿元', 'status': ''}
    """
    found = re.match(r"(\D*[\d,]+)(.*)", text)
    return {"left": found[1], "right": found[2], "status": mark + ("" if status == "A" else status)} if found else None


def _facts(area: str, lang: str) -> list[str]:
    found, facts = find(area), []
    if area != "jjj":
        facts.append(t(lang, f"report.level_{found.level}"))
    if found.members:
        facts.append(t(lang, "report.made_of", members=t(lang, "chart.join").join(views.area_name(m, lang, True) for m in found.members)))
    if found.parent:
        facts.append(t(lang, "report.lies_in", parent=views.area_name(found.parent, lang)))
    try:
        facts.append(t(lang, "report.area_km2", value=fmt.number(area_km2(area), lang, 0)))
    except ValueError:
        facts.append(t(lang, "report.no_polygon"))
    return [_sentence(t(lang, "report.semicolon").join(facts))]


def _note(area: str, lang: str) -> str:
    note = find(area).note
    return _sentence(note.split(" / ")[0 if lang == "zh" else -1]) if note else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counts(area: str, frame: pd.DataFrame, lang: str, said) -> str:
    if frame.empty:
        return t(lang, "report.dated", date=said.date)
    return t(lang, "report.counts", figures=fmt.number(len(frame), lang, 0), indicators=frame["indicator"].nunique(), sources=len(said.sources), date=said.date)


def _citation(source: str, lang: str) -> str:
    from indicators.ledger import sources

    reliability = sources().loc[source, "reliability"]
    doubt = t(lang, "report.reliability", reliability=t(lang, f"sources.{reliability}")) if reliability in ("medium", "low") else ""
    return views.citation(source, lang) + doubt


# --- the leading figures ---------------------------------------------------------------


#: What makes a series of an area: flows in and out, and kinds of period, stand apart.
_SERIES = ["indicator", "area", "counterpart_area", "period_kind"]


def _latest(frame: pd.DataFrame) -> list:
    """The last row of every series, in the order of the frame, with its length as ``n``."""
    if frame.empty:
        return []
    series_ = frame.groupby(_SERIES, sort=False)
    frame = frame.assign(n=series_["t"].transform("size"), place=series_.ngroup()).sort_values(["place", "t"], kind="stable")
    return list(frame.drop_duplicates("place", keep="last").itertuples())


def _weight(row) -> tuple:
    """Order of importance: indicators of the overview, long series, new figures."""
    return not get(row.indicator).flagship, -row.n, -row.t


def _leading(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Series of the headline table: the leading indicators, then those with most figures, one of an indicator."""
    def order(row):
        leads = row.indicator in LEADING and not row.counterpart_area
        return LEADING.index(row.indicator) if leads else len(LEADING), *_weight(row)

    best: dict[str, tuple] = {}
    for row in sorted((r for r in _latest(frame) if r.period_kind == main_period_kind(r.indicator)), key=order):
        best.setdefault(row.indicator, row)
    return [frame[(frame[_SERIES] == [getattr(row, c) for c in _SERIES]).all(axis=1)].sort_values("t", kind="stable") for row in list(best.values())[:MOST_LEADING]]


def _label(row, lang: str) -> str:
    label = views.indicator_name(row.indicator, lang)
    return t(lang, "report.flow", label=label, ends=views.place(row.area, row.counterpart_area, lang)) if row.counterpart_area else label


def _headline_row(own: pd.DataFrame, lang: str, numbers: dict) -> dict:
    last = next(own.tail(1).itertuples())
    whole = views.value_text(last, last.indicator, lang)
    change, span = _change(own, lang)
    return {"label": _label(last, lang), "whole": whole, "value": _parted(whole), "period": fmt.period(last.period, last.period_kind, lang),
            "change": change, "span": span, "status": f"{last.obs_status} {name('obs_status', last.obs_status, lang)}", "cites": _cites([last.source], numbers)}


def _runs(own: pd.DataFrame) -> list[pd.DataFrame]:
    """The parts of a series that compare: one basis, no break between; whole years only."""
    own = own[own["t"] % 1 == 0]
    parts = []
    for _, on_basis in own.groupby("basis", sort=False):
        parts += [run for _, run in on_basis.groupby((on_basis["obs_status"] == "B").cumsum()) if len(run) > 1]
    return parts


def _longest(own: pd.DataFrame) -> pd.DataFrame | None:
    """The longest run of a series, of two the later."""
    return max(_runs(own), key=lambda run: (run["t"].iloc[-1] - run["t"].iloc[0], run["t"].iloc[-1]), default=None)


def _change(own: pd.DataFrame, lang: str) -> tuple[str, str]:
    """Change over the longest run, and its years; where growth is not defined, its first and last value."""
    run = _longest(own) if own["period_kind"].iloc[0] in ("year", "end") else None
    if run is None:
        return "", t(lang, "report.no_change")
    first, last = run.iloc[0], run.iloc[-1]
    years, indicator = f"{first['year']}–{last['year']}", first["indicator"]
    if "growth" not in get(indicator).all_measures or first["value"] <= 0:
        return "", t(lang, "report.from_to", years=years, first=views.value_text(first, indicator, lang), last=views.value_text(last, indicator, lang))
    grown = series(indicator, areas=[first["area"]], measure="growth", base=str(first["year"]), period_kind=first["period_kind"])
    grown = grown[(grown["counterpart_area"] == first["counterpart_area"]) & (grown["t"] == last["t"]) & (grown["basis"] == last["basis"])]
    if grown.empty:
        return "", t(lang, "report.no_change")
    value = grown["value"].iloc[0]
    return f"{'+' if value > 0 else ''}{fmt.number(value, lang, 1)}%", years


# --- pictures --------------------------------------------------------------------------


def _location(area: str, lang: str) -> dict:
    """A small map of where the area lies; a zone is shown by the area that it lies in."""
    drawn = _outlined(area)
    if not drawn:
        return {"caption": t(lang, "report.no_location", area=views.area_name(area, lang))}
    ground, size = web_geometry("prefecture"), 600
    x0, y0, x1, y1 = ground["bbox"]
    scale = size / max(x1 - x0, y1 - y0)

    def paths(shapes, **look):
        style = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in look.items())
        return f'<g {style} fill-rule="evenodd">' + "".join(f'<path d="{_path(shape, x0, y1, scale)}"/>' for shape in shapes) + "</g>"

    width, height = round((x1 - x0) * scale), round((y1 - y0) * scale)
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {width + 8} {height + 8}">'
           + paths(ground["areas"].values(), fill="#ecebe6", stroke="#ffffff", stroke_width=2)
           + paths([_shapes(drawn)[drawn]], fill=ACCENT if drawn == area else "#9cc3c8", stroke=ACCENT, stroke_width=4, stroke_linejoin="round")
           + paths(web_geometry("province")["areas"].values(), fill="none", stroke="#6d767d", stroke_width=2.2) + "</svg>")
    key = "report.extent" if area == "jjj" else "report.located" if drawn == area else "report.located_in"
    caption = t(lang, key, area=views.area_name(area, lang), within=views.area_name(drawn, lang))
    return {"svg": svg, "alt": caption, "caption": caption}


def _outlined(code: str) -> str:
    """The area, or the nearest that it lies in, of which there is a polygon; empty for none."""
    while code and code not in _shapes(code):
        code = find(code).parent
    return code


def _shapes(code: str) -> dict:
    level = find(code).level
    return {} if level == "zone" else web_geometry(level)["areas"]


def _picture(view: View, part: int, options: Options, measures: tuple[float, float]) -> str:
    wanted = Options(size="a4half", font=options.font if options.font == "small" else "normal")
    return picture(view, "svg", wanted, measures=measures, parts=(part,), source=False).decode()


def _captioned(drawn: dict, numbers: dict) -> dict:
    """A picture for the template: its sources become numbers."""
    return {**drawn, "cites": _cites(drawn["sources"], numbers)}


def _maps(area: str, lang: str, options: Options) -> list[dict]:
    """Maps of prefectures, the area outlined, with its rank among its peers."""
    return [_map(indicator, area, lang, options) for indicator in MAPPED]


def _map(indicator: str, area: str, lang: str, options: Options) -> dict:
    view = open_view(*parse(f"map?indicator={indicator}&level=prefecture"), lang)
    outlined = _outlined(area)
    if area != "jjj" and outlined:
        figure = go.Figure(view.figures[0].figure)
        figure.add_scatter(mode="lines", line={"width": 3.6, "color": CATEGORICAL[1]}, meta={"area": outlined, "layer": find(outlined).level}, showlegend=False)
        view = replace(view, figures=(replace(view.figures[0], figure=figure),))
    strong, sources = _rank(indicator, area, lang)
    shown = view.frame[view.frame["year"].astype(str) == view.shown]
    caption = t(lang, "report.map_caption", year=view.shown)
    if not strong and area != "jjj":
        caption += t(lang, "report.map_gap", area=views.area_name(area, lang)) + (
            t(lang, "report.map_outlined", area=views.area_name(outlined, lang)) if outlined else "")
    return {"svg": _picture(view, 0, options, _MAP_MM), "alt": view.alt, "strong": strong, "caption": caption, "sources": [*sources, *shown["source"]]}


def _peer_codes(area: str) -> list[str]:
    """Areas that an area is compared with: those of its level, or what it is made of."""
    found = find(area)
    if found.level == "composite":
        return list(found.members)
    return [] if found.level == "zone" else [a.code for a in areas() if a.level == found.level]


def _rank(indicator: str, area: str, lang: str) -> tuple[str, list[str]]:
    """The area's value and its rank among those of its level in the year that has most of them; empty where it has none."""
    level = find(area).level
    if level in ("composite", "zone"):
        return "", []
    frame = views.map_frame(indicator, "level")
    frame = frame[frame["place"].isin(_peer_codes(area))]
    frame = frame[frame["year"] == views.best_year(frame)]
    own = next(frame[frame["place"] == area].itertuples(), None)
    if own is None or len(frame) < 2:
        return "", []
    rank = int((frame["value"] > own.value).sum()) + 1
    return t(lang, f"report.rank_{level}", area=views.area_name(area, lang, True), year=own.year, value=views.value_text(own, indicator, lang), rank=rank, n=len(frame)), [own.source]


def _beside(area: str) -> tuple[str, ...]:
    """Areas that the trends show the area against."""
    found = find(area)
    if area == "jjj":
        return found.members
    return (found.parent,) if found.parent else ("jjj",)


def _trends(area: str, lang: str, options: Options) -> list[dict]:
    """Courses of the leading indicators: as an index where areas differ in size, else as they are."""
    out = []
    for own in _leading(figures_of(area)):
        first = own.iloc[0]
        run = _longest(own)
        if len(own) < 3 or first["counterpart_area"] or run is None or len(out) == MOST_TRENDS:
            continue
        codes = ",".join((area, *_beside(area)))
        indicator, kind = first["indicator"], first["period_kind"]
        address = f"trends?indicators={indicator}&areas={codes}&kind={kind}&show=bounds"
        if get(indicator).aggregation == "sum":
            address = _indexed(address, own, run) or address.replace(codes, area)
        view = open_view(*parse(address), lang)
        figure = go.Figure(view.figures[0].figure).update_annotations(yanchor="top", selector={"xref": "paper"})  # a limit's name, clear of the falling lines
        view = replace(view, figures=(replace(view.figures[0], figure=figure),))
        out.append({"svg": _picture(view, 0, options, _TREND_MM), "alt": view.figures[0].alt, "strong": "", "sources": list(view.frame["source"]),
                    "caption": t(lang, "column.source")})
    return out


def _indexed(address: str, own: pd.DataFrame, run: pd.DataFrame) -> str:
    """The address of an index since the run's beginning; empty where a break would lie within it."""
    start = run.iloc[0]
    later = own[(own["basis"] == start["basis"]) & (own["t"] > start["t"])]
    if "index" not in get(start["indicator"]).all_measures or start["value"] <= 0 or (later["obs_status"] == "B").any():
        return ""
    return f"{address}&measure=index&base={start['year']}"


# --- tables ----------------------------------------------------------------------------


def _yearly(leading: list[pd.DataFrame], lang: str, numbers: dict) -> dict | None:
    """The leading series year by year, with their statuses and a mark where the basis changes; None where they are too short."""
    chosen = [own[own["t"] % 1 == 0] for own in leading if own["period_kind"].iloc[0] in ("year", "end")]
    chosen = [own for own in chosen if len(own) > 2][:MOST_PEERS]
    if not chosen:
        return None
    columns, cells = [], []
    for own in chosen:
        first = own.iloc[0]
        columns.append({"name": _label(first, lang), "unit": t(lang, "report.unit_year", unit=fmt.unit_label(first["unit"], lang),
                                                               period=name("period_kind", first["period_kind"], lang)), "cites": _cites(own["source"], numbers)})
        digits, changed = views.decimals_of(first["indicator"], "level"), (own["basis"] != own["basis"].shift()).cumsum() > 1
        moved = changed & (own["basis"] != own["basis"].shift())
        cells.append({row.year: _parted(fmt.number(row.value, lang, digits), row.obs_status, "◆" if at else "") for row, at in zip(own.itertuples(), moved)})
    years = sorted({year for of in cells for year in of})[-MOST_YEARS:]
    return {"title": t(lang, "report.yearly"), "first": t(lang, "chart.year"), "columns": columns, "note": t(lang, "report.yearly_note"),
            "rows": [{"name": str(year), "own": False, "cells": [of.get(year) for of in cells]} for year in years]}


def _peers(area: str, lang: str, numbers: dict) -> dict:
    """The areas of the level, or the members of a cooperation area, by a few indicators; the own row marked."""
    codes, composite = _peer_codes(area), find(area).level == "composite"
    title = t(lang, "report.members" if composite else "report.peers")
    columns, cells = [], {}
    for indicator, measure in COMPARED:
        frame = views.map_frame(indicator, measure)
        frame = frame[frame["place"].isin(codes)]
        frame = frame[frame["year"] == views.best_year(frame)].set_index("place")
        if len(frame) < max(2, len(codes) / 2) or len(columns) == MOST_PEERS:
            continue
        last = frame.iloc[0]
        label = views.indicator_name(indicator, lang)
        if measure != "level":
            label = t(lang, "chart.title_measure", indicator=label, measure=views.measure_name(measure, lang))
        columns.append({"name": label, "unit": t(lang, "report.unit_year", unit=fmt.unit_label(last["unit"], lang),
                                                period=fmt.period(last["period"], last["period_kind"], lang)),
                        "cites": _cites(frame["source"], numbers)})
        digits = views.decimals_of(indicator, measure)
        for code in codes:
            row = frame.loc[code] if code in frame.index else None
            cells.setdefault(code, []).append(None if row is None else (row["value"], _parted(fmt.number(row["value"], lang, digits), row["obs_status"])))
    if not columns:
        return {"title": title, "first": "", "columns": [], "rows": [], "note": "", "none": t(lang, "report.no_peers", area=views.area_name(area, lang))}
    order = sorted(codes, key=lambda code: -(cells[code][0][0] if cells[code][0] else float("-inf")))
    rows = [{"name": views.area_name(code, lang), "own": code == area, "cells": [c and c[1] for c in cells[code]]} for code in order]
    return {"title": title, "first": t(lang, "column.area"), "columns": columns, "rows": rows, "note": t(lang, "report.peers_note", indicator=columns[0]["name"])}


def _figures(area: str, frame: pd.DataFrame, rows: list, lang: str, numbers: dict) -> dict:
    """The latest figure of everything by theme, as far as there is room, and what was left out."""
    kept, left, themes = {r.place for r in rows}, Counter(), {}
    for row in _latest(frame):
        theme = name("theme", get(row.indicator).theme, lang)
        if row.place not in kept:
            left[theme] += 1
            continue
        themes.setdefault(theme, []).append({
            "label": _label(row, lang), "value": _parted(views.value_text(row, row.indicator, lang)), "printed": row.value_text or t(lang, "report.computed"),
            "period": fmt.period(row.period, row.period_kind, lang), "status": row.obs_status, "cites": _cites([row.source], numbers)})
    listed = t(lang, "chart.join").join(t(lang, "report.omitted_theme", theme=theme, n=n) for theme, n in left.most_common())
    return {
        "title": t(lang, "report.figures"), "columns": [t(lang, f"report.column_{c}") for c in ("indicator", "value", "printed", "period", "status", "source")],
        "themes": [{"name": theme, "rows": own} for theme, own in themes.items()],
        "omitted": t(lang, "report.omitted", n=left.total(), themes=listed) if left else "", **_empty(frame.empty, t(lang, "region.none", area=views.area_name(area, lang)))}


# --- notes -----------------------------------------------------------------------------


def _notes(area: str, frame: pd.DataFrame, leading: list[pd.DataFrame], said, lang: str, numbers: dict) -> list[dict]:
    statuses = t(lang, "export.semicolon").join(f"{s} {name('obs_status', s, lang)}" for s in OBS_STATUS if s != "F")
    others = [note for note in said.notes if not note.startswith(t(lang, "export.statuses", statuses=""))]
    items = [{"text": text, "cites": []} for text in (
        t(lang, "report.note_gap"), t(lang, "report.note_change"), t(lang, "report.note_statuses", statuses=statuses),
        *(note + t(lang, "report.stop") for note in others))]
    have = set(frame["indicator"]) if len(frame) else set()
    join = t(lang, "chart.join")
    without = [views.indicator_name(i, lang) for i in LEADING if i not in have]
    if without:
        items.append({"text": t(lang, "report.note_without", area=views.area_name(area, lang), indicators=join.join(without)), "cites": []})
    for own in leading:
        years = {int(y) for y in own["year"]}
        gaps = [str(y) for y in range(min(years), max(years)) if y not in years]
        if gaps and own["period_kind"].iloc[0] in ("year", "end"):
            items.append({"text": t(lang, "report.note_years", indicator=_label(own.iloc[0], lang), years=join.join(gaps)), "cites": []})
    return items + _disagreements(leading, lang, numbers)


def _disagreements(leading: list[pd.DataFrame], lang: str, numbers: dict) -> list[dict]:
    """The newest figures of the headline table that another source contradicts, with what it says."""
    found = [row for own in leading for row in own[own["conflict"]].itertuples()]
    items = []
    for row in sorted(found, key=lambda r: -r.t):
        rows, basis = reconciled(row.indicator), get(row.indicator).basis
        same = rows[(rows[KEY] == [getattr(row, k) for k in KEY]).all(axis=1)]
        others = [o for o in same.itertuples() if (o.lower > row.upper or o.upper < row.lower)
                  and (basis(o.vintage) == row.basis or "report" in (o.vintage, row.vintage))]
        if others and len(items) < MOST_CONFLICTS:
            listed = t(lang, "chart.join").join(dict.fromkeys(fmt.quantity(o.value, o.unit, lang, views.decimals_of(o.indicator, "level")) for o in others))
            items.append({"text": t(lang, "report.note_conflict", indicator=_label(row, lang), period=fmt.period(row.period, row.period_kind, lang),
                                    shown=views.value_text(row, row.indicator, lang), others=listed),
                          "cites": _cites([row.source, *(o.source for o in others)], numbers)})
    return items


def _definitions(indicators: list[str], lang: str) -> list[tuple[str, str]]:
    out = []
    for indicator in dict.fromkeys(indicators):
        words = indicator_text(indicator, lang)
        said = t(lang, "report.space").join(filter(None, (words.get("definition", ""), words.get("method", ""))))
        if said:
            out.append((words["name"], said))
    return out
