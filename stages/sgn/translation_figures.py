"""translation_figures: every figure of the page about image translation, drawn from files."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from pipeline.core import artifacts, files
from pipeline.figures import style
from pipeline.figures.grids import Pictures
from pipeline.sgn.figures import comparisons, legend, movie, of_run
from pipeline.sgn.figures import surfaces as simplex_maps
from pipeline.sgn.model import simplex
from pipeline.sgn.paper.runs import HYPER_RUNS, SYM_RUNS
from pipeline.sgn.results import RunResult, read_figure7, read_run
from pipeline.shell import command

TRANSLATIONS = Path("data/translations")
# The losses' names in Table 3.
SYMBOLS = {"reconstruction": "$L_{rec}$", "adversarial": "$L_{adv}$", "perceptual": "$L_{per}$"}
UNSEEN = ("photo", "monet")  # inputs of Figure 7
MODELS = ("model1", "model2", "model3")  # of which Figures 12 to 14 show more pictures
ROWS = 3  # test pictures of SGN and of the hyper-parameter models


def main() -> None:
    """Write reports/figures/translation, whole or not at all, and reports/movie-model1.mp4."""
    with files.replacing(style.FIGURES / "translation") as folder:
        folder.mkdir()
        for key in (*SYM_RUNS, "singlegan"):
            of_run.draw(key, folder)
        for key in MODELS:
            style.save(of_run.further(key), folder / f"further-{key}.png")
        style.save(hyper(), folder / "hyper.png")
        style.save(figure7(), folder / "figure7.png")
        style.save(draws(), folder / "draws.png")
        style.save(surfaces(), folder / "surfaces.png")
    movie.write_mp4(Path("reports/movie-model1.mp4"), film())


def hyper() -> Figure:
    """One SGN beside the six hyper-parameter models of Table 3, each at the one S that it was trained for."""
    facts, arrays = _model1()
    runs = [read_run(key) for key in HYPER_RUNS]
    seed = legend.first_seed(facts)
    sets = [tuple(S) for S in arrays["S"].tolist()]
    columns = [sets.index(S) for S in simplex.TABLE3]
    alone = [artifacts.read_arrays(TRANSLATIONS / f"{key}.npz")[f"seed{seed}"][0, :ROWS] for key in HYPER_RUNS]
    return comparisons.hyper(
        arrays["inputs"][:ROWS],
        arrays[f"seed{seed}"][columns][:, :ROWS],
        np.stack(alone),
        legend.names(facts),
        f"{legend.made_by([facts, *runs], [seed])}; first test pictures",
    )


def figure7() -> Figure:
    """SGN beside SingleGAN on photos and on paintings that neither saw in training."""
    numbers = read_figure7()
    runs = [read_run(numbers.sgn), read_run(numbers.other)]
    made_by = legend.made_by(runs, [legend.first_seed(numbers)])
    arrays = artifacts.read_arrays(TRANSLATIONS / "figure7.npz")
    inputs, sgn, singlegan = (
        {domain: arrays[f"{prefix}{domain}"] for domain in UNSEEN} for prefix in ("", "sgn_", "singlegan_")
    )
    return comparisons.figure7(inputs, sgn, singlegan, legend.names(runs[0]), f"{made_by}; test pictures")


def draws() -> Figure:
    """One test picture at many drawn S (v1's Figure 6)."""
    facts, arrays = _model1()
    made_by = legend.made_by([facts], [legend.first_seed(facts)])
    return comparisons.draws(
        arrays["inputs"][0],
        [tuple(S) for S in arrays["draws_S"].tolist()],
        arrays["draws"],
        legend.names(facts),
        f"{made_by}; first test picture, S drawn with more of B and C than of A, ordered from B to C",
    )


def film() -> Pictures:
    """Test pictures, one after the other, and their translations while S travels from corner to corner (the video)."""
    facts, arrays = _model1()
    caption = legend.made_by([facts], [legend.first_seed(facts)])
    sets = [tuple(S) for S in arrays["path_S"].tolist()]
    return movie.frames(arrays["path_inputs"], arrays["path"], sets, legend.names(facts), caption)


def surfaces() -> Figure:
    """Model 1's three losses over the simplex of S: means over the seeds."""
    facts, _ = _model1()
    lattices = [of_seed.study.lattice for of_seed in facts.seeds.values() if of_seed.study is not None]
    losses = {
        f"{SYMBOLS[o.loss]} ({o.about})": np.mean(
            [[row.L[o.letter] for row in lattice] for lattice in lattices], axis=0
        )
        for o in facts.objectives
    }
    sets = [row.S for row in lattices[0]]
    made_by = legend.made_by([facts], list(facts.seeds))
    mean = f"mean of {facts.pictures['lattice']} test pictures" + (" and the seeds" if len(lattices) > 1 else "")
    caption = f"{made_by}; {mean} at {len(sets)} S (dots); ring: the smallest"
    return simplex_maps.surfaces(sets, losses, legend.names(facts), caption)


def _model1() -> tuple[RunResult, dict[str, npt.NDArray[Any]]]:
    return read_run("model1"), artifacts.read_arrays(TRANSLATIONS / "model1.npz")


if __name__ == "__main__":
    command.run(main)
