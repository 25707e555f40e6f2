"""The stages that draw from files only: what they write, the same bytes when they run again, and what they refuse."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.core import files
from pipeline.sgn.figures import of_run
from pipeline.sgn.model import simplex
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS
from stages.sgn import injection_figures, translation_figures
from tests.sgn.paper import made_up

METRICS, TRANSLATIONS, FIGURES = Path("reports/metrics"), Path("data/translations"), Path("reports/figures")
SIZE = 32
SETS = [*simplex.corners(3), *simplex.midpoints(3), simplex.centre(3), simplex.beyond(3, 1)]
A, B, C = simplex.corners(3)
SURFACES = {"0": 0.0, "7": 2.0}  # by seed: what is added to each loss


def noise(*shape: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*shape, SIZE, SIZE, 3), dtype=np.uint8)


def facts(run: str, conditioning: str = "ccam") -> dict[str, Any]:
    """A run's file with two seeds, whose losses over the simplex are known."""
    kinds = zip("ABC", ("reconstruction", "adversarial", "perceptual"), ("photo", "vangogh", "udnie"), strict=True)
    found = {**made_up.run("model1", 2), "run": run, "conditioning": conditioning, "scale": "smoke", "steps": 6}
    for of_seed, more in zip(found["seeds"].values(), SURFACES.values(), strict=True):
        losses = [(S, {a: 1 - s + more for a, s in zip("ABC", S, strict=True)}) for S in simplex.lattice(3, 6)]
        of_seed["study"]["lattice"] = [{"S": list(S), "L": L, "L_G": 1.0, "own": {"B": None}} for S, L in losses]
    return {
        **found,
        "objectives": [{"letter": letter, "loss": loss, "about": about} for letter, loss, about in kinds],
        "pictures": {"measured": 4, "lattice": 4},
        "seeds": dict(zip(SURFACES, found["seeds"].values(), strict=True)),
    }


def write(run: str, conditioning: str = "ccam", **arrays: np.ndarray) -> None:
    files.write_json(METRICS / f"runs/{run}.json", facts(run, conditioning))
    TRANSLATIONS.mkdir(parents=True, exist_ok=True)
    shown = {f"seed{seed}": noise(8, 10, seed=int(seed)) for seed in SURFACES}
    for seed in SURFACES:
        write_curves(run, seed)
    np.savez(TRANSLATIONS / f"{run}.npz", S=np.array(SETS), inputs=noise(10, seed=1), **shown, **arrays)  # type: ignore[arg-type]


def write_curves(run: str, seed: str) -> None:
    for loss in ("L_A", "L_G"):
        curve = Path("reports/live") / run / f"plots/metrics/seed{seed}/{loss}.tsv"
        curve.parent.mkdir(parents=True, exist_ok=True)
        curve.write_text(f"step\t{loss}\n2\t1.5\n4\t0.5\n6\t0.25\n")


# A page's runs all get the same two figures; some are enough.
SOME_CONDITIONINGS = ("model2", "model2-concat", "model2-film")
SOME = {"SYM_RUNS": ("model1", "comparison"), "MODELS": ("model1",)}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that the stages read, as at scale smoke, with fewer runs and frames."""
    monkeypatch.chdir(tmp_path)
    for name, runs in SOME.items():
        monkeypatch.setattr(translation_figures, name, runs)
    monkeypatch.setattr(injection_figures, "CONDITIONING_RUNS", SOME_CONDITIONINGS)
    write_all(*SOME_CONDITIONINGS, *SOME["SYM_RUNS"], *HYPER_RUNS, "singlegan")


def write_all(*runs: str) -> None:
    """The files that the stages read of these runs, or of all."""
    random = np.random.default_rng(0)
    path = simplex.path([A, B, C, A], 2)[:6]
    write(
        "model1",
        draws_S=random.dirichlet([0.5, 1, 1], 18).astype(np.float32),
        draws=noise(18, seed=2),
        path_S=np.array(path),
        path_inputs=noise(6, seed=3),
        path=np.linspace(0, 255, 6)[:, None, None, None].repeat(SIZE, 1).repeat(SIZE, 2).repeat(3, 3).astype(np.uint8),
        **{f"activation{i}": random.random((3, 4, n), dtype=np.float32) for i, n in ((1, 4), (2, 16), (3, 16))},
    )
    for run in dict.fromkeys(runs or (*CONDITIONING_RUNS, *SYM_RUNS, *HYPER_RUNS, "singlegan")):
        if run != "model1":
            write(run, run.removeprefix("model2-") if run in CONDITIONING_RUNS and run != "model2" else "ccam")
    files.write_json(METRICS / "figure7.json", made_up.figure7())
    translated = {
        f"{name}_{domain}": noise(3, 4, seed=3) for name in ("sgn", "singlegan") for domain in ("photo", "monet")
    }
    np.savez(TRANSLATIONS / "figure7.npz", photo=noise(4, seed=4), monet=noise(4, seed=5), **translated)


def own(runs: list[str]) -> set[str]:
    return {f"{kind}-{run}.png" for kind in ("grid", "curves") for run in runs}


STAGES = {
    "translation": (
        translation_figures.main,
        own([*SOME["SYM_RUNS"], "singlegan"])
        | {"further-model1.png", "hyper.png", "figure7.png", "draws.png", "surfaces.png"},
        {Path("reports/movie-model1.mp4")},
    ),
    "injection": (
        injection_figures.main,
        own(["model2-concat", "model2-film"]) | {"figure8.png", "figure11.png", "figure10.png"},
        set(),
    ),
}


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_writes_a_folder_whole_and_the_same_each_time(name: str, project: None) -> None:
    main, names, beside = STAGES[name]
    outs = {FIGURES / name / each for each in names} | beside
    before = {path for path in Path().rglob("*") if path.is_file()}
    (FIGURES / name).mkdir(parents=True)
    (FIGURES / name / "of-an-older-run.png").touch()
    contents = []
    for _ in range(2):
        main()
        contents.append({out: out.read_bytes() for out in outs})
    assert contents[0] == contents[1]
    assert {path for path in Path().rglob("*") if path.is_file()} - before == outs
    for out in outs:
        if out.suffix == ".png":
            with Image.open(out) as picture:
                assert picture.width <= 11 * 150 or out.name.startswith(("grid-", "further-"))


@pytest.mark.parametrize(
    ("name", "damaged", "words"),
    [
        ("injection", TRANSLATIONS / "model2-film.npz", "model2-film.npz is damaged"),
        ("translation", Path("reports/live/comparison/plots/metrics/seed7/L_G.tsv"), "L_G.tsv is no curve"),
    ],
)
def test_a_damaged_file_leaves_the_folder_as_it_was(name: str, damaged: Path, words: str, project: None) -> None:
    (FIGURES / name).mkdir(parents=True)
    (FIGURES / name / "figure8.png").write_text("old")
    damaged.write_bytes(b"step\nL_G")
    with pytest.raises(ValueError, match=words):
        STAGES[name][0]()
    assert [path.name for path in FIGURES.rglob("*.*")] == ["figure8.png"]


def test_a_curve_that_is_missing_is_said(project: None) -> None:
    for seed in SURFACES:
        shutil.rmtree(f"reports/live/model2-film/plots/metrics/seed{seed}")
    with pytest.raises(ValueError, match=r"reports/live/model2-film/plots/metrics is missing"):
        of_run.draw("model2-film", Path())


def test_figure8_refuses_runs_of_different_data(project: None) -> None:
    path = METRICS / "runs/model2-film.json"
    files.write_json(path, {**files.read_json(path), "data": "folder"})
    with pytest.raises(ValueError, match="model2-film with folder at smoke"):
        injection_figures.conditionings(first=0)


def test_surfaces_are_means_over_the_seeds(project: None, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    maps = translation_figures.simplex_maps
    monkeypatch.setattr(
        maps, "surfaces", lambda sets, losses, names, caption: given.update(losses=losses, text=caption)
    )
    translation_figures.surfaces()
    assert list(given["losses"]) == ["$L_{rec}$ (photo)", "$L_{adv}$ (vangogh)", "$L_{per}$ (udnie)"]
    for i, values in enumerate(given["losses"].values()):
        assert values == pytest.approx([1 - S[i] + np.mean(list(SURFACES.values())) for S in simplex.lattice(3, 6)])
    assert "seeds 0, 7" in given["text"]
    assert "and the seeds" in given["text"]
