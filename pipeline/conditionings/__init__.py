"""How S enters the generator: one file per conditioning, one interface for all (base.py).

A further conditioning is one file here, one name in CONDITIONINGS and one run in params.yaml.
"""

from pipeline.conditionings.base import Conditioning
from pipeline.conditionings.cbn import CBN
from pipeline.conditionings.ccam import CCAMs
from pipeline.conditionings.concat import Concat
from pipeline.conditionings.concat_features import ConcatFeatures
from pipeline.conditionings.film import FiLM

CONDITIONINGS: dict[str, type[Conditioning]] = {
    "ccam": CCAMs,
    "concat": Concat,
    "concat-features": ConcatFeatures,
    "cbn": CBN,
    "film": FiLM,
}


def build(name: str, k: int, gate_channels: list[int], norm_channels: list[int]) -> Conditioning:
    """The conditioning of that name; ValueError that lists the known ones."""
    if name not in CONDITIONINGS:
        raise ValueError(f"a run's conditioning is {name!r}; known are {', '.join(CONDITIONINGS)}")
    return CONDITIONINGS[name](k, gate_channels, norm_channels)
