"""figure10: the activations of Model 1's three CCAMs, drawn from files."""

from pathlib import Path

from pipeline import command, outs
from pipeline.figures import activations, legend, style


def main() -> None:
    """Draw reports/figures/figure10.png."""
    facts = outs.read_json(Path("reports/metrics/runs/model1.json"))
    seed = legend.first_seed(facts)
    made_by = legend.made_by([facts], [seed])
    arrays = outs.read_arrays(Path("data/translations/model1.npz"))
    figure = activations.figure10(
        [arrays[f"activation{place}"] for place in (1, 2, 3)],
        arrays["inputs"][0],
        arrays[f"seed{seed}"][:3, 0],  # corners first
        legend.names(facts),
        f"{made_by}; activations from 0 (blocked) to 1 (open); left: the first test picture",
    )
    style.save(figure, Path("reports/figures/figure10.png"))


if __name__ == "__main__":
    command.run(main)
