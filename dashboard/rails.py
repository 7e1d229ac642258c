"""The region on rails: the network as it grew, whom it reaches, and travel times that were printed."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.lines import lines as line_chart
from dashboard.charts.network import OTHER, network
from dashboard.charts.ranking import ranking
from dashboard.charts.style import ACCENT, AREA_COLOURS, furnish
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import CREDIT, HOME, areas, rail, web_geometry
from indicators import get
from indicators.measures import REGION, series
from indicators.names import name
from indicators.reports.reviewed import cached

FIRST, LAST = 2008, 2025
YEARS = tuple(range(FIRST, LAST + 1))
#: Year with which the present is compared: the start of the strategy.
START = 2014
HEBEI = "130000"
#: Units of the rows that are computed here, by their codes in the catalogue: of residents, and of things that are counted.
PEOPLE, PIECES = get("resident_population").unit, get("urban_consumption_centers").unit
#: Of the lines that are drawn: colour, and width in kilometres of the map.
STYLES = {"high-speed": ("#0b5c73", 4.6), "intercity": ("#c4622d", 4.6), OTHER: ("#b9aa8c", 2.0)}
#: Measures of the rows that are computed here; an indicator's own series has none of them.
REACHED, SERVED, COUNT = "reached_by_hsr", "served_by_hsr", "count"
NOTES = {"by rail": "rail", "railway": "rail", "by car": "car", "bus": "bus"}


# --- lines and stations in words -----------------------------------------------------------


def line_name(line: rail.Line, lang: str) -> str:
    """Name of a line in the reader's language."""
    return getattr(line, f"name_{lang}")


def station_name(station: rail.Station, lang: str) -> str:
    """Name of a station; the English reader gets the Chinese one beside its pinyin."""
    return station.name_zh if lang == "zh" else f"{station.name_en} ({station.name_zh})"


def opening(line: rail.Line, lang: str) -> str:
    """When a line opened, as far as it is known, or how far it is."""
    if not line.opened:
        return t(lang, f"rail.{line.status}") + (t(lang, "rail.since", date=line.works_since) if line.works_since else "")
    return t(lang, "rail.opened", date=line.opened) + (t(lang, "rail.inferred") if line.precision == "inferred" else "")


def details(line: rail.Line, lang: str) -> list[tuple[str, str]]:
    """What is known of a line: labels and texts, gaps named."""
    unknown = t(lang, "rail.unknown")

    def km(value):
        return t(lang, "rail.km", value=fmt.number(value, lang, 1 if value % 1 else 0)) if value else unknown

    return [
        (t(lang, "rail.type"), t(lang, f"rail.types.{line.type}")), (t(lang, "rail.section"), line.section), (t(lang, "rail.opening"), opening(line, lang)),
        (t(lang, "rail.length_section"), km(line.km_section)), (t(lang, "rail.length_whole"), km(line.km)),
        (t(lang, "rail.speed"), t(lang, "rail.kmh", value=line.design_kmh) if line.design_kmh else unknown),
        (t(lang, "rail.source"), t(lang, "rail.list").join(source_text(s, lang) for s in line.sources))]


def source_text(source: str, lang: str) -> str:
    """A source of the railway tables: publisher, title, date."""
    row = rail.sources()[source]
    who = row["publisher"] or t(lang, "rail.unnamed")
    return t(lang, "rail.cite", who=who, title=row["title"], date=row["date"] or t(lang, "rail.undated"))


def station_details(station: rail.Station, lang: str) -> list[tuple[str, str]]:
    """What is known of a station."""
    through = [rail.lines()[s.line] for s in rail.segments().values() if station.name_zh in s.stations]
    first = rail.openings().get(station.name_zh)
    place = t(lang, "rail.place", prefecture=views.area_name(station.prefecture, lang), county=views.area_name(station.county, lang)) \
        if station.county != station.prefecture else views.area_name(station.prefecture, lang)
    return [
        (t(lang, "rail.where"), place), (t(lang, "rail.served"), str(first) if first else t(lang, "rail.not_served")),
        (t(lang, "rail.lines"), t(lang, "rail.list").join(f"{line_name(one, lang)} ({opening(one, lang)})" for one in through)),
        (t(lang, "rail.position"), t(lang, "rail.exact", source=rail.sources()[station.source]["publisher"]) if station.lon is not None else t(lang, "rail.county_only"))]


def _hover(heading: str, pairs: list[tuple[str, str]]) -> str:
    return "<br>".join([f"<b>{escape(heading)}</b>", *(f"{escape(label)}: {escape(_cut(text))}" for label, text in pairs)])


def _cut(text: str, length: int = 56) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


# --- whom it reaches ------------------------------------------------------------------------


def people(year: int, population: pd.DataFrame, reached) -> dict[str, dict]:
    """People living in prefectures that high-speed rail reaches, by province and in the region.

    Beijing, Tianjin and Hebei each count with their own figure where all their prefectures are
    reached; a part of Hebei is the sum of the prefectures' figures. Sums run over figures on one
    basis only, none of them marked as a break, and their bounds are the sums of the bounds.

    Parameters
    ----------
    year : int
    population : pandas.DataFrame
        Rows of the series of residents: area, year, value, lower, upper, basis, obs_status, source.
    reached : iterable of str
        Codes of prefectures.

    Returns
    -------
    dict
        Province or ``jjj`` -> value, lower, upper, basis, rows (what was added); a place without
        an entry has no figure that may be computed.
    """
    now = population[(population["year"] == year) & (population["obs_status"] != "B")]
    every = {p.code: {a.code for a in areas("prefecture", HOME) if p.code in (a.code, a.parent)} for p in areas("province", HOME)}
    found = {}
    for province, own in every.items():
        wanted = own & set(reached)
        if wanted:
            found |= _sum(province, now, [province] if wanted == own else sorted(wanted))
    parts = [p for p, own in every.items() if own & set(reached)]
    if all(p in found for p in parts) and len({found[p]["basis"] for p in parts}) == 1:
        rows = pd.concat([found[p]["rows"] for p in parts])
        found[REGION] = {key: float(rows[key].sum()) for key in ("value", "lower", "upper")} | {"basis": rows["basis"].iloc[0], "rows": rows}
    return found


def _sum(place: str, now: pd.DataFrame, codes: list[str]) -> dict[str, dict]:
    """The sum over areas on the one basis on which all have a figure, the year-end one rather than that of a census day."""
    for basis in sorted(now["basis"].unique(), key=lambda b: (b == "census_day", b)):
        rows = now[(now["basis"] == basis) & now["area"].isin(codes)].drop_duplicates("area")
        if len(rows) == len(codes):
            return {place: {key: float(rows[key].sum()) for key in ("value", "lower", "upper")} | {"basis": basis, "rows": rows}}
    return {}


@cached(maxsize=1)
def reach() -> pd.DataFrame:
    """Prefectures, their stations and the people in them by year, as derived rows of a series."""
    population = series("resident_population")
    rows = []
    for year in YEARS:
        have = rail.reached(year)
        rows.append(_row("hsr_prefectures", REGION, year, len(have), PIECES, COUNT, _sources(year, {n for names in have.values() for n in names})))
        rows += [_row("hsr_stations", code, year, len(names), PIECES, SERVED, _sources(year, set(names))) for code, names in have.items()]
        for place, own in people(year, population, have).items():
            rows.append(_row("resident_population", place, year, own["value"], PEOPLE, REACHED, "|".join(dict.fromkeys(own["rows"]["source"])),
                             own["lower"], own["upper"], own["basis"], "|".join(own["rows"]["locator"])))
    return pd.DataFrame(rows)


def _sources(year: int, names: set[str]) -> str:
    """Sources of the lines through stations that had opened by a year."""
    through = [rail.lines()[s.line] for s in rail.segments().values() if names & set(s.stations)]
    return "|".join(sorted({s for line in through if line.fast and line.year and line.year <= year for s in line.sources}))


def _codes() -> list[str]:
    return [a.code for a in areas("prefecture", HOME)]


def _row(indicator, area, year, value, unit, measure, source, lower=None, upper=None, basis="", locator="") -> dict:
    return {"indicator": indicator, "area": area, "counterpart_area": "", "period": str(year), "period_kind": "end", "year": year, "t": float(year), "measure": measure,
            "value": float(value), "lower": float(value if lower is None else lower), "upper": float(value if upper is None else upper), "unit": unit, "value_text": "",
            "obs_status": "A", "vintage": basis, "source": source, "locator": locator, "note": "", "rule": "", "others": 0, "conflict": False,
            "computed": True, "basis": basis, "place": area}


def _of(indicator: str, area: str | None = None) -> pd.DataFrame:
    frame = reach()
    frame = frame[frame["indicator"] == indicator]
    return frame if area is None else frame[frame["area"] == area]


def sentence(view: View) -> str:
    """The sentence of a view of the kinds ``rail``, ``rail_reach`` and ``travel_times``, computed from its figures."""
    if view.kind == "travel_times":
        return times_sentence(str(view.frame["area"].iloc[0]), view.lang)
    return network_sentence(view.lang, int(view.shown or 2024))


def times_sentence(area: str, lang: str) -> str:
    """Where one gets within an hour from a place, as printed: places whose upper bound is an hour or less."""
    frame = _times()
    near = frame[(frame["area"] == area) & (frame["upper"] <= 60)].sort_values("value", kind="stable")
    names = t(lang, "rail.comma").join(views.area_name(c, lang, True) for c in near["counterpart_area"])
    origin = views.area_name(area, lang, True)
    return t(lang, "rail.times_sentence", area=origin, names=names, n=len(near)) if names else t(lang, "rail.times_none", area=origin)


def network_sentence(lang: str, year: int = 2024) -> str:
    """The network in one sentence: prefectures and people reached by a year, and at the start.

    Parameters
    ----------
    lang : {"zh", "en"}
    year : int
        One of :data:`YEARS`.
    """
    counts = {r.year: int(r.value) for r in _of("hsr_prefectures").itertuples()}
    every = len(_codes())
    known = {r.year: r for r in _of("resident_population", REGION).itertuples()}
    some = (_of("resident_population")["year"] == year).any()
    living = t(lang, "rail.living", people=fmt.quantity(known[year].value, PEOPLE, lang, 0)) if year in known else t(lang, "rail.living_mixed" if some else "rail.living_none")
    key = "rail.sentence_all" if counts[year] == every else "rail.sentence"
    said = t(lang, key, year=year, n=counts[year], all=every, people=living)
    return said + (t(lang, "rail.sentence_start", year=START, n=counts[START]) if year > START else "")


# --- views ----------------------------------------------------------------------------------


def _source_line(lang: str) -> str:
    """Sources of the network with the credits that a map of it has to bear."""
    used = {s for line in rail.lines().values() for s in line.sources}
    return "<br>".join([t(lang, "rail.source_line", n=len(used), credit=rail.CREDIT), CREDIT[lang]])


@cached(maxsize=4)
def network_view(lang: str) -> View:
    """The network, a frame a year.

    Its frame has, for each year and prefecture that is reached, how many stations it has on
    high-speed and intercity lines.
    """
    shapes = web_geometry("prefecture")
    courses, places, at = rail.courses(), rail.stations(), rail.points()
    drawn = []
    for code, pieces in courses.items():
        line = rail.lines()[code]
        drawn.append({"key": code, "pieces": pieces, "type": line.type if line.fast else OTHER, "year": line.year, "hover": _hover(line_name(line, lang), details(line, lang)),
                      "thin": not line.fast and line.year is not None and line.year < FIRST})
    fast = {name for s in rail.segments().values() if rail.lines()[s.line].fast for name in s.stations}
    dots = [{"key": place.name_zh, "at": [round(v, 1) for v in at[place.name_zh]], "year": rail.openings().get(place.name_zh), "exact": place.lon is not None,
             "hover": _hover(station_name(place, lang), station_details(place, lang))}
            for place in places.values() if place.prefecture and place.name_zh in fast]
    first = {code: min(rail.openings()[n] for n in names) for code, names in rail.reached(LAST).items()}
    stations = {(r.area, r.year): int(r.value) for r in _of("hsr_stations").itertuples()}

    def area_hover(code):
        def say(year):
            n = stations.get((code, year), 0)
            heading = f"<b>{escape(views.area_name(code, lang))}</b>  {year}<br>"
            return heading + (t(lang, "rail.area_reached", since=first[code], n=n) if n else t(lang, "rail.area_not"))
        return say

    layer = [{"code": c, "name": views.area_name(c, lang, True), "label": shapes["areas"][c]["label"], "year": first.get(c), "hover": area_hover(c)} for c in _codes()]
    title = t(lang, "rail.title")
    subtitle = t(lang, "rail.subtitle")
    words = {"km": t(lang, "chart.km"), "legend": t(lang, "rail.legend"), "ahead": t(lang, "rail.ahead"), "credit": rail.CREDIT}
    figure = network(drawn, dots, layer, level="prefecture", bbox=shapes["bbox"], years=YEARS, title=title, subtitle=subtitle, source=_source_line(lang), words=words,
                     styles={kind: (t(lang, f"rail.types.{kind}"), *look) for kind, look in STYLES.items()})
    figure.update_layout(uirevision="rail")
    every = [line for line in rail.lines().values() if line.fast]
    table = {"columns": [t(lang, f"rail.{c}") for c in ("line", "type", "section", "opening", "length_section", "length_whole", "speed", "source")],
             "rows": [[line_name(line, lang), *(text for _, text in details(line, lang))] for line in sorted(every, key=lambda one: one.opened or "9")]}
    alt = t(lang, "rail.alt", title=title, first=FIRST, last=LAST, sentence=network_sentence(lang, 2024))
    frame = _of("hsr_stations").reset_index(drop=True)
    ranks = ranking(frame.assign(hover=[_stations_hover(r, lang) for r in frame.itertuples()]), title=t(lang, "rail.stations_title"),
                    subtitle=t(lang, "rail.stations_subtitle"), source="", names={c: views.area_name(c, lang, True) for c in _codes()},
                    value_text=lambda v: str(int(v)), rows=len(_codes()))
    return View("rail", title, alt, (Part(figure, alt, ("prefecture",), 1.5), Part(ranks, t(lang, "rail.stations_title"))), table, frame, "2024",
                source=_source_line(lang).split("<br>")[0], cited=_cited(lang))


def _cited(lang: str) -> tuple[tuple[str, str], ...]:
    """The sources of the lines with their citations, as those of the ledger are cited."""
    used = dict.fromkeys(s for line in rail.lines().values() for s in line.sources)
    found = rail.sources()
    return tuple((s, t(lang, "sources.cited" if found[s]["publisher"] else "sources.cited_unnamed", who=found[s]["publisher"], title=found[s]["title"],
                       date=found[s]["date"], via="")) for s in used)


def _stations_hover(row, lang: str) -> str:
    names = [rail.stations()[n] for n in rail.reached(row.year)[row.area]]
    return _hover(views.area_name(row.area, lang), [(t(lang, "rail.stations"), t(lang, "rail.comma").join(n.name_zh if lang == "zh" else n.name_en for n in names))])


@cached(maxsize=4)
def reach_view(lang: str) -> View:
    """Prefectures that high-speed rail reaches by year, and the people in them."""
    counts, living = _of("hsr_prefectures"), _of("resident_population")
    every = len(_codes())
    source = t(lang, "rail.source_reports", n=len(set("|".join(counts["source"]).split("|"))))
    values = counts["value"].astype(int).tolist()
    gained = {year: sorted(set(rail.reached(year)) - set(rail.reached(year - 1))) for year in YEARS}
    hovers = [t(lang, "rail.year_hover", year=year, n=n, all=every) + ("<br>" + t(lang, "rail.gained", names=t(lang, "rail.comma").join(
        views.area_name(c, lang, True) for c in gained[year])) if gained[year] else "") for year, n in zip(YEARS, values)]
    bars = go.Figure(go.Bar(x=list(YEARS), y=values, width=0.8, marker={"color": ACCENT}, text=[str(v) for v in values], textposition="outside", hovertext=hovers,
                            hoverinfo="text", cliponaxis=False, name=t(lang, "rail.prefectures"), customdata=[REGION] * len(values)))
    furnish(bars, t(lang, "rail.reach_title"), t(lang, "rail.reach_subtitle", all=every), source, axisSpace=30, narrow={"xaxis": {"tickvals": list(YEARS)[::4], "ticktext": [str(y) for y in YEARS][::4]}})
    bars.update_layout(height=330, margin={"l": 36, "r": 12}, bargap=0.2,
                       xaxis={"tickvals": list(YEARS)[::2], "ticktext": [str(y) for y in YEARS][::2], "fixedrange": True, "showgrid": False, "range": [FIRST - 0.6, LAST + 0.6]},
                       yaxis={"range": [0, every + 1.5], "tickvals": [0, 5, 10, every], "ticktext": ["0", "5", "10", str(every)], "fixedrange": True})
    shown = living[living["area"].isin([REGION, HEBEI])]
    shown = shown.assign(key=shown["area"], hover=[_people_hover(r, lang) for r in shown.itertuples()], rounded=False)
    labels = {REGION: t(lang, "rail.region"), HEBEI: views.area_name(HEBEI, lang, True)}
    residents = line_chart(shown, title=t(lang, "rail.people_title"), subtitle=t(lang, "rail.people_subtitle", unit=fmt.unit_label(PEOPLE, lang)),
                           source=views.source_line(shown, lang), labels=labels, unit=PEOPLE, colours={k: AREA_COLOURS.get(k, "#5f7f2e") for k in labels})
    residents.update_layout(height=330)
    by_year = {area: {r.year: r for r in own.itertuples()} for area, own in living.groupby("area")}

    def cell(area, year):
        row = by_year.get(area, {}).get(year)
        return fmt.number(row.value, lang, 0) if row else "–"

    table = {"columns": [t(lang, "chart.year"), t(lang, "rail.prefectures"), t(lang, "rail.gained_column"), *(t(lang, "rail.people_column", area=n) for n in labels.values())],
             "rows": [[str(y), str(n), t(lang, "rail.comma").join(views.area_name(c, lang, True) for c in gained[y]) or "–", *(cell(a, y) for a in labels)] for y, n in zip(YEARS, values)]}
    title = t(lang, "rail.reach_title")
    alt = t(lang, "rail.reach_alt", title=title, first=FIRST, n=values[0], last=LAST, m=values[-1], all=every)
    return View("rail-reach", title, alt, (Part(bars, alt), Part(residents, t(lang, "rail.people_title"))), table,
                pd.concat([counts, living], ignore_index=True), source=source, cited=_cited(lang))


def _people_hover(row, lang: str) -> str:
    return "<br>".join([
        f"<b>{escape(views.area_name(row.area, lang, True))}</b>  {row.year}", f"<b>{fmt.quantity(row.value, row.unit, lang, 1)}</b>",
        t(lang, "chart.between", low=fmt.quantity(row.lower, row.unit, lang, 2), high=fmt.quantity(row.upper, row.unit, lang, 2)), escape(name("vintage", row.basis, lang))])


# --- printed travel times -------------------------------------------------------------------


@cached(maxsize=1)
def _times() -> pd.DataFrame:
    """Travel times between two places as sources print them, the newest of each pair; targets apart."""
    frame = series("travel_time")
    frame = frame[(frame["counterpart_area"] != "") & (frame["obs_status"] != "F")]
    return frame.sort_values("t", kind="stable").drop_duplicates(["area", "counterpart_area"], keep="last").reset_index(drop=True)


@cached(maxsize=1)
def origins() -> tuple[str, ...]:
    """Places from which a travel time is printed."""
    return tuple(dict.fromkeys(_times()["area"]))


def _mode(note: str, lang: str) -> str:
    kind = next((kind for words, kind in NOTES.items() if words in note), "")
    return t(lang, f"rail.modes.{kind}") if kind else t(lang, "rail.modes.unsaid")


@cached(maxsize=16)
def times_view(area: str, lang: str) -> View | None:
    """Printed travel times from a place, the shortest first; None where there is none.

    Parameters
    ----------
    area : str
        One of :func:`origins`.
    lang : {"zh", "en"}
    """
    frame = _times()
    frame = frame[frame["area"] == area].sort_values("value", kind="stable").reset_index(drop=True)
    if frame.empty:
        return None
    frame = frame.assign(place=frame["counterpart_area"], mode=[_mode(n, lang) for n in frame["note"]])
    frame = frame.assign(hover=[f"{views.hover(r, 'travel_time', lang)}<br>{escape(r.mode)}" for r in frame.itertuples()])
    title = t(lang, "rail.times_title", area=views.area_name(area, lang, True))
    labels = [t(lang, "rail.times_label", place=views.area_name(r.place, lang, True), mode=r.mode, value=views.value_text(r, "travel_time", lang)) for r in frame.itertuples()]
    n, top = len(frame), max(float(frame["upper"].max()), 66.0)
    figure = go.Figure(go.Bar(orientation="h", x=frame["value"].tolist(), y=list(range(n)), width=0.26, offset=0.2, hovertext=frame["hover"].tolist(), hoverinfo="text",
                              marker={"color": [ACCENT if r.upper <= 60 else "#8aa9b2" for r in frame.itertuples()]}, customdata=frame["place"].tolist(), textposition="none"))
    for row in frame.itertuples():
        if row.upper - row.lower > 2:  # what the printing allows, as a thin line through the end of the bar
            figure.add_scatter(x=[row.lower, row.upper], y=[row.Index + 0.33] * 2, mode="lines", line={"width": 2, "color": "#c4622d"}, hoverinfo="skip")
    figure.add_scatter(mode="text", x=[0] * n, y=[i - 0.1 for i in range(n)], text=labels, textposition="middle right", textfont={"size": 12.5}, hoverinfo="skip", cliponaxis=False)
    figure.add_scatter(mode="lines", x=[60, 60], y=[-0.6, n - 0.35], line={"width": 1.4, "color": "#8a4b0f", "dash": "dash"}, hoverinfo="skip")
    figure.add_scatter(mode="text", x=[60], y=[-0.6], text=[t(lang, "rail.hour")], textposition="top center", textfont={"size": 11, "color": "#8a4b0f"}, hoverinfo="skip", cliponaxis=False)
    furnish(figure, title, t(lang, "rail.times_subtitle"), views.source_line(frame, lang), rows=n + 0.6, rowHeight=42, topSpace=18)
    figure.update_layout(xaxis={"visible": False, "range": [0, top * 1.02], "fixedrange": True}, yaxis={"visible": False, "range": [n - 0.35, -0.6], "fixedrange": True},
                         barmode="overlay")
    table = {"columns": [t(lang, "chart.area"), t(lang, "rail.mode"), *(t(lang, f"column.{c}") for c in ("value", "value_text", "bounds", "period", "source"))],
             "rows": [[views.area_name(r.place, lang), r.mode, views.value_text(r, "travel_time", lang), r.value_text,
                       f"{fmt.number(r.lower, lang)}–{fmt.number(r.upper, lang)}", fmt.period(r.period, r.period_kind, lang), views.source_name(r.source.split("|")[0], lang)]
                      for r in frame.itertuples()]}
    alt = f"{title}. " + t(lang, "rail.list").join(labels)
    return View(f"travel-times-{area}", title, alt, (Part(figure, alt),), table, frame)

