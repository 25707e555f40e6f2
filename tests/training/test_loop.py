"""The loop: schedule, updates against a plain loop, resuming bit for bit, faults. The method is a toy; what the loop
makes of SGN is in tests/sgn/model/test_training.py."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.shell import stopping
from pipeline.training import loop
from pipeline.training.live import LiveLog
from pipeline.training.loop import Length, rate_factor, steps_of
from tests.training.every_steps import EverySteps, curve, same, snapshot
from tests.training.toy_method import Numbers, Painter, Steep

BATCH, RATE = 2, 1e-2
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # test_checkpoints.py asks for it


def killed_at(last: int) -> Callable[[int, Tensor], Tensor]:
    def fault(step: int, batch: Tensor) -> Tensor:
        if step == last:
            raise KeyboardInterrupt
        return batch

    return fault


def nothing(step: int, batch: Tensor) -> Tensor:
    return batch


def train(
    m: Painter,
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
        {"photo": Numbers("photo"), "art": Numbers("art", fault)},
        Length(steps, log, sample),
        seed=0,
        batch_size=BATCH,
        precision=precision,
        device=CPU,
        live=live,
        samples=samples,
        checkpoints=EverySteps(Path(f"{name}-scratch"), checkpoint),
    )
    live.end()
    return m.weights()


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


def plain(steps: int, plays: int) -> dict[str, Tensor]:
    """The training written out: PyTorch's plain Adam, lists for the buffer, one sample at a time."""
    m = Painter(plays=plays)
    adams = {
        "painter": torch.optim.Adam(m.painter.parameters(), RATE, (0.5, 0.999)),
        "critic": torch.optim.Adam(m.critic.parameters(), 2 * RATE, (0.9, 0.99)),
    }
    for step in range(steps):
        for name, rate in (("painter", RATE), ("critic", 2 * RATE)):
            falling = (steps - step) / (steps - steps // 2)
            adams[name].param_groups[0]["lr"] = rate * (1 if step < steps // 2 else falling)
        x, y = (Numbers(name).batch(step, BATCH).flatten(1) for name in ("photo", "art"))
        S = m.draw(step, BATCH)["S"]
        made = [m.painter(x[n]) for n in range(BATCH)]
        total = torch.zeros(())
        for n in range(BATCH):
            likeness, score = (made[n] - x[n]).abs().mean(), (m.critic(made[n])[0] - 1) ** 2
            total = total + S[n, 0] * likeness + (1 - S[n, 0]) * score
        adams["painter"].zero_grad()
        (total / BATCH).backward()
        adams["painter"].step()
        for _ in range(plays):
            total = torch.zeros(())
            for n in range(BATCH):  # the buffer still fills: a fake comes back itself
                total = total + S[n, 0] * ((m.critic(y[n])[0] - 1) ** 2 + m.critic(made[n].detach())[0] ** 2)
            adams["critic"].zero_grad()
            (total / BATCH).backward()
            adams["critic"].step()
    return m.weights()


@pytest.mark.parametrize("plays", [1, 3])
def test_updates_are_those_of_a_plain_loop(plays: int) -> None:
    m = Painter(plays=plays)
    m.buffer.size = 50
    ours, theirs = train(m, "live", steps=6), plain(6, plays)
    for key, weight in ours.items():
        torch.testing.assert_close(weight, theirs[key], rtol=1e-4, atol=1e-6, msg=key)
    assert all((w - Painter().weights()[key]).abs().max() > RATE for key, w in ours.items())


class Stage:
    """A method with its optimisers, and steps of it."""

    def __init__(self, **settings: Any) -> None:
        self.m = Painter(**settings)
        self.optimizers = {
            name: torch.optim.Adam(player.parameters, lr=player.learning_rate, betas=player.betas, fused=True)
            for name, player in self.m.players.items()
        }

    def play(self, step: int = 0, spoil: str | None = None) -> loop.Played:
        sources = {name: Numbers(name) for name in ("photo", "art")}
        batch = loop.inputs(self.m, sources, step, BATCH)
        if spoil is not None:
            batch[spoil] = batch[spoil] * float("nan")
        return loop.play(self.m, batch, self.optimizers, "fp32", CPU)

    def everything(self, *players: str) -> dict[str, Tensor]:
        """Weights and what the optimiser remembers of these players."""
        found = {key: w for key, w in self.m.weights().items() if key.split(".")[0] in players}
        for player in players:
            for place, parameter in enumerate(self.optimizers[player].param_groups[0]["params"]):
                for name, value in self.optimizers[player].state[parameter].items():
                    found[f"{player} {place} {name}"] = value.clone()
        return found


def infinite(loss: Tensor) -> Tensor:
    return loss * float("inf")


def steep(loss: Tensor) -> Tensor:
    return Steep.apply(loss, float("inf"))  # the loss stays finite


@pytest.mark.parametrize("fault", [infinite, steep], ids=["loss", "gradient"])
@pytest.mark.parametrize(
    ("move", "kept", "moved"),
    [("painter", ["painter", "critic"], []), ("critic 0", ["critic"], ["painter"])],
)
def test_a_move_that_is_not_finite_moves_nothing_of_its_and_of_later_players(
    move: str, kept: list[str], moved: list[str], fault: Callable[[Tensor], Tensor]
) -> None:
    stage = Stage(plays=3)
    assert not stage.play(0).spoilt  # so that the optimisers remember something
    before, earlier = stage.everything(*kept), stage.everything(*moved)
    stage.m.faults = {move: fault}
    played = stage.play(1)
    assert played.spoilt
    assert same(before, stage.everything(*kept))
    assert all(not torch.equal(value, earlier[key]) for key, value in stage.everything(*moved).items())
    stage.m.faults = {}
    assert not stage.play(2).spoilt  # the fault is over and leaves nothing
    assert all(w.isfinite().all() for w in stage.m.weights().values())
    assert not same(before, stage.everything(*kept))


@pytest.mark.parametrize("spoil", ["photo", "art"])
def test_a_batch_with_a_hole_spoils_no_network(spoil: str) -> None:
    stage = Stage()
    before = stage.m.weights()
    assert stage.play(0, spoil).spoilt
    after = stage.m.weights()
    assert all(torch.equal(before[key], after[key]) == (spoil == "photo" or "critic" in key) for key in before)


@pytest.mark.parametrize("play", [0, 1, 2])
def test_of_a_player_that_plays_three_times_the_spoilt_move_is_the_one_that_is_told(play: int) -> None:
    """The moves after it are left out, and their losses can be finite again."""
    for fault, told in ((infinite, r"^L_critic is inf with S = 0\.\d\d"), (steep, "^the gradient of the critic has")):
        with pytest.raises(ValueError, match=f"{told}.* at step 1: the training diverged"):
            train(Painter(plays=3, faults={f"critic {play}": fault}), f"{fault.__name__}{play}")


def test_a_step_says_each_parts_loss_and_each_players_largest_gradient() -> None:
    stage = Stage()
    played = stage.play()
    assert list(played.losses) == ["L_likeness", "L_score", "L", "L_critic"]
    assert all(loss.shape == (BATCH,) and not loss.requires_grad for loss in played.losses.values())
    largest = max(float(p.grad.abs().max()) for p in stage.m.critic.parameters() if p.grad is not None)
    assert float(played.largest["critic"]) == largest > 0


# What is reported


def test_curves_are_means_over_their_interval() -> None:
    train(Painter(), "each", steps=7, log=1)
    train(Painter(), "three", steps=7, log=3)
    names = ["L", "L_critic", "L_likeness", "L_score"]
    assert sorted(p.stem for p in Path("each/plots/metrics/seed0").iterdir()) == names
    for loss in names:
        each, three = curve("each", loss), curve("three", loss)
        assert list(each) == [1, 2, 3, 4, 5, 6, 7]
        assert list(three) == [3, 6, 7]  # the last interval has one step
        expected = [np.mean([each[1], each[2], each[3]]), np.mean([each[4], each[5], each[6]]), each[7]]
        np.testing.assert_allclose(list(three.values()), expected, rtol=1e-5)


def test_sample_grids_are_drawn_at_step_0_in_between_and_at_the_end() -> None:
    drawn: list[float] = []
    m = Painter()

    def samples() -> Any:
        drawn.append(m.painter.weight.sum().item())
        return np.full((4, 4, 3), len(drawn), np.uint8)

    train(m, "live", steps=7, sample=3, samples=samples)
    names = sorted(p.name for p in Path("live/plots/images/seed0").iterdir())
    assert names == ["000000.png", "000003.png", "000006.png", "000007.png"]
    assert len(set(drawn)) == 4
    assert drawn[0] == Painter().painter.weight.sum().item()  # before the first update


# The same bytes


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_twice_is_the_same(precision: str) -> None:
    first, second = (train(Painter(), name, precision=precision) for name in ("a", "b"))
    assert same(first, second)
    assert snapshot("a") == snapshot("b")


@pytest.mark.parametrize(
    ("last", "log", "checkpoint", "precision"),
    [(5, 2, 2, "fp32"), (4, 1, 4, "fp32"), (7, 3, 2, "fp32"), (7, 4, 3, "fp32"), (6, 2, 5, "fp32"), (6, 2, 2, "bf16")],
)
def test_a_killed_training_ends_as_if_it_had_not_been(last: int, log: int, checkpoint: int, precision: str) -> None:
    settings: dict[str, Any] = {"log": log, "checkpoint": checkpoint, "precision": precision}
    whole = train(Painter(), "whole", steps=9, **settings)
    with pytest.raises(KeyboardInterrupt):
        train(Painter(), "killed", steps=9, fault=killed_at(last), **settings)
    # Other initial weights: what continues can only come from the checkpoint.
    assert same(whole, train(Painter(start=7), "killed", steps=9, **settings))
    assert snapshot("whole") == snapshot("killed")


def test_a_training_killed_before_its_first_checkpoint_starts_again() -> None:
    whole = train(Painter(), "whole", steps=4, checkpoint=4)
    with pytest.raises(KeyboardInterrupt):
        train(Painter(), "killed", steps=4, checkpoint=4, fault=killed_at(3))
    assert not list(Path("killed-scratch").iterdir())
    assert same(whole, train(Painter(), "killed", steps=4, checkpoint=4))
    assert snapshot("whole") == snapshot("killed")


def test_a_training_killed_again_and_again_ends_the_same() -> None:
    whole = train(Painter(), "whole", steps=9)
    for start, last in ((0, 3), (1, 5), (2, 8)):
        with pytest.raises(KeyboardInterrupt):
            train(Painter(start), "killed", steps=9, fault=killed_at(last))
    assert same(whole, train(Painter(start=9), "killed", steps=9))
    assert snapshot("whole") == snapshot("killed")


def test_a_finished_training_is_not_repeated() -> None:
    whole = train(Painter(), "live")
    before = snapshot("live")
    again = train(Painter(start=7), "live", fault=killed_at(0))
    assert same(whole, again)
    assert snapshot("live") == before


def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before(capsys: pytest.CaptureFixture[str]) -> None:
    whole = train(Painter(), "whole")
    with pytest.raises(KeyboardInterrupt):
        train(Painter(), "killed", fault=killed_at(6))
    newest = Path("killed-scratch/step-000000006.pt")
    newest.write_bytes(newest.read_bytes()[:-1000])
    assert same(whole, train(Painter(start=7), "killed"))
    assert snapshot("whole") == snapshot("killed")
    assert f"{newest} is not used: it is damaged" in capsys.readouterr().out


@pytest.mark.parametrize("last", [0, 3, 6, 7])
def test_a_signal_finishes_the_step_and_leaves_a_checkpoint(last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = train(Painter(), "whole")
    asked = iter([None] * last + [stopping.Stopped("stopped by SIGTERM", 143)])
    with monkeypatch.context() as patch:
        patch.setattr(stopping, "asked", lambda: next(asked))
        with pytest.raises(stopping.Stopped, match=f"SIGTERM after step {last + 1} of 8; .* goes on from .*-scratch"):
            train(Painter(), "stopped", checkpoint=100)
    assert Path(f"stopped-scratch/step-{last + 1:09d}.pt").exists()
    assert same(whole, train(Painter(start=7), "stopped"))
    assert snapshot("whole") == snapshot("stopped")


# Faults


def times(factor: float, last: int) -> Callable[[int, Tensor], Tensor]:
    return lambda step, batch: batch * factor if step == last else batch


def last_checkpoint(name: str) -> dict[str, Any]:
    found = EverySteps(Path(f"{name}-scratch"), 1).newest(CPU)
    assert found is not None
    return {"step": found[0], **found[1]}


def test_a_loss_that_is_not_finite_is_said_with_step_loss_S_and_checkpoint() -> None:
    expected = (
        r"^L_critic is nan with S = 0\.\d\d at step 4: the training diverged \(the last checkpoint is "
        r"live-scratch/step-000000002.pt\); try a smaller scales.\*.train.learning_rate or precision=fp32$"
    )
    with pytest.raises(ValueError, match=expected):
        train(Painter(), "live", fault=times(float("nan"), 3))
    state = last_checkpoint("live")
    assert state["step"] == 2
    for weight in [w for module in state["modules"].values() for w in module.values()]:
        assert weight.isfinite().all()


@pytest.mark.parametrize("factor", [float("inf"), float("nan")])
def test_a_gradient_that_is_not_finite_is_said_before_it_spoils_the_networks(factor: float) -> None:
    m = Painter(faults={"painter": lambda loss: Steep.apply(loss, factor)})
    before = m.weights()
    expected = r"^the gradient of the painter has an entry of (inf|nan) with S = 0\.\d+ and S = 0\.\d+ at step 1:"
    with pytest.raises(ValueError, match=expected):
        train(m, "live")
    assert same(before, m.weights())


def test_a_large_gradient_is_no_fault() -> None:
    after = train(Painter(faults={"painter": lambda loss: Steep.apply(loss, 1e25)}), "live")  # 1e50 is beyond float32
    assert all(weight.isfinite().all() for weight in after.values())


def test_without_a_checkpoint_the_message_says_so() -> None:
    with pytest.raises(ValueError, match="there is no checkpoint yet"):
        train(Painter(), "live", fault=times(float("nan"), 1))


def test_too_large_a_rate_ends_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="the training diverged"):
        train(Painter(rate=1e30), "live", steps=40)


def test_the_last_step_is_checked_too() -> None:
    with pytest.raises(ValueError, match="at step 8"):
        train(Painter(), "live", fault=times(float("nan"), 7), log=5)
