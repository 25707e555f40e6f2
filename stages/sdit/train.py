"""sdit/train@RUN: train one run, once for each seed; models/sdit/RUN/SEED/{generator,discriminator}.safetensors, curves
and sample grids in reports/sdit/live/RUN."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from pipeline.core import files, precision, tensors
from pipeline.core.pictures import to_pictures
from pipeline.sdit.model import method, networks, params, pictures
from pipeline.shell import command
from pipeline.training import loop, scratch
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.live import LiveLog

SHOWN = 4  # test pictures in a sample grid
CODES = 2  # translations of each into each domain


def main(key: str) -> None:
    """Train the run `key`; models/sdit/KEY appears whole or not at all."""
    p = params.load()
    run = p.run(key)
    device = precision.device(p.device)
    number_format = precision.resolve(p.precision, device)
    precision.deterministic(device, p.threads)
    settings: dict[int, dict[str, Any]] = {
        seed: {
            "run": run.model_dump(mode="json", exclude={"seeds"}),
            "weights": p.sdit.weights[run.weights].model_dump(mode="json"),
            "scale": p.sizes.train.model_dump(mode="json"),
            "seed": seed,
            "precision": number_format,
            "device": device.type,
            "threads": p.threads if device.type == "cpu" else None,
        }
        for seed in p.seeds_of(key)
    }
    data = pictures.path(run.view)
    inputs = [data] if data.exists() else []
    places = {seed: scratch.place(f"train-sdit-{key}-{seed}", values, inputs) for seed, values in settings.items()}
    with scratch.held(list(places.values())):
        live = LiveLog(Path("reports/sdit/live") / key)
        with files.replacing(Path("models/sdit") / key) as folder:
            for seed, values in settings.items():
                checkpoints = Checkpoints(places[seed].folder, places[seed].identity, p.checkpoint_seconds)
                nets, seconds = _train(p, run, seed, number_format, device, live, checkpoints)
                for name, module in (("generator", nets.generator), ("discriminator", nets.discriminator)):
                    tensors.write(folder / str(seed) / f"{name}.safetensors", module.state_dict(), values)
                print(f"{key}, seed {seed}: trained in {number_format}, {seconds:.0f} s", flush=True)
        live.end()


def _train(
    p: params.Params,
    run: params.Run,
    seed: int,
    number_format: str,
    device: torch.device,
    live: LiveLog,
    checkpoints: Checkpoints,
) -> tuple[networks.Networks, float]:
    sizes, view = p.sizes.train, p.view(run.view)
    train, test = pictures.read(run.view, "train"), pictures.read(run.view, "test")
    nets = networks.initial(run, sizes, train.x.shape[1], len(view.domains), seed=seed)
    sdit = method.SDIT(
        nets,
        p.sdit.weights[run.weights],
        latent=run.latent,
        exclusive=view.exclusive,
        code=sizes.code,
        critic=sizes.critic,
        seed=seed,
        learning_rate=sizes.learning_rate,
    )
    shuffled = pictures.Shuffled(train, seed)
    # Every so many, because a view's pictures stand in the order of their domains.
    shown = test.tensor()[:: max(1, len(test) // SHOWN)][:SHOWN].to(device)
    z = torch.randn(CODES, sizes.code, generator=torch.Generator().manual_seed(0)).to(device)

    @torch.no_grad()
    def samples() -> np.ndarray:
        """A row for each test picture: itself, then each domain with each code; uint8 (H, W, 3)."""
        columns = [shown]
        for label in torch.eye(len(view.domains), device=device):
            for code in z:
                columns.append(nets.generator(shown, label.expand(len(shown), -1), code.expand(len(shown), -1)))
        return np.concatenate([np.concatenate(list(to_pictures(column)), 0) for column in columns], 1)

    seconds = loop.train(
        sdit,
        {"x": shuffled, "label": pictures.Labels(shuffled)},
        loop.Length(sizes.steps, sizes.log_every, sizes.sample_every),
        seed=seed,
        batch_size=sizes.batch,
        precision=number_format,
        device=device,
        live=live,
        samples=samples,
        checkpoints=checkpoints,
    )
    return nets, seconds


if __name__ == "__main__":
    command.run(main)
