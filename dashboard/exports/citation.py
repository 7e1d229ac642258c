"""How a view and its sources are cited: GB/T 7714—2015, APA (7th edition) and BibTeX.

What is not known of a source is left out; a type that cannot be told from its kind,
title and publisher is ``Z`` (other). No date of access is given for sources, for the
ledger keeps none; the view itself is as of the day of the export.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import orjson

from dashboard.exports import STANDARD, Options
from dashboard.exports.about import About, about
from dashboard.i18n import LANGUAGES, t
from dashboard.views import View
from indicators.ledger import sources

#: How a journal's name, year, volume, issue, page and publisher are written in the ledger.
_ISSUE = re.compile(r"(?P<journal>.+?) (?:(?P<year>\d{4})(?:, )?)?(?P<volume>\d+)?\((?P<number>\d+)\)(?:: (?P<pages>\d+))?(?:, (?P<publisher>.+))?")

#: Entry type of BibTeX and its field for the publisher, by document type of GB/T 7714.
_BIBTEX = {"J": ("article", "journal"), "N": ("article", "journal"), "R": ("techreport", "institution"), "M": ("book", "publisher")}

_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", **{c: f"\\{c}" for c in "{}$&%#_"}}


@dataclass(frozen=True)
class Work:
    """What is known of a cited work; empty where nothing is.

    Attributes
    ----------
    mark : str
        Document type and carrier of GB/T 7714, ``EB/OL``.
    where : str
        Address, or place in a repository.
    """

    id: str
    mark: str
    author: str
    title: str
    publisher: str
    date: str
    where: str
    journal: str = ""
    year: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    accessed: str = ""


def works(view: View, said: About) -> list[Work]:
    """The view, then its sources, those that printed most figures first."""
    known = sources()
    return [_work_of_view(view, said), *(source_work(known.loc[s.id]) if s.id in known.index else Work(s.id, "Z", "", s.citation, "", "", "") for s in said.sources)]


def _work_of_view(view: View, said: About) -> Work:
    title = t(view.lang, "export.cite.in_year", title=said.title, year=said.year) if said.year else said.title
    link = said.link if said.link.startswith("http") else ""  # a link without its host leads nowhere
    return Work(re.sub(r"\W+", "_", f"jjj_{view.id}_{said.year}", flags=re.ASCII).strip("_"), "DB/OL", t(view.lang, "app.title"),
                _line(title), "", said.date[:4], link, accessed=said.date)


def source_work(row) -> Work:
    """A row of ``sources.csv`` as a cited work.

    Parameters
    ----------
    row : pandas.Series
        See :func:`indicators.ledger.sources`.
    """
    publisher, original, where = (_known(row[c]) for c in ("publisher", "original_publisher", "repository_or_file"))
    author = (original or publisher).replace(t("zh", "chart.join"), ", ")
    issue = _ISSUE.fullmatch(publisher)
    kind = _document_type(row["kind"], row["title"], publisher, bool(issue))
    if kind == "Z" and where:
        kind = "EB" if where.startswith("http") else "DB"
    facts = issue.groupdict("") if issue else {"publisher": publisher}
    if author == publisher and issue:
        author = ""  # the journal, which stands in its own place
    if kind == "N":
        author = "" if original in ("", publisher) else author
    elif facts["publisher"] in (author, original):
        facts["publisher"] = ""
    return Work(row["source"], f"{kind}/OL" if where or kind == "EB" else kind, author, _line(row["title"]), date=_line(row["date"]), where=where, **facts)


def _known(text: str) -> str:
    return "" if "not named" in text else _line(text)


def _line(text: str) -> str:
    return " ".join(text.split())


def _document_type(kind: str, title: str, publisher: str, issue: bool) -> str:
    """Letter of GB/T 7714 for what the source is, as far as its name tells."""
    def says(key: str, text: str) -> bool:
        return any(re.search(t(lang, f"export.cite.{key}"), text, re.IGNORECASE) for lang in LANGUAGES)

    if issue or says("journal", publisher):
        return "J"
    if kind == "yearbook":
        return "M"
    if says("newspaper", publisher):
        return "N"
    if kind != "secondary" and says("report", title):
        return "R"
    return "EB" if says("website", publisher) else "Z"


# --- styles ----------------------------------------------------------------------------


def gbt7714(work: Work) -> str:
    """A reference after GB/T 7714—2015, section 4: author. title[type]. publisher, year(date)[accessed]. address.

    >>> gbt7714(Work("x", "R", "A", "B", "C", "2020-05-01", ""))
    'A. B[R]. C, 2020-05-01.'
    """
    year = work.year or work.date[:4]
    if work.journal:
        issue = f"{work.volume}({work.number})" if work.volume else f"({work.number})"
        place = ", ".join(filter(None, (work.journal, year + ("" if work.volume else issue), issue if work.volume else "")))
        place += f": {work.pages}" if work.pages else ""
    elif work.accessed:
        place = f"[{work.accessed}]"
    elif work.mark.endswith("/OL") and "-" in work.date:
        place = f"{', '.join(filter(None, (work.publisher, year)))}({work.date})" if work.publisher else f"({work.date})"
    else:
        place = ", ".join(filter(None, (work.publisher, work.date.replace("/", "–"))))
    parts = (work.author, f"{work.title}[{work.mark}]", place, work.where)
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def apa(work: Work) -> str:
    """A reference after the 7th edition of the APA's manual: author. (date). title. publisher. address.

    >>> apa(Work("x", "R", "A", "B", "C", "2020-05-01", ""))
    'A. (2020, May 1). B. C.'
    """
    date = f"({_apa_date(work.year or work.date)})"
    title = work.title + (" [Data set]" if work.mark.startswith("DB") else "")
    place = work.publisher
    if work.journal:
        issue = f"{work.volume}({work.number})" if work.volume else f"({work.number})"
        place = ", ".join(filter(None, (work.journal, issue, work.pages)))
    head = (work.author, date, title) if work.author else (title, date)
    text = ". ".join(part.rstrip(".") for part in (*head, place) if part) + "."
    if work.accessed and work.where:
        return f"{text} Retrieved {_apa_day(work.accessed)}, from {work.where}"
    return f"{text} {work.where}".strip()


def _apa_date(date: str) -> str:
    year, *rest = date.split("-")
    if not date or "/" in date:
        return date.replace("/", "–") or "n.d."
    return f"{year}, {calendar.month_name[int(rest[0])]}{f' {int(rest[1])}' if len(rest) > 1 else ''}" if rest else year


def _apa_day(date: str) -> str:
    year, month, day = date.split("-")
    return f"{calendar.month_name[int(month)]} {int(day)}, {year}"


def bibtex(works: list[Work]) -> str:
    """Entries of BibTeX in UTF-8: keys are ASCII and unique, what TeX reads as commands is escaped."""
    entries, taken = [], set()
    for work in works:
        kind, place = _BIBTEX.get(work.mark[0] if work.mark[:2] not in ("EB", "DB") else "", ("misc", "howpublished"))
        address = "url" if work.where.startswith("http") else "note"
        fields = {"author": f"{{{tex(work.author)}}}" if work.author else "", "title": f"{{{tex(work.title)}}}",
                  place: tex(work.journal or work.publisher), "volume": work.volume, "number": work.number, "pages": work.pages,
                  "year": tex(work.year or work.date[:4]), "date": tex(work.date) if len(work.date) > 4 else "",
                  address: _url(work.where) if address == "url" else tex(work.where), "urldate": work.accessed}
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        entries.append(f"@{kind}{{{_key(work.id, taken)},\n{body}\n}}\n")
    return "\n".join(entries)


def tex(text: str) -> str:
    """A text in which TeX finds no command; Chinese stays as it is."""
    return "".join(_TEX.get(c, c) for c in text)


def _url(address: str) -> str:
    """An address as it may stand in braces; packages print it verbatim."""
    return re.sub(r"[\\{}\s]", lambda m: f"%{ord(m[0]):02X}", address)


def _key(source: str, taken: set[str]) -> str:
    stem = re.sub(r"[^A-Za-z0-9_:-]", "", source) or "source"
    key, n = stem, 1
    while key.lower() in taken:  # BibTeX does not tell cases apart
        n += 1
        key = f"{stem}_{n}"
    taken.add(key.lower())
    return key


# --- files -----------------------------------------------------------------------------


def citations(view: View, options: Options = STANDARD) -> dict[str, str]:
    """How the view is cited and shown elsewhere.

    Returns
    -------
    dict
        ``gbt7714`` and ``apa`` (a line for the view and one for each source), ``bibtex``,
        ``link``, and ``embed``: an iframe with the chart, empty where there is none.
    """
    said = about(view, options.origin)
    cited = works(view, said)
    return {"gbt7714": "\n".join(gbt7714(w) for w in cited), "apa": "\n".join(apa(w) for w in cited), "bibtex": bibtex(cited),
            "link": said.link, "embed": embed(view, said.title, options.origin) if view.figures else ""}


def embed(view: View, title: str, origin: str) -> str:
    """Markup that shows the chart of a view in another page."""
    query = urlencode([*view.query, ("lang", view.lang)], safe=",")
    source = f"{origin.rstrip('/')}/embed/{view.kind}?{query}"
    return f'<iframe src="{escape(source)}" title="{escape(title)}" width="100%" height="520" loading="lazy" style="border:0"></iframe>'


def cite(view: View, options: Options = STANDARD) -> bytes:
    """:func:`citations` as JSON."""
    return orjson.dumps(citations(view, options))


def bib(view: View, options: Options = STANDARD) -> bytes:
    """The view and its sources as a BibTeX file in UTF-8."""
    return bibtex(works(view, about(view, options.origin))).encode()
