"""The training loop: schedule, optimisers, curves, sample grids, checkpoints. It knows no network by name.

A checkpoint holds all that the next step depends on, and every random number is a function of seed and step, so a
training that was killed and resumed ends with the same bytes as one that was not.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.core.precision import autocast
from pipeline.shell import progress, stopping
from pipeline.training.captured import Captured, capturable, set_rate
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.method import Method, Source


class Log(Protocol):
    """Where curves and sample grids go; see live.py. `save` and `restore` make them part of a checkpoint."""

    def metrics(self, seed: int, step: int, values: dict[str, float]) -> None: ...
    def picture(self, seed: int, step: int, grid: npt.NDArray[np.uint8]) -> None: ...
    def save(self, seed: int) -> dict[str, Tensor]: ...
    def restore(self, seed: int, saved: dict[str, Tensor]) -> None: ...


@dataclass(frozen=True)
class Length:
    """How long a training is and how often it reports: all in steps."""

    steps: int
    log_every: int
    sample_every: int


@dataclass(frozen=True)
class Played:
    """What a step was: each part's loss (N,), each player's largest entry of the gradient, whether anything of these
    was not finite."""

    losses: dict[str, Tensor]
    largest: dict[str, Tensor]
    spoilt: Tensor  # bool ()


def steps_of(epochs: int, pictures: list[int], batch: int) -> int:
    """Steps of so many epochs; an epoch is one pass over the largest domain (authors' code)."""
    return epochs * -(-max(pictures) // batch)


def rate_factor(step: int, steps: int) -> float:
    """The schedule: 1 in the first half, then linear towards 0, which it would reach after the last step."""
    half = steps // 2
    return 1.0 if step < half else (steps - step) / (steps - half)


def train(
    method: Method,
    sources: Mapping[str, Source],
    length: Length,
    *,
    seed: int,
    batch_size: int,
    precision: str,  # bf16 or fp32
    device: torch.device,
    live: Log,
    samples: Callable[[], npt.NDArray[np.uint8]],  # draws the fixed sample grid
    checkpoints: Checkpoints,
    captured: bool | None = None,
) -> float:
    """Train a method's modules in place; returns the seconds that this call took.

    `captured`: whether a step is a CUDA graph (captured.py), and inputs are made one step ahead, while the GPU works;
    None: on a GPU. It is the fastest form there that gives the same bytes twice (docs/performance.md).
    Continues from the newest checkpoint if there is one. ValueError if a loss or a gradient is not finite; `Stopped`,
    after a checkpoint, if a signal came or DVC is gone.
    """
    for module in method.modules.values():
        module.to(device)
    optimizers = optimizers_of(method)
    first, sums = 0, dict[str, Tensor]()  # sums of each loss since the last row of its curve
    if (newest := checkpoints.newest(device)) is not None:
        first, state = newest
        sums = _restore(state, method, optimizers, live, seed)
        print(f"continuing after step {first} of {length.steps}", flush=True)
    began = time.perf_counter()
    if first == 0:
        live.picture(seed, 0, samples())
    captured = device.type == "cuda" if captured is None else captured
    step_on = _captured(method, optimizers, precision, device) if captured else None
    ahead: dict[str, Tensor] | None = None
    with stopping.patiently(), progress.shown(length.steps, f"seed {seed}, step", first) as shown:
        for step in range(first, length.steps):
            for name, optimizer in optimizers.items():
                set_rate(optimizer, method.players[name].learning_rate * rate_factor(step, length.steps))
            batch = ahead or inputs(method, sources, step, batch_size)
            if step_on is None:
                batch = {name: value.to(device) for name, value in batch.items()}
                played = play(method, batch, optimizers, precision, device)
            else:
                played = step_on(batch)
                if step + 1 < length.steps:
                    ahead = _pinned(inputs(method, sources, step + 1, batch_size), device)
            if bool(played.spoilt):  # the updates were left out: the networks are as they were
                raise ValueError(
                    f"{_what_diverged(method, batch, played)} at step {step + 1}: the training diverged"
                    f" ({checkpoints.newest_name()}); try a smaller scales.*.train.learning_rate or precision=fp32"
                )
            for name, loss in played.losses.items():
                sums[name] = sums.get(name, torch.zeros((), device=device)) + loss.mean()

            done, note = step + 1, ""
            if done % length.log_every == 0 or done == length.steps:
                count = (done - 1) % length.log_every + 1
                row = {name: float(total) / count for name, total in sums.items()}
                live.metrics(seed, done, row)
                sums, note = {}, ", ".join(f"{name} {value:.3g}" for name, value in row.items())
            shown.at(done, note)
            if done % length.sample_every == 0 or done == length.steps:
                live.picture(seed, done, samples())
            stopped = stopping.asked()
            if stopped or checkpoints.due() or done == length.steps:
                path = checkpoints.write(done, _state(method, optimizers, live, seed, sums))
            if stopped:
                where = f"after step {done} of {length.steps}; the same command goes on from {path}"
                raise stopping.Stopped(f"{stopped} {where}", stopped.code)
    return time.perf_counter() - began


def optimizers_of(method: Method) -> dict[str, torch.optim.Adam]:
    """An Adam for each player, by its name; fused, which knows `found_inf` (see `play`)."""
    return {
        name: torch.optim.Adam(player.parameters, lr=player.learning_rate, betas=player.betas, fused=True)
        for name, player in method.players.items()
    }


def inputs(method: Method, sources: Mapping[str, Source], step: int, batch_size: int) -> dict[str, Tensor]:
    """All that a step takes, on the CPU: a batch of each source, and the method's random numbers."""
    batch = {name: sources[name].batch(step, batch_size) for name in method.sources}
    return {**batch, **method.draw(step, batch_size)}


def _pinned(batch: dict[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    """In memory from which a GPU copies by itself, while the CPU goes on."""
    return {name: value.pin_memory() for name, value in batch.items()} if device.type == "cuda" else batch


def _captured(
    method: Method, optimizers: Mapping[str, torch.optim.Adam], precision: str, device: torch.device
) -> Captured[Played]:
    """`play` as a CUDA graph."""
    for optimizer in optimizers.values():
        capturable(optimizer, device)
    return Captured(
        lambda batch: play(method, batch, optimizers, precision, device), lambda: tensors(method, optimizers), device
    )


def tensors(method: Method, optimizers: Mapping[str, torch.optim.Adam]) -> dict[str, Tensor]:
    """All tensors that a step changes, by name: weights, the optimisers' moments, what the method remembers."""
    found: dict[str, Any] = {}
    for name, module in method.modules.items():
        found |= {f"{name} {key}": value for key, value in module.state_dict().items()}
    for name, optimizer in optimizers.items():
        for number, parameter in enumerate(method.players[name].parameters):
            found |= {f"{name} {number} {key}": value for key, value in optimizer.state.get(parameter, {}).items()}
    for name, memory in method.memory.items():
        found |= {f"{name} {key}": value for key, value in memory.state_dict().items()}
    return {name: value for name, value in found.items() if isinstance(value, Tensor)}


def play(
    method: Method,
    batch: Mapping[str, Tensor],
    optimizers: Mapping[str, torch.optim.Adam],
    precision: str,
    device: torch.device,
) -> Played:
    """One step: each player's update in turn, without a decision by any number's value.

    From the first loss or gradient that is not finite, the rest of the step moves nothing (`found_inf` of a fused
    Adam): the networks are not spoilt, and the caller may look at `spoilt` when it likes.
    """
    losses: dict[str, Tensor] = {}
    largest: dict[str, Tensor] = {}
    spoilt = torch.zeros((), dtype=torch.bool, device=device)
    updates = method.updates(batch)
    while True:
        with autocast(precision, device):
            update = next(updates, None)
        if update is None:
            return Played(losses, largest, spoilt)
        optimizer = optimizers[update.player]
        optimizer.zero_grad(set_to_none=True)
        update.loss.mean().backward()
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        # The largest entry, not the length: squares of large but finite gradients would overflow.
        norm = _largest(gradients)
        parts = {name: part.detach() for name, part in update.parts.items()}
        finite = torch.stack(list(parts.values())).isfinite().all() & norm.isfinite()
        # Of a player's moves in a step the last is told, but nothing after the first that was not finite.
        losses |= {name: torch.where(spoilt, losses.get(name, part), part) for name, part in parts.items()}
        largest[update.player] = torch.where(spoilt, largest.get(update.player, norm), norm)
        spoilt = spoilt | ~finite
        optimizer.found_inf = spoilt.float()  # type: ignore[attr-defined]
        optimizer.step()


def _largest(gradients: list[Tensor]) -> Tensor:
    """The largest magnitude of any entry; NaN or infinite if one is."""
    if gradients[0].is_cuda:
        return torch.nn.utils.get_total_norm(gradients, float("inf"))
    # On a CPU its norms take ten times as long as the smallest and largest entries.
    return torch.stack([end for gradient in gradients for end in torch.aminmax(gradient)]).abs().max()


def _what_diverged(method: Method, batch: Mapping[str, Tensor], played: Played) -> str:
    """Which loss it was and of which sample; the gradient, where all losses are finite."""
    for name, loss in played.losses.items():
        for sample, value in enumerate(loss.tolist()):
            if not math.isfinite(value):
                return f"{name} is {value} with {method.describe(batch, sample)}"
    player = next(name for name, value in played.largest.items() if not math.isfinite(value))
    count = len(next(iter(played.losses.values())))
    of_all = " and ".join(method.describe(batch, sample) for sample in range(count))
    return f"the gradient of the {player} has an entry of {float(played.largest[player])} with {of_all}"


def _state(
    method: Method, optimizers: Mapping[str, torch.optim.Adam], live: Log, seed: int, sums: dict[str, Tensor]
) -> dict[str, Any]:
    return {
        "modules": {name: module.state_dict() for name, module in method.modules.items()},
        "optimizers": {name: optimizer.state_dict() for name, optimizer in optimizers.items()},
        "memory": {name: memory.state_dict() for name, memory in method.memory.items()},
        "sums": sums,
        "live": live.save(seed),
    }


def _restore(
    state: dict[str, Any], method: Method, optimizers: Mapping[str, torch.optim.Adam], live: Log, seed: int
) -> dict[str, Tensor]:
    """Go back to a checkpoint's state; returns the sums of the curves' next row."""
    for name, module in method.modules.items():
        module.load_state_dict(state["modules"][name])
    for name, optimizer in optimizers.items():
        optimizer.load_state_dict(state["optimizers"][name])
    for name, memory in method.memory.items():
        memory.load_state_dict(state["memory"][name])
    live.restore(seed, state["live"])
    sums: dict[str, Tensor] = state["sums"]
    return sums
