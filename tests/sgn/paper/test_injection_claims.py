"""The claims about injection: each holds where CCAM is best and CONCAT still, and fails where a rival is better."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.claims import verdict
from pipeline.sgn.paper import injection_claims
from pipeline.sgn.paper.runs import CONDITIONING_RUNS
from tests.sgn.paper import made_up

IDS = (
    *("figure8-concat-constant", "figure8-ccam-separates", "figure8-ccam-leaks-least"),
    *("figure8-cbn-leaks", "figure8-cbn-biased"),
)
Studies = dict[str, dict[str, Any]]


def claims_of(runs: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = injection_claims.claims([made_up.typed(run) for run in runs])
    json.dumps([claim["measured"] for claim in found], allow_nan=False)
    return {claim["id"]: claim for claim in found}


def changed(change: Callable[[Studies], None], seeds: tuple[int, ...] = (0, 1), of: int = 3) -> list[dict[str, Any]]:
    """Model 2 with each conditioning, the studies of some seeds changed."""
    runs = [made_up.run(name, of) for name in CONDITIONING_RUNS]
    for seed in seeds:
        change({run["conditioning"]: run["seeds"][str(seed)]["study"] for run in runs})
    return runs


def test_all_hold_in_every_seed_with_the_numbers_of_all_five_conditionings() -> None:
    found = claims_of([made_up.run(name, 3) for name in CONDITIONING_RUNS])
    assert tuple(found) == IDS
    for claim in found.values():
        assert (claim["answer"].met, claim["answer"].of) == (3, 3)
        assert verdict.passes(claim["answer"])
        assert list(claim["measured"])[:5] == ["ccam", "concat", "cbn", "concat-features", "film"]
    assert "by construction" in found["figure8-concat-constant"]["rule"]
    assert found["figure8-concat-constant"]["measured"]["concat"] == 1e-5
    assert found["figure8-ccam-separates"]["measured"]["ccam"] == 0.61
    assert found["figure8-cbn-leaks"]["measured"]["cbn"] == 0.18
    assert found["figure8-cbn-biased"]["measured"]["cbn"] == 0.6


@pytest.mark.parametrize("rival", ["ccam", "cbn"])
def test_concat_must_change_least(rival: str) -> None:
    def change(studies: Studies) -> None:
        studies["concat"]["change"], studies[rival]["change"] = studies[rival]["change"], studies["concat"]["change"]

    claim = claims_of(changed(change))["figure8-concat-constant"]
    assert (claim["answer"].margin < 0, claim["answer"].met, claim["answer"].of) == (True, 1, 3)


def test_as_little_change_is_not_less() -> None:
    claim = claims_of(changed(lambda studies: studies["cbn"].update(change=studies["concat"]["change"])))[IDS[0]]
    assert not verdict.passes(claim["answer"])


@pytest.mark.parametrize("rival", ["concat", "cbn"])
def test_ccam_must_separate_most(rival: str) -> None:
    def change(studies: Studies) -> None:
        studies[rival]["separation"] = dict(studies["ccam"]["separation"])  # as much is not more

    assert claims_of(changed(change))["figure8-ccam-separates"]["answer"].met == 1
    assert claims_of(changed(change, seeds=(2,)))["figure8-ccam-separates"]["answer"].met == 2


def test_who_separates_almost_nothing_separates_nothing_best() -> None:
    """As untrained networks: CCAM by a hundredth, the others by less."""

    def change(studies: Studies) -> None:
        for name, study in studies.items():
            study["separation"] = dict.fromkeys("ABC", 0.01 if name == "ccam" else 0.001)

    assert claims_of(changed(change, (0, 1, 2)))["figure8-ccam-separates"]["answer"].met == 0


def test_the_mean_over_the_three_decides() -> None:
    """CBN separates one domain better than CCAM, but not all three together."""
    claim = claims_of(changed(lambda studies: studies["cbn"]["separation"].update(A=0.9)))["figure8-ccam-separates"]
    assert claim["answer"].met == 3


def test_a_still_concat_has_no_leakage_to_compare_and_this_is_said() -> None:
    claim = claims_of([made_up.run(name) for name in CONDITIONING_RUNS])["figure8-ccam-leaks-least"]
    assert claim["answer"].met == 1
    assert claim["measured"]["concat"] is None
    assert claim["measured"]["left out"].startswith("concat")


def test_a_concat_that_moves_is_compared() -> None:
    for level, holds in ((0.9, True), (0.1, False)):
        runs = changed(
            lambda studies, level=level: studies["concat"].update(leakage=dict.fromkeys(made_up.PAIRS, level)),
            (0, 1, 2),
        )
        claim = claims_of(runs)["figure8-ccam-leaks-least"]
        assert verdict.passes(claim["answer"]) is holds
        assert "left out" not in claim["measured"]


def test_a_cbn_that_leaks_less_fails_the_claim_about_the_third_domain() -> None:
    found = claims_of(changed(lambda studies: studies["cbn"].update(leakage=dict.fromkeys(made_up.PAIRS, 0.1))))
    assert found["figure8-ccam-leaks-least"]["answer"].met == 1
    assert found["figure8-cbn-leaks"]["answer"].met == 3  # which is about colours of no domain


@pytest.mark.parametrize(("AB", "met"), [(0.1, 1), (0.14, 1), (0.18, 3)])
def test_cbn_s_colours_stray_farther_at_the_middle_of_a_and_b_by_a_visible_amount(AB: float, met: int) -> None:
    """CCAM's stray by 0.12."""
    found = claims_of(changed(lambda studies: studies["cbn"]["stray"].update(AB=AB, AC=0.9 - AB, BC=0.0)))
    assert found["figure8-cbn-leaks"]["answer"].met == met


def test_a_cbn_that_mixes_evenly_is_not_biased() -> None:
    found = claims_of(changed(lambda studies: studies["cbn"].update(bias=dict.fromkeys(made_up.PAIRS, 0.1))))
    assert found["figure8-cbn-biased"]["answer"].met == 1


@pytest.mark.parametrize("better", ["film", "concat-features"])
def test_what_the_paper_does_not_have_changes_no_verdict(better: str) -> None:
    def change(studies: Studies) -> None:
        best = {"separation": dict.fromkeys("ABC", 0.99), "leakage": dict.fromkeys(made_up.PAIRS, 0.0)}
        studies[better].update(**best, change=dict.fromkeys(made_up.PAIRS, 0.0))
        studies[better].update(stray=dict.fromkeys(made_up.PAIRS, 0.9), bias=dict.fromkeys(made_up.PAIRS, 0.9))

    found = claims_of(changed(change, (0, 1, 2)))
    assert all(verdict.passes(claim["answer"]) for claim in found.values())
    assert found["figure8-ccam-separates"]["measured"][better] == 0.99


@pytest.mark.parametrize(
    ("conditioning", "measurable"),
    [("ccam", []), ("cbn", []), ("concat", ["figure8-cbn-leaks", "figure8-cbn-biased"]), ("film", list(IDS))],
)
def test_a_missing_study_is_no_verdict_where_it_is_needed(conditioning: str, measurable: list[str]) -> None:
    runs = [made_up.run(name) for name in CONDITIONING_RUNS]
    run = next(run for run in runs if run["conditioning"] == conditioning)
    run["seeds"]["0"]["study"] = None
    for found in (claims_of(runs), claims_of([other for other in runs if other is not run])):
        # Without CONCAT at all, CCAM's leakage is compared with CBN's.
        assert [name for name in IDS if found[name]["answer"].of and name != "figure8-ccam-leaks-least"] == [
            name for name in measurable if name != "figure8-ccam-leaks-least"
        ]
    assert all(claim["measured"][conditioning] is None for claim in claims_of(runs).values())


def test_an_older_study_has_no_stray_colours() -> None:
    found = claims_of(changed(lambda studies: studies["ccam"].update(stray=None, bias=None), (0,)))
    assert [found[name]["answer"].of for name in IDS] == [3, 3, 3, 0, 0]


def test_a_ccam_or_cbn_that_does_not_move_has_no_verdict_about_leakage_and_bias() -> None:
    for conditioning in ("ccam", "cbn"):
        found = claims_of(
            changed(lambda studies, name=conditioning: studies[name].update(leakage=None, bias=None), seeds=(1,))
        )
        assert [found[name]["answer"].of for name in IDS] == [3, 3, 0, 3, 0]
