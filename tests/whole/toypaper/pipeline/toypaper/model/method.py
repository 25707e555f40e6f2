"""The made-up method: a generator from codes to waves, an encoder back, and one critic of pairs (wave, code).

The critic plays three times a step, then the generator, then the encoder, each with its own learning rate. A fourth
network, the generator's moving average, has weights and no player.

Shape legend: N samples, L places of a wave, c entries of a code. x (N, L), z (N, c), losses (N,).
"""

import copy
from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from pipeline.core import seeds
from pipeline.training.method import Memory, Player, Update

PLAYS = 3  # of the critic in a step
KEPT = 0.9  # of the moving average in a step
DRIFT = 0.1  # keeps the critic's scores near 0
BETAS = (0.0, 0.9)


class Pairs:
    """The method's step."""

    sources: Sequence[str] = ("waves",)

    def __init__(self, length: int, width: int, code: int, *, seed: int, learning_rate: float) -> None:
        """New networks, from PyTorch's global random numbers."""
        self.code, self.seed = code, seed
        self.G, self.E, self.C = (
            perceptron(code, width, length),
            perceptron(length, width, code),
            perceptron(length + code, width, 1),
        )
        self.average = copy.deepcopy(self.G).requires_grad_(False)
        self.modules: Mapping[str, nn.Module] = {
            "generator": self.G,
            "encoder": self.E,
            "critic": self.C,
            "average": self.average,
        }
        self.players: Mapping[str, Player] = {
            "critic": Player(list(self.C.parameters()), 2 * learning_rate, BETAS),
            "generator": Player(list(self.G.parameters()), learning_rate, BETAS),
            "encoder": Player(list(self.E.parameters()), learning_rate / 2, BETAS),
        }
        self.memory: Mapping[str, Memory] = {}

    def draw(self, step: int, count: int) -> dict[str, Tensor]:
        """A code for each sample and each move that takes one: z (PLAYS + 1, N, c)."""
        random = seeds.numpy_generator(self.seed, "z", step)
        return {"z": torch.from_numpy(random.standard_normal((PLAYS + 1, count, self.code), dtype="float32"))}

    def updates(self, batch: Mapping[str, Tensor]) -> Iterator[Update]:
        """The critic's moves, the generator's, the encoder's."""
        x, z = batch["waves"], batch["z"]
        self.C.requires_grad_(True)
        for play in range(PLAYS):
            with torch.no_grad():
                made, coded = self.G(z[play]), self.E(x)
            fake, real = self.score(made, z[play]), self.score(x, coded)
            yield Update("critic", fake - real + DRIFT * (fake.square() + real.square()), {"L_C": fake - real})
        self.C.requires_grad_(False)
        L_G = -self.score(self.G(z[PLAYS]), z[PLAYS])
        yield Update("generator", L_G, {"L_G": L_G})
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.G.parameters(), strict=True):
                kept.lerp_(new, 1 - KEPT)
        L_E = self.score(x, self.E(x))
        yield Update("encoder", L_E, {"L_E": L_E})

    def score(self, x: Tensor, z: Tensor) -> Tensor:
        """The critic's score of each pair: (N,) float32."""
        scores: Tensor = self.C(torch.cat([x, z], dim=1))
        return scores[:, 0].float()

    def describe(self, batch: Mapping[str, Tensor], sample: int) -> str:
        """The codes of a sample."""
        return f"z = {batch['z'][:, sample].tolist()}"


def perceptron(into: int, width: int, out: int) -> nn.Sequential:
    """Two layers: (N, into) to (N, out)."""
    return nn.Sequential(nn.Linear(into, width), nn.ReLU(), nn.Linear(width, out))
