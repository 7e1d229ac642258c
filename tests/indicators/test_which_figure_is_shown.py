"""Of all figures of one thing one is shown, by a rule that is named; the others are kept."""

import csv
import re
from collections import defaultdict

import pandas as pd
import pytest

from geodata import area as find_area
from geodata.areas import LEVELS
from indicators import get
from indicators.ledger import (
    DATA,
    KEY,
    clear_cache,
    decision_for,
    observations,
    reconcile,
    reconciled,
    sources,
)
from tests.indicators.small import BEIJING, HEBEI, TIANJIN, row, source

pytestmark = pytest.mark.usefixtures("trial")


def shown(folder, indicator="t_sum"):
    rows = reconciled(indicator, folder)
    return rows[rows["shown"]]


def one(folder, indicator="t_sum"):
    rows = shown(folder, indicator)
    assert len(rows) == 1
    return rows.iloc[0]


def pair(ledger, first, second, kinds=("official", "official"), dates=("2024", "2024"), decisions=()):
    """A ledger of two figures of one thing from the sources s1 and s2."""
    rows = [row("t_sum", BEIJING, "2020", 10, **first), row("t_sum", BEIJING, "2020", 10, source="s2", **second)]
    tables = [source("s1", kinds[0], dates[0]), source("s2", kinds[1], dates[1])]
    return ledger(rows, sources=tables, decisions=decisions)


def test_the_only_figure_is_shown_and_said_to_be_the_only_one(ledger):
    found = one(ledger([row("t_sum", BEIJING, "2020", 10)]))
    assert (found["rule"], found["others"], found["conflict"]) == ("only", 0, False)


@pytest.mark.parametrize(("basis", "wins"), [("w", "s2"), ("s2", "s2"), ("w@s2", "s2"), ("v@s2|v@s1", "s1"), ("x|s2|v", "s2")])
def test_a_decision_names_a_vintage_a_source_or_a_vintage_of_a_source(ledger, basis, wins):
    found = one(pair(ledger, {}, {"vintage": "w"}, decisions=[("t_sum", BEIJING, basis)]))
    assert (found["source"], found["rule"], found["others"]) == (wins, "decision", 1)


def test_a_decision_goes_before_the_rank_of_the_producer(ledger):
    kinds = ("official", "secondary")
    assert one(pair(ledger, {}, {}, kinds))["rule"] == "producer"
    found = one(pair(ledger, {}, {}, kinds, decisions=[("t_sum", "*", "s2|s1")]))
    assert (found["source"], found["rule"]) == ("s2", "decision")


def test_a_decision_that_fits_neither_figure_leaves_the_choice_to_the_next_rule(ledger):
    found = one(pair(ledger, {}, {}, ("report", "official"), decisions=[("t_sum", "*", "x|y@s1")]))
    assert (found["source"], found["rule"]) == ("s2", "producer")


@pytest.mark.parametrize(("limits", "chosen"), [
    ("[2017-2018]", {"2016": "s1", "2017": "s2", "2018": "s2", "2019": "s1"}),
    ("[2018]", {"2016": "s1", "2017": "s1", "2018": "s2", "2019": "s1"}),
])
def test_a_decision_may_hold_for_some_years_only(ledger, limits, chosen):
    rows = [row("t_sum", BEIJING, year, 10, source=s) for year in chosen for s in ("s1", "s2")]
    folder = ledger(rows, decisions=[("t_sum", BEIJING, f"v@s2{limits}|s1")])
    assert dict(shown(folder)[["period", "source"]].to_numpy()) == chosen


def test_the_decision_for_the_area_goes_before_that_for_its_level_before_that_for_all(ledger):
    areas = [BEIJING, TIANJIN, "130100", "jjj", "no such area"]
    decisions = [("t_sum", "*", "s3"), ("t_sum", "level:province", "s2"), ("t_sum", BEIJING, "s1"), ("t_none", "130100", "s1")]
    folder = ledger([row("t_sum", a, "2020", 10, source=s) for a in areas for s in ("s1", "s2", "s3")], decisions=decisions)
    assert dict(shown(folder)[["area", "source"]].to_numpy()) == {
        BEIJING: "s1", TIANJIN: "s2", "130100": "s3", "jjj": "s3", "no such area": "s3"}
    assert [decision_for("t_sum", a, folder)["prefer"] for a in areas] == ["s1", "s2", "s3", "s3", "s3"]
    assert decision_for("t_sum", BEIJING, folder)["reason_en"] == "because"


def test_there_is_no_decision_where_none_is_on_record(ledger):
    folder = ledger([row("t_sum", BEIJING, "2020", 10)], decisions=[("t_none", BEIJING, "s1")])
    assert decision_for("t_sum", BEIJING, folder) is None


@pytest.mark.parametrize(("worse", "better"), [
    ("official_reprint", "official"), ("report", "official_reprint"), ("report", "yearbook"), ("secondary", "report"),
    ("hearsay", "secondary"),
])
def test_the_producer_goes_before_those_who_reprint_report_or_compile(ledger, worse, better):
    found = one(pair(ledger, {"obs_status": "A"}, {"obs_status": "F"}, (worse, better)))
    assert (found["source"], found["rule"]) == ("s2", "producer")


@pytest.mark.parametrize(("worse", "better"), [("P", "A"), ("E", "P"), ("V", "E"), ("U", "V"), ("F", "U"), ("?", "F"), ("E", "B")])
def test_a_figure_of_better_status_goes_before_a_narrower_one(ledger, worse, better):
    found = one(pair(ledger, {"obs_status": worse, "lower": 9.9, "upper": 10.1}, {"obs_status": better}))
    assert (found["source"], found["rule"]) == ("s2", "status")


def test_the_narrower_printing_goes_before_the_later_one(ledger):
    found = one(pair(ledger, {}, {"lower": 9.95, "upper": 10.05}, dates=("2024", "2020")))
    assert (found["source"], found["rule"]) == ("s2", "precision")


@pytest.mark.parametrize(("earlier", "later"), [
    ("2023", "2024"), ("2023-12-31", "2024"), ("2023-01", "2023-02"), ("2023-11-01", "2023-11-02"), ("", "2000"),
])
def test_of_two_like_figures_the_one_published_later_is_shown(ledger, earlier, later):
    found = one(pair(ledger, {}, {}, dates=(earlier, later)))
    assert (found["source"], found["rule"]) == ("s2", "later")


def test_of_figures_of_equal_standing_the_first_is_shown_and_said_to_be_the_first(ledger):
    found = one(pair(ledger, {}, {}))
    assert (found["source"], found["rule"]) == ("s1", "first")


@pytest.mark.parametrize("different", [
    {"period": "2021"}, {"period_kind": "ytd"}, {"area": TIANJIN}, {"counterpart_area": HEBEI}, {"indicator": "t_mean"},
])
def test_a_figure_of_another_place_time_or_kind_is_not_of_the_same_thing(ledger, different):
    folder = ledger([row("t_sum", BEIJING, "2020", 10), {**row("t_sum", BEIJING, "2020", 99, source="s2"), **different}])
    rows = reconcile(observations(folder), folder)
    assert rows["rule"].tolist() == ["only", "only"]
    assert rows["shown"].all()


def test_every_figure_is_kept_unchanged_and_exactly_one_of_each_thing_is_shown(ledger):
    rows = [row("t_sum", BEIJING, period, 10 + n, source=f"s{n}") for period in ("2019", "2020") for n in (1, 2, 3)]
    folder = ledger([*rows, row("t_none", HEBEI, "2020", 7)])
    found = reconcile(observations(folder), folder)
    pd.testing.assert_frame_equal(found[list(observations(folder).columns)], observations(folder))
    assert found.groupby(KEY)["shown"].sum().tolist() == [1, 1, 1]
    assert found["others"].tolist() == [2] * 6 + [0]
    assert found.loc[~found["shown"], "rule"].unique().tolist() == [""]


@pytest.mark.parametrize(("first", "second", "conflict"), [
    ((9.5, 10.5), (11, 12), True),
    ((9.5, 10.5), (8, 9), True),
    ((9.5, 10.5), (10, 12), False),
    ((9.5, 10.5), (10.5, 12), False),  # they touch
    ((9.5, 10.5), (5, 20), False),
])
def test_figures_conflict_only_where_their_intervals_do_not_meet(ledger, first, second, conflict):
    folder = pair(ledger, dict(zip(("lower", "upper"), first)), dict(zip(("lower", "upper"), second)), ("official", "report"))
    assert reconciled("t_sum", folder)["conflict"].tolist() == [conflict, conflict]


@pytest.mark.parametrize(("vintages", "conflict"), [
    (("v", "v"), True), (("v", "w"), True), (("v", "x"), False), (("x", "y"), False), (("v", "report"), True),
    (("report", "x"), True), (("report", "report"), True),
])
def test_figures_conflict_only_on_one_basis_or_where_a_report_says_no_basis(ledger, vintages, conflict):
    folder = pair(ledger, {"vintage": vintages[0]}, {"vintage": vintages[1], "lower": 50, "upper": 51}, ("official", "secondary"))
    assert one(folder)["conflict"] == conflict


def test_a_conflict_is_one_with_the_figure_shown_not_among_the_others(ledger):
    rows = [row("t_sum", BEIJING, "2020", 10, lower=lower, upper=upper, source=s)
            for s, lower, upper in (("s1", 0, 20), ("s2", 1, 2), ("s3", 18, 19))]
    folder = ledger(rows, decisions=[("t_sum", "*", "s1")])
    assert not one(folder)["conflict"]


def test_an_indicator_without_figures_has_an_empty_frame_with_all_columns(ledger):
    folder = ledger([row("t_sum", BEIJING, "2020", 10)])
    empty, full = reconciled("t_none", folder), reconciled("t_sum", folder)
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)


def test_what_was_read_is_kept_until_the_cache_is_cleared(ledger):
    folder = ledger([row("t_sum", BEIJING, "2020", 10)])
    assert one(folder)["value"] == 10
    path = folder / "observations.csv"
    path.write_text(path.read_text("utf8").replace(",10,", ",11,"), "utf8")
    assert one(folder)["value"] == 10
    clear_cache()
    assert one(folder)["value"] == 11


# --- the ledger of this checkout -------------------------------------------------------


def plain_rows(name):
    with open(DATA / name, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def preference(decisions, indicator, area):
    level = find_area(area).level
    for wanted in (area, f"level:{level}", "*"):
        for decision in decisions:
            if (decision["indicator"], decision["area"]) == (indicator, wanted):
                return decision["prefer"].split("|")
    return []


def place(figure, preferred):
    for rank, item in enumerate(preferred):
        basis, first, last = re.fullmatch(r"([^[]+)(?:\[(\d{4})(?:-(\d{4}))?\])?", item).groups()
        year = int(figure["period"].split("/")[-1][:4])
        if basis in (figure["vintage"], figure["source"], figure["vintage"] + "@" + figure["source"]) \
                and (first is None or int(first) <= year <= int(last or first)):
            return rank
    return len(preferred)


def test_every_figure_shown_of_the_real_ledger_is_the_one_that_the_rules_choose_by_hand():
    rows, decisions = plain_rows("observations.csv"), plain_rows("decisions.csv")
    table = {s["source"]: s for s in plain_rows("sources.csv")}
    producer = ["official", ("official_reprint", "yearbook"), "report", "secondary"]
    status = ["AB", "DP", "E", "V", "U", "F"]
    groups = defaultdict(list)
    for number, figure in enumerate(rows):
        groups[tuple(figure[k] for k in KEY)].append((number, figure))
    expected = {}
    for key, figures in groups.items():
        preferred = preference(decisions, key[0], key[1])

        def standing(item, preferred=preferred):
            number, figure = item
            of = table[figure["source"]]
            date = re.sub(r"\D", "", of["date"])[:8]
            return (place(figure, preferred), next(i for i, k in enumerate(producer) if of["kind"] in k),
                    next(i for i, s in enumerate(status) if figure["obs_status"] in s),
                    round(float(figure["upper"]) - float(figure["lower"]), 9), -int((date or "0").ljust(8, "0")), number)

        order = sorted(figures, key=standing)
        rule = "only"
        if len(order) > 1:
            differs = [a != b for a, b in zip(standing(order[0]), standing(order[1]))]
            rule = ["decision", "producer", "status", "precision", "later", "first"][differs.index(True)]
        expected[order[0][0]] = rule
    found = reconcile(observations())
    assert found.loc[found["shown"], "rule"].to_dict() == expected
    assert {"only", "decision"} <= set(expected.values())


def test_conflicts_of_the_real_ledger_are_those_found_pair_by_pair():
    groups = defaultdict(list)
    for figure in reconcile(observations()).itertuples():
        groups[tuple(getattr(figure, k) for k in KEY)].append(figure)
    conflicts = 0
    for key, figures in groups.items():
        best = next(f for f in figures if f.shown)
        basis = get(key[0]).basis
        disjoint = any(
            (f.lower > best.upper or f.upper < best.lower)
            and ("report" in (f.vintage, best.vintage) or basis(f.vintage) == basis(best.vintage)) for f in figures)
        assert {f.conflict for f in figures} == {disjoint}, key
        conflicts += disjoint
    assert conflicts


def test_every_indicator_area_vintage_and_source_that_a_decision_names_exists():
    rows, table = observations(), sources()
    known = set(rows["vintage"]) | set(table.index)
    for decision in plain_rows("decisions.csv"):
        get(decision["indicator"])
        area = decision["area"]
        assert area == "*" or area.removeprefix("level:") in LEVELS or find_area(area)
        for item in decision["prefer"].split("|"):
            vintage, _, name = item.partition("[")[0].partition("@")
            assert vintage in known, (decision["indicator"], area, item)
            assert not name or name in table.index, (decision["indicator"], area, item)
