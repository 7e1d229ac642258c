"""A process that makes exports, one after another: ``python -m dashboard.exports.worker``.

It reads orders as lines of JSON and answers each with lines of JSON, ``{"done": 1, "of": 3}``
while it works and at the end ``{"bytes": n, "media_type": ..., "name": ...}`` followed by n
bytes, or ``{"status": 404, "error": sentence}``. Apart from the server, it can be ended at any
moment, and what it computes takes no time from those who look at pages.
"""

from __future__ import annotations

import logging
import os
import sys

import orjson

log = logging.getLogger(__name__)


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
    except Exception:
        log.exception("an export failed: %s as %s", order.get("kind", order.get("what")), order.get("format"))
        say({"status": 500, "error": Refusal(500, "failed").sentence(order["lang"])})


if __name__ == "__main__":
    from dashboard.server.logs import set_up

    set_up()
    main()
