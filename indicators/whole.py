"""Files and folders that are there whole or not at all, and leave nothing behind when their writer is killed.

What is being written has a name of its own, which begins with a dot and ends in ``.part``, and
its writer holds a lock on it. The kernel lets go of the lock when the writer ends, however it ends,
so the next one knows what is left over and removes it. Nothing depends on a clock or a process id.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_ENDING = re.compile(r"\.(?P<name>.*)\.[0-9a-f]{12}\.part", re.DOTALL)


@contextmanager
def whole(path, mode: str = "wb", permissions: int = 0o666, **how) -> Iterator:
    """A new file that takes the place of `path` when all went well, and vanishes when not.

    Parameters
    ----------
    path : str or Path
        What is there stays as it is until the new file is complete and on the disk. What a killed
        writer of the same file left is removed.
    mode : str
        Of :func:`open`, such as ``w+b``.
    permissions : int
        Of the file, less the umask.
    **how
        Further arguments of :func:`open`.

    Raises
    ------
    OSError
        If it cannot be written; `path` is as it was.
    """
    path = Path(path)
    sweep(path.parent, path.name)
    part, held = _held(path, lambda p: os.open(p, os.O_RDWR | os.O_CREAT | os.O_EXCL, permissions))
    try:
        with open(held, mode, **how) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.replace(part, path)  # while it is still locked, so that nobody takes it for left over
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """A folder for what is not kept, in the system's temporary folder; gone afterwards.

    Folders with the same `prefix` whose owners were killed go too.
    """
    place = Path(tempfile.gettempdir()) / prefix
    sweep(place.parent, prefix)
    with folder(place) as made:
        yield made


@contextmanager
def folder(place: Path) -> Iterator[Path]:
    """A new folder beside `place`, which its owner renames to that when all is in it; else it vanishes.

    What killed owners left of such folders is removed by :func:`sweep`.
    """
    def make(part: Path) -> int:
        part.mkdir(mode=0o700)
        return os.open(part, os.O_RDONLY)

    part, held = _held(place, make)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        os.close(held)


def sweep(folder, name: str | None = None) -> int:
    """Remove from a folder what killed writers left there; how much that was.

    Parameters
    ----------
    folder : str or Path
        Nothing happens where it is missing.
    name : str, optional
        Only what was to become the file of this name.
    """
    removed = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = _ENDING.fullmatch(entry.name)
            if found and name in (None, found["name"]):
                removed += _remove(Path(entry.path))
    return removed


def _remove(part: Path) -> bool:
    """Remove a left-over unless its writer lives."""
    with suppress(OSError):
        held = os.open(part, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(part) if part.is_dir() else part.unlink()
            return True
        finally:
            os.close(held)
    return False


def _held(path: Path, make) -> tuple[Path, int]:
    """A new name beside `path` and what `make` made there, locked."""
    while True:
        part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
        held = make(part)
        fcntl.flock(held, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):  # somebody who sweeps was between the two
            if os.path.samestat(os.stat(part), os.fstat(held)):
                return part, held
        os.close(held)
