"""Null controls that need no network: a flat picture of each input's mean colour, and the identity.

They are measured like a run's generator (measures.py, controllability.py). Nothing depends on S, so one measurement
stands for every S. Shape legend: N pictures (N, 3, H, W) in [-1, 1].
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

from torch import Tensor, nn

from pipeline.metrics.features import projection
from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import controllability, corners, measures
from pipeline.sgn.evaluation.corners import Known
from pipeline.sgn.model import simplex
from pipeline.sgn.model.objectives import LETTERS, Objective, by_letter

STILL: dict[str, Callable[[Tensor], Tensor]] = {"flat": controllability.flat, "identity": lambda x: x}


class Still(nn.Module):
    """A generator that does the same at every S."""

    def __init__(self, translate: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.translate = translate

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        return self.translate(x)


def generator(name: str) -> Generator:
    """A null by its name in STILL, to be called like a generator."""
    return cast(Generator, Still(STILL[name]))


def of_seed(
    name: str,
    objectives: tuple[Objective, ...],
    test: measures.TestSet,
    known: Known,
    vgg: VGG16,
    *,
    points: Sequence[tuple[float, ...]],
    batch: int,
) -> dict[str, Any]:
    """A null by its name in STILL as results.OfSeed, as JSON: losses at `points`, and a study at the same."""
    k, letters = len(objectives), list(by_letter(objectives))
    net = generator(name)
    at_any_S = measures.losses_at(net, objectives, test, points[0], batch)
    rows = [
        {**at_any_S, "S": S, "L_G": sum(s * L for s, L in zip(S, at_any_S["L"].values(), strict=True))} for S in points
    ]
    seen = corners.look(vgg, STILL[name](test.x), known.targets, batch)
    everywhere, sides = dict.fromkeys(letters, seen), controllability.sides(k)
    return {
        "losses": rows,
        "study": {
            "lattice": rows,
            "rank": dict.fromkeys(letters),
            "range": {letter: {"smallest": L, "largest": L} for letter, L in at_any_S["L"].items()},
            "change": dict.fromkeys(sides, 0.0),
            "distance": {
                letter: controllability.distance(o, known, everywhere, letter)
                for letter, o in by_letter(objectives).items()
            },
            "separation": dict.fromkeys(letters, 0.0),
            "leakage": None,
            "stray": dict.fromkeys(sides, 0.0),
            "bias": None,
            "axes": {
                letter: [
                    {
                        "S": S,
                        "projection": projection(seen.deepest, known.inputs.deepest, known.ends[o.about].deepest),
                    }
                    for S in [*simplex.corners(k), *controllability.further(k)]
                ]
                for letter, o in by_letter(objectives).items()
                if o.loss == "adversarial"
            },
            "steps": {
                LETTERS[i] + LETTERS[(i + 1) % k]: {"mean": 0.0, "largest": 0.0, "whole": 0.0, "back": 0.0}
                for i in range(k)
            },
            "sizes": controllability.sizes(net, test.x, k, batch),
            "activations": None,
            "named": corners.named(known, objectives, everywhere),
        },
    }
