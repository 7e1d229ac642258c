"""The page of sources: all of them by kind, and one with all figures taken from it."""

from __future__ import annotations

from html import escape

from dashboard import claims, panels, views
from dashboard import format as fmt
from dashboard.i18n import t
from dashboard.state import link
from indicators.ledger import PRODUCER_RANK, observations, sources
from indicators.reports.claims import shipped
from indicators.reports.reviewed import cached

KINDS = ("report", "official", "official_reprint", "yearbook", "secondary")
_HEADING = {"report": "reports"}


@cached(maxsize=1)
def sources_in_order() -> list[str]:
    """Ids of all sources, reports first, then by the rank of their producer."""
    table = sources()
    rank = {k: i for i, k in enumerate(KINDS)}
    return sorted(table.index, key=lambda s: (rank.get(table.loc[s, "kind"], len(PRODUCER_RANK)), table.loc[s, "publisher"], s))


def label(source: str, lang: str) -> str:
    """A source in the list of choices."""
    return views.source_name(source, lang) if source else t(lang, "control.choose")


@cached(maxsize=64)
def one(source: str, at: str | None, lang: str) -> str:
    """A source: citation, the passage asked for, and every figure taken from it."""
    row = sources().loc[source]
    rows = observations()
    rows = rows[rows["source"] == source]
    facts = [(t(lang, "sources.citation"), views.citation(source, lang)), (t(lang, "sources.publisher"), row["publisher"]),
             (t(lang, "sources.date"), row["date"] or "–")]
    if row["reliability"] in ("high", "medium", "low"):
        facts.append((t(lang, "sources.reliability"), t(lang, f"sources.{row['reliability']}")))
    if row["repository_or_file"]:
        facts.append((t(lang, "column.locator"), row["repository_or_file"]))
    if row["note"]:
        facts.append((t(lang, "column.note"), row["note"]))
    out = [f'<h2 class="ready">{escape(row["title"])}</h2><dl class="facts">'
           + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts) + "</dl>"]
    if at:
        asked = rows[rows["locator"] == at]
        if len(asked):
            first = asked.iloc[0]
            out.append(f'<h3>{escape(t(lang, "sources.passage"))}: {escape(views.indicator_name(first["indicator"], lang))} '
                       f'{escape(views.place(first["area"], first["counterpart_area"], lang))} {escape(fmt.period(first["period"], first["period_kind"], lang))}</h3>'
                       + panels.passages(first, lang))
    cells = []
    for r in rows.itertuples():
        cells.append([
            f'<a href="{link("indicator", lang, indicator=r.indicator)}">{escape(views.indicator_name(r.indicator, lang))}</a>',
            escape(views.place(r.area, r.counterpart_area, lang)), escape(fmt.period(r.period, r.period_kind, lang)),
            f"<b>{escape(fmt.quantity(r.value, r.unit, lang))}</b>", escape(r.value_text), panels.status_mark(r, lang),
            f'<a href="{escape(link("sources", lang, source=source, at=r.locator))}">{escape(views.place_in(r.locator, lang)) or "–"}</a>'])
    if (shipped()["source"] == source).any():
        out.append(f'<h3>{escape(t(lang, "page.claims"))}</h3>' + claims.table(None, source, lang))
    columns = [t(lang, f"column.{c}") for c in ("indicator", "area", "period", "value", "value_text", "obs_status", "locator")]
    out.append(f"<h3>{escape(t(lang, 'sources.figures'))} ({len(cells)})</h3>" + panels.table(columns, cells, "", numeric=(3,)))
    return "".join(out)


@cached(maxsize=2)
def all_sources(lang: str) -> str:
    """All sources by kind, with how many figures each gave."""
    table, counts = sources(), observations()["source"].value_counts()
    out = []
    for kind in KINDS:
        of_kind = [s for s in sources_in_order() if table.loc[s, "kind"] == kind]
        if not of_kind:
            continue
        cells = [[
            f'<a href="{link("sources", lang, source=s)}">{escape(table.loc[s, "title"])}</a>', escape(table.loc[s, "publisher"]),
            escape(table.loc[s, "date"] or "–"), fmt.number(int(counts.get(s, 0)), lang, 0)] for s in of_kind]
        columns = [t(lang, "column.source"), t(lang, "sources.publisher"), t(lang, "sources.date"), "n"]
        out.append(f'<h2 class="ready">{escape(t(lang, f"sources.{_HEADING.get(kind, kind)}"))}</h2>' + panels.table(columns, cells, "", numeric=(3,)))
    return "".join(out)
