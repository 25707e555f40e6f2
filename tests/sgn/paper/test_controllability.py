"""The tables beyond the paper: means and spread of the studies, null where something was not measured."""

import json
from typing import Any

import pytest

from pipeline.sgn.paper import controllability
from pipeline.sgn.paper.runs import CONDITIONING_RUNS
from tests.sgn.paper import made_up


def with_levels(name: str, *shifts: float) -> dict[str, Any]:
    """A run whose seeds differ: the shift is added to some of a study's numbers."""
    run = made_up.run(name, len(shifts))
    for shift, result in zip(shifts, run["seeds"].values(), strict=True):
        study = result["study"]
        study["rank"]["B"] += shift
        study["range"]["A"]["largest"] += shift
        study["distance"]["C"]["corner"] += shift
        study["change"]["AB"] += 3 * shift
    return run


def test_one_row_for_each_run_with_one_seed_s_numbers() -> None:
    rows = controllability.rows([made_up.typed(made_up.run(name)) for name in CONDITIONING_RUNS])
    assert [(row["run"], row["conditioning"], row["seeds"]) for row in rows] == [
        ("model2", "ccam", 1),
        ("model2-concat", "concat", 1),
        ("model2-concat-features", "concat-features", 1),
        ("model2-cbn", "cbn", 1),
        ("model2-film", "film", 1),
    ]
    row = rows[0]
    assert row["rank"] == {"A": -0.6, "B": -0.6, "C": -0.6}
    assert row["range"]["A"] == pytest.approx({"smallest": 1.0, "largest": 1.6, "width": 0.6})
    assert row["change"] == pytest.approx({"AB": 0.6, "AC": 0.61, "BC": 0.62, "mean": 0.61})
    assert row["distance"]["B"] == {"protocol": "pB", "inputs": 2.0, "corner": 1.4}
    assert row["separation"] == pytest.approx({"A": 0.6, "B": 0.61, "C": 0.62, "mean": 0.61})
    assert row["leakage"] == pytest.approx({"AB": 0.4, "AC": 0.41, "BC": 0.42, "mean": 0.41})
    assert all("std" not in row for row in rows)
    json.dumps(rows, allow_nan=False)


def test_several_seeds_have_mean_and_spread_in_the_same_shape() -> None:
    (row,) = controllability.rows([made_up.typed(with_levels("model1", -0.1, 0.0, 0.4))])
    spread = (((0.2) ** 2 + 0.1**2 + 0.3**2) / 2) ** 0.5
    assert row["seeds"] == 3
    assert row["rank"]["B"] == pytest.approx(-0.5)
    assert row["range"]["A"]["width"] == pytest.approx(0.7)
    assert row["distance"]["C"] == pytest.approx({"protocol": "pC", "inputs": 2.0, "corner": 1.5})
    assert row["change"]["mean"] == pytest.approx(0.71)
    std = row["std"]
    assert std["rank"] == pytest.approx({"A": 0, "B": spread, "C": 0})
    assert std["range"]["A"] == pytest.approx({"smallest": 0, "largest": spread, "width": spread})
    assert std["distance"]["C"] == pytest.approx({"inputs": 0, "corner": spread})
    assert std["change"]["mean"] == pytest.approx(spread)
    assert set(std) == {"rank", "range", "change", "distance", "separation", "leakage"}
    json.dumps(row, allow_nan=False)


def test_null_in_one_seed_is_null_in_the_row() -> None:
    run = made_up.run("model1", 2)
    run["seeds"]["1"]["study"]["leakage"] = None
    run["seeds"]["0"]["study"]["rank"]["C"] = None
    (row,) = controllability.rows([made_up.typed(run)])
    assert row["leakage"] is None
    assert row["std"]["leakage"] is None
    assert row["rank"] == {"A": -0.6, "B": -0.6, "C": None}
    assert row["std"]["rank"]["C"] is None


def test_a_run_without_a_study_has_no_row() -> None:
    assert controllability.rows([made_up.typed(made_up.run("model1-w100"))]) == []
