"""What is made before the server starts: whole, once, and only from the file that was tested."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboard import build
from dashboard.paths import CACHE
from tests.conftest import ROOT


def snapshot(folder):
    return {str(p.relative_to(folder)): (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*") if p.is_file()}


def test_second_build_writes_nothing(built):
    from geodata import boundaries

    folders = [CACHE / "assets", CACHE / "streamlit", boundaries.cache_folder()]
    before = [snapshot(f) for f in folders]
    assert before[0] and before[1]
    done = subprocess.run([sys.executable, "-m", "dashboard", "build"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [snapshot(f) for f in folders] == before


def test_everything_served_has_its_compressed_copies_and_no_half_file(built):
    assets = CACHE / "assets"
    names = build.manifest()
    assert {"plotly-basic.min.js", "chart.js", "app.js", "app.css", "geometry-prefecture.json"} <= set(names)
    for name in names:
        for ending in (".br", ".gz"):
            assert 0 < (assets / f"{name}{ending}").stat().st_size < (assets / name).stat().st_size, name
    assert not [p.name for p in assets.iterdir() if p.name.startswith(".")]


def test_own_scripts_and_styles_are_the_ones_of_the_checkout(built):
    for source in [*build.COMPONENT.glob("*.js"), *build.STATIC.glob("*.css")]:
        assert (CACHE / "assets" / source.name).read_bytes() == source.read_bytes()


def fake_npm(monkeypatch, data, returncode=0):
    """An npm that brings `data`."""
    def run(command, **options):
        bundle = Path(options["cwd"], "node_modules", build.PLOTLY.name, "plotly-basic.min.js")
        if data is not None:
            bundle.parent.mkdir(parents=True)
            bundle.write_bytes(data)
        return SimpleNamespace(returncode=returncode, stdout="", stderr="npm error code ENOTFOUND")

    monkeypatch.setattr(build.subprocess, "run", run)
    monkeypatch.setattr(build.shutil, "which", lambda *_, **__: "/usr/bin/npm")


def test_another_plotly_than_the_tested_one_is_refused(monkeypatch, tmp_path):
    fake_npm(monkeypatch, b"alert(1)")
    with pytest.raises(SystemExit, match="not the file that this program was tested with"):
        build.fetch(build.PLOTLY, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_plotly_that_cannot_be_fetched_is_said_in_a_sentence(monkeypatch, tmp_path):
    fake_npm(monkeypatch, None, returncode=1)
    with pytest.raises(SystemExit, match="npm could not bring .*ENOTFOUND"):
        build.fetch(build.PLOTLY, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_npm_is_said_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(build.shutil, "which", lambda *_, **__: None)
    with pytest.raises(SystemExit, match="npm is missing"):
        build.fetch(build.PLOTLY, tmp_path)


def test_a_damaged_bundle_is_fetched_again(monkeypatch, tmp_path, built):
    good = (CACHE / "assets" / "plotly-basic.min.js").read_bytes()
    (tmp_path / "plotly-basic.min.js").write_bytes(good[:1000])
    fake_npm(monkeypatch, good)
    build.fetch(build.PLOTLY, tmp_path)
    assert (tmp_path / "plotly-basic.min.js").read_bytes() == good


def test_compressed_copies_follow_a_changed_file(tmp_path):
    import gzip

    script = tmp_path / "x.js"
    script.write_text("1;" * 500)
    build.compress_tree(tmp_path, tmp_path)
    first = snapshot(tmp_path)
    build.compress_tree(tmp_path, tmp_path)
    assert snapshot(tmp_path) == first
    script.write_text("2;" * 500)
    os.utime(script, (script.stat().st_mtime + 5, script.stat().st_mtime + 5))
    build.compress_tree(tmp_path, tmp_path)
    assert gzip.decompress((tmp_path / "x.js.gz").read_bytes()) == script.read_bytes()


def test_a_file_is_there_whole_or_not_at_all(monkeypatch, tmp_path):
    target = tmp_path / "x.js"
    build.write_whole(target, b"old")

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError):
        build.write_whole(target, b"new")
    assert target.read_bytes() == b"old"
