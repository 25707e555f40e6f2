"""Claims 5 to 9 and what the figures show beside them; each holds and can fail."""

import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from pipeline.claims import verdict
from pipeline.core import results
from pipeline.sgn.paper import nulls, translation_claims
from pipeline.sgn.paper.runs import HYPER_RUNS
from pipeline.sgn.results import CostResult
from tests.sgn.paper import made_up

IDS = (
    *("sgn-one-training", "sgn-reconstructs", "sgn-extrapolates", "sgn-mixes-two-domains"),
    *("sgn-mixes-adversarial-with-style", "sgn-mixes-three", "sgn-seamless", "sgn-any-size"),
)
Runs = dict[str, dict[str, Any]]


def claims_of(runs: Runs, cost: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    typed = {name: made_up.typed(runs[name]) for name in ("model1", "model2", "model3") if name in runs}
    found = translation_claims.claims(typed, results.of(CostResult, cost or made_up.cost()))
    json.dumps([claim["measured"] for claim in found], allow_nan=False)
    return {claim["id"]: claim for claim in found}


def seeds(claim: dict[str, Any]) -> tuple[int, int]:
    """In how many seeds the rule is met, of how many."""
    return claim["answer"].met, claim["answer"].of


def broken(name: str, seeds_of: tuple[str, ...], change: Callable[[dict[str, Any]], None], of: int = 3) -> Runs:
    """The runs with the study of one of them changed in some of its seeds."""
    runs = made_up.runs(of)
    for seed in seeds_of:
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
    for name, claim in found.items():
        assert verdict.passes(claim["answer"])
        assert seeds(claim) == ((1, 1) if name == "sgn-one-training" else (3, 3))
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
    answer = claims_of(made_up.runs(2), cost)["sgn-one-training"]["answer"]
    assert (answer.met, answer.of, answer.counted) == (0, 1, True)


@pytest.mark.parametrize("name", ["model1", "model1-w011"])
def test_without_a_run_s_cost_there_is_no_verdict(name: str) -> None:
    cost = made_up.cost()
    del cost["runs"][name]
    claim = claims_of(made_up.runs(), cost)["sgn-one-training"]
    assert (claim["answer"], claim["measured"]) == (verdict.NOT_MEASURED, {})


# --- claim 6 ---------------------------------------------------------------------------------------------------------


def test_only_the_rising_order_extrapolates() -> None:
    passed = [order for order in permutations((0.1, 0.6, 0.8)) if translation_claims.extrapolates(np.array(order)) > 0]
    assert passed == [(0.1, 0.6, 0.8)]
    assert translation_claims.extrapolates(np.array([0.1, 0.6, 0.6])) <= 0
    assert translation_claims.extrapolates(np.array([0.1, 0.101, 0.102])) <= 0  # as of an untrained network


def test_a_model_that_does_not_extrapolate_fails_and_the_seeds_are_counted() -> None:
    change = project("B", {(0.0, 1.5, 0.0): 0.9})
    for changed in (("1",), ("0", "1")):
        claim = claims_of(broken("model1", changed, change))["sgn-extrapolates"]
        assert seeds(claim) == (3 - len(changed), 3)
    assert claim["measured"] == {
        "S": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.5, 0.0]],
        "way to domainB": [0.0, 1.0, 1.1],
    }


# --- claim 7 ---------------------------------------------------------------------------------------------------------


def mixes(*axes: list[float]) -> bool:
    """Projections at A, B, C and the mixture, on the axes of B and of C."""
    return translation_claims.mixes_two_domains(np.array(axes)) > 0


def test_a_mixture_has_half_of_both_domains() -> None:
    assert mixes([0, 1, 0.1, 0.51], [0, 0.1, 1, 0.51])
    assert mixes([0.5, 1.5, 0.6, 1.1], [-1, -0.9, 0, -0.4])  # measured from the corner of A
    assert not mixes([0, 1, 0.1, 0.49], [0, 0.1, 1, 0.51])
    assert not mixes([0, 1, 0.1, 0.51], [0, 0.1, 1, 0.49])
    assert not mixes([0, -1, 0.1, 0.5], [0, 0.1, 1, 0.5])  # the own corner moves away


def test_pictures_of_one_domain_alone_are_no_mixture() -> None:
    assert not mixes([0, 1, 0.6, 1], [0, 0.6, 1, 0.6])  # those of B, though the axes are alike
    assert not mixes([0, 1, 0.6, 0.6], [0, 0.6, 1, 1])  # those of C
    assert not mixes([0, 1, 1, 1], [0, 1, 1, 1])  # S tells B and C not apart


def test_a_model_that_ignores_one_domain_fails() -> None:
    claim = claims_of(broken("model3", ("0", "1"), project("C", {(0.0, 0.5, 0.5): 0.0})))["sgn-mixes-two-domains"]
    assert seeds(claim) == (1, 3)
    assert claim["measured"]["way to domainC"] == [0.0, 0.0, 1.0, 0.175]


def test_other_objectives_than_adversarial_ones_have_no_axis_and_no_verdict() -> None:
    runs = made_up.runs()
    for name in ("model1", "model3"):
        runs[name]["seeds"]["0"]["study"]["axes"] = {}
    found = claims_of(runs)
    for name in ("sgn-extrapolates", "sgn-mixes-two-domains", "sgn-mixes-adversarial-with-style"):
        assert (found[name]["answer"], found[name]["measured"]) == (verdict.NOT_MEASURED, {})


# --- mixtures and reconstruction -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("projections", "holds"),
    [
        ([0.0, 1.0, 0.0, 0.5], True),
        ([0.3, 1.0, 0.0, 0.31], False),  # hardly more than at A's corner
        ([0.0, 1.0, 0.5, 0.5], False),  # the style alone does it
        ([-0.9, 1.0, -0.9, -0.1], False),  # less than the input
        ([0.4, 0.4, 0.4, 0.4], False),  # blind to S
    ],
)
def test_a_mixture_with_a_style_has_more_of_the_domain_than_input_and_both_corners(
    projections: list[float], holds: bool
) -> None:
    assert (translation_claims.mixes_with_style(np.array(projections)) > 0) is holds


def three(*centre: float) -> bool:
    """A model whose losses are 0.2 at their own corner and 1 at the others, and these at the centre."""
    rows = [*(1 - 0.8 * np.eye(3)), np.array(centre)]
    return translation_claims.mixes_three(np.stack(rows)[None]) > 0


def test_a_mixture_of_three_has_come_a_part_of_the_way_in_each_loss() -> None:
    assert three(0.83, 0.5, 0.2)
    assert not three(0.85, 0.5, 0.2)  # one domain is not there
    assert not three(0.2, 1.0, 0.2)
    assert translation_claims.mixes_three(np.full((1, 4, 3), 0.7)) <= 0  # blind to S


def test_a_reconstruction_is_better_than_flat_pictures_and_than_at_other_corners() -> None:
    def reconstructs(*row: float) -> bool:
        return translation_claims.reconstructs(np.array([row])) > 0

    assert reconstructs(0.2, 0.5, 0.4, 0.5)
    assert not reconstructs(0.555, 0.9, 0.8, 0.553)  # a flat picture is as good
    assert not reconstructs(0.0, 0.0, 0.0, 0.5)  # the identity
    assert not reconstructs(0.2, 0.5, 0.2, 0.5)


@pytest.mark.parametrize("name", ["model1", "model2", "model3"])
def test_each_model_must_reconstruct_and_mix_three(name: str) -> None:
    def change(study: dict[str, Any]) -> None:
        for row in study["lattice"]:
            row["L"] = {**row["L"], "A": 0.95}

    found = claims_of(broken(name, ("0", "1"), change))
    assert [seeds(found[claim]) for claim in ("sgn-reconstructs", "sgn-mixes-three")] == [(1, 3)] * 2


# --- claim 8 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model1", "model2", "model3"])
@pytest.mark.parametrize("side", ["AB", "BC", "CA"])
@pytest.mark.parametrize(
    "step",
    [
        {"largest": 0.051},  # a jump of a quarter of the way
        {"whole": 0.0, "largest": 0.0, "back": 0.0},  # nothing moves
        {"whole": 0.04, "largest": 0.002},  # as of an untrained network: the ends are alike
        {"back": 0.021},  # the way turns back
    ],
)
def test_a_jump_or_no_change_or_a_way_back_on_any_side_of_any_run_fails(
    name: str, side: str, step: dict[str, float]
) -> None:
    claim = claims_of(broken(name, ("0", "2"), lambda study: study["steps"][side].update(step)))["sgn-seamless"]
    assert seeds(claim) == (1, 3)


def test_the_steps_are_shown_for_each_run_and_an_older_file_has_none() -> None:
    measured = claims_of(made_up.runs())["sgn-seamless"]["measured"]
    assert measured["model2: whole change on AB, BC, CA"] == [0.2] * 3
    assert measured["model2: largest step"] == [0.02] * 3
    assert len(measured) == 9
    older = broken("model2", ("0",), lambda study: study["steps"]["AB"].update(whole=None, back=None))
    assert claims_of(older)["sgn-seamless"]["answer"] == verdict.NOT_MEASURED


# --- claim 9 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        {"L_A": 0.41},
        {"output": [96, 92], "L_A": None},
        {"output": [92, 96], "L_A": 0.1},
        {"L_A": 0.3, "flat": 0.3},
        {"L_A": 0.3, "change": 0.09},
    ],
)
def test_another_output_size_or_a_worse_reconstruction_or_a_still_network_fails(row: dict[str, Any]) -> None:
    row = {"size": [96, 96], "output": [96, 96], "flat": 0.9, "change": 0.2, **row}
    claim = claims_of(broken("model1", ("0", "1", "2"), lambda study: study["sizes"].insert(1, dict(row))))[IDS[-1]]
    assert seeds(claim) == (0, 3)
    assert claim["measured"]["input"] == [[64, 64], [96, 96], [96, 96], [48, 48]]
    kept = row["size"] == row["output"]
    assert claim["measured"]["L_rec"] == [0.2, row["L_A"] if kept else None, 0.3, 0.1]


def test_one_size_alone_is_no_evidence() -> None:
    few: list[Any] = [[], made_up.study()["sizes"][:1]]
    for sizes in few:
        runs = made_up.runs()
        runs["model1"]["seeds"]["0"]["study"]["sizes"] = sizes
        assert claims_of(runs)["sgn-any-size"]["answer"] == verdict.NOT_MEASURED


# --- nulls, and what is missing --------------------------------------------------------------------------------------


def test_a_network_blind_to_S_passes_nothing_but_the_cost() -> None:
    runs = {name: nulls.blind(made_up.typed(made_up.run(name, 2))) for name in ("model1", "model2", "model3")}
    found = {claim["id"]: claim["answer"] for claim in translation_claims.claims(runs, None)}
    assert found.pop("sgn-one-training") == verdict.NOT_MEASURED
    assert {(answer.met, answer.of) for answer in found.values()} == {(0, 2)}


@pytest.mark.parametrize("name", ["model1", "model2", "model3"])
def test_a_missing_run_is_not_measurable_where_it_is_needed(name: str) -> None:
    found = claims_of({key: run for key, run in made_up.runs().items() if key != name})
    needed = {"sgn-reconstructs", "sgn-mixes-three", "sgn-seamless"}
    needed |= {"model3": {"sgn-mixes-two-domains"}, "model2": set()}.get(
        name, {"sgn-extrapolates", "sgn-mixes-adversarial-with-style", "sgn-any-size"}
    )
    assert {key for key, claim in found.items() if claim["answer"] == verdict.NOT_MEASURED} == needed


def test_without_a_study_only_the_cost_is_judged() -> None:
    runs = made_up.runs()
    for name in ("model1", "model3"):
        runs[name]["seeds"]["0"]["study"] = None
    found = claims_of(runs)
    assert verdict.passes(found.pop("sgn-one-training")["answer"])
    for claim in found.values():
        assert (claim["answer"], claim["measured"]) == (verdict.NOT_MEASURED, {})
