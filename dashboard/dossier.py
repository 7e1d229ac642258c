"""An indicator's page: definition, coverage, observations, disagreements."""

from __future__ import annotations

from html import escape

from dashboard import format as fmt
from dashboard import panels, views
from dashboard.i18n import t
from dashboard.state import link
from geodata import areas
from indicators import get
from indicators.ledger import decision_for, reconciled
from indicators.measures import series
from indicators.names import indicator_text, name
from indicators.reports.reviewed import cached


def definition(indicator_id: str, lang: str) -> str:
    """Heading and facts of an indicator."""
    indicator, words = get(indicator_id), indicator_text(indicator_id, lang)
    rule = t(lang, f"indicator.aggregation_{indicator.aggregation}",
             **({"weight": views.indicator_name(indicator.weight, lang)} if indicator.aggregation == "mean" else {}))
    facts = [(t(lang, "indicator.definition"), escape(words.get("definition") or t(lang, "indicator.no_definition")))]
    if words.get("method"):
        facts.append((t(lang, "indicator.method"), escape(words["method"])))
    facts += [
        (t(lang, "indicator.unit"), escape(fmt.unit_label(indicator.unit, lang))),
        (t(lang, "indicator.theme"), f'<a href="{link("indicator", lang, theme=indicator.theme)}">{escape(name("theme", indicator.theme, lang))}</a>'),
        (t(lang, "indicator.aggregation"), escape(rule)),
        (t(lang, "indicator.measures"), ", ".join(
            f'<a href="{link("trends", lang, indicators=indicator_id, measure=m)}" title="{escape(name("measure_text", m, lang))}">{escape(views.measure_name(m, lang))}</a>'
            for m in indicator.all_measures)),
    ]
    if indicator.limits:
        facts.append((t(lang, "indicator.limits"), "; ".join(
            f"{escape(name('limit', x.name, lang))} {fmt.quantity(x.value, indicator.unit, lang)} ({escape(x.source)})" for x in indicator.limits)))
    reasons = dict.fromkeys(
        d[f"reason_{lang}"] for code in dict.fromkeys(reconciled(indicator_id)["area"]) if (d := decision_for(indicator_id, code)) is not None)
    if reasons:
        facts.append((t(lang, "indicator.decision"), "<br>".join(escape(r) for r in reasons)))
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{v}</dd>" for k, v in facts)
    return f'<h1>{escape(words["name"])}</h1><dl class="facts">{rows}</dl>'


@cached(maxsize=512)
def lead_view(indicator_id: str, lang: str):
    """Trend of the areas with most figures; None where nothing can be drawn."""
    frame = series(indicator_id)
    if frame.empty:
        return None
    order = frame.groupby("area")["t"].nunique().sort_values(ascending=False, kind="stable")
    prefer = [c for c in ("jjj", "110000", "120000", "130000") if c in order.index]
    chosen = (prefer + [c for c in order.index if c not in prefer])[:5]
    if order[chosen].max() < 2:
        return None
    return views.trend_view((indicator_id,), tuple(chosen), "level", lang)


@cached(maxsize=512)
def coverage(indicator_id: str, lang: str) -> str:
    """Which area has a figure for which year."""
    rows = reconciled(indicator_id)
    rows = rows[rows["shown"] & (rows["obs_status"] != "F")]
    if rows.empty:
        return ""
    from indicators.model import period_end

    rows = rows.assign(year=[period_end(p)[0] for p in rows["period"]])
    years = list(range(int(rows["year"].min()), int(rows["year"].max()) + 1))
    order = {a.code: i for i, a in enumerate(areas())}
    marks = {}
    for row in rows.itertuples():
        sign = "◆" if row.obs_status == "B" else "●" if row.obs_status == "A" else "○"
        marks[(row.area, row.counterpart_area, row.year)] = (sign, f"{fmt.period(row.period, row.period_kind, lang)}: {row.value_text}")
    keys = sorted(dict.fromkeys((a, c) for a, c, _ in marks), key=lambda k: (order.get(k[0], 999), order.get(k[1], 999)))
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
    head = "".join(f"<th scope=col>{str(y)[2:]}</th>" for y in years)
    body = "".join(
        f"<tr><th scope=row>{escape(views.place(a, c, lang))}</th>" + "".join(
            f'<td title="{escape(m[1])}">{m[0]}</td>' if (m := marks.get((a, c, y))) else "<td></td>" for y in years) + "</tr>" for a, c in keys)
    return (f'<h2>{escape(t(lang, "indicator.coverage"))}</h2><p>{escape(t(lang, "indicator.coverage_lead"))}</p>'
            f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(t(lang, "indicator.coverage"))}"><table class="grid-cover"><thead><tr><th scope=col>{span}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>')


@cached(maxsize=512)
def disagreements(indicator_id: str, lang: str) -> str:
    """Figures that contradict each other, side by side, with the rule that chose."""
    groups = panels.disagreements(indicator_id)
    title = f'<h2>{escape(t(lang, "indicator.disagree"))}</h2>'
    if not groups:
        return f'{title}<p>{escape(t(lang, "indicator.agree_none"))}</p>'
    rows = []
    for group in groups:
        for row in group.itertuples():
            rows.append([
                escape(views.place(row.area, row.counterpart_area, lang)), escape(fmt.period(row.period, row.period_kind, lang)),
                f"<b>{escape(fmt.quantity(row.value, row.unit, lang))}</b>", escape(row.value_text), escape(name("vintage", row.vintage, lang)),
                panels.source_link(row.source, lang, row.locator),
                f"<b>{t(lang, 'indicator.chosen')}</b>: {escape(name('rule', row.rule, lang))}" if row.shown else ""])
    columns = [t(lang, f"column.{c}") for c in ("area", "period", "value", "value_text", "vintage", "source", "rule")]
    return f'{title}<p>{escape(t(lang, "indicator.disagree_lead"))}</p>' + panels.table(columns, rows, "", numeric=(2,))


@cached(maxsize=512)
def observations(indicator_id: str, lang: str, most: int = 400) -> str:
    """All observations, the newest first; targets apart."""
    rows = reconciled(indicator_id)
    out = []
    for heading, part in (("observations", rows[rows["obs_status"] != "F"]), ("targets", rows[rows["obs_status"] == "F"])):
        if part.empty:
            continue
        part = part.assign(measure="level", computed=False).sort_values(["period", "area"], ascending=[False, True])
        out.append(f'<details{" open" if len(part) <= 30 else ""}><summary><h2 style="display:inline">{escape(t(lang, f"indicator.{heading}"))} ({len(part)})</h2></summary>'
                   + panels.observation_table(part.head(most), indicator_id, lang, t(lang, f"indicator.{heading}"), with_area=True)
                   + f'<p><a href="{link("data", lang, indicator=indicator_id)}">{t(lang, "page.data")}</a></p></details>')
    return "".join(out)
