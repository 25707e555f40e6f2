"""The rules of stages/asymgan/dvc.yaml: what a stage depends on is there, and is not everything."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clone import CHECKOUT

FILE = Path("stages/asymgan/dvc.yaml")
STAGES: dict[str, Any] = {
    name: stage.get("do", stage) for name, stage in yaml.safe_load((CHECKOUT / FILE).read_text())["stages"].items()
}
RUNS = yaml.safe_load((CHECKOUT / "params.yaml").read_text())["asymgan"]["runs"]


def outs(stage: dict[str, Any]) -> list[str]:
    entries = [out for kind in ("outs", "metrics", "plots") for out in stage.get(kind, [])]
    return [next(iter(out)) if isinstance(out, dict) else out for out in entries]


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_its_own_file_on_what_is_there_and_not_on_the_shell(name: str) -> None:
    stage = STAGES[name]
    assert stage["cmd"].split()[2].replace(".", "/") + ".py" in stage["deps"]
    assert stage["wdir"] == "../.."
    for path in stage["deps"]:
        assert not path.startswith(("pipeline/shell", "pipeline/sgn")), path
        if path.startswith(("pipeline/", "stages/", "notebooks/")):
            assert (CHECKOUT / path.replace("${data}", "folder")).exists(), path
    assert not {"pipeline", "stages", "pipeline/asymgan"} & set(stage["deps"]), "all of it: then captions retrain"


def test_a_caption_retrains_nothing() -> None:
    for name in ("pictures", "train", "segmenter", "evaluate", "nulls"):
        told = {"pipeline/asymgan/paper", "pipeline/asymgan/figures", "pipeline/asymgan/pages", "pipeline/report"}
        assert not told & set(STAGES[name]["deps"]), name


def test_every_output_lies_in_the_papers_own_folders() -> None:
    own = ("data/asymgan/", "models/asymgan", "reports/asymgan")
    assert [out for stage in STAGES.values() for out in outs(stage) if not out.startswith(own)] == []


def test_every_scale_of_the_first_paper_is_there() -> None:
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text())
    assert set(values["scales"]) <= set(values["asymgan"]["scales"])


def test_the_papers_sizes_stand_at_scale_paper() -> None:
    train = yaml.safe_load((CHECKOUT / "params.yaml").read_text())["asymgan"]["scales"]["paper"]["train"]
    wanted = {"crop": 128, "width": 64, "blocks": 6, "into": [3, 4, 5], "steps": None, "learning_rate": 2e-4}
    assert {name: train[name] for name in wanted} == wanted
