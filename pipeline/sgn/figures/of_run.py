"""A run's two own figures, drawn from its files: its grid of translations (Figure 1) and its training curves."""

import csv
from pathlib import Path

import numpy as np

from pipeline.core import artifacts
from pipeline.figures import curves, style
from pipeline.sgn.figures import legend, translations
from pipeline.sgn.results import read_run

ROWS = 4  # test pictures in a grid


def draw(key: str, folder: Path) -> None:
    """Write grid-KEY.png and curves-KEY.png into the folder."""
    facts = read_run(key)
    seed = legend.first_seed(facts)
    arrays = artifacts.read_arrays(Path("data/translations") / f"{key}.npz")
    sets = [tuple(S) for S in np.asarray(arrays["S"]).tolist()]
    caption = f"{legend.made_by([facts], [seed])}; first test pictures"
    inputs, outputs = arrays["inputs"][:ROWS], arrays[f"seed{seed}"][:, :ROWS]
    grid = translations.grid(inputs, outputs, sets, legend.names(facts), caption)
    live = Path("reports/live") / key / "plots/metrics"
    losses = sorted({path.name for path in live.glob("seed*/*.tsv")})
    if not losses:
        raise artifacts.missing(live)
    series = {(f"seed{s}", Path(loss).stem): _curve(live / f"seed{s}" / loss) for s in facts.seeds for loss in losses}
    style.save(grid, folder / f"grid-{key}.png")
    style.save(curves.training(series, legend.made_by([facts], list(facts.seeds))), folder / f"curves-{key}.png")


def _curve(path: Path) -> list[tuple[int, float]]:
    """(step, mean loss) pairs of a curve; ValueError if it is missing, empty or damaged."""
    text = artifacts.read(path)
    try:
        rows = csv.DictReader(text.decode().splitlines(), delimiter="\t", strict=True)
        points = [(int(row["step"]), float(row[path.stem])) for row in rows]
    except (ValueError, KeyError, TypeError, csv.Error):
        points = []
    if not points:
        raise artifacts.unusable(path, "is no curve")
    return points
