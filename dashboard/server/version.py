"""Which version of the program runs, told from its own files and not from where they came from."""

from __future__ import annotations

import functools
import hashlib

from dashboard.paths import ROOT

_ENDINGS = {".py", ".toml", ".csv", ".js", ".css", ".typ"}


@functools.lru_cache(maxsize=1)
def version() -> str:
    """Twelve hexadecimal digits that change with every file of code, words or data of the program."""
    digest = hashlib.sha256()
    for folder in ("dashboard", "geodata", "indicators"):
        for path in sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in _ENDINGS and p.is_file()):
            digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
