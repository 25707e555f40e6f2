"""toy_figures: Figures 5 and 9, drawn from the toy stage's files; nothing is trained here."""

from pathlib import Path

from pipeline.core import artifacts, files
from pipeline.figures import style
from pipeline.sgn.figures import toy as figures
from pipeline.sgn.results import MEASURED
from pipeline.shell import command


def main() -> None:
    """Write reports/figures/toy, whole or not at all."""
    numbers = artifacts.read_json(MEASURED / "toy.json")
    arrays = artifacts.read_arrays(Path("models/toy.npz"))
    with files.replacing(style.FIGURES / "toy") as folder:
        folder.mkdir()
        style.save(figures.figure5(arrays, numbers["settings"]), folder / "figure5.png")
        style.save(figures.figure9(numbers), folder / "figure9.png")


if __name__ == "__main__":
    command.run(main)
