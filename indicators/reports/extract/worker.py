"""The process that parses a file: reads it from standard input, answers with one JSON object.

Started by :mod:`indicators.reports.extract.child` by its path, so that it needs no installed package.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path


def _bound(limits) -> None:
    """Limits that the system keeps: address space, CPU if the parent is gone, no file, no core dump."""
    try:
        import resource
    except ImportError:  # not a POSIX system: the parent's clock remains
        return
    for name, value in (("RLIMIT_AS", limits.memory_bytes), ("RLIMIT_CPU", int(limits.seconds) + 2), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        with contextlib.suppress(ValueError, OSError, AttributeError):
            hard = resource.getrlimit(getattr(resource, name))[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(getattr(resource, name), (value, hard))


def main(kind: str, limits_json: str) -> None:
    """Parse standard input as a kind of file."""
    here = Path(__file__).resolve()
    sys.path[:] = [str(here.parents[3]), *(path for path in sys.path if path != str(here.parent))]  # no module here may hide one of Python
    sys.modules["numpy"] = None  # openpyxl would import it: slow, and its threads take address space
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not reach the answer

    from indicators.reports.extract.document import ExtractError, Limits
    from indicators.reports.extract.formats import parse

    limits = Limits(**json.loads(limits_json))
    _bound(limits)
    try:
        found = parse(kind, sys.stdin.buffer.read(), limits)
    except ExtractError as error:
        found = {"error": error.key, "values": error.values}
    except MemoryError:
        found = {"error": "memory", "values": {"limit": limits.memory_bytes // 2**20}}
    except ImportError as error:
        found = {"error": "library", "values": {"library": error.name or "?"}}
    except Exception:  # whatever a parser raises on a file that is not as it should be
        found = {"error": "damaged", "values": {}}
    out.write(json.dumps(found).encode())
    out.flush()
    os._exit(0)  # parsers written in C may fall over damaged things when they tidy up


if __name__ == "__main__":
    main(*sys.argv[1:])
