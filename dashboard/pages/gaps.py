"""Gaps: how unequal areas are, whether they converge, who adds what, and whether neighbours are alike."""

from html import escape

import streamlit as st

from dashboard import circles, dispersion, gaps, neighbours, views
from dashboard.chart import chart, sentence
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.kinds import open_view
from dashboard.parameters import Refusal
from dashboard.state import choose, language

FORMS = {"dispersion": gaps.comparable, "convergence": gaps.comparable, "contributions": gaps.addable, "circles": circles.circled, "moran": gaps.prefectural}

lang = language()
title(lang, t(lang, "gaps.title"), t(lang, "gaps.lead"))


def pick(key, options, default, label, name=str):
    """A choice of the address; what it is when there is but one."""
    return choose(st.selectbox, key, options, default, lang, label, name)


def measure_of(indicator):
    own = gaps.measures_of(indicator)
    return pick("measure", own, own[0], t(lang, "control.measure"), lambda m: views.measure_name(m, lang))


def level_of(indicator):
    own = gaps.levels_of(indicator)
    return pick("level", own, own[0], t(lang, "control.level"), lambda v: t(lang, f"level.{v}"))


def years_of(indicator, measure, level, complete=False):
    known = gaps.spans(indicator, measure, level)
    first, last = gaps.longest(indicator, measure, level, complete)
    if not first:
        return {}
    return {"from": pick("from", known, first, t(lang, "gaps.from")), "to": pick("to", known, last, t(lang, "gaps.to"))}


def controls(form):
    """Values of the parameters of a form, from its controls."""
    known = FORMS[form]()
    indicator = pick("indicator", known, known[0], t(lang, "control.indicator"), lambda i: views.indicator_name(i, lang))
    values = {"indicator": indicator}
    if form in ("dispersion", "convergence", "moran"):
        values["measure"] = measure_of(indicator)
    if form in ("dispersion", "convergence", "contributions"):
        values["level"] = level_of(indicator)
    elif form == "circles":
        own = circles.levels_of(indicator)
        values["level"] = pick("level", own, own[0], t(lang, "control.level"), lambda v: t(lang, f"level.{v}"))
    if form == "dispersion":
        values["statistics"] = ",".join(choose(
            st.multiselect, "statistics", gaps.STATISTICS, list(gaps.STATISTICS), lang, t(lang, "gaps.statistics"),
            lambda s: t(lang, f"gaps.statistic.{s}"), many=True, placeholder=t(lang, "control.choose")))
    elif form in ("convergence", "contributions"):
        values |= years_of(indicator, values.get("measure", "level"), values["level"], form == "contributions")
    elif form == "moran":
        years = neighbours.moran_years(indicator, values["measure"])
        if years:
            values["year"] = pick("year", years, neighbours.moran_best(indicator, values["measure"]), t(lang, "gaps.year"))
        values["weights"] = pick("weights", neighbours.WEIGHTS, neighbours.WEIGHTS[0], t(lang, "gaps.weights_label"), lambda w: t(lang, f"gaps.choice.{w}"))
    return values


@st.fragment
def view():
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        form = choose(st.selectbox, "form", list(FORMS), "dispersion", lang, t(lang, "gaps.form"), lambda f: t(lang, f"gaps.section.{f}"))
        values = controls(form)
    try:
        shown = open_view(form, list(values.items()), lang)
    except Refusal as refusal:
        st.html(f'<p class="empty" role="status">{escape(refusal.sentence(lang))}</p>')
    else:
        sentence(shown)
        chart(shown, key=f"gaps-{form}", lang=lang)
        found = dispersion.trends(values["indicator"], values["measure"], values["level"], lang) if form == "dispersion" else []
        if found:
            st.html(f'<p>{"<br>".join(map(escape, found))}</p>')
    explained = t(lang, f"gaps.explain.{form}", **(neighbours.DRAWN if form == "moran" else {}))
    # the method is a text of ours with its paragraphs marked up, nothing of it comes from data
    st.html(f'<details class="method"><summary>{escape(t(lang, "gaps.method"))}</summary>{explained}</details>')


view()
