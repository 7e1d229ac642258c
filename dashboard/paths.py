"""Where the dashboard's files are."""

import os
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
CACHE = Path(os.environ.get("DASHBOARD_CACHE", ROOT / ".cache"))
TEXT = HERE / "text"
COMPONENT = HERE / "component"
STATIC = HERE / "static"
