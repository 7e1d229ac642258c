"""The figures of a composite indicator: each year a cross-section of areas and indicators, every indicator on one basis.

Nothing is imputed but what :func:`carry` takes from an area's own earlier years, where that is asked for. Handbook is
OECD and JRC (2008), Handbook on Constructing Composite Indicators, ISBN 978-92-64-04345-9.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

#: Dimensions of the official index of coordinated development, in its order.
DIMENSIONS = ("innovation", "coordination", "green", "openness", "sharing")

#: Candidates: dimension, indicator, measure. Sizes stand per person or per area, so that a large place is no better for being large.
CANDIDATES = (
    ("innovation", "rd_intensity", "level"), ("innovation", "tech_contract_total", "per_capita"), ("innovation", "patents_granted", "per_capita"),
    ("innovation", "hightech_enterprises", "per_capita"),
    ("coordination", "gdp", "per_capita"), ("coordination", "rail_km", "density"), ("coordination", "expressway_km", "density"),
    ("coordination", "highway_km", "density"),
    ("green", "pm25", "level"), ("green", "good_air_days_share", "level"), ("green", "forest_coverage", "level"), ("green", "energy_per_industrial_va", "level"),
    ("openness", "port_container_throughput", "level"), ("openness", "customs_mutual_recognition_enterprises", "level"), ("openness", "import_pickup_time", "level"),
    ("sharing", "self_service_items", "level"), ("sharing", "direct_settlement_institutions", "level"), ("sharing", "cross_province_services", "level"),
)

#: What becomes of an area without a figure: left out of the year, or its last figure of the same basis carried forward.
MISSING = ("leave_out", "carry")

#: Share of the areas that must have a figure on one basis before an indicator enters a year, and years in which it must.
COVERED, LEAST_YEARS, LEAST_INDICATORS, LEAST_AREAS = 0.75, 3, 2, 3

#: Years after which a figure is too old to be carried forward.
CARRIED_YEARS = 2


@dataclass(frozen=True)
class Section:
    """One year of a composite: the areas and indicators of which every figure is there.

    Attributes
    ----------
    year : int
    areas : tuple of str
    parts : tuple of (str, str, str)
        Of :data:`CANDIDATES`.
    value, lower, upper : numpy.ndarray
        Areas x parts, in the indicators' units.
    higher : numpy.ndarray of bool
        Whether more of a part is better.
    goalposts : numpy.ndarray
        2 x parts: least and greatest figure of all years on the same basis.
    missing : dict
        Area that is left out -> ids of the indicators it lacks.
    bases : tuple of str
        Basis of each part; two years with the same parts and bases can be set side by side.
    carried : dict
        Area -> ((indicator, year), ...): figures of an earlier year that stand in for missing ones.
    """

    year: int
    areas: tuple[str, ...]
    parts: tuple[tuple[str, str, str], ...]
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    higher: np.ndarray
    goalposts: np.ndarray
    missing: dict
    bases: tuple[str, ...]
    carried: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """All years of a level, with what was left out.

    Attributes
    ----------
    sections : tuple of Section
    coverage : pandas.DataFrame
        dimension, indicator, measure, years (with enough areas on one basis), areas (most in a
        year), used (bool), carried (figures carried forward).
    rows : pandas.DataFrame
        The figures that entered, as :func:`indicators.series` gives them, with ``part``; those
        carried forward stand under the year they stand in for, with status E.
    """

    sections: tuple[Section, ...]
    coverage: pd.DataFrame
    rows: pd.DataFrame


def gather(codes, candidates=CANDIDATES, missing="leave_out") -> Panel:
    """The figures of a composite.

    An indicator enters a year where at least :data:`COVERED` of the areas have a figure on one
    basis; other areas are left out of that year and named, or have an earlier figure carried
    forward (see :func:`carry`). What is carried never helps an indicator into a year. The
    direction is the catalogue's ``better``.

    Parameters
    ----------
    codes : sequence of str
        Areas.
    candidates : sequence of (str, str, str)
    missing : str
        One of :data:`MISSING`.

    Returns
    -------
    Panel
    """
    from indicators import get
    from indicators.measures import series

    codes, covered, frames = tuple(codes), [], {}
    for part in candidates:
        dimension, indicator, measure = part
        known = get(indicator)
        frame = series(indicator, measure=measure) if measure in known.all_measures else series(indicator).iloc[:0]
        frame = frame[frame["area"].isin(codes) & (frame["counterpart_area"] == "") & (frame["t"] % 1 == 0) & np.isfinite(frame["upper"])]
        frame = frame.drop_duplicates(["area", "year"], keep="last")
        most = int(frame.groupby("year")["area"].nunique().max()) if len(frame) else 0
        good, carried = {}, []
        for year, now in frame.groupby("year"):
            basis = now["basis"].value_counts().index[0]
            on_basis = now[now["basis"] == basis]
            if known.better and len(on_basis) >= COVERED * len(codes):
                good[int(year)] = on_basis
                if missing == "carry":
                    gaps = (carry(frame, code, int(year), basis) for code in codes if code not in set(on_basis["area"]))
                    carried += [row for row in gaps if row is not None]
        used = len(good) >= LEAST_YEARS
        covered.append((dimension, indicator, measure, len(good), most, used, len(carried) if used else 0))
        if used:
            filled = [pd.DataFrame(carried)] if carried else []
            frames[part] = pd.concat([*good.values(), *filled], ignore_index=True).assign(part=indicator, higher=known.better == "higher")
    coverage = pd.DataFrame(covered, columns=["dimension", "indicator", "measure", "years", "areas", "used", "carried"])
    rows = pd.concat(frames.values(), ignore_index=True) if frames else pd.DataFrame()
    sections = [] if rows.empty else [s for y in sorted(rows["year"].unique()) if (s := _section(int(y), codes, frames))]
    return Panel(tuple(sections), coverage, rows)


def carry(frame, area: str, year: int, basis: str) -> pd.Series | None:
    """An area's last figure of one basis, carried forward into a year that lacks it.

    Cold deck imputation, Handbook, step 3: the value is that of at most :data:`CARRIED_YEARS`
    years before. What it may have become since is bounded by what the other areas did: from the
    least to the greatest ratio of their figures of both years, taken at the far ends of what the
    printing allows, and no change at all.

    Parameters
    ----------
    frame : pandas.DataFrame
        Series rows of one indicator: area, year, basis, value, lower, upper, obs_status.
    area, year, basis

    Returns
    -------
    pandas.Series or None
        The earlier row with the year, wider bounds, status E, and ``carried_from``. None where
        there is no such figure, a break lies between, or no other area tells what changed.
    """
    on = frame[frame["basis"] == basis]
    own = on[(on["area"] == area) & (on["year"] < year) & (on["year"] >= year - CARRIED_YEARS)]
    if own.empty:
        return None
    last = own.loc[own["year"].idxmax()]
    since = frame[(frame["year"] > last["year"]) & (frame["year"] <= year) & (frame["obs_status"] == "B")]
    if ((since["area"] == area) | (since["basis"] == basis)).any():
        return None
    then, now = (on[on["year"] == y].set_index("area") for y in (last["year"], year))
    then = then[then["lower"] > 0]
    both = [a for a in now.index if a in then.index]
    if not both or last["lower"] < 0:
        return None
    least = (now.loc[both, "lower"] / then.loc[both, "upper"]).min()
    most = (now.loc[both, "upper"] / then.loc[both, "lower"]).max()
    changed = {"year": year, "t": float(year), "period": str(year), "obs_status": "E", "carried_from": int(last["year"]),
               "lower": last["lower"] * min(1.0, least), "upper": last["upper"] * max(1.0, most)}
    return pd.concat([last.drop(labels=[k for k in changed if k in last.index]), pd.Series(changed)])


def _section(year, codes, frames) -> Section | None:
    now = {part: frame[frame["year"] == year].set_index("area") for part, frame in frames.items()}
    parts = tuple(part for part in frames if len(now[part]))
    missing = {c: lacking for c in codes if (lacking := [p[1] for p in parts if c not in now[p].index])}
    areas = tuple(c for c in codes if c not in missing)
    if len(parts) < LEAST_INDICATORS or len(areas) < LEAST_AREAS:
        return None
    numbers = {c: np.column_stack([now[p].loc[list(areas), c].to_numpy(float) for p in parts]) for c in ("value", "lower", "upper")}
    posts, bases, carried = [], [], {}
    for part in parts:
        basis = now[part]["basis"].iloc[0]
        along = frames[part][frames[part]["basis"] == basis]
        breaks = sorted(along.loc[along["obs_status"] == "B", "year"])
        since, until = max((b for b in breaks if b <= year), default=0), min((b for b in breaks if b > year), default=9999)
        along = along[(along["year"] >= since) & (along["year"] < until)]["value"]
        posts.append((along.min(), along.max()))
        bases.append(f"{part[1]}:{basis}:{since}")
        if "carried_from" in now[part]:
            for code, old in now[part]["carried_from"].dropna().items():
                if code in areas:
                    carried[code] = (*carried.get(code, ()), (part[1], int(old)))
    return Section(year, areas, parts, numbers["value"], numbers["lower"], numbers["upper"],
                   np.array([bool(frames[p]["higher"].iloc[0]) for p in parts]), np.array(posts).T, missing, tuple(bases), carried)
