"""Files of records: which they are, their hash, and CSV made readable for every engine.

A CSV file is read once byte by byte. UTF-8 goes to the engine as it is. GB18030 is rewritten as
UTF-8; lines that are neither, and lines whose number of cells is not that of the header, are
counted, listed and left out, so that no engine decides by itself what to make of them.
"""

from __future__ import annotations

import csv
import glob
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

_BLOCK = 1 << 20
UNDECODABLE = "line is neither UTF-8 nor GB18030"
RAGGED = "line has another number of cells than the header"
ENDINGS = {".parquet": "parquet", ".csv": "csv"}


@dataclass
class Files:
    """Files of records, ready for an engine.

    Attributes
    ----------
    kind : {"parquet", "csv"}
    paths : list of Path
        What the engine reads: the files themselves, or copies made readable.
    names : list of str
        Names of the files as they came.
    sha256 : str
        Of the names, sizes and bytes of all files, in the order of their names.
    left_out : dict of str to int
        Reason -> lines that no engine gets to see.
    examples : list of dict
        Some of these lines.
    notes : list of str
        What was done to them: files read as GB18030.
    """

    kind: str
    paths: list[Path]
    names: list[str]
    sha256: str
    left_out: dict[str, int] = field(default_factory=dict)
    examples: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def found(uri: str) -> tuple[str, list[Path]]:
    """Kind and paths of the files that a URI names: a file, a folder or a pattern, of Parquet or CSV.

    Raises
    ------
    ValueError
        If there is none, or Parquet and CSV are mixed.
    """
    place = uri
    if uri.startswith("file:"):
        parts = urlsplit(uri)
        if parts.netloc not in ("", "localhost"):
            raise ValueError(f"{uri!r} names another host; accepted are files of this one, file:///folder/file.parquet")
        place = unquote(parts.path)
    elif "://" in uri:
        raise ValueError(f"{uri!r} cannot be read; accepted are paths, file:/// URLs, patterns and table:NAME")
    if Path(place).is_dir():
        paths = [p for p in Path(place).rglob("*") if p.suffix.lower() in ENDINGS and p.is_file()]
    elif Path(place).is_file():
        paths = [Path(place)]
    else:
        paths = [Path(p) for p in glob.glob(place, recursive=True) if Path(p).is_file()]
    if not paths:
        raise ValueError(f"there are no records at {place}: no file of Parquet or CSV")
    other = [p.name for p in paths if p.suffix.lower() not in ENDINGS]
    if other:
        raise ValueError(f"{other[0]} is neither .parquet nor .csv")
    kinds = {ENDINGS[p.suffix.lower()] for p in paths}
    if len(kinds) > 1:
        raise ValueError(f"{place} holds Parquet and CSV files; name one kind")
    return kinds.pop(), sorted(p.resolve() for p in paths)


def prepare(uri: str, folder: Path, listed: int, keep=None, reader=None) -> Files:
    """Find, hash and look through the files of a URI.

    Parameters
    ----------
    folder : Path
        Where readable copies are put, if any are needed.
    listed : int
        How many bad lines are kept as examples.
    keep : callable, optional
        Called with every bad line (a dict).
    reader : duckdb.DuckDBPyConnection, optional
        What reads the headers of Parquet files; one of its own when omitted.

    Raises
    ------
    ValueError
        If there are no such files, one is damaged, or their headers differ.
    """
    kind, paths = found(uri)
    top = Path(os.path.commonpath(paths) if len(paths) > 1 else paths[0].parent)
    names = [p.relative_to(top).as_posix() for p in paths]
    whole = hashlib.sha256()
    files = Files(kind, list(paths), names, "")
    headers = {}
    for i, (path, name) in enumerate(zip(paths, names)):
        try:
            one, copy, headers[name] = _parquet(path, reader) if kind == "parquet" else _csv(path, name, folder / f"{i}.csv", files, listed, keep)
        except OSError as error:
            raise ValueError(f"{name} cannot be read: {error.strerror or error}") from None
        files.paths[i] = copy
        whole.update(f"{name}\0{path.stat().st_size}\0{one}\n".encode())
    first = headers[names[0]]
    for name, header in headers.items():
        if header != first:
            raise ValueError(f"{name} has other columns than {names[0]}: {', '.join(header)}, not {', '.join(first)}")
    files.sha256 = whole.hexdigest()
    return files


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, a block at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parquet(path: Path, reader):
    import duckdb

    try:
        with nullcontext(reader) if reader else duckdb.connect() as connection:
            header = [row[0] for row in connection.execute("SELECT name FROM parquet_schema(?) WHERE num_children IS NULL", [str(path)]).fetchall()]
    except duckdb.Error as error:
        raise ValueError(f"{path.name} is no Parquet file that can be read: {str(error).splitlines()[0]}") from None
    return file_hash(path), path, header


# --- CSV -------------------------------------------------------------------------------


def _csv(path: Path, name: str, copy: Path, files: Files, listed: int, keep):
    """Hash, path to read and header of a CSV file; a copy is written only where the file cannot be read as it is."""
    digest, plain, quoted = hashlib.sha256(), True, False
    cells = None
    with path.open("rb") as file:
        start = file.read(3)
        file.seek(0)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise ValueError(f"{name} is UTF-16; accepted are UTF-8 and GB18030")
        for line in file:
            digest.update(line)
            if cells is None:
                plain = start != b"\xef\xbb\xbf" and b"\r" not in line
                header_line = line
                cells = line.count(b",")
            if plain and (line.count(b",") != cells or not _utf8(line)):
                plain = False
            quoted = quoted or b'"' in line
    if cells is None:
        raise ValueError(f"{name} is empty")
    if plain and not quoted:
        return digest.hexdigest(), path, _names(header_line.decode(), name)
    header = _rewrite(path, name, copy, files, listed, keep)
    return digest.hexdigest(), copy, header


def _utf8(line: bytes) -> bool:
    if line.isascii():
        return b"\0" not in line
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _names(line: str, name: str) -> list[str]:
    header = [cell.strip() for cell in next(csv.reader([line.rstrip("\r\n")]), [])]
    if not all(header) or len(set(header)) != len(header):
        raise ValueError(f"{name} has no header of different names: {', '.join(header)}")
    return header


def _rewrite(path: Path, name: str, copy: Path, files: Files, listed: int, keep) -> list[str]:
    """Write a UTF-8 copy without the lines that cannot be read; its header."""
    encoding = _encoding(path)
    if encoding == "gb18030":
        files.notes.append(f"{name} read as GB18030")

    def leave(number: int, reason: str, line: bytes):
        files.left_out[reason] = files.left_out.get(reason, 0) + 1
        bad = {"reason": reason, "file": name, "line": number, "record": line.decode("utf8", "replace").rstrip("\r\n")[:300]}
        if len(files.examples) < listed:
            files.examples.append(bad)
        if keep:
            keep(bad)

    header, number = None, 0
    with copy.open("w", encoding="utf8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for number, (raw, text) in enumerate(_records(path, encoding), 1):
            if text is None:
                leave(number, UNDECODABLE, raw)
                continue
            row = next(csv.reader(io.StringIO(text, newline="")), [])
            if header is None:
                header = _names(text, name)
                writer.writerow(header)
            elif not row:
                continue  # an empty line is no record
            elif len(row) != len(header):
                for line in raw.splitlines(keepends=True):  # a quote that is never closed takes many lines with it
                    leave(number, RAGGED, line)
            else:
                # a line feed within a cell would be a new record to some engines
                writer.writerow([" ".join(cell.replace("\0", "\ufffd").split("\n")) for cell in row])
    if header is None:
        raise ValueError(f"{name} has no line that can be read")
    return header


def _encoding(path: Path) -> str:
    """UTF-8 where most lines that are not ASCII are UTF-8, otherwise GB18030."""
    utf8 = other = 0
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                good = _utf8(line)
                utf8, other = utf8 + good, other + (not good)
    return "utf8" if utf8 >= other else "gb18030"


def _records(path: Path, encoding: str) -> Iterator[tuple[bytes, str | None]]:
    """Lines, or several together where a quoted cell holds a line feed: bytes, and text where they can be decoded."""
    held = b""
    with path.open("rb") as file:
        for i, line in enumerate(file):
            if i == 0:
                line = line.removeprefix(b"\xef\xbb\xbf")
            held += line
            if held.count(b'"') % 2 and len(held) < _BLOCK:
                continue
            yield held, _decoded(held, encoding)
            held = b""
    if held:
        yield held, _decoded(held, encoding)


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None
