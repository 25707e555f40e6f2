"""A method of a few numbers with all that the loop must handle: two players of different speed, a replay buffer, S."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.core import seeds
from pipeline.training import replay
from pipeline.training.method import Memory, Player, Update

Fault = Callable[[Tensor], Tensor]


class Numbers:
    """A source of pictures of 2 x 2 numbers; `fault` may do something else at a step."""

    def __init__(self, name: str, fault: Callable[[int, Tensor], Tensor] = lambda step, batch: batch) -> None:
        self.name, self.fault = name, fault

    def batch(self, step: int, size: int) -> Tensor:
        """(size, 1, 2, 2), a function of the step."""
        random = seeds.numpy_generator(0, self.name, step)
        return self.fault(step, torch.from_numpy(random.standard_normal((size, 1, 2, 2)).astype(np.float32)))


class Steep(torch.autograd.Function):
    """The same values, a gradient times a factor."""

    @staticmethod
    def forward(ctx: object, x: Tensor, factor: float) -> Tensor:
        ctx.factor = factor  # type: ignore[attr-defined]
        return x.clone()

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        return gradient * ctx.factor, None  # type: ignore[attr-defined]


class Painter:
    """A painter against a critic that plays `plays` times a step, twice as fast and with other betas.

    `faults` changes the loss of a move: "painter", or "critic 0" for the critic's first move in a step.
    """

    def __init__(self, start: int = 0, rate: float = 1e-2, plays: int = 1, faults: Mapping[str, Fault] = {}) -> None:
        torch.manual_seed(start)
        self.painter, self.critic = nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 1))
        self.plays, self.faults = plays, faults
        self.modules: Mapping[str, nn.Module] = {"painter": self.painter, "critic": self.critic}
        self.players: Mapping[str, Player] = {
            "painter": Player(list(self.painter.parameters()), rate, (0.5, 0.999)),
            "critic": Player(list(self.critic.parameters()), 2 * rate, (0.9, 0.99)),
        }
        self.buffer = replay.ReplayBuffer(4)  # full after two steps of two
        self.memory: Mapping[str, Memory] = {"replay": self.buffer}
        self.sources: Sequence[str] = ["photo", "art"]

    def draw(self, step: int, count: int) -> dict[str, Tensor]:
        """S of each sample, and what the buffer exchanges."""
        random = seeds.numpy_generator(0, "S", step)
        S = torch.from_numpy(random.random((count, 1)).astype(np.float32))
        plan = replay.plan(step, count, seeds.numpy_generator(0, "replay", step), self.buffer.size)
        return {"S": S, "replay": plan}

    def updates(self, batch: Mapping[str, Tensor]) -> Iterator[Update]:
        """The painter's move, then the critic's."""
        x, y, s = batch["photo"].flatten(1), batch["art"].flatten(1), batch["S"][:, 0]
        made = self.painter(x)
        likeness = (made - x).float().abs().mean(1)
        score = (self.critic(made).float() - 1).square()[:, 0]
        loss = self._faulty("painter", s * likeness + (1 - s) * score)
        yield Update("painter", loss, {"L_likeness": likeness, "L_score": score, "L": loss})
        fakes, fake_S = self.buffer.exchange(made.view(-1, 1, 2, 2).float(), batch["S"], batch["replay"])
        for play in range(self.plays):
            D_y, D_fake = self.critic(y).float()[:, 0], self.critic(fakes.flatten(1)).float()[:, 0]
            loss = self._faulty(f"critic {play}", fake_S[:, 0] * ((D_y - 1).square() + D_fake.square()))
            yield Update("critic", loss, {"L_critic": loss})

    def _faulty(self, move: str, loss: Tensor) -> Tensor:
        return self.faults.get(move, lambda loss: loss)(loss)

    def describe(self, batch: Mapping[str, Tensor], sample: int) -> str:
        """A sample's S."""
        return f"S = {float(batch['S'][sample, 0]):.2f}"

    def weights(self) -> dict[str, Tensor]:
        """A copy of all weights by name."""
        return {f"{n}.{key}": w.clone() for n, net in self.modules.items() for key, w in net.state_dict().items()}
