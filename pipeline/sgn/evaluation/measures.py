"""The losses of a trained generator on the test set, at given S (Section 5.2, Table 3).

The same formulas as in training, in float32, without gradients. S weighs nothing here but enters the network: each
L_i is reported as it is, and L_G = sum_i s_i L_i.

Shape legend: N pictures. x, y (N, 3, H, W) in [-1, 1]; losses (N,).
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from pipeline.core import artifacts
from pipeline.core.pictures import centre, to_tensor
from pipeline.networks.generator import Generator
from pipeline.networks.losses import generator_loss
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import losses
from pipeline.sgn.model.objectives import Objective, by_letter
from pipeline.sgn.model.translation import translate

if TYPE_CHECKING:  # what a run is, is for those who read params.yaml; losses can be measured without
    from pipeline.sgn.model.params import Run


@dataclass(frozen=True)
class TestSet:
    """What a run's losses are measured on.

    `x`: input pictures. `y`: for each adversarial domain as many pictures as x, for the identity term. By what the
    objectives are about: `D`, the discriminators that measure the adversarial losses; `own_D`, the run's own
    discriminators, where it has them; the perceptual losses.
    """

    x: Tensor
    y: dict[str, Tensor]
    D: nn.ModuleDict
    own_D: nn.ModuleDict
    perceptual: dict[str, losses.Perceptual]

    def first(self, count: int) -> "TestSet":
        """The same with the first `count` pictures only."""
        return replace(self, x=self.x[:count], y={domain: y[:count] for domain, y in self.y.items()})


def pair(y: Tensor, count: int) -> Tensor:
    """As many pictures as there are inputs, in order and again from the start: the paper does not say which."""
    return y[torch.arange(count) % len(y)]


def read_test_set(run: "Run", images: int, vgg: VGG16, device: torch.device) -> TestSet:
    """The first `images` test pictures of a run's domains and its style images; discriminators come with a seed.

    ValueError if the domains' pictures differ in size, or are of a size that the generator cannot give back.
    """
    x = to_tensor(artifacts.read_packed(artifacts.test_pictures(run.input_domain), multiple=4)[:images])
    side = x.shape[-1]
    y, perceptual = {}, {}
    for o in run.objectives:
        if o.loss == "adversarial":
            pictures = artifacts.read_packed(artifacts.test_pictures(o.about), side)
            y[o.about] = pair(to_tensor(pictures[:images]), len(x)).to(device)
        elif o.loss == "perceptual":
            assert run.style_weight is not None
            perceptual[o.about] = losses.Perceptual(vgg, _style(o.about).to(device), run.style_weight)
    return TestSet(x.to(device), y, nn.ModuleDict(), nn.ModuleDict(), perceptual)


def read_references(run: "Run", x: Tensor) -> dict[str, Tensor]:
    """What the corners are compared with: the style image, or as many training pictures of the domain as inputs x.

    Training pictures, because the inputs are the test pictures, and because some test sets are tiny.
    """
    references = {}
    for o in run.objectives:
        if o.loss == "perceptual":
            references[o.about] = _style(o.about).to(x.device)
        else:
            path, side = artifacts.train_pictures(o.about), x.shape[-1]
            pictures = artifacts.read_packed(path)
            if pictures.shape[1] < side:
                raise artifacts.unusable(
                    path, f"holds pictures of {pictures.shape[1]} pixels, the test pictures have {side}"
                )
            references[o.about] = to_tensor(centre(pictures[: len(x)], side)).to(x.device)
    return references


def count_test_pictures(domain: str) -> int:
    """How many test pictures a domain has."""
    return len(artifacts.read_packed(artifacts.test_pictures(domain)))


def _style(name: str) -> Tensor:
    return to_tensor(artifacts.read_packed(artifacts.style_picture(name))[None])


@torch.no_grad()
def losses_at(
    generator: Generator, objectives: tuple[Objective, ...], test: TestSet, S: tuple[float, ...], batch: int
) -> dict[str, Any]:
    """Mean L_i over the test set at one S, by the objectives' letters under "L", and L_G.

    Also, under "own", each adversarial L_i by letter as the run's own discriminator measures it; null where the run
    has none, because the domain's weight was 0 in its training.
    """
    G_x = translate(generator, test.x, S, batch)
    means: dict[str, float] = {}
    own: dict[str, float | None] = {}
    for letter, o in by_letter(objectives).items():
        if o.loss == "reconstruction":
            L = losses.reconstruction(G_x, test.x)
        elif o.loss == "adversarial":
            y = test.y[o.about]
            identity = losses.identity(translate(generator, y, S, batch), y)
            L = _score(test.D[o.about], G_x, batch) + identity
            own[letter] = None
            if o.about in test.own_D:
                own[letter] = float((_score(test.own_D[o.about], G_x, batch) + identity).double().mean())
        else:
            per, parts = test.perceptual[o.about], zip(G_x.split(batch), test.x.split(batch), strict=True)
            L = torch.cat([per(output, content) for output, content in parts])
        means[letter] = float(L.double().mean())
    L_G = sum(s * L_i for s, L_i in zip(S, means.values(), strict=True))
    return {"L": means, "L_G": L_G, "own": own}


def _score(discriminator: nn.Module, G_x: Tensor, batch: int) -> Tensor:
    return torch.cat([generator_loss(discriminator(part)) for part in G_x.split(batch)])
