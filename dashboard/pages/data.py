"""Data: the numbers behind anything, filtered, sorted, downloaded."""

import streamlit as st

from dashboard import tables, views
from dashboard.chart import export_button
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.kinds import open_view
from dashboard.state import choose, language
from geodata import areas
from indicators import catalogue
from indicators.model import OBS_STATUS, PERIOD_KINDS
from indicators.names import name

lang = language()
title(lang, t(lang, "page.data"), t(lang, "data.lead"))
with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
    chosen = choose(st.multiselect, "indicator", [i.id for i in catalogue()], ["gdp"], lang, t(lang, "control.indicators"),
                    lambda i: views.indicator_name(i, lang), many=True, placeholder=t(lang, "control.choose"))
    places = choose(st.multiselect, "areas", [a.code for a in areas()], [], lang, t(lang, "control.areas"),
                    lambda c: views.area_choice(c, lang), many=True, placeholder=t(lang, "control.choose"))
    kinds = choose(st.multiselect, "kind", list(PERIOD_KINDS), [], lang, t(lang, "control.kind"),
                   lambda k: name("period_kind", k, lang), many=True, placeholder=t(lang, "control.choose"))
    statuses = choose(st.multiselect, "status", list(OBS_STATUS), [], lang, t(lang, "control.status"),
                      lambda s: f"{s} {name('obs_status', s, lang)}", many=True, placeholder=t(lang, "control.choose"))
    only = choose(st.selectbox, "rows", ["all", "shown"], "all", lang, t(lang, "column.shown"), lambda o: t(lang, f"data.{o}"))
frame = tables.observations(tuple(chosen), tuple(places), tuple(kinds), tuple(statuses), only == "shown")
if frame.empty:
    st.html(f'<p class="empty">{t(lang, "data.empty")}</p>')
else:
    readable = tables.readable(frame, lang)
    st.html(f'<p class="when ready">{t(lang, "data.rows", n=len(frame))}</p>')
    st.dataframe(readable, hide_index=True, height=560, column_config=tables.columns(lang))
    asked = (("indicator", chosen), ("areas", places), ("kind", kinds), ("status", statuses), ("rows", [only]))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(t(lang, "data.download"), tables.csv_bytes(readable), file_name=f"{'-'.join(chosen)[:80]}.csv", mime="text/csv")
        export_button(open_view("data", [(key, ",".join(values)) for key, values in asked if values], lang))
