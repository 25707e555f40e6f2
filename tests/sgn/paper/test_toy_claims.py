"""The toy's rules: they hold on the paper's own numbers and fail on permuted ones."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from pipeline.claims import verdict
from pipeline.sgn.paper import nulls, toy_claims
from tests.sgn.paper import made_up
from tests.sgn.paper.made_up import HYPER_LEVELS, PUBLISHED

TABLE_RULES = [toy_claims.sym_matches_hyper, toy_claims.losses_trade_off, toy_claims.sym_close_to_hyper]
OTHER_ORDERS = [list(order) for order in permutations(range(5)) if order != (0, 1, 2, 3, 4)]


@pytest.mark.parametrize("rule", TABLE_RULES)
def test_rules_hold_on_the_paper_s_table(rule: Any) -> None:
    assert rule(PUBLISHED) > 0


@pytest.mark.parametrize("rule", TABLE_RULES)
@pytest.mark.parametrize("model", [0, 1])
def test_rules_fail_on_every_other_order_of_a_model_s_rows(rule: Any, model: int) -> None:
    for order in OTHER_ORDERS:
        permuted = PUBLISHED.copy()
        permuted[model] = PUBLISHED[model, order]
        assert rule(permuted) <= 0, order


def test_a_model_that_ignores_S_does_not_match_hyper() -> None:
    sin = np.stack([np.repeat(PUBLISHED[1, 2:3], 5, axis=0), PUBLISHED[1]])
    assert toy_claims.sym_matches_hyper(sin) <= 0
    assert toy_claims.losses_trade_off(sin) <= 0
    assert toy_claims.sym_close_to_hyper(sin) <= 0


def distances(levels: list[float], hyper: list[float]) -> np.ndarray:
    """Distances between flat curves at these levels: (2, 5, 5)."""
    return np.abs(np.array([levels, hyper])[:, :, None] - np.array(hyper))


def test_curves_follow_within_half_of_the_way_to_the_next_curve() -> None:
    def follow(off: float) -> bool:
        return toy_claims.curves_follow(distances([h + off for h in HYPER_LEVELS], HYPER_LEVELS)) > 0

    assert follow(0.049)
    assert follow(-0.049)
    assert not follow(0.051)
    for order in OTHER_ORDERS:
        assert toy_claims.curves_follow(distances([HYPER_LEVELS[i] for i in order], HYPER_LEVELS)) <= 0
    assert toy_claims.curves_follow(distances([0.2] * 5, HYPER_LEVELS)) <= 0


def test_staying_at_half_means_all_five_curves() -> None:
    def stay(levels: list[float]) -> bool:
        return toy_claims.curves_stay_at_half(distances(levels, HYPER_LEVELS)) > 0

    assert stay([0.2, 0.21, 0.18, 0.2, 0.24])
    assert not stay([0.2, 0.2, 0.2, 0.2, 0.26])
    assert not stay(HYPER_LEVELS)
    assert not stay([0.4] * 5)


def test_gap_must_be_positive_and_larger_at_every_narrower_width() -> None:
    assert toy_claims.gap_grows(np.array([0.02, 0.009, 0.012, 0.002])) > 0
    assert toy_claims.gap_grows(np.array([0.001, 0.009, 0.012, 0.002])) <= 0
    assert toy_claims.gap_grows(np.array([0.02, 0.009, -0.001, -0.002])) <= 0
    assert toy_claims.gap_grows(np.array([0.002, 0.009, 0.012, 0.02])) <= 0


def verdicts(toy: dict[str, Any]) -> dict[str, bool | None]:
    return {claim["id"]: verdict.passes(claim["answer"]) for claim in toy_claims.claims(toy)}


def test_the_paper_s_numbers_satisfy_every_claim() -> None:
    claims = toy_claims.claims(made_up.toy({2: 0.02, 8: 0.01, 16: 0.005, 64: 0.002}))
    assert {claim["id"]: verdict.passes(claim["answer"]) for claim in claims} == {
        "toy-sym-matches-hyper": True,
        "toy-losses-trade-off": True,
        "toy-sym-follows-hyper": True,
        "toy-sin-stays": True,
        "toy-narrow-sym-worse": True,
        "toy-close-at-paper-width": True,
    }
    assert all((claim["answer"].met, claim["answer"].of) == (3, 3) for claim in claims)
    assert all(claim["text"] and claim["where"] and claim["rule"] and claim["measured"] for claim in claims)


def test_a_sym_that_stays_and_a_sin_that_follows_are_seen() -> None:
    toy = made_up.toy({2: 0.02, 8: 0.01, 16: 0.005, 64: 0.002})
    renamed = {"sym": "sin", "sin": "sym", "hyper": "hyper"}
    toy["distances"] = [{**row, "model": renamed[row["model"]]} for row in toy["distances"]]
    found = verdicts(toy)
    assert found["toy-sym-follows-hyper"] is False
    assert found["toy-sin-stays"] is False


def test_width_exceptions_are_named() -> None:
    toy = made_up.toy({2: 0.001, 8: 0.01, 16: 0.005, 64: 0.002})
    claim = next(c for c in toy_claims.claims(toy) if c["id"] == "toy-narrow-sym-worse")
    assert claim["answer"].met == 0
    assert claim["measured"]["exceptions"] == [2]
    assert claim["measured"]["gap"] == pytest.approx([0.001, 0.01, 0.005, 0.002], abs=1e-5)


@pytest.mark.parametrize("gaps", [{2: 0.02, 64: 0.002}, {2: 0.02, 4: 0.01, 8: 0.01, 16: 0.005}])
def test_too_few_widths_and_a_missing_reference_are_no_verdict(gaps: dict[int, float]) -> None:
    claim = next(c for c in toy_claims.claims(made_up.toy(gaps)) if c["id"] == "toy-narrow-sym-worse")
    assert claim["answer"] == verdict.NOT_MEASURED


def test_a_hyper_model_of_the_middle_in_the_place_of_sym_passes_nothing_that_is_said_of_S() -> None:
    toy = made_up.toy({2: 0.02, 8: 0.01, 16: 0.005, 64: 0.002})
    found = verdicts(nulls.blind_toy(toy))
    assert found.pop("toy-sin-stays") is True  # Sin is blind on purpose: its claim is not asked
    assert set(found.values()) == {False}


def test_what_was_changed_after_it_failed_says_so_and_its_sentence_is_its_rule() -> None:
    claims = {claim["id"]: claim for claim in toy_claims.claims(made_up.toy({2: 0.02, 64: 0.002}))}
    close = claims.pop("toy-close-at-paper-width")
    assert "0.0054" in close["changed"]
    assert "added up" in close["text"]
    assert {claim["changed"] for claim in claims.values()} == {None}
    assert toy_claims.claims(None) == []
