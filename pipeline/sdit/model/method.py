"""The method `sdit`: many domains and many outputs with one generator (Equation 6.8), and StarGAN as a case of it.

    L_G = gan L_adv + cls L_FAKE + lat L_LAT + rec L_REC        y = G(E(x, t), M(z)), x' = G(E(y, s), M(z))
    L_D = gan L_adv + cls L_REAL + lat L_LAT

s is the picture's label, t another picture's of the batch. F_rec is a head of D, so both moves bring L_LAT down;
6.8 is printed as one min max over a sum, of which D would have to raise L_REAL. A weight of 0 leaves its loss out.

Shape legend: N samples, d domains, k entries of z, m moves of D. x, y (N, 3, H, W) in [-1, 1], labels (N, d), z
(m, N, k), losses (N,).
"""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from pipeline.core import seeds
from pipeline.networks.losses import discriminator_loss, generator_loss
from pipeline.sdit.model import losses
from pipeline.sdit.model.networks import Networks
from pipeline.sdit.model.params import Weights
from pipeline.training.method import Memory, Player, Update

BETAS = (0.5, 0.999)  # of Adam (Section 4)


class SDIT:
    """SDIT's step: the generator (E, M, both branches, decoder), then the discriminator `critic` times."""

    sources: Sequence[str] = ("x", "label")

    def __init__(
        self,
        networks: Networks,
        weights: Weights,
        *,
        latent: bool,
        exclusive: bool,
        code: int,
        critic: int,
        seed: int,
        learning_rate: float,
    ) -> None:
        """`latent`: whether L_LAT is there; `exclusive`: whether a picture has exactly one domain."""
        self.G, self.D = networks.generator, networks.discriminator
        self.weights, self.lat = weights, weights.lat if latent else 0.0
        self.exclusive, self.code, self.critic, self.seed = exclusive, code, critic, seed
        self.modules: Mapping[str, nn.Module] = {"generator": self.G, "discriminator": self.D}
        self.players: Mapping[str, Player] = {
            name: Player(list(module.parameters()), learning_rate, BETAS) for name, module in self.modules.items()
        }
        self.memory: Mapping[str, Memory] = {}

    def draw(self, step: int, count: int) -> dict[str, Tensor]:
        """For each move of D (the first is also the generator's) codes z (m, N, k), and whose label each sample takes
        for its target, (m, N)."""
        random = seeds.numpy_generator(self.seed, "sdit", step)
        z = random.standard_normal((self.critic, count, self.code), dtype="float32")
        others = torch.stack([torch.from_numpy(random.permutation(count)) for _ in range(self.critic)])
        return {"z": torch.from_numpy(z), "others": others}

    def updates(self, batch: Mapping[str, Tensor]) -> Iterator[Update]:
        """The generator's move, then the discriminator's."""
        x, label = batch["x"], batch["label"]
        z, target = batch["z"][0], label[batch["others"][0]]
        self.D.requires_grad_(False)  # the generator's move needs no gradient of D's parameters
        parts, y = self.generator_losses(x, label, target, z)
        yield Update("generator", parts["L_G"], parts)
        self.D.requires_grad_(True)
        y = y.detach()
        for move in range(self.critic):
            if move > 0:
                z, target = batch["z"][move], label[batch["others"][move]]
                with torch.no_grad():
                    y = self.G(x, target, z)
            parts = self.discriminator_losses(x, label, y, z)
            yield Update("discriminator", parts["L_D"], parts)

    def generator_losses(self, x: Tensor, label: Tensor, target: Tensor, z: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Each loss of the generator by name, L_G their weighted sum, and y."""
        w = self.weights
        y = self.G(x, target, z)
        source, domain, code = self.D(y)
        parts = {
            "L_adv": generator_loss(source),
            "L_FAKE": losses.classification(domain, target, self.exclusive),
            "L_REC": losses.reconstruction(self.G(y, label, z), x),
        }
        L_G = w.gan * parts["L_adv"] + w.cls * parts["L_FAKE"] + w.rec * parts["L_REC"]
        if self.lat > 0:
            parts["L_LAT"] = losses.latent(code, z)
            L_G = L_G + self.lat * parts["L_LAT"]
        return {**parts, "L_G": L_G}, y

    def discriminator_losses(self, x: Tensor, label: Tensor, y: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Each loss of the discriminator by name, L_D their weighted sum."""
        w = self.weights
        # One pass for both: the discriminator has no norm, so samples are independent.
        source, domain, code = self.D(torch.cat([x, y]))
        real, fake = source.split(len(x))
        parts = {
            "L_D_adv": discriminator_loss(real, fake),
            "L_REAL": losses.classification(domain[: len(x)], label, self.exclusive),
        }
        L_D = w.gan * parts["L_D_adv"] + w.cls * parts["L_REAL"]
        if self.lat > 0:
            L_D = L_D + self.lat * losses.latent(code[len(x) :], z)
        return {**parts, "L_D": L_D}

    def describe(self, batch: Mapping[str, Tensor], sample: int) -> str:
        """A sample's label and code."""
        return f"label {batch['label'][sample].tolist()} and z = {batch['z'][0, sample].tolist()}"
