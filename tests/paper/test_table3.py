"""Table 3's numbers, and our half beside them."""

import copy
import json
from typing import Any

import numpy as np
import pytest

from pipeline import sym
from pipeline.paper import table3

# Typed from the paper once more: S, SGN's L_G, L_rec, L_adv, L_per, then the hyper-parameter models'.
TABLE = """
1 0 0     0.164 0.164 0.829 0.209   0.159 0.159 2.540 0.252
.5 .5 0   0.305 0.285 0.323 0.253   0.407 0.423 0.391 0.270
0 1 0     0.211 0.756 0.211 0.311   0.308 1.008 0.308 0.276
0 .5 .5   0.171 0.718 0.256 0.085   0.205 0.924 0.247 0.163
0 0 1     0.040 0.443 0.525 0.040   0.015 1.039 1.375 0.015
.5 0 .5   0.139 0.201 0.889 0.077   0.117 0.184 3.054 0.050
"""


def run(seeds: int = 1) -> dict[str, Any]:
    """An evaluation file with its rows in another order, and one S more than the table has."""
    random = np.random.default_rng(0)
    sets = [*reversed(sym.TABLE3), (0.0, 1.5, 0.0)]
    return {
        "seeds": {
            str(seed): {
                "losses": [
                    {"S": list(S), **{name: float(random.random()) for name in ("L_A", "L_B", "L_C", "L_G")}}
                    for S in sets
                ]
            }
            for seed in range(seeds)
        }
    }


def test_the_papers_numbers() -> None:
    rows = np.array([[float(word) for word in line.split()] for line in TABLE.strip().splitlines()])
    assert np.array_equal(rows[:, :3], np.array(sym.TABLE3))
    assert np.array_equal(table3.paper("sgn"), rows[:, 3:7])
    assert np.array_equal(table3.paper("hyper"), rows[:, 7:])


@pytest.mark.parametrize("model", ["sgn", "hyper"])
def test_the_papers_L_G_is_the_sum_of_its_losses(model: str) -> None:
    rows = table3.paper(model)
    np.testing.assert_allclose((np.array(sym.TABLE3) * rows[:, 1:]).sum(1), rows[:, 0], atol=0.0011)


def test_a_runs_losses_stand_in_the_tables_order() -> None:
    made = json.loads(json.dumps(run(2)))
    found = table3.measured(made)
    assert found.shape == (2, 6, 4)
    for seed in range(2):
        for i, S in enumerate(sym.TABLE3):
            row = next(r for r in made["seeds"][str(seed)]["losses"] if r["S"] == list(S))
            assert found[seed, i].tolist() == [row["L_G"], row["L_A"], row["L_B"], row["L_C"]]


def test_one_seed_has_no_spread() -> None:
    rows = table3.table(table3.measured(run(1)))
    assert [row["S"] for row in rows] == [list(S) for S in sym.TABLE3]
    for row, expected, paper in zip(rows, table3.measured(run(1))[0], table3.paper("sgn"), strict=True):
        assert [row[name] for name in ("L_G", "L_rec", "L_adv", "L_per")] == expected.tolist()
        assert list(row["paper"].values()) == paper.tolist()
        assert row["model"] == "sgn"
        assert "std" not in row


def test_several_seeds_have_their_mean_and_standard_deviation() -> None:
    made = copy.deepcopy(run(3))
    values = [[seed["losses"][0]["L_A"] for seed in made["seeds"].values()]]
    row = table3.table(table3.measured(made))[-1]  # the rows of the file are reversed
    mean = sum(values[0]) / 3
    assert row["L_rec"] == pytest.approx(mean)
    assert row["std"]["L_rec"] == pytest.approx((sum((v - mean) ** 2 for v in values[0]) / 2) ** 0.5)
    assert set(row["std"]) == {"L_G", "L_rec", "L_adv", "L_per"}
    json.dumps(row, allow_nan=False)
