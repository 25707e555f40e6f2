"""The networks of a run: a generator, and a discriminator for each domain that has one."""

from dataclasses import dataclass

import torch
from torch import nn

from pipeline.core import seeds
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator


@dataclass(frozen=True)
class Networks:
    """One generator; the discriminators by their domains."""

    generator: Generator
    discriminators: nn.ModuleDict


def build(domains: list[str], conditioning: str, width: int, blocks: int, k: int) -> Networks:
    """New networks, from PyTorch's global random numbers: the generator first, then a discriminator a domain."""
    generator = Generator(width, blocks, conditioning, k)
    return Networks(generator, nn.ModuleDict({domain: Discriminator(width) for domain in domains}))


def initial(domains: list[str], conditioning: str, width: int, blocks: int, *, k: int, seed: int) -> Networks:
    """The networks with which the training of a seed begins; PyTorch's own random numbers stay as they are."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seeds.sequence(seed, "networks").generate_state(1)[0]))
        return build(domains, conditioning, width, blocks, k)
