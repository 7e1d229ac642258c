"""The check finds every kind of error, and passes a clean ledger."""

import os
import shutil
import subprocess

import pytest

from geodata import children
from indicators.ledger import DATA, check, decisions, observations, previous_observations, sources
from tests.indicators.small import BEIJING, HEBEI, TIANJIN, row, source, tolerance, write

pytestmark = pytest.mark.usefixtures("trial")

CLEAN = [
    row("t_sum", BEIJING, "2020", 10),
    row("t_sum", BEIJING, "2020", 30000, value_text="近3万亿元", lower=20000, upper=30000, vintage="report", source="s2"),
    row("t_stock", "130100", "2020-11", 250, value_text="250公里"),
    row("t_flow", BEIJING, "2020", 748.7, lower=748.65, upper=748.75, counterpart_area="jin_ji"),
    row("t_total", "bhzgc", "2014/2020", 5000, value_text="超5000家", lower=5000, upper=6000, obs_status="P"),
    row("travel_time", BEIJING, "2020", 30, value_text="半小时", unit="分钟", lower=27, upper=33, period_kind="end"),
    row("travel_time", BEIJING, "2020", 90, value_text="1至1.5小时", unit="分钟", lower=60, upper=90, period_kind="end",
        counterpart_area=TIANJIN),
]


def changed(n, **more):
    """The clean rows, of which one is changed."""
    return [{**r, **more} if i == n else r for i, r in enumerate(CLEAN)]


def test_a_clean_ledger_has_no_problems(ledger):
    assert check(ledger(CLEAN)) == []


def test_the_ledger_of_this_checkout_has_no_problems():
    assert check() == []


@pytest.mark.parametrize(("rows", "sentence"), [
    ([*CLEAN, CLEAN[0]], "t_sum 110000 2020 (s1): the same figure stands twice"),
    (changed(0, indicator="t_nothing"), "t_nothing 110000 2020 (s1): no such indicator in the catalogue"),
    (changed(0, unit="元"), "t_sum 110000 2020 (s1): unit 元, the indicator's is 亿元"),
    (changed(0, obs_status="X"), "t_sum 110000 2020 (s1): status 'X' is none of A, P, E, F, B, D, U, V"),
    (changed(0, obs_status=""), "t_sum 110000 2020 (s1): status '' is none of A, P, E, F, B, D, U, V"),
    (changed(0, period_kind="week"),
     "t_sum 110000 2020 (s1): kind of period 'week' is none of year, end, cumulative, ytd, month"),
    (changed(0, period="20"), "t_sum 110000 20 (s1): '20' is no period; accepted are 2023, 2023-11, 2014/2022 and 2023-01/2023-11"),
    (changed(4, period="2020/2014"), "t_total bhzgc 2020/2014 (s1): the period '2020/2014' ends before it starts"),
    (changed(0, area="990000"), "t_sum 990000 2020 (s1): Unknown area code '990000': it is not in areas.csv."),
    (changed(3, counterpart_area="mars"),
     "t_flow 110000>mars 2020 (s1): Unknown area code 'mars': it is not in areas.csv."),
    (changed(3, counterpart_area=""), "t_flow 110000 2020 (s1): a flow needs a counterpart area, and only a flow has one"),
    (changed(0, counterpart_area=HEBEI),
     "t_sum 110000>130000 2020 (s1): a flow needs a counterpart area, and only a flow has one"),
    (changed(0, locator=""), "t_sum 110000 2020 (s1): no place in the source is given"),
    (changed(0, value_text="十几"), None),
    (changed(0, value_text="若干"), "t_sum 110000 2020 (s1): no number in '若干'"),
    (changed(0, value_text="10.0"), "t_sum 110000 2020 (s1): '10.0' reads as 10 [9.95, 10.05], the row says 10 [9.5, 10.5]"),
    (changed(0, value_text="11"), "t_sum 110000 2020 (s1): '11' reads as 11 [10.5, 11.5], the row says 10 [9.5, 10.5]"),
    (changed(0, value=10.001), "t_sum 110000 2020 (s1): '10' reads as 10 [9.5, 10.5], the row says 10.001 [9.5, 10.5]"),
    (changed(1, lower=29500, upper=30500),
     "t_sum 110000 2020 (s2): '近3万亿元' reads as 30000 [20000, 30000], the row says 30000 [29500, 30500]"),
    (changed(1, upper=40000),
     "t_sum 110000 2020 (s2): '近3万亿元' reads as 30000 [20000, 30000], the row says 30000 [20000, 40000]"),
])
def test_each_error_is_found_and_said_once_with_its_place(ledger, rows, sentence):
    problems = check(ledger(rows))
    if sentence is None:
        assert len(problems) == 1
        assert problems[0].startswith("t_sum 110000 2020 (s1): ")
    else:
        assert problems == [sentence]


@pytest.mark.parametrize("interval", [{"lower": 10.2}, {"upper": 9.8}, {"lower": 10.5, "upper": 9.5}])
def test_a_value_outside_its_interval_is_found(ledger, interval):
    problems = check(ledger(changed(0, **interval)))
    assert any("t_sum 110000 2020 (s1): value 10.0 does not lie in [" in p for p in problems)


def test_a_missing_value_is_found(ledger):
    assert any("value nan does not lie in" in p for p in check(ledger(changed(0, value=""))))


def test_a_source_that_is_not_listed_is_found(ledger):
    problems = check(ledger(CLEAN, sources=[source("s1")]))
    assert problems == ["t_sum 110000 2020 (s2): the source is not in sources.csv"]


def test_a_source_without_figures_is_found(ledger):
    problems = check(ledger(CLEAN, sources=[source(s) for s in ("s9", "s2", "s1", "s0")]))
    assert problems == ["the source s0 has no observation", "the source s9 has no observation"]


def test_a_source_that_is_listed_twice_is_found(ledger):
    problems = check(ledger(CLEAN, sources=[source("s1"), source("s1", "secondary"), source("s2")]))
    assert len(problems) == 1
    assert "s1" in problems[0] and "twice" in problems[0]


def test_all_errors_of_a_row_are_reported_together(ledger):
    bad = changed(0, unit="元", obs_status="X", period="20", area="990000", locator="", value_text="若干")
    assert len(check(ledger(bad))) == 6


# --- sums ------------------------------------------------------------------------------

PREFECTURES = children(HEBEI)


def parts(total, **more):
    return [row("t_sum", code, more.pop("period", "2020"), total / len(PREFECTURES), lower=0, upper=total, **more) for code in PREFECTURES]


def sums(ledger, rows, whole=1100, **rule):
    folder = ledger([*rows, row("t_sum", HEBEI, "2020", whole)], tolerances=[tolerance("t_sum", HEBEI, **rule)])
    return [p for p in check(folder) if "add up" in p]


@pytest.mark.parametrize(("whole", "ratio"), [(1100, None), (1110, None), (1090, None), (1120, "0.982"), (1080, "1.019")])
def test_prefectures_that_do_not_add_up_to_their_province_are_found(ledger, whole, ratio):
    assert sums(ledger, parts(1100), whole) == ([] if ratio is None else [
        f"t_sum 130000 2020 (v): the prefectures add up to {ratio} of the province, allowed is 0.99 to 1.01"])


@pytest.mark.parametrize("rule", [
    {"first": "2021"}, {"last": "2019"}, {"vintage": "w"}, {"whole_vintage": "w"}, {"sources": "s2"}, {"sources": "s"},
    {"ratio_max": "2.5"},
])
def test_sums_are_only_judged_within_the_years_vintages_and_sources_of_their_rule(ledger, rule):
    assert len(sums(ledger, parts(2200))) == 1
    assert sums(ledger, parts(2200), **rule) == []


def test_sums_are_judged_for_the_sources_that_a_rule_names(ledger):
    assert len(sums(ledger, parts(2200), sources="s1|s2")) == 1


def test_sums_are_only_judged_when_all_prefectures_have_a_figure(ledger):
    assert sums(ledger, parts(2200)[1:]) == []


# --- nothing may vanish ----------------------------------------------------------------


def test_a_figure_that_vanished_since_the_version_before_is_found(ledger):
    before = observations(ledger(CLEAN))
    assert check(ledger(CLEAN), previous=before) == []
    assert check(ledger(CLEAN[:3] + CLEAN[4:]), previous=before) == [
        "t_flow 110000 jin_ji 2020 year s1: was in the version before and is gone"]


def test_a_figure_that_was_corrected_or_added_has_not_vanished(ledger):
    before = observations(ledger(CLEAN))
    rows = [*changed(0, value=11, value_text="11", lower=10.5, upper=11.5), row("t_sum", TIANJIN, "2020", 5)]
    assert check(ledger(rows), previous=before) == []


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A git repository of its own that holds a ledger; commits what is there when called."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    for name in [n for n in os.environ if n.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "checkout" / "data"

    def commit(rows, encoding="utf8"):
        write(folder, rows)
        text = (folder / "observations.csv").read_text("utf8")
        (folder / "observations.csv").write_text(text, encoding)
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "ledger"]):
            subprocess.run([*git, *command], cwd=folder.parent, check=True, capture_output=True)
        return folder

    return commit


def test_the_version_before_is_that_of_the_last_commit(repository):
    folder = repository(CLEAN)
    write(folder, CLEAN[1:])
    assert len(previous_observations(folder)) == len(CLEAN)
    assert check(folder, previous_observations(folder)) == ["t_sum 110000 2020 year s1: was in the version before and is gone"]


def test_the_version_before_may_have_been_saved_by_a_spreadsheet(repository):
    folder = repository(CLEAN, "utf-8-sig")
    assert check(folder, previous_observations(folder)) == []


def test_there_is_no_version_before_outside_a_checkout_or_without_git(repository, tmp_path, monkeypatch):
    assert previous_observations(write(tmp_path / "alone", CLEAN)) is None
    assert previous_observations(tmp_path / "no such folder") is None
    folder = repository(CLEAN)
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert previous_observations(folder) is None


# --- tables that cannot be read --------------------------------------------------------


@pytest.mark.parametrize("name", ["observations.csv", "sources.csv", "sum_tolerances.csv"])
def test_a_table_that_is_missing_is_named_with_its_folder(ledger, name):
    folder = ledger(CLEAN)
    (folder / name).unlink()
    with pytest.raises(ValueError) as refusal:
        check(folder)
    assert str(refusal.value) == f"the ledger has no {name} in {folder}"


def test_a_missing_table_of_decisions_is_named(ledger):
    folder = ledger(CLEAN)
    (folder / "decisions.csv").unlink()
    with pytest.raises(ValueError, match=r"the ledger has no decisions\.csv in "):
        decisions(folder)


def drop_columns(path, *names):
    lines = [line.split(",") for line in path.read_text("utf8").splitlines()]
    keep = [i for i, name in enumerate(lines[0]) if name not in names]
    path.write_text("\n".join(",".join(line[i] for i in keep) for line in lines) + "\n", "utf8")


def test_columns_that_are_missing_are_named_together(ledger):
    folder = ledger(CLEAN)
    drop_columns(folder / "observations.csv", "upper", "source")
    with pytest.raises(ValueError) as refusal:
        observations(folder)
    assert str(refusal.value) == "observations.csv lacks the columns source, upper"


@pytest.mark.parametrize(("name", "column", "read"), [
    ("sources.csv", "source", sources), ("sources.csv", "kind", sources), ("decisions.csv", "prefer", decisions),
    ("sum_tolerances.csv", "ratio_min", check),
])
def test_columns_missing_from_the_other_tables_are_named_too(ledger, name, column, read):
    folder = ledger(CLEAN, decisions=[("t_sum", "*", "v")], tolerances=[tolerance("t_sum", HEBEI)])
    drop_columns(folder / name, column)
    with pytest.raises(ValueError) as refusal:
        read(folder)
    assert name in str(refusal.value) and column in str(refusal.value)


def test_a_value_that_is_no_number_is_named_with_its_column(ledger):
    with pytest.raises(ValueError, match=r"observations\.csv.*upper.*viel"):
        observations(ledger(changed(2, upper="viel")))


def test_extra_columns_are_left_out_and_a_byte_order_mark_is_no_part_of_a_name(ledger):
    folder = ledger(CLEAN)
    path = folder / "observations.csv"
    lines = path.read_text("utf8").splitlines()
    path.write_text("\n".join([lines[0] + ",mine", *(line + ",1" for line in lines[1:])]), "utf-8-sig")
    frame = observations(folder)
    assert frame.columns[0] == "indicator" and "mine" not in frame.columns
    assert frame["value"].tolist() == [r["value"] for r in CLEAN]
    assert check(folder) == []


def test_every_row_of_the_real_ledger_has_a_source_and_its_columns_have_their_types():
    frame = observations()
    assert frame["source"].isin(sources().index).all()
    assert sources().index.is_unique
    assert [str(frame[c].dtype) for c in ("value", "lower", "upper")] == ["float64"] * 3
    assert (frame["area"].str.len() > 0).all()
    assert (DATA / "observations.csv").read_bytes().count(b"\n") >= len(frame)
