"""Compare: areas, indicators and years beside each other, in the form that the reader picks."""

from html import escape

import streamlit as st

from dashboard import comparisons, courses, views
from dashboard.chart import chart, sentence
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.kinds import open_view
from dashboard.parameters import Refusal
from dashboard.state import choose, language, read
from geodata import areas
from indicators import get

FORMS = ("scatter", "slope", "bump", "maps", "multiples", "against")

lang = language()
title(lang, t(lang, "page.compare"), t(lang, "compare.lead"))


def indicator_of(key, default, label):
    return choose(st.selectbox, key, comparisons.comparable(), default, lang, label, lambda i: views.indicator_name(i, lang))


def measure_of(key, indicator, label, default="level"):
    found = [m for m in get(indicator).all_measures if views.levels_of(indicator, m)]
    return choose(st.selectbox, key, found, default if default in found else found[0], lang, label, lambda m: views.measure_name(m, lang))


def scatter():
    axes = {}
    for axis, indicator, measure in (("x", "gdp", "per_capita"), ("y", "pm25", "level")):
        axes[axis] = indicator_of(axis, indicator, t(lang, f"compare.{axis}"))
        axes[f"{axis}_measure"] = measure_of(f"{axis}_measure", axes[axis], t(lang, f"compare.{axis}_measure"), measure if axes[axis] == indicator else "level")
    levels = [v for v in views.levels_of(axes["x"], axes["x_measure"]) if v in views.levels_of(axes["y"], axes["y_measure"])]
    if not levels:
        return None
    level = choose(st.selectbox, "level", levels, levels[0], lang, t(lang, "control.level"), lambda v: t(lang, f"level.{v}"))
    scale = choose(st.selectbox, "scale", ["linear", "log"], "linear", lang, t(lang, "control.scale"), lambda s: t(lang, f"control.{s}"))
    trails = choose(st.selectbox, "trails", ["0", "1"], "0", lang, t(lang, "compare.trails_control"),
                    lambda v: t(lang, "compare.trails_on" if v == "1" else "compare.trails_off"))
    return {**axes, "level": level, "scale": scale, **({"trails": "1"} if trails == "1" else {})}


def of_level():
    indicator = indicator_of("indicator", "gdp", t(lang, "control.indicator"))
    measure = measure_of("measure", indicator, t(lang, "control.measure"))
    levels = views.levels_of(indicator, measure)
    level = choose(st.selectbox, "level", levels, levels[0], lang, t(lang, "control.level"), lambda v: t(lang, f"level.{v}"))
    return {"indicator": indicator, "measure": measure, "level": level}


def slope():
    chosen = of_level()
    known = courses.slope_years(*chosen.values())
    if not known:
        return None
    years, first, last = known
    texts = [str(y) for y in years]
    first = choose(st.selectbox, "from", texts[:-1], str(first), lang, t(lang, "compare.from"), str)
    later = [y for y in texts if y > first]
    last = choose(st.selectbox, "to", later, str(last) if str(last) in later else later[-1], lang, t(lang, "compare.to"), str)
    return {**chosen, "from": first, "to": last}


def multiples():
    indicator = indicator_of("indicator", "gdp", t(lang, "control.indicator"))
    known = [a.code for a in areas() if a.code in set(views.map_frame(indicator, "level")["place"])]
    places = choose(st.multiselect, "areas", known, list(comparisons.usual_areas(indicator)), lang, t(lang, "control.areas"),
                    lambda c: views.area_choice(c, lang), many=True, max_selections=8, placeholder=t(lang, "control.choose"))
    return {"indicator": indicator, "areas": ",".join(places)}


def against():
    indicator = indicator_of("indicator", "gdp", t(lang, "control.indicator"))
    measure = measure_of("measure", indicator, t(lang, "control.measure"))
    usual = comparisons.usual_areas(indicator, measure)
    known = [a.code for a in areas() if a.code in set(views.map_frame(indicator, measure)["place"])]
    if len(known) < 2:
        return None
    area = choose(st.selectbox, "area", known, usual[0], lang, t(lang, "control.area"), lambda c: views.area_choice(c, lang))
    others = [c for c in known if c != area]
    reference = choose(st.selectbox, "reference", others, next(c for c in usual if c != area), lang, t(lang, "compare.reference"),
                       lambda c: views.area_choice(c, lang))
    return {"indicator": indicator, "measure": measure, "area": area, "reference": reference}


CONTROLS = {"scatter": scatter, "slope": slope, "bump": of_level, "maps": of_level, "multiples": multiples, "against": against}


def opened(form, values):
    try:
        return open_view(form, list(values.items()), lang) if values else None
    except Refusal:  # nothing to draw for what was chosen
        return None


@st.fragment
def view():
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        form = choose(st.selectbox, "form", FORMS, FORMS[0], lang, t(lang, "compare.form"), lambda f: t(lang, f"compare.forms.{f}"))
        values = CONTROLS[form]()
    shown = opened(form, values)
    if shown is None:
        st.html(f'<p class="empty">{escape(t(lang, "compare.none"))}</p>')
        return
    if shown.shown:
        year = read("year", shown.names(), shown.shown, lang)
        shown = open_view(form, [*values.items(), ("year", year)], lang)
    sentence(shown, shown.shown or None)
    chart(shown, key=f"compare-{form}", lang=lang, frame=shown.shown or None, frame_parameter="year" if shown.shown else None)
    st.html(f'<details class="method"><summary>{escape(t(lang, "compare.method"))}</summary><p>{escape(t(lang, f"compare.methods.{form}"))}</p></details>')


view()
