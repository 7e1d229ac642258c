"""Index: a composite with its uncertainty, the official index as published, progress towards targets."""

from html import escape

import streamlit as st

from dashboard import index_scores, index_views, views
from dashboard.chart import chart, sentence
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.index_scores import Choices
from dashboard.kinds import GIVEN, named
from dashboard.panels import table
from dashboard.parameters import Refusal
from dashboard.state import choose, language, read
from dashboard.waiting import ended
from indicators.analysis.sections import CARRIED_YEARS, COVERED, DIMENSIONS, LEAST_YEARS
from indicators.analysis.uncertainty import DRAWS

lang = language()
title(lang, t(lang, "page.index"), t(lang, "index.lead"))


def said(text: str) -> None:
    st.html(f'<p class="lead">{escape(text)}</p>')


def cells(of: dict) -> str:
    return table(of["columns"], [[escape(cell) for cell in row] for row in of["rows"]])


def remark(text: str) -> None:
    st.html(f'<p class="note" role="status">{escape(text)}</p>')


def chosen() -> Choices:
    """The controls, and what they stand at."""
    if "given" in st.query_params and "weights" not in st.query_params and f"w_weights_{lang}" not in st.session_state:
        st.query_params["weights"] = "given"
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        level = choose(st.selectbox, "level", index_scores.LEVELS, "province", lang, t(lang, "index.level"), lambda x: t(lang, f"level.{x}"))
        normalise, weights, aggregate, missing = (
            choose(st.selectbox, key, options, options[0], lang, t(lang, f"index.{key}"), lambda x, key=key: t(lang, f"index.{key}_{x}"))
            for key, options in (("normalise", index_scores.NORMALISATIONS), ("weights", index_scores.WEIGHTS),
                                 ("aggregate", index_scores.AGGREGATIONS), ("missing", index_scores.MISSING)))
    if weights != "given":
        st.query_params.pop("given", None)
        return Choices(level, normalise, weights, aggregate, missing=missing)
    asked = st.query_params.get("given", index_scores.EVENLY)
    try:
        GIVEN.read([asked], None)
        given = asked
    except Refusal as refusal:
        remark(refusal.sentence(lang))
        given = index_scores.EVENLY
    boxes = [f"given_{d}" for d in DIMENSIONS]
    if st.session_state.get("given_shown") != asked or boxes[0] not in st.session_state:
        st.session_state.update(zip(boxes, map(float, given.split(",")), strict=True), given_shown=asked)
    with st.container(key="controls-given", horizontal=True, vertical_alignment="bottom"):
        for d, box in zip(DIMENSIONS, boxes, strict=True):
            st.number_input(t(lang, "index.given_box", dimension=t(lang, f"index.{d}")), 0.0, 9999.0, step=5.0, format="%g", key=box, on_change=weigh, args=(boxes,))
    return Choices(level, normalise, weights, aggregate, given, missing)


def weigh(boxes: list[str]) -> None:
    given = ",".join(f"{st.session_state[box]:.4f}".rstrip("0").rstrip(".") for box in boxes)
    st.query_params["given"] = st.session_state["given_shown"] = given


@st.fragment
def composite():
    choices = chosen()
    run = ended("index", *index_scores.scores_run(choices), lang)
    if run is None:
        return
    try:
        run.result()
    except ValueError:
        remark(t(lang, "index.given_refused" if choices.given else "index.refused"))
        choices = choices._replace(weights="dimensions", given="")
        run = ended("index", *index_scores.scores_run(choices), lang)
        if run is None:
            return
    shown = index_views.index_view(lang, choices)
    year = read("year", shown.names(), shown.shown, lang)
    values = choices._asdict()
    shown = named(shown, "index", lang, **values, year=year)
    sentence(shown, year)
    figures = index_scores.panel(choices.level, choices.missing)
    parts = {p for s in figures.sections if str(s.year) == year for p in s.parts}
    st.html(f'<p class="empty">{escape(t(lang, "index.not_official"))}{t(lang, "index.stop")}{escape(t(lang, "index.few", n=len(parts)))}</p>')
    chart(shown, key="index", lang=lang, frame=year, frame_parameter="year")
    with st.expander(t(lang, "index.method_heading")):
        for key in ("steps", "weights", "given", "missing", "aggregate", "bounds", "sensitivity"):
            st.html(f'<p>{escape(t(lang, f"index.method_{key}", draws=DRAWS, years=CARRIED_YEARS))}</p>')
    with st.expander(t(lang, "index.coverage_heading")):
        covered = figures.coverage
        empty = [d for d in DIMENSIONS if not covered.loc[covered["dimension"] == d, "used"].any()]
        text = t(lang, f"index.coverage_{choices.missing}", share=f"{COVERED:.0%}", least=LEAST_YEARS, years=CARRIED_YEARS)
        gone = t(lang, "index.coverage_empty", empty=t(lang, "index.list").join(t(lang, f"index.{d}") for d in empty)) if empty else ""
        st.html(f"<p>{escape(text)} {escape(gone)}</p>" + cells(index_views.coverage_table(choices.level, lang, choices.missing)))
    with st.expander(t(lang, "index.years_heading")):
        st.html(cells(index_views.year_table(choices.level, lang, choices.missing)))
    st.html(f'<h2>{escape(t(lang, "index.course_heading"))}</h2>')
    chart(named(index_views.course_view(lang, choices), "index_course", lang, **values), key="index_course", lang=lang)
    st.html(f'<h2>{escape(t(lang, "index.sensitivity_heading"))}</h2>')
    if ended("sensitivity", *index_scores.sensitivity_run(choices, int(year)), lang) is None:
        return
    moved = index_views.sensitivity_view(lang, choices, int(year))
    if index_views.moves(moved):
        chart(named(moved, "index_sensitivity", lang, **values, year=year), key="index_sensitivity", lang=lang)
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
