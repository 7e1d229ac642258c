"""Colours, type and the parts that every chart has: title, unit, source and date."""

from __future__ import annotations

ACCENT = "#0b5c73"

#: Colours of the three, and of the region, kept through the whole program.
AREA_COLOURS = {"110000": "#b5482f", "120000": "#2b6c99", "130000": "#5f7f2e", "jjj": "#5b4a78", "jin_ji": "#2f8f83"}

#: Categorical colours that stay apart for colour-blind readers and in grey print.
CATEGORICAL = ("#0b5c73", "#c4622d", "#6a8a22", "#7a4f9a", "#b08a1e", "#3f78b5", "#a83f5f", "#4f5d66")

#: One hue, lightness falling evenly: readable in print and without colour vision.
SEQUENTIAL = ("#dcebe9", "#b0d3d1", "#7fb6b9", "#4f959f", "#287183", "#0d4a5f", "#062d3d")

#: From ochre to teal through near-white, for values on both sides of a middle.
DIVERGING = ("#8a4b0f", "#c98a3f", "#ecd3a4", "#f3efe6", "#b5dad6", "#4f959f", "#0d4a5f")

NO_DATA = "#f3f1ec"
HATCH = "/"


def sequential(n: int) -> list[str]:
    """`n` colours of the sequential scale, light to dark."""
    if n == 1:
        return [SEQUENTIAL[4]]
    last = len(SEQUENTIAL) - 1
    return [SEQUENTIAL[round(i * last / (n - 1))] for i in range(n)]


def diverging(n: int) -> list[str]:
    """`n` colours of the diverging scale."""
    if n == 1:
        return [DIVERGING[3]]
    last = len(DIVERGING) - 1
    return [DIVERGING[round(i * last / (n - 1))] for i in range(n)]


def colour(code: str, position: int) -> str:
    """Colour of an area in a chart of several: its own where it has one."""
    return AREA_COLOURS.get(code) or CATEGORICAL[position % len(CATEGORICAL)]


def furnish(figure, title: str, subtitle: str, source: str, **meta):
    """Put title, unit and source into the picture and set what all charts share.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Changed in place.
    title, subtitle, source : str
        Plain text; what draws the figure wraps it to the width.
    **meta
        What the drawing needs beyond Plotly: ``aspect``, ``rows``, ``axisSpace``.

    Returns
    -------
    plotly.graph_objects.Figure
        The same figure.
    """
    figure.update_layout(
        title={"text": title, "subtitle": {"text": subtitle}, "font": {"size": 20}},
        meta={"source": source, **meta}, showlegend=False, hovermode="closest", template="none",
        margin={"l": 8, "r": 8, "t": 60, "b": 40}, dragmode=False, separators=".,",
    )
    return figure


def wrapped(text: str, wide: int) -> str:
    """A text in lines of so many Chinese characters, or twice as many letters.

    >>> wrapped("Zhongguancun science park", 6)
    'Zhongguancun<br>science park'
    """
    if any(ord(c) > 0x2E80 for c in text):
        return "<br>".join(text[i:i + wide] for i in range(0, len(text), wide))
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= 2 * wide:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
