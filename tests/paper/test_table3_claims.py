"""The claims' rules on the paper's own numbers, which must pass, and on changed ones, which must fail."""

import json
from itertools import combinations, permutations

import numpy as np
import pytest

from pipeline import sym
from pipeline.paper import table3
from pipeline.paper.table3_claims import between_at_half, claims, minimum_at_own_weight, pairs, smallest

COLUMNS = {"L_rec": 0, "L_adv": 1, "L_per": 2}  # and which weight of S is the loss's own
SWAPS = [(name, i, j) for name in COLUMNS for i, j in combinations(range(6), 2)]


def sgn() -> np.ndarray:
    return table3.paper("sgn").copy()


def column(rows: np.ndarray, name: str) -> np.ndarray:
    """The loss's column; L_G comes first. A view."""
    return rows[:, 1 + COLUMNS[name]]


def weight(name: str, row: int) -> float:
    return sym.TABLE3[row][COLUMNS[name]]


def test_the_papers_sgn_passes_both() -> None:
    assert minimum_at_own_weight(sgn())
    assert between_at_half(sgn())
    assert len(pairs(sgn())) == 24
    assert smallest(sgn()) == dict(zip(COLUMNS, sym.corners(3), strict=True))


def test_the_papers_hyper_parameter_models_break_one_pair() -> None:
    """L_adv is 0.247 at (0, .5, .5) and 0.308 at (0, 1, 0): the rules can fail on real numbers."""
    rows = table3.paper("hyper")
    assert not minimum_at_own_weight(rows)
    assert smallest(rows) == {"L_rec": (1, 0, 0), "L_adv": (0, 0.5, 0.5), "L_per": (0, 0, 1)}
    assert [pair for pair, holds in pairs(rows).items() if not holds] == ["L_adv at (0, .5, .5) against (0, 1, 0)"]


@pytest.mark.parametrize(("name", "i", "j"), SWAPS)
def test_every_swap_of_two_values_breaks_what_it_should(name: str, i: int, j: int) -> None:
    rows = sgn()
    values = column(rows, name)
    values[i], values[j] = values[j], values[i]
    assert minimum_at_own_weight(rows) == (1 not in (weight(name, i), weight(name, j)))
    assert between_at_half(rows) == (weight(name, i) == weight(name, j))


@pytest.mark.parametrize("name", COLUMNS)
def test_of_all_orders_of_a_column_few_pass(name: str) -> None:
    """Claim 1: 5 of 6 fail. Claim 2: 2 orders at 0.5 times 6 at 0 pass, 708 of 720 fail."""
    first = second = 0
    for order in permutations(range(6)):
        rows = sgn()
        column(rows, name)[:] = column(sgn(), name)[list(order)]
        first += minimum_at_own_weight(rows)
        second += between_at_half(rows)
    assert (first, second) == (120, 12)


def test_random_orders_of_all_columns_fail() -> None:
    """Chance alone passes claim 1 in 1 of 216 tables and claim 2 in 1 of 216,000."""
    random = np.random.default_rng(0)
    first = second = 0
    for _ in range(2000):
        rows = np.stack([random.permutation(values) for values in sgn().T], 1)
        first += minimum_at_own_weight(rows)
        second += between_at_half(rows)
    assert first < 25  # 9 expected
    assert second == 0


@pytest.mark.parametrize("name", COLUMNS)
def test_a_tie_is_not_smaller(name: str) -> None:
    rows = sgn()
    values = column(rows, name)
    values[:] = values.min()  # S without any effect
    assert not minimum_at_own_weight(rows)
    assert not between_at_half(rows)
    for other in range(6):
        if weight(name, other) != 1:
            rows = sgn()
            values = column(rows, name)
            values[other] = values.min()
            assert not minimum_at_own_weight(rows)


def test_L_G_plays_no_part() -> None:
    rows = sgn()
    rows[:, 0] = 0
    assert minimum_at_own_weight(rows)
    assert between_at_half(rows)


def test_pairs_name_what_is_not_ordered() -> None:
    rows = sgn()
    rows[1, 1] = 0.7  # L_rec at (.5, .5, 0): above the paper's at (0, 0, 1), below the other two
    assert [pair for pair, holds in pairs(rows).items() if not holds] == ["L_rec at (.5, .5, 0) against (0, 0, 1)"]


def test_claims_with_one_seed() -> None:
    first, second = claims(sgn()[None])
    assert (first["id"], first["holds"], first["seeds"]) == (
        "table3-minimum-at-own-weight",
        True,
        {"holds": 1, "of": 1},
    )
    assert (second["id"], second["holds"]) == ("table3-between-at-half", True)
    assert first["measured"] == {
        "L_rec is smallest at": "(1, 0, 0), by 18.4% of the next",
        "L_adv is smallest at": "(0, 1, 0), by 17.6% of the next",
        "L_per is smallest at": "(0, 0, 1), by 48.1% of the next",
    }
    assert second["measured"] == {"ordered pairs": 24, "pairs": 24, "pairs that are not ordered": []}
    json.dumps([first, second], allow_nan=False)


def test_claims_with_several_seeds_count_them() -> None:
    broken = sgn()
    broken[[4, 5], 3] = broken[[5, 4], 3]  # L_per; the mean of two good seeds and this one is still ordered
    for seeds, holds in (([sgn(), sgn(), broken], True), ([sgn(), broken, broken], False), ([broken] * 2, False)):
        first = claims(np.stack(seeds))[0]
        assert first["holds"] is holds
        assert first["seeds"] == {"holds": sum(s is not broken for s in seeds), "of": len(seeds)}
        json.dumps(first, allow_nan=False)
