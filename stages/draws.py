"""draws: one test picture at many drawn S (v1's Figure 6), drawn from files."""

from pathlib import Path

from pipeline import command, outs
from pipeline.figures import comparisons, legend, style


def main() -> None:
    """Draw reports/figures/draws.png."""
    facts = outs.read_json(Path("reports/metrics/runs/model1.json"))
    made_by = legend.made_by([facts], [legend.first_seed(facts)])
    arrays = outs.read_arrays(Path("data/translations/model1.npz"))
    figure = comparisons.draws(
        arrays["inputs"][0],
        [tuple(S) for S in arrays["draws_S"].tolist()],
        arrays["draws"],
        legend.names(facts),
        f"{made_by}; first test picture, S drawn with more of B and C than of A, ordered from B to C",
    )
    style.save(figure, Path("reports/figures/draws.png"))


if __name__ == "__main__":
    command.run(main)
