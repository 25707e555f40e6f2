"""What SGN's stages measure and its claims, figures and pages read: one type for each file of data/measured.

Keys A, B, C, D are the objectives' letters, pairs of them sides of the simplex. S has k entries.
"""

import csv
from pathlib import Path
from typing import Literal

from pipeline.core import artifacts, results
from pipeline.core.artifacts import METRICS
from pipeline.core.results import Result

# Where stages leave what they measured, in DVC's cache; the same files stand in reports/metrics, which is in Git.
MEASURED = Path("data/measured")

S = tuple[float, ...]
ByLetter = dict[str, float]
BySide = dict[str, float]


class LossesAtS(Result):
    """Mean losses over the test set at one S; `own`: adversarial losses by the run's own discriminators, null where it
    has none."""

    S: S
    L: ByLetter
    L_G: float
    own: dict[str, float | None]


class Ends(Result):
    """The range of a loss over the simplex."""

    smallest: float
    largest: float


class Distance(Result):
    """How far the inputs, and the translations at a corner, are from what the objective is about; `elsewhere`: those at
    the other corners, mean."""

    protocol: str
    inputs: float
    corner: float
    elsewhere: float | None = None


class Projection(Result):
    """How far translations at S have come on the line from the inputs (0) to a domain (1)."""

    S: S
    projection: float


class Steps(Result):
    """Change between neighbouring frames while S travels along a side, of its whole from end to end, and how far a
    frame is nearer to the start than one before it: mean |difference| of pixels in [-1, 1]."""

    mean: float
    largest: float
    whole: float | None = None
    back: float | None = None


class Size(Result):
    """Input and output, height and width in pixels; L_A at A's corner (null where the output has another size), that of
    a flat picture of each input's mean colour, and how far the picture at B's corner is from that at A's."""

    size: tuple[int, int]
    output: tuple[int, int]
    L_A: float | None
    flat: float | None = None
    change: float | None = None


class Opened(Result):
    """A CCAM's activations: fractions below thresholds, and how far S and pictures move them. `below_mean`: the
    fractions for activations that are means over the corners."""

    place: int
    channels: int
    below: dict[str, ByLetter]
    below_mean: ByLetter | None = None
    between_corners: BySide
    between_pictures: float


class Named(Result):
    """What a classifier of untouched training pictures says (sgn/evaluation/corners.py): the share of untouched test
    pictures that it names right, and, by the names that it gives, the shares of translations at each corner and of the
    inputs."""

    classes: tuple[str, ...]
    held_out: float
    corner: dict[str, dict[str, float]]
    inputs: dict[str, float]


class Study(Result):
    """What S does to a run that was trained with S drawn (sgn/evaluation/controllability.py). What may be null was not
    measured by an older evaluation."""

    lattice: tuple[LossesAtS, ...]
    rank: dict[str, float | None]
    range: dict[str, Ends]
    change: BySide
    distance: dict[str, Distance]
    separation: ByLetter
    leakage: BySide | None
    stray: BySide | None = None
    bias: BySide | None = None
    axes: dict[str, tuple[Projection, ...]]
    steps: dict[str, Steps]
    sizes: tuple[Size, ...]
    activations: tuple[Opened, ...] | None
    named: Named | None = None


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
    """data/measured/runs/RUN.json. `pictures`: how many test pictures each domain has, and how many were measured."""

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


class Transfer(Result):
    """At the code of a domain of paintings, photos translated: the distance of the inputs, and of the translations, to
    the domain, and mean |difference| of pixels in [-1, 1] from the inputs."""

    protocol: str
    inputs: float
    corner: float
    L1: float


class Figure7Result(Result):
    """data/measured/figure7.json: by seed, inputs' domain and model (`sgn`, `singlegan`); `flat` by inputs' domain,
    L1 of flat pictures of each input's mean colour; `transfer` by seed, model and domain of paintings."""

    sgn: str
    other: str
    data: str
    scale: str
    steps: dict[str, int]
    pictures: dict[str, int]
    seeds: dict[str, dict[str, dict[str, Nearness]]]
    flat: dict[str, float] | None = None
    transfer: dict[str, dict[str, dict[str, Transfer]]] | None = None


class ToyRow(Result):
    """Losses of a model of the toy problem; `width` where it is one of Figure 9's."""

    weights: tuple[float, float]
    model: str
    seed: int
    L: float
    L_r: float
    L_c: float
    width: int | None = None


class ToyDistance(Result):
    """From a model's curve to the five Hyper curves of its seed."""

    weights: tuple[float, float]
    model: str
    seed: int
    to_hyper: tuple[float, ...]


class UntrainedToy(Result):
    """The toy problem's Sym and Sin before their training, measured like the trained ones."""

    losses: tuple[ToyRow, ...]
    widths: tuple[ToyRow, ...]
    distances: tuple[ToyDistance, ...]


class Null(Result):
    """A network that does nothing, in the place of each run's generator; `near` and `transfer` as in Figure7Result, by
    seed, for it in the place of both models."""

    runs: dict[str, RunResult]
    near: dict[str, dict[str, Nearness]]
    transfer: dict[str, dict[str, Transfer]]
    toy: UntrainedToy | None


class NullsResult(Result):
    """data/measured/nulls.json: the null controls by name."""

    nulls: dict[str, Null]


class RunCost(Result):
    """Counted floating-point operations of a training."""

    flop_step: int
    parameters: dict[str, int]
    steps: int
    flop: int


class CostResult(Result):
    """data/measured/cost.json."""

    scale: str
    runs: dict[str, RunCost]


def read_run(name: str) -> RunResult:
    """What was measured of a run; ValueError if it is missing or damaged."""
    return results.read(METRICS / "runs" / f"{name}.json", RunResult)


def read_figure7() -> Figure7Result:
    """What Figure 7's stage measured."""
    return results.read(METRICS / "figure7.json", Figure7Result)


def read_curve(path: Path) -> list[tuple[int, float]]:
    """(step, mean loss) pairs of a training's curve; ValueError if it is missing, empty or damaged."""
    text = artifacts.read(path)
    try:
        rows = csv.DictReader(text.decode().splitlines(), delimiter="\t", strict=True)
        points = [(int(row["step"]), float(row[path.stem])) for row in rows]
    except (ValueError, KeyError, TypeError, csv.Error):
        points = []
    if not points:
        raise artifacts.unusable(path, "is no curve")
    return points
