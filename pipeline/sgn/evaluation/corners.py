"""Which corner a picture looks like: a classifier that has only seen untouched pictures names translations.

A domain is named by a multinomial logistic regression on channel means of VGG16, trained on the domain's training
pictures. A style is one picture, so it is named by the distance of Gram matrices: a picture has the style if it is
nearer to the style image than 19 of 20 untouched training pictures are; then no domain is asked.

Shape legend: N pictures (N, 3, H, W) in [-1, 1]; c = 960 channels of VGG16's four layers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from pipeline.metrics.features import channel_means
from pipeline.metrics.gram_distance import gram_distances
from pipeline.networks.losses import gram
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation.measures import TestSet
from pipeline.sgn.model.losses import LAYER_WEIGHTS
from pipeline.sgn.model.objectives import Objective

RELU4_3 = 512  # channels, the last of the c
DECAY = 1e-2  # of the regression's weights, for standardised features
RARE = 0.05  # of the untouched training pictures have the style


@dataclass(frozen=True)
class Seen:
    """A set of pictures as VGG16 sees it: channel means (N, c), and by style the Gram distances to it (N,)."""

    means: Tensor
    styles: dict[str, Tensor]

    @property
    def deepest(self) -> Tensor:
        """The means of relu4_3: (N, 512)."""
        return self.means[:, -RELU4_3:]


@dataclass(frozen=True)
class Known:
    """What translations are compared with: the inputs, each domain's training pictures, and who names them.

    `domains`: in the order of the objectives. `inputs`: the test pictures; `ends`: by domain its training pictures.
    `targets`: by style the Gram matrices of its image; `near`: how near a picture must come to have the style.
    """

    domains: tuple[str, ...]
    inputs: Seen
    ends: dict[str, Seen]
    targets: dict[str, list[Tensor]]
    near: dict[str, float]
    centre: Tensor
    spread: Tensor
    weights: Tensor
    held_out: float


def look(vgg: VGG16, x: Tensor, targets: Mapping[str, list[Tensor]], batch: int) -> Seen:
    """Pictures through VGG16 once; `targets` as in `Known`."""
    means, styles = [], {style: [] for style in targets}  # type: tuple[list[Tensor], dict[str, list[Tensor]]]
    with torch.no_grad():
        for part in x.split(batch):
            features = vgg(part)
            means.append(channel_means(features))
            for style, target in targets.items():
                styles[style].append(gram_distances(features, target, LAYER_WEIGHTS))
    return Seen(torch.cat(means), {style: torch.cat(parts) for style, parts in styles.items()})


def learn(
    objectives: tuple[Objective, ...], test: TestSet, references: Mapping[str, Tensor], vgg: VGG16, batch: int
) -> Known:
    """Look at untouched pictures: `references` as measures.read_references gives them, and the test pictures, which
    say how often the domains are named right."""
    with torch.no_grad():
        targets = {o.about: [gram(F) for F in vgg(references[o.about])] for o in objectives if o.loss == "perceptual"}
    domains = tuple(o.about for o in objectives if o.loss != "perceptual")
    ends = {domain: look(vgg, references[domain], targets, batch) for domain in domains}
    X = torch.cat([seen.means for seen in ends.values()])
    labels = torch.cat([torch.full((len(seen.means),), i) for i, seen in enumerate(ends.values())]).to(X.device)
    centre, spread = X.mean(0), X.std(0, correction=0) + 1e-6
    near = {style: float(torch.cat([seen.styles[style] for seen in ends.values()]).quantile(RARE)) for style in targets}
    inputs = look(vgg, test.x, targets, batch)
    weights = regression((X - centre) / spread, labels, len(domains))
    known = Known(domains, inputs, ends, targets, near, centre, spread, weights, held_out=0.0)
    untouched = {
        domain: inputs if domain not in test.y else look(vgg, test.y[domain], targets, batch) for domain in domains
    }
    right = [share(known, seen, domain) for domain, seen in untouched.items()]
    return replace(known, held_out=sum(right) / len(right))


def regression(X: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Weights (d + 1, classes) of the logistic regression of labels (N,) on X (N, d); the last row is the bias."""
    X = torch.cat([X, torch.ones_like(X[:, :1])], 1)
    with torch.enable_grad():
        W = torch.zeros(X.shape[1], classes, dtype=X.dtype, device=X.device, requires_grad=True)
        optimiser = torch.optim.LBFGS([W], max_iter=100, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            optimiser.zero_grad()
            value = cross_entropy(X @ W, labels) + DECAY / 2 * W.square().sum()
            torch.autograd.backward(value)
            return value

        optimiser.step(loss)
    return W.detach()


def names(known: Known, seen: Seen) -> list[str]:
    """The domain or style of each picture; of several styles that are near, the one that it is nearest to."""
    X = (seen.means - known.centre) / known.spread
    domains = (torch.cat([X, torch.ones_like(X[:, :1])], 1) @ known.weights).argmax(1).tolist()
    named = [known.domains[i] for i in domains]
    for n in range(len(named)):
        ratios = {style: float(distances[n]) / known.near[style] for style, distances in seen.styles.items()}
        if ratios and min(ratios.values()) < 1:
            named[n] = min(ratios, key=ratios.__getitem__)
    return named


def share(known: Known, seen: Seen, about: str) -> float:
    """The share of pictures that are named as a domain or style, 0 to 1."""
    named = names(known, seen)
    return named.count(about) / len(named)


def named(known: Known, objectives: tuple[Objective, ...], corners: Mapping[str, Seen]) -> dict[str, object]:
    """What a study says of the corners: results.Named; `corners` by letter the translations at each corner."""
    classes = [o.about for o in objectives]

    def shares(seen: Seen) -> dict[str, float]:
        return {about: share(known, seen, about) for about in classes}

    return {
        "classes": classes,
        "held_out": known.held_out,
        "corner": {letter: shares(seen) for letter, seen in corners.items()},
        "inputs": shares(known.inputs),
    }
