"""Small settings and made-up results that SDIT's tests share."""

from typing import Any

import torch
from torch import Tensor

from pipeline.core import results
from pipeline.sdit.model import networks
from pipeline.sdit.model.networks import Networks
from pipeline.sdit.model.params import Run, ScaleTrain
from pipeline.sdit.results import RunResult
from pipeline.sdit.weights import KERNELS

SIZES = ScaleTrain(
    width=4,
    blocks=1,
    code=8,
    hidden=16,
    batch=4,
    steps=2,
    critic=1,
    learning_rate=1e-3,
    log_every=1,
    sample_every=1,
)
SIZE = 16


def run(injection: str = "cin", attention: bool = True, latent: bool = True) -> Run:
    return Run.model_validate(
        {
            "view": "objects",
            "injection": injection,
            "attention": attention,
            "latent": latent,
            "weights": "middle",
            "seeds": "all",
        }
    )


def nets(of: Run, domains: int = 4, sizes: ScaleTrain = SIZES, size: int = SIZE) -> Networks:
    return networks.initial(of, sizes, size, domains, seed=0)


def batch(count: int = 3, domains: int = 4) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures, labels and codes."""
    label = torch.eye(domains)[torch.arange(count) % domains]
    return torch.rand(count, 3, SIZE, SIZE) * 2 - 1, label, torch.randn(count, SIZES.code)


def result(key: str, *of_seeds: dict[str, Any]) -> RunResult:
    """A run's file whose seeds differ from a plain one in what is given."""
    domains = {"yellow": 0.9, "blue": 0.9}
    plain: dict[str, Any] = {
        "accuracy": domains,
        "per_input": {"yellow": 0.1, "blue": 0.1},
        "over_inputs": {"yellow": 0.3, "blue": 0.3},
        "reverse": domains,
        "kept": 0.1,
        "recovery": 0.8,
        "inside": 0.4,
        "outside": 0.05,
        "attention": {"inside": 0.8, "outside": 0.1, "mean": 0.3},
        "cycle": 0.1,
    }
    return results.of(
        RunResult,
        {
            "run": key,
            "view": "objects",
            "injection": "cin",
            "attention": True,
            "latent": True,
            "weights": "middle",
            "scale": "smoke",
            "steps": 6,
            "precision": "fp32",
            "pictures": {},
            "parameters": {"generator": 900, "discriminator": 100, "all": 1000, "all with a domain more": 1001},
            "seeds": {str(seed): plain | changes for seed, changes in enumerate(of_seeds)},
        },
    )


def lpips_weights() -> dict[str, Tensor]:
    """Random weights by LPIPS's names, scaled so that features keep their size."""
    random, weights = torch.Generator().manual_seed(5), {}
    for number, (out, into, side) in enumerate(KERNELS):
        scale = (2 / (into * side * side)) ** 0.5
        weights[f"conv{number}.weight"] = scale * torch.randn(out, into, side, side, generator=random)
        weights[f"conv{number}.bias"] = 0.1 * torch.randn(out, generator=random)
        weights[f"linear{number}"] = torch.rand(out, generator=random)
    return weights
