"""What a reviewer may be told has a Chinese sentence, and no sentence is left of what nobody says any more."""

import ast
import re
import tomllib

import pytest

from indicators import ledger
from indicators.names import TEXT
from indicators.reports import store
from indicators.reports.store import Conflict, StoreError
from indicators.sentences import in_language
from tests.conftest import ROOT
from tests.indicators.review import added, closed, gdp, report

SENTENCES = tomllib.loads((TEXT / "reports.zh.toml").read_text("utf8"))["sentences"]
#: What only commands and programs can cause.
_OF_PROGRAMS = ("the rows cannot be written", "there is no action", "a correction needs a row", "a correction is made one at a time")


@pytest.fixture(autouse=True)
def _own_database(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    closed()
    yield
    closed()


def chinese(error) -> str:
    said = in_language(str(error), "zh")
    # what is left of English are names, numbers and what the machine said
    assert re.search(r"[\u4e00-\u9fff]", said) and not re.search(r"\b(the|is|there|are|was|cannot)\b", re.sub(r"（[^）]*）|sqlite:\S+", "", said)), said
    assert in_language(str(error), "en") == str(error)
    return said


def test_somebody_elses_decision_is_told_with_name_time_and_figure():
    proposal, other = added(2)
    store.decide(proposal["id"], "accept", "王", 0)
    with pytest.raises(Conflict) as caught:
        store.decide(proposal["id"], "reject", "b", 0)
    assert re.fullmatch(r"王已于 \d{4}-\d\d-\d\d \d\d:\d\d（UTC）采用“.+”；请重新查看后再作决定。", chinese(caught.value))
    store.undo(proposal["id"], "王", 1)
    with pytest.raises(Conflict) as caught:
        store.decide(proposal["id"], "reject", "b", 0)
    assert "撤销对" in chinese(caught.value)
    with pytest.raises(ValueError) as caught:
        store.undo(other["id"], "b")
    assert chinese(caught.value) == "没有可撤销的决定"


@pytest.mark.parametrize(("given", "said"), [
    ({"value": "x"}, "value 的值 'x' 不是数字"), ({"period": "2023-13"}, "“2023-13”中的月份不存在"), ({"period": "2023-02-30"}, "“2023-02-30”中的日期不存在"),
    ({"period": "2023/2022"}, "时期“2023/2022”的结束早于开始"), ({"period": "soon"}, "“soon”不是时期，可写作 2023, 2023-11, 2014/2022 and 2023-01/2023-11"),
    ({"area": "990000"}, "区域代码“990000”不在区域表中"), ({"area": ""}, "没有给出区域"), ({"unit": "家"}, "单位是 家，该指标的单位应为"), ({"value": 1.0}, "数值 1.0 不在区间"),
    ({"counterpart_area": "120000"}, "流向指标需要对方区域"), ({"obs_status": "Z"}, "状态“Z”不在"), ({"period_kind": "age"}, "时期类型“age”不在"),
    ({"note": "=1"}, "note 不能以 '=' 开头"), ({"colour": "red"}, "观测值没有这样的列：colour"), ({"area": 7}, "area 必须是文字"), ({"value_text": "many"}, "“many”中没有数字"),
    ({"indicator": "gdpp"}, "指标目录中没有这个指标"), ({"indicator": "gdpp", "unit": ""}, "没有指标“gdpp”；相近的有 gdp"), ({"value": float("inf")}, "value 的值 None 不是数字"),
])
def test_what_is_wrong_with_a_correction_is_told(given, said):
    proposal, = added()
    with pytest.raises(ValueError) as caught:
        store.decide(proposal["id"], "correct", "a", 0, given)
    assert said in chinese(caught.value)
    assert store.proposals(proposal["report_id"])[0]["state"] == "proposed"


def test_what_is_missing_stands_in_the_sentence_that_refuses():
    document, (figure,) = report()
    proposal, = store.proposals(store.add_report(document, [gdp(figure.start, indicator=None, indicator_text="总量")], "reader"))
    with pytest.raises(ValueError) as caught:
        store.decide(proposal["id"], "accept", "a", 0)
    assert re.fullmatch("“.+”尚不完整，不能采用：“总量”不是已知的指标", chinese(caught.value))


@pytest.mark.parametrize(("url", "said"), [
    ("postgresql://review:secret@127.0.0.1:1/x", "无法使用（"), ("sqlite:////proc/none/review.sqlite", "审核数据库 sqlite:////proc/none/review.sqlite 无法"),
    ("://", "DATABASE_URL 不是数据库地址"),
])
def test_a_database_that_is_away_is_told_and_that_nothing_was_kept(monkeypatch, url, said):
    monkeypatch.setenv("DATABASE_URL", url)
    for change, ending in ((lambda: store.note_audit("x", "y", "z"), "；内容未保存"), (store.reports, "")):
        with pytest.raises(StoreError) as caught:
            change()
        told = chinese(caught.value)
        assert said in told and told.endswith(ending or told[-1]) and ("内容未保存" in told) == bool(ending)


def raised(path):
    """Sentences that a module raises, a 7 in each blank."""
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call) or not node.exc.args:
            continue
        said = node.exc.args[0]
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            yield said.value
        elif isinstance(said, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "'7'" if part.conversion == ord("r") else "7" for part in said.values]
            if len(parts) > 2:  # more than a sentence that is passed on, and an ending
                yield "".join(parts)


@pytest.mark.parametrize("module", ["store", "database"])
def test_whatever_the_database_of_reviews_refuses_has_a_chinese_sentence(module):
    said = [s for s in raised(ROOT / "indicators" / "reports" / f"{module}.py") if not s.startswith(_OF_PROGRAMS)]
    assert said and [s for s in said if in_language(s, "zh") == s] == []


def test_no_chinese_sentence_is_left_of_what_is_said_no_more():
    sources = "\n".join(path.read_text("utf8") for folder in ("indicators", "geodata") for path in (ROOT / folder).rglob("*.py"))
    sources = re.sub(r'"\s*\n\s*f?"', "", sources)  # a sentence over two lines
    verbs = r"\{by\} (accepted|corrected|rejected|took back a decision on) "
    gone = [words for words in SENTENCES for part in re.split(r"'?\{\w+\}'?(?:, )?", re.sub(verbs, "", words)) if part.strip("., ") and part.strip() not in sources]
    assert gone == []


def test_every_sentence_keeps_its_blanks():
    assert {words: said for words, said in SENTENCES.items() if set(re.findall(r"\{(\w+)\}", words)) != set(re.findall(r"\{(\w+)\}", said))} == {}


def test_rules_for_rows_are_told_in_chinese():
    """Those of the ledger's own check, for whoever corrects a row reads them."""
    source = ast.parse((ROOT / "indicators" / "ledger.py").read_text("utf8"))
    function = next(node for node in source.body if isinstance(node, ast.FunctionDef) and node.name == ledger.row_problems.__name__)
    texts = [node.args[0] for node in ast.walk(function) if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append"]
    said = ["".join(p.value if isinstance(p, ast.Constant) else "'7'" if p.conversion == ord("r") else "7" for p in t.values) if isinstance(t, ast.JoinedStr)
            else t.value for t in texts if isinstance(t, ast.JoinedStr | ast.Constant)]
    assert len(said) > 6 and [s for s in said if in_language(s, "zh") == s] == []

