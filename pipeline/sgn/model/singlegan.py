"""The method `singlegan`: what Figure 7 compares SGN with (Section 5.2).

One generator with central biasing instance norm and a one-hot domain code e, one discriminator per output domain,
least-squares GAN, cycle loss 10. Photos are the only input; the output domains are photo and two kinds of pictures:

    L_G = (D_d(G(x, e_d)) - 1)^2 + 10 |G(G(x, e_d), e_A) - x|     for the sample's domain d, drawn uniformly
    L_D = 0.5 * [(D_d(y) - 1)^2 + D_d(G(x, e_d))^2]               for the samples of domain d

The code is a corner S, so everything that asks an SGN for S = (0, 1, 0) can ask a SingleGAN for domain B.

Shape legend: N samples, k output domains. x, y (N, 3, H, W) in [-1, 1], S (N, k) one-hot, losses (N,).
"""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from pipeline.core import seeds
from pipeline.core.precision import wide
from pipeline.networks.losses import discriminator_loss, generator_loss, mean_per_sample
from pipeline.sgn.model import simplex
from pipeline.sgn.model.method import players, replay_plans
from pipeline.sgn.model.networks import Networks
from pipeline.training import replay
from pipeline.training.method import Memory, Player, Update

CYCLE_WEIGHT = 10.0


class SingleGAN:
    """SingleGAN's step: the generator, then the discriminators. The first domain is also the input's."""

    def __init__(self, networks: Networks, *, seed: int, learning_rate: float) -> None:
        self.G, self.D, self.seed = networks.generator, networks.discriminators, seed
        self.sources: Sequence[str] = list(self.D)
        self.modules: Mapping[str, nn.Module] = {"generator": self.G, "discriminators": self.D}
        self.players: Mapping[str, Player] = players(networks, learning_rate)
        self.buffers = {domain: replay.ReplayBuffer() for domain in self.D}
        self.memory: Mapping[str, Memory] = self.buffers

    def draw(self, step: int, count: int) -> dict[str, Tensor]:
        """The domain code of a step's samples, one-hot, as S (count, k), and each replay buffer's plan, (2, count)."""
        random = seeds.numpy_generator(self.seed, "S", step)
        k = len(self.sources)
        S = one_hot(torch.from_numpy(random.integers(k, size=count)), k).float()
        return {"S": S, **replay_plans(self.buffers, self.seed, step, count)}

    def updates(self, batch: Mapping[str, Tensor]) -> Iterator[Update]:
        """The generator's move, then the discriminators'."""
        S = batch["S"]
        self.D.requires_grad_(False)
        adversarial, cycle, G_x = self.generator_losses(batch, S)
        L_G = adversarial + cycle
        yield Update("generator", L_G, {"L_adversarial": adversarial, "L_cycle": cycle, "L_G": L_G})
        self.D.requires_grad_(True)
        L_D = self.discriminator_losses(batch, S, G_x.detach())
        yield Update("discriminators", torch.stack(list(L_D.values())).sum(0), L_D)

    def generator_losses(self, batch: Mapping[str, Tensor], S: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The adversarial and the cycle loss per sample, and G(x, S)."""
        x = batch[self.sources[0]]
        G_x = self.G(x, S)
        back = torch.zeros_like(S)
        back[:, 0] = 1
        cycle = CYCLE_WEIGHT * mean_per_sample((wide(self.G(G_x, back)) - x).abs())
        scores = [generator_loss(self.D[domain](G_x)) for domain in self.D]
        # Each sample counts for its own domain only.
        return (S * torch.stack(scores, 1)).sum(1), cycle, G_x

    def discriminator_losses(self, batch: Mapping[str, Tensor], S: Tensor, G_x: Tensor) -> dict[str, Tensor]:
        """L_D per sample for each domain; a fake of the replay buffer counts for the domain that it was made for."""
        L_D = {}
        for i, domain in enumerate(self.D):
            fake, fake_S = self.buffers[domain].exchange(G_x, S, batch[f"replay {domain}"])
            y = batch[domain]
            D_y, D_fake = self.D[domain](torch.cat([y, fake])).split(len(y))
            L_D[f"L_D_{domain}"] = fake_S[:, i] * discriminator_loss(D_y, D_fake)
        return L_D

    def describe(self, batch: Mapping[str, Tensor], sample: int) -> str:
        """A sample's domain code."""
        return f"S = {simplex.label(batch['S'][sample].tolist())}"
