"""A small classifier of domains: it judges translations, and learns from translations to be judged by real pictures.

Shape legend: N pictures (N, 3, H, W) in [-1, 1], d domains.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import relu_

from pipeline.core import seeds
from pipeline.sdit.model import losses

WIDTHS = (3, 16, 32, 64)
BATCH = 32
LEARNING_RATE = 2e-3


class Classifier(nn.Module):
    """Three convolutions that halve the picture, the mean over what is left, and a linear layer: logits (N, d)."""

    def __init__(self, domains: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(into, out, 3, stride=2, padding=1) for into, out in pairwise(WIDTHS))
        self.linear = nn.Linear(WIDTHS[-1], domains)

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = relu_(conv(x))
        logits: Tensor = self.linear(x.mean((2, 3)))
        return logits


def learn(x: Tensor, label: Tensor, steps: int, *, exclusive: bool, seed: int) -> Classifier:
    """A classifier that learned `steps` batches of pictures with labels (N, d), half of them flipped."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seeds.sequence(seed, "sdit classifier").generate_state(1)[0]))
        net = Classifier(label.shape[1]).to(x.device)
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    for step in range(steps):
        random = seeds.numpy_generator(seed, "sdit classifier", step)
        chosen = torch.from_numpy(random.integers(len(x), size=BATCH)).to(x.device)
        flipped = torch.from_numpy(random.integers(2, size=BATCH)).bool().to(x.device)[:, None, None, None]
        batch = torch.where(flipped, x[chosen].flip(3), x[chosen])
        loss = losses.classification(net(batch), label[chosen], exclusive).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval()


@torch.no_grad()
def correct(net: Classifier, x: Tensor, label: Tensor, *, exclusive: bool, batch: int) -> Tensor:
    """How right the classifier is about each picture: 1 or 0 for its one domain, else the fraction of attributes."""
    logits = torch.cat([net(part) for part in x.split(batch)])
    if exclusive:
        return (logits.argmax(1) == label.argmax(1)).float()
    return ((logits > 0) == (label > 0)).float().mean(1)


def by_domain(right: Tensor, label: Tensor, domains: tuple[str, ...]) -> dict[str, float]:
    """The mean over the pictures that have each domain; ValueError for a domain that none has."""
    found = {}
    for place, domain in enumerate(domains):
        has = label[:, place] > 0
        if not has.any():
            raise ValueError(f"none of the {len(label)} pictures is {domain}: nothing can be measured about it")
        found[domain] = float(right[has].mean())
    return found
