"""toy_figures: draw Figures 5 and 9 from the toy stage's files; nothing is trained here."""

from pathlib import Path

from pipeline import command, outs
from pipeline.figures import style
from pipeline.figures import toy as figures

FIGURES = Path("reports/figures")


def main() -> None:
    """Write reports/figures/figure5.png and figure9.png."""
    numbers = outs.read_json(Path("reports/metrics/toy.json"))
    arrays = outs.read_arrays(Path("models/toy.npz"))
    style.save(figures.figure5(arrays, numbers["settings"]), FIGURES / "figure5.png")
    style.save(figures.figure9(numbers), FIGURES / "figure9.png")


if __name__ == "__main__":
    command.run(main)
