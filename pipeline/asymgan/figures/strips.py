"""The paper's pictures: translations with several codes, references, interpolation, and what small changes do.

Shape legend: N test pictures, n pixels a side. Columns are lists of pictures, uint8 (N, n, n, 3).
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from pipeline.asymgan.evaluation.model import Model
from pipeline.core.pictures import to_pictures

Column = tuple[str, npt.NDArray[np.uint8]]
NOISE = 4  # of 255
STEPS = 8  # pictures of an interpolation


def _code(model: Model, y: Tensor, random: np.random.Generator) -> Tensor | None:
    """One random code for all labels, so that its meaning can be compared."""
    z = model.draw(1, y.shape[-1], random)
    return None if z is None else z.expand(len(y), *z.shape[1:])


@torch.no_grad()
def translations(models: Mapping[str, Model], x: Tensor, y: Tensor, random: np.random.Generator) -> list[Column]:
    """Photo and label; of AsymGAN G(x), the way back, and four codes; of CycleGAN, with dropout, what it makes of y."""
    ours, cycle, dropped = (models[name] for name in ("asymgan", "cyclegan", "cyclegan-dropout"))
    G_x = ours.label(x)
    columns = [("x", x), ("y", y)]
    columns += [("AsymGAN\nG(x)", G_x), ("AsymGAN\nF(G(x), E(x))", ours.photo(G_x, ours.encoded(x)))]
    columns += [(f"AsymGAN\nF(y, z{number})", ours.photo(y, _code(ours, y, random))) for number in range(1, 5)]
    columns += [("CycleGAN\nG(x)", cycle.label(x)), ("CycleGAN\nF(y)", cycle.photo(y, None))]
    columns += [(f"+ dropout\nF(y), {time}", dropped.photo(y, None)) for time in ("1st", "2nd")]
    return [(title, to_pictures(made)) for title, made in columns]


@torch.no_grad()
def references(model: Model, x: Tensor, y: Tensor) -> list[Column]:
    """First row: references x'. Below, each label with each reference's code; first column: the labels."""
    assert model.code is not None
    blank = torch.ones_like(y[:1])
    columns = [("y", to_pictures(torch.cat([blank, y])))]
    for number, one in enumerate(x.split(1), 1):
        made = model.photo(y, model.code(one).expand(len(y), *model.code(one).shape[1:]))
        columns.append((f"x'{number}", to_pictures(torch.cat([one, made]))))
    return columns


@torch.no_grad()
def interpolations(model: Model, y: Tensor, random: np.random.Generator) -> list[Column]:
    """Each label on the way from one code to another."""
    a, b = _code(model, y, random), _code(model, y, random)
    assert a is not None
    assert b is not None
    shares = [step / (STEPS - 1) for step in range(STEPS)]
    return [("y", to_pictures(y))] + [(f"{t:.2f}", to_pictures(model.photo(y, a + (b - a) * t))) for t in shares]


@torch.no_grad()
def codes(models: Mapping[str, Model], y: Tensor, random: np.random.Generator) -> list[Column]:
    """The labels, then for each model their photos with three codes."""
    columns = [("y", y)]
    for name, model in models.items():
        columns += [(f"{name}\nz{number}", model.photo(y, _code(model, y, random))) for number in range(1, 4)]
    return [(title, to_pictures(made)) for title, made in columns]


@torch.no_grad()
def without(models: Mapping[str, Model], x: Tensor, y: Tensor, random: np.random.Generator) -> list[Column]:
    """Photo and label, then for each model G(x), F(y, z) and F(y, E(x))."""
    columns = [("x", x), ("y", y)]
    for name, model in models.items():
        columns += [
            (f"{name}\nG(x)", model.label(x)),
            (f"{name}\nF(y, z)", model.photo(y, _code(model, y, random))),
            (f"{name}\nF(y, E(x))", model.photo(y, model.encoded(x))),
        ]
    return [(title, to_pictures(made)) for title, made in columns]


@torch.no_grad()
def changes(models: Mapping[str, Model], x: Tensor, random: np.random.Generator) -> list[Column]:
    """What becomes of a reconstruction F(G(x)) after noise, a crop and a resize of G(x), for each model."""
    n = x.shape[-1]
    columns = [("x", x)]
    noise = torch.from_numpy(random.standard_normal(x.shape, dtype="float32")) * (2 * NOISE / 255)
    for name, model in models.items():
        G_x, z = model.label(x), model.encoded(x)
        middles = {
            "back": G_x,
            f"noise {NOISE}": G_x + noise,
            f"crop {n - 2}": G_x[..., 1:-1, 1:-1],
            f"resize {n + 2}": interpolate(G_x, size=(n + 2, n + 2), mode="bilinear", antialias=True),
        }
        for what, middle in middles.items():
            back = interpolate(model.photo(middle, z), size=(n, n), mode="nearest")
            columns.append((f"{name}\n{what}", back))
    return [(title, to_pictures(made)) for title, made in columns]
