"""`make archive-part`: numbers of what was measured, and of nothing else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from checks import part


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a whole run's metrics in Git, in which one run was measured anew."""
    monkeypatch.chdir(tmp_path)
    for name in (
        *("reports/metrics/runs/model1.json", "reports/metrics/runs/model3.json", "reports/metrics/figure7.json"),
        *("data/measured/runs/model1.json", "data/measured/toy.json", "params.yaml", "dvc.lock"),
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f'"{name}"', encoding="utf-8")
    monkeypatch.setattr(part.claims, "main", lambda: Path("reports/metrics/claims.json").write_text("[]"))
    monkeypatch.setattr(part, "draw", lambda runs, folder: folder.mkdir())
    return tmp_path


def test_what_was_not_measured_here_is_not_kept() -> None:
    part.main("mine")
    metrics = Path("results/mine/run/metrics")
    kept = sorted(path.relative_to(metrics).as_posix() for path in metrics.rglob("*.json"))
    assert kept == ["claims.json", "runs/model1.json", "toy.json"]
    assert (metrics / "runs/model1.json").read_text() == '"data/measured/runs/model1.json"'
    whole = sorted(path.name for path in Path("reports/metrics").rglob("*.json"))
    assert whole == ["figure7.json", "model1.json", "model3.json"]  # Git's, as they were
    assert Path("reports/metrics/runs/model1.json").read_text() == '"reports/metrics/runs/model1.json"'


@pytest.mark.parametrize("name", ["", "a/b", ".."])
def test_a_name_is_needed(name: str) -> None:
    with pytest.raises(ValueError, match="NAME="):
        part.main(name)
    assert not Path("results").exists()


def test_nothing_measured_is_said() -> None:
    Path("data/measured/runs/model1.json").unlink()
    with pytest.raises(ValueError, match=r"model1.json is missing"):
        part.main("mine")
    assert Path("reports/metrics/figure7.json").is_file()


def test_only_figures_whose_runs_are_there_are_drawn(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(project)
    Path("data/translations").mkdir(parents=True)
    for key in ("model1", "model2", "model2-cbn"):
        Path(f"data/translations/{key}.npz").touch()

    def picture(place: Path) -> None:
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(place)

    monkeypatch.setattr(part.of_run, "draw", lambda key, folder: picture(folder / f"grid-{key}.png"))
    monkeypatch.setattr(part.style, "save", lambda figure, place: picture(place))
    for module, name in ((part.injection_figures, "figure10"), (part.translation_figures, "surfaces")):
        monkeypatch.setattr(module, name, lambda: None)
    monkeypatch.setattr(part, "figure8", lambda keys: None)
    part.draw({"model1", "model2", "model2-cbn", "model3"}, project / "drawn")
    names = {path.stem for path in (project / "drawn").iterdir()}
    assert names == {"grid-model1", "grid-model2", "figure10", "surfaces", "figure8"}
    assert {path.suffix for path in (project / "drawn").iterdir()} == {".webp"}
