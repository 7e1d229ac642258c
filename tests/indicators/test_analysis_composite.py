"""Composite indicators against the worked example of the Handbook, the Technology Achievement Index, and plain recomputation.

Figures: OECD and JRC (2008), Handbook on Constructing Composite Indicators, ISBN 978-92-64-04345-9, table A.2
(patents, royalties, internet, exports, log telephones, log electricity, schooling, university; 23 countries).
Goalposts: Saisana, Saltelli and Tarantola (2005), JRSS A 168, table 1. Three and more decimals: the worked examples of
UNDP's technical notes on the human development index and of the articles of COINr 1.0 (W. Becker).
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import areas
from indicators import series
from indicators.analysis import composite as c
from indicators.analysis import sections

COUNTRIES = ("Finland", "United States", "Sweden", "Japan", "Korea", "Netherlands", "United Kingdom", "Canada", "Australia", "Singapore", "Germany",
             "Norway", "Ireland", "Belgium", "New Zealand", "Austria", "France", "Israel", "Spain", "Italy", "Czech Republic", "Hungary", "Slovenia")
TAI = np.array([
    [187, 289, 271, 994, 779, 189, 82, 31, 75, 8, 235, 103, 106, 72, 103, 165, 205, 74, 42, 13, 28, 26, 105],
    [125.6, 130, 156.6, 64.6, 9.8, 151.2, 134, 38.6, 18.2, 25.5, 36.8, 20.2, 110.3, 73.9, 13, 14.8, 33.6, 43.6, 8.6, 9.8, 4.2, 6.2, 4],
    [200.2, 179.1, 125.8, 49, 4.8, 136, 57.4, 108, 125.9, 72.3, 41.2, 193.6, 48.6, 58.9, 146.7, 84.2, 36.4, 43.2, 21, 30.4, 25, 21.6, 20.3],
    [50.7, 66.2, 59.7, 80.8, 66.7, 50.9, 61.9, 48.7, 16.2, 74.9, 64.2, 19, 53.6, 47.6, 15.4, 50.3, 58.9, 45, 53.4, 51, 51.7, 63.5, 49.5],
    [3.08, 3.00, 3.10, 3.00, 2.97, 3.02, 3.02, 2.94, 2.94, 2.95, 2.94, 3.12, 2.97, 2.91, 2.86, 2.99, 2.97, 2.96, 2.86, 3.00, 2.75, 2.73, 2.84],
    [4.15, 4.07, 4.14, 3.86, 3.65, 3.77, 3.73, 4.18, 3.94, 3.83, 3.75, 4.39, 3.68, 3.86, 3.91, 3.79, 3.80, 3.74, 3.62, 3.65, 3.68, 3.46, 3.71],
    [10, 12, 11.4, 9.5, 10.8, 9.4, 9.4, 11.6, 10.9, 7.1, 10.2, 11.9, 9.4, 9.3, 11.7, 8.4, 7.9, 9.6, 7.3, 7.2, 9.5, 9.1, 7.1],
    [27.4, 13.9, 15.3, 10, 23.2, 9.5, 14.9, 14.2, 25.3, 24.2, 14.4, 11.2, 12.3, 13.6, 13.1, 13.6, 12.6, 11, 15.6, 13, 8.2, 7.7, 10.6]]).T
GOALPOSTS = np.array([[0, 0, 0, 0, 0, math.log10(22), 0.8, 0.1], [994, 272.6, 232.4, 80.8, math.log10(901), math.log10(6969), 12.0, 27.4]])
HALF = np.array([0.5, 0.05, 0.05, 0.05, 0.005, 0.005, 0.05, 0.05])


def section(value, half=0.0, higher=None, parts=None):
    value = np.asarray(value, dtype=float)
    n = value.shape[1]
    return sections.Section(2020, tuple(map(str, range(len(value)))), parts or tuple(("a", str(i), "level") for i in range(n)), value, value - half, value + half,
                     np.ones(n, bool) if higher is None else np.asarray(higher), np.array([value.min(axis=0), value.max(axis=0)]), {}, ())


def test_schooling_is_normalised_as_in_the_handbooks_table_15():
    schooling = TAI[:, [6]]
    printed_z = [0.26, 1.52, 1.14, -0.06, 0.76, -0.12, -0.12, 1.27, 0.83, -1.58, 0.38, 1.46, -0.12, -0.19, 1.33, -0.76, -1.08, 0.00, -1.46, -1.52, -0.06, -0.31, -1.58]
    printed = [0.59, 1.00, 0.88, 0.49, 0.76, 0.47, 0.47, 0.92, 0.78, 0.00, 0.63, 0.98, 0.47, 0.45, 0.94, 0.27, 0.16, 0.51, 0.04, 0.02, 0.49, 0.41, 0.00]
    of_best = [0.83, 1.00, 0.95, 0.79, 0.90, 0.78, 0.78, 0.97, 0.91, 0.59, 0.85, 0.99, 0.78, 0.78, 0.98, 0.70, 0.66, 0.80, 0.61, 0.60, 0.79, 0.76, 0.59]
    assert c.z_scores(schooling)[:, 0] == pytest.approx(printed_z, abs=0.0051)
    assert c.min_max(schooling, schooling.min(), schooling.max())[:, 0] == pytest.approx(printed, abs=0.0051)
    assert c.normalise(schooling, [True], "reference")[:, 0] / 100 == pytest.approx(of_best, abs=0.0051)


def test_equal_weights_give_the_printed_ranking_of_23_countries():
    normed = c.normalise(TAI, np.ones(8, bool), "goalposts", GOALPOSTS)
    order = np.argsort(-c.aggregate(normed, c.equal_weights("aabbccdd")))
    # table 23, column EW
    assert [COUNTRIES[i] for i in order] == ["Finland", "United States", "Sweden", "Japan", "Korea", "Netherlands", "United Kingdom", "Singapore", "Canada",
                                             "Australia", "Germany", "Norway", "Ireland", "Belgium", "New Zealand", "Austria", "France", "Israel", "Spain",
                                             "Italy", "Czech Republic", "Hungary", "Slovenia"]


def test_the_technology_achievement_index_of_finland_follows_from_the_printed_figures():
    ends = [c.aggregate(c.min_max(TAI + k * HALF, *GOALPOSTS), c.equal_weights("aabbccdd")) for k in (-1, 0, 1)]
    assert ends[0][0] <= 0.744 <= ends[2][0]  # Human Development Report 2001
    assert np.abs(ends[1][0] - 0.744) < 0.001
    # as compiled to two decimals: United States, Sweden, Japan, Korea, Netherlands
    assert ends[1][1:6].round(2).tolist() == [0.73, 0.70, 0.70, 0.67, 0.63]
    by_hand = (187 / 994 + 125.6 / 272.6 + 200.2 / 232.4 + 50.7 / 80.8 + 1 + 1 + (10 - 0.8) / 11.2 + 1) / 8
    assert ends[1][0] == pytest.approx(by_hand, abs=1e-12)


def test_principal_factors_are_those_of_tables_16_and_22():
    eigenvalues, loadings = c.principal_factors(TAI)
    assert (100 * eigenvalues / 8).round(1).tolist() == pytest.approx([41.9, 21.8, 12.3, 11.1, 6.0, 3.7, 2.2, 0.9], abs=0.25)
    assert loadings.shape == (8, 4)
    assert c.pca_weights(TAI) == pytest.approx([0.17, 0.15, 0.11, 0.06, 0.08, 0.13, 0.13, 0.17], abs=0.021)


def test_the_human_development_index_of_undps_worked_example():
    """UNDP, Technical notes, Calculating the human development indices, note 1 (GNI from the World Development Indicators of 2020)."""
    income = c.min_max(math.log(3829), math.log(100), math.log(75000))
    assert income.round(4) == 0.5506
    assert c.aggregate([0.6971, 0.3447, income], np.full(3, 1 / 3), "geometric").round(3) == 0.510


def test_min_max_is_that_of_coinr_to_five_decimals():
    """COINr, article Normalisation, section Simplified normalisation."""
    value = np.array([[0.71656782, 0.11967360, 0.16847443, 0.36464536, 0.85515198, 0.43786351, 0.02730357, 0.24835923, 0.55227798, 0.40637341],
                      [45.098817, 22.568887, 36.725341, 19.573615, 45.895593, 84.702470, 40.967787, 95.054150, 33.738555, 7.265936]]).T
    printed = np.array([[83.25972, 11.15784, 17.05274, 40.74922, 100, 49.59361, 0, 26.70243, 63.41432, 45.78976],
                        [43.09563, 17.43167, 33.55736, 14.01974, 44.00324, 88.20835, 38.38995, 100, 30.15510, 0]]).T
    assert 100 * c.min_max(value, value.min(axis=0), value.max(axis=0)) == pytest.approx(printed, abs=1e-5)
    assert c.normalise(value, [True, True], "minmax") == pytest.approx(1 + 0.99 * printed, abs=1e-5)


def test_the_sustainable_connectivity_index_of_asem_follows_from_its_pillars():
    """COINr, article Presenting Results: pillars and index of 0 to 100 with two decimals, so four of an index of 0 to 1."""
    pillars = {  # Physical, ConEcFin, Political, Instit, P2P; Environ, Social, SusEcFin
        "CHE": (63.41, 32.87, 74.78, 85.94, 56.93, 77.21, 87.85, 56.88), "NLD": (64.87, 46.62, 84.55, 71.74, 41.92, 58.73, 86.58, 57.78),
        "DNK": (50.52, 30.43, 78.13, 75.35, 51.04, 69.83, 86.40, 61.29), "NOR": (58.18, 25.70, 80.03, 89.46, 33.80, 70.90, 87.00, 56.59),
        "BEL": (71.97, 48.22, 80.84, 75.60, 43.32, 53.01, 86.17, 50.09), "SWE": (51.51, 23.87, 80.98, 74.51, 38.50, 66.37, 87.74, 62.27),
        "IND": (18.78, 6.38, 51.90, 59.84, 6.07, 75.34, 22.74, 54.88)}
    printed = {"CHE": (62.79, 73.98, 68.38), "NLD": (61.94, 67.70, 64.82), "DNK": (57.10, 72.51, 64.80), "NOR": (57.44, 71.50, 64.47),
               "BEL": (63.99, 63.09, 63.54), "SWE": (53.87, 72.12, 63.00), "IND": (28.60, 50.99, 39.79)}
    scores = np.array(list(pillars.values()))
    conn, sust = (c.aggregate(part, c.equal_weights("p" * part.shape[1])) for part in (scores[:, :5], scores[:, 5:]))
    index = c.aggregate(scores, c.equal_weights("ccccc" "sss"))
    assert np.column_stack([conn, sust, index]) == pytest.approx(np.array(list(printed.values())), abs=0.01)
    assert [round(x / 100, 3) for x in conn] == [round(row[0] / 100, 3) for row in printed.values()]


def test_scores_are_what_plain_arithmetic_gives():
    value, higher = np.array([[2.0, 30], [4, 10], [3, 20], [1, 40]]), [True, False]
    one = section(value, higher=higher)
    u = np.column_stack([(value[:, 0] - 1) / 3, (40 - value[:, 1]) / 30])
    assert c.composite(one) == pytest.approx((1 + 99 * u).mean(axis=1))
    assert c.composite(one, aggregation="geometric") == pytest.approx(np.sqrt((1 + 99 * u).prod(axis=1)))
    z = np.column_stack([(value[:, 0] - 2.5) / math.sqrt(5 / 3), (25 - value[:, 1]) / math.sqrt(500 / 3)])
    assert c.composite(one, "zscore") == pytest.approx(np.maximum(1, 50 + 25 * z).mean(axis=1))
    assert c.composite(one, "reference") == pytest.approx((100 * value[:, 0] / 4 + 100 * 10 / value[:, 1]) / 2)
    assert c.composite(one, "goalposts") == pytest.approx(c.composite(one))


def test_a_geometric_mean_makes_less_good():
    scores = np.array([[50.0, 50], [99, 1]])
    assert c.aggregate(scores, [0.5, 0.5]).tolist() == [50, 50]
    assert c.aggregate(scores, [0.5, 0.5], "geometric") == pytest.approx([50, math.sqrt(99)])


def test_weights():
    parts = (("x", "p", "level"), ("x", "q", "level"), ("y", "r", "level"))
    one = section(np.arange(12.0).reshape(4, 3) ** 2, parts=parts)
    assert c.weights_of(one, "dimensions").tolist() == [0.25, 0.25, 0.5] and c.weights_of(one, "indicators") == pytest.approx([1 / 3] * 3)
    assert c.given_weights([2, 1, 1]).tolist() == [0.5, 0.25, 0.25]
    for call in (lambda: c.given_weights([1, -1]), lambda: c.given_weights([0, 0]), lambda: c.weights_of(one, "luck"), lambda: c.pca_weights(np.eye(3)),
                 lambda: c.normalise(one.value, one.higher, "luck"), lambda: c.normalise(one.value, one.higher, "goalposts"),
                 lambda: c.aggregate(one.value, [1, 0, 0], "geometric"), lambda: c.aggregate(one.value, [1, 0, 0], "luck")):
        with pytest.raises(ValueError, match=r"\w+ \w+"):
            call()


def test_weights_given_to_dimensions_are_split_within_each():
    parts = (("innovation", "p", "level"), ("innovation", "q", "level"), ("green", "r", "level"))
    one = section(np.arange(12.0).reshape(4, 3) ** 2, parts=parts)
    # coordination, openness and sharing have no indicator: 30 against 10
    assert c.weights_of(one, (30, 20, 10, 15, 25)).tolist() == pytest.approx([0.375, 0.375, 0.25])
    by_hand = c.normalise(one.value, one.higher, "minmax") @ [0.375, 0.375, 0.25]
    assert c.composite(one, weights=(30, 20, 10, 15, 25)) == pytest.approx(by_hand)
    for wrong in ((0, 1, 0, 1, 1), (0, 0, 0, 0, 0), (1, 1, 1, 1), (1, -1, 1, 1, 1)):
        with pytest.raises(ValueError):
            c.weights_of(one, wrong)


def figures(*rows):
    return pd.DataFrame(rows, columns=["area", "year", "value", "lower", "upper", "basis", "obs_status"])


EARLIER = figures(("a", 2019, 100.0, 99.5, 100.5, "x", "A"), ("b", 2019, 50.0, 49.5, 50.5, "x", "A"), ("b", 2021, 60.0, 59.5, 60.5, "x", "A"),
                  ("d", 2019, 200.0, 200.0, 200.0, "x", "A"), ("d", 2021, 190.0, 190.0, 190.0, "x", "A"))


def test_a_figure_is_carried_forward_with_the_bounds_of_what_others_did():
    row = sections.carry(EARLIER, "a", 2021, "x")
    assert (row["value"], row["year"], row["carried_from"], row["obs_status"]) == (100, 2021, 2019, "E")
    assert row["lower"] == pytest.approx(99.5 * 190 / 200) and row["upper"] == pytest.approx(100.5 * 60.5 / 49.5)
    coarser = EARLIER.assign(lower=EARLIER["lower"] - 1, upper=EARLIER["upper"] + 1)
    wider = sections.carry(coarser, "a", 2021, "x")
    assert wider["lower"] < row["lower"] and wider["upper"] > row["upper"]
    risen = sections.carry(EARLIER[EARLIER["area"] != "d"], "a", 2021, "x")
    assert risen["lower"] == 99.5  # no change at all is always possible


@pytest.mark.parametrize("frame", [
    EARLIER.assign(basis=["y", *"xxxx"]), EARLIER.assign(year=[2018, *EARLIER["year"][1:]]), EARLIER[EARLIER["area"] == "a"],
    EARLIER.assign(obs_status=["A", "A", "B", "A", "A"]), pd.concat([EARLIER, figures(("a", 2020, 9.0, 9.0, 9.0, "y", "B"))])],
    ids=["other basis", "too old", "no others", "break", "break of the area"])
def test_nothing_is_carried_across_bases_breaks_or_too_many_years(frame):
    assert sections.carry(frame, "a", 2021, "x") is None


def test_areas_enter_a_year_by_their_own_earlier_figures_and_nothing_else_changes():
    codes = [a.code for a in areas("prefecture")]
    plain, filled = ({s.year: s for s in sections.gather(codes, missing=m).sections} for m in sections.MISSING)
    assert set(plain) == set(filled) and any(s.carried for s in filled.values()) and not any(s.carried for s in plain.values())
    for year, one in filled.items():
        before = plain[year]
        assert set(one.areas) == set(before.areas) | set(one.carried) and not set(before.areas) & set(one.carried)
        kept = [one.areas.index(a) for a in before.areas]
        assert one.value[kept].tolist() == before.value.tolist() and one.lower[kept].tolist() == before.lower.tolist()
        for area, carried in one.carried.items():
            for indicator, then in carried:
                k = next(i for i, p in enumerate(one.parts) if p[1] == indicator)
                own = series(indicator, areas=[area], measure=one.parts[k][2])
                own = own[own["year"] == then].iloc[0]
                i = one.areas.index(area)
                assert year - 2 <= then < year and one.bases[k].split(":")[1] == own["basis"]
                assert one.value[i, k] == own["value"] and one.lower[i, k] <= own["lower"] and one.upper[i, k] >= own["upper"]
                assert one.upper[i, k] - one.lower[i, k] > own["upper"] - own["lower"]


TABLES = st.integers(3, 6).flatmap(lambda n: st.tuples(
    st.lists(st.lists(st.integers(10, 99), min_size=2, max_size=2), min_size=n, max_size=n),
    st.lists(st.lists(st.floats(0, 3), min_size=2, max_size=2), min_size=n, max_size=n),
    st.lists(st.lists(st.floats(0, 3), min_size=2, max_size=2), min_size=n, max_size=n), st.integers(0, 2**31)))


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_bounds_hold_every_figure_and_widen_with_the_rounding(table):
    value, down, up, seed = (np.array(x, dtype=float) if not isinstance(x, int) else x for x in table)
    higher, posts = np.array([True, False]), np.array([[5.0, 5.0], [100.0, 100.0]])
    rng = np.random.default_rng(seed)
    inside = value - down + rng.random((20, *value.shape)) * (up + down)
    for how in c.NORMALISATIONS:
        low, high = c.normalised_bounds(value - down, value + up, higher, how, posts)
        wider = c.normalised_bounds(value - 1.5 * down - 0.1, value + up + 0.2, higher, how, posts)
        assert (wider[0] <= low + 1e-9).all() and (wider[1] >= high - 1e-9).all(), how
        for x in (value, *inside):
            found = c.normalise(x, higher, how, posts)
            constant = np.ptp(x, axis=0) == 0
            assert ((low <= found + 1e-6) & (found <= high + 1e-6) | constant).all(), how


@pytest.mark.parametrize("level", ["province", "prefecture"])
def test_a_year_has_one_basis_an_indicator_and_nothing_is_filled_in(level):
    codes = [a.code for a in areas(level)]
    panel = sections.gather(codes)
    assert panel.sections and set(panel.coverage["dimension"]) == set(sections.DIMENSIONS)
    for one in panel.sections:
        assert set(one.areas) | set(one.missing) == set(codes) and not set(one.areas) & set(one.missing)
        if one is not panel.sections[-1]:
            continue
        assert np.isfinite(one.value).all() and (one.lower <= one.value).all() and (one.value <= one.upper).all()
        for k, (_, indicator, measure) in enumerate(one.parts):
            own = series(indicator, areas=list(one.areas), measure=measure)
            own = own[own["year"] == one.year].set_index("area").loc[list(one.areas)]
            assert own["basis"].nunique() == 1 and own["value"].tolist() == one.value[:, k].tolist()
    used = set(panel.coverage.loc[panel.coverage["used"], "indicator"])
    assert {p[1] for s in panel.sections for p in s.parts} <= used and not panel.coverage["used"].all()
