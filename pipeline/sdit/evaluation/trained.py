"""What trainings left, checked against params.yaml: the networks and the classifier that evaluation asks."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from pipeline.core import tensors
from pipeline.core.artifacts import VGG16_WEIGHTS
from pipeline.networks.vgg16 import VGG16
from pipeline.sdit.evaluation.classifier import Classifier
from pipeline.sdit.evaluation.lpips import LPIPS
from pipeline.sdit.evaluation.measures import Judges
from pipeline.sdit.model import networks, pictures
from pipeline.sdit.model.networks import Networks
from pipeline.sdit.model.params import Params, Run, ScaleTrain

CLASSIFIERS = Path("models/sdit/classifiers")


def read(p: Params, key: str, seed: int, size: int) -> tuple[Networks, dict[str, Any]]:
    """The networks of one seed and the settings of their training; ValueError if these are not params.yaml's."""
    run = p.run(key)
    nets = networks.initial(run, p.sizes.train, size, len(p.view(run.view).domains), seed=seed)
    trained: dict[str, Any] = {}
    for name, module in (("generator", nets.generator), ("discriminator", nets.discriminator)):
        path = Path("models/sdit") / key / str(seed) / f"{name}.safetensors"
        held, trained = tensors.read(path)
        tensors.fill(module, held, path)
        tensors.check(path, trained["run"], run.model_dump(mode="json", exclude={"seeds"}))
        tensors.check(path, trained["weights"], p.sdit.weights[run.weights].model_dump(mode="json"))
        tensors.check(path, trained["scale"], p.sizes.train.model_dump(mode="json"))
    return nets, trained


def moved(nets: Networks, device: torch.device) -> Networks:
    """The same networks on a device, ready to be asked."""
    for net in (nets.generator, nets.discriminator):
        net.to(device).eval()
    return nets


def judges(p: Params, view: str, real: Classifier, device: torch.device) -> Judges:
    """All that measures translations of a view."""
    sizes, of_view = p.sizes.evaluate, p.view(view)
    return Judges(
        lpips=LPIPS.load().to(device),
        vgg=VGG16.load(VGG16_WEIGHTS).to(device),
        real=real.to(device),
        train=pictures.read(view, "train"),
        test=pictures.read(view, "test"),
        domains=of_view.domains,
        exclusive=of_view.exclusive,
        images=sizes.images,
        codes=sizes.codes,
        translated=sizes.translated,
        steps=sizes.classifier_steps,
        batch=sizes.batch,
    )


def classifier_of(view: str, domains: int) -> Classifier:
    """The classifier that learned a view's real pictures; ValueError if it is missing or another's."""
    path = CLASSIFIERS / f"{view}.safetensors"
    net = Classifier(domains)
    held, _ = tensors.read(path)
    tensors.fill(net, held, path)
    return net.eval()


def parameters(run: Run, sizes: ScaleTrain, size: int, domains: int) -> dict[str, int]:
    """How many numbers the networks learn, each and all, and all with one domain more."""
    nets, more = (networks.initial(run, sizes, size, count, seed=0) for count in (domains, domains + 1))
    counted = {"generator": _count(nets.generator), "discriminator": _count(nets.discriminator)}
    return {
        **counted,
        "all": sum(counted.values()),
        "all with a domain more": _count(more.generator) + _count(more.discriminator),
    }


def _count(net: nn.Module) -> int:
    return sum(value.numel() for value in net.parameters())


def facts(p: Params, key: str, run: Run) -> dict[str, Any]:
    """What a run's file says about its settings."""
    return {
        "run": key,
        "view": run.view,
        "injection": run.injection,
        "attention": run.attention,
        "latent": run.latent,
        "weights": run.weights,
        "scale": p.scale,
        "steps": p.sizes.train.steps,
    }
