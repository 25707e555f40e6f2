"""SGN through the training loop: its updates against a plain loop, resuming bit for bit, what is said of a fault."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.sgn.model.method import SGN
from pipeline.training import loop
from pipeline.training.crops import Crops
from pipeline.training.live import LiveLog
from pipeline.training.replay import ReplayBuffer
from tests.sgn import made_up
from tests.sgn.made_up import Constant, udnie
from tests.training.every_steps import EverySteps, same, snapshot

BATCH, RATE = 2, 1e-3
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with packed pictures of two domains, 5 and 7 of them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    random = np.random.default_rng(0)
    for domain, count in (("photo", 5), ("vangogh", 7)):
        np.save(f"{domain}.npy", random.integers(0, 256, (count, 36, 36, 3), dtype=np.uint8))


def crops(domain: str) -> Crops:
    return Crops(Path(f"{domain}.npy"), domain, 32, 0)


class Faulty(Crops):
    """Paintings that do something else at one step."""

    def __init__(self, fault: Callable[[int, Tensor], Tensor]) -> None:
        super().__init__(Path("vangogh.npy"), "vangogh", 32, seed=0)
        self.fault = fault

    def batch(self, step: int, size: int) -> Tensor:
        return self.fault(step, super().batch(step, size))


def nothing(step: int, batch: Tensor) -> Tensor:
    return batch


def killed(step: int, batch: Tensor) -> Tensor:
    if step == 5:
        raise KeyboardInterrupt
    return batch


def a_hole(step: int, batch: Tensor) -> Tensor:
    return batch * float("nan") if step == 3 else batch


def method(start: int = 0, constant_S: Constant = None) -> SGN:
    m = made_up.sgn(constant_S=constant_S, start=start, learning_rate=RATE)
    m.buffers.update({domain: ReplayBuffer(4) for domain in m.D})  # full after two steps
    return m


def train(
    m: SGN, name: str, steps: int = 7, fault: Callable[[int, Tensor], Tensor] = nothing, precision: str = "fp32"
) -> dict[str, Tensor]:
    """Train with live curves in NAME and resume state in NAME-scratch; returns all weights."""
    live = LiveLog(Path(name))
    loop.train(
        m,
        {"photo": crops("photo"), "vangogh": Faulty(fault)},
        loop.Length(steps, log_every=2, sample_every=4),
        seed=0,
        batch_size=BATCH,
        precision=precision,
        device=CPU,
        live=live,
        samples=lambda: np.zeros((4, 4, 3), np.uint8),
        checkpoints=EverySteps(Path(f"{name}-scratch"), 3),
    )
    live.end()
    return weights(m)


def weights(m: SGN) -> dict[str, Tensor]:
    return {f"{n}.{key}": w.clone() for n, net in (("G", m.G), ("D", m.D)) for key, w in net.state_dict().items()}


def plain(steps: int) -> dict[str, Tensor]:
    """The training written out for Model 1: PyTorch's plain Adam, every term by hand."""
    m = method()
    G, D = m.G, m.D["vangogh"]
    adam_G = torch.optim.Adam(G.parameters(), lr=RATE, betas=(0.5, 0.999))
    adam_D = torch.optim.Adam(D.parameters(), lr=RATE, betas=(0.5, 0.999))
    for step in range(steps):
        for adam in (adam_G, adam_D):
            adam.param_groups[0]["lr"] = RATE * (1 if step < steps // 2 else (steps - step) / (steps - steps // 2))
        x, y, S = (*(crops(domain).batch(step, BATCH) for domain in ("photo", "vangogh")), m.draw(step, BATCH)["S"])
        G_x = G(x, S)
        total = torch.zeros(())
        for n in range(BATCH):
            rec = 2 * (G_x[n] - x[n]).abs().mean()
            adv = ((D(G_x[n : n + 1]) - 1) ** 2).mean() + 5 * (G(y[n : n + 1], S[n : n + 1]) - y[n]).abs().mean()
            total = total + S[n, 0] * rec + S[n, 1] * adv + S[n, 2] * udnie(G_x[n : n + 1], x[n : n + 1])[0]
        adam_G.zero_grad()
        (total / BATCH).backward()
        adam_G.step()
        total = torch.zeros(())
        for n in range(BATCH):  # the buffer still fills: a fake comes back itself
            real, fake = D(y[n : n + 1]), D(G_x[n : n + 1].detach())
            total = total + S[n, 1] * 0.5 * (((real - 1) ** 2).mean() + (fake**2).mean())
        adam_D.zero_grad()
        (total / BATCH).backward()
        adam_D.step()
    return weights(m)


def test_updates_are_those_of_a_plain_loop() -> None:
    m = method()
    m.buffers["vangogh"] = ReplayBuffer()
    before, ours, theirs = weights(method()), train(m, "live", steps=4), plain(4)
    for key, weight in ours.items():
        # Adam's first steps have the size of the rate whatever the gradient; a bias before a norm has none but noise.
        if not key.endswith("bias"):
            moved = (theirs[key] - before[key]).norm()  # 0 behind a ReLU that lets nothing through
            assert (weight - theirs[key]).norm() <= 0.02 * moved, key
    assert sum(bool((w - before[key]).abs().max() > RATE) for key, w in theirs.items()) > len(theirs) / 2


def test_a_constant_S_without_discriminator_trains_too() -> None:
    before = weights(method(0, (0.5, 0.0, 0.5)))
    after = train(method(0, (0.5, 0.0, 0.5)), "live")
    assert not any(key.startswith("D.") for key in after)
    assert not same(before, after)
    assert sorted(p.name for p in Path("live/plots/metrics/seed0").iterdir()) == ["L_A.tsv", "L_C.tsv", "L_G.tsv"]


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_killed_training_ends_with_the_same_bytes_as_one_that_was_not(precision: str) -> None:
    whole = train(method(), "whole", precision=precision)
    with pytest.raises(KeyboardInterrupt):
        train(method(), "killed", fault=killed, precision=precision)
    # Other initial weights: what continues can only come from the checkpoint.
    assert same(whole, train(method(start=7), "killed", precision=precision))
    assert snapshot("whole") == snapshot("killed")
    curves = ["L_A", "L_B", "L_C", "L_D_vangogh", "L_G"]
    assert sorted(p.stem for p in Path("whole/plots/metrics/seed0").iterdir()) == curves


def test_a_loss_that_is_not_finite_is_said_with_its_letter_and_S_and_spoils_nothing() -> None:
    m = method()
    with pytest.raises(ValueError, match=r"^L_B is nan with S = \([\d., ]+\) at step 4: .*step-000000003"):
        train(m, "live", fault=a_hole)
    state = EverySteps(Path("live-scratch"), 1).newest(CPU)
    assert state is not None
    for name, module in m.modules.items():
        assert same(dict(module.state_dict()), state[1]["modules"][name])  # as after step 3


def test_the_loss_of_a_discriminator_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    m = method()
    loss, calls = m.discriminator_losses, iter(range(1, 9))

    def faulty(batch: dict[str, Tensor], S: Tensor, G_x: Tensor) -> dict[str, Tensor]:
        divisor = 0 if next(calls) == 3 else 1
        return {name: value / divisor for name, value in loss(batch, S, G_x).items()}

    monkeypatch.setattr(m, "discriminator_losses", faulty)
    with pytest.raises(ValueError, match=r"^L_D_vangogh is (inf|nan) with S = .* at step 3: "):
        train(m, "live")
