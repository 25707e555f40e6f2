"""injection_figures: every figure of the page about injecting S, drawn from files."""

from pathlib import Path

from matplotlib.figure import Figure

from pipeline.core import artifacts, files
from pipeline.figures import style
from pipeline.sgn.figures import activations, comparisons, legend, of_run
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, SYM_RUNS
from pipeline.sgn.results import read_run
from pipeline.shell import command

TRANSLATIONS = Path("data/translations")
ROWS = 2  # test pictures of each conditioning
FURTHER = 4  # the first test picture of Figure 11, which no other grid shows


def main() -> None:
    """Write reports/figures/injection, whole or not at all."""
    with files.replacing(style.FIGURES / "injection") as folder:
        folder.mkdir()
        for key in CONDITIONING_RUNS:
            if key not in SYM_RUNS:  # those are on the page about image translation
                of_run.draw(key, folder)
        style.save(conditionings(first=0), folder / "figure8.png")
        style.save(conditionings(first=FURTHER), folder / "figure11.png")
        style.save(figure10(), folder / "figure10.png")


def conditionings(first: int) -> Figure:
    """Model 2 with S entering the generator in different ways (Figures 8 and 11), from the `first` test picture on."""
    runs = [read_run(run) for run in CONDITIONING_RUNS]
    seed = legend.first_seed(runs[0])
    outputs = {}
    for facts in runs:
        arrays = artifacts.read_arrays(TRANSLATIONS / f"{facts.run}.npz")
        first = min(first, max(len(arrays["inputs"]) - ROWS, 0))  # of very few pictures the last
        outputs[facts.conditioning] = arrays[f"seed{seed}"][:, first : first + ROWS]
        inputs, sets = arrays["inputs"][first : first + ROWS], [tuple(S) for S in arrays["S"].tolist()]
    caption = f"{legend.made_by(runs, [seed])}; test pictures {first + 1} to {first + len(inputs)}"
    return comparisons.figure8(inputs, outputs, sets, legend.names(runs[0]), caption)


def figure10() -> Figure:
    """The activations of Model 1's three CCAMs."""
    facts = read_run("model1")
    seed = legend.first_seed(facts)
    made_by = legend.made_by([facts], [seed])
    arrays = artifacts.read_arrays(TRANSLATIONS / "model1.npz")
    return activations.figure10(
        [arrays[f"activation{place}"] for place in (1, 2, 3)],
        arrays["inputs"][0],
        arrays[f"seed{seed}"][:3, 0],  # corners first
        legend.names(facts),
        f"{made_by}; activations from 0 (blocked) to 1 (open); left: the first test picture",
    )


if __name__ == "__main__":
    command.run(main)
