"""What a method gives to the loop (loop.py), which knows no network by name.

A method has modules that hold weights, players that move them, and a step as a sequence of updates: a loss per sample
for each player in turn. A critic that plays five times, a slower discriminator, an encoder of its own or a frozen
network are then a matter of the method, and the loop has no `if` for them.

Shape legend: N samples. Losses (N,).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor, nn


@dataclass(frozen=True)
class Player:
    """Whose parameters one optimiser (Adam) moves, and how fast before the schedule."""

    parameters: Sequence[nn.Parameter]
    learning_rate: float
    betas: tuple[float, float]


@dataclass(frozen=True)
class Update:
    """One move of a player against the mean of `loss` (N,); `parts` (N,) are the losses by the names that users know.

    The loop's curves show the parts, and its error names the one that is not finite.
    """

    player: str
    loss: Tensor
    parts: Mapping[str, Tensor]


class Memory(Protocol):
    """What a method remembers from step to step besides its weights, such as a replay buffer."""

    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: dict[str, Any]) -> None: ...


class Source(Protocol):
    """Where a step's samples come from: the same for the same step."""

    def batch(self, step: int, size: int) -> Tensor: ...


class Method(Protocol):
    """A method of training; see pipeline/sgn/model/method.py."""

    modules: Mapping[str, nn.Module]  # what has weights, by the names of the files that they are saved in
    players: Mapping[str, Player]
    memory: Mapping[str, Memory]
    sources: Sequence[str]  # of which a step needs a batch

    def draw(self, step: int, count: int) -> dict[str, Tensor]:
        """A step's random numbers, on the CPU: they depend on the seed, the step and the number of samples alone."""
        ...

    def updates(self, batch: Mapping[str, Tensor]) -> Iterator[Update]:
        """A step's moves in their order; each is made before the next is asked for.

        `batch`: a batch of each source, and what `draw` gave, on the networks' device. Here nothing is drawn and
        nothing is decided by a number's value, so that a GPU can record a whole step and play it again.
        """
        ...

    def describe(self, batch: Mapping[str, Tensor], sample: int) -> str:
        """What was special about a sample, for a message: "S = (0, .5, .5)"."""
        ...
