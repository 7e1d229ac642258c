"""Circles around Beijing: its share, that of the areas that touch it, that of the rest.

A share stands only where the whole is known: all areas of a level, on one basis, in the same year.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import gaps, views
from dashboard.charts.stack import stack
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import area
from indicators.analysis import contribution as parts
from indicators.analysis import convergence
from indicators.measures import REGION, _join
from indicators.reports.reviewed import cached

CIRCLE_COLOURS = dict(zip(parts.CIRCLES, ("#b5482f", "#b08a1e", "#4f5d66")))


@cached(maxsize=256)
def levels_of(indicator_id: str) -> tuple[str, ...]:
    """Levels at which the whole is known: all areas of the level have figures on one basis in some year; the finest first."""
    return tuple(level for level in gaps.LEVELS if _whole(indicator_id, level))


@cached(maxsize=1)
def circled() -> tuple[str, ...]:
    """Ids of those that add up and whose whole is known at some level."""
    return tuple(i for i in gaps.addable() if levels_of(i))


def _whole(indicator_id: str, level: str) -> list[convergence.Panel]:
    """Stretches of years in which all areas of a level stand on one basis."""
    every = gaps.codes(level)
    return [p for p in convergence.panels(gaps.figures(indicator_id, "level", level), len(every)) if len(p.areas) == len(every)]


def _groups(level: str) -> dict[str, tuple[str, ...]]:
    """Beijing, the areas of a level that touch it, and the rest, if any: a province touches it where a prefecture of it does."""
    groups = parts.circles(gaps.codes("prefecture"))
    every = gaps.codes(level)
    near = {code for c in groups["ring"] for code in (c, area(c).parent)} & set(every)
    found = {"centre": groups["centre"], "ring": tuple(c for c in every if c in near), "rest": tuple(c for c in every if c not in {*groups["centre"], *near})}
    return {key: own for key, own in found.items() if own}


@cached(maxsize=64)
def circles_view(indicator_id: str, lang: str, level: str = "prefecture") -> View | None:
    """Shares of Beijing, of the areas that touch it and of the rest, in years in which all areas stand on one basis.

    Parameters
    ----------
    indicator_id : str
        Of :func:`circled`.
    lang : {"zh", "en"}
    level : str
        Of :func:`levels_of`; of the provinces both touch Beijing, so that there is no rest.

    Returns
    -------
    dashboard.views.View or None
        Its rows are the shares of areas, computed; None where the whole is not known.
    """
    frame, every, whole = gaps.figures(indicator_id, "level", level), gaps.codes(level), _whole(indicator_id, level)
    if not whole:
        return None
    groups = _groups(level)
    home = {c: key for key, own in groups.items() for c in own}
    fine = level == "prefecture"
    ring = t(lang, "gaps.circles.ring") if fine else gaps.names_of(groups["ring"], lang)
    names = {key: {"centre": views.area_name(parts.CENTRE, lang, True), "ring": ring, "rest": t(lang, "gaps.circles.rest")}[key] for key in groups}
    rows, bars = [], []
    for panel in whole:
        for year in panel.years:
            now = frame[frame["year"] == year].set_index("area").loc[list(every)].reset_index()
            numbers = (now["lower"], now["upper"], now["value"])
            for i, code in enumerate(every):
                share, low, high = parts.shares(*numbers, [c == code for c in every])
                rows.append(gaps.derived(now.iloc[[i]], area=code, measure="share", value=share, lower=low, upper=high, unit="%", key=home[code], basis=panel.basis, place=panel.years[0],
                                     source=_join(now["source"]), locator=_join(now["locator"])))
            for key, own in groups.items():
                share, low, high = parts.shares(*numbers, [c in own for c in every])
                row = gaps.derived(now, value=share, lower=low, upper=high, unit="%", key=key, area=parts.CENTRE if key == "centre" else REGION)
                row["value"] = np.floor(share * 1e9) / 1e9  # bars that add up to a hair over 100 would run out of the axis
                bars.append({**row, "hover": gaps.hover(names[key], f"{gaps.between(share, low, high, lang, 2)}%", row, lang) + f"<br>{gaps.names_of(own, lang)}"})
    drawn, made = pd.DataFrame(bars), pd.DataFrame(rows)
    label = views.indicator_name(indicator_id, lang)
    title = t(lang, "gaps.circles.title" if fine else "circles.title", subject=label)
    said = t(lang, "gaps.circles.ring_is", areas=gaps.names_of(groups["ring"], lang)) if fine else \
        t(lang, "circles.provinces" if "prefecture" in levels_of(indicator_id) else "circles.only_provinces")
    notes = [said] + [t(lang, "gaps.circles.broken", year=p.years[0]) for p in whole[1:]]
    correlation = distance_sentence(indicator_id, lang) if fine else ""
    subtitle = t(lang, "gaps.join").join([*notes, *([correlation] if correlation else [])])

    def show(value):
        return fmt.number(value, lang, 1)

    figure = stack(drawn, title=title, subtitle=subtitle, source=views.source_line(made, lang), labels=names, colours=CIRCLE_COLOURS, value_text=show, top=100)
    years = sorted(set(drawn["year"]))
    wide = {(r.key, r.year): r for r in drawn.itertuples()}
    table = {"columns": [t(lang, "gaps.circles.circle"), *map(str, years)],
             "rows": [[names[k], *(gaps.between(r.value, r.lower, r.upper, lang, 2) for y in years for r in [wide[k, y]])] for k in groups]}
    ends = [t(lang, "gaps.circles.alt", name=names[k], first=years[0], a=show(wide[k, years[0]].value), last=years[-1], b=show(wide[k, years[-1]].value)) for k in groups]
    alt = f"{title}. " + " ".join(ends)
    return View(f"circles-{indicator_id}-{level}", title, alt, (Part(figure, alt),), table, made)


def distance_sentence(indicator_id: str, lang: str) -> str:
    """Rank correlation of the distance to Beijing with the first ratio of an indicator, in the newest year of most prefectures on one basis."""
    for measure in gaps.measures_of(indicator_id):
        frame = gaps.figures(indicator_id, measure, "prefecture")
        found = convergence.panels(frame, convergence.LEAST_AREAS)
        if not found:
            continue
        panel = max(found, key=lambda p: (len(p.areas), p.years[-1]))
        rows = frame[frame["year"] == panel.years[-1]].set_index("area").loc[list(panel.areas)]
        rho, p, n = parts.distance_correlation(panel.areas, rows["value"])
        return t(lang, "gaps.circles.distance", subject=gaps.subject_of(indicator_id, measure, lang), year=panel.years[-1], rho=fmt.number(rho, lang, 2), p=gaps.probability(p, lang), n=n)
    return ""


def circling(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator = values.setdefault("indicator", "gdp")
    levels = levels_of(indicator)
    level = gaps.choose(values, "level", levels, levels[0])
    gaps.in_order(values, "indicator", "level")
    return circles_view(indicator, lang, level)


def said(view: View) -> str:
    """What a view of this module says in one sentence, computed from its rows: the shares at both ends of the newest years on one basis."""
    lang, rows = view.lang, view.frame
    sums = rows.groupby(["key", "year"])["value"].sum()
    bases = rows.drop_duplicates("year").set_index("year")[["basis", "place"]].apply(tuple, axis=1)
    years = [y for y in bases.index if bases[y] == bases[bases.index[-1]]]
    if len(years) < 2:
        years = [y for y in bases.index if bases[y] == bases[bases.index[0]]]
    keys = [key for key in parts.CIRCLES if key in set(rows["key"])]
    return t(lang, "gaps.said.circles" if "rest" in keys else "circles.said", subject=gaps.subject_of(dict(view.query)["indicator"], "level", lang),
             first=years[0], last=years[-1], **{f"{key}{i}": fmt.number(sums[key, y], lang, 1) for key in keys for i, y in enumerate((years[0], years[-1]))})
