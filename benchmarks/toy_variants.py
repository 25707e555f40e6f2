"""What moves Table 1: the toy problem under every reading that the paper leaves open (see docs/toy.md).

`python -m benchmarks.toy_variants [NAME ...]` trains Sym and the five Hyper models for each variant and prints two
Markdown tables. The loop here is written apart from pipeline/sgn/toy.py, with autograd, AdamW and its own random
numbers, so that its first row is also a check of the pipeline's Table 1.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from pipeline.sgn import toy
from pipeline.sgn.paper.table1 import PAPER

WEIGHTINGS = torch.tensor(list(PAPER))  # (5, 2)
PUBLISHED = torch.tensor([[PAPER[w][model] for w in PAPER] for model in ("sym", "hyper")])  # (2, 5, 3)


@dataclass(frozen=True)
class Variant:
    """One reading of the problem. The defaults are pipeline.sgn.toy's."""

    samples: int = 100
    x: str = "even"  # even, without the right end, random (once), fresh (each epoch)
    replacement: bool = False  # batches drawn with replacement
    batch: int = 16
    drop_last: bool = False
    S: str = "dirichlet"  # dirichlet, per batch, once, table (the five weightings), mirrored
    alpha: float = 0.5
    S_per_x: int = 1  # how many S every x of a batch meets
    weighting: str = "sample"  # sample, batch (mean weight times mean loss), normalised (weighted means)
    S_input: str = "S"  # S, s_r (first weight only), centred (2 S - 1), every layer
    x_scale: float = 1.0
    init: str = "he"  # he, he uniform, xavier, pytorch
    layers: int = 3
    activation: Callable[[Tensor], Tensor] = torch.relu
    clamped: bool = False  # a linear output, clamped for the cross-entropy, instead of a sigmoid
    epochs: tuple[int, ...] = (200, 200, 100)
    rates: tuple[float, ...] = (0.01, 0.001, 0.0001)
    cosine: bool = False
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    amsgrad: bool = False
    weight_decay: float = 0.0
    measured_on: int = 100
    mean_of_last: int = 0  # losses averaged over the last epochs instead of after the last


VARIANTS: dict[str, Variant] = {
    "default": Variant(),
    "init: PyTorch's Linear": Variant(init="pytorch"),
    "init: Xavier uniform": Variant(init="xavier"),
    "init: He uniform": Variant(init="he uniform"),
    "50 samples": Variant(samples=50),
    "200 samples": Variant(samples=200),
    "1,000 samples, 10 times the steps": Variant(samples=1000),
    "1,000 samples, a tenth of the epochs": Variant(samples=1000, epochs=(20, 20, 10)),
    "x without the right end": Variant(x="without the right end"),
    "x random, once": Variant(x="random"),
    "x random, each epoch": Variant(x="fresh"),
    "batches with replacement": Variant(replacement=True),
    "last small batch dropped": Variant(drop_last=True),
    "batch 8": Variant(batch=8),
    "batch 32": Variant(batch=32),
    "full batch": Variant(batch=100),
    "S once per batch": Variant(S="per batch"),
    "S once per sample for good": Variant(S="once"),
    "S and its mirror in turn": Variant(S="mirrored"),
    "S from the table's five": Variant(S="table"),
    "4 S for each x (64 per batch)": Variant(S_per_x=4),
    "16 S for each x (256 per batch)": Variant(S_per_x=16),
    "alpha 0.25": Variant(alpha=0.25),
    "alpha 0.75": Variant(alpha=0.75),
    "alpha 1": Variant(alpha=1.0),
    "alpha 2": Variant(alpha=2.0),
    "weights averaged over the batch": Variant(weighting="batch"),
    "weights normalised over the batch": Variant(weighting="normalised"),
    "input s_r only": Variant(S_input="s_r"),
    "input 2 S - 1": Variant(S_input="centred"),
    "S into every layer": Variant(S_input="every layer"),
    "input 3 x": Variant(x_scale=3.0),
    "2 hidden layers": Variant(layers=2),
    "4 hidden layers": Variant(layers=4),
    "tanh": Variant(activation=torch.tanh),
    "leaky ReLU": Variant(activation=lambda a: F.leaky_relu(a, 0.2)),
    "linear output, clamped": Variant(clamped=True),
    "Adam beta_1 0.5": Variant(betas=(0.5, 0.999)),
    "Adam beta_2 0.99": Variant(betas=(0.9, 0.99)),
    "Adam eps 1e-4": Variant(eps=1e-4),
    "AMSGrad": Variant(amsgrad=True),
    "weight decay 1e-2 (AdamW)": Variant(weight_decay=1e-2),
    "learning rate 0.01 throughout": Variant(rates=(0.01, 0.01, 0.01)),
    "learning rate 0.001 throughout": Variant(rates=(0.001, 0.001, 0.001)),
    "learning rate by cosine": Variant(cosine=True),
    "losses: mean of the last 100 epochs": Variant(mean_of_last=100),
    "losses on 1,000 x": Variant(measured_on=1000),
}


def study(v: Variant, sym_seeds: int, hyper_seeds: int) -> tuple[Tensor, Tensor]:
    """Train a variant; L, L_r, L_c of every Sym (seeds, 5, 3) and every Hyper model (seeds, 5, 3)."""
    random = torch.Generator().manual_seed(1)
    M = sym_seeds + 5 * hyper_seeds
    is_sym = torch.arange(M) < sym_seeds
    fixed = torch.cat([torch.zeros(sym_seeds, 2), WEIGHTINGS.repeat(hyper_seeds, 1)])  # (M, 2)
    network = _initial(v, is_sym, random)
    adam = torch.optim.AdamW(
        network, betas=v.betas, eps=v.eps, weight_decay=v.weight_decay, amsgrad=v.amsgrad, fused=True
    )
    schedule = [rate for rate, n in zip(v.rates, v.epochs, strict=True) for _ in range(n)]
    if v.cosine:
        schedule = [0.005 * (1 + math.cos(math.pi * i / len(schedule))) for i in range(len(schedule))]
    x = _samples(v, M, random)
    kept_S = _S(v, M, v.samples, random)
    measured = []
    for epoch, rate in enumerate(schedule):
        adam.param_groups[0]["lr"] = rate
        if v.x == "fresh":
            x = _samples(v, M, random)
        order = torch.rand(M, v.samples, generator=random).argsort(1)
        if v.replacement:
            order = torch.randint(v.samples, (M, v.samples), generator=random)
        if v.S == "once":
            S = kept_S.gather(1, order[..., None].expand(-1, -1, 2))
        else:
            S = _S(v, M, v.samples * v.S_per_x, random)
        shuffled = x.gather(1, order).repeat_interleave(v.S_per_x, dim=1)
        step = v.batch * v.S_per_x
        for x_b, S_b in zip(shuffled.split(step, dim=1), S.split(step, dim=1), strict=True):
            if v.drop_last and x_b.shape[1] < step:
                break
            w = torch.where(is_sym[:, None, None], S_b, fixed[:, None])
            L_r, L_c = _losses(v, _forward(v, network, x_b, S_b * is_sym[:, None, None]), x_b)
            w_r, w_c = w.unbind(2)
            if v.weighting == "sample":
                L = (w_r * L_r + w_c * L_c).mean(1)
            elif v.weighting == "batch":
                L = w_r.mean(1) * L_r.mean(1) + w_c.mean(1) * L_c.mean(1)
            else:
                L = (w_r * L_r).sum(1) / (w_r.sum(1) + 1e-8) + (w_c * L_c).sum(1) / (w_c.sum(1) + 1e-8)
            adam.zero_grad()
            L.sum().backward()
            adam.step()
        if epoch >= len(schedule) - max(v.mean_of_last, 1):
            measured.append(_measure(v, network, is_sym))
    losses = torch.stack(measured).mean(0)  # (5 S, M, 3)
    sym = losses[:, :sym_seeds].transpose(0, 1)
    hyper = losses[:, sym_seeds:].unflatten(1, (hyper_seeds, 5)).diagonal(dim1=0, dim2=2).permute(0, 2, 1)
    return sym, hyper


def _initial(v: Variant, is_sym: Tensor, random: torch.Generator) -> list[Tensor]:
    M, hidden = len(is_sym), 64
    num_S = 1 if v.S_input == "s_r" else 2
    extra = num_S if v.S_input == "every layer" else 0
    network = []
    for layer in range(v.layers + 1):
        fan_in = 1 + num_S if layer == 0 else hidden + extra
        fan_out = hidden if layer < v.layers else 1
        # A hyper model has no S among its inputs.
        real = torch.full((M,), float(fan_in))
        real[~is_sym] -= num_S if layer == 0 else extra
        uniform = 2 * torch.rand(M, fan_in, fan_out, generator=random) - 1
        bias = torch.zeros(M, 1, fan_out)
        if v.init == "he":
            W = torch.randn(M, fan_in, fan_out, generator=random) * (2 / real)[:, None, None].sqrt()
        elif v.init == "he uniform":
            W = uniform * (6 / real)[:, None, None].sqrt()
        elif v.init == "xavier":
            W = uniform * (6 / (real + fan_out))[:, None, None].sqrt()
        else:
            W = uniform / real[:, None, None].sqrt()
            bias = (2 * torch.rand(M, 1, fan_out, generator=random) - 1) / real[:, None, None].sqrt()
        network += [W.requires_grad_(), bias.requires_grad_()]
    return network


def _samples(v: Variant, M: int, random: torch.Generator) -> Tensor:
    if v.x == "even":
        return torch.linspace(-1, 1, v.samples).expand(M, -1)
    if v.x == "without the right end":
        return (2 * torch.arange(v.samples) / v.samples - 1).expand(M, -1)
    return 2 * torch.rand(M, v.samples, generator=random) - 1


def _S(v: Variant, M: int, count: int, random: torch.Generator) -> Tensor:
    if v.S == "table":
        return WEIGHTINGS[torch.randint(5, (M, count), generator=random)]
    step = v.batch if v.S == "per batch" else 2 if v.S == "mirrored" else 1
    draws = -(-count // step)
    gamma = torch._standard_gamma(torch.full((M, draws, 2), v.alpha, dtype=torch.float64), generator=random)
    S = (gamma / gamma.sum(2, keepdim=True)).float()
    pairs = torch.stack([S, S.flip(2)], dim=2).flatten(1, 2)
    return (pairs if v.S == "mirrored" else S.repeat_interleave(step, dim=1))[:, :count]


def _forward(v: Variant, network: list[Tensor], x: Tensor, S: Tensor) -> Tensor:
    s = {"s_r": S[..., :1], "centred": torch.where(S.sum(2, keepdim=True) > 0, 2 * S - 1, S)}.get(v.S_input, S)
    a = torch.cat([v.x_scale * x.unsqueeze(2), s], dim=2)
    for layer in range(v.layers + 1):
        if layer > 0 and v.S_input == "every layer":
            a = torch.cat([a, s], dim=2)
        a = torch.baddbmm(network[2 * layer + 1], a, network[2 * layer])
        if layer < v.layers:
            a = v.activation(a)
    return a.squeeze(2)


def _losses(v: Variant, z: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    if not v.clamped:
        return toy.losses(z, x)
    y_r, y_c = toy.labels(x)
    return (z - y_r) ** 2, 0.2 * F.binary_cross_entropy(z.clamp(1e-6, 1 - 1e-6), y_c, reduction="none")


@torch.no_grad()
def _measure(v: Variant, network: list[Tensor], is_sym: Tensor) -> Tensor:
    x = torch.linspace(-1, 1, v.measured_on).expand(len(is_sym), -1)
    rows = []
    for w in WEIGHTINGS:
        S = (w * is_sym[:, None, None]).expand(-1, v.measured_on, -1)
        L_r, L_c = (loss.mean(1) for loss in _losses(v, _forward(v, network, x, S), x))
        rows.append(torch.stack([w[0] * L_r + w[1] * L_c, L_r, L_c], dim=1))
    return torch.stack(rows)


def main() -> None:
    """Train the named variants (all without a name) and print them as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="variants; all without a name")
    parser.add_argument("--seeds", type=int, default=12, help="seeds of Sym")
    parser.add_argument("--hyper-seeds", type=int, default=3, help="seeds of each Hyper model")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in VARIANTS]
    if unknown:
        parser.error(f"no variant {unknown[0]!r}; known are: {'; '.join(VARIANTS)}")
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    print("| variant | Sym L_r at (.25, .75): mean, std, smallest, largest | mean abs. difference | cells > 0.005 |")
    print("|---|---|---|---|")
    details = []
    for name in arguments.names or VARIANTS:
        sym, hyper = study(VARIANTS[name], arguments.seeds, arguments.hyper_seeds)
        means = torch.stack([sym.mean(0), hyper.mean(0)])  # (2, 5, 3)
        off = (means - PUBLISHED).abs()
        one = sym[:, 3, 1]
        spread = f"{one.mean():.3f}, {one.std():.3f}, {one.min():.3f}, {one.max():.3f}"
        print(f"| {name} | {spread} | {off.mean():.4f} | {int((off > 0.005).sum())} |", flush=True)
        for model, numbers in zip(("Sym", "Hyper"), means, strict=True):
            cells = (" ".join(f"{value:.4f}" for value in numbers[:, column]) for column in range(3))
            details.append(f"| {name} | {model} | " + " | ".join(cells) + " |")
    print("\n| variant | model | L at the five weightings | L_r | L_c |\n|---|---|---|---|---|")
    print("\n".join(details))


if __name__ == "__main__":
    main()
