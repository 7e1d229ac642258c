"""What every export says of its figures: title, unit, sources, notes, date, link."""

from __future__ import annotations

import datetime
import functools
import re
from dataclasses import dataclass

from dashboard import format as fmt
from dashboard import views
from dashboard.i18n import t
from dashboard.kinds import permanent_link
from dashboard.views import View
from geodata import web_geometry
from indicators.ledger import sources
from indicators.names import indicator_text, name


@dataclass(frozen=True)
class Source:
    """A source of a view: its id, its citation, how many of the view's figures it printed, how reliable it is."""

    id: str
    citation: str
    figures: int


@dataclass(frozen=True)
class About:
    """See the module.

    Attributes
    ----------
    title, unit, year : str
        Of a view with several indicators the titles and units are joined; `year` is empty
        where the view is not of one year.
    source_line : str
        Short: publishers and how new the newest is.
    credit : str
        Of boundaries, where the view draws any; else empty.
    sources : tuple of Source
        Most used first.
    notes : tuple of str
        Sentences on the figures: statuses, bases, breaks, rounding, disagreements.
    definitions : tuple of (str, str, str)
        Indicator, its definition, its method (empty where none is written).
    link : str
        Permanent link.
    date : str
        ISO date of the export.
    """

    title: str
    unit: str
    year: str
    source_line: str
    credit: str
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    definitions: tuple[tuple[str, str, str], ...]
    link: str
    date: str


def about(view: View, origin: str = "", drawn: bool = False) -> About:
    """What an export of `view` says of its figures.

    Parameters
    ----------
    view : dashboard.views.View
        From :func:`dashboard.kinds.open_view`.
    origin : str
        Address of the deployment.
    drawn : bool
        Speak only of the figures that a picture of the view shows, those of its year.
    """
    lang, frame = view.lang, view.frame
    if drawn and view.shown and "year" in frame:
        frame = frame[frame["year"].astype(str) == view.shown]
    units = list(dict.fromkeys(fmt.unit_label(u, lang) for u in frame["unit"]))
    used = frame["source"].str.split("|").explode()
    counts = used[used != ""].value_counts()
    known = sources().index
    words = [(i, indicator_text(i, lang)) for i in dict.fromkeys(frame["indicator"])]
    return About(
        title=plain(view.figures[0].figure.layout.title.text) if len(view.figures) == 1 or view.shown else view.title,
        unit=t(lang, "chart.join").join(units), year=view.shown, source_line=view.source or views.source_line(frame, lang),
        credit=next((_credit(part.layers[0])[lang] for part in view.figures if part.layers), ""),
        sources=(*(Source(s, views.citation(s, lang), int(n)) for s, n in counts.items() if s in known),
                 *(Source(s, citation, int(counts.get(s, 0))) for s, citation in view.cited if s not in known)),
        notes=_notes(frame, lang), definitions=tuple((w["name"], w.get("definition", ""), w.get("method", "")) for _, w in words),
        link=permanent_link(view, origin), date=datetime.date.today().isoformat())


def plain(text: str) -> str:
    """A text of a figure without its markup."""
    return re.sub(r"<[^>]+>", " ", text or "").strip()


def _notes(frame, lang: str) -> tuple[str, ...]:
    notes = []
    letters = [s for s in dict.fromkeys(frame["obs_status"]) if s != "A"]
    if letters:
        notes.append(t(lang, "export.statuses", statuses=t(lang, "export.semicolon").join(f"{s} {name('obs_status', s, lang)}" for s in letters)))
    bases = [v for v in dict.fromkeys("|".join(frame["vintage"]).split("|")) if v not in ("", "report", "published")]
    if bases:
        notes.append(t(lang, "export.bases", bases=t(lang, "chart.join").join(name("vintage", v, lang) for v in bases)))
    if frame["computed"].any():
        notes.append(t(lang, "export.computed"))
    if any(views.rounded(row) for row in frame.itertuples()):
        notes.append(t(lang, "export.rounded"))
    if frame["conflict"].any():
        notes.append(t(lang, "export.conflict"))
    return tuple(notes)


@functools.lru_cache(maxsize=4)
def _credit(layer: str) -> dict[str, str]:
    """The credit of a layer as it is drawn; its file is read once for it."""
    return web_geometry(layer)["credit"]
