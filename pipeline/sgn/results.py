"""What SGN's stages measure and its claims, figures and pages read: one type for each file of reports/metrics.

Keys A, B, C are the objectives' letters, pairs of them sides of the simplex. S has k entries.
"""

from typing import Literal

from pipeline.core import results
from pipeline.core.artifacts import METRICS
from pipeline.core.results import Result

S = tuple[float, ...]
ByLetter = dict[str, float]
BySide = dict[str, float]


class LossesAtS(Result):
    """Mean losses over the test set at one S; `own`: adversarial losses by the run's own discriminators, null where it
    has none."""

    S: S
    L_A: float
    L_B: float
    L_C: float
    L_G: float
    own: dict[str, float | None]

    def L(self, letter: str) -> float:
        """One objective's loss."""
        return float(getattr(self, f"L_{letter}"))


class Ends(Result):
    """The range of a loss over the simplex."""

    smallest: float
    largest: float


class Distance(Result):
    """How far the inputs, and the translations at a corner, are from what the objective is about."""

    protocol: str
    inputs: float
    corner: float


class Projection(Result):
    """How far translations at S have come on the line from the inputs (0) to a domain (1)."""

    S: S
    projection: float


class Steps(Result):
    """Change between neighbouring frames while S travels along a side."""

    mean: float
    largest: float


class Size(Result):
    """Input and output, height and width in pixels, and L_A; null where the output has another size."""

    size: tuple[int, int]
    output: tuple[int, int]
    L_A: float | None


class Opened(Result):
    """A CCAM's activations: fractions below thresholds, and how far S and pictures move them."""

    place: int
    channels: int
    below: dict[str, ByLetter]
    between_corners: BySide
    between_pictures: float


class Study(Result):
    """What S does to a run that was trained with S drawn (sgn/evaluation/controllability.py)."""

    lattice: tuple[LossesAtS, ...]
    rank: dict[str, float | None]
    range: dict[str, Ends]
    change: BySide
    distance: dict[str, Distance]
    separation: ByLetter
    leakage: BySide | None
    axes: dict[str, tuple[Projection, ...]]
    steps: dict[str, Steps]
    sizes: tuple[Size, ...]
    activations: tuple[Opened, ...] | None


class OfSeed(Result):
    """One seed's training, measured; a run with a constant S has no study."""

    losses: tuple[LossesAtS, ...]
    study: Study | None


class About(Result):
    """An objective: its letter, its loss and what that is about."""

    letter: str
    loss: Literal["reconstruction", "adversarial", "perceptual"]
    about: str


class RunResult(Result):
    """reports/metrics/runs/RUN.json. `pictures`: how many test pictures each domain has, and how many were measured."""

    run: str
    method: Literal["sgn", "singlegan"]
    conditioning: str
    data: str
    scale: str
    alpha: float | None
    precision: str
    steps: int
    S: S | None
    measured_by: str
    objectives: tuple[About, ...]
    pictures: dict[str, int]
    seeds: dict[str, OfSeed]

    def about(self, letter: str) -> str:
        """The domain or style of an objective."""
        return next(objective.about for objective in self.objectives if objective.letter == letter)


class Nearness(Result):
    """From output to input: mean |difference| of pixels in [-1, 1], mean squared difference at VGG16 relu2_2."""

    L1: float
    VGG: float


class Figure7Result(Result):
    """reports/metrics/figure7.json: by seed, inputs' domain and model (`sgn`, `singlegan`)."""

    sgn: str
    other: str
    data: str
    scale: str
    steps: dict[str, int]
    pictures: dict[str, int]
    seeds: dict[str, dict[str, dict[str, Nearness]]]


class RunCost(Result):
    """Counted floating-point operations of a training."""

    flop_step: int
    parameters: dict[str, int]
    steps: int
    flop: int


class CostResult(Result):
    """reports/metrics/cost.json."""

    scale: str
    runs: dict[str, RunCost]


def read_run(name: str) -> RunResult:
    """What was measured of a run; ValueError if it is missing or damaged."""
    return results.read(METRICS / "runs" / f"{name}.json", RunResult)


def read_figure7() -> Figure7Result:
    """What Figure 7's stage measured."""
    return results.read(METRICS / "figure7.json", Figure7Result)


def read_cost() -> CostResult:
    """What the stage `cost` counted."""
    return results.read(METRICS / "cost.json", CostResult)
