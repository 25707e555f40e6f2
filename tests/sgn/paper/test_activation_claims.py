"""Figure 10's claims: channels of the first CCAM all open, more closed ones with depth, other patterns at other S."""

import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from pipeline.claims import verdict
from pipeline.sgn.paper import activation_claims
from tests.sgn.paper import made_up

IDS = ("figure10-first-open", "figure10-grows", "figure10-patterns")
Places = list[dict[str, Any]]


def claims_of(run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = activation_claims.claims(made_up.typed(run))
    json.dumps([claim["measured"] for claim in found], allow_nan=False)
    return {claim["id"]: claim for claim in found}


def changed(change: Callable[[Places], Any], seeds: tuple[str, ...] = ("0", "1")) -> dict[str, dict[str, Any]]:
    run = made_up.run("model1", 3)
    for seed in seeds:
        change(run["seeds"][seed]["study"]["activations"])
    return claims_of(run)


def test_all_hold_in_every_seed() -> None:
    found = claims_of(made_up.run("model1", 3))
    assert tuple(found) == IDS
    assert all(verdict.passes(claim["answer"]) and claim["answer"].of == 3 for claim in found.values())
    assert found["figure10-first-open"]["measured"] == {
        "S": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        **{f"below {t}": [0.0, 0.0, 0.0] for t in ("0.01", "0.05", "0.1")},
    }
    assert found["figure10-grows"]["measured"] == {
        "CCAM": [1, 2, 3],
        "below 0.01": [0.0, 0.05, 0.1],
        "below 0.05": [0.0, 0.08, 0.16],
        "below 0.1": [0.0, 0.1, 0.2],
    }
    assert found["figure10-patterns"]["measured"] == {
        **{f"between corners {pair}": 0.2 for pair in ("AB", "AC", "BC")},
        "between pictures": 0.1,
    }


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_one_closed_channel_at_one_corner_of_the_first_place_is_not_open(letter: str) -> None:
    found = changed(lambda places: places[0]["below"]["0.01"].update({letter: 0.001}))
    answer = found["figure10-first-open"]["answer"]
    assert (answer.margin < 0, answer.met, answer.of) == (True, 1, 3)
    assert found["figure10-grows"]["answer"].met == 3


def test_what_is_not_near_zero_does_not_count_as_closed() -> None:
    found = changed(lambda places: places[0]["below"].update({"0.1": dict.fromkeys("ABC", 0.5)}))
    assert found["figure10-first-open"]["answer"].met == 3
    assert found["figure10-first-open"]["measured"]["below 0.1"] == [0.33333] * 3


def test_only_the_rising_order_of_places_grows() -> None:
    levels = np.array([0.0, 0.1, 0.3])
    passed = [
        order for order in permutations(range(3)) if activation_claims.grows(np.tile(levels[list(order)], (3, 1)).T) > 0
    ]
    assert passed == [(0, 1, 2)]
    assert activation_claims.grows(np.zeros((3, 3))) <= 0
    assert activation_claims.grows(np.full((3, 3), 0.2)) <= 0
    assert activation_claims.grows(np.array([[0.0] * 3, [0.1] * 3, [0.1] * 3])) > 0
    assert activation_claims.grows(np.array([[0.0, 0, 0], [0.3, 0, 0], [0, 0.2, 0.2]])) > 0  # the mean of the corners


def test_one_closed_channel_of_64_at_one_corner_is_not_enough() -> None:
    few = np.array([[0.0] * 3, [0.0] * 3, [1 / 64, 0, 0]])
    assert activation_claims.grows(few) <= 0
    assert activation_claims.first_open(few) <= 0


def test_a_network_without_closed_channels_says_nothing_of_the_first() -> None:
    assert activation_claims.first_open(np.zeros((3, 3))) <= 0
    assert activation_claims.first_open(np.array([[0.0] * 3, [0.0] * 3, [0.1] * 3])) > 0


def test_activations_that_hardly_move_are_no_patterns() -> None:
    assert activation_claims.patterns_differ(np.array([0.01, 0.01, 0.01, 0.002])) <= 0  # as of an untrained network
    assert activation_claims.patterns_differ(np.array([0.1, 0.1, 0.1, 0.002])) > 0


def test_places_in_the_wrong_order_are_seen() -> None:
    found = changed(lambda places: places.reverse())
    assert (found["figure10-grows"]["answer"].margin < 0, found["figure10-grows"]["answer"].met) == (True, 1)


@pytest.mark.parametrize("pair", ["AB", "AC", "BC"])
def test_one_pair_of_corners_with_the_same_pattern_fails(pair: str) -> None:
    found = changed(lambda places: places[2]["between_corners"].update({pair: 0.02}))["figure10-patterns"]
    assert (found["answer"].margin < 0, found["answer"].met, found["answer"].of) == (True, 1, 3)


def test_the_pattern_is_that_of_the_deepest_place() -> None:
    found = changed(lambda places: places[0].update(between_pictures=9.0))
    assert found["figure10-patterns"]["answer"].met == 3


def test_a_run_without_ccam_or_without_a_study_has_no_verdict() -> None:
    without_study = made_up.run("model1")
    without_study["seeds"]["0"]["study"] = None
    for run in (made_up.run("model2-film"), without_study):
        for claim in claims_of(run).values():
            assert (claim["answer"], claim["measured"]) == (verdict.NOT_MEASURED, {})
    assert all(claim["answer"] == verdict.NOT_MEASURED for claim in activation_claims.claims(None))
