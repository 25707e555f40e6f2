"""The replay buffer of fakes (authors' code, after CycleGAN's image pool), where each fake keeps its own S.

What is exchanged for what is planned on the CPU, from random numbers alone; the exchange itself moves tensors on the
networks' device and decides nothing.

Shape legend: N fakes a step, F places in the buffer.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

SIZE = 50  # fakes (authors' code)


def plan(step: int, count: int, random: np.random.Generator, size: int = SIZE) -> Tensor:
    """How the fakes of a step are exchanged, int64 (2, N), when every step brings as many: what comes out, and where
    each fake goes.

    While the buffer fills, a fake comes back itself. Then each is with probability 1/2 exchanged for a random older
    one. First row: a place of the buffer, or F + i for the step's i-th fake. Second row: a place, or F + i for a fake
    that is not kept.
    """
    out = [size + i for i in range(count)]
    content: dict[int, int] = {}  # place: which of the step's fakes is there by now
    for i in range(count):
        if step * count + i < size:
            content[step * count + i] = i
        elif random.random() < 0.5:
            place = int(random.integers(size))
            out[i] = size + content[place] if place in content else place
            content[place] = i
    into = [size + i for i in range(count)]
    for place, i in content.items():  # of two fakes for one place the later one stays
        into[i] = place
    return torch.tensor([out, into])


class ReplayBuffer:
    """The last fakes, up to `size`, so that the discriminator does not forget older ones."""

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self.fakes: Tensor | None = None  # (F + N, C, H, W): the last N places take what is not kept
        self.S: Tensor | None = None  # (F + N, k)

    def exchange(self, fakes: Tensor, S: Tensor, plan: Tensor) -> tuple[Tensor, Tensor]:
        """Put fakes (N, C, H, W) with S (N, k) in; get as many out, each with the S that made it. `plan`: (2, N)."""
        fakes = fakes.detach()
        if self.fakes is None or self.S is None:
            self.fakes = fakes.new_zeros(self.size + len(fakes), *fakes.shape[1:])
            self.S = S.new_zeros(self.size + len(fakes), S.shape[1])
        out, into = plan
        older, new = out.clamp(max=self.size - 1), (out - self.size).clamp(min=0)
        from_buffer = out < self.size
        chosen = torch.where(from_buffer[:, None, None, None], self.fakes[older], fakes[new])
        chosen_S = torch.where(from_buffer[:, None], self.S[older], S[new])
        _put(self.fakes, into, fakes)
        _put(self.S, into, S)
        return chosen, chosen_S

    def state_dict(self) -> dict[str, Any]:
        """What a resumed training needs."""
        return {"fakes": self.fakes, "S": self.S}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue with a saved buffer."""
        self.fakes, self.S = state["fakes"], state["S"]


def _put(kept: Tensor, into: Tensor, new: Tensor) -> None:
    """Write new entries (N, ...) to their places in `kept` (F + N, ...). Places differ from each other."""
    if kept.is_cuda:
        # Under `use_deterministic_algorithms`, PyTorch's own looks at the places, which no CUDA graph allows.
        rewrite(kept, into, new)
    else:
        kept.index_copy_(0, into, new)


def rewrite(kept: Tensor, into: Tensor, new: Tensor) -> None:
    """`kept.index_copy_(0, into, new)` without a look at any number: all of `kept` is written, old or new."""
    here = into == torch.arange(len(kept), device=kept.device)[:, None]  # (F + N, N)
    is_new = here.any(1).view(-1, *(1 for _ in kept.shape[1:]))
    kept.copy_(torch.where(is_new, new[here.long().argmax(1)], kept))
