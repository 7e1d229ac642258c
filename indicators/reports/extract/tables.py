"""Rows of a table as sentences, so that a reader of figures finds the same in a table as in prose.

Every filled cell of figures becomes a clause that says all it needs, in the order of a Chinese
sentence: period, the row's names (areas first), the column's name, 为, the value and its unit.
The clauses of a row stand on a line, parted by ；:

    地区, 年份, 地区生产总值（亿元）, 同比增长（%）      ->  2023年北京地区生产总值为43760.7亿元，同比增长5.2%。
    指标, 单位, 2022年, 2023年                        ->  2022年地区生产总值为41610.9亿元；2023年地区生产总值为43760.7亿元。
    地区, 年份, 指标, 数值, 单位                       ->  2023年北京地区生产总值为43760.7亿元。
    指标, 北京, 天津                                  ->  北京地区生产总值为43760.7亿元；天津地区生产总值为16737.3亿元。

- Where the header ends: the rows at the top that hold words or years, no figures. Rows of one cell above it
  are titles: they stay as lines, and give period and unit ("单位：亿元") to cells that have none of their own.
- Units: of the cell, else of the column's name, else the column 单位, else of the row's name, else of the title.
- A growth (同比, 增长, 比上年, 增速 ...) directly behind its level is said in the same clause, as prose does.
- Columns of serial numbers and codes are left out; notes and prose in cells follow the row as sentences.
- A table without figures gives its cells as they are, parted by tabs.
- A table without Chinese is put together with spaces in the same order.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from indicators.reports.extract.document import LIMITS, ExtractError

_CHINESE = re.compile("[\u4e00-\u9fff]")
_WIDE, _LONG = 300, 400  # columns; characters that each clause of a row would repeat: beyond, cells stand as they are
_NOTHING = {"", "-", "--", "—", "——", "…", "……", "..", "...", "/", "\\", "n/a", "na", "nan", "null", "none", "无", "缺", "#n/a"}
_NUMBER = r"[+\-−－]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?"
_PURE = re.compile(_NUMBER)
_FIGURE = re.compile(rf"(?:近|约|超过?|突破|达到?|逾|不足|第|≥|≤|>|<)?\s?{_NUMBER}\s?(?:[-—~～至]\s?{_NUMBER}\s?)?(?:余|多)?([^\d\s。；;，,]{{0,12}})")
_YEAR = r"(?:19|20)\d\d"
_PERIOD = re.compile(
    rf"{_YEAR}\s?(?:[-—–~～至/]\s?{_YEAR})?\s?(?:年度?)?(?:末|底|初|上半年|下半年|前[一二三四]季度|[一二三四]季度|[Qq][1-4]|\s?[-./年]?(?:1[0-2]|0?[1-9])(?:[-—–~～至](?:1[0-2]|0?[1-9]))?月(?:末|底)?)?"
    rf"|{_YEAR}[-./](?:1[0-2]|0?[1-9])(?:[-./](?:3[01]|[12]\d|0?[1-9]))?|(?:1[0-2]|[1-9])月(?:末|底)?|[一二三四]季度|上半年|下半年|全年|“?[一二三]?十[一二三四五]?五”?(?:时期|期间)?")
_UNIT_WORD = (
    r"元|美元|欧元|人|人次|户|家|个|所|项|件|条|座|处|台|辆|艘|架|套|张|份|篇|只|头|吨|吨标准煤|标准煤|千克|公斤|克|升|米|公里|千米|平方米|平方公里|平方千米|立方米|公顷|亩|"
    r"千瓦|千瓦时|度|千伏安|焦|天|日|年|小时|分钟|秒|岁|次|倍|列|对|班|床|张床位|公斤标准煤|标准箱|箱|票|标箱|TEU|分|位|名|百分点|个百分点|摄氏度|℃|dB|分贝")
_UNIT = re.compile(
    rf"(?:单位\s?[:：]\s?)?((?:百万|千万|十万|十亿|百亿|万亿|亿|万|千|百)?(?:{_UNIT_WORD})"
    rf"(?:[/每](?:{_UNIT_WORD}|万人|万元|亿元|百人|千人|人[·•]?[年次]))*"
    r"|%|％|‰|[\w·²³µμ]{1,6}/[\w·²³]{1,8}|k?m[²³2]?|kWh|t|tce"
    r"|(?:100 million|billion|million|trillion|10[ ,]?000|thousand)?\s?(?:yuan|RMB|USD|persons?|people|km|tons?|tonnes?|units)"
    r"|percent|percentage points)", re.I)
_UNIT_IN_TITLE = re.compile(r"(?:单位|[Uu]nit)\s?[:：]\s?([^\s，,；;）)]{1,20})")
_BRACKET = re.compile(r"\s*[（(\[【]([^（）()\[\]【】]{1,20})[）)\]】]\s*$")
_TAIL = re.compile(r"\s*[/／,，:：]\s*([^/／,，:：\s]{1,8})$")
_FOLLOWS = re.compile(r"(?:上年|去年)?(?:同比|环比|比上年|比上月|较上年|较上月|增长|增速|下降|名义增长|可比增长|yoy|growth|change|increase)", re.I)
_NO_COPULA = re.compile(r"(?:增长|下降|上升|提高|减少|增加|达到?|为|是|第|第[一二三]位)(?:率|幅度)?$")
_ROLES = {
    "period": "年份 年度 年 时间 日期 时期 期间 月份 统计时间 报告期 period year date time month quarter",
    "unit": "单位 计量单位 unit units",
    "value": "数值 数据 值 指标值 数 数字 value values amount figure",
    "area": "地区 区域 省份 省市 省 市 城市 区县 区 县 地市 行政区 省市区 名称 地方 area region city province county place",
    "indicator": "指标 项目 指标名称 统计指标 类别 分类 内容 indicator item measure category name",
    "skip": "序号 编号 代码 编码 行政区划代码 指标代码 no no. # id code",
    "note": "备注 说明 注 注释 来源 数据来源 出处 note notes remark remarks source comment",
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}
_RANK = re.compile(r"(?:排名|位次|名次)$")


@dataclass
class _Column:
    """What a column holds, and what its header says."""

    name: str
    role: str  # period unit area indicator label value measure note skip
    unit: str = ""
    period: str = ""


@dataclass
class _Table:
    columns: list[_Column]
    period: str = ""
    unit: str = ""
    subject: str = ""
    chinese: bool = True
    names_are_areas: bool = False  # of the columns: 指标, 北京, 天津


def lines(rows: list[list[str]], context: str = "", most: int = LIMITS.characters) -> list[str]:
    """Sentences of a table, a line a row.

    Parameters
    ----------
    rows : list of list of str
        Cells as printed; rows may differ in length. A cell that spans others stands in each of them.
    context : str
        Words above the table (name of a sheet) that may give a period.
    most : int
        Characters together.

    Returns
    -------
    list of str

    Raises
    ------
    ExtractError
        If the sentences are longer than `most`.
    """
    rows = [[re.sub(r"\s*\n\s*", "" if _CHINESE.search(cell) else " ", cell).strip() for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    titles, rows = _split_titles(rows)
    if not rows:
        return titles
    header, body = _split_header(rows)
    width = max(map(len, rows))
    if width > _WIDE:
        return [*titles, *(_plain(row) for row in rows)]
    header, body = _pad(header, width), [_pad(row, width) for row in body]
    columns = _columns(header, body)
    if not any(column.role in ("measure", "value") for column in columns):
        return [*titles, *(_plain(row, columns) for row in rows)]
    table = _described(columns, titles, context, rows)
    return [*titles, *_within(most, (_sentence(row, table) for row in body))]


def _within(most: int, sentences):
    for sentence in sentences:
        most -= len(sentence)
        if most < 0:
            raise ExtractError("too_long", limit=LIMITS.characters)
        yield sentence


def _pad(row: list[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _plain(row: list[str], columns: list[_Column] = ()) -> str:
    """Cells as they are, without serial numbers; what spans several columns once."""
    roles = [column.role for column in columns] or [""] * len(row)
    kept = [_year(cell) if role == "period" and re.fullmatch(_YEAR, cell) else cell
            for i, (cell, role) in enumerate(zip(row, roles)) if cell and role != "skip" and (i == 0 or cell != row[i - 1] or _is_figure(cell))]
    return "\t".join(kept)


def _split_titles(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Rows at the top with one cell, or one that spans all, in a table of more columns."""
    titles = []
    if max((sum(map(bool, row)) for row in rows), default=0) < 2:
        return [_plain(row) for row in rows], []
    while rows and len({cell for cell in rows[0] if cell}) == 1 and not _is_figure(_plain(rows[0])):
        titles.append(_plain(rows[0]))
        rows = rows[1:]
    return titles, rows


@functools.lru_cache(maxsize=4096)
def _is_figure(cell: str) -> bool:
    """A number, alone or with a unit and little more."""
    found = _FIGURE.fullmatch(cell) if len(cell) <= 60 else None
    if not found or _is_period(cell):
        return False
    unit = _UNIT.match(found.group(1))
    return len(found.group(1)) - (unit.end() if unit else 0) <= 3


def _is_period(cell: str) -> bool:
    return len(cell) <= 40 and bool(_PERIOD.fullmatch(cell))


def _split_header(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    if any(_is_figure(cell) for cell in rows[0]) or len(rows) < 2 or _key_values(rows):
        return [], rows
    header, used = list(rows[0]), 1
    while used < min(3, len(rows) - 1) and _continues(rows[used - 1], rows[used]):
        header = _stacked(header, rows[used])
        used += 1
    return header, rows[used:]


def _key_values(rows: list[list[str]]) -> bool:
    """Is the first row already one of words, like those below: no figures stand anywhere."""
    return not any(_is_figure(cell) or _is_period(cell) for row in rows[1:] for cell in row)


def _continues(above: list[str], row: list[str]) -> bool:
    """A further row of the header holds no figure, and leaves the first cell empty or repeats it."""
    return bool(row) and any(row) and row[0] in ("", above[0] if above else "") and not any(_is_figure(cell) for cell in row)


def _stacked(above: list[str], below: list[str]) -> list[str]:
    width = max(len(above), len(below))
    above, below = _pad(above, width), _pad(below, width)
    filled = list(above)
    for i in range(1, width):  # a cell over several columns is written once in a workbook
        if not filled[i] and below[i]:
            filled[i] = filled[i - 1]
    return [a if a == b else _joined(a, b) for a, b in zip(filled, below)]


def _joined(above: str, below: str) -> str:
    """Two names of a column as one, the unit behind both."""
    pairs = [_name_and_unit(above), _name_and_unit(below)]
    unit = pairs[1][1] or pairs[0][1]
    return pairs[0][0] + pairs[1][0] + (f"（{unit}）" if unit else "")


def _columns(header: list[str], body: list[list[str]]) -> list[_Column]:
    columns = [_column(name, [row[i] for row in body], bool(header)) for i, name in enumerate(header)] if header else [
        _column("", [row[i] for row in body], False) for i in range(max(map(len, body), default=0))]
    if not any(column.role == "period" for column in columns) and columns and header:
        first = [row[0] for row in body if row[0]]
        if first and all(_is_period(cell) for cell in first) and not columns[0].unit:
            columns[0].role = "period"
    return columns


def _column(header: str, cells: list[str], has_header: bool) -> _Column:
    cells = [cell for cell in cells if cell.lower() not in _NOTHING]
    name, unit = _name_and_unit(header)
    role = _ROLE_OF.get(re.sub(r"\s", "", name).lower())
    figures = sum(_is_figure(cell) or _is_number(cell) for cell in cells)
    if role == "period" and not all(_is_period(cell) or re.match(_YEAR, cell) or cell.isdigit() for cell in cells):
        role = None
    if role in ("area", "indicator", "value") and has_header and cells and (figures > len(cells) / 2) != (role == "value"):
        role = None
    if role is None and not has_header and cells and all(_is_period(cell) for cell in cells):
        role = "period"
    if role is None:
        role = _by_content(cells, figures)
    if role == "measure":
        name, period = _name_and_period(name)
        return _Column(name, role, unit, period)
    return _Column("" if role == "value" else name, role, unit)


def _name_and_period(name: str) -> tuple[str, str]:
    """A column's name without the period that begins or ends it."""
    for found in _PERIOD.finditer(name):
        if re.match(_YEAR, found.group()) and (found.start() == 0 or found.end() == len(name)):
            return (name[:found.start()] + name[found.end():]).strip(), _year(found.group())
    return name, ""


def _by_content(cells: list[str], figures: int) -> str:
    if cells and figures >= len(cells) / 2:
        return "measure"
    if any("。" in cell or len(cell) > 40 for cell in cells):
        return "note"
    return "label"


@functools.lru_cache(maxsize=4096)
def _name_and_unit(header: str) -> tuple[str, str]:
    for pattern in (_BRACKET, _TAIL):
        found = pattern.search(header, max(0, len(header) - 40))
        if found and _UNIT.fullmatch(found.group(1).strip()):
            return header[:found.start()].strip(), _UNIT.fullmatch(found.group(1).strip()).group(1)
    return header.strip(), ""


def _described(columns: list[_Column], titles: list[str], context: str, rows: list[list[str]]) -> _Table:
    roles = {column.role for column in columns}
    table = _Table(columns, chinese=any(_CHINESE.search(cell) for row in [titles, *rows] for cell in row),
                   names_are_areas="indicator" in roles and "area" not in roles)
    for title in (title for title in [context, *titles] if len(title) <= 80):
        period = next((found for found in _PERIOD.finditer(title) if re.match(_YEAR, found.group())), None)
        table.period = _year(period.group()) if period else table.period
        unit = _UNIT_IN_TITLE.search(title)
        name, in_bracket = _name_and_unit(title)
        table.unit = unit.group(1) if unit else in_bracket or table.unit
        if in_bracket and not roles & {"area", "indicator", "label"}:
            table.subject = (name[:period.start()] + name[period.end():] if period else name).strip()
    return table


def _year(period: str) -> str:
    """A period as a Chinese sentence says it."""
    period = re.sub(r"\s", "", period)
    found = re.fullmatch(rf"({_YEAR})(?:([-—–~～至/])({_YEAR}))?", period)
    if found:
        return period.replace(found.group(2), "—", 1) + "年" if found.group(2) else period + "年"
    found = re.fullmatch(rf"({_YEAR})[Qq]([1-4])", period)
    if found:
        return f"{found.group(1)}年{'一二三四'[int(found.group(2)) - 1]}季度"
    found = re.fullmatch(rf"({_YEAR})[-./年](1[0-2]|0?[1-9])(?:[-./](3[01]|[12]\d|0?[1-9]))?", period)
    if found:
        return f"{found.group(1)}年{int(found.group(2))}月" + (f"{int(found.group(3))}日" if found.group(3) else "")
    return period


@dataclass
class _Row:
    """What all clauses of a row share."""

    cells: list[str]
    labels: list[str]
    unit: str  # of the row's own cell, else of its name
    periods: list[str]


def _row(row: list[str], table: _Table) -> _Row:
    def cells(*roles: str) -> list[str]:
        return [cell for cell, column in zip(row, table.columns) if column.role in roles and cell]

    pairs = [_name_and_unit(cell) for cell in cells("area") + cells("label", "indicator")]
    unit = next(iter(cells("unit")), "") or next((unit for _, unit in pairs if unit), "")
    return _Row(row, [name for name, _ in pairs], unit, cells("period"))


def _sentence(cells: list[str], table: _Table) -> str:
    row = _row(["" if cell.lower() in _NOTHING else cell for cell in cells], table)
    if sum(map(len, [*row.labels, *row.periods, row.unit])) > _LONG:
        return _plain(cells)
    comma, semicolon, end = ("，", "；", "。") if table.chinese else (", ", "; ", ".")
    said, before = [], None
    for i, column in enumerate(table.columns):
        if column.role not in ("measure", "value") or not row.cells[i]:
            continue
        growth = bool(_FOLLOWS.match(column.name))
        if growth and before == i - 1 and not column.period:
            said += [comma, _dependent(row.cells[i], column)]
        else:
            said += [semicolon] * bool(said) + [_clause(row.cells[i], column, row, table)]
        before = i if not growth or before == i - 1 else None
    if not said:
        return _plain(cells)
    notes = [cell for cell, column in zip(row.cells, table.columns) if column.role == "note" and cell]
    return "".join(said) + end + "".join(note if note.endswith(("。", ".", "！", "？")) else note + end for note in notes)


def _dependent(cell: str, column: _Column) -> str:
    value = cell + column.unit if _is_number(cell) else cell
    return column.name + (" " if not _CHINESE.search(column.name) else "" if _NO_COPULA.search(column.name) else "为") + value


def _clause(cell: str, column: _Column, row: _Row, table: _Table) -> str:
    first = column.name if table.names_are_areas and column.role == "measure" and not column.period else ""
    parts = [part for part in [first, *row.labels, "" if first else column.name, table.subject] if part]
    period = _period(row, column, table)
    value = _value(cell, column.unit or row.unit or table.unit, column.name or (row.labels[-1] if row.labels else ""))
    if not table.chinese:
        return " ".join(part for part in [period, *parts, value] if part)
    words = "".join(parts)
    copula = "" if not words or _NO_COPULA.search(words) or value.startswith("第") else "为"
    return period + ("，" if period and words[:1].isdigit() else "") + words + copula + value


def _is_number(cell: str) -> bool:
    return bool(_PURE.fullmatch(cell))


def _value(cell: str, unit: str, name: str) -> str:
    if not _is_number(cell):
        return cell
    if _RANK.search(name):
        return f"第{cell}位"
    return cell + (" " if unit and unit[0].isascii() and unit[0].isalnum() else "") + unit


def _period(row: _Row, column: _Column, table: _Table) -> str:
    if column.period or not row.periods:
        return column.period or table.period
    if not table.chinese:
        return " ".join(row.periods)
    said = "".join(_year(part) if re.match(_YEAR, part) else part + ("月" if part.isdigit() else "") for part in row.periods)
    return said if re.match(_YEAR, said) or not table.period else table.period + said
