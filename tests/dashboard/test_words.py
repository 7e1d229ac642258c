"""Every visible sentence stands in the text files, in both languages, and nowhere else."""

import ast
import re
from string import Formatter

import pytest

from dashboard.i18n import text
from tests.conftest import ROOT

CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
DASHBOARD = ROOT / "dashboard"

#: Chinese that may stand in code: how the language writes numbers, dates and titles, the codes of
#: units, and the switch between languages, which has to be readable in both.
ALLOWED = {
    "format.py": {"万亿", "亿", "万", "元", "人", "人次", "件", "吨", "标准箱", "户", "亩", "平方米", "个", "家", "项", "台", "年", "月", "月日", "年末",
                  "末", "至", "累计", "日"},
    "state.py": {"中文", "语言 / Language"},
    "views.py": {"《", "》", "至"},       # 《title》; an interval as it is printed
    "panels.py": {"：《", "》，"},        # a citation
    "profile.py": {"平方公里"},           # code of a unit
}


def flat(words, path=()):
    for key, value in words.items():
        if isinstance(value, dict):
            yield from flat(value, (*path, key))
        else:
            yield ".".join((*path, key)), value


def blanks(sentence):
    return sorted(field for _, field, _, _ in Formatter().parse(sentence) if field is not None)


def test_both_files_have_the_same_sentences_none_empty():
    zh, en = dict(flat(text("zh"))), dict(flat(text("en")))
    assert set(zh) == set(en)
    assert [k for k, v in {**zh, **en}.items() if not v] == []


def test_both_languages_have_the_same_blanks():
    zh, en = dict(flat(text("zh"))), dict(flat(text("en")))
    assert {k: (blanks(zh[k]), blanks(en[k])) for k in zh if k in en and blanks(zh[k]) != blanks(en[k])} == {}


def test_english_sentences_are_english():
    assert {k: v for k, v in flat(text("en")) if re.search(r"[\u4e00-\u9fff]", v)} == {}


def modules():
    return sorted(path for path in DASHBOARD.rglob("*.py"))


def literals(tree):
    """String literals that are not documentation; an f-string as one text with {} for what is filled in."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation and id(node) not in inside:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(DASHBOARD)))
def test_no_chinese_sentence_stands_in_code(path):
    allowed = ALLOWED.get(str(path.relative_to(DASHBOARD)), set())
    runs = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
    found = []
    for line, literal in literals(ast.parse(path.read_text("utf8"))):
        if CJK.search(literal) and literal not in allowed:
            found += [(line, run) for run in runs.findall(literal) if run not in allowed]
    assert found == []


@pytest.mark.parametrize("path", [p for p in modules() if p.parent.name in ("pages", "site") or p.name in (
    "chrome.py", "panels.py", "dossier.py", "glance.py", "profile.py", "library.py", "reviewing.py")],
    ids=lambda p: str(p.relative_to(DASHBOARD)))
def test_no_english_sentence_stands_in_code_that_writes_a_page(path):
    found = []
    for line, literal in literals(ast.parse(path.read_text("utf8"))):
        if "<" in literal or ">" in literal:
            shown = re.sub(r"<[^>]*(>|$)|^[^<]*>", " ", literal)
            found += [(line, words) for words in re.findall(r"[A-Za-z]{3,}[ ,][A-Za-z]{2,}.*", shown)]
        elif re.search(r"^[A-Z][a-z]+ [a-z]+ [a-z]+", literal):
            found.append((line, literal))
    assert found == []


def test_no_sentence_stands_in_the_scripts():
    for path in (DASHBOARD / "component").glob("*.js"):
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text("utf8"), flags=re.S)
        assert re.findall(r"[\u4e00-\u9fff]+", code) == [], path.name


def test_every_sentence_that_code_asks_for_exists():
    have = {lang: dict(flat(text(lang))) for lang in ("zh", "en")}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t" and len(node.args) == 2 \
                    and isinstance(node.args[1], ast.Constant):
                key, given = node.args[1].value, {k.arg for k in node.keywords}
                for lang in have:
                    assert key in have[lang], (path.name, node.lineno, key, lang)
                    if None not in given:  # no ** among them
                        assert set(blanks(have[lang][key])) <= given, (path.name, node.lineno, key, lang)
