"""The method `sgn`: one generator for every weighting of k losses (Sections 3 and 4).

For each sample, S is drawn from a Dirichlet distribution. It is an input of the network, and it weighs the losses:

    L_G = sum_i s_i L_i(G(x, S))                                                      (Equation 1)
    L_D = s_B * 0.5 * [(D(y) - 1)^2 + D(G(x, S))^2]   for each adversarial domain B   (Equation 4, least squares)

A hyper-parameter model is the same network with S held constant. A loss whose weight is 0 is then never computed, so
a model without an adversarial weight has no discriminator.

Shape legend: N samples, k objectives. x, y (N, 3, H, W) in [-1, 1], S (N, k), losses (N,).
"""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from pipeline.core import seeds
from pipeline.networks.losses import discriminator_loss, generator_loss
from pipeline.sgn.model import losses, simplex
from pipeline.sgn.model.networks import Networks
from pipeline.sgn.model.objectives import Objective, by_letter
from pipeline.training import replay
from pipeline.training.method import Memory, Player, Update

BETAS = (0.5, 0.999)  # of Adam (authors' code)


class SGN:
    """SGN's step: the generator against the weighted losses, then the discriminators."""

    def __init__(
        self,
        networks: Networks,
        objectives: tuple[Objective, ...],
        perceptual: dict[str, losses.Perceptual],
        *,
        alpha: float | None,
        constant_S: tuple[float, ...] | None,
        seed: int,
        learning_rate: float,
    ) -> None:
        """`perceptual` by what each perceptual objective is about; of `alpha` and `constant_S` one is None."""
        self.G, self.D = networks.generator, networks.discriminators
        self.objectives, self.perceptual = objectives, perceptual
        self.alpha, self.constant_S, self.seed = alpha, constant_S, seed
        self.input_domain = objectives[0].about
        self.sources: Sequence[str] = [self.input_domain, *self.D]
        self.modules: Mapping[str, nn.Module] = {"generator": self.G, "discriminators": self.D}
        self.players: Mapping[str, Player] = players(networks, learning_rate)
        self.buffers = {domain: replay.ReplayBuffer() for domain in self.D}
        self.memory: Mapping[str, Memory] = self.buffers

    def draw(self, step: int, count: int) -> dict[str, Tensor]:
        """S of a step's samples, (count, k), and each replay buffer's plan, (2, count)."""
        return {"S": self._draw_S(step, count), **replay_plans(self.buffers, self.seed, step, count)}

    def _draw_S(self, step: int, count: int) -> Tensor:
        if self.constant_S is not None:
            return torch.tensor([self.constant_S] * count)  # not an expanded row, which has no pinned copy
        assert self.alpha is not None
        random = seeds.numpy_generator(self.seed, "S", step)
        return torch.from_numpy(simplex.dirichlet(self.alpha, len(self.objectives), count, random))

    def updates(self, batch: Mapping[str, Tensor]) -> Iterator[Update]:
        """The generator's move, then the discriminators'."""
        S = batch["S"]
        self.D.requires_grad_(False)  # the generator's move needs no gradient of D's parameters
        L, G_x = self.generator_losses(batch, S)
        s = dict(zip(by_letter(self.objectives), S.unbind(1), strict=True))
        L_G = torch.stack([s[letter] * L_i for letter, L_i in L.items()]).sum(0)
        yield Update("generator", L_G, {**{f"L_{letter}": L_i for letter, L_i in L.items()}, "L_G": L_G})
        self.D.requires_grad_(True)
        if len(self.D) > 0:
            L_D = self.discriminator_losses(batch, S, G_x.detach())
            yield Update("discriminators", torch.stack(list(L_D.values())).sum(0), L_D)

    def generator_losses(self, batch: Mapping[str, Tensor], S: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """L_i per sample by the objectives' letters, and G(x, S)."""
        x = batch[self.input_domain]
        # One pass for the input and the paintings of the identity terms: instance norm makes samples independent.
        others = [batch[domain] for domain in self.D]
        out = self.G(torch.cat([x, *others]), S.repeat(1 + len(others), 1))
        G_x, *G_y = out.split(len(x))
        G_others = dict(zip(self.D, G_y, strict=True))

        L = {}
        for i, (letter, o) in enumerate(by_letter(self.objectives).items()):
            if self.constant_S is not None and self.constant_S[i] == 0:
                continue
            if o.loss == "reconstruction":
                L[letter] = losses.reconstruction(G_x, x)
            elif o.loss == "adversarial":
                L[letter] = generator_loss(self.D[o.about](G_x)) + losses.identity(G_others[o.about], batch[o.about])
            else:
                L[letter] = self.perceptual[o.about](G_x, x)
        return L, G_x

    def discriminator_losses(self, batch: Mapping[str, Tensor], S: Tensor, G_x: Tensor) -> dict[str, Tensor]:
        """L_D per sample for each domain; a fake of the replay buffer brings the s_B of the S that made it."""
        L_D = {}
        for i, o in enumerate(self.objectives):
            if o.loss != "adversarial" or o.about not in self.buffers:
                continue
            fake, fake_S = self.buffers[o.about].exchange(G_x, S, batch[f"replay {o.about}"])
            y = batch[o.about]
            D_y, D_fake = self.D[o.about](torch.cat([y, fake])).split(len(y))
            L_D[f"L_D_{o.about}"] = fake_S[:, i] * discriminator_loss(D_y, D_fake)
        return L_D

    def describe(self, batch: Mapping[str, Tensor], sample: int) -> str:
        """A sample's S."""
        return f"S = {simplex.label(batch['S'][sample].tolist())}"


def players(networks: Networks, learning_rate: float) -> dict[str, Player]:
    """The generator, and the discriminators where there are any."""
    nets: dict[str, nn.Module] = {"generator": networks.generator, "discriminators": networks.discriminators}
    moved = {name: list(net.parameters()) for name, net in nets.items()}
    return {name: Player(parameters, learning_rate, BETAS) for name, parameters in moved.items() if parameters}


def replay_plans(buffers: Mapping[str, replay.ReplayBuffer], seed: int, step: int, count: int) -> dict[str, Tensor]:
    """What each domain's buffer exchanges in a step, by the names under which `updates` finds it."""
    return {
        f"replay {domain}": replay.plan(step, count, seeds.numpy_generator(seed, "replay", domain, step), buffer.size)
        for domain, buffer in buffers.items()
    }
