"""What flows between areas add up to: totals, balances, shares and amounts a head, with their bounds.

A source gives a flow to each of its destinations, to all of them together, or both. A total stays
with the union that it was printed for and is never split; a part and the total that holds it are
never both counted. What would need figures of several periods, bases or partners is a gap.

Of a place with inflow `I` and outflow `O`, net is ``I - O``, gross ``I + O`` and the balance
``100 (I - O) / (I + O)``, the effectiveness of migration: Shryock, Siegel and associates (1971),
The Methods and Materials of Demography, US Bureau of the Census, chapter 21; Bell et al. (2002),
Cross-national comparison of internal migration, J. R. Statist. Soc. A 165, 435-464. All bounds are by
interval arithmetic; each quantity is monotone in each of its figures, so they are the sharpest there are.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from geodata import area as find

#: What :func:`totals` computes of a place, each with ``_lower`` and ``_upper``.
QUANTITIES = ("outflow", "inflow", "net", "gross", "balance", "outflow_per_head", "inflow_per_head")
#: Of these, the quantities that are made of one direction alone: the column in which the place stands.
ONE_WAY = {"outflow": "area", "inflow": "counterpart_area", "outflow_per_head": "area", "inflow_per_head": "counterpart_area"}


# --- which flows stand side by side -------------------------------------------------------


def leaves(code: str) -> frozenset[str]:
    """Areas that an area is made of: its members', or itself."""
    inside = find(code).members
    return frozenset().union(*map(leaves, inside)) if inside else frozenset([code])


def _inside(code: str, whole: str) -> bool:
    """Whether an area lies in another, or in one of its members."""
    if leaves(code) <= leaves(whole):
        return True
    chain = []
    while code:
        chain.append(code)
        code = find(code).parent
    return bool(set(chain) & leaves(whole))


def _pairs(row) -> frozenset[tuple[str, str]]:
    return frozenset(itertools.product(leaves(row.area), leaves(row.counterpart_area)))


def _part_of(row, whole) -> bool:
    return row.Index != whole.Index and _inside(row.area, whole.area) and _inside(row.counterpart_area, whole.counterpart_area)


def overlapping(rows) -> bool:
    """Whether any two of some flows count something twice, so that they must not be added."""
    return any(_pairs(a) & _pairs(b) or _part_of(a, b) or _part_of(b, a) for a, b in itertools.combinations(rows, 2))


def arrange(rows) -> tuple[list, list, list, bool]:
    """Which flows of one year can stand side by side.

    Parameters
    ----------
    rows : sequence of namedtuple
        Rows of a series with area and counterpart_area, one a pair.

    Returns
    -------
    (list, list, list, bool)
        Rows to draw; totals left out because their parts are all drawn; parts left out because
        their total is drawn; whether drawn flows overlap all the same, so that they must not be added.
    """
    drawn, totals, parts = list(rows), [], []
    for whole in sorted(rows, key=lambda r: -len(_pairs(r))):
        inside = [r for r in drawn if _part_of(r, whole)]
        if whole not in drawn or not inside:
            continue
        if _pairs(whole) <= frozenset().union(*map(_pairs, inside)):
            drawn.remove(whole), totals.append(whole)
        else:
            parts += inside
            drawn = [r for r in drawn if r not in inside]
    return drawn, totals, parts, overlapping(drawn)


def one_a_year(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a pair and year: of several periods that end in a year the one that ends last, of those the longest.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of :func:`indicators.series`, one kind of period.

    Returns
    -------
    pandas.DataFrame
        Rows with a counterpart, with the column ``role``: ``drawn``, ``total`` (left out for its
        parts), ``part`` (left out for its total); and ``overlap``, whether the drawn ones of its year overlap.
    """
    frame = frame[frame["counterpart_area"] != ""]
    start = frame["period"].str.split("/").str[0]
    frame = frame.assign(start=start).sort_values(["t", "start"], ascending=[True, False], kind="stable")
    frame = frame.drop_duplicates(["area", "counterpart_area", "year"], keep="last").drop(columns="start").reset_index(drop=True)
    role, overlap = pd.Series("drawn", index=frame.index, dtype=object), pd.Series(False, index=frame.index)
    for _, now in frame.groupby("year"):
        _, totals, parts, some = arrange(list(now.itertuples()))
        role[[r.Index for r in totals]] = "total"
        role[[r.Index for r in parts]] = "part"
        overlap[now.index] = some
    frame = frame.assign(role=role, overlap=overlap)
    return frame.sort_values(["year", "area", "counterpart_area"]).reset_index(drop=True)


# --- interval arithmetic -----------------------------------------------------------------


def balance(inflow, outflow) -> tuple[float, float, float]:
    """``100 (I - O) / (I + O)`` in percent and its bounds: 100 where all comes in, -100 where all goes out.

    Parameters
    ----------
    inflow, outflow : sequence of float, shape (3,)
        Value, lower and upper bound, none negative.

    Returns
    -------
    (float, float, float)
        Value, lower and upper bound; NaN where nothing flows at all.

    Examples
    --------
    >>> balance((30.0, 29.5, 30.5), (10.0, 9.5, 10.5))[0]
    50.0
    """
    def ratio(i, o):
        i, o = max(i, 0.0), max(o, 0.0)  # a printed 0 may be read as below 0, the quantity is not
        return 100 * (i - o) / (i + o) if i + o > 0 else np.nan

    (i, i0, i1), (o, o0, o1) = inflow, outflow
    return ratio(i, o), ratio(i0, o1), ratio(i1, o0)


def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of each flow in all flows from its origin, ``100 v_j / sum(v)``.

    Parameters
    ----------
    rows : pandas.DataFrame
        Drawn flows of one year: columns area, counterpart_area, period, basis, value, lower, upper.

    Returns
    -------
    pandas.DataFrame
        Columns share, share_lower, share_upper (%), index as `rows`. NaN where the origin's flows cannot be
        added; bounds are ``l / (l + sum of the other uppers)`` and ``u / (u + sum of the other lowers)``.
    """
    out = pd.DataFrame(np.nan, index=rows.index, columns=["share", "share_lower", "share_upper"])
    for _, own in rows.groupby("area", sort=False):
        if not addable(own):
            continue
        sums = own[["value", "lower", "upper"]].clip(lower=0).sum()
        for i, row in own[["value", "lower", "upper"]].clip(lower=0).iterrows():
            low, high = sums["upper"] - row["upper"] + row["lower"], sums["lower"] - row["lower"] + row["upper"]
            if sums["value"] > 0:
                out.loc[i] = (100 * row["value"] / sums["value"], 100 * row["lower"] / low if low > 0 else 0.0, 100 * row["upper"] / high)
    if len(out):
        alone = rows.groupby("area")["value"].transform("size") == 1
        out.loc[alone & out["share"].notna()] = 100.0
    return out


def addable(rows: pd.DataFrame) -> bool:
    """Whether flows are of one period and one basis and do not overlap."""
    return len(rows) > 0 and rows["period"].nunique() == 1 and rows["basis"].nunique() == 1 and not overlapping(list(rows.itertuples()))


def _sum(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Value, lower and upper of the sum of flows, NaN where they cannot be added."""
    if not addable(rows):
        return (np.nan,) * 3
    return float(rows["value"].sum()), float(rows["lower"].sum()), float(rows["upper"].sum())


def _scope(rows: pd.DataFrame, column: str) -> frozenset[str]:
    return frozenset().union(*map(leaves, rows[column])) if len(rows) else frozenset()


# --- totals of places ----------------------------------------------------------------------


def totals(rows: pd.DataFrame, people: pd.DataFrame | None = None, scale: float = 1.0) -> pd.DataFrame:
    """What goes out of each place and comes into it, year by year.

    Parameters
    ----------
    rows : pandas.DataFrame
        Flows that are drawn side by side: columns area, counterpart_area, year, period, period_kind,
        basis, value, lower, upper, source, locator.
    people : pandas.DataFrame, optional
        From :func:`population`.
    scale : float
        Factor of amounts a head, see :func:`indicators.measures.per_capita_scale`.

    Returns
    -------
    pandas.DataFrame
        One row a place and year: area, year, period, the columns of :data:`QUANTITIES` with their bounds,
        n_outflow, n_inflow (flows counted), source, locator. NaN is a gap: a direction of which there is no figure;
        a sum of several periods, bases or overlapping flows; net, gross and balance where in and out are
        not with the same partners; an amount a head where the population of the year is missing.
    """
    made = []
    for year, now in rows.groupby("year", sort=True):
        for code in dict.fromkeys([*now["area"], *now["counterpart_area"]]):
            sides = {"outflow": now[now["area"] == code], "inflow": now[now["counterpart_area"] == code]}
            both = pd.concat(sides.values())
            known = {key: _sum(own) for key, own in sides.items()}
            # the reverse flows must be of the same period and basis and with the same partners
            paired = both["period"].nunique() == 1 and both["basis"].nunique() == 1 \
                and _scope(sides["outflow"], "counterpart_area") == _scope(sides["inflow"], "area")
            known |= _between(known["inflow"], known["outflow"]) if paired else dict.fromkeys(("net", "gross", "balance"), (np.nan,) * 3)
            head = _people_of(people, code, now)
            for key in sides:
                known[f"{key}_per_head"] = _per_head(known[key], head, scale)
            used = [both, *([head] if head is not None else [])]
            row = {"area": code, "year": int(year), "period": both["period"].iloc[0] if both["period"].nunique() == 1 else "",
                   "n_outflow": len(sides["outflow"]), "n_inflow": len(sides["inflow"])}
            for key in QUANTITIES:
                row[key], row[f"{key}_lower"], row[f"{key}_upper"] = known[key]
            made.append(row | {c: _joined(v for frame in used for v in frame[c]) for c in ("source", "locator")})
    columns = ["area", "year", "period", "n_outflow", "n_inflow", *(f"{q}{e}" for q in QUANTITIES for e in ("", "_lower", "_upper")), "source", "locator"]
    return pd.DataFrame(made, columns=columns)


def _between(inflow, outflow) -> dict[str, tuple[float, float, float]]:
    (i, i0, i1), (o, o0, o1) = inflow, outflow
    return {"net": (i - o, i0 - o1, i1 - o0), "gross": (i + o, i0 + o0, i1 + o1), "balance": balance(inflow, outflow)}


def population() -> pd.DataFrame:
    """Resident population as :func:`totals` divides by it.

    Returns
    -------
    pandas.DataFrame
        area, year, kind (``year``: mean of both ends, of one basis without a break between them; ``end``: at the end),
        value, lower, upper (万人), source, locator.
    """
    from indicators.measures import series

    ends = series("resident_population", period_kind="end")
    ends = ends[ends["t"] % 1 == 0]
    before = ends.assign(year=ends["year"] + 1)
    both = ends[ends["obs_status"] != "B"].merge(before, on=["area", "year", "basis"], suffixes=("", "_0"))
    joined = {c: both[f"{c}_0"] + "|" + both[c] for c in ("source", "locator")}
    mean = both.assign(kind="year", **{c: (both[c] + both[f"{c}_0"]) / 2 for c in ("value", "lower", "upper")}, **joined)
    columns = ["area", "year", "kind", "value", "lower", "upper", "source", "locator"]
    return pd.concat([mean[columns], ends.assign(kind="end")[columns]], ignore_index=True)


def _people_of(people, code, rows):
    """The population that a flow of a year or a stock at its end is divided by; None for totals since a start and parts of years."""
    kind = rows["period_kind"].iloc[0]
    if people is None or kind not in ("year", "end") or (rows["period"].str.len() != 4).any():
        return None
    own = people[(people["area"] == code) & (people["year"] == rows["year"].iloc[0]) & (people["kind"] == kind)]
    return own.iloc[:1] if len(own) else None


def _per_head(known, head, scale) -> tuple[float, float, float]:
    if head is None or not np.isfinite(known[0]):
        return (np.nan,) * 3
    value, low, high = known
    people = head.iloc[0]
    return scale * value / people["value"], scale * max(low, 0.0) / people["upper"], scale * high / people["lower"]


def measured(rows: pd.DataFrame, people: pd.DataFrame | None = None, scale: float = 1.0, per_head: str = "") -> pd.DataFrame:
    """All quantities of places, and the shares of flows, as rows of a series with the sources of all that they are computed from.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of :func:`one_a_year` that are drawn.
    people, scale
        As of :func:`totals`.
    per_head : str
        Unit of an amount a head.

    Returns
    -------
    pandas.DataFrame
        Columns as `rows`; measure is one of :data:`QUANTITIES`, or ``share`` of a flow in all flows from its origin, where there
        are several; area the place, counterpart_area empty but for shares; ``partners`` are the codes that the place has flows
        with, joined by ``|``. A quantity that is not defined has no row.
    """
    made = []
    for _, now in rows.groupby("year", sort=True):
        for row in totals(now, people, scale).to_dict("records"):
            code = row["area"]
            head = _people_of(people, code, now)
            for quantity in QUANTITIES:
                if np.isfinite(row[quantity]):
                    side = ONE_WAY.get(quantity)
                    used = now[now[side] == code] if side else now[(now["area"] == code) | (now["counterpart_area"] == code)]
                    bounds = {"value": row[quantity], "lower": row[f"{quantity}_lower"], "upper": row[f"{quantity}_upper"]}
                    made.append(_quantity(used, code, quantity, bounds, head, per_head))
        found = shares(now)
        for i, row in now[found["share"].notna() & (now.groupby("area")["value"].transform("size") > 1)].iterrows():
            used, bounds = now[now["area"] == row["area"]], dict(zip(("value", "lower", "upper"), found.loc[i]))
            made.append(_computed(used, counterpart_area=row["counterpart_area"], measure="share", unit="%", partners="|".join(used["counterpart_area"]), **bounds))
    return pd.DataFrame(made, columns=[*rows.columns, "partners"]) if made else rows.iloc[:0].assign(partners="")


def _quantity(used: pd.DataFrame, code: str, quantity: str, bounds: dict, head, per_head: str) -> dict:
    """A row of a place's quantity, computed from the flows `used`."""
    also = {"unit": "%" if quantity == "balance" else used["unit"].iloc[0]}
    if quantity.endswith("_per_head"):
        also = {"unit": per_head, **{c: _joined([*used[c], *head[c]]) for c in ("source", "locator")}}
    elif quantity in ONE_WAY and len(used) == 1:  # it is the printed figure itself
        also |= {c: used[c].iloc[0] for c in ("value_text", "computed", "rule", "others")}
    partners = dict.fromkeys(c for pair in zip(used["area"], used["counterpart_area"]) for c in pair if c != code)
    return _computed(used, area=code, counterpart_area="", measure=quantity, partners="|".join(partners) or code, **bounds, **also)


def _computed(rows: pd.DataFrame, **values) -> dict:
    """A row of a result, with the worst status and all sources of the figures that it is computed from."""
    from indicators.measures import _worst

    return {**rows.iloc[0].to_dict(), "value_text": "", "computed": True, "note": "", "rule": "computed", "others": 0, "conflict": bool(rows["conflict"].any()),
            "obs_status": _worst(rows["obs_status"]), "source": _joined(rows["source"]), "locator": _joined(rows["locator"]), **values}


def _joined(values) -> str:
    return "|".join(dict.fromkeys(v for joined in values for v in str(joined).split("|") if v))


def sums_to_unions(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """Sums of parts to a union whose total of the period is not printed.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of :func:`indicators.series` in which `code` is origin or destination, one kind of period.
    code : str

    Returns
    -------
    pandas.DataFrame
        Computed rows, columns as `frame`: between `code` and the union of the table of areas that is exactly
        the partners of one period and basis; none where the parts overlap.
    """
    from geodata import areas

    unions = {leaves(a.code): a.code for a in areas("composite") if any(find(m).level == "province" for m in a.members)}
    made = []
    for mine, theirs in (("area", "counterpart_area"), ("counterpart_area", "area")):
        for _, now in frame[frame[mine] == code].groupby(["period", "basis"], sort=False):
            parts = now[~now[theirs].isin(list(unions.values()))]
            union = unions.get(_scope(parts, theirs)) if len(parts) > 1 else None
            if not union or union in set(now[theirs]) or not addable(parts):
                continue
            made.append(_computed(parts, **{theirs: union}, **{c: float(parts[c].sum()) for c in ("value", "lower", "upper")}))
    return pd.DataFrame(made, columns=frame.columns) if made else frame.iloc[:0]
