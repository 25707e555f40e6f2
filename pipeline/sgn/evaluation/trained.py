"""What a run's training left, checked against params.yaml: the networks that evaluation asks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from torch import nn

from pipeline.core import artifacts, tensors
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.sgn.evaluation.measures import TestSet
from pipeline.sgn.model.params import Run, ScaleTrain
from pipeline.sgn.model.translation import load_generator


def generator(
    key: str, seed: int, run: Run, scale: ScaleTrain, alpha: float | None
) -> tuple[Generator, dict[str, Any]]:
    """The generator of one seed and the settings of its training; ValueError if these are not params.yaml's."""
    path = artifacts.network(key, seed, "generator")
    net, trained = load_generator(path, scale.width, scale.blocks, run.conditioning, run.k)
    tensors.check(path, trained, {"alpha": alpha})
    tensors.check(path, trained["run"], run.model_dump(mode="json", exclude={"measured_by", "seeds"}))
    tensors.check(path, trained["scale"], scale.model_dump(mode="json"))
    return net, trained


def discriminators(key: str, seed: int, domains: Sequence[str], width: int) -> nn.ModuleDict:
    """The discriminators of these domains that a training left; ValueError if one is missing or of another width."""
    path = artifacts.network(key, seed, "discriminators")
    held, _ = tensors.read(path)
    nets = nn.ModuleDict({domain: Discriminator(width) for domain in domains})
    tensors.fill(nets, {name: tensor for name, tensor in held.items() if name.split(".")[0] in domains}, path)
    return nets.eval()


def with_discriminators(test: TestSet, key: str, seed: int, run: Run, width: int) -> TestSet:
    """The test set with the run's own discriminators and those that measure it, which can be the same."""

    def read(name: str, domains: list[str]) -> nn.ModuleDict:
        return discriminators(name, seed, domains, width).to(test.x.device)

    own_D = read(key, [o.about for o in run.active if o.loss == "adversarial"])
    if run.measured_by == key:
        return replace(test, D=own_D, own_D=own_D)
    return replace(
        test, own_D=own_D, D=read(run.measured_by, [o.about for o in run.objectives if o.loss == "adversarial"])
    )
