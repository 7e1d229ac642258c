"""Series computed from the ledger: levels, shares, growth, indices, ratios.

Every number is computed from observations, never typed. What the printing of the figures
allows travels along as ``lower`` and ``upper`` by interval arithmetic, so a share of two
rounded figures is as wide as their rounding makes it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from indicators.ledger import DATA, reconciled
from indicators.model import MEASURES, period_end, period_position
from indicators.reports.reviewed import cached

SERIES_COLUMNS = (
    "indicator", "area", "counterpart_area", "period", "period_kind", "year", "t", "measure",
    "value", "lower", "upper", "unit", "value_text", "obs_status", "vintage", "source",
    "locator", "note", "rule", "others", "conflict", "computed", "basis",
)

REGION = "jjj"
_UNITS = {"share": "%", "growth": "%", "cagr": "%", "index": "指数", "over_limit": "倍",
          "share_of_output": "%"}


def series(indicator_id, areas=None, measure="level", base=None, *, period_kind=None, counterparts=None,
           vintage=None, targets=False, folder: Path = DATA) -> pd.DataFrame:
    """A tidy series of one indicator, one row an area (and counterpart) and period.

    Parameters
    ----------
    indicator_id : str
        Id in the catalogue.
    areas : sequence of str, optional
        Codes of areas; all that have a value when omitted. A composite whose members add
        up to it gets their sum where no vintage break lies between them.
    measure : str
        ``level``; ``share`` (of 京津冀, %); ``growth`` (on `base` or on the year before, %);
        ``cagr`` (average annual growth since `base`, %, ``(v_t / v_b) ** (1 / (t - b)) - 1``);
        ``index`` (`base` = 100); ``per_capita``; ``density`` (per 10,000 km², equal-area);
        ``over_limit`` (multiple of the limit value); ``share_of_output``
        (of the origin's total, %).
    base : str or int, optional
        Base year of growth, cagr and index; 2014 for the last two when omitted.
    period_kind : str, optional
        Which kind of period; the indicator's own when omitted.
    counterparts : sequence of str, optional
        Of a flow: destinations to keep.
    vintage : str, optional
        Only figures of that vintage instead of the shown ones.
    targets : bool
        Keep forecasts and targets (status F), which are left out otherwise.
    folder : Path
        Where the ledger is.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`SERIES_COLUMNS`. ``source`` and ``locator`` join several inputs with
        ``|``; ``computed`` is true where the value does not stand in a source so.

    Raises
    ------
    ValueError
        If the indicator, measure, kind of period or an area does not exist, or the
        measure is not defined for the indicator; the sentence says what is accepted.
    """
    from indicators import get

    indicator = get(indicator_id)
    if measure not in MEASURES:
        raise ValueError(f"there is no measure {measure!r}; there are {', '.join(MEASURES)}")
    if measure not in indicator.all_measures:
        raise ValueError(f"{measure} is not defined for {indicator_id}; defined are {', '.join(indicator.all_measures)}")
    kinds = period_kinds(indicator_id, folder)
    if period_kind is not None and period_kind not in kinds:
        raise ValueError(f"{indicator_id} has no figures of the kind {period_kind!r}; it has {', '.join(kinds) or 'none'}")
    if areas is not None:
        from geodata import area as find_area

        areas = [areas] if isinstance(areas, str) else list(areas)
        for code in areas:
            find_area(code)
    if counterparts is not None:
        from geodata import area as find_area

        counterparts = [counterparts] if isinstance(counterparts, str) else list(counterparts)
        for code in counterparts:
            find_area(code)
    frame = _series(indicator_id, None if areas is None else tuple(areas), measure, _base_year(base, measure),
                    period_kind or main_period_kind(indicator_id, folder), None if counterparts is None else tuple(counterparts),
                    vintage, targets, folder)
    return frame.copy(deep=False)  # copy-on-write keeps the shared frame as it is


@cached(maxsize=4096)
def _series(indicator_id, areas, measure, base, period_kind, counterparts, vintage, targets, folder):
    from indicators import get

    frame = _levels(indicator_id, period_kind, vintage, targets, folder)
    if counterparts is not None:
        frame = frame[frame["counterpart_area"].isin(counterparts)]
    if measure != "level":
        frame = _COMPUTE[measure](frame, get(indicator_id), base, vintage, folder)
    if areas is not None:
        frame = frame[frame["area"].isin(areas)]
    frame = frame.assign(measure=measure, unit=unit_of(indicator_id, measure))
    return frame.sort_values(["area", "counterpart_area", "t", "period"])[list(SERIES_COLUMNS)].reset_index(drop=True)


@cached(maxsize=2048)
def period_kinds(indicator_id, folder: Path = DATA) -> tuple[str, ...]:
    """Kinds of period that an indicator has figures of (targets apart), most rows first."""
    rows = reconciled(indicator_id, folder)
    return tuple(rows[rows["obs_status"] != "F"]["period_kind"].value_counts(sort=True).index)


def main_period_kind(indicator_id, folder: Path = DATA) -> str:
    """The kind of period of an indicator's main series: its own where it has such figures."""
    from indicators import get

    own, kinds = get(indicator_id).period_kind, period_kinds(indicator_id, folder)
    return own if own in kinds or not kinds else kinds[0]


def _base_year(base, measure):
    if base is None:
        return 2014 if measure in ("cagr", "index") else None
    try:
        return int(str(base))
    except ValueError:
        raise ValueError(f"the base {base!r} is no year; accepted is for example 2014") from None


@cached(maxsize=1024)
def _levels(indicator_id, period_kind, vintage, targets, folder) -> pd.DataFrame:
    from indicators import get

    indicator = get(indicator_id)
    rows = reconciled(indicator_id, folder)
    rows = rows[rows["period_kind"] == period_kind]
    if not targets:
        rows = rows[rows["obs_status"] != "F"]
    if vintage is None:
        rows = rows[rows["shown"]]
    else:
        rows = rows[rows["vintage"] == vintage].drop_duplicates(["area", "counterpart_area", "period"])
    rows = rows.assign(
        year=[period_end(p)[0] for p in rows["period"]],
        t=[period_position(p) for p in rows["period"]],
        computed=(rows["obs_status"] == "E"),
        basis=[indicator.basis(v) for v in rows["vintage"]],
    ).drop(columns=["shown"])
    if indicator.aggregation != "none" and not indicator.flow:
        rows = _aggregate(rows, indicator, vintage, folder)
    return rows.assign(turn=_turns(rows))


def _aggregate(rows, indicator, vintage, folder):
    """Add composites: the sum or the weighted mean of members of one vintage and period.

    A printed figure of the composite gives way to the computed one, which it then stands
    beside, because a line of computed values lies on one basis.
    """
    from geodata import areas as list_areas
    from geodata import members

    made = []
    for code in [a.code for a in list_areas("composite")]:
        parts = rows[rows["area"].isin(_summands(code, members))]
        wanted = set(_summands(code, members))
        if not wanted or not wanted <= set(parts["area"]):
            continue
        weights = None
        if indicator.aggregation == "mean":
            weights = _levels(indicator.weight, main_period_kind(indicator.weight, folder), None, False, folder)
        for (period, _), group in parts.groupby(["period", "basis"], sort=False):
            if set(group["area"]) != wanted or len(group) != len(wanted):
                continue
            if weights is not None:
                w = weights[weights["period"] == period].set_index("area")
                if not wanted <= set(w.index):
                    continue
                w = w.loc[group["area"]]
                inputs = pd.concat([group, w])
                numbers = {"value": float(np.average(group["value"], weights=w["value"])),
                           "lower": _mean_bound(group["lower"], w, np.min), "upper": _mean_bound(group["upper"], w, np.max)}
            else:
                inputs = group
                numbers = {c: float(group[c].sum()) for c in ("value", "lower", "upper")}
            made.append({
                **group.iloc[0].to_dict(), "area": code, **numbers,
                "value_text": "", "obs_status": _worst(inputs["obs_status"]), "computed": True,
                "source": _join(inputs["source"]), "locator": _join(inputs["locator"]),
                "note": "", "rule": "computed", "conflict": False, "others": 0,
            })
    if not made:
        return rows
    made = pd.DataFrame(made)
    printed = rows.set_index(["area", "period"])
    for i, row in made.iterrows():
        if (row["area"], row["period"]) in printed.index:
            same = printed.loc[[(row["area"], row["period"])]]
            made.loc[i, "others"] = int(same["others"].iloc[0]) + 1
            comparable = (same["basis"] == row["basis"]) | (same["vintage"] == "report") | (row["vintage"] == "report")
            made.loc[i, "conflict"] = bool((((same["lower"] > row["upper"]) | (same["upper"] < row["lower"])) & comparable).any())
    taken = set(zip(made["area"], made["period"]))
    rest = rows[[(a, p) not in taken for a, p in zip(rows["area"], rows["period"])]]
    return pd.concat([rest, made], ignore_index=True)


def _mean_bound(values, weights, extreme) -> float:
    """Least or greatest mean with weights anywhere in their intervals: the heaviest on one end of the values, the lightest on the other."""
    order = np.argsort(values.to_numpy() * (1 if extreme is np.min else -1))
    values = values.to_numpy()[order]
    light, heavy = (weights[c].to_numpy().clip(min=0)[order] for c in ("lower", "upper"))
    return float(extreme([np.average(values, weights=np.r_[heavy[:n], light[n:]]) for n in range(1, len(values) + 1)]))


def _summands(code, members):
    """Members of a composite, a composite among them replaced by its own members."""
    return list(members(code))


def _worst(statuses) -> str:
    """The status that says most against joining a figure to others; a break comes before doubts, because lines stop at it."""
    order = "ADPVUEBF"
    return max(statuses, key=lambda s: order.find(s))


def _turns(rows) -> np.ndarray:
    """How often a series has broken up to each row; what stands on two sides of a break is not compared."""
    rows = rows.assign(turn=(rows["obs_status"] == "B").astype(int)).sort_values("t", kind="stable")
    return rows.groupby(["area", "counterpart_area", "basis"], sort=False)["turn"].cumsum()


def _join(values) -> str:
    return "|".join(dict.fromkeys(v for value in values for v in str(value).split("|")))


# --- interval arithmetic ---------------------------------------------------------------


def divide(a_lower, a_upper, b_lower, b_upper):
    """Bounds of a / b for positive intervals; where b may be zero, the bound is infinite.

    Parameters
    ----------
    a_lower, a_upper, b_lower, b_upper : array_like
        Bounds of non-negative quantities.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
    """
    a_lower, a_upper, b_lower, b_upper = (np.asarray(x, dtype=float) for x in (a_lower, a_upper, b_lower, b_upper))
    a_lower = np.maximum(a_lower, 0)  # a printed 0 may be read as below 0, the quantity is not
    with np.errstate(divide="ignore", invalid="ignore"):
        return a_lower / b_upper, np.where(b_lower > 0, a_upper / b_lower, np.inf)


def _ratio(top, bottom, scale=1.0, shift=0.0, power=None):
    """value, lower, upper of ``scale * (top / bottom) ** power + shift``."""
    power = 1.0 if power is None else power
    value = top["value"].to_numpy() / bottom["value"].to_numpy()
    low, high = divide(top["lower"], top["upper"], bottom["lower"], bottom["upper"])
    return {"value": scale * value**power + shift, "lower": scale * low**power + shift,
            "upper": scale * high**power + shift}


def _with(frame, numbers, other):
    """`frame` with new numbers, and the sources of `other` joined to its own."""
    return frame.assign(
        **numbers, computed=True, value_text="",
        source=[_join(pair) for pair in zip(frame["source"], other["source"])],
        locator=[_join(pair) for pair in zip(frame["locator"], other["locator"])],
        obs_status=[_worst(pair) for pair in zip(frame["obs_status"], other["obs_status"])],
    )


# --- measures --------------------------------------------------------------------------


def _beside(frame, other, on, same_basis=True):
    """Rows of `frame` that have a row in `other` with equal `on`, and those rows, aligned."""
    on = [*on, "basis"] if same_basis else list(on)
    other = other.drop_duplicates(on).set_index(on)
    keys = list(frame[on].itertuples(index=False, name=None)) if len(on) > 1 else list(frame[on[0]])
    mask = np.array([k in other.index for k in keys], dtype=bool)
    frame = frame[mask]
    return frame, other.loc[[k for k, m in zip(keys, mask) if m]].reset_index()


def _share(frame, indicator, base, vintage, folder):
    region = frame[frame["area"] == REGION]
    part, whole = _beside(frame[frame["area"] != REGION], region, ["period"])
    return _with(part, _ratio(part, whole, 100), whole)


def _on_base(frame, base, scale, shift, years=False):
    """Each row against the row of the base year of the same area and basis, no break between them."""
    frame = frame[frame["period_kind"] != "cumulative"]  # totals since several starts do not compare
    start = frame[frame["t"] == float(base)]
    later, first = _beside(frame[frame["t"] >= base], start, ["area", "counterpart_area", "turn"])
    if years:
        later, first = later[later["t"] > base], first[(later["t"] > base).to_numpy()]
        power = 1.0 / (later["t"].to_numpy() - base)
    else:
        power = None
    numbers = _ratio(later, first, scale, shift, power)
    if not years:  # the base year is exactly itself, however it was rounded
        at_base = (later["t"] == base).to_numpy()
        for bound in ("lower", "upper"):
            numbers[bound] = np.where(at_base, numbers["value"], numbers[bound])
    return _with(later, numbers, first)


def _index(frame, indicator, base, vintage, folder):
    return _on_base(frame, base, 100, 0)


def _cagr(frame, indicator, base, vintage, folder):
    return _on_base(frame, base, 100, -100, years=True)


def _growth(frame, indicator, base, vintage, folder):
    if base is not None:
        return _on_base(frame, base, 100, -100)
    frame = frame[frame["period_kind"] != "cumulative"]
    before = frame.assign(t=frame["t"] + 1)
    now, then = _beside(frame, before, ["area", "counterpart_area", "turn", "t"])
    return _with(now, _ratio(now, then, 100, -100), then)


def _population(folder):
    return _levels("resident_population", "end", None, False, folder)


def _per_capita(frame, indicator, base, vintage, folder):
    """A flow of a year by the mean of the populations at both its ends, a stock by that at its end."""
    people = _population(folder)
    if indicator.period_kind == "year":
        before = people.assign(t=people["t"] + 1)
        end, start = _beside(people, before, ["area", "turn", "t"])
        people = _with(end, {k: (end[k].to_numpy() + start[k].to_numpy()) / 2 for k in ("value", "lower", "upper")}, start)
    now, by = _beside(frame, people, ["area", "t"], same_basis=False)
    return _with(now, _ratio(now, by, per_capita_scale(indicator.unit)[0]), by)


def per_capita_scale(unit: str) -> tuple[float, str]:
    """Factor and unit of a per-capita value of a quantity in `unit`: 亿元 by 万人 makes 元 a head.

    Money is given in 元 per person, everything else per 10,000 persons.
    """
    return (10_000.0, "元/人") if unit == "亿元" else (1.0, f"{unit}/万人")


def _density(frame, indicator, base, vintage, folder):
    from geodata import area_km2

    size = {}
    for code in frame["area"].unique():
        try:
            size[code] = area_km2(code) / 10_000
        except ValueError:  # a zone without a polygon has no area
            continue
    frame = frame[frame["area"].isin(size)]
    k = frame["area"].map(size).to_numpy(dtype=float)
    return frame.assign(**{c: frame[c].to_numpy() / k for c in ("value", "lower", "upper")}, computed=True, value_text="")


def _over_limit(frame, indicator, base, vintage, folder):
    limit = indicator.limits[0].value
    return frame.assign(**{c: frame[c] / limit for c in ("value", "lower", "upper")}, computed=True, value_text="")


def _share_of_output(frame, indicator, base, vintage, folder):
    total = _levels(indicator.denominator, main_period_kind(indicator.denominator, folder), None, False, folder)
    part, whole = _beside(frame, total, ["area", "period"], same_basis=False)
    return _with(part, _ratio(part, whole, 100), whole)


_COMPUTE = {"share": _share, "growth": _growth, "cagr": _cagr, "index": _index, "per_capita": _per_capita,
            "density": _density, "over_limit": _over_limit, "share_of_output": _share_of_output}


def clear_cache() -> None:
    """Forget what was computed, after the ledger has changed."""
    for each in (_levels, _series, period_kinds):
        each.cache_clear()


def unit_of(indicator_id: str, measure: str) -> str:
    """Unit of a measure of an indicator."""
    from indicators import get

    unit = get(indicator_id).unit
    if measure == "per_capita":
        return per_capita_scale(unit)[1]
    if measure == "density":
        return f"{unit}/万平方公里"
    return _UNITS.get(measure, unit)
