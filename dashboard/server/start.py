"""What is settled before the server listens: logging, and that every setting of this package can be right."""

from __future__ import annotations

import os
import sys

from dashboard.server import health, limits, logs, metrics
from dashboard.server.addresses import networks


def set_up() -> None:
    """Set logging up and read the settings; one that is wrong ends the program with its sentence and code 2."""
    try:
        logs.set_up()
        networks("METRICS_FROM")
        health.drain_seconds()
        for what in limits.SETTINGS:
            limits.per_minute(what)
        if os.environ.get("LIMIT_LOCAL", "") not in ("", "0", "1"):
            raise ValueError(f"LIMIT_LOCAL is {os.environ['LIMIT_LOCAL']!r}; accepted are 0 and 1.")
    except ValueError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    metrics.watch_runs()
