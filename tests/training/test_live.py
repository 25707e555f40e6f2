"""Live curves and grids as files: their layout, their bytes, going back to a checkpoint."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.training.live import LiveLog


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: str = ".") -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file())


def rows(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def test_curves_are_steps_and_values_alone() -> None:
    live = LiveLog(Path("live/model1"))
    for step in (2, 4):
        live.metrics(0, step, {"L_G": step / 8, "L_A": 1.0})
        live.metrics(1, step, {"L_G": step / 4})
    live.end()
    assert rows("live/model1/plots/metrics/seed0/L_G.tsv") == ["step\tL_G", "2\t0.25", "4\t0.5"]
    assert rows("live/model1/plots/metrics/seed1/L_G.tsv") == ["step\tL_G", "2\t0.5", "4\t1.0"]
    expected = [f"live/model1/plots/metrics/{name}.tsv" for name in ("seed0/L_A", "seed0/L_G", "seed1/L_G")]
    assert names() == expected  # nothing anywhere else, no summary, no dvc.yaml


def test_grids_are_pngs_of_the_same_pixels() -> None:
    grid = np.random.default_rng(0).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    live = LiveLog(Path("live"))
    live.picture(3, 250, grid)
    live.end()
    with Image.open("live/plots/images/seed3/000250.png") as image:
        assert np.array_equal(np.asarray(image), grid)
        assert image.info == {}
    assert names() == ["live/plots/images/seed3/000250.png"]


def test_a_new_log_starts_empty() -> None:
    LiveLog(Path("live")).metrics(0, 1, {"old": 1.0})
    live = LiveLog(Path("live"))
    live.metrics(0, 1, {"new": 1.0})
    live.end()
    assert names() == ["live/plots/metrics/seed0/new.tsv"]


def test_going_back_to_a_checkpoint_drops_what_came_after_it() -> None:
    grid = np.zeros((4, 4, 3), np.uint8)
    live = LiveLog(Path("live"))
    live.picture(0, 0, grid)
    live.metrics(0, 1, {"L_G": 1.0})
    saved = live.save(0)
    live.metrics(0, 2, {"L_G": 2.0})
    live.picture(0, 2, grid)
    # killed here; a new process
    live = LiveLog(Path("live"))
    live.restore(0, saved)
    live.metrics(0, 2, {"L_G": 5.0})
    live.end()
    assert rows("live/plots/metrics/seed0/L_G.tsv") == ["step\tL_G", "1\t1.0", "2\t5.0"]
    assert names("live") == ["plots/images/seed0/000000.png", "plots/metrics/seed0/L_G.tsv"]
