"""train@RUN: train one run, once for each seed; models/RUN/SEED/{generator,discriminators}.safetensors and the curves
and sample grids in reports/live/RUN."""

import time
from pathlib import Path
from typing import Any

import torch

from pipeline.core import artifacts, files, precision, tensors
from pipeline.core.artifacts import VGG16_WEIGHTS, read_packed
from pipeline.core.pictures import to_tensor
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import losses, methods, networks, objectives, params, simplex, translation
from pipeline.shell import command, progress
from pipeline.training import loop, scratch
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.crops import Crops
from pipeline.training.live import LiveLog

SHOWN = 4  # test pictures in a sample grid


def main(key: str) -> None:
    """Train the run `key`; models/KEY appears whole or not at all."""
    progress.say_what_is_faster()
    p = params.load()
    run, scale = p.run(key), p.scale_params.train
    device = precision.device(p.device)
    resolved = precision.resolve(p.precision, device)
    precision.deterministic(device, p.threads)
    inputs = [path for path in [*map(_array, run.objectives), VGG16_WEIGHTS] if path.exists()]
    alpha = p.alpha if run.reads == "alpha" else None
    settings: dict[int, dict[str, Any]] = {
        seed: {
            "run": run.model_dump(mode="json", exclude={"measured_by", "seeds"}),
            "scale": scale.model_dump(mode="json"),
            "seed": seed,
            "alpha": alpha,
            "precision": resolved,
            "device": device.type,
            "threads": p.threads if device.type == "cpu" else None,
        }
        for seed in p.seeds_of(key)
    }
    places = {seed: scratch.place(f"train-{key}-{seed}", values, inputs) for seed, values in settings.items()}
    with scratch.held(list(places.values())):
        live = LiveLog(Path("reports/live") / key)
        with files.replacing(Path("models") / key) as folder:
            for seed, values in settings.items():
                checkpoints = Checkpoints(places[seed].folder, places[seed].identity, p.checkpoint_seconds)
                nets, steps, seconds = _train(run, scale, seed, alpha, resolved, device, live, checkpoints)
                about = {**values, "steps": steps}
                for name, module in (("generator", nets.generator), ("discriminators", nets.discriminators)):
                    # Both files always exist; a run without an adversarial weight has no tensors in the second.
                    tensors.write(folder / str(seed) / f"{name}.safetensors", module.state_dict(), about)
                print(f"{key}, seed {seed}: trained in {resolved} on {device.type}, {seconds:.0f} s", flush=True)
                files.write_json(
                    command.invocation_root() / "scratch" / "times" / f"train-{key}-{seed}.json",
                    {"seconds": round(seconds, 1), "finished": time.strftime("%Y-%m-%d %H:%M:%S")},
                )
        live.end()


def _train(
    run: params.Run,
    scale: params.ScaleTrain,
    seed: int,
    alpha: float | None,
    resolved: str,
    device: torch.device,
    live: LiveLog,
    checkpoints: Checkpoints,
) -> tuple[networks.Networks, int, float]:
    """The trained networks, the steps, and the seconds that this call took."""
    domains = [o.about for o in run.objectives if o.loss != "perceptual"]
    crops = {domain: Crops(artifacts.train_pictures(domain), domain, scale.crop, seed) for domain in domains}
    discriminated = objectives.discriminated(run.objectives, run.S)
    nets = networks.initial(discriminated, run.conditioning, scale.width, scale.blocks, k=run.k, seed=seed)
    method = methods.build(
        run.method,
        nets,
        run.objectives,
        _perceptual(run, resolved, device),
        alpha=alpha,
        constant_S=run.S,
        seed=seed,
        learning_rate=scale.learning_rate,
    )
    shown = to_tensor(read_packed(artifacts.test_pictures(run.input_domain))[:SHOWN]).to(device)
    sets = [*simplex.corners(run.k), simplex.centre(run.k)]
    length = loop.Length(
        scale.steps or loop.steps_of(run.epochs, [len(c) for c in crops.values()], scale.batch),
        scale.log_every,
        scale.sample_every,
    )
    seconds = loop.train(
        method,
        crops,
        length,
        seed=seed,
        batch_size=scale.batch,
        precision=resolved,
        device=device,
        live=live,
        samples=lambda: translation.grid(nets.generator, shown, sets),
        checkpoints=checkpoints,
    )
    return nets, length.steps, seconds


def _perceptual(run: params.Run, resolved: str, device: torch.device) -> dict[str, losses.Perceptual]:
    """The perceptual losses that the run computes, by their style images."""
    perceptual = {}
    for o in run.active:
        if o.loss == "perceptual":
            assert run.style_weight is not None
            vgg = VGG16.load(VGG16_WEIGHTS, precision.dtype(resolved)).to(device)
            style = to_tensor(read_packed(_array(o))[None]).to(device)
            perceptual[o.about] = losses.Perceptual(vgg, style, run.style_weight)
    return perceptual


def _array(o: objectives.Objective) -> Path:
    return artifacts.style_picture(o.about) if o.loss == "perceptual" else artifacts.train_pictures(o.about)


if __name__ == "__main__":
    command.run(main)
