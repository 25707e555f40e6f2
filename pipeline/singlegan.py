"""The method `singlegan`: what Figure 7 compares SGN with (Section 5.3).

One generator with central biasing instance norm and a one-hot domain code e, one discriminator per output domain,
least-squares GAN, cycle loss 10. Photos are the only input; the output domains are photo and two kinds of pictures:

    L_G = (D_d(G(x, e_d)) - 1)^2 + 10 |G(G(x, e_d), e_A) - x|     for the sample's domain d, drawn uniformly
    L_D = 0.5 * [(D_d(y) - 1)^2 + D_d(G(x, e_d))^2]               for the samples of domain d

The code is a corner S, so everything that asks an SGN for S = (0, 1, 0) can ask a SingleGAN for domain B.

Shape legend: N samples, k output domains. x, y (N, 3, H, W) in [-1, 1], S (N, k) one-hot, losses (N,).
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from pipeline import losses, seeds
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.params import Objective
from pipeline.precision import wide
from pipeline.replay import ReplayBuffer
from pipeline.training import Networks

CYCLE_WEIGHT = 10.0


def networks(
    objectives: tuple[Objective, ...], conditioning: str, width: int, blocks: int, constant_S: tuple[float, ...] | None
) -> Networks:
    """One generator and a discriminator for each output domain; the first domain is also the input's."""
    generator = Generator(width, blocks, conditioning, k=len(objectives))
    return Networks(generator, nn.ModuleDict({o.about: Discriminator(width) for o in objectives}))


class Method:
    """SingleGAN's losses of one training step; the loop in training.py does the rest."""

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
        """Objectives are all adversarial; `alpha`, `constant_S` and `perceptual` have no meaning here."""
        assert all(o.loss == "adversarial" for o in objectives)
        assert constant_S is None
        assert not perceptual
        self.networks, self.seed = networks, seed
        self.domains = [o.about for o in objectives]
        self.buffers = {domain: ReplayBuffer() for domain in self.domains}

    def draw(self, step: int, count: int) -> Tensor:
        """The domain code of a step's samples, one-hot: (count, k)."""
        random = seeds.numpy_generator(self.seed, "S", step)
        return one_hot(torch.from_numpy(random.integers(len(self.domains), size=count)), len(self.domains)).float()

    def generator_loss(self, batch: dict[str, Tensor], S: Tensor) -> tuple[Tensor, dict[str, Tensor], Tensor]:
        """L_G per sample, its parts by name, and G(x, S)."""
        x = batch[self.domains[0]]
        G_x = self.networks.generator(x, S)
        back = torch.zeros_like(S)
        back[:, 0] = 1
        cycle = CYCLE_WEIGHT * losses.mean_per_sample((wide(self.networks.generator(G_x, back)) - x).abs())
        scores = [losses.adversarial(self.networks.discriminators[domain](G_x)) for domain in self.domains]
        # Each sample counts for its own domain only.
        adversarial = (S * torch.stack(scores, 1)).sum(1)
        return adversarial + cycle, {"adversarial": adversarial, "cycle": cycle}, G_x

    def discriminator_loss(self, batch: dict[str, Tensor], S: Tensor, G_x: Tensor, step: int) -> dict[str, Tensor]:
        """L_D per sample for each domain; a fake of the replay buffer counts for the domain that it was made for."""
        L_D = {}
        for i, domain in enumerate(self.domains):
            random = seeds.numpy_generator(self.seed, "replay", domain, step)
            fake, fake_S = self.buffers[domain].exchange(G_x, S, random)
            y = batch[domain]
            D_y, D_fake = self.networks.discriminators[domain](torch.cat([y, fake])).split(len(y))
            L_D[domain] = fake_S[:, i] * losses.discriminator(D_y, D_fake)
        return L_D
