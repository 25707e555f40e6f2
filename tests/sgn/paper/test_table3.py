"""Table 3's numbers, and ours beside them."""

import json
from typing import Any

import numpy as np
import pytest

from pipeline.sgn.model import simplex
from pipeline.sgn.paper import table3
from tests.sgn.paper import made_up

# Typed from the paper once more: S, SGN's L_G, L_rec, L_adv, L_per, then the hyper-parameter models'.
TABLE = """
1 0 0     0.164 0.164 0.829 0.209   0.159 0.159 2.540 0.252
.5 .5 0   0.305 0.285 0.323 0.253   0.407 0.423 0.391 0.270
0 1 0     0.211 0.756 0.211 0.311   0.308 1.008 0.308 0.276
0 .5 .5   0.171 0.718 0.256 0.085   0.205 0.924 0.247 0.163
0 0 1     0.040 0.443 0.525 0.040   0.015 1.039 1.375 0.015
.5 0 .5   0.139 0.201 0.889 0.077   0.117 0.184 3.054 0.050
"""
LOSSES = ("L_G", "L_rec", "L_adv", "L_per")


def shuffled(seeds: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The seven runs with random losses, the SGN's rows in another order and one S more than the table has."""
    random = np.random.default_rng(0)
    sgn, hyper = made_up.run("model1", seeds), made_up.hyper(seeds)
    for run in (sgn, *hyper):
        for result in run["seeds"].values():
            for row in result["losses"]:
                row.update({"L": {letter: float(random.random()) for letter in "ABC"}, "L_G": float(random.random())})
    for result in sgn["seeds"].values():
        result["losses"] = [*reversed(result["losses"]), {**result["losses"][0], "S": [0.0, 1.5, 0.0]}]
    return sgn, hyper


def halves_of(sgn: dict[str, Any], hyper: list[dict[str, Any]]) -> np.ndarray:
    halves = table3.halves(made_up.typed(sgn), [made_up.typed(run) for run in hyper])
    assert halves is not None
    return halves


def rows_of(sgn: dict[str, Any], hyper: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return table3.table(made_up.typed(sgn), [made_up.typed(run) for run in hyper])


def letters(row: dict[str, Any]) -> list[float]:
    return [row["L_G"], *row["L"].values()]


def test_the_papers_numbers() -> None:
    rows = np.array([[float(word) for word in line.split()] for line in TABLE.strip().splitlines()])
    assert np.array_equal(rows[:, :3], np.array(simplex.TABLE3))
    assert np.array_equal(table3.paper("sgn"), rows[:, 3:7])
    assert np.array_equal(table3.paper("hyper"), rows[:, 7:])


@pytest.mark.parametrize("model", ["sgn", "hyper"])
def test_the_papers_L_G_is_the_sum_of_its_losses(model: str) -> None:
    rows = table3.paper(model)
    np.testing.assert_allclose((np.array(simplex.TABLE3) * rows[:, 1:]).sum(1), rows[:, 0], atol=0.0011)


def test_a_runs_losses_stand_in_the_tables_order() -> None:
    sgn, hyper = shuffled(2)
    found = halves_of(sgn, hyper)
    assert found.shape == (2, 2, 6, 4)
    assert np.array_equal(table3.measured(made_up.typed(sgn)), found[:, 0])
    for seed in range(2):
        for i, S in enumerate(simplex.TABLE3):
            row = next(r for r in sgn["seeds"][str(seed)]["losses"] if r["S"] == list(S))
            assert found[seed, 0, i].tolist() == letters(row)
            assert found[seed, 1, i].tolist() == letters(hyper[i]["seeds"][str(seed)]["losses"][0])


def test_twelve_rows_have_ours_and_the_papers_numbers_and_one_seed_no_spread() -> None:
    sgn, hyper = shuffled(1)
    rows = rows_of(sgn, hyper)
    assert [(row["S"], row["model"]) for row in rows] == [
        (list(S), model) for S in simplex.TABLE3 for model in ("sgn", "hyper")
    ]
    halves = halves_of(sgn, hyper)[0]
    for i, row in enumerate(rows):
        half, S = i % 2, i // 2
        assert [row[name] for name in LOSSES] == halves[half, S].tolist()
        assert row["paper"] == dict(zip(LOSSES, table3.paper(row["model"])[S].tolist(), strict=True))
        assert "std" not in row
        assert ("L_adv_own" in row) == (row["model"] == "hyper")
    json.dumps(rows, allow_nan=False)


@pytest.mark.parametrize("seeds", [1, 2])
def test_a_model_without_a_discriminator_has_no_L_adv_of_its_own(seeds: int) -> None:
    rows = rows_of(made_up.run("model1", seeds), made_up.hyper(seeds))[1::2]
    for row in rows:
        assert row["L_adv_own"] == (None if row["S"][1] == 0 else pytest.approx(row["L_adv"] + 0.1))
        if seeds > 1:
            assert row["std"]["L_adv_own"] == (None if row["S"][1] == 0 else pytest.approx(0, abs=1e-12))
    assert sum(row["L_adv_own"] is None for row in rows) == 3
    json.dumps(rows, allow_nan=False)


def test_several_seeds_have_their_mean_and_standard_deviation() -> None:
    sgn, hyper = shuffled(3)
    for row, run, i in ((rows_of(sgn, hyper)[-2], sgn, 0), (rows_of(sgn, hyper)[-1], hyper[-1], 0)):
        values = [result["losses"][i]["L"]["A"] for result in run["seeds"].values()]  # the SGN's rows are reversed
        mean = sum(values) / 3
        assert row["L_rec"] == pytest.approx(mean)
        assert row["std"]["L_rec"] == pytest.approx((sum((v - mean) ** 2 for v in values) / 2) ** 0.5)
        assert set(LOSSES) <= set(row["std"])


def test_both_halves_have_the_same_seeds_to_be_compared() -> None:
    sgn, hyper = shuffled(3)
    del hyper[2]["seeds"]["1"]
    assert np.array_equal(halves_of(sgn, hyper)[:, 0], table3.measured(made_up.typed(sgn))[[0, 2]])
    for seed in ("0", "2"):
        del hyper[2]["seeds"][seed]
    assert table3.halves(made_up.typed(sgn), [made_up.typed(run) for run in hyper]) is None


def test_each_row_has_its_own_runs_seeds() -> None:
    sgn, hyper = shuffled(2)
    for run in hyper:
        del run["seeds"]["1"]
    rows = rows_of(sgn, hyper)
    assert {(row["model"], row["seeds"], "std" in row) for row in rows} == {("sgn", 2, True), ("hyper", 1, False)}
    assert rows[0]["L_rec"] == pytest.approx(table3.measured(made_up.typed(sgn))[:, 0, 1].mean())


def test_a_run_that_is_missing_is_null_in_its_rows() -> None:
    sgn, hyper = made_up.run("model1", 2), made_up.hyper(1)
    rows = table3.table(None, [made_up.typed(run) for run in hyper])
    assert {row["L_G"] for row in rows[::2]} == {None}
    assert all(row["L_G"] is not None and row["paper"] for row in rows[1::2])
    rows = table3.table(made_up.typed(sgn), [*map(made_up.typed, hyper[:5]), None])
    assert [row["seeds"] for row in rows] == [2, 1] * 5 + [2, 0]
    assert (rows[-1]["L_rec"], rows[-1]["L_adv_own"], rows[-2]["L_G"]) == (None, None, pytest.approx(0.139))
    assert table3.halves(made_up.typed(sgn), [*map(made_up.typed, hyper[:5]), None]) is None
    json.dumps(rows, allow_nan=False)


def test_a_model_for_another_S_and_another_discriminator_are_refused() -> None:
    sgn, hyper = made_up.run("model1"), made_up.hyper()
    with pytest.raises(
        ValueError, match=r"model1-w110 was trained for S = \[0.5, 0.5, 0.0\], Table 3 needs \[1.0, 0.0"
    ):
        halves_of(sgn, [hyper[1], hyper[0], *hyper[2:]])
    hyper[3]["measured_by"] = "model1-w011"
    with pytest.raises(
        ValueError, match=r"L_adv of run model1-w011 was measured .* of model1-w011, .* that of model1$"
    ):
        halves_of(sgn, hyper)
