"""Progress towards targets: paces by hand, and verdicts that rounding cannot change."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.analysis.targets import VERDICTS, Point, progress


def point(t, value, half=0.0):
    return Point(t, value, value - half, value + half)


def test_paces_and_share_are_straight_lines():
    done = progress(point(2014, 5900, 50), point(2023, 8400, 50), point(2025, 9000))
    assert done.share[0] == pytest.approx(100 * 2500 / 3100) and done.seen == pytest.approx((2500 / 9, 2400 / 9, 2600 / 9))
    assert done.needed == pytest.approx((300, 275, 325)) and done.verdict == "unclear"
    assert done.share[1] == pytest.approx(100 * 2400 / 3050) and done.share[2] == pytest.approx(100 * 2600 / 3150)


@pytest.mark.parametrize(("last", "half", "verdict"), [(90, 0, "on_pace"), (60, 0, "behind"), (100, 0, "reached"), (80, 0, "on_pace"), (79, 2, "unclear"), (99, 2, "on_pace")])
def test_verdicts(last, half, verdict):
    assert progress(point(2015, 0), point(2023, last, half), point(2025, 100)).verdict == verdict
    assert progress(point(2015, 0), point(2023, -last, half), point(2025, -100)).verdict == verdict


def test_a_limit_without_a_date_needs_no_pace():
    done = progress(point(2014, 86, 0.5), point(2024, 31, 0.5), point(float("inf"), 35))
    assert done.needed is None and done.verdict == "reached"
    assert progress(point(2014, 86), point(2024, 38), point(float("inf"), 35)).verdict == "unclear"


@given(st.integers(1, 60), st.integers(1, 99), st.floats(0, 3), st.floats(0.1, 3))
def test_coarser_figures_widen_bounds_and_never_make_a_verdict(first, last, half, more):
    assume(first + 7 < 200)
    fine, coarse = (progress(point(2014, first, h), point(2022, last, h), point(2025, 200, 0)) for h in (half, half + more))
    for name in ("share", "needed", "seen"):
        a, b = getattr(fine, name), getattr(coarse, name)
        assert a[0] == b[0] and b[1] <= a[1] <= a[0] <= a[2] <= b[2]
    assert coarse.verdict in (fine.verdict, "unclear") and coarse.verdict in VERDICTS


def test_what_has_no_pace_is_refused():
    with pytest.raises(ValueError, match="two figures"):
        progress(point(2020, 1), point(2020, 2), point(2025, 3))
    with pytest.raises(ValueError, match="equals the first"):
        progress(point(2019, 3), point(2020, 2), point(2025, 3))
