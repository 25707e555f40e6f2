"""What is measured, whatever it is made of: a way from photos to labels, one back, and codes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pipeline.asymgan.model.method import Networks


@dataclass(frozen=True)
class Model:
    """`label`: photos to labels. `photo`: labels and codes to photos. `code`: photos to codes, None without codes.

    Pictures (N, 3, H, W) in [-1, 1]. `draw(N, side, random)`: codes from the prior, None without codes.
    """

    label: Callable[[Tensor], Tensor]
    photo: Callable[[Tensor, Tensor | None], Tensor]
    code: Callable[[Tensor], Tensor] | None
    draw: Callable[[int, int, np.random.Generator], Tensor | None]

    def encoded(self, x: Tensor) -> Tensor | None:
        """The code of photos, None without codes."""
        return None if self.code is None else self.code(x)


def of_networks(nets: Networks, width: int, dropout: np.random.Generator | None) -> Model:
    """Trained (or untrained) networks; `width` of their code; `dropout` draws the bytes of dropout, which the baseline
    also has when it is used."""

    def noise(x: Tensor) -> Tensor | None:
        if dropout is None:
            return None
        side = -(-x.shape[-1] // 4) * 4  # the features of a smaller picture take fewer bytes
        drawn = dropout.integers(256, size=(len(x), nets.G.noise_size(side)), dtype="uint8")
        return torch.from_numpy(drawn)

    def draw(count: int, side: int, random: np.random.Generator) -> Tensor | None:
        if nets.E is None:
            return None
        shape = (width,) if nets.E.vector else (width, side // 8, side // 8)
        return torch.from_numpy(random.standard_normal((count, *shape), dtype="float32"))

    return Model(
        label=lambda x: nets.G(x, noise=noise(x)),
        photo=lambda y, z: nets.F(y, z, noise=noise(y)),
        code=nets.E,
        draw=draw,
    )


def identity() -> Model:
    """What gives back its input."""
    return Model(lambda x: x, lambda y, _: y, None, lambda *_: None)


def blind(model: Model) -> Model:
    """A model that does not look at its code: every code is 0."""
    assert model.code is not None
    code = model.code

    def draw(count: int, side: int, random: np.random.Generator) -> Tensor | None:
        drawn = model.draw(count, side, random)
        assert drawn is not None
        return drawn

    return Model(
        label=model.label,
        photo=lambda y, z: model.photo(y, None if z is None else torch.zeros_like(z)),
        code=lambda x: torch.zeros_like(code(x)),
        draw=draw,
    )
