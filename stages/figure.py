"""figure@RUN: a run's grid of translations (Figure 1) and its training curves, drawn from files."""

import csv
from pathlib import Path

from pipeline import command, outs
from pipeline.figures import curves, grids, legend, style

FIGURES = Path("reports/figures")
ROWS = 4


def main(key: str) -> None:
    """Draw reports/figures/grid-KEY.png and curves-KEY.png."""
    facts = outs.read_json(Path("reports/metrics/runs") / f"{key}.json")
    seed = legend.first_seed(facts)

    arrays = outs.read_arrays(Path("data/translations") / f"{key}.npz")
    sets = [tuple(S) for S in arrays["S"].tolist()]
    caption = f"{legend.made_by([facts], [seed])}; first test pictures"
    inputs, outputs = arrays["inputs"][:ROWS], arrays[f"seed{seed}"][:, :ROWS]
    grid = grids.translations(inputs, outputs, sets, legend.names(facts), caption)
    live = Path("reports/live") / key / "plots/metrics"
    losses = sorted({path.name for path in live.glob("seed*/*.tsv")})
    if not losses:
        raise outs.missing(live)
    series = {
        (f"seed{s}", Path(loss).stem): _curve(live / f"seed{s}" / loss) for s in facts["seeds"] for loss in losses
    }
    style.save(grid, FIGURES / f"grid-{key}.png")
    style.save(curves.training(series, legend.made_by([facts], list(facts["seeds"]))), FIGURES / f"curves-{key}.png")


def _curve(path: Path) -> list[tuple[int, float]]:
    """(step, mean loss) pairs of a curve; ValueError if it is missing, empty or damaged."""
    text = outs.read(path)
    try:
        rows = csv.DictReader(text.decode().splitlines(), delimiter="\t", strict=True)
        points = [(int(row["step"]), float(row[path.stem])) for row in rows]
    except (ValueError, KeyError, TypeError, csv.Error):
        points = []
    if not points:
        raise outs.unusable(path, "is no curve")
    return points


if __name__ == "__main__":
    command.run(main)
