"""train@RUN: train a run's networks, once per seed, into models/RUN/SEED and reports/live/RUN."""

import importlib
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from pipeline import command, files, losses, params, precision, scratch, seeds, sym, tensors, training, translation
from pipeline.checkpoints import Checkpoints
from pipeline.images.crops import Crops, to_tensor
from pipeline.live import LiveLog
from pipeline.networks.vgg16 import VGG16
from pipeline.outs import read_packed

VGG16_WEIGHTS = Path("models/vgg16.safetensors")


def main(key: str) -> None:
    """Train the run `key`; models/KEY appears whole or not at all."""
    p = params.load()
    run, scale = p.run(key), p.scale_params.train
    # Before the scratch folder is named: its name covers the code that is imported by then.
    method = importlib.import_module(f"pipeline.{run.method}")
    device = precision.device()
    resolved = precision.resolve(p.precision, device)
    precision.deterministic(device, p.threads)
    inputs = [path for path in [*map(_array, run.objectives), VGG16_WEIGHTS] if path.exists()]
    alpha = p.alpha if run.draw == "alpha" else None
    settings: dict[int, dict[str, Any]] = {
        seed: {
            "run": run.model_dump(mode="json", exclude={"judge"}),
            "scale": scale.model_dump(mode="json"),
            "seed": seed,
            "draw": alpha,
            "precision": resolved,
            "device": device.type,
            "threads": p.threads if device.type == "cpu" else None,
        }
        for seed in p.seeds
    }
    places = {seed: scratch.place(f"train-{key}-{seed}", values, inputs) for seed, values in settings.items()}
    with scratch.held(list(places.values())):
        live = LiveLog(Path("reports/live") / key)
        with files.replacing(Path("models") / key) as folder:
            for seed, values in settings.items():
                checkpoints = Checkpoints(places[seed].folder, places[seed].identity, p.checkpoint_seconds)
                networks, steps, seconds = _train(method, run, scale, seed, alpha, resolved, device, live, checkpoints)
                _save(folder / str(seed), networks, {**values, "steps": steps})
                print(f"{key}, seed {seed}: trained in {resolved} on {device.type}, {seconds:.0f} s", flush=True)
                files.write_json(
                    command.invocation_root() / "scratch" / "times" / f"train-{key}-{seed}.json",
                    {"seconds": round(seconds, 1), "finished": time.strftime("%Y-%m-%d %H:%M:%S")},
                )
        live.end()


def _train(
    method_module: ModuleType,
    run: params.Run,
    scale: params.ScaleTrain,
    seed: int,
    alpha: float | None,
    resolved: str,
    device: torch.device,
    live: LiveLog,
    checkpoints: Checkpoints,
) -> tuple[training.Networks, int, float]:
    domains = [o.about for o in run.objectives if o.loss != "perceptual"]
    crops = {domain: Crops(Path("data") / domain / "train.npy", domain, scale.crop, seed) for domain in domains}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seeds.sequence(seed, "networks").generate_state(1)[0]))
        networks = method_module.networks(run.objectives, run.conditioning, scale.width, scale.blocks, run.S)
    perceptual = {}
    for o in run.active:
        if o.loss == "perceptual":
            assert run.style_weight is not None
            vgg = VGG16.load(VGG16_WEIGHTS, precision.dtype(resolved)).to(device)
            style = to_tensor(read_packed(_array(o))[None]).to(device)
            perceptual[o.about] = losses.Perceptual(vgg, style, run.style_weight)
    method = method_module.Method(networks, run.objectives, perceptual, alpha=alpha, constant_S=run.S, seed=seed)

    shown = to_tensor(read_packed(Path("data") / run.input_domain / "test.npy")[:4]).to(device)
    sets = [*sym.corners(3), sym.centre(3)]
    length = training.Length(
        scale.steps or training.steps_of(run.epochs, [len(c) for c in crops.values()], scale.batch),
        scale.log_every,
        scale.sample_every,
    )
    seconds = training.train(
        method,
        crops,
        length,
        seed=seed,
        batch_size=scale.batch,
        learning_rate=scale.learning_rate,
        precision=resolved,
        device=device,
        live=live,
        samples=lambda: translation.grid(networks.generator, shown, sets),
        checkpoints=checkpoints,
    )
    return networks, length.steps, seconds


def _array(objective: params.Objective) -> Path:
    name = "style.npy" if objective.loss == "perceptual" else "train.npy"
    return Path("data") / objective.about / name


def _save(folder: Path, networks: training.Networks, about: dict[str, Any]) -> None:
    """Both files always exist; a run without an adversarial weight has no tensors in the second."""
    nets: dict[str, nn.Module] = {"generator": networks.generator, "discriminators": networks.discriminators}
    for name, net in nets.items():
        tensors.write(folder / f"{name}.safetensors", net.state_dict(), about)


if __name__ == "__main__":
    command.run(main)
