"""One figure read out of a report: what is printed, where, and what it is about."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

QUALIFIERS = ("exact", "about", "nearly", "over", "under")

KINDS = ("level", "growth_pct", "yoy_pct", "multiple", "times_increase", "avg_annual_growth_pct", "share_pct", "rank",
         "change_abs", "contribution_pct")


@dataclass
class Figure:
    """A figure of a report.

    Attributes
    ----------
    start, end : int
        Offsets of number and unit in the extracted text (Python str).
    value_text : str
        As printed.
    value : float
        In the base unit: 10.4万亿元 is 1.04e13.
    unit : str
        Base unit as printed: 元, 家, 公里, %, 微克/立方米 ...
    lower, upper : float
        What the printing allows, in the base unit.
    qualifier : str
        One of :data:`QUALIFIERS`.
    kind : str
        One of :data:`KINDS`.
    indicator : str or None
        Id in the catalogue, where it is known.
    indicator_text : str
        As the text names it.
    areas : list of str
        Names of places; for a flow `from_areas` and `to_areas` instead.
    period : str or None
        ISO 8601, ranges with ``/``.
    period_kind : str or None
        year, end, cumulative, ytd.
    base_period : str or None
        What a growth is measured on.
    share_of : str or None
        What a share is a share of.
    claim : str or None
        Id that ties the figures of one comparison.
    confidence : float
        0 to 1.
    why : list of str
        Rules that fired.
    """

    start: int
    end: int
    value_text: str
    value: float
    unit: str
    lower: float
    upper: float
    qualifier: str = "exact"
    kind: str = "level"
    indicator: str | None = None
    indicator_text: str = ""
    areas: list[str] = field(default_factory=list)
    from_areas: list[str] = field(default_factory=list)
    to_areas: list[str] = field(default_factory=list)
    period: str | None = None
    period_kind: str | None = None
    base_period: str | None = None
    share_of: str | None = None
    claim: str | None = None
    confidence: float = 0.5
    why: list[str] = field(default_factory=list)

    def as_dict(self) -> dict:
        """Plain dictionary, as the command line prints it."""
        return asdict(self)
