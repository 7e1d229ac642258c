"""The page that the dashboard is measured against: what one writes first in Streamlit.

A slider for the year, ``st.plotly_chart`` of a ``choropleth`` with its GeoJSON inside the figure, and
a line chart; the figures are built again at every rerun. Data and geometry are read once
(``st.cache_data``), as every introduction to Streamlit tells one to.

A ``choropleth`` asks plotly.js's CDN for the topology of the world even when it brings its own
GeoJSON, and draws nothing before the answer. A measurement must not depend on the internet, and a
blank page would be no baseline, so ``topojsonURL`` points to ``static/world_110m.json``: a world
without land, 432 bytes, which Streamlit serves (``server.enableStaticServing``, set by bench.py).
That is the only concession, and it makes the baseline faster than it would be in the wild.

plotly.js (d3-geo) wants outer rings clockwise, GeoJSON (RFC 7946) counterclockwise: without turning
them every area would be the whole world except itself.
"""

import json

import plotly.express as px
import streamlit as st

import geodata
import indicators


def clockwise(collection):
    """A GeoJSON FeatureCollection with every ring of its polygons turned round."""
    for feature in collection["features"]:
        shape = feature["geometry"]
        for polygon in [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]:
            for ring in polygon:
                ring.reverse()
    return collection


@st.cache_data
def read():
    """GDP of the 13 prefecture-level units by year, and their outlines."""
    areas = {area.code: area.name_zh for area in geodata.areas("prefecture")}
    frame = indicators.series("gdp", areas=list(areas)).assign(name=lambda rows: rows["area"].map(areas))
    return frame[["area", "name", "year", "value"]], clockwise(json.loads(geodata.geojson("prefecture")))


st.set_page_config(page_title="GDP", layout="wide")
frame, outlines = read()
year = st.slider("Year", int(frame["year"].min()), int(frame["year"].max()), 2020)

drawn = px.choropleth(
    frame[frame["year"] == year], geojson=outlines, locations="area", color="value", hover_name="name",
    range_color=(0, frame["value"].max()), title=f"GDP {year}", height=600)
drawn.update_geos(fitbounds="locations", visible=False)
st.plotly_chart(drawn, config={"topojsonURL": "./app/static/"})

st.plotly_chart(px.line(frame, x="year", y="value", color="name", title="GDP by year"))
