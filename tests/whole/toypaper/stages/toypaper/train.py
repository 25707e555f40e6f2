"""toypaper/train@RUN: train one run, once for each seed; models/toypaper/RUN/SEED/*.safetensors and the curves and
sample grids in reports/toypaper/live/RUN."""

from pathlib import Path

import numpy as np
import torch

from pipeline.core import files, precision, seeds, tensors
from pipeline.shell import command
from pipeline.toypaper.model import method, params, waves
from pipeline.training import loop, scratch
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.live import LiveLog

SHOWN = 8  # waves in a sample grid


def main(key: str) -> None:
    """Train the run `key`; models/toypaper/KEY appears whole or not at all."""
    p = params.load()
    run = p.run(key)
    device = precision.device(p.device)
    number_format = precision.resolve(p.precision, device)
    precision.deterministic(device, p.threads)
    settings = {
        seed: {
            "run": run.model_dump(mode="json"),
            "seed": seed,
            "precision": number_format,
            "device": device.type,
            "threads": p.threads if device.type == "cpu" else None,
        }
        for seed in p.seeds
    }
    inputs = [waves.PATH] if waves.PATH.exists() else []
    places = {seed: scratch.place(f"train-toypaper-{key}-{seed}", values, inputs) for seed, values in settings.items()}
    with scratch.held(list(places.values())):
        live = LiveLog(Path("reports/toypaper/live") / key)
        with files.replacing(Path("models/toypaper") / key) as folder:
            for seed, values in settings.items():
                checkpoints = Checkpoints(places[seed].folder, places[seed].identity, p.checkpoint_seconds)
                pairs = _train(run, seed, number_format, device, live, checkpoints)
                for name, module in pairs.modules.items():
                    tensors.write(folder / str(seed) / f"{name}.safetensors", module.state_dict(), values)
        live.end()


def _train(
    run: params.Run, seed: int, number_format: str, device: torch.device, live: LiveLog, checkpoints: Checkpoints
) -> method.Pairs:
    source = waves.Waves(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seeds.sequence(seed, "networks").generate_state(1)[0]))
        pairs = method.Pairs(source.waves.shape[1], run.width, run.code, seed=seed, learning_rate=run.learning_rate)
    z = torch.linspace(-2, 2, SHOWN)[:, None].expand(-1, run.code).to(device)

    @torch.no_grad()
    def samples() -> np.ndarray:
        """Each wave a row of grey pixels: uint8 (SHOWN, L, 3)."""
        rows = (pairs.average(z).clamp(-1, 1) * 127.5 + 127.5).round().byte().cpu().numpy()
        return np.repeat(rows[:, :, None], 3, axis=2)

    loop.train(
        pairs,
        {"waves": source},
        loop.Length(run.steps, log_every=10, sample_every=run.steps),
        seed=seed,
        batch_size=run.batch,
        precision=number_format,
        device=device,
        live=live,
        samples=samples,
        checkpoints=checkpoints,
    )
    return pairs


if __name__ == "__main__":
    command.run(main)
