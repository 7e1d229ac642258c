"""A process that makes exports, one after another: ``python -m dashboard.exports.worker``.

It reads orders as lines of JSON and answers each with lines of JSON, ``{"done": 1, "of": 3}``
while it works and at the end ``{"bytes": n, "media_type": ..., "name": ...}`` followed by n
bytes, or ``{"status": 404, "error": sentence}``. Apart from the server, it can be ended at any
moment, and what it computes takes no time from those who look at pages.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import sys
import tempfile
from contextlib import suppress

import orjson

log = logging.getLogger(__name__)
#: Free bytes below which a temporary folder is as good as full.
_LEAST = 2**20


def main() -> None:
    """Answer orders until the input ends."""
    with_nice = getattr(os, "nice", None)
    if with_nice:
        with_nice(10)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not stand between the answers
    for line in sys.stdin.buffer:
        def say(answer: dict, content: bytes = b"") -> None:
            out.write(orjson.dumps(answer) + b"\n" + content)
            out.flush()

        _answer(orjson.loads(line), say)


def _answer(order: dict, say) -> None:
    from dashboard.exports.render import render
    from dashboard.parameters import Refusal

    try:
        file = render(order, lambda done, of: say({"done": done, "of": of}))
        say({"bytes": len(file.content), "media_type": file.media_type, "name": file.name}, file.content)
    except Refusal as refusal:
        say({"status": refusal.status, "error": refusal.sentence(order["lang"])})
    except Exception as error:
        log.exception("an export failed: %s as %s", order.get("kind", order.get("what")), order.get("format"))
        refusal = Refusal(507, "no_room") if _no_room(error) else Refusal(500, "failed")
        say({"status": refusal.status, "error": refusal.sentence(order["lang"])})


def _no_room(error: BaseException) -> bool:
    """Whether it failed for want of room for temporary files, which workbooks and GeoPackages need; libraries say so in many ways."""
    while error is not None:
        if getattr(error, "errno", None) == errno.ENOSPC:
            return True
        error = error.__cause__ or error.__context__
    with suppress(OSError):
        return shutil.disk_usage(tempfile.gettempdir()).free < _LEAST
    return True  # not even the name of a folder can be had where no file can be written


if __name__ == "__main__":
    from dashboard.server.logs import set_up

    set_up()
    main()
