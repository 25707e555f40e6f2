"""`make archive-part NAME=...`: keep the runs that were trained and measured, where the whole graph was not run.

results/NAME/run then has numbers, settings and the paper's figures of those runs, without pages. The front page judges
the claims from the numbers; what was not trained is not measurable there. Before it, the runs' stages, one by one:

    dvc repro --single-item train@RUN      (evaluate@RUN, samples@RUN; figure7, toy, nulls, cost)
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from matplotlib.figure import Figure

from checks import archive
from pipeline.core import artifacts
from pipeline.core.artifacts import METRICS
from pipeline.figures import style
from pipeline.sgn.figures import comparisons, legend, of_run
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS
from pipeline.sgn.results import MEASURED, read_run
from stages.sgn import claims, injection_figures, translation_figures

TRANSLATIONS = Path("data/translations")
ROWS = 2  # test pictures of each conditioning


def main(name: str) -> None:
    """Write results/NAME/run, whole or not at all; ValueError if nothing was measured, or it is too large for Git."""
    place = Path.cwd() / archive.place_of(name, "archive-part")
    measured = sorted(path.name for path in (MEASURED / "runs").glob("*.json"))
    if not measured:
        raise artifacts.missing(MEASURED / "runs/model1.json")
    with _beside_the_checkout():
        _collect(measured)
        claims.main()
        with archive.writing(place) as folder:
            draw({Path(run).stem for run in measured}, folder / "figures")


@contextmanager
def _beside_the_checkout() -> Iterator[None]:
    """A folder to work in that has what was trained and measured, and metrics of its own: the checkout's may be those
    of a whole run, in Git."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("params.yaml", "dvc.lock", "dvc.yaml", "data", "models", "scratch", "reports/live"):
            if Path(name).exists():
                (Path(folder) / name).parent.mkdir(exist_ok=True)
                (Path(folder) / name).symlink_to(Path(name).absolute())
        with chdir(folder):
            yield


def _collect(measured: list[str]) -> None:
    """What the stage collect copies, of what is there."""
    (METRICS / "runs").mkdir(parents=True)
    for path in MEASURED.glob("*.json"):
        shutil.copy(path, METRICS / path.name)
    for name in measured:
        shutil.copy(MEASURED / "runs" / name, METRICS / "runs" / name)


def draw(runs: set[str], folder: Path) -> None:
    """Write the paper's figures that these runs have, as WebP."""
    folder.mkdir()
    has = {key for key in runs if (TRANSLATIONS / f"{key}.npz").is_file()}
    figures: dict[str, Callable[[], Figure]] = {}
    for key in (key for key in (*SYM_RUNS, "singlegan") if key in has):
        of_run.draw(key, folder)
    if "model1" in has:
        figures |= {"figure10": injection_figures.figure10, "surfaces": translation_figures.surfaces}
        if has.issuperset(HYPER_RUNS):
            figures["hyper"] = translation_figures.hyper
    if (MEASURED / "figure7.json").is_file():
        figures["figure7"] = translation_figures.figure7
    if len(conditioned := [key for key in CONDITIONING_RUNS if key in has]) > 1:
        figures["figure8"] = lambda: figure8(conditioned)
    for name, figure in figures.items():
        style.save(figure(), folder / f"{name}.png")
    for path in folder.glob("*.png"):
        archive.webp(path, path)
        path.unlink()


def figure8(keys: list[str]) -> Figure:
    """Model 2 with S entering the generator in as many ways as were trained."""
    runs = [read_run(key) for key in keys]
    seed = legend.first_seed(runs[0])
    arrays = {facts.conditioning: artifacts.read_arrays(TRANSLATIONS / f"{facts.run}.npz") for facts in runs}
    first = arrays[runs[0].conditioning]
    return comparisons.figure8(
        first["inputs"][:ROWS],
        {name: array[f"seed{seed}"][:, :ROWS] for name, array in arrays.items()},
        [tuple(S) for S in first["S"].tolist()],
        legend.names(runs[0]),
        f"{legend.made_by(runs, [seed])}; test pictures 1 to {ROWS}",
    )


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2] or [""])
    except (ValueError, OSError) as error:
        raise SystemExit(f"error: {error}") from None
