"""An area's page: what it is, its course in the main indicators, and every figure about it."""

from __future__ import annotations

from html import escape

from dashboard import format as fmt
from dashboard import panels, views
from dashboard.area_figures import LEADING, areas_in_order, figures_of, lead_view
from dashboard.charts.thumbnail import sparkline
from dashboard.i18n import t
from dashboard.state import link
from geodata import area as find
from geodata import area_km2
from indicators import get
from indicators.names import name
from indicators.reports.reviewed import cached

__all__ = ["LEADING", "areas_in_order", "body", "head", "lead_view"]


def head(code: str, lang: str) -> str:
    """Name, what it is made of or lies in, its area."""
    area = find(code)
    facts = []
    if area.members:
        facts.append(t(lang, "region.members", members=t(lang, "chart.join").join(_link(m, lang) for m in area.members)))
    if area.parent:
        facts.append(t(lang, "region.lies_in", parent=_link(area.parent, lang)))
    try:
        size = fmt.quantity(area_km2(code), "平方公里", lang, 0)
        facts.append(escape(t(lang, "region.area_km2", value=size)))
    except ValueError:
        pass  # a zone has no polygon
    note = area.note.split(" / ")[0 if lang == "zh" else -1] if area.note else ""
    level = t(lang, f"level.{area.level}") if code != "jjj" else ""
    return (f"<h1>{escape(views.area_name(code, lang))}</h1><p class='lead'>{' · '.join(filter(None, [level, *facts]))}</p>"
            + (f"<p class='when'>{escape(note)}</p>" if note else ""))


def _link(code, lang):
    return f'<a href="{link("region", lang, area=code)}">{escape(views.area_name(code, lang, True))}</a>'


@cached(maxsize=256)
def body(code: str, lang: str) -> str:
    """Tables of the latest figure of everything, by theme."""
    frame = figures_of(code)
    if frame.empty:
        return f'<p class="empty">{escape(t(lang, "region.none", area=views.area_name(code, lang)))}</p>'
    frame = frame.assign(theme=[get(i).theme for i in frame["indicator"]])
    out = []
    for theme, of_theme in frame.groupby("theme", sort=False):
        rows = []
        for (indicator, area, counterpart, kind), own in of_theme.groupby(["indicator", "area", "counterpart_area", "period_kind"], sort=False):
            own = own.sort_values("t")
            last = own.iloc[-1]
            label = views.indicator_name(indicator, lang)
            if counterpart:
                label += f" ({views.place(area, counterpart, lang)})"
            rows.append([
                f'<a href="{link("indicator", lang, indicator=indicator)}">{escape(label)}</a>',
                f"<b>{escape(views.value_text(last, indicator, lang))}</b>", escape(fmt.period(last["period"], kind, lang)),
                sparkline(own, label, width=120, height=28) if len(own) > 2 else "", panels.status_mark(last, lang),
                panels.source_link(last["source"], lang, last["locator"])])
        columns = [t(lang, "column.indicator"), t(lang, "region.latest"), t(lang, "column.period"), "", t(lang, "column.obs_status"), t(lang, "column.source")]
        out.append(f"<h2>{escape(name('theme', theme, lang))}</h2>" + panels.table(columns, rows, "", numeric=(1,)))
    return "".join(out)
