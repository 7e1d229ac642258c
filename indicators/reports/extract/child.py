"""Runs a parser in a process of its own, with an end to its time and memory."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from indicators.reports.extract.document import ExtractError, Limits

WORKER = Path(__file__).with_name("worker.py")


def run(kind: str, data: bytes, limits: Limits, until: float) -> dict:
    """What the worker found in a file.

    Parameters
    ----------
    kind : str
        pdf, docx, xlsx or html.
    data : bytes
        Content of the file; goes through a pipe.
    limits : Limits
        What the file may cost.
    until : float
        By the monotonic clock, when the worker is stopped.

    Returns
    -------
    dict
        text, and where the format has them title, date, pages.

    Raises
    ------
    ExtractError
        What the worker says, or that it was stopped, ran out of memory, or died of the file.
    """
    command = [sys.executable, "-X", "utf8", str(WORKER), kind, json.dumps(asdict(limits))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        answer, _ = process.communicate(data, timeout=max(0.05, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise ExtractError("time", limit=f"{limits.seconds:g}") from None
    finally:
        if process.poll() is None:
            process.kill()
            with contextlib.suppress(Exception):
                process.communicate(timeout=5)
    return _answer(answer)


def _answer(answer: bytes) -> dict:
    try:
        found = json.loads(answer)
    except ValueError:  # it died: a parser written in C fell over the file or over the memory's end
        raise ExtractError("damaged") from None
    if "error" in found:
        raise ExtractError(found["error"], **found["values"])
    return found
