"""Culture.

Single statements of reports; nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("tourism_vouchers", "culture", "万张", period_kind="cumulative"),
]
