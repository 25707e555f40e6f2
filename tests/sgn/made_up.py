"""Small methods with random networks, for tests that ask what a method makes of given pictures and S."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from pipeline.sgn.model import networks
from pipeline.sgn.model.method import SGN
from pipeline.sgn.model.networks import Networks
from pipeline.sgn.model.objectives import Objective, discriminated
from pipeline.sgn.model.singlegan import SingleGAN
from pipeline.training.method import Update

Objectives = tuple[Objective, ...]
Constant = tuple[float, ...] | None
MODEL1 = (
    Objective("reconstruction", "photo"),
    Objective("adversarial", "vangogh"),
    Objective("perceptual", "udnie"),
)
MODEL3 = (
    Objective("reconstruction", "summer"),
    Objective("adversarial", "winter"),
    Objective("adversarial", "monet"),
)
TWO = MODEL1[:2]
FOUR = (
    Objective("reconstruction", "photo"),
    Objective("adversarial", "vangogh"),
    Objective("perceptual", "udnie"),
    Objective("adversarial", "winter"),
)
SINGLEGAN = ("photo", "ukiyoe", "vangogh")


def udnie(output: Tensor, content: Tensor) -> Tensor:
    """Stands for the perceptual loss, which has its own tests: some number per sample."""
    return ((output - 0.3 * content) ** 2).flatten(1).mean(1)


def sgn(
    objectives: Objectives = MODEL1,
    constant_S: Constant = None,
    perceptual: Callable[[Tensor, Tensor], Tensor] = udnie,
    *,
    start: int = 0,
    seed: int = 0,
    width: int = 4,
    blocks: int = 1,
    learning_rate: float = 1e-3,
) -> SGN:
    """An SGN whose initial weights follow from `start`, and its S from `seed`."""
    torch.manual_seed(start)
    nets = networks.build(discriminated(objectives, constant_S), "ccam", width, blocks, k=len(objectives))
    return SGN(
        nets,
        objectives,
        {"udnie": perceptual},  # type: ignore[dict-item]
        alpha=0.5 if constant_S is None else None,
        constant_S=constant_S,
        seed=seed,
        learning_rate=learning_rate,
    )


def singlegan(domains: tuple[str, ...] = SINGLEGAN, *, start: int = 0, width: int = 4, blocks: int = 1) -> SingleGAN:
    """A SingleGAN whose initial weights follow from `start`."""
    torch.manual_seed(start)
    nets = networks.build(list(domains), "cbn", width, blocks, k=len(domains))
    return SingleGAN(nets, seed=0, learning_rate=1e-3)


def nets(m: SGN | SingleGAN) -> Networks:
    """A method's networks."""
    return Networks(m.G, m.D)


def strong(m: SGN | SingleGAN) -> None:
    """A fresh discriminator's scores are all near 0; from now on these are not."""
    with torch.no_grad():
        for name, p in m.D.named_parameters():
            p.mul_(5).add_(0.2 * name.endswith("bias"))


def pictures(
    domains: list[str] | tuple[str, ...], count: int = 3, dtype: torch.dtype = torch.float32
) -> dict[str, Tensor]:
    """Pictures of 32 pixels for each domain; in float64 numbers that float32 does not hold."""
    random = torch.Generator().manual_seed(2)
    return {domain: torch.rand(count, 3, 32, 32, generator=random, dtype=dtype) * 2 - 1 for domain in domains}


def step(m: SGN | SingleGAN, batch: Mapping[str, Tensor], S: Tensor) -> dict[str, Tensor]:
    """What `updates` takes at the first step, with this S instead of a drawn one."""
    return {**m.draw(0, len(S)), **batch, "S": S}


def generator_update(m: SGN | SingleGAN, batch: Mapping[str, Tensor], S: Tensor) -> Update:
    """The generator's move."""
    update = next(m.updates(step(m, batch, S)))
    m.D.requires_grad_(True)
    assert update.player == "generator"
    return update


def discriminator_losses(
    m: SGN | SingleGAN, batch: Mapping[str, Tensor], S: Tensor, fakes: Tensor
) -> dict[str, Tensor]:
    """L_D by domain for given fakes, at the first step: an empty buffer gives them back."""
    found = m.discriminator_losses(step(m, batch, S), S, fakes)
    return {name.removeprefix("L_D_"): loss for name, loss in found.items()}


class Older:
    """A replay buffer that answers with older fakes, made with another S."""

    def __init__(self, fakes: Tensor, S: Tensor) -> None:
        self.answer, self.size = (fakes, S), 50

    def exchange(self, fakes: Tensor, S: Tensor, plan: Tensor) -> tuple[Tensor, Tensor]:
        return self.answer


def gradient(nets: nn.Module, loss: Tensor) -> list[Tensor]:
    """A loss's gradient to each parameter, zeros where it reaches none."""
    return list(torch.autograd.grad(loss, list(nets.parameters()), materialize_grads=True))
