"""The claims of measures beyond the paper: nearer by KID at every corner, and named right."""

import json
from typing import Any

import numpy as np
import pytest

from pipeline.claims import verdict
from pipeline.sgn.paper import beyond_claims, nulls
from tests.sgn.paper import made_up

MODELS = ("model1", "model2", "model3")


def claims_of(runs: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = beyond_claims.claims({name: made_up.typed(runs[name]) for name in MODELS if name in runs})
    json.dumps([claim["measured"] for claim in found], allow_nan=False)
    return {claim["id"]: claim for claim in found}


def test_both_hold_with_the_numbers_of_every_corner() -> None:
    found = claims_of(made_up.runs(2))
    assert [(claim["answer"].met, claim["answer"].of) for claim in found.values()] == [(2, 2)] * 2
    assert found["sgn-nearer-by-kid"]["measured"]["model3 C, domainC"] == [2.0, 1.4]
    assert found["sgn-corners-named"]["measured"]["model1 B, domainB"] == [0.1, 0.9]


@pytest.mark.parametrize("name", MODELS)
def test_one_corner_that_is_not_nearer_is_enough_to_fail(name: str) -> None:
    runs = made_up.runs(2)
    runs[name]["seeds"]["0"]["study"]["distance"]["B"]["corner"] = 2.0
    assert claims_of(runs)["sgn-nearer-by-kid"]["answer"].met == 1


def test_names_are_right_for_most_and_for_far_more_than_the_inputs() -> None:
    assert beyond_claims.named(np.array([[0.1, 0.7], [0.1, 0.95]])) > 0
    assert beyond_claims.named(np.array([[0.1, 0.7], [0.1, 0.85]])) <= 0
    assert beyond_claims.named(np.array([[0.6, 0.9], [0.5, 0.9]])) <= 0  # the inputs are named so as well


def test_networks_that_do_nothing_pass_neither_and_what_is_missing_is_not_measurable() -> None:
    runs = made_up.runs()
    for name in MODELS:
        study = runs[name]["seeds"]["0"]["study"]
        study["distance"] = {letter: {**of, "corner": of["inputs"]} for letter, of in study["distance"].items()}
        study["named"]["corner"] = dict.fromkeys("ABC", study["named"]["inputs"])
    assert [claim["answer"].met for claim in claims_of(runs).values()] == [0, 0]
    blind = {name: nulls.blind(made_up.typed(made_up.run(name))) for name in MODELS}
    assert [claim["answer"].met for claim in beyond_claims.claims(blind)] == [0, 0]
    del runs["model1"]["seeds"]["0"]["study"]["named"]
    assert [claim["answer"].of for claim in claims_of(runs).values()] == [1, 0]
    del runs["model2"]
    assert {claim["answer"] for claim in claims_of(runs).values()} == {verdict.NOT_MEASURED}
