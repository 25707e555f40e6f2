"""One verdict from a rule's margins, many seeds and null controls."""

import numpy as np
import pytest

from pipeline.claims import verdict
from pipeline.claims.verdict import Answer


def itself(run: np.ndarray) -> float:
    return float(run)


@pytest.mark.parametrize(
    ("runs", "met", "margin", "spread"),
    [
        ([1.0, 1.0, -0.5], 2, 0.5, 1.5),
        ([9.0, -1.0, -1.0], 1, 7 / 3, 10.0),
        ([0.0, 0.0], 0, 0.0, 0.0),  # a margin of 0 is not met
        ([1.0], 1, 1.0, 0.0),
    ],
)
def test_an_answer_counts_seeds_and_has_the_means_margin(
    runs: list[float], met: int, margin: float, spread: float
) -> None:
    answer = verdict.decide(itself, np.array(runs))
    assert (answer.met, answer.of, answer.counted) == (met, len(runs), False)
    assert (answer.margin, answer.spread) == (pytest.approx(margin), spread)


def test_the_margin_is_that_of_the_mean_and_not_the_mean_of_margins() -> None:
    def squared(run: np.ndarray) -> float:
        return float(run**2)

    answer = verdict.decide(squared, np.array([1.0, 3.0]))
    assert (answer.margin, answer.spread) == (4.0, 8.0)


def test_what_is_counted_is_asked_once() -> None:
    assert verdict.counted(itself, np.array(2.0)) == Answer(1, 1, 2.0, 0.0, counted=True)
    assert verdict.counted(itself, None) == verdict.NOT_MEASURED


def test_an_answer_refuses_numbers_that_are_none() -> None:
    with pytest.raises(ValueError, match="diverged"):
        verdict.decide(itself, np.array([1.0, np.nan]))


def test_what_was_not_measured_has_no_answer() -> None:
    assert verdict.decide(itself, None) == verdict.NOT_MEASURED == Answer(0, 0, None, None)


def test_rounded_keeps_five_digits_of_small_numbers_too() -> None:
    assert verdict.rounded(np.array([[1.234567, 0.000012345678], [0.0, 3.0]])) == [[1.2346, 1.2346e-05], [0.0, 3.0]]
    assert verdict.rounded(2) == 2.0


def told(answer: Answer) -> dict[str, object]:
    return verdict.claim("a", "text", "where", "rule", answer, {"n": 1})


NONE = verdict.NOT_MEASURED


@pytest.mark.parametrize(
    ("answer", "null", "expected"),
    [
        (Answer(2, 2, 3.0, 1.0), Answer(0, 2, -1.0, 0.0), "holds"),
        (Answer(2, 2, 3.0, 3.0), Answer(0, 2, -1.0, 0.0), "holds"),
        (Answer(2, 2, 3.0, 1.0), NONE, "holds"),
        (Answer(2, 2, 3.0, 1.0), Answer(1, 2, 1.0, 2.0), "holds"),  # a null that passes in one of two passes by luck
        (Answer(2, 2, 3.0, 1.0), Answer(2, 2, 0.1, 0.0), "passed by anything"),
        (Answer(1, 1, 3.0, 0.0), Answer(1, 1, 0.1, 0.0), "passed by anything"),  # one seed is enough to say so
        (Answer(2, 2, 3.0, 9.0), Answer(2, 2, 0.1, 0.0), "passed by anything"),
        (Answer(0, 2, -3.0, 1.0), Answer(2, 2, 1.0, 0.0), "fails"),
        (Answer(0, 2, -3.0, 4.0), Answer(0, 2, -1.0, 0.0), "undecided"),  # the margin is smaller than the spread
        (Answer(2, 2, 3.0, 3.1), Answer(0, 2, -1.0, 0.0), "undecided"),
        (Answer(1, 2, -3.0, 1.0), Answer(0, 2, -1.0, 0.0), "undecided"),  # seeds disagree
        (Answer(2, 3, 3.0, 1.0), Answer(0, 3, -1.0, 0.0), "undecided"),
        (Answer(0, 2, 3.0, 1.0), Answer(0, 2, -1.0, 0.0), "undecided"),  # the mean alone
        (Answer(1, 1, 3.0, 0.0), Answer(0, 1, -1.0, 0.0), "undecided"),  # one seed alone
        (Answer(0, 1, -3.0, 0.0), Answer(0, 1, -1.0, 0.0), "undecided"),
        (Answer(1, 1, 3.0, 0.0, counted=True), NONE, "holds"),
        (Answer(0, 1, -3.0, 0.0, counted=True), NONE, "fails"),
        (NONE, Answer(2, 2, 1.0, 0.0), "not measurable"),
    ],
)
def test_seeds_margins_and_nulls_make_one_of_five_verdicts(answer: Answer, null: Answer, expected: str) -> None:
    (found,) = verdict.final([told(answer)], {"blind": [told(null)]})
    assert found["verdict"] == expected
    assert found["verdict"] in verdict.VERDICTS
    assert found["seeds"] == {"holds": answer.met, "of": answer.of}
    assert (found["margin"], found["spread"], found["counted"]) == (answer.margin, answer.spread, answer.counted)
    assert "answer" not in found


def test_a_null_that_was_not_asked_is_said_so() -> None:
    (found,) = verdict.final([told(Answer(2, 2, 1.0, 0.0))], {"blind": [], "flat": [told(NONE)]})
    assert (found["verdict"], found["nulls"]) == ("holds", {"blind": None, "flat": None})


def test_what_was_changed_in_a_rule_is_kept() -> None:
    changed = verdict.claim("a", "text", "where", "rule", NONE, {}, "It was another one.")
    assert [claim["changed"] for claim in verdict.final([changed, told(NONE)], {})] == ["It was another one.", None]
