"""asymgan/train@RUN: train one run, once for each seed; models/asymgan/RUN/SEED/*.safetensors and the curves and
sample grids in reports/asymgan/live/RUN."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pipeline.asymgan.model import method, params, places
from pipeline.core import files, precision, seeds, tensors
from pipeline.core.artifacts import VGG16_WEIGHTS, read_packed
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.networks.vgg16 import VGG16
from pipeline.shell import command
from pipeline.training import loop, scratch
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.crops import Crops
from pipeline.training.live import LiveLog

SHOWN = 6  # test pairs in a sample grid
EPOCHS = 200  # where a scale has no steps (Section 4)


def main(key: str) -> None:
    """Train the run `key`; models/asymgan/KEY appears whole or not at all."""
    p = params.load()
    run, scale = p.run(key), p.sizes.train
    device = precision.device(p.device)
    resolved = precision.resolve(p.precision, device)
    precision.deterministic(device, p.threads)
    settings: dict[int, dict[str, Any]] = {
        seed: {
            "run": run.model_dump(mode="json", exclude={"seeds"}),
            "scale": scale.model_dump(mode="json"),
            "code": p.asymgan.code,
            "seed": seed,
            "precision": resolved,
            "device": device.type,
            "threads": p.threads if device.type == "cpu" else None,
        }
        for seed in p.seeds_of(key)
    }
    read = [places.pictures(domain, "train") for domain in ("photo", "label")] + [VGG16_WEIGHTS]
    inputs = [path for path in read if path.exists()]
    held = {seed: scratch.place(f"train-asymgan-{key}-{seed}", values, inputs) for seed, values in settings.items()}
    with scratch.held(list(held.values())):
        live = LiveLog(Path("reports/asymgan/live") / key)
        with files.replacing(Path("models/asymgan") / key) as folder:
            for seed, values in settings.items():
                checkpoints = Checkpoints(held[seed].folder, held[seed].identity, p.checkpoint_seconds)
                nets, seconds = _train(run, scale, p.asymgan.code, seed, resolved, device, live, checkpoints)
                for name, module in nets.modules().items():
                    tensors.write(folder / str(seed) / f"{name}.safetensors", module.state_dict(), values)
                print(f"{key}, seed {seed}: trained in {resolved} on {device.type}, {seconds:.0f} s", flush=True)
                files.write_json(
                    command.invocation_root() / "scratch" / "times" / f"train-asymgan-{key}-{seed}.json",
                    {"seconds": round(seconds, 1), "finished": time.strftime("%Y-%m-%d %H:%M:%S")},
                )
        live.end()


def _train(
    run: params.Run,
    scale: params.ScaleTrain,
    code: int,
    seed: int,
    resolved: str,
    device: torch.device,
    live: LiveLog,
    checkpoints: Checkpoints,
) -> tuple[method.Networks, float]:
    """The trained networks, and the seconds that this call took."""
    crops = {
        domain: Crops(places.pictures(domain, "train"), domain, scale.crop, seed) for domain in method.AsymGAN.sources
    }
    nets = method.build(
        scale.width,
        scale.blocks,
        scale.into,
        injection=run.injection,
        code=code,
        encoder_width=scale.encoder_width,
        seed=seed,
    )
    asymgan = method.AsymGAN(
        nets,
        code=method.code_shape(run.injection, code, scale.crop),
        side=scale.crop,
        dropout=run.dropout,
        extension=VGG16.load(VGG16_WEIGHTS, precision.dtype(resolved)).to(device) if run.extension else None,
        weights=method.weights(run.leaves_out),
        encoder_follows=run.encoder_follows,
        seed=seed,
        learning_rate=scale.learning_rate,
    )
    x, y = (to_tensor(read_packed(places.pictures(domain, "test"))[:SHOWN]).to(device) for domain in ("photo", "label"))
    random = seeds.numpy_generator(seed, "shown")
    shape = (2, len(x), *method.code_shape(run.injection, code, x.shape[-1]))
    z = torch.from_numpy(random.standard_normal(shape, dtype="float32")).to(device)

    @torch.no_grad()
    def samples() -> npt.NDArray[np.uint8]:
        """Rows: photo, label, G(x), its way back, F(y, z) of two codes."""
        G_x = nets.G(x)
        rows = [x, y, G_x, nets.F(G_x, None if nets.E is None else nets.E(x)), *(nets.F(y, one) for one in z)]
        return np.concatenate([np.concatenate(list(to_pictures(row)), axis=1) for row in rows])

    length = loop.Length(
        scale.steps or loop.steps_of(EPOCHS, [len(c) for c in crops.values()], scale.batch),
        scale.log_every,
        scale.sample_every,
    )
    seconds = loop.train(
        asymgan,
        crops,
        length,
        seed=seed,
        batch_size=scale.batch,
        precision=resolved,
        device=device,
        live=live,
        samples=samples,
        checkpoints=checkpoints,
    )
    return nets, seconds


if __name__ == "__main__":
    command.run(main)
