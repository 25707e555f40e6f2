"""lattice: some test pictures of each model with three objectives, translated at every S of a lattice, for the
explorer: reports/explorer/."""

from typing import Any

import numpy as np

from pipeline.core import files, precision, results
from pipeline.core.artifacts import VGG16_WEIGHTS
from pipeline.core.pictures import to_pictures
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import measures, trained
from pipeline.sgn.explorer import lattice
from pipeline.sgn.model import params, translation
from pipeline.shell import command, progress

RUNS = ("model1", "model2", "model3", "comparison")
SHOWN = 6  # test pictures a model


def main() -> None:
    """Write reports/explorer, whole or not at all: a file for each picture of a model, and lattice.json."""
    p = params.load()
    device = precision.device(p.device)
    precision.deterministic(device, p.threads)
    vgg = VGG16.load(VGG16_WEIGHTS).to(device)
    points = lattice.points()
    models, sides = [], set[int]()
    with files.replacing(lattice.FOLDER) as folder:
        folder.mkdir(parents=True)
        for key in progress.over(RUNS, len(RUNS), "models"):
            test = measures.read_test_set(p.run(key), SHOWN, vgg, device)
            sides.add(test.x.shape[-1])
            pictures, model = _of_run(p, key, test, points)
            names = [f"{key}-{number}.webp" for number in range(len(pictures))]
            for name, data in zip(names, pictures, strict=True):
                (folder / name).write_bytes(data)
            inputs = np.concatenate(list(to_pictures(test.x[: len(pictures)])), 1)
            (folder / f"{key}-inputs.webp").write_bytes(lattice.encoded(inputs))
            models.append({**model, "inputs": f"{key}-inputs.webp", "pictures": names})
        if len(sides) != 1:
            raise ValueError(f"test pictures are of {sorted(sides)} pixels: the explorer shows one size")
        found = {"S": points, "columns": lattice.COLUMNS, "side": sides.pop(), "scale": p.scale, "data": p.data}
        results.write(folder / lattice.INDEX.name, results.of(lattice.Lattice, {**found, "models": models}))


def _of_run(
    p: params.Params, key: str, test: measures.TestSet, points: list[tuple[float, ...]]
) -> tuple[list[bytes], dict[str, Any]]:
    """The files of a run's pictures at its first seed, and what the page knows of it."""
    run, scale = p.run(key), p.scale_params
    seed = p.seeds_of(key)[0]
    generator, _ = trained.generator(key, seed, run, scale.train, p.alpha)
    generator.to(test.x.device)
    here = trained.with_discriminators(test, key, seed, run, scale.train.width)
    batch = scale.evaluate.batch
    at_S = [to_pictures(translation.translate(generator, test.x, S, batch)) for S in points]
    pictures = np.stack(at_S, 1)  # (N, P, H, W, 3)
    fitting = lattice.fitting([lattice.encoded(lattice.tiles(one)) for one in pictures], lattice.LIMIT // len(RUNS))
    shown = here.first(len(fitting))
    losses = [list(measures.losses_at(generator, run.objectives, shown, S, batch)["L"].values()) for S in points]
    objectives = [{"loss": o.loss, "about": o.about} for o in run.objectives]
    return fitting, {"run": key, "seed": seed, "objectives": objectives, "losses": losses}


if __name__ == "__main__":
    command.run(main)
