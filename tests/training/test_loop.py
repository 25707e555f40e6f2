"""The loop: schedule, updates against a plain loop, resuming bit for bit, faults."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.sgn.model.method import SGN
from pipeline.shell import stopping
from pipeline.training import loop
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.crops import Crops
from pipeline.training.live import LiveLog
from pipeline.training.loop import Length, rate_factor, steps_of
from pipeline.training.replay import ReplayBuffer
from tests.sgn import made_up
from tests.sgn.made_up import Constant, udnie

BATCH, RATE = 2, 1e-3


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with packed pictures of two domains, 5 and 7 of them."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    for domain, count in (("photo", 5), ("vangogh", 7)):
        np.save(f"{domain}.npy", random.integers(0, 256, (count, 36, 36, 3), dtype=np.uint8))
    return tmp_path


class Faulty(Crops):
    """Pictures that do something else at one step."""

    def __init__(self, domain: str, fault: Callable[[int, Tensor], Tensor]) -> None:
        super().__init__(Path(f"{domain}.npy"), domain, 32, seed=0)
        self.fault = fault

    def batch(self, step: int, size: int) -> Tensor:
        return self.fault(step, super().batch(step, size))


def killed_at(last: int) -> Callable[[int, Tensor], Tensor]:
    def fault(step: int, batch: Tensor) -> Tensor:
        if step == last:
            raise KeyboardInterrupt
        return batch

    return fault


def nothing(step: int, batch: Tensor) -> Tensor:
    return batch


class EverySteps(Checkpoints):
    """Checkpoints by the number of steps instead of the clock."""

    def __init__(self, folder: Path, every: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, "this training", seconds=0)
        self.every, self.steps = every, 0

    def due(self) -> bool:
        self.steps += 1
        return self.steps % self.every == 0


def method(start: int = 0, constant_S: Constant = None, rate: float = RATE) -> SGN:
    m = made_up.sgn(constant_S=constant_S, start=start, learning_rate=rate)
    m.buffers.update({domain: ReplayBuffer(4) for domain in m.D})  # full after two steps
    return m


def train(
    m: SGN,
    name: str,
    steps: int = 8,
    *,
    fault: Callable[[int, Tensor], Tensor] = nothing,
    precision: str = "fp32",
    log: int = 2,
    sample: int = 4,
    checkpoint: int = 2,
    samples: Callable[[], Any] = lambda: np.zeros((4, 4, 3), np.uint8),
) -> dict[str, Tensor]:
    """Train with live curves in NAME and resume state in NAME-scratch; returns all weights."""
    live = LiveLog(Path(name))
    loop.train(
        m,
        {"photo": Crops(Path("photo.npy"), "photo", 32, 0), "vangogh": Faulty("vangogh", fault)},
        Length(steps, log, sample),
        seed=0,
        batch_size=BATCH,
        precision=precision,
        device=torch.device("cpu"),
        live=live,
        samples=samples,
        checkpoints=EverySteps(Path(f"{name}-scratch"), checkpoint),
    )
    live.end()
    return weights(m)


def weights(m: SGN) -> dict[str, Tensor]:
    nets = {"G": m.G, "D": m.D}
    return {f"{name}.{key}": w.clone() for name, net in nets.items() for key, w in net.state_dict().items()}


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def snapshot(name: str) -> dict[str, bytes]:
    return {str(p.relative_to(name)): p.read_bytes() for p in sorted(Path(name).rglob("*")) if p.is_file()}


def curve(name: str, loss: str) -> dict[int, float]:
    lines = Path(name, f"plots/metrics/seed0/{loss}.tsv").read_text().splitlines()
    assert lines[0].split("\t") == ["step", loss]
    return {int(step): float(value) for step, value in (line.split("\t") for line in lines[1:])}


# Schedule


@pytest.mark.parametrize("steps", [1, 2, 7, 10, 1000, 31440])
def test_the_rate_is_constant_and_then_falls_linearly_towards_0(steps: int) -> None:
    factors = np.array([rate_factor(step, steps) for step in range(steps)])
    half = steps // 2
    assert (factors[:half] == 1).all()
    assert factors[-1] > 0
    falling = np.append(factors[half:], 0.0)  # after the last step
    np.testing.assert_allclose(falling, np.linspace(1, 0, len(falling)), atol=1e-12)


@pytest.mark.parametrize(
    ("epochs", "pictures", "batch", "steps"),
    [
        (20, [6287, 400], 4, 31440),
        (1, [5], 4, 2),
        (3, [8, 9], 4, 9),
        (2, [4, 4], 4, 2),
        (60, [1231, 962, 1072], 4, 18480),
    ],
)
def test_an_epoch_is_a_pass_over_the_largest_domain(epochs: int, pictures: list[int], batch: int, steps: int) -> None:
    assert steps_of(epochs, pictures, batch) == steps


# Updates


def plain(steps: int) -> dict[str, Tensor]:
    """The training written out for Model 1: PyTorch's plain Adam, every term by hand."""
    m = method()
    G, D = m.G, m.D["vangogh"]
    adam_G = torch.optim.Adam(G.parameters(), lr=RATE, betas=(0.5, 0.999))
    adam_D = torch.optim.Adam(D.parameters(), lr=RATE, betas=(0.5, 0.999))
    crops = {domain: Crops(Path(f"{domain}.npy"), domain, 32, 0) for domain in ("photo", "vangogh")}
    for step in range(steps):
        for adam in (adam_G, adam_D):
            adam.param_groups[0]["lr"] = RATE * (1 if step < steps // 2 else (steps - step) / (steps - steps // 2))
        x, y, S = crops["photo"].batch(step, BATCH), crops["vangogh"].batch(step, BATCH), m.draw(step, BATCH)["S"]
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


# What is reported


def test_curves_are_means_over_their_interval() -> None:
    train(method(), "each", steps=7, log=1)
    train(method(), "three", steps=7, log=3)
    assert sorted(p.stem for p in Path("each/plots/metrics/seed0").iterdir()) == [
        "L_A",
        "L_B",
        "L_C",
        "L_D_vangogh",
        "L_G",
    ]
    for loss in ("L_G", "L_A", "L_D_vangogh"):
        each, three = curve("each", loss), curve("three", loss)
        assert list(each) == [1, 2, 3, 4, 5, 6, 7]
        assert list(three) == [3, 6, 7]  # the last interval has one step
        expected = [np.mean([each[1], each[2], each[3]]), np.mean([each[4], each[5], each[6]]), each[7]]
        np.testing.assert_allclose(list(three.values()), expected, rtol=1e-5)


def test_sample_grids_are_drawn_at_step_0_in_between_and_at_the_end() -> None:
    drawn: list[float] = []
    m = method()

    def samples() -> Any:
        drawn.append(m.G.last.weight.sum().item())
        return np.full((4, 4, 3), len(drawn), np.uint8)

    train(m, "live", steps=7, sample=3, samples=samples)
    names = sorted(p.name for p in Path("live/plots/images/seed0").iterdir())
    assert names == ["000000.png", "000003.png", "000006.png", "000007.png"]
    assert len(set(drawn)) == 4
    assert drawn[0] == method().G.last.weight.sum().item()  # before the first update


# The same bytes


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_twice_is_the_same(precision: str) -> None:
    first, second = (train(method(), name, precision=precision) for name in ("a", "b"))
    assert same(first, second)
    assert snapshot("a") == snapshot("b")


@pytest.mark.parametrize(
    ("last", "log", "checkpoint", "precision"),
    [(5, 2, 2, "fp32"), (4, 1, 4, "fp32"), (7, 3, 2, "fp32"), (7, 4, 3, "fp32"), (6, 2, 5, "fp32"), (6, 2, 2, "bf16")],
)
def test_a_killed_training_ends_as_if_it_had_not_been(last: int, log: int, checkpoint: int, precision: str) -> None:
    settings: dict[str, Any] = {"log": log, "checkpoint": checkpoint, "precision": precision}
    whole = train(method(), "whole", steps=9, **settings)
    with pytest.raises(KeyboardInterrupt):
        train(method(), "killed", steps=9, fault=killed_at(last), **settings)
    # Other initial weights: what continues can only come from the checkpoint.
    assert same(whole, train(method(start=7), "killed", steps=9, **settings))
    assert snapshot("whole") == snapshot("killed")


def test_a_training_killed_before_its_first_checkpoint_starts_again() -> None:
    whole = train(method(), "whole", steps=4, checkpoint=4)
    with pytest.raises(KeyboardInterrupt):
        train(method(), "killed", steps=4, checkpoint=4, fault=killed_at(3))
    assert not list(Path("killed-scratch").iterdir())
    assert same(whole, train(method(), "killed", steps=4, checkpoint=4))
    assert snapshot("whole") == snapshot("killed")


def test_a_training_killed_again_and_again_ends_the_same() -> None:
    whole = train(method(), "whole", steps=9)
    for start, last in ((0, 3), (1, 5), (2, 8)):
        with pytest.raises(KeyboardInterrupt):
            train(method(start), "killed", steps=9, fault=killed_at(last))
    assert same(whole, train(method(start=9), "killed", steps=9))
    assert snapshot("whole") == snapshot("killed")


def test_a_finished_training_is_not_repeated() -> None:
    whole = train(method(), "live")
    before = snapshot("live")
    again = train(method(start=7), "live", fault=killed_at(0))
    assert same(whole, again)
    assert snapshot("live") == before


def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before(capsys: pytest.CaptureFixture[str]) -> None:
    whole = train(method(), "whole")
    with pytest.raises(KeyboardInterrupt):
        train(method(), "killed", fault=killed_at(6))
    newest = Path("killed-scratch/step-000000006.pt")
    newest.write_bytes(newest.read_bytes()[:-1000])
    assert same(whole, train(method(start=7), "killed"))
    assert snapshot("whole") == snapshot("killed")
    assert f"{newest} is not used: it is damaged" in capsys.readouterr().out


@pytest.mark.parametrize("last", [0, 3, 6, 7])
def test_a_signal_finishes_the_step_and_leaves_a_checkpoint(last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = train(method(), "whole")
    asked = iter([None] * last + [stopping.Stopped("stopped by SIGTERM", 143)])
    with monkeypatch.context() as patch:
        patch.setattr(stopping, "asked", lambda: next(asked))
        with pytest.raises(stopping.Stopped, match=f"SIGTERM after step {last + 1} of 8; .* goes on from .*-scratch"):
            train(method(), "stopped", checkpoint=100)
    assert Path(f"stopped-scratch/step-{last + 1:09d}.pt").exists()
    assert same(whole, train(method(start=7), "stopped"))
    assert snapshot("whole") == snapshot("stopped")


# Faults


def times(factor: float, last: int) -> Callable[[int, Tensor], Tensor]:
    return lambda step, batch: batch * factor if step == last else batch


def last_checkpoint(name: str) -> dict[str, Any]:
    found = EverySteps(Path(f"{name}-scratch"), 1).newest(torch.device("cpu"))
    assert found is not None
    return {"step": found[0], **found[1]}


def test_a_loss_that_is_not_finite_is_said_with_step_loss_S_and_checkpoint() -> None:
    expected = (
        r"^L_B is nan with S = \([\d., ]+\) at step 4: the training diverged \(the last checkpoint is "
        r"live-scratch/step-000000002.pt\); try a smaller scales.\*.train.learning_rate or precision=fp32$"
    )
    with pytest.raises(ValueError, match=expected):
        train(method(), "live", fault=times(float("nan"), 3))
    state = last_checkpoint("live")
    assert state["step"] == 2
    for weight in [w for module in state["modules"].values() for w in module.values()]:
        assert weight.isfinite().all()


def test_the_loss_of_a_discriminator_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    m = method()
    loss, third = m.discriminator_losses, iter(range(1, 9))

    def faulty(batch: dict[str, Tensor], S: Tensor, G_x: Tensor) -> dict[str, Tensor]:
        divisor = 0 if next(third) == 3 else 1
        return {name: value / divisor for name, value in loss(batch, S, G_x).items()}

    monkeypatch.setattr(m, "discriminator_losses", faulty)
    with pytest.raises(ValueError, match=r"^L_D_vangogh is (inf|nan) with S = .* at step 3: .*step-000000002"):
        train(m, "live")


class Steep(torch.autograd.Function):
    """The same values, a gradient times a factor."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, factor: float) -> Tensor:
        ctx.factor = factor
        return x.clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient * ctx.factor, None


def steep(factor: float) -> SGN:
    m = method()
    m.perceptual = {"udnie": lambda output, content: Steep.apply(udnie(output, content), factor)}  # type: ignore[dict-item]
    return m


@pytest.mark.parametrize("factor", [float("inf"), float("nan")])
def test_a_gradient_that_is_not_finite_is_said_before_it_spoils_the_networks(factor: float) -> None:
    m = steep(factor)
    before = weights(m)
    with pytest.raises(
        ValueError,
        match=r"the gradient of the generator has an entry of (inf|nan) with S = \(.*\) and S = \(.*\) at step 1",
    ):
        train(m, "live")
    assert same(before, weights(m))


def test_a_large_gradient_is_no_fault() -> None:
    after = train(steep(1e25), "live")  # its square is beyond float32
    assert all(weight.isfinite().all() for weight in after.values())


def test_without_a_checkpoint_the_message_says_so() -> None:
    with pytest.raises(ValueError, match="there is no checkpoint yet"):
        train(method(), "live", fault=times(float("nan"), 1))


def test_too_large_a_rate_ends_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="the training diverged"):
        train(method(rate=1e30), "live", steps=40)


def test_the_last_step_is_checked_too() -> None:
    with pytest.raises(ValueError, match="at step 8"):
        train(method(), "live", fault=times(float("nan"), 7), log=5)
