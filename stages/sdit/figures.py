"""sdit/figures: every figure of the page, reports/sdit/figures."""

from pathlib import Path
from typing import Any

import numpy.typing as npt

from pipeline.core import artifacts, files
from pipeline.figures import style
from pipeline.sdit.figures import grids
from pipeline.sdit.results import read_run
from pipeline.shell import command

TRANSLATIONS = Path("data/sdit/translations")
FOLDER = Path("reports/sdit/figures")
TARGET = 1  # the domain that arms are compared at: the second
ALONE = ("sdit", "stargan", "artworks", "artworks-stargan")
COMPARED = {
    "ablation": {
        "attention-only": "no CIN",
        "cin-latent": "no attention",
        "sdit-no-latent": "no L_LAT",
        "sdit": "SDIT",
    },
    "halves": {"beta": "beta", "gamma": "gamma", "cin-only": "both"},
    "injections": {"sdit": "CIN", "ccam": "CCAM", "cbn": "CBN", "concat": "concat"},
    "weights": {"sdit": "middle", "weights-thesis": "thesis", "weights-code": "code"},
}


def main() -> None:
    """Draw all, whole or not at all; an arm that was not measured is left out, and so is a figure without any."""
    there = {path.stem for path in TRANSLATIONS.glob("*.npz")}
    with files.replacing(FOLDER) as folder:
        folder.mkdir()
        for key in (key for key in ALONE if key in there):
            held, names, made_by = _of(key)
            style.save(grids.variants(held["inputs"], held["outputs"], names, made_by), folder / f"outputs-{key}.png")
        held, names, made_by = _of("sdit")
        style.save(grids.attention(held["inputs"], held["attention"], names, made_by), folder / "attention.png")
        for name, arms in COMPARED.items():
            outputs = {title: _of(key)[0]["outputs"] for key, title in arms.items() if key in there}
            if not outputs:
                continue
            caption = f"into {names[TARGET]}, three codes each; {made_by}"
            style.save(grids.arms(held["inputs"], outputs, TARGET, caption), folder / f"{name}.png")


def _of(key: str) -> tuple[dict[str, npt.NDArray[Any]], list[str], str]:
    """A run's pictures, its domains, and what made them."""
    run = read_run(key)
    seed, of_seed = next(iter(run.seeds.items()))
    held = artifacts.read_arrays(TRANSLATIONS / f"{key}.npz")
    return held, list(of_seed.accuracy), f"scale {run.scale}, seed {seed}"


if __name__ == "__main__":
    command.run(main)
