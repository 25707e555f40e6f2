"""One verdict from many seeds."""

import numpy as np
import pytest

from pipeline.claims import verdict


def positive(run: np.ndarray) -> bool:
    return bool(run > 0)


@pytest.mark.parametrize(
    ("runs", "holds", "count"),
    [
        ([1.0, 1.0, -0.5], True, 2),
        ([1.0, 1.0, -5.0], False, 2),  # most seeds, not the mean
        ([9.0, -1.0, -1.0], False, 1),  # the mean, not most seeds
        ([9.0, -1.0], False, 1),  # half of the seeds are not most
        ([1.0], True, 1),
    ],
)
def test_a_verdict_needs_the_mean_and_most_seeds(runs: list[float], holds: bool, count: int) -> None:
    assert verdict.decide(positive, np.array(runs)) == (holds, {"holds": count, "of": len(runs)})


def test_a_verdict_refuses_numbers_that_are_none() -> None:
    with pytest.raises(ValueError, match="diverged"):
        verdict.decide(positive, np.array([1.0, np.nan]))


def test_what_was_not_measured_has_no_verdict() -> None:
    assert verdict.decide(positive, None) == (None, {"holds": 0, "of": 0})


def test_rounded_keeps_five_digits_of_small_numbers_too() -> None:
    assert verdict.rounded(np.array([[1.234567, 0.000012345678], [0.0, 3.0]])) == [[1.2346, 1.2346e-05], [0.0, 3.0]]
    assert verdict.rounded(2) == 2.0
