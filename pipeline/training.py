"""The training loop (Section 5.2): schedule, optimisers, live curves, when to keep a checkpoint. It knows no method by
name.

A checkpoint holds all that the next step depends on, and every random number is a function of seed and step, so a
training that was killed and resumed ends with the same bytes as one that was not.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from pipeline import stopping, sym
from pipeline.checkpoints import Checkpoints
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


class DivergedError(ValueError):
    """A loss or a gradient is no longer finite."""


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
    checkpoints: Checkpoints,
) -> float:
    """Train a method's networks in place; returns the seconds that this call took.

    `samples` draws the fixed sample grid. Continues from the newest checkpoint if there is one. ValueError if a loss
    or a gradient is not finite; `Stopped`, after a checkpoint, if a signal came or DVC is gone.
    """
    G, D = method.networks.generator.to(device), method.networks.discriminators.to(device)
    optimizers = [_adam(net, learning_rate) for net in (G, D) if list(net.parameters())]
    first, sums = 0, dict[str, Tensor]()  # sums of each loss since the last row of its curve
    if (found := checkpoints.newest(device)) is not None:
        first, state = found
        sums = _restore(state, method, optimizers, live, seed)
        print(f"continuing after step {first} of {length.steps}", flush=True)
    began = time.perf_counter()
    if first == 0:
        live.picture(seed, 0, samples())
    with stopping.patiently():
        for step in range(first, length.steps):
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = learning_rate * rate_factor(step, length.steps)
            try:
                losses = _step(method, crops, optimizers, step, batch_size, precision, device)
            except DivergedError as error:
                raise ValueError(
                    f"{error} at step {step + 1}: the training diverged ({checkpoints.newest_name()}); try a smaller"
                    " scales.*.train.learning_rate or precision=fp32"
                ) from None
            for name, loss in losses.items():
                sums[name] = sums.get(name, torch.zeros(())) + loss.detach().mean().cpu()

            done = step + 1
            if done % length.log_every == 0 or done == length.steps:
                count = (done - 1) % length.log_every + 1
                live.metrics(seed, done, {name: float(total) / count for name, total in sums.items()})
                sums = {}
            if done % length.sample_every == 0 or done == length.steps:
                live.picture(seed, done, samples())
            stopped = stopping.asked()
            if stopped or checkpoints.due() or done == length.steps:
                path = checkpoints.write(done, _state(method, optimizers, live, seed, sums))
            if stopped:
                where = f"after step {done} of {length.steps}; the same command goes on from {path}"
                raise stopping.Stopped(f"{stopped} {where}", stopped.code)
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
    """One update of the generator, then of the discriminators; the losses per sample by name.

    DivergedError before the update that would spoil the networks.
    """
    D = method.networks.discriminators
    batch = {domain: crops[domain].batch(step, batch_size).to(device) for domain in method.domains}
    S = method.draw(step, batch_size).to(device)

    D.requires_grad_(False)  # the generator's step needs no gradient of D's parameters
    with autocast(precision, device):
        L_G, L, G_x = method.generator_loss(batch, S)
    losses = {**{f"L_{name}": loss for name, loss in L.items()}, "L_G": L_G}
    _update(optimizers[0], L_G, losses, S)
    D.requires_grad_(True)

    if len(D) > 0:
        with autocast(precision, device):
            found = method.discriminator_loss(batch, S, G_x.detach(), step)
        L_D = {f"L_D_{domain}": loss for domain, loss in found.items()}
        _update(optimizers[1], torch.stack(list(L_D.values())).sum(0), L_D, S)
        losses.update(L_D)
    return losses


def _update(optimizer: torch.optim.Adam, loss: Tensor, parts: dict[str, Tensor], S: Tensor) -> None:
    """One update against a loss (N,). `parts` are the losses that it is made of, by the names that users know."""
    optimizer.zero_grad(set_to_none=True)
    loss.mean().backward()
    values = torch.stack([part.detach() for part in parts.values()])  # (parts, N)
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
    # The largest entry, not the length: squares of large but finite gradients would overflow.
    largest = _largest(gradients)
    if not bool(values.isfinite().all() & largest.isfinite()):  # one answer from the GPU for both
        raise _diverged(dict(zip(parts, values, strict=True)), float(largest), S)
    optimizer.step()


def _largest(gradients: list[Tensor]) -> Tensor:
    """The largest magnitude of any entry; NaN or infinite if one is."""
    if gradients[0].is_cuda:
        return torch.nn.utils.get_total_norm(gradients, float("inf"))
    # On a CPU its norms take ten times as long as the smallest and largest entries.
    return torch.stack([end for gradient in gradients for end in torch.aminmax(gradient)]).abs().max()


def _diverged(parts: dict[str, Tensor], largest: float, S: Tensor) -> DivergedError:
    """Which loss it was and at which S; the gradient, where all losses are finite."""
    for name, loss in parts.items():
        for value, s in zip(loss.tolist(), S.tolist(), strict=True):
            if not math.isfinite(value):
                return DivergedError(f"{name} is {value} with S = {sym.label(s)}")
    of = "L_G" if "L_G" in parts else " + ".join(parts)
    all_S = " and ".join(sym.label(s) for s in S.tolist())
    return DivergedError(f"the gradient of {of} has an entry of {largest} with S = {all_S}")


def _adam(net: nn.Module, learning_rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(net.parameters(), lr=learning_rate, betas=(0.5, 0.999), fused=True)


def _state(
    method: Method, optimizers: list[torch.optim.Adam], live: LiveLog, seed: int, sums: dict[str, Tensor]
) -> dict[str, Any]:
    return {
        "generator": method.networks.generator.state_dict(),
        "discriminators": method.networks.discriminators.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "buffers": {domain: buffer.state_dict() for domain, buffer in method.buffers.items()},
        "sums": sums,
        "live": live.save(seed),
    }


def _restore(
    state: dict[str, Any], method: Method, optimizers: list[torch.optim.Adam], live: LiveLog, seed: int
) -> dict[str, Tensor]:
    """Go back to a checkpoint's state; returns the sums of the curves' next row."""
    method.networks.generator.load_state_dict(state["generator"])
    method.networks.discriminators.load_state_dict(state["discriminators"])
    for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    for domain, saved in state["buffers"].items():
        method.buffers[domain].load_state_dict(saved)
    live.restore(seed, state["live"])
    return {name: total.cpu() for name, total in state["sums"].items()}
