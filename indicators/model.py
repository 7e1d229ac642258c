"""What an indicator and an observation are, and how a printed figure is read.

The observation is one figure and the place where it was printed. It is a row of
plain columns (:data:`OBSERVATION_COLUMNS`); nothing is hidden on a frame.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal

OBSERVATION_COLUMNS = (
    "indicator", "area", "counterpart_area", "period", "period_kind", "value", "unit",
    "lower", "upper", "value_text", "obs_status", "vintage", "source", "locator", "note",
)

PERIOD_KINDS = ("year", "end", "cumulative", "ytd", "month")

#: The letters of SDMX code list CL_OBS_STATUS that the ledger uses.
OBS_STATUS = ("A", "P", "E", "F", "B", "D", "U", "V")

AGGREGATIONS = ("sum", "mean", "none")

MEASURES = ("level", "share", "growth", "cagr", "index", "per_capita", "density",
            "over_limit", "share_of_output")


@dataclass(frozen=True)
class Limit:
    """A limit value that an indicator is read against.

    Attributes
    ----------
    value : float
        In the indicator's unit.
    name : str
        Key of its name in the text files.
    source : str
        The standard that sets it.
    """

    value: float
    name: str
    source: str


@dataclass(frozen=True)
class Indicator:
    """One indicator of the catalogue: what is measured and what may be done with it.

    Attributes
    ----------
    id : str
        Name used in the ledger, in URLs and in the API.
    theme : str
        Theme under which the pages list it.
    unit : str
        The one unit in which its observations are kept.
    aggregation : {"sum", "mean", "none"}
        How members of a composite area make its value: added; as a mean weighted by
        ``weight``; or not at all, in which case the program refuses.
    weight : str, optional
        Id of the indicator that weights a mean.
    period_kind : {"year", "end", "cumulative", "ytd"}
        The kind of period of its main series.
    flow : bool
        Whether observations run from an area to a counterpart area.
    better : {"higher", "lower", None}
        Which direction is an improvement, where one is.
    decimals : int
        Digits shown after the point.
    measures : tuple of str
        Measures beyond those that follow from the other attributes.
    limits : tuple of Limit
        Limit values, the first of which is the reference of ``over_limit``.
    denominator : str, optional
        Id of the indicator that ``share_of_output`` divides by.
    scope : tuple of str
        Areas to which the indicator applies; all when empty.
    bases : tuple of tuple of str
        Vintages that lie on one basis, so that a line may run and growth be computed
        through them; any other two vintages are two bases.
    flagship : bool
        Whether it belongs to the families that the overview shows.
    """

    id: str
    theme: str
    unit: str
    aggregation: str = "none"
    weight: str | None = None
    period_kind: str = "end"
    flow: bool = False
    better: str | None = None
    decimals: int = 0
    measures: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    denominator: str | None = None
    flagship: bool = False
    scope: tuple[str, ...] = ()
    bases: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self):
        if self.aggregation not in AGGREGATIONS:
            raise ValueError(f"{self.id}: aggregation {self.aggregation!r} is none of {AGGREGATIONS}")
        if self.aggregation == "mean" and not self.weight:
            raise ValueError(f"{self.id}: a mean needs the indicator that weights it")
        if self.period_kind not in PERIOD_KINDS:
            raise ValueError(f"{self.id}: period kind {self.period_kind!r} is none of {PERIOD_KINDS}")
        unknown = set(self.measures) - set(MEASURES)
        if unknown:
            raise ValueError(f"{self.id}: measures {sorted(unknown)} are none of {MEASURES}")

    def basis(self, vintage: str) -> str:
        """Name of the basis that a vintage lies on: the first of its group, or itself."""
        return next((group[0] for group in self.bases if vintage in group), vintage)

    @property
    def all_measures(self) -> tuple[str, ...]:
        """Measures that are defined for this indicator, in the order of the pages."""
        allowed = {"level", *self.measures}
        if self.unit not in ("位", "%", "指数") and self.period_kind in ("year", "end"):
            allowed |= {"growth", "cagr", "index"}
        if self.aggregation == "sum":
            allowed |= {"per_capita", "density"} | (set() if self.flow else {"share"})
        if self.limits:
            allowed |= {"over_limit"}
        return tuple(m for m in MEASURES if m in allowed)


# --- periods ---------------------------------------------------------------------------

_PERIOD = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:/(\d{4})(?:-(\d\d))?(?:-(\d\d))?)?")


def period_end(period: str) -> tuple[int, int]:
    """Year and month in which a period ends.

    Parameters
    ----------
    period : str
        ISO 8601: ``2023``, ``2023-11``, ``2014/2022``, ``2023-01/2023-11``.

    Returns
    -------
    (int, int)
        Year and month; a period that ends with a whole year ends in its month 12.

    Raises
    ------
    ValueError
        If the text is not such a period, or it ends before it starts.
    """
    start, end = period_bounds(period)
    _, _, first, _, _, last = _PERIOD.fullmatch(period).groups()
    if (*end, int(last or 31)) < (*start, int(first or 1) if "/" in period else 1):
        raise ValueError(f"the period {period!r} ends before it starts")
    return end


def period_bounds(period: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last (year, month) of an ISO 8601 period."""
    m = _PERIOD.fullmatch(period or "")
    if not m:
        raise ValueError(f"{period!r} is no period; accepted are 2023, 2023-11, 2014/2022 and 2023-01/2023-11")
    y1, m1, d1, y2, m2, d2 = m.groups()
    start = (int(y1), int(m1 or 1))
    end = (int(y2), int(m2 or 12)) if y2 else (int(y1), int(m1 or 12))
    if not (1 <= start[1] <= 12 and 1 <= end[1] <= 12):
        raise ValueError(f"{period!r} names a month that does not exist")
    for year, month, day in ((y1, m1, d1), (y2, m2, d2)):
        if day and not 1 <= int(day) <= monthrange(int(year), int(month))[1]:
            raise ValueError(f"{period!r} names a day that does not exist")
    return start, end


def period_position(period: str) -> float:
    """Place of a period on a time axis in years: the end of 2023 (and all of 2023) is 2023.0."""
    year, month = period_end(period)
    return year - 1 + month / 12


# --- printed numbers -------------------------------------------------------------------

_MAGNITUDE = {"": 1, "十": 10, "百": 100, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6,
              "千万": 10**7, "亿": 10**8, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}
_NUMERAL = {"首": "1", "半": "0.5", "一": "1", "两": "2", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6",
            "七": "7", "八": "8", "九": "9", "十": "10"}
#: Words that put a number below, above or about the printed one; those before it stand right before it.
_QUALIFIERS = {
    "nearly": re.compile(r"(?:将近|接近|不足|不到|(?<!不)低于|(?<!不)少于|不超过|不高于|不多于|(?<![附最邻])近)了?$|"
                         r"^.*(?:以下|以内|(?<![国境省市区县校])内$)"),
    "over": re.compile(r"(?:(?<!不)超过|突破|(?<!不)高于|不少于|不低于|(?<!不)多于|至少|(?<!不)超|逾|(?<![经通不超])过)了?$|"
                       r"^(?:.*以上|[余多几]|个多(?=小时|月|星期)|.*[余多]$)"),
    "about": re.compile(r"(?:(?<![签合节制])约|大概)$|^.*左右"),
}
_QUALIFYING = set("将近接不足到低于少以下内超过突破高多至逾上余几大约概左右了")
#: What goes on after a number so that it would be read in part only: a further numeral, a fraction, a half.
_GOES_ON = re.compile(r"[eE]\d|[/／]\d|分之|[个年天]?半|小时\d|[余多几]?(?!千[米瓦克])[\d零〇一二两三四五六七八九十百千万亿]")
_NUMBER = (r"(?:(?P<num{0}>\d[\d,]*(?:\.\d+)?|[首半一两二三四五六七八九十])(?P<more{0}>[余多几])?)?"
           r"(?P<mag{0}>万亿|千亿|百亿|千万|百万|十万|万|亿|千(?![米瓦克])|百)?")
_START = r"(?P<before>[^\d首半一两二三四五六七八九十百千万亿]*)(?=[\d首半一两二三四五六七八九十百千万亿])" + _NUMBER.format(1)
_RANGE = re.compile(_START + r"(?P<unit0>[^\d至—\-~～到]{0,4})(?:至|—|－|-|~|～|到)" + _NUMBER.format(2) + r"(?P<after>.*)")
_SINGLE = re.compile(_START + r"(?P<unit0>)(?P<after>.*)")
_CONVERT = {("小时", "分钟"): 60, ("分钟", "小时"): Decimal(1) / 60, ("个小时", "分钟"): 60, ("千米", "公里"): 1, ("年", "月"): 12, ("成", "%"): 10}


def _step(digits: str, significant: bool) -> Decimal:
    """Unit of the last printed digit, or of the last one that is not a trailing zero."""
    d = Decimal(digits)
    exponent = d.as_tuple().exponent
    if significant and d != 0:
        exponent = d.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent)


def unit_scale(unit: str) -> tuple[Decimal, str]:
    """Split a unit into its power of ten and its base: 亿元 -> (10**8, 元).

    Returns
    -------
    (Decimal, str)
        The factor by which a value in `unit` is multiplied to be in the base unit.
    """
    for prefix in ("万亿", "百万", "千万", "亿", "万"):
        if unit.startswith(prefix) and len(unit) > len(prefix):
            return Decimal(_MAGNITUDE[prefix]), unit[len(prefix):]
    return Decimal(1), unit


@dataclass(frozen=True)
class Printed:
    """A printed number read: its value, what the printing allows, and its qualifier."""

    value: float
    lower: float
    upper: float
    qualifier: str


def read_printed(value_text: str, unit: str) -> Printed:
    """Value and interval of a figure as it is printed.

    A figure stands for all numbers that would have been printed so: 37 for [36.5, 37.5),
    10.4万亿 for [10.35, 10.45)万亿. 近 and its like put the number below, 超 and its like
    above the printed one, by one unit of the last significant digit; 约 half of that to
    both sides; a range stands for itself.

    Parameters
    ----------
    value_text : str
        As printed, with its unit: ``近3000家``, ``10.4万亿元``, ``1至1.5小时``.
    unit : str
        The unit to express the result in; powers of ten and hours/minutes are converted.

    Returns
    -------
    Printed
        Numbers in `unit`; of a range `value` is the upper end.

    Raises
    ------
    ValueError
        If there is no number in `value_text`.
    """
    text = re.sub(r"\s+", "", value_text)
    m = _RANGE.fullmatch(text)
    m = m if m and (m["num2"] or m["mag2"]) else _SINGLE.fullmatch(text)
    if not m:
        raise ValueError(f"no number in {value_text!r}")
    scale, base = unit_scale(unit)
    end = m.groupdict().get("num2") or m.groupdict().get("mag2")
    tail = (m["more1"] or "") + m["unit0"] + m["after"]
    if _GOES_ON.match(m["after"] if end else tail) or m["before"].endswith(("几", "数")):
        raise ValueError(f"{value_text!r} holds a number that cannot be read as one")
    factor = Decimal(1)
    for (printed_unit, wanted), k in _CONVERT.items():
        if wanted == base and printed_unit in tail:
            factor = Decimal(k)
    if not (m["mag1"] or end or set(tail) - _QUALIFYING):  # a number alone, as tables print it, is in the table's unit
        scale = Decimal(1)

    def in_unit(digits, magnitude):
        digits = _NUMERAL.get(digits or "一", (digits or "").replace(",", ""))
        return digits, Decimal(_MAGNITUDE[magnitude or ""]) * factor / scale
    digits, k = in_unit(m["num1"], m["mag1"])
    value = Decimal(digits) * k
    if end:
        digits2, k2 = in_unit(m["num2"], m["mag2"])
        upper = Decimal(digits2) * k2
        if not m["mag1"] and m["mag2"] and Decimal(digits) * k2 <= upper:
            value = Decimal(digits) * k2
        if value > upper:
            raise ValueError(f"the range {value_text!r} runs backwards")
        return Printed(float(upper), float(value), float(upper), "range")
    has = lambda word: bool(_QUALIFIERS[word].search(m["before"]) or _QUALIFIERS[word].match(tail))
    step = _step(digits, True) * k
    if has("nearly"):
        lower, upper, qualifier = value - step, value, "nearly"
    elif has("over"):
        lower, upper, qualifier = value, value + step, "over"
    else:
        qualifier = "about" if has("about") else "exact"
        half = _step(digits, qualifier == "about") * k / 2
        lower, upper = value - half, value + half
    if m["before"].endswith(("-", "−", "－")):
        value, lower, upper = -value, -upper, -lower
    return Printed(float(value), float(lower), float(upper), qualifier)
