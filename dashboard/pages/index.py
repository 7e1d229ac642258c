"""Index: a composite with its uncertainty, the official index as published, progress towards targets."""

from dataclasses import replace
from html import escape

import streamlit as st

from dashboard import index_views, views
from dashboard.chart import chart
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.kinds import named
from dashboard.panels import table
from dashboard.state import choose, language, read
from indicators.analysis.composite import COVERED, DIMENSIONS, LEAST_YEARS
from indicators.analysis.uncertainty import DRAWS

lang = language()
title(lang, t(lang, "page.index"), t(lang, "index.lead"))


def said(text: str) -> None:
    st.html(f'<p class="lead">{escape(text)}</p>')


def cells(of: dict) -> str:
    return table(of["columns"], [[escape(cell) for cell in row] for row in of["rows"]])


@st.fragment
def composite():
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        level = choose(st.selectbox, "level", index_views.LEVELS, "province", lang, t(lang, "index.level"), lambda x: t(lang, f"level.{x}"))
        normalise = choose(st.selectbox, "normalise", index_views.NORMALISATIONS, "minmax", lang, t(lang, "index.normalise"),
                           lambda x: t(lang, f"index.normalise_{x}"))
        weights = choose(st.selectbox, "weights", index_views.WEIGHTS, "dimensions", lang, t(lang, "index.weights"), lambda x: t(lang, f"index.weights_{x}"))
        aggregate = choose(st.selectbox, "aggregate", index_views.AGGREGATIONS, "arithmetic", lang, t(lang, "index.aggregate"),
                           lambda x: t(lang, f"index.aggregate_{x}"))
    try:
        shown = index_views.index_view(level, lang, normalise, weights, aggregate)
    except ValueError:
        st.html(f'<p class="note" role="status">{escape(t(lang, "index.refused"))}</p>')
        weights = "dimensions"
        shown = index_views.index_view(level, lang, normalise, weights, aggregate)
    year = read("year", shown.names(), shown.shown, lang)
    choices = {"level": level, "normalise": normalise, "weights": weights, "aggregate": aggregate}
    shown = named(shown, "index", lang, **choices, year=year)
    said(index_views.sentence(replace(shown, shown=year)))
    parts = {p for s in index_views.panel(level).sections if str(s.year) == year for p in s.parts}
    st.html(f'<p class="empty">{escape(t(lang, "index.not_official"))}{t(lang, "index.stop")}{escape(t(lang, "index.few", n=len(parts)))}</p>')
    chart(shown, key="index", lang=lang, frame=year, frame_parameter="year")
    with st.expander(t(lang, "index.method_heading")):
        for key in ("steps", "weights", "aggregate", "bounds", "sensitivity"):
            st.html(f'<p>{escape(t(lang, f"index.method_{key}", draws=DRAWS) if key == "bounds" else t(lang, f"index.method_{key}"))}</p>')
    with st.expander(t(lang, "index.coverage_heading")):
        covered = index_views.panel(level).coverage
        empty = [d for d in DIMENSIONS if not covered.loc[covered["dimension"] == d, "used"].any()]
        values = {"share": f"{COVERED:.0%}", "least": LEAST_YEARS, "empty": t(lang, "index.list").join(t(lang, f"index.{d}") for d in empty)}
        st.html(f'<p>{escape(t(lang, "index.coverage_note", **values) if empty else t(lang, "index.coverage_full", **values))}</p>'
                + cells(index_views.coverage_table(level, lang)))
    with st.expander(t(lang, "index.years_heading")):
        st.html(cells(index_views.year_table(level, lang)))
    st.html(f'<h2>{escape(t(lang, "index.course_heading"))}</h2>')
    chart(named(index_views.course_view(level, lang, normalise, weights, aggregate), "index_course", lang, **choices), key="index_course", lang=lang)
    st.html(f'<h2>{escape(t(lang, "index.sensitivity_heading"))}</h2>')
    moved = index_views.sensitivity_view(level, lang, int(year), normalise, weights, aggregate)
    if index_views.moves(moved):
        chart(named(moved, "index_sensitivity", lang, **choices, year=year), key="index_sensitivity", lang=lang)
    else:
        said(t(lang, "index.still", year=year))


@st.fragment
def official():
    st.html(f'<h2>{escape(t(lang, "index.official_heading"))}</h2>')
    indicator = choose(st.selectbox, "indicator", index_views.OFFICIAL, index_views.OFFICIAL[0], lang, t(lang, "index.official"),
                       lambda i: views.indicator_name(i, lang))
    shown = named(index_views.official_view(lang, indicator), "official_index", lang, indicator=indicator)
    said(index_views.official_sentence(shown))
    chart(shown, key="official_index", lang=lang)
    with st.expander(t(lang, "index.method_heading")):
        st.html(f'<p>{escape(t(lang, "index.official_why"))}</p>')


def targets():
    shown = index_views.targets_view(lang)
    if shown is None:
        return
    shown = named(shown, "targets", lang)
    st.html(f'<h2>{escape(t(lang, "targets.heading"))}</h2>')
    said(index_views.targets_sentence(shown))
    chart(shown, key="targets", lang=lang)
    with st.expander(t(lang, "index.method_heading")):
        st.html(f'<p>{escape(t(lang, "targets.method"))}</p>')
    with st.expander(t(lang, "targets.unmeasured")):
        st.html(cells({"columns": [t(lang, f"targets.column_{c}") for c in ("indicator", "where", "when", "printed", "source")],
                       "rows": index_views.unmeasured(lang)}))


composite()
official()
targets()
