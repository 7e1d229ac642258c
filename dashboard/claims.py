"""What reports claim, with the verdict and the arithmetic."""

from __future__ import annotations

from html import escape

from dashboard import panels, views
from dashboard.i18n import t
from dashboard.state import link
from indicators.reports.claims import sentence, shipped

VERDICTS = ("does_not_follow", "follows", "cannot_be_checked")


def line(claim: dict, lang: str) -> str:
    """One claim: verdict, what is stated, how it was computed again."""
    verdict = t(lang, f"claims.{claim['verdict']}")
    stated = claim.get("value_text") or t(lang, f"claims.kind_{claim['kind']}")
    shown = f"<br><code>{escape(claim['arithmetic'])}</code>" if claim["arithmetic"] else ""
    return (f'<div class="claim {claim["verdict"]}"><b>{escape(verdict)}</b> {escape(stated)}{shown}'
            f"<br><small>{escape(sentence(claim, lang))}</small></div>")


def table(verdict: str | None, source: str | None, lang: str) -> str:
    """The shipped reports' claims as an HTML table.

    Parameters
    ----------
    verdict, source : str, optional
        Only those; all when omitted.
    """
    rows = shipped()
    if verdict:
        rows = rows[rows["verdict"] == verdict]
    if source:
        rows = rows[rows["source"] == source]
    if rows.empty:
        return f'<p class="empty ready">{escape(t(lang, "claims.none"))}</p>'
    order = {v: i for i, v in enumerate(VERDICTS)}
    cells = []
    for claim in sorted(rows.to_dict("records"), key=lambda c: order[c["verdict"]]):
        verdict_name = t(lang, f"claims.{claim['verdict']}")
        where = link("claims", lang, verdict=verdict, source=source, at=claim["locator"], of=claim["source"])
        cells.append([
            f'<span class="verdict {claim["verdict"]}">{escape(verdict_name)}</span>',
            f'<b>{escape(claim["value_text"])}</b>', escape(t(lang, f"claims.kind_{claim['kind']}")),
            escape(views.indicator_name(claim["indicator"], lang)) if claim["indicator"] else "–",
            f'<code>{escape(claim["arithmetic"])}</code>' if claim["arithmetic"] else "–", escape(sentence(claim, lang)),
            f'<a href="{escape(where)}">{escape(views.source_name(claim["source"], lang))}</a>'])
    columns = [t(lang, f"claims.{c}") for c in ("verdict", "stated", "kind")] + [t(lang, "column.indicator")] + \
              [t(lang, f"claims.{c}") for c in ("arithmetic", "reason")] + [t(lang, "column.source")]
    return f'<p class="when ready">{escape(t(lang, "data.rows", n=len(cells)))}</p>' + panels.table(columns, cells, t(lang, "page.claims"))


def passage(source: str, locator: str, lang: str) -> str:
    """The passage of a claim, and its arithmetic."""
    rows = shipped()
    rows = rows[(rows["source"] == source) & (rows["locator"] == locator)]
    if rows.empty:
        return ""
    return panels.passages(rows.iloc[0], lang) + line(rows.iloc[0].to_dict(), lang)
