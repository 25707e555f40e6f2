"""Figure 7's claim: SGN is nearer to the input than SingleGAN in all four distances, or the claim does not hold."""

import json

import pytest

from pipeline.core import results
from pipeline.sgn.paper import figure7_claims
from pipeline.sgn.results import Figure7Result
from tests.sgn.paper import made_up


def test_it_holds_where_all_four_distances_are_smaller() -> None:
    (claim,) = figure7_claims.claims(results.of(Figure7Result, made_up.figure7(3)))
    assert claim["id"] == "figure7-reconstructs"
    assert (claim["holds"], claim["seeds"]) == (True, {"holds": 3, "of": 3})
    assert claim["measured"] == {
        "SGN": {"photo L1": 0.1, "photo VGG": 1.0, "monet L1": 0.1, "monet VGG": 1.0},
        "SingleGAN": {"photo L1": 0.2, "photo VGG": 2.0, "monet L1": 0.2, "monet VGG": 2.0},
    }
    json.dumps(claim, allow_nan=False)


@pytest.mark.parametrize("inputs", ["photo", "monet"])
@pytest.mark.parametrize("distance", ["L1", "VGG"])
@pytest.mark.parametrize("times", [1.0, 3.0])
def test_one_distance_that_is_not_smaller_is_enough_to_fail(inputs: str, distance: str, times: float) -> None:
    figure7 = made_up.figure7(3)
    for seed in ("0", "1"):
        models = figure7["seeds"][seed][inputs]
        models["sgn"] = {**models["sgn"], distance: times * models["singlegan"][distance]}
    (claim,) = figure7_claims.claims(results.of(Figure7Result, figure7))
    assert (claim["holds"], claim["seeds"]) == (False, {"holds": 1, "of": 3})


def test_exchanged_models_fail() -> None:
    figure7 = made_up.figure7()
    for models in figure7["seeds"]["0"].values():
        models["sgn"], models["singlegan"] = models["singlegan"], models["sgn"]
    (claim,) = figure7_claims.claims(results.of(Figure7Result, figure7))
    assert (claim["holds"], claim["seeds"]) == (False, {"holds": 0, "of": 1})


def test_without_a_seed_nothing_is_measurable() -> None:
    (claim,) = figure7_claims.claims(results.of(Figure7Result, {**made_up.figure7(), "seeds": {}}))
    assert (claim["holds"], claim["seeds"], claim["measured"]) == (None, {"holds": 0, "of": 0}, {})
