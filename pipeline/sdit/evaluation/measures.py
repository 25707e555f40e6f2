"""What translations are worth (Section 5): one way for trained networks, untrained ones and the identity.

Shape legend: N test pictures, Z codes for each, d domains, k entries of a code. x, y (N, 3, H, W) in [-1, 1].
"""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, interpolate

from pipeline.core import seeds
from pipeline.networks.vgg16 import VGG16
from pipeline.sdit.evaluation import classifier, lpips
from pipeline.sdit.evaluation.classifier import Classifier
from pipeline.sdit.evaluation.lpips import LPIPS
from pipeline.sdit.model.networks import Networks
from pipeline.sdit.model.pictures import Half


class Translator(Protocol):
    """What is measured: something that translates, may recover codes and may have an attention map."""

    def translate(self, x: Tensor, label: Tensor, z: Tensor) -> Tensor: ...
    def recover(self, y: Tensor) -> Tensor | None: ...
    def attend(self, x: Tensor, label: Tensor) -> Tensor | None: ...


@dataclass(frozen=True)
class Network:
    """A generator and a discriminator, in evaluation's float32, so many pictures at a time."""

    nets: Networks
    batch: int
    code: int

    @torch.no_grad()
    def translate(self, x: Tensor, label: Tensor, z: Tensor) -> Tensor:
        parts = zip(x.split(self.batch), label.split(self.batch), z.split(self.batch), strict=True)
        return torch.cat([self.nets.generator(*part) for part in parts])

    @torch.no_grad()
    def recover(self, y: Tensor) -> Tensor | None:
        return torch.cat([self.nets.discriminator(part)[2] for part in y.split(self.batch)])

    @torch.no_grad()
    def attend(self, x: Tensor, label: Tensor) -> Tensor | None:
        """The attention maps in (0, 1), (N, 1, H, W), enlarged."""
        G = self.nets.generator
        maps = []
        for part, of_part in zip(x.split(self.batch), label.split(self.batch), strict=True):
            a = G.mixed(G.encode(part, of_part), part.new_zeros(len(part), self.code))[1]
            if a is None:
                return None
            maps.append(interpolate(a, size=x.shape[2:], mode="nearest"))
        return torch.cat(maps)


class Identity:
    """Every translation is the input: what a network that does nothing gives."""

    def translate(self, x: Tensor, label: Tensor, z: Tensor) -> Tensor:
        return x

    def recover(self, y: Tensor) -> Tensor | None:
        return None

    def attend(self, x: Tensor, label: Tensor) -> Tensor | None:
        return None


@dataclass(frozen=True)
class Judges:
    """What measures: LPIPS, VGG16, a classifier of real pictures, both halves of a view, and how much is measured.

    `images` test pictures with `codes` codes each; `translated` training pictures for reverse classification, which
    learns in `steps`.
    """

    lpips: LPIPS
    vgg: VGG16
    real: Classifier
    train: Half
    test: Half
    domains: tuple[str, ...]
    exclusive: bool
    images: int
    codes: int
    translated: int
    steps: int
    batch: int


def chosen(half: Half, count: int) -> list[int]:
    """Places of `count` pictures spread over a half, in which the domains stand one after the other."""
    count = min(count, len(half))
    return [place * len(half) // count for place in range(count)]


@torch.no_grad()
def measure(net: Translator, judges: Judges, code: int, seed: int) -> dict[str, Any]:
    """The numbers of results.OfSeed. The codes are the same for every network and seed."""
    places = chosen(judges.test, judges.images)
    device = next(judges.real.parameters()).device
    x = judges.test.tensor()[places].to(device)
    source = torch.from_numpy(judges.test.label[places]).to(device)
    random = seeds.torch_generator(0, "sdit codes")
    z = torch.randn(judges.codes, len(x), code, generator=random).to(device)  # (Z, N, k)
    mask = None if judges.test.mask is None else torch.from_numpy(judges.test.mask[places]).to(device)[:, None]
    found: dict[str, Any] = {"accuracy": {}, "per_input": {}, "over_inputs": {}}
    recovered, codes, kept, changes, maps, cycles = [], [], [], [], [], []
    x_last = _last(judges, x)
    for place, domain in enumerate(judges.domains):
        target = _target(source, place, judges.exclusive)
        y = [net.translate(x, target, z_j) for z_j in z]
        right = [_taken_for(judges, y_j, target, place) for y_j in y]
        found["accuracy"][domain] = float(torch.stack(right).mean())
        features = [lpips.features(judges.lpips, y_j, judges.batch) for y_j in y]
        pairs = [(features[j], features[(j + 1) % len(y)]) for j in range(len(y))]
        found["per_input"][domain] = _mean([lpips.between(a, b) for a, b in pairs])
        rolled = [(a, [F.roll(1, 0) for F in b]) for a, b in pairs]
        found["over_inputs"][domain] = _mean([lpips.between(a, b) for a, b in rolled])
        kept.append(1 - cosine_similarity(_last(judges, y[0]), x_last))
        changes.append((y[0] - x).abs().mean(1, keepdim=True))  # (N, 1, H, W)
        cycles.append((net.translate(y[0], source, z[0]) - x).abs().mean((1, 2, 3)))
        if (answer := net.recover(torch.cat(y))) is not None:
            recovered.append(answer)
            codes.append(z.flatten(0, 1))
        if (a := net.attend(x, target)) is not None:
            maps.append(a)
    change = torch.cat(changes)
    masks = None if mask is None else mask.repeat(len(judges.domains), 1, 1, 1)
    return {
        **found,
        "reverse": reverse(net, judges, code, seed),
        "kept": float(torch.cat(kept).mean()),
        "recovery": correlation(torch.cat(recovered), torch.cat(codes)) if recovered else None,
        "inside": None if masks is None else float(change[masks].mean()),
        "outside": None if masks is None else float(change[~masks].mean()),
        "attention": _attention(torch.cat(maps), masks) if maps else None,
        "cycle": float(torch.cat(cycles).mean()),
    }


def reverse(net: Translator, judges: Judges, code: int, seed: int) -> dict[str, float]:
    """Reverse classification (Section 5): learned from translations of training pictures with the labels that they
    were asked for, judged on all real test pictures. Accuracy by domain."""
    places = chosen(judges.train, judges.translated)
    device = next(judges.real.parameters()).device
    x = judges.train.tensor()[places].to(device)
    label = torch.from_numpy(judges.train.label[places]).to(device)
    random = seeds.torch_generator(seed, "sdit reverse")
    target = label[torch.randperm(len(x), generator=random).to(device)]
    z = torch.randn(len(x), code, generator=random).to(device)
    y = net.translate(x, target, z)
    with torch.enable_grad():
        learned = classifier.learn(y, target, judges.steps, exclusive=judges.exclusive, seed=seed)
    real_x, real_label = judges.test.tensor().to(device), torch.from_numpy(judges.test.label).to(device)
    right = classifier.correct(learned, real_x, real_label, exclusive=judges.exclusive, batch=judges.batch)
    return classifier.by_domain(right, real_label, judges.domains)


def real(judges: Judges) -> dict[str, Any]:
    """The classifier's accuracy on the test half, and LPIPS between two pictures of one domain."""
    device = next(judges.real.parameters()).device
    x, label = judges.test.tensor().to(device), torch.from_numpy(judges.test.label).to(device)
    right = classifier.correct(judges.real, x, label, exclusive=judges.exclusive, batch=judges.batch)
    apart = {}
    for place, domain in enumerate(judges.domains):
        features = lpips.features(judges.lpips, x[label[:, place] > 0][: judges.images], judges.batch)
        apart[domain] = float(lpips.between(features, [F.roll(1, 0) for F in features]).mean())
    return {"accuracy": classifier.by_domain(right, label, judges.domains), "over_inputs": apart}


def correlation(a: Tensor, b: Tensor) -> float:
    """Correlation of each column of (M, k) with the other's, mean over the columns; 0 where one is constant."""
    a, b = (value.double() - value.double().mean(0) for value in (a, b))
    size = (a.square().sum(0) * b.square().sum(0)).sqrt()
    each = torch.where(size > 0, (a * b).sum(0) / size.clamp_min(1e-12), torch.zeros_like(size))
    return float(each.mean())


def _target(source: Tensor, place: int, exclusive: bool) -> Tensor:
    """The labels that ask for a domain: it alone, or the picture's own attributes with this one turned on."""
    target = torch.zeros_like(source) if exclusive else source.clone()
    target[:, place] = 1
    return target


def _taken_for(judges: Judges, y: Tensor, target: Tensor, place: int) -> Tensor:
    if judges.exclusive:
        return classifier.correct(judges.real, y, target, exclusive=True, batch=judges.batch)
    logits = torch.cat([judges.real(part) for part in y.split(judges.batch)])
    return (logits[:, place] > 0).float()


def _last(judges: Judges, x: Tensor) -> Tensor:
    return torch.cat([judges.vgg(part)[3].mean((2, 3)) for part in x.split(judges.batch)])


def _attention(a: Tensor, masks: Tensor | None) -> dict[str, float | None]:
    inside, outside = (None, None) if masks is None else (float(a[masks].mean()), float(a[~masks].mean()))
    return {"inside": inside, "outside": outside, "mean": float(a.mean())}


def _mean(values: list[Tensor]) -> float:
    return float(torch.stack(values).mean())
