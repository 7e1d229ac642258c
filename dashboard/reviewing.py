"""What the review page shows of a proposal: its place in the text, its row, what is known already."""

from __future__ import annotations

from html import escape

from dashboard import format as fmt
from dashboard import panels, views
from dashboard.i18n import t
from dashboard.state import link
from geodata import areas
from indicators.names import name
from indicators.reports.propose import known
from indicators.sentences import in_language

#: Characters of the text around the figure in hand.
AROUND = 900

#: From this confidence on, a complete figure that agrees with what is known may be accepted in a batch.
CERTAIN = 0.85


def text_around(text: str, proposals: list[dict], current: dict) -> str:
    """The text around a figure, all figures in it marked by their state.

    Parameters
    ----------
    text : str
        The whole report.
    proposals : list of dict
        All proposals of the report.
    current : dict
        The one in hand.

    Returns
    -------
    str
        HTML; text and figures are escaped.
    """
    left = max(0, current["start"] - AROUND)
    right = min(len(text), current["end"] + AROUND)
    out, at = [], left
    for p in proposals:
        if p["start"] < at or p["end"] > right:
            continue
        kind = "now" if p["id"] == current["id"] else p["state"]
        out.append(escape(text[at:p["start"]]) + f'<mark class="{kind}">{escape(text[p["start"]:p["end"]])}</mark>')
        at = p["end"]
    out.append(escape(text[at:right]))
    return '<div class="reading" lang="zh-CN" tabindex="0" role="region">' + "".join(out).replace("\n", "<br>") + "</div>"


def row_table(proposal: dict, lang: str) -> str:
    """The proposed row, in words."""
    row = proposal["row"]
    figure = proposal["figure"]
    facts = [(t(lang, "column.value_text"), escape(figure["value_text"]))]
    if row:
        facts += [
            (t(lang, "column.indicator"), f'<a href="{link("indicator", lang, indicator=row["indicator"])}">{escape(views.indicator_name(row["indicator"], lang))}</a>'),
            (t(lang, "column.area"), escape(views.place(row["area"], row["counterpart_area"], lang))),
            (t(lang, "column.period"), escape(fmt.period(row["period"], row["period_kind"], lang))),
            (t(lang, "column.value"), f'<b>{escape(fmt.quantity(row["value"], row["unit"], lang))}</b>'),
            (t(lang, "column.bounds"), f'{fmt.number(row["lower"], lang)} – {fmt.number(row["upper"], lang)}'),
            (t(lang, "column.obs_status"), escape(f'{row["obs_status"]} {name("obs_status", row["obs_status"], lang)}')),
        ]
    else:
        facts += [
            (t(lang, "column.indicator"), escape(figure["indicator_text"] or "–")),
            (t(lang, "column.area"), escape(" ".join(figure["areas"] or [*figure["from_areas"], "→", *figure["to_areas"]]) or "–")),
            (t(lang, "column.period"), escape(figure["period"] or "–")),
            (t(lang, "review.kind"), escape(t(lang, f"figure_kind.{figure['kind']}"))),
            (t(lang, "review.missing"), "<br>".join(escape(in_language(m, lang)) for m in proposal["missing"])),
        ]
    facts.append((t(lang, "review.confidence"), f'{100 * figure["confidence"]:.0f}%'))
    return '<dl class="facts">' + "".join(f"<dt>{escape(k)}</dt><dd>{v}</dd>" for k, v in facts) + "</dl>"


def known_table(proposal: dict, lang: str) -> str:
    """Known values of the same thing, and whether they agree."""
    row = proposal["row"]
    if not row:
        return ""
    same = known(row)
    if same.empty:
        return f'<p class="when">{escape(t(lang, "review.new"))}</p>'
    rows = [[t(lang, f"review.{r.relation}"), f"<b>{escape(fmt.quantity(r.value, r.unit, lang))}</b>", escape(r.value_text),
             escape(name("vintage", r.vintage, lang)), panels.source_link(r.source, lang, r.locator)] for r in same.itertuples()]
    columns = [t(lang, "review.relation"), *[t(lang, f"column.{c}") for c in ("value", "value_text", "vintage", "source")]]
    return panels.table(columns, rows, t(lang, "review.known"), numeric=(1,))


def is_certain(proposal: dict) -> bool:
    """Whether a figure may be accepted without a look of its own: complete, sure, and contradicting nothing known."""
    row = proposal["row"]
    if proposal["state"] != "proposed" or not row or proposal["missing"] or proposal["figure"]["confidence"] < CERTAIN:
        return False
    return not (known(row)["relation"] == "differs").any()


def claims_of(proposal: dict, claims: list[dict], lang: str) -> str:
    """Verdicts on comparisons that the figure is part of."""
    from dashboard.claims import line

    own = [c for c in claims if c["start"] < proposal["end"] and c["end"] > proposal["start"]
           or any(i.get("start") == proposal["start"] for i in c["inputs"])]
    return "".join(line(c, lang) for c in own)


def area_options() -> list[str]:
    """Codes of all areas, for a correction."""
    return [a.code for a in areas()]


def trail(entries: list[dict], lang: str) -> str:
    """The audit trail as an HTML table.

    Parameters
    ----------
    entries : list of dict
        From :func:`indicators.reports.store.audit_trail`, newest first.
    lang : {"zh", "en"}
    """
    if not entries:
        return f'<p class="empty">{escape(t(lang, "access.trail_none"))}</p>'
    rows = [[escape(e["at"][:19].replace("T", " ")), escape(e["by"]), escape(e["action"]), escape(e["subject"]),
             escape("; ".join(f"{k}: {v}" for k, v in e["detail"].items()))] for e in entries]
    columns = [t(lang, f"access.trail_{c}") for c in ("at", "by", "action", "subject", "detail")]
    return panels.table(columns, rows, t(lang, "access.trail_lead", n=len(rows)))
