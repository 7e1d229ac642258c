"""The figures of a map with their polygons: GeoJSON and GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pandas as pd

import geodata
from dashboard.exports import STANDARD, Options
from dashboard.exports.tables import metadata
from dashboard.parameters import Accepted, Refusal
from dashboard.rows import records
from dashboard.views import View
from indicators.whole import scratch

if TYPE_CHECKING:
    import geopandas as gpd

#: Kinds of views whose figures belong to the polygons of one level, and the formats of figures that all others have.
KINDS = ("map", "ranking")
OTHER_FORMATS = ("csv", "json", "parquet", "sdmx", "xlsx")

_PROPERTIES = (("value", "value", "number"), ("lower", "lower", "number"), ("upper", "upper", "number"), ("unit", "unit", "string"),
               ("status", "obs_status", "string"), ("period", "period", "string"), ("source", "source", "string"))


def _level(view: View, suffix: str) -> str:
    if view.kind not in KINDS:
        raise Refusal(400, "not_accepted", parameter="format", value=suffix, accepted=Accepted(OTHER_FORMATS))
    return dict(view.query)["level"]


def _figures(view: View) -> dict[str, dict]:
    """Code of an area -> its figure in the shown year."""
    now = view.frame[view.frame["year"] == int(view.shown)]
    return dict(zip(now["place"], records(now, _PROPERTIES)))


def _drawn(view: View, level: str, codes) -> list[str]:
    """The areas that the map draws: all of a level, of cooperation areas those with figures."""
    have = set(view.frame["place"])
    return [code for code in codes if level != "composite" or code in have]


def geojson(view: View, options: Options = STANDARD) -> bytes:
    """A map or a ranking as GeoJSON after RFC 7946.

    Returns
    -------
    bytes
        A FeatureCollection with what is said of the view as ``about``; each feature has the
        properties code, name (in the view's language), parent and, of the shown year, value, lower,
        upper, unit, status, period and source, null where there is no figure.

    Raises
    ------
    Refusal
        400 for a view without areas of a map.
    """
    level = _level(view, "geojson")
    layer, figures = orjson.loads(geodata.geojson(level)), _figures(view)
    shapes = {feature["id"]: feature for feature in layer["features"]}
    empty = dict.fromkeys(name for name, _, _ in _PROPERTIES)
    features = []
    for code in _drawn(view, level, shapes):
        own = shapes[code]["properties"]
        known = {"code": code, "name": own[f"name_{view.lang}"], "parent": own["parent"]}
        features.append(shapes[code] | {"properties": known | (figures.get(code) or empty)})
    return orjson.dumps({"type": "FeatureCollection", "about": _about(view, options), "features": features})


def _about(view: View, options: Options) -> dict:
    return metadata(view, options) | {"credit": geodata.CREDIT[view.lang]}  # a ranking has polygons in this file


def gpkg(view: View, options: Options = STANDARD) -> bytes:
    """A map or a ranking as a GeoPackage in EPSG:4490.

    Returns
    -------
    bytes
        One layer with the columns of :func:`geojson` and a column ``value_2014`` for
        every year; title, description and metadata (JSON) of the layer are those of the view.

    Raises
    ------
    Refusal
        400 for a view without areas of a map.
    """
    level = _level(view, "gpkg")
    layer = _table(view, level)
    about = _about(view, options)
    with scratch("layer") as folder:
        path = folder / "map.gpkg"
        layer.to_file(path, layer=view.id.replace("-", "_"), driver="GPKG", IDENTIFIER=about["title"],
                      DESCRIPTION=" ".join(filter(None, (about["unit"], about["source_line"], about["credit"]))).replace("\n", " "),
                      layer_metadata={"about": orjson.dumps(about).decode()})
        return path.read_bytes()


def _table(view: View, level: str) -> gpd.GeoDataFrame:
    layer = geodata.load(level)
    layer = layer.loc[_drawn(view, level, layer.index)]
    figures = pd.DataFrame.from_dict(_figures(view), orient="index", columns=[name for name, _, _ in _PROPERTIES]).reindex(layer.index)
    years = view.frame.pivot(index="place", columns="year", values="value").reindex(layer.index).add_prefix("value_")
    named = layer[["geometry"]].assign(name=layer[f"name_{view.lang}"], parent=layer["parent"])
    return named[["name", "parent", "geometry"]].join(figures.astype(dict.fromkeys(("value", "lower", "upper"), float))).join(years)
