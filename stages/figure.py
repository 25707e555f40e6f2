"""figure@RUN: a run's grid of translations (Figure 1) and its training curves, drawn from files."""

import csv
from pathlib import Path

import numpy as np

from pipeline import command, files
from pipeline.figures import curves, grids, legend, style

FIGURES = Path("reports/figures")
ROWS = 4


def main(key: str) -> None:
    """Draw reports/figures/grid-KEY.png and curves-KEY.png."""
    facts = files.read_json(Path("reports/metrics/runs") / f"{key}.json")
    seed = legend.first_seed(facts)

    with np.load(Path("data/translations") / f"{key}.npz") as arrays:
        sets = [tuple(S) for S in arrays["S"].tolist()]
        caption = f"{legend.made_by([facts], [seed])}; first test pictures"
        inputs, outputs = arrays["inputs"][:ROWS], arrays[f"seed{seed}"][:, :ROWS]
        grid = grids.translations(inputs, outputs, sets, legend.names(facts), caption)
    style.save(grid, FIGURES / f"grid-{key}.png")

    series = {}
    for path in sorted((Path("reports/live") / key / "plots/metrics").glob("seed*/*.tsv")):
        with path.open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t"))
        series[path.parent.name, path.stem] = [(int(row["step"]), float(row[path.stem])) for row in rows]
    style.save(curves.training(series, legend.made_by([facts], list(facts["seeds"]))), FIGURES / f"curves-{key}.png")


if __name__ == "__main__":
    command.run(main)
