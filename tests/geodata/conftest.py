"""One built cache for the session, and small polygon files that tests may break."""

import copy
import json
import os

import pytest

from geodata import boundaries
from geodata import source as files

TIANJIN = ("120000",)


@pytest.fixture(scope="session", autouse=True)
def built(tmp_path_factory):
    """The folder of the default build, in a cache of its own."""
    before = os.environ.get("GEODATA_CACHE")
    os.environ["GEODATA_CACHE"] = str(tmp_path_factory.mktemp("geodata"))
    yield boundaries.build()
    if before is None:
        del os.environ["GEODATA_CACHE"]
    else:
        os.environ["GEODATA_CACHE"] = before


@pytest.fixture(scope="session")
def tianjin_features():
    """Tianjin's features by file name: 1 province, 1 prefecture unit, 16 counties, 1 boundary line."""
    features = {}
    for name in files.SOURCE_FILES.values():
        content = json.loads((files.source_folder() / name).read_text(encoding="utf-8"))
        mine = [f for f in content["features"] if (f["properties"]["gb"] or "").startswith("15612")]
        lines = [f for f in content["features"] if not f["properties"]["gb"]]
        features[name] = [*mine, lines[0]]
    return features


@pytest.fixture
def source(tmp_path, tianjin_features):
    """Writes Tianjin's files, changed by ``change(features)``, and returns their folder."""

    def write(change=lambda features: None):
        features = copy.deepcopy(tianjin_features)
        change(features)
        folder = tmp_path / "source"
        folder.mkdir(exist_ok=True)
        for name, rows in features.items():
            text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write
