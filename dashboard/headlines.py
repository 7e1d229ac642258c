"""The sentence over a slide, computed from the figures that it shows.

Nothing is compared that the figures do not allow: no change runs from one basis to another or
over a break, nobody is highest where the printing of the figures leaves it open, and 近 and 超
of a printed figure stay with it.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from dataclasses import replace

from dashboard import format as fmt
from dashboard import views
from dashboard.big_number import number_of
from dashboard.i18n import t
from dashboard.views import View
from geodata import areas
from indicators import get
from indicators.measures import divide
from indicators.names import name
from indicators.reports.reviewed import cached

#: A change is told from the start of the strategy on where the figures reach back to it.
START = 2014
#: Up to so many percentage points between its bounds (of a multiple: percent), a change is told as one number.
SHARP = 1.0
#: Units in which a change is a difference and not a ratio.
_POINTS = ("%",)
#: Up to so many areas or flows are named one by one.
_NAMED = 4


def headline(view: View) -> str:
    """One sentence on what a view shows.

    Parameters
    ----------
    view : dashboard.views.View
        From :func:`dashboard.kinds.open_view`.

    Returns
    -------
    str
        In the language of the view; for a kind that has no sentence of its own what its chart
        says to those who do not see it.
    """
    compose = _BY_KIND.get(view.kind) or _of_analyses().get(view.kind)
    said = compose(view) if compose and len(view.frame) else ""
    return said or view.alt.split("\n")[0]


def told(view: View, parameter: str = "year") -> dict[str, str]:
    """The sentence of every frame of a view.

    Parameters
    ----------
    view : dashboard.views.View
        With its kind, query and language.
    parameter : str
        Of the query, that names a frame.

    Returns
    -------
    dict of str to str
        By the frame's name, in their order: what :func:`headline` says of the view at that frame's address.
    """
    return dict(_told(view.kind, tuple((k, v) for k, v in view.query if k != parameter), view.lang))


@cached(maxsize=512)
def _told(kind: str, query: tuple[tuple[str, str], ...], lang: str) -> tuple[tuple[str, str], ...]:
    from dashboard.kinds import open_view

    view = open_view(kind, query, lang)
    return tuple((name, headline(replace(view, shown=name))) for name in view.names())


# --- one year, several areas -------------------------------------------------------------


def _areas(view: View) -> str:
    """Who is highest and lowest in the year that is shown."""
    lang, year = view.lang, view.shown
    rows = list(view.frame[view.frame["year"] == int(year)].sort_values("value", ascending=False, kind="stable").itertuples())
    if not rows:
        return ""
    return t(lang, "headline.of", indicator=_title(view.frame, lang), sentence=_ranked(rows, year, _without(view, rows), lang))


def _without(view, rows) -> bool:
    """Whether areas of the level that is shown have no figure, so that the highest is the highest of those that have."""
    level = dict(view.query).get("level", "composite")
    scope = get(rows[0].indicator).scope
    whole = {a.code for a in areas(level)} if level != "composite" else set()
    return bool({c for c in whole if not scope or c in scope} - {r.place for r in rows})


def _ranked(rows, year, without, lang):
    indicator, every = rows[0].indicator, len(rows)
    if every == 1:
        return t(lang, "headline.one", year=year, area=_name(rows[0], lang), value=views.value_text(rows[0], indicator, lang))
    [(basis, most), *others] = Counter(r.basis for r in rows).most_common()
    if others and (most < 3 or most <= every / 2):
        return t(lang, "headline.bases", year=year, n=every)
    rows = [r for r in rows if r.basis == basis]
    n, known = len(rows), {"high": views.value_text(rows[0], indicator, lang), "low": views.value_text(rows[-1], indicator, lang)}
    if rows[0].value == rows[-1].value:
        return t(lang, "headline.all_equal", year=year, n=n, value=known["high"])
    top = [r for r in rows if r.upper > max(x.lower for x in rows) or r.value == rows[0].value]
    bottom = [r for r in rows if r.lower < min(x.upper for x in rows) or r.value == rows[-1].value]
    if {r.Index for r in top} & {r.Index for r in bottom}:
        return t(lang, "headline.unclear", year=year, n=n)
    known |= {"year": year, "top": _group(top, lang), "bottom": _group(bottom[::-1], lang)}
    if others:
        return t(lang, "headline.on_basis", n=n, basis=name("vintage", rows[0].vintage, lang), **known)
    return t(lang, "headline.among", n=n, **known) if without else t(lang, "headline.top_bottom", **known)


def _name(row, lang):
    return views.area_name(getattr(row, "place", row.area), lang, True)


def _group(rows, lang):
    """Names of those that share a place: equal ones, or ones that their printing does not tell apart."""
    names = t(lang, "headline.list").join(_name(r, lang) for r in rows[:_NAMED]) + ("…" if len(rows) > _NAMED else "")
    if len(rows) == 1:
        return names
    return t(lang, "headline.tied" if len({r.value for r in rows}) == 1 else "headline.uncertain", areas=names)


# --- years -------------------------------------------------------------------------------


def _course(view: View) -> str:
    """How the areas of a view have changed; of several indicators, how the first area has in each."""
    lang, frame = view.lang, view.frame
    many = frame["indicator"].nunique() > 1
    series = [own for _, own in (frame[frame["key"] == frame["key"].iloc[0]].groupby("indicator", sort=False) if many else frame.groupby("key", sort=False))]
    told = [(run, first, last) for run in map(longest_run, series) if run is not None
            for first, *_, last in [list(run.itertuples())] if change(first, last, lang)]
    subject = _where(frame.iloc[0], lang) if many else _title(frame, lang)
    if not told:  # nothing that could be compared: the newest figure of each
        newest = [own.sort_values("t").iloc[-1] for own in series[:_NAMED]]
        said = t(lang, "headline.join").join(t(
            lang, "headline.level", when=_when(r, lang), area=views.indicator_name(r["indicator"], lang) if many else _where(r, lang),
            value=views.value_text(r, r["indicator"], lang)) for r in newest)
    elif len(told) == 1 and not many:
        run, first, last = told[0]
        gaps = int(last.t - first.t) + 1 - len(run)
        said = t(lang, "headline.run", area=_where(first, lang), start=_when(first, lang), end=_when(last, lang),
                 first=views.value_text(first, first.indicator, lang), last=views.value_text(last, first.indicator, lang),
                 change=change(first, last, lang)) + (t(lang, "headline.gaps", n=gaps) if gaps > 0 else "")
    else:
        said = _spans([(first, last) for _, first, last in told], many, lang)
    return t(lang, "headline.of", indicator=subject, sentence=said)


def _spans(told, many, lang):
    """Changes, those over the same years together."""
    clauses = []
    for years, group in itertools.groupby(told, key=lambda pair: (pair[0].year, pair[1].year)):
        pairs = list(group)
        order = sorted(pairs, key=lambda pair: pair[1].value / pair[0].value) if pairs[0][0].unit not in _POINTS else pairs
        (x0, y0), (x1, y1) = order[-1], order[0]
        if len(pairs) > _NAMED and order is not pairs and all(_above((x0, y0), p) for p in order[:-1]) and all(_above(p, (x1, y1)) for p in order[1:]):
            said = t(lang, "headline.extremes", n=len(pairs), best=_where(x0, lang), best_change=change(x0, y0, lang),
                     worst=_where(x1, lang), worst_change=change(x1, y1, lang))
        else:
            said = t(lang, "headline.join").join(t(
                lang, "headline.of_area", area=views.indicator_name(x.indicator, lang) if many else _where(x, lang), change=change(x, y, lang))
                for x, y in pairs[:_NAMED])
        clauses.append(t(lang, "headline.over", span=t(lang, "headline.span", first=years[0], last=years[1]), changes=said))
    return t(lang, "export.semicolon").join(clauses)


def _above(one, other) -> bool:
    """Whether the first pair of figures rose more than the second, whatever the printing hides."""
    return divide(one[1].lower, one[1].upper, one[0].lower, one[0].upper)[0] >= divide(other[1].lower, other[1].upper, other[0].lower, other[0].upper)[1]


def _title(frame, lang):
    row = frame.iloc[0]
    label = views.indicator_name(row["indicator"], lang)
    return label if row["measure"] == "level" else t(lang, "headline.measured", indicator=label, measure=views.measure_name(row["measure"], lang))


def _where(row, lang):
    return views.place(row.area, row.counterpart_area, lang)


def _when(row, lang):
    return fmt.period(row.period, row.period_kind, lang)


def longest_run(own):
    """The stretch of a series over which a change may be told; None where there is none.

    Parameters
    ----------
    own : pandas.DataFrame
        Rows of one series.

    Returns
    -------
    pandas.DataFrame or None
        In order of time: at least two figures of one basis without a break, from
        :data:`START` on where they reach back to it; the longest such stretch, of equally long
        ones the newest. Totals since a start have none, nor have parts of years.
    """
    own = own.sort_values("t", kind="stable")
    own = own[own["period_kind"].isin(["year", "end"]) & (own["t"] % 1 == 0)]
    runs = []
    for _, on_basis in own.groupby("basis", sort=False):
        breaks = (on_basis["obs_status"] == "B").cumsum()
        for _, run in on_basis.groupby(breaks):
            if (run["t"] == START).any():
                run = run[run["t"] >= START]
            if len(run) > 1:
                runs.append(run)
    return max(runs, key=lambda r: (r["t"].iloc[-1] - r["t"].iloc[0], r["t"].iloc[-1]), default=None)


def change(first, last, lang: str) -> str:
    """How much one figure is above or below an earlier one of the same series, as exactly as both are printed.

    Parameters
    ----------
    first, last : row
        With indicator, measure, value, lower, upper and unit.
    lang : {"zh", "en"}

    Returns
    -------
    str
        One number where what the printing allows is narrower than :data:`SHARP`, else both ends;
        empty where the indicator defines no growth or the first figure is not above zero.
    """
    if first.unit in _POINTS:
        difference = last.value - first.value
        low, high = last.lower - first.upper, last.upper - first.lower
        if low < 0 < high and difference:
            return t(lang, "headline.unchanged")
        if not difference:
            return t(lang, "headline.same")
        return t(lang, "headline.points_up" if difference > 0 else "headline.points_down", x=fmt.number(abs(difference), lang, 1))
    if not _has_ratio(first):
        return ""
    if multiple := _multiple(first, last, lang):
        return t(lang, "headline.times", x=multiple)
    ratio = last.value / first.value
    low, high = (float(100 * b - 100) for b in divide(last.lower, last.upper, first.lower, first.upper))
    if first.value == last.value and first.lower == last.lower and first.upper == last.upper and high - low <= SHARP:
        return t(lang, "headline.same")
    if low < 0 < high:
        return t(lang, "headline.unchanged")
    if high - low <= SHARP:
        return t(lang, "headline.grew" if ratio > 1 else "headline.fell", x=f"{fmt.number(100 * abs(ratio - 1), lang, 1)}%")
    near, far = sorted((abs(low), abs(high)))
    return t(lang, "headline.grew_between" if ratio > 1 else "headline.fell_between", low=f"{fmt.number(near, lang, 0)}%", high=f"{fmt.number(far, lang, 0)}%")


def _has_ratio(row) -> bool:
    """Whether a later figure can be so many percent above this one: ranks and published indices define no growth."""
    return row.value > 0 and (row.measure != "level" or "growth" in get(row.indicator).all_measures)


def _multiple(first, last, lang) -> str:
    """How many times an earlier figure one is, where it is more than three times and printed sharply enough; else empty."""
    if first.unit in _POINTS or not _has_ratio(first) or last.value / first.value <= 3:
        return ""
    low, high = divide(last.lower, last.upper, first.lower, first.upper)
    return fmt.number(last.value / first.value, lang, 1) if 100 * (high - low) <= last.value / first.value * SHARP else ""


# --- flows and single figures --------------------------------------------------------------


def _flows(view: View) -> str:
    """The flows of the year that is shown, the largest first, and the change where there is one flow."""
    lang = view.lang
    now = view.frame[view.frame["year"] == int(view.shown)].sort_values("value", ascending=False, kind="stable")
    rows = list(now.itertuples())
    said = t(lang, "headline.flows", year=view.shown, flows=t(lang, "headline.join").join(
        t(lang, "headline.flow", flow=views.place(r.area, r.counterpart_area, lang), value=r.label) for r in rows[:_NAMED]))
    row = rows[0]
    if len(rows) == 1:
        own = view.frame[(view.frame["area"] == row.area) & (view.frame["counterpart_area"] == row.counterpart_area)]
        said += _since(own[own["year"] <= row.year], lang)
    return t(lang, "headline.of", indicator=view.title, sentence=said)


def _since(own, lang):
    """`, up 20 % on 2014`: the newest figure against the first of its run; empty where they cannot be compared."""
    last = own.sort_values("t").iloc[-1]
    run = longest_run(own[own["basis"] == last["basis"]])
    if run is None or run.iloc[-1]["period"] != last["period"]:
        return ""
    first, last = (list(run.itertuples())[i] for i in (0, -1))
    said, multiple = change(first, last, lang), _multiple(first, last, lang)
    if not said:
        return ""
    then = {"when": _when(first, lang), "value": views.value_text(first, first.indicator, lang)}
    compared = t(lang, "headline.multiple", x=multiple, **then) if multiple else t(lang, "headline.compared", change=said, **then)
    return t(lang, "headline.join") + compared


def number_change(view: View) -> str:
    """The change that stands under a large number; empty where there is none to tell."""
    return _since(view.frame, view.lang).removeprefix(t(view.lang, "headline.join"))


def _number(view: View) -> str:
    number = number_of(view)
    said = t(view.lang, "headline.number", where=number.where, when=number.when, value=number.value)
    return t(view.lang, "headline.of", indicator=views.indicator_name(view.frame.iloc[-1]["indicator"], view.lang), sentence=said + _since(view.frame, view.lang))


_BY_KIND = {"map": _areas, "ranking": _areas, "trends": _course, "region": _course, "indicator": _course, "flow": _flows, "number": _number}


@functools.cache
def _of_analyses() -> dict:
    """Sentences of the pages of analysis, whose modules use those of this one."""
    from dashboard import against, circles, contributions, converging, courses, dispersion, flow_balance, flows, index_views, neighbours, rails, relations

    return {
        "scatter": relations.said, "slope": courses.say_slope, "bump": courses.say_bump, "maps": courses.say_maps, "multiples": courses.say_multiples,
        "against": against.said, "dispersion": dispersion.said, "convergence": converging.said, "contributions": contributions.said,
        "circles": circles.said, "moran": neighbours.said,
        **dict.fromkeys(("flow_map", "flow_matrix", "flow_course"), flows.sentence), "flow_balance": flow_balance.sentence,
        **dict.fromkeys(("rail", "rail_reach", "travel_times"), rails.sentence),
        "index": index_views.sentence, "official_index": index_views.official_sentence, "targets": index_views.targets_sentence,
    }
