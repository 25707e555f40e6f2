"""toy: train the one-dimensional problem (Section 5.1); models/toy.npz for drawing, data/measured/toy.json."""

from pathlib import Path

import torch

from pipeline.core import files
from pipeline.sgn import toy
from pipeline.sgn.model import params
from pipeline.sgn.results import MEASURED
from pipeline.shell import command


def main() -> None:
    """Train all models of Table 1, Figure 5 and Figure 9 together and write their curves and losses."""
    # One thread: the result does not depend on the number of cores, and small products gain little from a second.
    torch.set_num_threads(1)
    p = params.load()
    scale = p.scale_params.toy
    sizes = toy.Sizes(p.toy.hidden, scale.seeds, scale.widths, scale.width_seeds)
    training = toy.Training(p.toy.samples, p.toy.batch, scale.epochs, p.toy.learning_rates, p.alpha)
    numbers, arrays = toy.study(sizes, training)
    settings = {
        "alpha": p.alpha,
        "hidden": p.toy.hidden,
        "samples": p.toy.samples,
        "batch": p.toy.batch,
        "epochs": list(scale.epochs),
        "learning_rates": list(p.toy.learning_rates),
        "seeds": scale.seeds,
        "width_seeds": scale.width_seeds,
    }
    files.write_arrays(Path("models/toy.npz"), arrays)
    files.write_json(MEASURED / "toy.json", {"settings": settings, **numbers})
    print(f"toy: {7 * scale.seeds} models for Table 1, widths {', '.join(map(str, scale.widths))} for Figure 9")


if __name__ == "__main__":
    command.run(main)
