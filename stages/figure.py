"""figure@RUN: a run's grid of translations (Figure 1) and its training curves, drawn from files."""

import csv
from pathlib import Path

import numpy as np

from pipeline import command, files, params
from pipeline.figures import curves, grids, style

FIGURES = Path("reports/figures")


def main(key: str) -> None:
    """Draw reports/figures/grid-KEY.png and curves-KEY.png."""
    run = params.load().run(key)
    facts = files.read_json(Path("reports/metrics/runs") / f"{key}.json")
    made_by = f"Run {key}, data {facts['data']}, scale {facts['scale']}, {facts['steps']} steps"

    arrays = np.load(Path("data/translations") / f"{key}.npz")
    seed = next(iter(facts["seeds"]))
    sets = [tuple(float(s) for s in S) for S in arrays["S"]]
    a, b, c = (o.about for o in run.objectives)
    grid = grids.translations(
        arrays["inputs"], arrays[f"seed{seed}"], sets, (a, b, c), f"{made_by}, seed {seed}, first test pictures"
    )
    style.save(grid, FIGURES / f"grid-{key}.png")

    series = {}
    for path in sorted((Path("reports/live") / key / "plots/metrics").glob("seed*/*.tsv")):
        with path.open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t"))
        series[path.parent.name, path.stem] = [(int(row["step"]), float(row[path.stem])) for row in rows]
    style.save(curves.training(series, made_by), FIGURES / f"curves-{key}.png")


if __name__ == "__main__":
    command.run(main)
