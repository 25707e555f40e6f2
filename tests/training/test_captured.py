"""A captured step without the capture, which only a GPU can make: the same training on tensors that stay."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipeline.training import loop, replay
from pipeline.training.captured import Captured, capturable, set_rate
from pipeline.training.checkpoints import Checkpoints
from pipeline.training.method import Player, Update

CPU = torch.device("cpu")
# Powers of 2, also after the schedule: a learning rate that is a float32 tensor is then the same number.
RATE, STEPS = 2.0**-7, 4


class Sum:
    """A memory that a step makes when it first needs it."""

    def __init__(self) -> None:
        self.total: Tensor | None = None

    def add(self, x: Tensor) -> Tensor:
        self.total = x.new_zeros(()) if self.total is None else self.total
        self.total += x.detach().sum()
        return self.total

    def state_dict(self) -> dict[str, Any]:
        return {"total": self.total}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.total = state["total"]


class Method:
    """Two players, a memory that changes the losses, a random number a step."""

    def __init__(self, start: int = 0) -> None:
        torch.manual_seed(start)
        self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 1)
        self.modules: Mapping[str, nn.Module] = {"first": self.first, "second": self.second}
        self.players = {name: Player(list(m.parameters()), RATE, (0.5, 0.999)) for name, m in self.modules.items()}
        self.sum = Sum()
        self.memory = {"sum": self.sum}
        self.sources = ["x"]

    def draw(self, step: int, count: int) -> dict[str, Tensor]:
        return {"t": torch.full((count,), 0.1 * step)}

    def updates(self, batch: Mapping[str, Tensor]) -> Iterator[Update]:
        h = self.first(batch["x"])
        loss = (self.second(h)[:, 0] - batch["t"]).square()
        yield Update("first", loss, {"L_first": loss})
        loss = (self.second(h.detach())[:, 0] - 0.01 * self.sum.add(h)).square()
        yield Update("second", loss, {"L_second": loss})

    def describe(self, batch: Mapping[str, Tensor], sample: int) -> str:
        return f"t = {batch['t'][sample]:.1f}"


class Pictures:
    """Not finite at one step; notes what it was asked for."""

    def __init__(self, spoilt: int | None = None, stop: int | None = None) -> None:
        self.spoilt, self.stop = spoilt, stop
        self.asked: list[int] = []

    def batch(self, step: int, size: int) -> Tensor:
        self.asked.append(step)
        if step == self.stop:
            raise KeyboardInterrupt
        x = torch.randn(size, 3, generator=torch.Generator().manual_seed(step))
        return x * float("nan") if step == self.spoilt else x


class Rows:
    """A log in memory."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, dict[str, float]]] = []

    def metrics(self, seed: int, step: int, values: dict[str, float]) -> None:
        self.rows.append((step, values))

    def picture(self, seed: int, step: int, grid: Any) -> None: ...

    def save(self, seed: int) -> dict[str, Tensor]:
        return {}

    def restore(self, seed: int, saved: dict[str, Tensor]) -> None: ...


class EveryStep(Checkpoints):
    def due(self) -> bool:
        return True


def train(folder: Path, method: Method, pictures: Pictures, captured: bool | None, steps: int = STEPS) -> Rows:
    folder.mkdir(exist_ok=True)
    rows = Rows()
    loop.train(
        method,
        {"x": pictures},
        loop.Length(steps, 1, steps),
        seed=0,
        batch_size=2,
        precision="fp32",
        device=CPU,
        live=rows,
        samples=lambda: np.zeros((1, 1, 3), np.uint8),
        checkpoints=EveryStep(folder, "this training", 0),
        captured=captured,
    )
    return rows


def weights(method: Method) -> dict[str, Tensor]:
    return {f"{name}.{key}": w.clone() for name, m in method.modules.items() for key, w in m.state_dict().items()}


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_a_captured_training_is_the_plain_one(tmp_path: Path) -> None:
    plain, captured = Method(), Method()
    rows = train(tmp_path / "plain", plain, Pictures(), captured=False)
    assert train(tmp_path / "captured", captured, Pictures(), captured=True).rows == rows.rows
    assert same(weights(plain), weights(captured))
    assert plain.sum.total is not None
    assert torch.equal(plain.sum.total, captured.sum.total)


def test_on_a_cpu_python_plays_each_step(tmp_path: Path) -> None:
    pictures = Pictures()
    train(tmp_path / "a", Method(), pictures, captured=None)
    assert pictures.asked == [0, 1, 2, 3]


def test_the_steps_before_the_capture_leave_no_trace() -> None:
    captured, plain = Method(), Method()
    for method in (captured, plain):
        optimizers = {
            name: torch.optim.Adam(player.parameters, lr=RATE, betas=player.betas, fused=True)
            for name, player in method.players.items()
        }
        batch = loop.inputs(method, {"x": Pictures()}, 0, 2)
        if method is plain:
            loop.play(method, batch, optimizers, "fp32", CPU)
            expected = loop.tensors(method, optimizers)
        else:
            for optimizer in optimizers.values():
                capturable(optimizer, CPU)
            player = Captured(
                lambda given, m=method, o=optimizers: loop.play(m, given, o, "fp32", CPU),  # type: ignore[misc]
                lambda m=method, o=optimizers: loop.tensors(m, o),  # type: ignore[misc]
                CPU,
            )
            player(batch)
            found = loop.tensors(method, optimizers)
            assert not player.captured
    assert found.keys() == expected.keys()
    assert {name for name in found if name.endswith("step")}
    assert "sum total" in found
    for name, tensor in found.items():
        assert torch.equal(tensor, expected[name]), name


def test_inputs_are_made_one_step_ahead_and_none_for_nothing(tmp_path: Path) -> None:
    pictures = Pictures(stop=2)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "a", Method(), pictures, captured=True)
    assert pictures.asked == [0, 1, 2]
    assert [path.name for path in sorted((tmp_path / "a").iterdir())] == ["step-000000001.pt"]
    pictures = Pictures()
    train(tmp_path / "b", Method(), pictures, captured=True)
    assert pictures.asked == [0, 1, 2, 3]


@pytest.mark.parametrize(("before", "after"), [(True, True), (False, True), (True, False)])
def test_a_killed_training_goes_on_from_its_checkpoint_in_either_form(
    tmp_path: Path, before: bool, after: bool
) -> None:
    whole = Method()
    train(tmp_path / "whole", whole, Pictures(), captured=after)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "killed", Method(), Pictures(stop=3), captured=before)
    resumed = Method(start=7)
    train(tmp_path / "killed", resumed, Pictures(), captured=after)
    assert same(weights(whole), weights(resumed))


@pytest.mark.parametrize("captured", [False, True])
def test_what_is_not_finite_is_said_before_it_spoils_the_networks(tmp_path: Path, captured: bool) -> None:
    good, bad = Method(), Method()
    train(tmp_path / "good", good, Pictures(), captured=captured, steps=2)
    with pytest.raises(ValueError, match=r"^L_first is nan with t = 0.2 at step 3: .*step-000000002.pt"):
        train(tmp_path / "bad", bad, Pictures(spoilt=2), captured=captured)
    found = EveryStep(tmp_path / "bad", "this training", 0).newest(CPU)
    assert found is not None
    for name, module in bad.modules.items():
        for key, weight in module.state_dict().items():
            assert torch.equal(weight, found[1]["modules"][name][key])


def test_a_rate_changes_in_place_where_it_is_a_tensor() -> None:
    optimizer = torch.optim.Adam([torch.zeros(1)], lr=0.5, fused=True)
    set_rate(optimizer, 0.25)
    assert optimizer.param_groups[0]["lr"] == 0.25
    capturable(optimizer, CPU)
    rate = optimizer.param_groups[0]["lr"]
    assert isinstance(rate, Tensor)
    set_rate(optimizer, 0.125)
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == 0.125


def test_the_buffers_rewriting_is_index_copy() -> None:
    for seed in range(30):
        random = torch.Generator().manual_seed(seed)
        kept, new = torch.randn(9, 2, 3, generator=random), torch.randn(4, 2, 3, generator=random)
        into = torch.randperm(9, generator=random)[:4]
        expected = kept.clone().index_copy_(0, into, new)
        replay.rewrite(kept, into, new)
        assert torch.equal(kept, expected)


# The capture itself, with stand-ins for CUDA: what is called when, and what is left if it fails.


class Counter:
    """A step that adds its input to a total, and how often Python played it."""

    def __init__(self) -> None:
        self.total, self.played = torch.zeros(()), 0

    def play(self, inputs: Mapping[str, Tensor]) -> Tensor:
        self.played += 1
        self.total += inputs["x"]
        return self.total.clone()


class StandIn:
    """torch.cuda's streams and graphs: a capture runs nothing, a replay does what was captured."""

    def __init__(self, counter: Counter, fails: bool) -> None:
        self.counter, self.fails, self.log = counter, fails, list[str]()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        here = self

        class Stream:
            def __init__(self, *_: Any) -> None: ...
            def wait_stream(self, other: Any) -> None:
                here.log.append("wait")

        class Graph:
            def replay(self) -> None:
                here.log.append("replay")
                here.result.copy_(here.counter.play(here.inputs))

        class Context:
            def __init__(self, *_: Any, **__: Any) -> None: ...
            def __enter__(self) -> None:
                self.before = here.counter.total.clone()

            def __exit__(self, *_: Any) -> None:
                here.counter.total.copy_(self.before)

        class Capture(Context):
            def __exit__(self, *_: Any) -> None:
                super().__exit__()
                if here.fails:
                    raise RuntimeError("operation not permitted when stream is capturing\nmore")

        class Side(Context):
            def __exit__(self, *_: Any) -> None: ...

        empty = torch.empty
        monkeypatch.setattr(torch, "empty", lambda shape, dtype, device: empty(shape, dtype=dtype))
        monkeypatch.setattr(torch.cuda, "current_stream", lambda device: Stream())
        monkeypatch.setattr(torch.cuda, "Stream", Stream)
        monkeypatch.setattr(torch.cuda, "stream", Side)
        monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
        monkeypatch.setattr(torch.cuda, "graph", Capture)
        monkeypatch.setattr(torch.cuda, "set_stream", lambda stream: here.log.append("set stream"))
        monkeypatch.setattr(torch.cuda, "synchronize", lambda device: here.log.append("synchronize"))


@pytest.mark.parametrize("fails", [False, True])
def test_after_a_capture_every_step_is_a_replay_and_after_a_failed_one_played(
    fails: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    counter = Counter()
    stand_in = StandIn(counter, fails)
    stand_in.install(monkeypatch)
    player = Captured(counter.play, lambda: {"total": counter.total}, torch.device("cuda"))
    player_inputs: list[Mapping[str, Tensor]] = []
    play = counter.play
    monkeypatch.setattr(player, "_play", lambda inputs: player_inputs.append(inputs) or play(inputs))
    prepare = player._prepare

    def prepared() -> None:
        prepare()
        stand_in.inputs, stand_in.result = player_inputs[-1], player._result

    monkeypatch.setattr(player, "_prepare", prepared)
    totals = [player({"x": torch.tensor(value)}).item() for value in (1.0, 10.0, 100.0)]
    assert totals == [1, 11, 111]
    assert player.captured is not fails
    assert stand_in.log.count("replay") == (0 if fails else 3)
    assert (stand_in.log[2:4] == ["set stream", "synchronize"]) is fails
    said = capsys.readouterr().out
    expected = "so Python plays each: operation not permitted when stream is capturing\n"
    assert said.endswith(expected) if fails else said == ""
