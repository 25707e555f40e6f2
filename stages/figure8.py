"""figure8: Model 2 with S entering the generator in different ways (Figures 8 and 11), drawn from files."""

from pathlib import Path

from pipeline import command, outs
from pipeline.figures import comparisons, legend, style
from pipeline.paper.runs import CONDITIONING_RUNS

ROWS = 2


def main() -> None:
    """Draw reports/figures/figure8.png."""
    runs = [outs.read_json(Path("reports/metrics/runs") / f"{run}.json") for run in CONDITIONING_RUNS]
    seed = legend.first_seed(runs[0])
    outputs = {}
    for facts in runs:
        arrays = outs.read_arrays(Path("data/translations") / f"{facts['run']}.npz")
        outputs[facts["conditioning"]] = arrays[f"seed{seed}"][:, :ROWS]
        inputs, sets = arrays["inputs"][:ROWS], [tuple(S) for S in arrays["S"].tolist()]
    caption = f"{legend.made_by(runs, [seed])}; first test pictures"
    figure = comparisons.figure8(inputs, outputs, sets, legend.names(runs[0]), caption)
    style.save(figure, Path("reports/figures/figure8.png"))


if __name__ == "__main__":
    command.run(main)
