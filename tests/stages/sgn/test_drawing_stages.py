"""The stages that draw from files only: what they read, what they write, and the same bytes when they run again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.core import files
from pipeline.sgn.model import simplex
from stages.sgn import draws, figure7, figure8, figure10, movie, surfaces

METRICS, TRANSLATIONS, FIGURES = Path("reports/metrics"), Path("data/translations"), Path("reports/figures")
SIZE = 32
SETS = [*simplex.corners(3), *simplex.midpoints(3), simplex.centre(3), simplex.beyond(3, 1)]
A, B, C = simplex.corners(3)
SURFACES = {"0": 0.0, "7": 2.0}  # by seed: what is added to each loss


def noise(*shape: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*shape, SIZE, SIZE, 3), dtype=np.uint8)


def facts(run: str, conditioning: str = "ccam", losses: tuple[str, str, str] | None = None) -> dict[str, Any]:
    kinds = losses or ("reconstruction", "adversarial", "perceptual")
    about = zip("ABC", kinds, ("photo", "vangogh", "udnie"), strict=True)
    lattices = {
        seed: [
            {"S": S, **{f"L_{a}": 1 - s + more for a, s in zip("ABC", S, strict=True)}} for S in simplex.lattice(3, 6)
        ]
        for seed, more in SURFACES.items()
    }
    return {
        "run": run,
        "conditioning": conditioning,
        "data": "scenes",
        "scale": "smoke",
        "steps": 6,
        "objectives": [{"letter": a, "loss": kind, "about": name} for a, kind, name in about],
        "pictures": {"measured": 4, "lattice": 4},
        "seeds": {seed: {"study": {"lattice": lattice}} for seed, lattice in lattices.items()},
    }


def write(run: str, conditioning: str = "ccam", **arrays: np.ndarray) -> None:
    files.write_json(METRICS / f"runs/{run}.json", facts(run, conditioning))
    TRANSLATIONS.mkdir(parents=True, exist_ok=True)
    shown = {f"seed{seed}": noise(8, 6, seed=int(seed)) for seed in SURFACES}
    np.savez(TRANSLATIONS / f"{run}.npz", S=np.array(SETS), inputs=noise(6, seed=1), **shown, **arrays)  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_all()


def write_all() -> None:
    """The files that the stages read, as at scale smoke."""
    random = np.random.default_rng(0)
    path = simplex.path([A, B, C, A], 20)[:60]
    write(
        "model1",
        draws_S=random.dirichlet([0.5, 1, 1], 18).astype(np.float32),
        draws=noise(18, seed=2),
        path_S=np.array(path),
        path=np.linspace(0, 255, 60)[:, None, None, None].repeat(SIZE, 1).repeat(SIZE, 2).repeat(3, 3).astype(np.uint8),
        **{f"activation{i}": random.random((3, 4, n), dtype=np.float32) for i, n in ((1, 4), (2, 16), (3, 16))},
    )
    for run in figure8.CONDITIONING_RUNS:
        write(run, run.removeprefix("model2-") if run != "model2" else "ccam")
    for run in ("comparison", "singlegan"):
        write(run)
    about = {"sgn": "comparison", "other": "singlegan", "data": "scenes", "scale": "smoke", "seeds": {"0": {}, "7": {}}}
    files.write_json(METRICS / "figure7.json", about)
    translated = {
        f"{name}_{domain}": noise(3, 4, seed=3) for name in ("sgn", "singlegan") for domain in ("photo", "monet")
    }
    np.savez(TRANSLATIONS / "unseen.npz", photo=noise(4, seed=4), monet=noise(4, seed=5), **translated)


STAGES = {
    "figure7": (figure7.main, [FIGURES / "figure7.png"]),
    "figure8": (figure8.main, [FIGURES / "figure8.png"]),
    "figure10": (figure10.main, [FIGURES / "figure10.png"]),
    "draws": (draws.main, [FIGURES / "draws.png"]),
    "surfaces": (surfaces.main, [FIGURES / "surfaces.png"]),
    "movie": (movie.main, [FIGURES / "movie-model1.gif", Path("reports/movie-model1.mp4")]),
}


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_writes_its_files_the_same_each_time(name: str, project: None) -> None:
    main, outs = STAGES[name]
    before = {path for path in Path().rglob("*") if path.is_file()}
    contents = []
    for _ in range(2):
        main()
        contents.append([out.read_bytes() for out in outs])
    assert contents[0] == contents[1]
    assert {path for path in Path().rglob("*") if path.is_file()} - before == set(outs)
    for out in outs:
        if out.suffix == ".png":
            with Image.open(out) as picture:
                assert picture.width <= 11 * 150


def test_figure8_refuses_runs_of_different_data(project: None) -> None:
    path = METRICS / "runs/model2-cbn.json"
    files.write_json(path, {**files.read_json(path), "data": "folder"})
    with pytest.raises(ValueError, match="model2-cbn with folder at smoke"):
        figure8.main()
    assert not FIGURES.exists()


def test_surfaces_are_means_over_the_seeds(project: None, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    draw = surfaces.figures.surfaces
    monkeypatch.setattr(surfaces.figures, "surfaces", lambda *a: given.update(losses=a[1], caption=a[3]) or draw(*a))
    surfaces.main()
    assert list(given["losses"]) == ["$L_{rec}$ (photo)", "$L_{adv}$ (vangogh)", "$L_{per}$ (udnie)"]
    for i, values in enumerate(given["losses"].values()):
        assert values == pytest.approx([1 - S[i] + np.mean(list(SURFACES.values())) for S in simplex.lattice(3, 6)])
    assert "seeds 0, 7" in given["caption"]
    assert "and the seeds" in given["caption"]
