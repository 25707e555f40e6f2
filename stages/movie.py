"""movie: one test picture while S travels from corner to corner, as GIF for the page and MP4 as a file."""

from pathlib import Path

from pipeline import command, outs
from pipeline.figures import legend
from pipeline.figures import movie as moving


def main() -> None:
    """Write reports/figures/movie-model1.gif and reports/movie-model1.mp4."""
    facts = outs.read_json(Path("reports/metrics/runs/model1.json"))
    arrays = outs.read_arrays(Path("data/translations/model1.npz"))
    pictures, sets = arrays["path"], [tuple(S) for S in arrays["path_S"].tolist()]
    caption = legend.made_by([facts], [legend.first_seed(facts)])
    shown = moving.frames(pictures, sets, legend.names(facts), caption)
    moving.write_gif(Path("reports/figures/movie-model1.gif"), shown)
    moving.write_mp4(Path("reports/movie-model1.mp4"), shown)


if __name__ == "__main__":
    command.run(main)
