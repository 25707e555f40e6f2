"""The method `sgn`: one generator for every weighting of k losses (Sections 3 and 4).

For each sample, S is drawn from a Dirichlet distribution. It is an input of the network, and it weighs the losses:

    L_G = sum_i s_i L_i(G(x, S))                                                      (Equation 1)
    L_D = s_B * 0.5 * [(D(y) - 1)^2 + D(G(x, S))^2]   for each adversarial domain B   (Equation 4, least squares)

A hyper-parameter model is the same network with S held constant. A loss whose weight is 0 is then never computed, so
a model without an adversarial weight has no discriminator.

Shape legend: N samples, k objectives. x, y (N, 3, H, W) in [-1, 1], S (N, k), losses (N,).
"""

import torch
from torch import Tensor, nn

from pipeline import losses, seeds, sym
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.params import Objective
from pipeline.replay import ReplayBuffer
from pipeline.training import Networks


def networks(
    objectives: tuple[Objective, ...], conditioning: str, width: int, blocks: int, constant_S: tuple[float, ...] | None
) -> Networks:
    """Build the networks that the objectives need; a domain whose constant weight is 0 gets no discriminator."""
    domains = [
        o.about for i, o in enumerate(objectives) if o.loss == "adversarial" and (constant_S is None or constant_S[i])
    ]
    generator = Generator(width, blocks, conditioning, k=len(objectives))
    return Networks(generator, nn.ModuleDict({domain: Discriminator(width) for domain in domains}))


class Method:
    """SGN's losses of one training step; the loop in training.py does the rest."""

    def __init__(
        self,
        networks: Networks,
        objectives: tuple[Objective, ...],
        perceptual: dict[str, losses.Perceptual],
        *,
        alpha: float | None,
        constant_S: tuple[float, ...] | None,
        seed: int,
    ) -> None:
        """`perceptual`: the perceptual loss to each style image. S is drawn with `alpha` unless it is constant."""
        self.networks, self.objectives, self.perceptual = networks, objectives, perceptual
        self.alpha, self.constant_S, self.seed = alpha, constant_S, seed
        self.input_domain = objectives[0].about
        self.domains = [self.input_domain, *networks.discriminators]
        self.buffers = {domain: ReplayBuffer() for domain in networks.discriminators}

    def draw(self, step: int, count: int) -> Tensor:
        """S of a step's samples: (count, k)."""
        if self.constant_S is not None:
            return torch.tensor(self.constant_S).expand(count, -1)
        assert self.alpha is not None
        random = seeds.numpy_generator(self.seed, "S", step)
        return torch.from_numpy(sym.dirichlet(self.alpha, len(self.objectives), count, random))

    def generator_loss(self, batch: dict[str, Tensor], S: Tensor) -> tuple[Tensor, dict[str, Tensor], Tensor]:
        """L_G = sum_i s_i L_i per sample, the single L_i by the objectives' letters, and G(x, S)."""
        x = batch[self.input_domain]
        # One pass for the input and the paintings of the identity terms: instance norm makes samples independent.
        others = [batch[domain] for domain in self.networks.discriminators]
        out = self.networks.generator(torch.cat([x, *others]), S.repeat(1 + len(others), 1))
        G_x, *G_y = out.split(len(x))
        G_others = dict(zip(self.networks.discriminators, G_y, strict=True))

        L = {}
        for i, (letter, o) in enumerate(zip("ABC", self.objectives, strict=True)):
            if self.constant_S is not None and self.constant_S[i] == 0:
                continue
            if o.loss == "reconstruction":
                L[letter] = losses.reconstruction(G_x, x)
            elif o.loss == "adversarial":
                score = self.networks.discriminators[o.about](G_x)
                L[letter] = losses.adversarial(score) + losses.identity(G_others[o.about], batch[o.about])
            else:
                L[letter] = self.perceptual[o.about](G_x, x)
        L_G = torch.stack([S[:, "ABC".index(letter)] * L_i for letter, L_i in L.items()]).sum(0)
        return L_G, L, G_x

    def discriminator_loss(self, batch: dict[str, Tensor], S: Tensor, G_x: Tensor, step: int) -> dict[str, Tensor]:
        """L_D per sample for each domain; a fake of the replay buffer brings the s_B of the S that made it."""
        L_D = {}
        for i, o in enumerate(self.objectives):
            if o.loss != "adversarial" or o.about not in self.buffers:
                continue
            random = seeds.numpy_generator(self.seed, "replay", o.about, step)
            fake, fake_S = self.buffers[o.about].exchange(G_x, S, random)
            y = batch[o.about]
            D_y, D_fake = self.networks.discriminators[o.about](torch.cat([y, fake])).split(len(y))
            L_D[o.about] = fake_S[:, i] * losses.discriminator(D_y, D_fake)
        return L_D
