"""asymgan/figures: the pictures of the page, reports/asymgan/figures."""

from pathlib import Path

import numpy as np
import torch

from pipeline.asymgan.evaluation import model, trained
from pipeline.asymgan.figures import strips
from pipeline.asymgan.model import params
from pipeline.core import files, precision, seeds
from pipeline.figures import grids, style
from pipeline.shell import command

FOLDER = Path("reports/asymgan/figures")
INJECTIONS = {"CIN": "asymgan", "a map": "inject-map", "all layers": "inject-all", "CCAM": "inject-ccam"}
ABLATIONS = {
    "all": "asymgan",
    "w/o adv.": "no-adversarial",
    "w/o perc.": "no-perception",
    "w/o sm.": "no-smoothness",
}
RUNS = dict.fromkeys(
    ("asymgan", "asymgan-plain", "cyclegan", "cyclegan-dropout", *INJECTIONS.values(), *ABLATIONS.values())
)
ROWS, REFERENCES = 4, 6
CELL = 120  # pixels of a picture's side in the file


def main() -> None:
    """Draw the first seed's networks on the first test pairs."""
    p = params.load()
    precision.deterministic(torch.device("cpu"), p.threads)
    x, y = trained.pairs(p.sizes.evaluate.pictures)
    seed = p.seeds[0]
    models = {}
    for key in RUNS:
        dropout = seeds.numpy_generator(seed, "figures", "dropout") if p.run(key).dropout else None
        models[key] = model.of_networks(trained.networks(p, key, seed)[0], p.asymgan.code, dropout)
    rows = min(ROWS, len(x) // 2)
    shown, random = (x[:rows], y[:rows]), seeds.numpy_generator(seed, "figures", "codes")
    named = {"CycleGAN": models["cyclegan"], "w/o-ex": models["asymgan-plain"], "AsymGAN": models["asymgan"]}
    drawn = {
        "translations": (
            strips.translations(models, *shown, random),
            "Rows are test scenes. A code is the same in its whole column; photo and label are a pair.",
        ),
        "references": (
            strips.references(models["asymgan"], x[-min(REFERENCES, len(x) - rows) :], shown[1]),
            "AsymGAN with the code of the photo on top of each column.",
        ),
        "interpolation": (
            strips.interpolations(models["asymgan"], shown[1], random),
            "AsymGAN from one code (0) to another (1).",
        ),
        "changes": (
            strips.changes(named, shown[0], random),
            "F(G(x)), or F(G(x), E(x)), after something was done to G(x); noise of 4 of 255.",
        ),
        "injections": (
            strips.codes({name: models[key] for name, key in INJECTIONS.items()}, shown[1], random),
            "How z enters F: for each way photos of one label with three codes.",
        ),
        "ablation": (
            strips.without({name: models[key] for name, key in ABLATIONS.items()}, *shown, random),
            "With all extension losses; without adversarial (adv.), perception (perc.) and smoothness (sm.) ones.",
        ),
    }
    files.remove(FOLDER)
    for name, (columns, caption) in drawn.items():
        pictures: list[np.ndarray] = [made for _, made in columns]
        style.save(
            grids.titled_columns(pictures, [title for title, _ in columns], caption, CELL), FOLDER / f"{name}.png"
        )


if __name__ == "__main__":
    command.run(main)
