"""The training loop (Section 5.2): schedule, optimisers, checkpoints, live curves. It knows no method by name.

A checkpoint holds all that the next step depends on, and every random number is a function of seed and step, so a
training that was killed and resumed ends with the same bytes as one that was not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from pipeline import files
from pipeline.images.crops import Crops
from pipeline.live import LiveLog
from pipeline.networks.generator import Generator
from pipeline.precision import autocast
from pipeline.replay import ReplayBuffer


@dataclass(frozen=True)
class Networks:
    """A method's networks: one generator, and a discriminator for each domain that has one."""

    generator: Generator
    discriminators: nn.ModuleDict


class Method(Protocol):
    """What a method gives to the loop; see sgn.py. Losses are per sample, (N,)."""

    networks: Networks
    buffers: dict[str, ReplayBuffer]

    domains: list[str]  # of which a step needs a batch

    def draw(self, step: int, count: int) -> Tensor: ...
    def generator_loss(self, batch: dict[str, Tensor], S: Tensor) -> tuple[Tensor, dict[str, Tensor], Tensor]: ...
    def discriminator_loss(self, batch: dict[str, Tensor], S: Tensor, G_x: Tensor, step: int) -> dict[str, Tensor]: ...


@dataclass(frozen=True)
class Length:
    """How long a training is and how often it reports: all in steps."""

    steps: int
    log_every: int
    sample_every: int
    checkpoint_every: int


def steps_of(epochs: int, pictures: list[int], batch: int) -> int:
    """Steps of so many epochs; an epoch is one pass over the largest domain (authors' code)."""
    return epochs * -(-max(pictures) // batch)


def rate_factor(step: int, steps: int) -> float:
    """The schedule: 1 in the first half, then linear towards 0, which it would reach after the last step."""
    half = steps // 2
    return 1.0 if step < half else (steps - step) / (steps - half)


def train(
    method: Method,
    crops: dict[str, Crops],
    length: Length,
    *,
    seed: int,
    batch_size: int,
    learning_rate: float,
    precision: str,
    device: torch.device,
    live: LiveLog,
    samples: Callable[[], npt.NDArray[np.uint8]],
    scratch: Path,
) -> float:
    """Train a method's networks in place; returns the seconds that this call took.

    `samples` draws the fixed sample grid. Continues from `scratch` if a checkpoint is there. ValueError if a loss is
    no longer finite.
    """
    G, D = method.networks.generator.to(device), method.networks.discriminators.to(device)
    optimizers = [_adam(net, learning_rate) for net in (G, D) if list(net.parameters())]
    first = _resume(scratch, method, optimizers, live, seed, device) if scratch.exists() else 0
    began = time.perf_counter()
    if first == 0:
        live.picture(seed, 0, samples())
    sums: dict[str, Tensor] = {}
    for step in range(first, length.steps):
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * rate_factor(step, length.steps)
        losses = _step(method, crops, optimizers, step, batch_size, precision, device)
        for name, loss in losses.items():
            sums[name] = sums.get(name, torch.zeros(())) + loss.detach().mean().cpu()

        done = step + 1
        if done % length.log_every == 0 or done == length.steps:
            count = (done - 1) % length.log_every + 1
            means = {name: float(total) / count for name, total in sums.items()}
            _check_finite(means, done)
            live.metrics(seed, done, means)
            sums = {}
        if done % length.sample_every == 0 or done == length.steps:
            live.picture(seed, done, samples())
        # The sums of an interval are not saved, so a checkpoint falls on the end of one.
        if not sums and (done % length.checkpoint_every == 0 or done == length.steps):
            _save(scratch, method, optimizers, live, seed, done)
    return time.perf_counter() - began


def _step(
    method: Method,
    crops: dict[str, Crops],
    optimizers: list[torch.optim.Adam],
    step: int,
    batch_size: int,
    precision: str,
    device: torch.device,
) -> dict[str, Tensor]:
    """One update of the generator, then of the discriminators; the losses per sample by name."""
    D = method.networks.discriminators
    batch = {domain: crops[domain].batch(step, batch_size).to(device) for domain in method.domains}
    S = method.draw(step, batch_size).to(device)

    D.requires_grad_(False)  # the generator's step needs no gradient of D's parameters
    with autocast(precision, device):
        L_G, L, G_x = method.generator_loss(batch, S)
    _update(optimizers[0], L_G)
    D.requires_grad_(True)

    L_D: dict[str, Tensor] = {}
    if len(D) > 0:
        with autocast(precision, device):
            L_D = method.discriminator_loss(batch, S, G_x.detach(), step)
        _update(optimizers[1], torch.stack(list(L_D.values())).sum(0))
    return {
        "L_G": L_G,
        **{f"L_{name}": loss for name, loss in L.items()},
        **{f"L_D_{domain}": loss for domain, loss in L_D.items()},
    }


def _update(optimizer: torch.optim.Adam, loss: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.mean().backward()
    optimizer.step()


def _adam(net: nn.Module, learning_rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(net.parameters(), lr=learning_rate, betas=(0.5, 0.999), fused=True)


def _check_finite(means: dict[str, float], step: int) -> None:
    for name, mean in means.items():
        if not np.isfinite(mean):
            raise ValueError(
                f"{name} is {mean} at step {step}: the training diverged; try a smaller scales.*.train.learning_rate"
                " or precision=fp32"
            )


def _save(
    scratch: Path, method: Method, optimizers: list[torch.optim.Adam], live: LiveLog, seed: int, step: int
) -> None:
    state = {
        "step": step,
        "generator": method.networks.generator.state_dict(),
        "discriminators": method.networks.discriminators.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "buffers": {domain: buffer.state_dict() for domain, buffer in method.buffers.items()},
    }
    with files.replacing(scratch) as folder:
        folder.mkdir()
        torch.save(state, folder / "state.pt")
        live.save(seed, folder)


def _resume(
    scratch: Path, method: Method, optimizers: list[torch.optim.Adam], live: LiveLog, seed: int, device: torch.device
) -> int:
    state: dict[str, Any] = torch.load(scratch / "state.pt", map_location=device, weights_only=True)
    method.networks.generator.load_state_dict(state["generator"])
    method.networks.discriminators.load_state_dict(state["discriminators"])
    for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    for domain, saved in state["buffers"].items():
        method.buffers[domain].load_state_dict(saved)
    live.restore(seed, scratch)
    print(f"continuing at step {state['step']} from {scratch}")
    return int(state["step"])
