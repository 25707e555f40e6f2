"""From evaluation files to numbers: shared seeds, and null that stays unmeasured."""

import pytest

from pipeline.claims import verdict
from pipeline.sgn.paper import measurements
from tests.sgn.paper.made_up import run, typed


def test_only_shared_seeds_count() -> None:
    one, other = run("model1", 3), run("model2", 3)
    del one["seeds"]["1"], other["seeds"]["0"]
    assert measurements.shared_seeds([typed(one)]) == ["0", "2"]
    assert measurements.shared_seeds([typed(one), typed(other)]) == ["2"]
    one["seeds"]["2"]["study"]["rank"]["A"] = 7.0
    found = measurements.from_studies(
        [typed(one), typed(other)], lambda studies: [study.rank["A"] for study in studies]
    )
    assert found is not None
    assert found.tolist() == [[7.0, -0.6]]


def test_runs_without_a_shared_seed_are_not_measured() -> None:
    one, other = run("model1", 1), run("model2", 2)
    del other["seeds"]["0"]
    assert measurements.from_studies([typed(one), typed(other)], lambda studies: 1.0) is None


def test_a_run_without_a_study_is_not_measured() -> None:
    one = run("model1", 2)
    one["seeds"]["1"]["study"] = None
    assert measurements.from_studies([typed(one)], lambda studies: 1.0) is None


@pytest.mark.parametrize("rows", [[], [[1.0], None], [[1.0], [None]], [[[1.0, None]], [[1.0, 2.0]]]])
def test_null_is_not_measured(rows: list[object]) -> None:
    assert measurements.complete(rows) is None
    assert verdict.decide(lambda numbers: True, measurements.complete(rows)) == verdict.NOT_MEASURED


def test_numbers_without_null_are_an_array() -> None:
    found = measurements.complete([[1, 2.5], [3, 4]])
    assert found is not None
    assert found.tolist() == [[1.0, 2.5], [3.0, 4.0]]


def test_a_mean_of_null_is_null() -> None:
    assert measurements.mean([1.0, 2.0]) == 1.5
    assert measurements.mean([1.0, None]) is None
