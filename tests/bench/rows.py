"""What the benchmark prints: rows of figures with their baseline and bar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `bar` is what `kind` says: the largest ratio to the baseline (``ratio``), the largest or
    smallest figure (``most``, ``least``), or none (``""``: for information).
    """

    what: str
    unit: str
    ours: float
    baseline: float | None = None
    kind: str = ""
    bar: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the baseline's."""
        return self.ours / self.baseline if self.baseline else None

    @property
    def ok(self) -> bool | None:
        """Whether the bar is kept; None where there is none."""
        if self.kind == "ratio":
            return self.ratio is not None and self.ratio <= self.bar
        return {"most": self.ours <= (self.bar or 0), "least": self.ours >= (self.bar or 0)}.get(self.kind)


def table(rows: list[Row]) -> str:
    """The rows as text: what, baseline, ours, ratio, bar, whether it is kept."""
    cells = [("what", "", "baseline", "ours", "ratio", "bar", "")]
    for row in rows:
        bar = {"ratio": f"≤ {row.bar}x", "most": f"≤ {row.bar}", "least": f"≥ {row.bar}"}.get(row.kind, "")
        cells.append((row.what, row.unit, _number(row.baseline), _number(row.ours), "" if row.ratio is None else f"{row.ratio:.2f}x",
                      bar, {None: "", True: "ok", False: "OVER"}[row.ok]))
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    return "\n".join("  ".join(c.ljust(w) if i in (0, 1, 6) else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths))).rstrip()
                     for line in cells)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"
