"""What figures say about their runs."""

from typing import Any

import pytest
from matplotlib.colors import to_hex

from pipeline.sgn.figures import legend
from pipeline.sgn.results import RunResult
from tests.sgn.paper import made_up


def facts(run: str = "model1", **others: Any) -> RunResult:
    objectives = [{"letter": a, "loss": "adversarial", "about": b} for a, b in zip("ABC", "xyz", strict=True)]
    values = {**made_up.run("model1"), "run": run, "steps": 1000, "objectives": objectives, **others}
    return made_up.typed({**values, "seeds": dict.fromkeys(("4", "0"), values["seeds"]["0"])})


def test_a_caption_names_runs_data_scale_steps_and_seeds() -> None:
    assert legend.made_by([facts()], ["4"]) == "Run model1; data scenes, scale small, 1,000 steps, seed 4"
    two = [facts("a", steps=2000), facts("b")]
    assert legend.made_by(two, ["0", "1"]) == "Runs a, b; data scenes, scale small, 1,000 or 2,000 steps, seeds 0, 1"


@pytest.mark.parametrize("other", [{"data": "folder"}, {"scale": "paper"}])
def test_runs_that_do_not_belong_together_are_refused(other: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="run `dvc repro`"):
        legend.made_by([facts("a"), facts("b", **other)], ["0"])


def test_names_first_seed_and_colours_are_in_the_order_of_S() -> None:
    assert legend.names(facts()) == ("x", "y", "z")
    assert legend.first_seed(facts()) == "4"
    patches = legend.patches(("x", "y", "z"))
    assert [patch.get_label() for patch in patches] == ["A x", "B y", "C z"]
    assert [to_hex(patch.get_facecolor()) for patch in patches] == [colour.lower() for colour in legend.COLOURS[:3]]
