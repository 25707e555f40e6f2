"""The networks of a run: a generator, and a discriminator for each domain that has one."""

from dataclasses import dataclass

from torch import nn

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
