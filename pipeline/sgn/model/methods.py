"""Which method a run is, by its name in params.yaml: SGN, or what Figure 7 compares it with."""

from pipeline.sgn.model import losses
from pipeline.sgn.model.method import SGN
from pipeline.sgn.model.networks import Networks
from pipeline.sgn.model.objectives import Objective
from pipeline.sgn.model.singlegan import SingleGAN


def build(
    name: str,
    networks: Networks,
    objectives: tuple[Objective, ...],
    perceptual: dict[str, losses.Perceptual],
    *,
    alpha: float | None,
    constant_S: tuple[float, ...] | None,
    seed: int,
    learning_rate: float,
) -> SGN | SingleGAN:
    """The method `sgn` or `singlegan`, which has neither losses of its own nor S to draw from."""
    if name == "singlegan":
        return SingleGAN(networks, seed=seed, learning_rate=learning_rate)
    return SGN(
        networks,
        objectives,
        perceptual,
        alpha=alpha,
        constant_S=constant_S,
        seed=seed,
        learning_rate=learning_rate,
    )
