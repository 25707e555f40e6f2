"""figure7: SGN beside SingleGAN on photos and on paintings that neither saw in training, drawn from files."""

from pathlib import Path

from pipeline import command, outs
from pipeline.figures import comparisons, legend, style

METRICS = Path("reports/metrics")
DOMAINS = ("photo", "monet")


def main() -> None:
    """Draw reports/figures/figure7.png."""
    numbers = outs.read_json(METRICS / "figure7.json")
    runs = [outs.read_json(METRICS / "runs" / f"{numbers[which]}.json") for which in ("sgn", "other")]
    made_by = legend.made_by(runs, [legend.first_seed(numbers)])
    arrays = outs.read_arrays(Path("data/translations/unseen.npz"))
    inputs, sgn, singlegan = (
        {domain: arrays[f"{prefix}{domain}"] for domain in DOMAINS} for prefix in ("", "sgn_", "singlegan_")
    )
    caption = f"{made_by}; test pictures"
    figure = comparisons.figure7(inputs, sgn, singlegan, legend.names(runs[0]), caption)
    style.save(figure, Path("reports/figures/figure7.png"))


if __name__ == "__main__":
    command.run(main)
