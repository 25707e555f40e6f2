"""Figure 7's claims: SGN is nearer to the input than SingleGAN, than a flat picture, than itself elsewhere."""

import json
from typing import Any

import pytest

from pipeline.claims import verdict
from pipeline.claims.verdict import Answer
from pipeline.core import results
from pipeline.sgn.paper import figure7_claims
from pipeline.sgn.results import Figure7Result, NullsResult
from tests.sgn.paper import made_up


def claims_of(figure7: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = figure7_claims.claims(results.of(Figure7Result, figure7))
    json.dumps([claim["measured"] for claim in found], allow_nan=False)
    return {claim["id"]: claim for claim in found}


def reconstructs(figure7: dict[str, Any]) -> Answer:
    answer: Answer = claims_of(figure7)["figure7-reconstructs"]["answer"]
    return answer


def transfers(figure7: dict[str, Any]) -> Answer:
    answer: Answer = claims_of(figure7)["figure7-singlegan-transfers"]["answer"]
    return answer


def test_it_holds_where_all_four_distances_are_smaller() -> None:
    claim = claims_of(made_up.figure7(3))["figure7-reconstructs"]
    assert (claim["answer"].met, claim["answer"].of, claim["answer"].margin) == (3, 3, pytest.approx(0.5))
    assert claim["measured"] == {
        "SGN": {"photo L1": 0.1, "photo VGG": 1.0, "monet L1": 0.1, "monet VGG": 1.0},
        "SingleGAN": {"photo L1": 0.2, "photo VGG": 2.0, "monet L1": 0.2, "monet VGG": 2.0},
        "flat picture": {"photo L1": 0.5, "monet L1": 0.5},
        "SGN at its other corners": {"photo L1": [0.3, 0.3]},
    }


@pytest.mark.parametrize("inputs", ["photo", "monet"])
@pytest.mark.parametrize("distance", ["L1", "VGG"])
@pytest.mark.parametrize("times", [1.0, 3.0])
def test_one_distance_that_is_not_smaller_is_enough_to_fail(inputs: str, distance: str, times: float) -> None:
    figure7 = made_up.figure7(3)
    for seed in ("0", "1"):
        models = figure7["seeds"][seed][inputs]
        models["sgn"] = {**models["sgn"], distance: times * models["singlegan"][distance]}
    answer = reconstructs(figure7)
    assert (answer.met, answer.of) == (1, 3)
    assert not verdict.passes(answer)


def test_exchanged_models_fail() -> None:
    figure7 = made_up.figure7()
    for models in figure7["seeds"]["0"].values():
        models["sgn"], models["singlegan"] = models["singlegan"], models["sgn"]
    assert reconstructs(figure7).met == 0


@pytest.mark.parametrize("inputs", ["photo", "monet"])
def test_what_is_no_better_than_a_flat_picture_reconstructs_nothing(inputs: str) -> None:
    figure7 = made_up.figure7()
    figure7["flat"][inputs] = 0.1
    assert reconstructs(figure7).met == 0


@pytest.mark.parametrize("domain", ["ukiyoe", "vangogh"])
def test_a_network_that_is_as_near_at_its_other_corners_does_not_look_at_S(domain: str) -> None:
    figure7 = made_up.figure7()
    figure7["transfer"]["0"]["sgn"][domain]["L1"] = 0.1
    assert reconstructs(figure7).met == 0


@pytest.mark.parametrize("domain", ["ukiyoe", "vangogh"])
def test_singlegan_must_come_nearer_to_both_domains(domain: str) -> None:
    figure7 = made_up.figure7()
    assert (transfers(figure7).met, transfers(figure7).margin) == (1, 0.5)
    figure7["transfer"]["0"]["singlegan"][domain]["corner"] = 2.0
    assert transfers(figure7).met == 0


@pytest.mark.parametrize("name", ["flat", "identity", "untrained"])
def test_nulls_pass_neither(name: str) -> None:
    figure7 = results.of(Figure7Result, made_up.figure7(2))
    null = results.of(NullsResult, made_up.nulls(2)).nulls[name]  # the identity in all three names
    asked = figure7_claims.claims(figure7_claims.of_null(figure7, null))
    assert [(claim["answer"].met, claim["answer"].of) for claim in asked] == [(0, 2), (0, 2)]


def test_without_a_seed_or_in_an_older_file_nothing_is_measurable() -> None:
    older = {key: value for key, value in made_up.figure7().items() if key not in ("flat", "transfer")}
    for figure7 in ({**made_up.figure7(), "seeds": {}, "transfer": {}}, older):
        for claim in claims_of(figure7).values():
            assert (claim["answer"], claim["measured"]) == (verdict.NOT_MEASURED, {})
    assert all(claim["answer"] == verdict.NOT_MEASURED for claim in figure7_claims.claims(None))
