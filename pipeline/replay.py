"""The replay buffer of fakes (authors' code, after CycleGAN's image pool), where each fake keeps its own S."""

import numpy as np
import torch
from torch import Tensor


class ReplayBuffer:
    """The last fakes, up to `size` (50), so that the discriminator does not forget older ones."""

    def __init__(self, size: int = 50) -> None:
        self.size = size
        self.fakes: list[Tensor] = []  # (C, H, W) each
        self.S: list[Tensor] = []  # (k,) each

    def exchange(self, fakes: Tensor, S: Tensor, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Put fakes (N, C, H, W) with S (N, k) in; get as many out, each with the S that made it.

        While the buffer fills, a fake comes back itself. Then each is with probability 1/2 exchanged for a random
        older one.
        """
        out, out_S = [], []
        # Copies: a row of a batch would keep the whole batch in memory and in every checkpoint.
        for fake, s in zip((f.clone() for f in fakes.detach()), (s.clone() for s in S), strict=True):
            if len(self.fakes) < self.size:
                self.fakes.append(fake)
                self.S.append(s)
            elif random.random() < 0.5:
                place = int(random.integers(self.size))
                older, older_s = self.fakes[place], self.S[place]
                self.fakes[place], self.S[place] = fake, s
                fake, s = older, older_s
            out.append(fake)
            out_S.append(s)
        return torch.stack(out), torch.stack(out_S)

    def state_dict(self) -> dict[str, list[Tensor]]:
        """What a resumed training needs."""
        return {"fakes": self.fakes, "S": self.S}

    def load_state_dict(self, state: dict[str, list[Tensor]]) -> None:
        """Continue with a saved buffer."""
        self.fakes, self.S = list(state["fakes"]), list(state["S"])
