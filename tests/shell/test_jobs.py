"""What `make repro` says of the stages that it runs."""

from pathlib import Path

import pytest

from pipeline.shell import jobs


def test_a_finished_training_names_its_last_translations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("seed0/000375", "seed0/001500", "seed1/000000"):
        path = Path(f"reports/live/model1/plots/images/{name}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert jobs.to_look_at("train@model1").endswith("reports/live/model1/plots/images/seed1/000000.png")
    assert jobs.to_look_at("evaluate@model1") == jobs.to_look_at("toy") == jobs.to_look_at("train@model2") == ""
