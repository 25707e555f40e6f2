"""From a rule, several seeds and networks that do nothing to one verdict: the same for every claim.

A rule gives a margin, the distance of some numbers from its threshold, in units of its own: it is met where the margin
is above 0. It is asked about each seed's numbers and about their mean over the seeds; the seeds' largest margin minus
their smallest is the spread.

    holds               the rule is met in every seed and for their mean, by at least the spread, and no null passes it
    fails               it is met in no seed, nor for the mean, which misses it by at least the spread
    undecided           seeds disagree, or the margin is smaller than the spread, or there is one seed alone
    passed by anything  it is met, but also by a network that does nothing: it supports no paper
    not measurable      there are no numbers

What is counted and not trained, such as a cost, has no seeds: it is asked once, and its rule holds or fails.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

HOLDS, FAILS, UNDECIDED = "holds", "fails", "undecided"
ANYTHING, NOT_MEASURABLE = "passed by anything", "not measurable"
VERDICTS = (HOLDS, FAILS, UNDECIDED, ANYTHING, NOT_MEASURABLE)

Numbers = NDArray[np.float64]
Rule = Callable[[Numbers], float]


@dataclass(frozen=True)
class Answer:
    """What a rule says: in how many of the seeds it is met, the margin for their mean, and the margins' spread.

    `margin` None: not measurable here. `counted`: the numbers depend on no seed.
    """

    met: int
    of: int
    margin: float | None
    spread: float | None
    counted: bool = False


NOT_MEASURED = Answer(0, 0, None, None)


def decide(rule: Rule, runs: Numbers | None) -> Answer:
    """A rule's answer; None was not measured and stays so.

    `runs` has the seeds along its first axis. ValueError for numbers that are not finite.
    """
    if runs is None:
        return NOT_MEASURED
    assert len(runs) > 0
    if not np.isfinite(runs).all():
        raise ValueError("a claim's numbers must be finite: look at the run's losses, its training has diverged")
    margins = [float(rule(run)) for run in runs]
    met = sum(margin > 0 for margin in margins)
    return Answer(met, len(runs), float(rule(runs.mean(axis=0))), max(margins) - min(margins))


def counted(rule: Rule, numbers: Numbers | None) -> Answer:
    """A rule's answer about numbers that depend on no seed."""
    return decide(rule, numbers) if numbers is None else replace(decide(rule, numbers[None]), counted=True)


def claim(
    name: str,
    text: str,
    where: str,
    rule: str,
    answer: Answer,
    measured: dict[str, Any],
    changed: str | None = None,
) -> dict[str, Any]:
    """A claim before its verdict. `changed`: what of its rule was changed after it was known what the rule says."""
    return {
        "id": name,
        "text": text,
        "where": where,
        "answer": answer,
        "measured": measured,
        "rule": rule,
        "changed": changed,
    }


def final(
    claims: Sequence[Mapping[str, Any]], nulls: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """The claims as claims.json has them: verdict, seeds, margin and nulls instead of the answer.

    `nulls`: by a null's name the same claims asked about it; a claim that it leaves out was not asked.
    """
    asked = {null: {said["id"]: passes(said["answer"]) for said in answers} for null, answers in nulls.items()}
    decided = []
    for told in claims:
        answer: Answer = told["answer"]
        passed = {null: answers.get(told["id"]) for null, answers in asked.items()}
        decided.append(
            {
                "id": told["id"],
                "text": told["text"],
                "where": told["where"],
                "verdict": of(answer, any(passed.values())),
                "seeds": {"holds": answer.met, "of": answer.of},
                "counted": answer.counted,
                "margin": None if answer.margin is None else rounded(answer.margin),
                "spread": None if answer.spread is None else rounded(answer.spread),
                "nulls": passed,
                "measured": told["measured"],
                "rule": told["rule"],
                "changed": told["changed"],
            }
        )
    return decided


def of(answer: Answer, null_passes: bool) -> str:
    """The verdict on an answer, and on whether a network that does nothing passes the same rule."""
    if answer.margin is None or answer.spread is None:
        return NOT_MEASURABLE
    if passes(answer) and null_passes:
        return ANYTHING
    if answer.counted:
        return HOLDS if passes(answer) else FAILS
    if answer.of == 1 or abs(answer.margin) < answer.spread:
        return UNDECIDED
    if passes(answer):
        return HOLDS
    return FAILS if answer.met == 0 and answer.margin <= 0 else UNDECIDED


def passes(answer: Answer) -> bool | None:
    """Whether a rule is met in every seed and for their mean; None where it was not measurable."""
    return None if answer.margin is None else answer.margin > 0 and answer.met == answer.of


def rounded(values: ArrayLike) -> Any:
    """Numbers for a claim's "measured", with five significant digits: an array as lists, a number as a float."""
    array = np.asarray(values, dtype=float)
    return float(f"{array:.5g}") if array.ndim == 0 else [rounded(value) for value in array]
