"""Claims 5 to 9: one training, extrapolation, mixed domains, seamless paths, any size; each holds and can fail."""

import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from pipeline.core import results
from pipeline.sgn.paper import translation_claims
from pipeline.sgn.paper.runs import HYPER_RUNS
from pipeline.sgn.results import CostResult
from tests.sgn.paper import made_up

IDS = ("sgn-one-training", "sgn-extrapolates", "sgn-mixes-two-domains", "sgn-seamless", "sgn-any-size")
Runs = dict[str, dict[str, Any]]


def claims_of(runs: Runs, cost: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    found = translation_claims.claims(
        *(made_up.typed(runs[name]) for name in ("model1", "model2", "model3")),
        results.of(CostResult, cost or made_up.cost()),
    )
    json.dumps(found, allow_nan=False)
    return {claim["id"]: claim for claim in found}


def broken(name: str, seeds: tuple[str, ...], change: Callable[[dict[str, Any]], None], of: int = 3) -> Runs:
    """The runs with the study of one of them changed in some of its seeds."""
    runs = made_up.runs(of)
    for seed in seeds:
        change(runs[name]["seeds"][seed]["study"])
    return runs


def project(axis: str, values: dict[tuple[float, ...], float]) -> Callable[[dict[str, Any]], None]:
    def change(study: dict[str, Any]) -> None:
        for row in study["axes"][axis]:
            row["projection"] = values.get(tuple(row["S"]), row["projection"])

    return change


def test_all_hold_where_they_should_in_every_seed() -> None:
    found = claims_of(made_up.runs(3))
    assert tuple(found) == IDS
    for claim in found.values():
        assert claim["holds"] is True
        assert claim["seeds"] == {"holds": 3, "of": 3}
        assert claim["text"]
        assert claim["where"]
        assert claim["rule"]
        assert claim["measured"]


# --- claim 5 ---------------------------------------------------------------------------------------------------------


def test_the_cost_is_counted_and_said_as_a_ratio() -> None:
    measured = claims_of(made_up.runs(2))["sgn-one-training"]["measured"]
    assert measured["steps of SGN"] == 10
    assert measured["steps of the six"] == 60
    assert measured["FLOPs, the six / SGN"] == 3.0
    assert measured["FLOPs, the model for S / SGN"] == [0.5] * 6


@pytest.mark.parametrize("changed", [{"steps": 1}, {"flop": 10**11}])
def test_six_models_that_need_less_of_either_fail(changed: dict[str, int]) -> None:
    cost = made_up.cost()
    for name in HYPER_RUNS:
        cost["runs"][name] = {**cost["runs"][name], **changed}
    claim = claims_of(made_up.runs(2), cost)["sgn-one-training"]
    assert claim["holds"] is False
    assert claim["seeds"] == {"holds": 0, "of": 2}


@pytest.mark.parametrize("name", ["model1", "model1-w011"])
def test_without_a_run_s_cost_there_is_no_verdict(name: str) -> None:
    cost = made_up.cost()
    del cost["runs"][name]
    claim = claims_of(made_up.runs(), cost)["sgn-one-training"]
    assert (claim["holds"], claim["measured"]) == (None, {})


# --- claim 6 ---------------------------------------------------------------------------------------------------------


def test_only_the_rising_order_extrapolates() -> None:
    passed = [order for order in permutations((0.1, 0.6, 0.8)) if translation_claims.extrapolates(np.array(order))]
    assert passed == [(0.1, 0.6, 0.8)]
    assert not translation_claims.extrapolates(np.array([0.1, 0.6, 0.6]))


def test_a_model_that_does_not_extrapolate_fails_and_the_seeds_are_counted() -> None:
    change = project("B", {(0.0, 1.5, 0.0): 0.9})
    for seeds, holds in ((("1",), True), (("0", "1"), False)):
        claim = claims_of(broken("model1", seeds, change))["sgn-extrapolates"]
        assert claim["holds"] is holds
        assert claim["seeds"] == {"holds": 3 - len(seeds), "of": 3}
    assert claim["measured"] == {
        "S": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.5, 0.0]],
        "way to domainB": [0.0, 1.0, 1.1],
    }


# --- claim 7 ---------------------------------------------------------------------------------------------------------


def mixes(*axes: list[float]) -> bool:
    """Projections at A, B, C and the mixture, on the axes of B and of C."""
    return translation_claims.mixes_two_domains(np.array(axes))


def test_a_mixture_has_half_of_both_domains() -> None:
    assert mixes([0, 1, 0.1, 0.5], [0, 0.1, 1, 0.5])
    assert mixes([0.5, 1.5, 0.6, 1.0], [-1, -0.9, 0, -0.5])  # measured from the corner of A
    assert not mixes([0, 1, 0.1, 0.49], [0, 0.1, 1, 0.5])
    assert not mixes([0, 1, 0.1, 0.5], [0, 0.1, 1, 0.49])
    assert not mixes([0, -1, 0.1, 0.5], [0, 0.1, 1, 0.5])  # the own corner moves away


def test_pictures_of_one_domain_alone_are_no_mixture() -> None:
    assert not mixes([0, 1, 0.6, 1], [0, 0.6, 1, 0.6])  # those of B, though the axes are alike
    assert not mixes([0, 1, 0.6, 0.6], [0, 0.6, 1, 1])  # those of C
    assert not mixes([0, 1, 1, 1], [0, 1, 1, 1])  # S tells B and C not apart


def test_a_model_that_ignores_one_domain_fails() -> None:
    claim = claims_of(broken("model3", ("0", "1"), project("C", {(0.0, 0.5, 0.5): 0.0})))["sgn-mixes-two-domains"]
    assert claim["holds"] is False
    assert claim["seeds"] == {"holds": 1, "of": 3}
    assert claim["measured"]["way to domainC"] == [0.0, 0.0, 1.0, 0.16667]


def test_other_objectives_than_adversarial_ones_have_no_axis_and_no_verdict() -> None:
    runs = made_up.runs()
    for name in ("model1", "model3"):
        runs[name]["seeds"]["0"]["study"]["axes"] = {}
    found = claims_of(runs)
    for name in ("sgn-extrapolates", "sgn-mixes-two-domains"):
        assert (found[name]["holds"], found[name]["measured"]) == (None, {})


# --- claim 8 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model1", "model2", "model3"])
@pytest.mark.parametrize("side", ["AB", "BC", "CA"])
@pytest.mark.parametrize("step", [{"mean": 0.01, "largest": 0.031}, {"mean": 0.0, "largest": 0.0}])
def test_a_jump_or_no_change_on_any_side_of_any_run_fails(name: str, side: str, step: dict[str, float]) -> None:
    claim = claims_of(broken(name, ("0", "2"), lambda study: study["steps"].update({side: dict(step)})))["sgn-seamless"]
    assert claim["holds"] is False
    assert claim["seeds"] == {"holds": 1, "of": 3}


def test_the_steps_are_shown_for_each_run() -> None:
    measured = claims_of(made_up.runs())["sgn-seamless"]["measured"]
    assert measured["model2: mean step on AB, BC, CA"] == [0.01] * 3
    assert measured["model2: largest step"] == [0.02] * 3
    assert len(measured) == 6


# --- claim 9 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        {"size": [96, 96], "output": [96, 96], "L_A": 0.41},
        {"size": [96, 96], "output": [96, 92], "L_A": None},
        {"size": [96, 96], "output": [92, 96], "L_A": 0.1},
    ],
)
def test_another_output_size_or_a_worse_reconstruction_fails(row: dict[str, Any]) -> None:
    claim = claims_of(broken("model1", ("0", "1", "2"), lambda study: study["sizes"].insert(1, dict(row))))[IDS[-1]]
    assert claim["holds"] is False
    assert claim["seeds"] == {"holds": 0, "of": 3}
    assert claim["measured"]["input"] == [[64, 64], [96, 96], [96, 96], [48, 48]]
    kept = row["size"] == row["output"]
    assert claim["measured"]["L_rec"] == [0.2, 0.41 if kept else None, 0.3, 0.1]


def test_one_size_alone_is_no_evidence() -> None:
    few: list[Any] = [[], made_up.study()["sizes"][:1]]
    for sizes in few:
        runs = made_up.runs()
        runs["model1"]["seeds"]["0"]["study"]["sizes"] = sizes
        assert claims_of(runs)["sgn-any-size"]["holds"] is None


# --- no study --------------------------------------------------------------------------------------------------------


def test_without_a_study_only_the_cost_is_judged() -> None:
    runs = made_up.runs()
    for name in ("model1", "model3"):
        runs[name]["seeds"]["0"]["study"] = None
    found = claims_of(runs)
    assert found.pop("sgn-one-training")["holds"] is True
    for claim in found.values():
        assert (claim["holds"], claim["seeds"], claim["measured"]) == (None, {"holds": 0, "of": 0}, {})
