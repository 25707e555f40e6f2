"""The one-dimensional problem of Section 5.1 (Supplement A.1, B.1): regression and classification with one output.

A small MLP f maps x in [-1, 1] to one number, which is asked to be two things at once: the value of a polynomial
(regression, L_r) and the probability of a class (classification, L_c). The weights w = (w_r, w_c) of
L = w_r L_r + w_c L_c decide which. Three kinds of model are compared:

- sym:   f(x, S); S is drawn from a Dirichlet distribution for every sample and weighs that sample's losses (w = S);
- hyper: f(x); one model for each weighting, w fixed;
- sin:   f(x, S); S is drawn as for sym, but w is fixed at (0.5, 0.5).

All models of all seeds train at the same time: their weights are stacked along a first axis M, and one step of
`torch.baddbmm` and Adam moves them all. A model draws its random numbers from streams that carry its own name, so its
result does not depend on which models are trained beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from pipeline.core import seeds
from pipeline.sgn.model import simplex

Kind = Literal["sym", "hyper", "sin"]
Weights = tuple[float, float]  # (w_r, w_c)

# The five weightings of Table 1, as (w_r, w_c).
WEIGHTINGS: tuple[Weights, ...] = ((1.0, 0.0), (0.75, 0.25), (0.5, 0.5), (0.25, 0.75), (0.0, 1.0))
SIN_WEIGHTS: Weights = (0.5, 0.5)


def g(x: Tensor) -> Tensor:
    """The regression label y_r of x; for x in [-1, 1] it stays in [0.3, 0.9]."""
    return x * (x - 0.8) * (x + 0.9) + 0.5


def h(x: Tensor) -> Tensor:
    """The line that separates the classes: y_c = 1 where g(x) < h(x)."""
    return -0.1 * x + 0.5


def labels(x: Tensor) -> tuple[Tensor, Tensor]:
    """y_r and y_c of each x, in its shape."""
    y_r = g(x)
    return y_r, (y_r < h(x)).to(x.dtype)


def losses(z: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """L_r and L_c of each sample, in the shape of z: squared error, and 0.2 times the binary cross-entropy.

    z is the network's output before the sigmoid: the cross-entropy of sigmoid(z) is computed from z, which is the
    same number without log(0).
    """
    y_r, y_c = labels(x)
    L_r = (torch.sigmoid(z) - y_r) ** 2
    L_c = 0.2 * F.binary_cross_entropy_with_logits(z, y_c.expand_as(z), reduction="none")
    return L_r, L_c


@dataclass(frozen=True)
class Model:
    """One model to train: its kind, its loss weights (hyper only; None for sym and sin) and its seed."""

    kind: Kind
    weights: Weights | None
    seed: int

    def stream(self, purpose: str) -> np.random.Generator:
        """The model's own random numbers for a purpose: "init", "order" or "S"."""
        percent = [round(100 * w) for w in self.weights or ()]
        return seeds.numpy_generator(self.seed, "toy", self.kind, *percent, purpose)


@dataclass(frozen=True)
class Training:
    """Lengths and sizes: paper 100 samples (read off Table 1), batch 16, epochs (200, 200, 100) at
    learning rates (0.01, 0.001, 0.0001), Dirichlet concentration alpha 0.5."""

    samples: int
    batch: int
    epochs: tuple[int, ...]
    learning_rates: tuple[float, ...]
    alpha: float


def all_models(num_seeds: int, kinds: Sequence[Kind] = ("sym", "hyper", "sin")) -> list[Model]:
    """Every model of Table 1 and Figure 5 for the seeds 0 ... num_seeds - 1: seven for a seed."""
    weights = {"sym": [None], "hyper": WEIGHTINGS, "sin": [None]}
    return [Model(kind, w, seed) for seed in range(num_seeds) for kind in kinds for w in weights[kind]]


def inputs(samples: int) -> Tensor:
    """The data set: `samples` evenly spaced x in [-1, 1], both ends included; (N,)."""
    return torch.linspace(-1, 1, samples)


# --- the network -----------------------------------------------------------------------------------------------------
# A stack of M networks is a list W_1, b_1, ..., W_4, b_4 with W (M, in, out) and b (M, 1, out).


def initial(models: Sequence[Model], hidden: int) -> list[Tensor]:
    """Stacked MLPs (x, S) -> three hidden layers -> 1 with He's initialisation for ReLU: W ~ N(0, 2 / in), b = 0.

    The paper is silent about it; docs/toy.md has the table with PyTorch's own. A hyper model has no S: its rows of W_1
    for S are zero and so is the S it is given, which leaves them zero in training.
    """
    stacked = zip(*(_initial(model, hidden) for model in models), strict=True)
    return [torch.stack(tensors) for tensors in stacked]


def _initial(model: Model, hidden: int) -> list[Tensor]:
    stream = model.stream("init")
    fan_ins = (1 if model.kind == "hyper" else 3, hidden, hidden, hidden)
    fan_outs = (hidden, hidden, hidden, 1)
    network = []
    for fan_in, fan_out in zip(fan_ins, fan_outs, strict=True):
        W = stream.normal(0, (2 / fan_in) ** 0.5, (fan_in, fan_out))
        network.append(torch.from_numpy(W).float())
        network.append(torch.zeros(1, fan_out))
    network[0] = F.pad(network[0], (0, 0, 0, 3 - fan_ins[0]))  # (3, hidden)
    return network


def forward(network: Sequence[Tensor], x_S: Tensor) -> list[Tensor]:
    """What every layer of the M networks gets, and last what comes out: (x, S) as (M, B, 3), the three hidden layers
    (M, B, hidden), and z (M, B, 1), the output before the sigmoid."""
    values = [x_S]
    for W, b in zip(network[0:6:2], network[1:6:2], strict=True):
        values.append(torch.baddbmm(b, values[-1], W).relu_())
    values.append(torch.baddbmm(network[7], values[-1], network[6]))
    return values


def backward(network: Sequence[Tensor], values: Sequence[Tensor], dz: Tensor, gradients: Sequence[Tensor]) -> None:
    """Write the gradient of every weight into `gradients`, from that of z, dz (M, B, 1), and `forward`'s values."""
    slope = dz
    for layer in (3, 2, 1, 0):
        W, dW, db = network[2 * layer], gradients[2 * layer], gradients[2 * layer + 1]
        torch.bmm(values[layer].transpose(1, 2), slope, out=dW)
        torch.sum(slope, dim=1, keepdim=True, out=db)
        if layer > 0:
            on = values[layer].sign()  # ReLU's slope: 1 where the unit is on, 0 where it is off
            slope = torch.bmm(slope, W.transpose(1, 2)).mul_(on)


# --- training --------------------------------------------------------------------------------------------------------


@torch.no_grad()
def train(models: Sequence[Model], hidden: int, training: Training) -> list[Tensor]:
    """Train the models together; returns their stacked weights (see `initial`).

    An epoch goes once through the samples in a random order; the last batch is smaller where the batch does not divide
    the number of samples. The loss of a batch is its mean of L = w_r L_r + w_c L_c. Adam works element by element, so
    one Adam serves all models. The gradient is written out: at this size autograd would cost more than the arithmetic.
    """
    # Processors round the last few elements of a long tensor differently from the rest. Whole vectors for every model,
    # here and in `_flat`, keep a model's numbers the same, bit for bit, in every stack (with one thread, batch 16).
    stack = [*models, *[models[0]] * (-len(models) % 4)]
    schedule = [rate for rate, n in zip(training.learning_rates, training.epochs, strict=True) for _ in range(n)]
    order, S, w = _draws(stack, training, len(schedule))
    share = _shares(training.samples, training.batch)
    x = inputs(training.samples)
    parameters, network, gradients = _flat(initial(stack, hidden))
    adam = torch.optim.Adam([parameters], fused=True)
    # The Adam moments of units that ReLU has switched off decay into denormal numbers, which are slow to compute with.
    torch.set_flush_denormal(True)
    for epoch, rate in enumerate(schedule):
        adam.param_groups[0]["lr"] = rate
        shuffled = x[order[epoch]]  # (M, N)
        x_S = torch.cat([shuffled.unsqueeze(2), S[epoch]], dim=2)  # (M, N, 3)
        w_r, w_c = (share[:, None] * w[epoch]).unbind(dim=2)  # (M, N)
        epoch_tensors = (x_S, *labels(shuffled), w_r, w_c)
        for batch in zip(*(torch.split(tensor, training.batch, dim=1) for tensor in epoch_tensors), strict=True):
            values = forward(network, batch[0])
            dz = slope(values[-1].squeeze(2), *batch[1:])
            backward(network, values, dz.unsqueeze(2), gradients)
            adam.step()
    torch.set_flush_denormal(False)
    return [tensor[: len(models)].clone() for tensor in network]


def slope(z: Tensor, y_r: Tensor, y_c: Tensor, w_r: Tensor, w_c: Tensor) -> Tensor:
    """d(w_r L_r + w_c L_c) / dz of each sample, in the shape of z (see `losses`)."""
    f = torch.sigmoid(z)
    return w_r * 2 * (f - y_r) * f * (1 - f) + w_c * 0.2 * (f - y_c)


def _flat(network: Sequence[Tensor]) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """All numbers of the stack in one tensor (M, P), which Adam moves in one call; the network as views of it; and
    views of its gradient alike. P is rounded up to whole vectors; the numbers that fill up stay zero."""
    sizes = [tensor[0].numel() for tensor in network]
    parameters = F.pad(torch.cat([tensor.flatten(1) for tensor in network], dim=1), (0, -sum(sizes) % 64))
    parameters.grad = torch.zeros_like(parameters)

    def views(flat: Tensor) -> list[Tensor]:
        pieces = torch.split(flat[:, : sum(sizes)], sizes, dim=1)
        return [piece.view(tensor.shape) for piece, tensor in zip(pieces, network, strict=True)]

    return parameters, views(parameters), views(parameters.grad)


def _shares(samples: int, batch: int) -> Tensor:
    """What a sample at each place of the order counts in its batch's mean: 1 / the batch's size; zero for the places
    that fill up the last batch; (samples rounded up to whole batches,)."""
    sizes = [min(batch, samples - first) for first in range(0, samples, batch)]
    return torch.cat([F.pad(torch.full((size,), 1 / size), (0, batch - size)) for size in sizes])


def _draws(models: Sequence[Model], training: Training, epochs: int) -> tuple[Tensor, Tensor, Tensor]:
    """Order (E, M, N) of the samples, S (E, M, N, 2) that enters the network and w (E, M, N, 2) that weighs the losses,
    for every epoch, model and place in the order; N is the number of samples rounded up to whole batches."""
    shape = (epochs, training.samples)
    fill = -training.samples % training.batch
    order, S, w = [], [], []
    for model in models:
        order.append(torch.from_numpy(model.stream("order").random(shape)).argsort(dim=1))
        if model.kind == "hyper":
            S.append(torch.zeros(*shape, 2))
        else:
            drawn = simplex.dirichlet(training.alpha, 2, epochs * training.samples, model.stream("S"))
            S.append(torch.from_numpy(drawn).reshape(*shape, 2))
        w.append(S[-1] if model.kind == "sym" else torch.tensor(model.weights or SIN_WEIGHTS).expand(*shape, 2))
    padded = [F.pad(torch.stack(tensors, 1), (0, 0, 0, fill)) for tensors in (S, w)]
    return F.pad(torch.stack(order, 1), (0, fill)), padded[0], padded[1]


# --- measuring -------------------------------------------------------------------------------------------------------


@torch.no_grad()
def outputs(network: Sequence[Tensor], models: Sequence[Model], x: Tensor, weights: Weights) -> Tensor:
    """z of every model on x (N,) at S = weights, (M, N); a hyper model gets no S."""
    has_S = torch.tensor([float(model.kind != "hyper") for model in models])
    S = (has_S[:, None] * torch.tensor(weights))[:, None].expand(-1, len(x), -1)  # (M, N, 2)
    x_S = torch.cat([x.expand(len(models), -1).unsqueeze(2), S], dim=2)
    return forward(network, x_S)[-1].squeeze(2)


def measure(network: Sequence[Tensor], models: Sequence[Model], samples: int) -> list[dict[str, Any]]:
    """Mean losses over the samples, a row for every weighting of Table 1, seed and kind of model.

    A row is {"weights", "model", "seed", "L", "L_r", "L_c"}; L = w_r L_r + w_c L_c; rounded to seven digits.
    """
    x = inputs(samples)
    rows = []
    for weights in WEIGHTINGS:
        L_r, L_c = (loss.double().mean(dim=1).tolist() for loss in losses(outputs(network, models, x, weights), x))
        for model, r, c in zip(models, L_r, L_c, strict=True):
            if model.weights in (None, weights):
                row = {"L": weights[0] * r + weights[1] * c, "L_r": r, "L_c": c}
                rounded = {name: round(value, 7) for name, value in row.items()}
                rows.append({"weights": list(weights), "model": model.kind, "seed": model.seed, **rounded})
    return rows


def curves(network: Sequence[Tensor], models: Sequence[Model], x: Tensor) -> dict[Kind, Tensor]:
    """f(x) of each kind of model on x (N,), in [0, 1], for every weighting of Table 1 and seed: (5, seeds, N)."""
    by_kind: dict[Kind, list[Tensor]] = {"sym": [], "hyper": [], "sin": []}
    for weights in WEIGHTINGS:
        f = torch.sigmoid(outputs(network, models, x, weights))
        for kind, kept in by_kind.items():
            chosen = [i for i, m in enumerate(models) if m.kind == kind and m.weights in (None, weights)]
            kept.append(f[chosen])
    return {kind: torch.stack(kept) for kind, kept in by_kind.items()}


def distances(outputs: dict[Kind, Tensor]) -> list[dict[str, Any]]:
    """Mean |f - f_hyper| over x between every curve and the five hyper curves of its seed, in Table 1's order.

    A row is {"weights", "model", "seed", "to_hyper": five numbers}.
    """
    rows = []
    for kind, f in outputs.items():
        apart = (f[:, None] - outputs["hyper"][None]).abs().double().mean(dim=3)  # (5 of kind, 5 of hyper, seeds)
        for weights, of_weighting in zip(WEIGHTINGS, apart.permute(0, 2, 1).tolist(), strict=True):
            for seed, to_hyper in enumerate(of_weighting):
                rounded = [round(value, 7) for value in to_hyper]
                rows.append({"weights": list(weights), "model": kind, "seed": seed, "to_hyper": rounded})
    return rows


def loss_map(x: Tensor, y: Tensor, weights: Weights) -> Tensor:
    """L at every output y (Y,) in (0, 1) and input x (N,): what Figure 5 paints; (Y, N)."""
    z = torch.logit(y)[:, None].expand(-1, len(x))
    L_r, L_c = losses(z, x)
    return weights[0] * L_r + weights[1] * L_c


# --- the whole study -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sizes:
    """What is trained: Table 1's width (paper 64) and number of seeds, Figure 9's widths and number of seeds."""

    hidden: int
    num_seeds: int
    widths: tuple[int, ...]
    num_width_seeds: int


def study(sizes: Sizes, training: Training) -> tuple[dict[str, Any], dict[str, NDArray[np.float32]]]:
    """Table 1, Figure 5 and Figure 9: small numbers for JSON, and arrays for drawing.

    Numbers: "losses" (rows of `measure` at the paper's width), "widths" (the same with "width", without sin), and
    "distances" (rows of `distances`). Arrays: x, y_r and the border h on x, f_sym, f_hyper, f_sin (5, seeds, N), and
    the loss maps L (5, Y, N) over the outputs y. Figure 9 reuses Table 1's models where the width is the same.
    ValueError if Figure 9 asks for more seeds than Table 1.
    """
    if sizes.num_width_seeds > sizes.num_seeds:
        raise ValueError(
            f"toy.width_seeds is {sizes.num_width_seeds}, more than toy.seeds, {sizes.num_seeds}: "
            "Figure 9 reuses Table 1's models; raise toy.seeds or lower toy.width_seeds"
        )
    models = all_models(sizes.num_seeds)
    network = train(models, sizes.hidden, training)
    losses_at_hidden = measure(network, models, training.samples)
    narrow_models = all_models(sizes.num_width_seeds, ("sym", "hyper"))
    widths = []
    for width in sizes.widths:
        if width == sizes.hidden:
            kept = [r for r in losses_at_hidden if r["model"] != "sin" and r["seed"] < sizes.num_width_seeds]
        else:
            kept = measure(train(narrow_models, width, training), narrow_models, training.samples)
        widths += [{"width": width, **row} for row in kept]

    x = torch.linspace(-1, 1, 201)
    y = torch.linspace(0.0025, 0.9975, 200)
    outputs = curves(network, models, x)
    numbers = {"losses": losses_at_hidden, "widths": widths, "distances": distances(outputs)}
    arrays = {
        "x": x,
        "y": y,
        "y_r": g(x),
        "h": h(x),
        **{f"f_{kind}": f for kind, f in outputs.items()},
        "L": torch.stack([loss_map(x, y, weights) for weights in WEIGHTINGS]),
    }
    return numbers, {name: array.numpy() for name, array in arrays.items()}
