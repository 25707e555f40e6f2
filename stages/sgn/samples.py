"""samples@RUN: a run's translations of some test pictures, and its CCAMs' activations, for the figures:
data/translations/RUN.npz, which needs no network to read."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.core import artifacts, files, precision
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.sgn.evaluation import activations, trained
from pipeline.sgn.evaluation.points import drawn_points, film_pictures, film_points, shown_points
from pipeline.sgn.model import params, translation
from pipeline.shell import command

SHOWN = 10  # pictures: four in a run's first grid, six in its further one


def main(key: str) -> None:
    """Translate test pictures with the run `key`; films and activations are those of the first seed."""
    p = params.load()
    run, scale = p.run(key), p.scale_params
    images, batch = scale.evaluate.images, scale.evaluate.batch
    alpha = p.alpha if run.reads == "alpha" else None
    device = precision.device(p.device)
    precision.deterministic(device, p.threads)
    pictures = artifacts.read_packed(artifacts.test_pictures(run.input_domain), multiple=4)
    x, shown = (to_tensor(pictures[:count]).to(device) for count in (images, SHOWN))
    points = shown_points(run)
    arrays: dict[str, npt.NDArray[Any]] = {"S": np.array(points), "inputs": to_pictures(shown)}
    seeds = p.seeds_of(key)
    for seed in seeds:
        generator, _ = trained.generator(key, seed, run, scale.train, alpha)
        generator.to(device)
        outputs = [to_pictures(translation.translate(generator, shown, S)) for S in points]
        arrays[f"seed{seed}"] = np.stack(outputs)
        if alpha is not None and seed == seeds[0]:
            frames = film_points(run.k)
            film = shown[film_pictures(len(frames), len(shown))]  # (frames, 3, H, W)
            for name, sets, pictures_at in (("draws", drawn_points(run.k), shown[:1]), ("path", frames, film)):
                arrays[name] = to_pictures(translation.travel(generator, pictures_at, sets))
                arrays[f"{name}_S"] = np.array(sets)
            arrays["path_inputs"] = to_pictures(film)
            opened = activations.at_corners(generator, x, run.k, batch)
            arrays |= {f"activation{place}": a.cpu().numpy() for place, a in enumerate(opened, start=1)}
    files.write_arrays(Path("data/translations") / f"{key}.npz", arrays)


if __name__ == "__main__":
    command.run(main)
