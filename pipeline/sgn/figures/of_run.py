"""A run's own figures, drawn from its files: grids of translations (Figures 1, 6, 12 to 15) and its training curves."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from pipeline.core import artifacts
from pipeline.figures import curves, style
from pipeline.sgn.figures import legend, translations
from pipeline.sgn.results import RunResult, read_curve, read_run

ROWS = 4  # test pictures in a run's first grid; a further one has the others


def draw(key: str, folder: Path) -> None:
    """Write grid-KEY.png and curves-KEY.png into the folder."""
    facts = read_run(key)
    grid = _grid(facts, further=False)
    live = Path("reports/live") / key / "plots/metrics"
    losses = sorted({path.name for path in live.glob("seed*/*.tsv")})
    if not losses:
        raise artifacts.missing(live)
    series = {
        (f"seed{seed}", _name(Path(loss).stem)): read_curve(live / f"seed{seed}" / loss)
        for seed in facts.seeds
        for loss in losses
    }
    style.save(grid, folder / f"grid-{key}.png")
    style.save(curves.training(series, legend.made_by([facts], list(facts.seeds))), folder / f"curves-{key}.png")


def further(key: str) -> Figure:
    """The grid of the test pictures that come after those of grid-KEY.png (Figures 12 to 14)."""
    return _grid(read_run(key), further=True)


def _grid(facts: RunResult, further: bool) -> Figure:
    seed = legend.first_seed(facts)
    arrays = artifacts.read_arrays(Path("data/translations") / f"{facts.run}.npz")
    sets = [tuple(S) for S in np.asarray(arrays["S"]).tolist()]
    first = min(ROWS, len(arrays["inputs"]) - 1) if further else 0  # of very few pictures the last
    rows = slice(first, None if further else ROWS)
    caption = f"{legend.made_by([facts], [seed])}; test pictures {first + 1} to {first + len(arrays['inputs'][rows])}"
    return translations.grid(arrays["inputs"][rows], arrays[f"seed{seed}"][:, rows], sets, legend.names(facts), caption)


def _name(loss: str) -> str:
    """A discriminator's loss by its domain: L_D is also the loss of a fourth objective, D."""
    return f"D: {domain}" if (domain := loss.removeprefix("L_D_")) != loss else loss
