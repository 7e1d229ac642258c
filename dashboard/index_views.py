"""Views of the composite index, of the official one, and of targets.

The composite is this program's own calculation, never the official index, and says so in every
picture. Scores are derived rows; the figures they are made of are named by their sources.
"""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.intervals import intervals
from dashboard.charts.lines import lines
from dashboard.charts.progress import progress as progress_chart
from dashboard.charts.style import ACCENT, CATEGORICAL, colour
from dashboard.i18n import t
from dashboard.index_scores import COMPOSITE, STANDARD, UNIT, Choices, given_numbers, panel, scores, sensitivity
from dashboard.views import Part, View
from geodata import areas
from indicators import get
from indicators.analysis import targets as way
from indicators.analysis.sections import CARRIED_YEARS, COVERED, DIMENSIONS, LEAST_YEARS
from indicators.ledger import observations
from indicators.measures import main_period_kind, series
from indicators.names import name
from indicators.reports.reviewed import cached

OFFICIAL = tuple(f"jjj_index_{d}" for d in ("total", *DIMENSIONS))


def rank_text(row, lang: str) -> str:
    """A rank, or the range of ranks that the interval leaves open."""
    return t(lang, "index.rank", rank=row.best) if row.best == row.worst else t(lang, "index.ranks", best=row.best, worst=row.worst)


def _hover(row, lang: str) -> str:
    text = t(lang, "index.hover", area=views.area_name(row.area, lang), year=row.year, score=fmt.number(row.value, lang, 1),
             low=fmt.number(row.lower, lang, 1), high=fmt.number(row.upper, lang, 1), rank=rank_text(row, lang))
    return text + "".join("<br>" + t(lang, "index.hover_carried", figures=figures) for figures in [_carried(row.carried, lang)] if figures)


def _carried(carried: str, lang: str) -> str:
    """Which figures of earlier years a score is made with: GDP (2016)."""
    pairs = [one.split(":") for one in carried.split("|") if one]
    return t(lang, "index.list").join(t(lang, "index.carried", indicator=views.indicator_name(i, lang), year=year) for i, year in pairs)


def _subtitle(choices: Choices, lang: str, *first: str) -> str:
    """What a picture is of and by which choices, weights and figures carried forward included."""
    weights = t(lang, f"index.weights_{choices.weights}")
    if choices.weights == "given":
        shares = zip(DIMENSIONS, given_numbers(choices.given), strict=True)
        weights = t(lang, "index.given_as", weights=t(lang, "index.list").join(
            t(lang, "index.given_one", dimension=t(lang, f"index.{d}"), share=_percent(share, lang)) for d, share in shares))
    parts = [*first, t(lang, f"level.{choices.level}"), t(lang, f"index.normalise_{choices.normalise}"), weights, t(lang, f"index.aggregate_{choices.aggregate}")]
    if choices.missing == "carry":
        n = sum(len(figures) for s in panel(choices.level, "carry").sections for figures in s.carried.values())
        parts.append(t(lang, "index.carried_count" if n else "index.carried_none", n=n, years=CARRIED_YEARS))
    return t(lang, "index.dot").join(parts)


def _percent(share: float, lang: str) -> str:
    return fmt.number(100 * share, lang, 0 if abs(100 * share - round(100 * share)) < 0.05 else 1)


@cached(maxsize=64)
def index_view(lang: str, choices: Choices = STANDARD) -> View | None:
    """Scores of the areas of a level with 90 % intervals, a frame a year; None where there is no year.

    Raises
    ------
    ValueError
        See :func:`dashboard.index_scores.scores`.
    """
    frame = scores(choices)
    if frame.empty:
        return None
    drawn = frame.assign(place=frame["area"], rank_text=[rank_text(r, lang) for r in frame.itertuples()], hover=[_hover(r, lang) for r in frame.itertuples()])
    drawn = drawn.assign(label=[t(lang, "index.label_carried" if r.carried else "index.label", score=fmt.number(r.value, lang, 0), rank=r.rank_text)
                                for r in drawn.itertuples()])
    title = t(lang, "index.title")
    year = int(drawn["year"].max())
    figure = intervals(drawn, title=title, subtitle=_subtitle(choices, lang, t(lang, "index.subtitle")), source=_source(drawn, lang),
                       labels={c: views.area_name(c, lang, True) for c in drawn["area"].unique()}, shown=year)
    figure.update_layout(uirevision=f"index-{choices.level}")
    table = {"columns": [t(lang, f"index.{c}") for c in ("column_year", "column_area", "column_score", "column_interval", "column_rank")], "rows": [
        [str(r.year), views.area_name(r.area, lang), fmt.number(r.value, lang, 1), _interval(r, lang), r.rank_text]
        for r in drawn.sort_values(["year", "value"], ascending=False).itertuples()]}
    if choices.missing == "carry":
        table["columns"].append(t(lang, "index.column_carried"))
        carried = {(str(r.year), views.area_name(r.area, lang)): _carried(r.carried, lang) for r in drawn.itertuples()}
        table["rows"] = [[*row, carried[row[0], row[1]] or "–"] for row in table["rows"]]
    return View(f"index-{choices.id}", title, f"{title}. {_told(drawn[drawn['year'] == year], lang)}",
                (Part(figure, _told(drawn[drawn["year"] == year], lang)),), table, drawn, str(year))


def _interval(row, lang):
    return t(lang, "index.interval", low=fmt.number(row.lower, lang, 1), high=fmt.number(row.upper, lang, 1))


def _source(frame, lang) -> str:
    return t(lang, "index.not_official") + "<br>" + views.source_line(frame, lang)


def sentence(view: View) -> str:
    """In plain words what the scores of the year that is shown tell apart."""
    return _told(view.frame[view.frame["year"].astype(str) == view.shown], view.lang)


def _told(now: pd.DataFrame, lang: str) -> str:
    now = now.sort_values("value", ascending=False)
    rows = list(now.itertuples())
    year, n = rows[0].year, len(rows)
    sure = [r for r in rows if r.best == r.worst]
    if len(sure) == n:
        return t(lang, "index.said_all", year=year, n=n, areas=t(lang, "index.list").join(views.area_name(r.area, lang, True) for r in rows))
    top = [r for r in rows if r.best == 1]
    bottom = [r for r in rows if r.worst == n]
    if {r.area for r in top} & {r.area for r in bottom}:
        return t(lang, "index.said_none", year=year, n=n)
    return t(lang, "index.said_some" if sure else "index.said_few", year=year, n=n, sure=len(sure), top=_named(top, "first", lang), bottom=_named(bottom, "last", lang))


def _named(rows, place, lang):
    areas_ = t(lang, "index.list").join(views.area_name(r.area, lang, True) for r in rows)
    return t(lang, f"index.{place}_one" if len(rows) == 1 else f"index.{place}_some", areas=areas_)


@cached(maxsize=64)
def course_view(lang: str, choices: Choices = STANDARD) -> View | None:
    """Scores over the years; a line stops where indicators or their bases change.

    Scores other than by goalposts tell the place among the areas of a year, not progress.
    """
    frame = scores(choices)
    if frame.empty:
        return None
    level, few = choices.level, choices.level == "province"  # intervals of many areas would hide each other
    frame = frame.assign(key=frame["area"], place=frame["area"], rounded=few, hover=[_hover(r, lang) for r in frame.itertuples()])
    codes = [a.code for a in areas(level) if a.code in set(frame["area"])]
    labels = {c: views.area_name(c, lang, True) for c in codes}
    title = t(lang, "index.course_title")
    subtitle = _subtitle(choices, lang, t(lang, "index.course_subtitle" if few else "index.course_scale")) + t(lang, "index.course_note")
    figure = lines(frame, title=title, subtitle=subtitle, source=_source(frame, lang), labels=labels, unit=UNIT,
                   colours={c: colour(c, i) for i, c in enumerate(codes)}, bounds=True)
    figure.update_layout(yaxis={"range": [0, 104]}, uirevision=COMPOSITE)
    wide = frame.pivot(index="area", columns="year", values="value")
    table = {"columns": [t(lang, "index.column_area"), *map(str, wide.columns)],
             "rows": [[views.area_name(c, lang), *(fmt.number(v, lang, 1) for v in wide.loc[c])] for c in codes]}
    return View(f"index-course-{choices.id}", title, views.trend_alt(frame, title, labels, lang), (Part(figure, title),), table, frame)


@cached(maxsize=64)
def sensitivity_view(lang: str, choices: Choices = STANDARD, year: int | None = None) -> View | None:
    """Which choice moves the ranks of a year: total and first-order sensitivity indices.

    The frame of the view holds the scores of that year; the indices stand in its table.
    """
    own = scores(choices)
    year = year or (int(own["year"].max()) if len(own) else 0)
    own = own[own["year"] == year]
    if own.empty:
        return None
    found = sensitivity(choices, year)
    label = {f: t(lang, f"index.factor_{f}") for f in found["factor"]}
    if own["carried"].any():
        label["figures"] = t(lang, "index.factor_figures_carried")

    def share(value):
        return f"{fmt.number(100 * min(max(value, 0.0), 1.0), lang, 0)}%"

    rows = pd.DataFrame({
        "name": [label[f] for f in found["factor"]], "value": 100 * found["total"].clip(0, 1), "area": "", "colour": ACCENT,
        "lines": [(t(lang, "index.effect", factor=label[r.factor], total=share(r.total), first=share(r.first)),) for r in found.itertuples()],
        "hover": [t(lang, "index.effect_hover", factor=label[r.factor], total=share(r.total), total_error=share(r.total_conf), first=share(r.first),
                    first_error=share(r.first_conf)) for r in found.itertuples()]}).sort_values("value", ascending=False, kind="stable")
    title = t(lang, "index.sensitivity_title", year=year)
    still = bool(found["shift"].iloc[0] == 0)
    subtitle = _subtitle(choices, lang, t(lang, "index.sensitivity_still" if still else "index.sensitivity_subtitle",
                                          shift=fmt.number(found["shift"].iloc[0], lang, 1)))
    figure = progress_chart(rows, title=title, subtitle=subtitle, source=_source(own, lang), end=None)
    table = {"columns": [t(lang, f"index.{c}") for c in ("column_factor", "column_first", "column_total")],
             "rows": [[label[r.factor], share(r.first), share(r.total)] for r in found.itertuples()]}
    alt = f"{title}. " + t(lang, "index.semicolon").join(_spoken(lines) for lines in rows["lines"])
    return View(f"index-sensitivity-{year}-{choices.id}", title, alt, (Part(figure, alt),), table,
                own.assign(place=own["area"], hover=""))


def _spoken(lines) -> str:
    return " ".join(lines).replace("<b>", "").replace("</b>", "")


def coverage_table(level: str, lang: str, missing: str = "leave_out") -> dict:
    """Candidates of the index with the years and areas they cover, used or not and why."""
    found = panel(level, missing).coverage
    reason = {True: "index.used", False: "index.unused"}
    columns = ["column_dimension", "column_indicator", "column_years", "column_areas", *(["column_carried_n"] if missing == "carry" else []), "column_used"]
    return {"columns": [t(lang, f"index.{c}") for c in columns], "rows": [
        [t(lang, f"index.{r.dimension}"), _part_name(r.indicator, r.measure, lang), str(r.years), str(r.areas), *([str(r.carried)] if missing == "carry" else []),
         t(lang, reason[bool(r.used)], least=LEAST_YEARS, share=f"{COVERED:.0%}")] for r in found.itertuples()]}


def year_table(level: str, lang: str, missing: str = "leave_out") -> dict:
    """Each year: its indicators, its areas, the areas that are left out with what they lack, and what is carried forward."""
    def each(of, key, text):
        return t(lang, "index.semicolon").join(t(lang, key, area=views.area_name(c, lang, True), indicators=text(x)) for c, x in of.items()) or "–"

    def names(ids):
        return t(lang, "index.list").join(views.indicator_name(i, lang) for i in ids)

    rows = []
    for s in reversed(panel(level, missing).sections):
        row = [str(s.year), t(lang, "index.list").join(_part_name(p[1], p[2], lang) for p in s.parts), str(len(s.areas)), each(s.missing, "index.lacks", names)]
        if missing == "carry":
            row.append(each({c: "|".join(f"{i}:{y}" for i, y in x) for c, x in s.carried.items()}, "index.carries", lambda x: _carried(x, lang)))
        rows.append(row)
    columns = ["column_year", "column_indicators", "column_areas_in", "column_left_out", *(["column_carried"] if missing == "carry" else [])]
    return {"columns": [t(lang, f"index.{c}") for c in columns], "rows": rows}


def _part_name(indicator, measure, lang):
    label = views.indicator_name(indicator, lang)
    return label if measure == "level" else t(lang, "headline.measured", indicator=label, measure=views.measure_name(measure, lang))


# --- the official index ------------------------------------------------------------------


@cached(maxsize=16)
def official_view(lang: str, indicator_id: str = OFFICIAL[0]) -> View | None:
    """The official index as published: a line a release, never joined to another."""
    rows = observations()
    releases = sorted(set(rows[(rows["indicator"] == indicator_id)]["vintage"]))
    frame = pd.concat([series(indicator_id, vintage=v) for v in releases], ignore_index=True) if releases else pd.DataFrame()
    if frame.empty:
        return None
    labels = {v: name("vintage", v, lang) for v in releases}
    frame = frame.assign(key=frame["vintage"], place=frame["area"], hover=[views.hover(r, indicator_id, lang) for r in frame.itertuples()], rounded=False)
    title = views.indicator_name(indicator_id, lang)
    figure = lines(frame, title=title, subtitle=t(lang, "index.official_subtitle", bases=_bases(releases, lang)), source=views.source_line(frame, lang),
                   labels={v: _release(v) for v in releases}, unit=UNIT,
                   colours={v: CATEGORICAL[i % len(CATEGORICAL)] for i, v in enumerate(releases)}, bounds=False)
    figure.update_layout(uirevision=indicator_id)
    table = {"columns": [t(lang, f"index.{c}") for c in ("column_release", "column_year", "column_value", "column_status")], "rows": [
        [labels[r.vintage], str(r.year), views.value_text(r, indicator_id, lang), name("obs_status", r.obs_status, lang)] for r in frame.itertuples()]}
    return View(f"official-{indicator_id}", title, views.trend_alt(frame, title, labels, lang), (Part(figure, title),), table, frame)


def _bases(releases, lang) -> str:
    """Which releases stand on which base year: 2010 = 100: 2018, 2019, 2020."""
    own = {base: [_release(v) for v in releases if v.endswith(base)] for base in dict.fromkeys(v[-4:] for v in releases)}
    return t(lang, "index.semicolon").join(t(lang, "index.base", base=base, first=of[0], last=of[-1]) for base, of in own.items())


def _release(vintage: str) -> str:
    return vintage.split("_")[1].replace("m", "-")


def official_sentence(view: View) -> str:
    """What the newest release says, alone."""
    newest = view.frame.sort_values(["vintage", "t"])
    newest = newest[newest["vintage"] == newest["vintage"].iloc[-1]]
    first, last = (list(newest.itertuples())[i] for i in (0, -1))
    return t(view.lang, "index.official_said", release=name("vintage", last.vintage, view.lang), indicator=view.title, year=last.year,
             value=_index_number(last, view.lang), before=first.year, earlier=_index_number(first, view.lang))


def _index_number(row, lang) -> str:
    return fmt.number(row.value, lang, views.decimals_of(row.indicator, "level"))


def moves(view: View) -> bool:
    """Whether ranks of a view of sensitivity move at all, so that there is something to divide."""
    return any(view.figures[0].figure.data[0].x)


# --- targets -----------------------------------------------------------------------------


def _runs(frame: pd.DataFrame):
    """First and last figure of the newest run of one basis without a break; None where it has one figure."""
    frame = frame[(frame["t"] % 1 == 0) & (frame["t"] >= 2014)].sort_values("t")
    if frame.empty:
        return None
    frame = frame[frame["basis"] == frame["basis"].iloc[-1]]
    broken = frame[frame["obs_status"] == "B"]["t"].max()
    frame = frame[frame["t"] >= broken] if pd.notna(broken) else frame
    return (frame.iloc[0], frame.iloc[-1]) if len(frame) > 1 else None


@cached(maxsize=1)
def _ways() -> list[tuple]:
    """Targets that a series leads to: (first row, last row, target row or None, limit or None, Progress)."""
    rows, found = observations(), []
    for f in rows[(rows["obs_status"] == "F") & (rows["counterpart_area"] == "")].itertuples():
        run = _runs(series(f.indicator, areas=[f.area])) if f.period_kind == main_period_kind(f.indicator) else None
        if run is not None and get(f.indicator).better:
            threshold = f.lower == f.value  # "over 9,000" is met at 9,000
            target = way.Point(float(f.period[:4]), f.value, f.lower, f.value if threshold else f.upper)
            found.append((*run, f, None, way.progress(_point(run[0]), _point(run[1]), target)))
    for indicator in (i for i in ("pm25",) if get(i).limits):
        for code in (a.code for a in areas("province")):
            run = _runs(series(indicator, areas=[code]))
            for limit in {x.value: x for x in reversed(get(indicator).limits)}.values():
                if run is not None:
                    target = way.Point(float("inf"), limit.value, limit.value, limit.value)
                    found.append((*run, None, limit, way.progress(_point(run[0]), _point(run[1]), target)))
    return found


def _point(row) -> way.Point:
    return way.Point(row["t"], row["value"], row["lower"], row["upper"])


@cached(maxsize=4)
def targets_view(lang: str) -> View | None:
    """Printed targets and limit values against the figures: the share of the way, the pace needed and the pace seen."""
    bars, frames, table = [], [], []
    for first, last, f, limit, done in _ways():
        indicator, unit = last["indicator"], last["unit"]

        def show(value, row=last):
            return fmt.quantity(value, row["unit"], lang, views.decimals_of(row["indicator"], "level"))

        goal = views.value_text(next(pd.DataFrame([f]).assign(measure="level").itertuples()), indicator, lang) if f is not None else ""
        aim = t(lang, "targets.by", goal=goal, year=f.period[:4]) if f is not None else name("limit", limit.name, lang)
        words = {"area": views.area_name(last["area"], lang, True), "indicator": views.indicator_name(indicator, lang), "aim": aim}
        label = t(lang, "targets.row", **words)
        verdict = t(lang, f"targets.{done.verdict if f is not None or done.verdict == 'reached' else 'open'}")
        pace = t(lang, "targets.pace", seen=_rate(done.seen, unit, lang), first=int(first["t"]), last=int(last["t"]))
        need = t(lang, "targets.need", needed=_rate(done.needed, unit, lang)) if done.needed else ""
        bars.append({"name": label, "value": max(0.0, min(done.share[0], 130.0)), "area": last["area"],
                     "lines": (t(lang, "targets.head", share=fmt.number(done.share[0], lang, 0), verdict=verdict, **words), words["indicator"], aim),
                     "hover": "<br>".join(x for x in (label, t(lang, "targets.now", value=show(last["value"]), year=int(last["t"]), low=fmt.number(done.share[1], lang, 0),
                                                               high=fmt.number(done.share[2], lang, 0)), pace, need) if x),
                     "colour": {"reached": "#6a8a22", "on_pace": ACCENT, "behind": "#c4622d"}.get(done.verdict, "#8a8f94")})
        table.append([label, t(lang, "targets.value", value=show(last["value"]), year=int(last["t"])), f"{fmt.number(done.share[0], lang, 0)}%",
                      _rate(done.seen, unit, lang), _rate(done.needed, unit, lang) if done.needed else "–", verdict])
        frames.append(pd.DataFrame([first, last]))
        if f is not None:
            both = series(indicator, areas=[last["area"]], targets=True)
            frames.append(both[(both["obs_status"] == "F") & (both["period"] == f.period)])
    if not bars:
        return None
    frame = pd.concat(frames, ignore_index=True).drop_duplicates(["indicator", "area", "period", "obs_status"]).reset_index(drop=True)
    frame = frame.assign(place=frame["area"], hover="")
    title = t(lang, "targets.title")
    figure = progress_chart(pd.DataFrame(bars), title=title, subtitle=t(lang, "targets.subtitle"), source=views.source_line(frame, lang))
    alt = f"{title}. " + t(lang, "index.semicolon").join(_spoken(b["lines"]) for b in bars)
    columns = ["aim", "latest", "share", "seen", "needed", "verdict"]
    return View("targets", title, alt, (Part(figure, alt),), {"columns": [t(lang, f"targets.column_{c}") for c in columns], "rows": table}, frame)


def _rate(numbers, unit, lang):
    """A change a year with its bounds where they differ."""
    value, low, high = numbers
    text = t(lang, "targets.rate", value=_signed(value, lang), unit=fmt.unit_label(unit, lang))
    return text if high - low < 1e-9 else text + t(lang, "targets.between", low=_signed(low, lang), high=_signed(high, lang))


def _signed(value, lang):
    return ("+" if value > 0 else "") + fmt.number(value, lang, 1)


def targets_sentence(view: View) -> str:
    """How many targets are reached, on pace, behind, and how many cannot be told."""
    verdicts = [(done.verdict, f is not None) for _, _, f, _, done in _ways()]
    dated = [v for v, own in verdicts if own]
    met = sum(v == "reached" for v, own in verdicts if not own)
    return t(view.lang, "targets.said", n=len(dated), reached=dated.count("reached"), on_pace=dated.count("on_pace"), behind=dated.count("behind"),
             unclear=dated.count("unclear"), limits=len(verdicts) - len(dated), met=met)


def unmeasured(lang: str) -> list[list[str]]:
    """Targets that no series leads to: what, where, when, as printed."""
    rows = observations()
    known = {(f.indicator, f.area, f.period) for _, _, f, _, _ in _ways() if f is not None}
    return [[views.indicator_name(f.indicator, lang), views.place(f.area, f.counterpart_area, lang), fmt.period(f.period, f.period_kind, lang), f.value_text,
             views.source_name(f.source, lang)] for f in rows[rows["obs_status"] == "F"].itertuples() if (f.indicator, f.area, f.period) not in known]
