"""Rails: the network as it grew, whom it reaches, and travel times that were printed."""

from html import escape

import streamlit as st

from dashboard import panels, rails, views
from dashboard.chart import chart, sentence
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.kinds import named
from dashboard.state import choose, language, link, read
from geodata import rail

lang = language()
title(lang, t(lang, "page.rails"), t(lang, "rail.lead"))


def facts(heading, kind, pairs):
    """A panel of what is known of a line or a station."""
    rows = [[escape(label), escape(text)] for label, text in pairs]
    st.html(f"<h2>{escape(heading)}</h2>" + panels.table([t(lang, f"rail.{kind}"), escape(heading)], rows))


@st.fragment
def network():
    shown = rails.network_view(lang)
    years = shown.names()
    year = read("year", years, shown.shown, lang)
    shown = named(shown, "rail", lang, year=year)
    sentence(shown, year)
    picked = chart(shown, key="rail", lang=lang, frame=year, frame_parameter="year")
    lines, stations = rail.lines(), rail.stations()
    known = [*lines, *stations]
    if picked and picked["area"] in known:
        st.query_params.update(item=picked["area"], **({"year": picked["frame"]} if picked["frame"] in years else {}))
    item = read("item", known, "", lang, str)
    with st.container(key="panel"):
        if item in lines:
            facts(rails.line_name(lines[item], lang), "picked_line", rails.details(lines[item], lang))
        elif item:
            facts(rails.station_name(stations[item], lang), "picked_station", rails.station_details(stations[item], lang))
        else:
            st.html(f'<p class="when">{escape(t(lang, "rail.picked_hint"))}</p>')


@st.fragment
def times():
    known = rails.origins()
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        area = choose(st.selectbox, "area", known, known[0], lang, t(lang, "rail.from"), lambda a: views.area_name(a, lang))
    shown = named(rails.times_view(area, lang), "travel_times", lang, area=area)
    sentence(shown)
    chart(shown, key="times", lang=lang)


network()
chart(named(rails.reach_view(lang), "rail_reach", lang), key="reach", lang=lang)
st.html(f'<p class="next"><a href="{escape(link("trends", lang, indicators="rail_km"))}">{t(lang, "rail.more_rail")}</a> '
        f'<a href="{escape(link("trends", lang, indicators="hsr_km"))}">{t(lang, "rail.more_hsr")}</a></p><p class="when">{escape(t(lang, "rail.more_note"))}</p>')
times()
with st.expander(t(lang, "rail.method")):
    st.html("".join(f"<p>{escape(t(lang, f'rail.method_{part}'))}</p>" for part in ("lines", "reach", "people", "map", "gaps", "times")))
