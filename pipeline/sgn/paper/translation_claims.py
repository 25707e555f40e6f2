"""The claims about one training, extrapolation, mixed domains, smooth paths and image sizes as rules (Section 5.2).

They are sgn.md's claims 5 to 9 without a table of their own. A rule is asked about one seed's numbers, or about their
mean over the seeds; each says which numbers it takes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.claims.verdict import Numbers, claim, decide, rounded
from pipeline.sgn.model import simplex
from pipeline.sgn.paper import table3
from pipeline.sgn.paper.measurements import complete, from_studies
from pipeline.sgn.paper.runs import HYPER_RUNS
from pipeline.sgn.results import CostResult, RunResult, Study

_CORNERS = simplex.corners(3)
_STRONGER = simplex.beyond(3, 1)  # (0, 1.5, 0)
_MIXED = simplex.midpoints(3)[2]  # (0, .5, .5)
SIDES = ("AB", "BC", "CA")
# A step between two frames may be this many times the side's mean step; a jump would be 20 times, the whole side.
SEAMLESS = 3
# L_A at another size may be this many times that at the test size.
ANY_SIZE = 2


# --- the rules -------------------------------------------------------------------------------------------------------


def six_cost_more(costs: Numbers) -> bool:
    """Claim 5: steps and FLOPs (7 models, 2), SGN first: the six together need more of both."""
    return bool((costs[1:].sum(0) > costs[0]).all())


def extrapolates(projections: Numbers) -> bool:
    """Claim 6: projections at (1, 0, 0), (0, 1, 0), (0, 1.5, 0), (3,): each lies above the one before."""
    return bool((np.diff(projections) > 0).all())


def mixes_two_domains(projections: Numbers) -> bool:
    """Claim 7: projections on the axes of B and C (2 axes; S at A, B, C and the middle of B and C), (2, 4).

    On each axis the own corner gains over A, and the mixture gains at least half as much and more than the other
    corner does: pictures of one of the two domains alone are no mixture, even where the two axes are alike.
    """
    gains = projections[:, 1:] - projections[:, :1]
    own, other, mixed = np.diagonal(gains), np.array([gains[0, 1], gains[1, 0]]), gains[:, 2]
    return bool((own > 0).all() and (mixed >= own / 2).all() and (mixed > other).all())


def seamless(steps: Numbers) -> bool:
    """Claim 8: mean and largest step between frames on each side of each run's path, (3 runs, 3 sides, 2)."""
    mean, largest = steps[..., 0], steps[..., 1]
    return bool((mean > 0).all() and (largest <= SEAMLESS * mean).all())


def any_size(sizes: Numbers) -> bool:
    """Claim 9: for each size the input's and the output's height and width, and L_A, (sizes, 5), test size first."""
    kept = (sizes[:, :2] == sizes[:, 2:4]).all()
    return bool(kept and (sizes[1:, 4] <= ANY_SIZE * sizes[0, 4]).all())


# --- the claims ------------------------------------------------------------------------------------------------------


def claims(model1: RunResult, model2: RunResult, model3: RunResult, cost: CostResult) -> list[dict[str, Any]]:
    """The entries of reports/metrics/claims.json about translations, from evaluation files and cost.json."""
    return [
        _one_training(cost, len(model1.seeds)),
        _extrapolation(model1),
        _mixture(model3),
        _paths([model1, model2, model3]),
        _sizes(model1),
    ]


def _one_training(cost: CostResult, seeds: int) -> dict[str, Any]:
    # Counted, not timed: the same for every seed.
    runs = [cost.runs.get(name) for name in (table3.SGN, *HYPER_RUNS)]
    counted = complete([[None if run is None else [run.steps, run.flop] for run in runs]] * seeds if all(runs) else [])
    measured: dict[str, Any] = {}
    if counted is not None:
        sgn, six = counted[0, 0], counted[0, 1:]
        measured = {
            "steps of SGN": int(sgn[0]),
            "steps of the six": int(six[:, 0].sum()),
            "FLOPs of SGN": rounded(sgn[1]),
            "FLOPs of the six": rounded(six[:, 1].sum()),
            "FLOPs, the six / SGN": rounded(six[:, 1].sum() / sgn[1]),
            "S": [list(S) for S in simplex.TABLE3],
            "FLOPs, the model for S / SGN": rounded(six[:, 1] / sgn[1]),
        }
    return claim(
        "sgn-one-training",
        "One training of an SGN stands for one training each of the hyper-parameter models.",
        "Sections 3 and 5.2",
        "The trainings of Table 3's six hyper-parameter models together take more steps and more counted FLOPs than "
        "the SGN's. A loss with weight 0 is not computed, so that a training with one or two losses costs less than "
        "the SGN's with three.",
        decide(six_cost_more, counted),
        measured,
    )


def _extrapolation(model1: RunResult) -> dict[str, Any]:
    points = [_CORNERS[0], _CORNERS[1], _STRONGER]
    way = from_studies([model1], lambda studies: _projections(studies[0], "B", points))
    domain = model1.about("B")
    return claim(
        "sgn-extrapolates",
        "S = (0, 1.5, 0) bolsters the Van Gogh style further than (0, 1, 0) does.",
        "Section 5.2, Figure 1",
        f"On the line from the mean VGG16 feature of the inputs (0) to that of {domain} (1), Model 1's translations "
        "at (0, 1.5, 0) lie further than at (0, 1, 0), and these further than at (1, 0, 0).",
        decide(extrapolates, way),
        {} if way is None else {"S": [list(S) for S in points], f"way to {domain}": rounded(way.mean(0))},
    )


def _mixture(model3: RunResult) -> dict[str, Any]:
    points = [*_CORNERS, _MIXED]
    ways = from_studies([model3], lambda studies: [_projections(studies[0], axis, points) for axis in "BC"])
    domains = [model3.about(axis) for axis in "BC"]
    measured: dict[str, Any] = {}
    if ways is not None:
        measured = {"S": [list(S) for S in points]}
        measured |= {f"way to {name}": rounded(way) for name, way in zip(domains, ways.mean(0), strict=True)}
    return claim(
        "sgn-mixes-two-domains",
        "Model 3 at (0, 0.5, 0.5) makes winter pictures in Monet's style.",
        "Section 5.2, Figure 6",
        f"On the line from the mean VGG16 feature of the inputs (0) to that of {domains[0]} (1), and on that to "
        f"{domains[1]}, the translations at the domain's own corner lie further than at (1, 0, 0). Those at "
        "(0, 0.5, 0.5) gain at least half as much, and more than those at the other domain's corner.",
        decide(mixes_two_domains, ways),
        measured,
    )


def _paths(runs: Sequence[RunResult]) -> dict[str, Any]:
    steps = from_studies(
        runs,
        lambda studies: [[[study.steps[side].mean, study.steps[side].largest] for side in SIDES] for study in studies],
    )
    measured: dict[str, Any] = {}
    if steps is not None:
        for run, (mean, largest) in zip(runs, steps.mean(0).swapaxes(1, 2), strict=True):
            measured[f"{run.run}: mean step on {', '.join(SIDES)}"] = rounded(mean)
            measured[f"{run.run}: largest step"] = rounded(largest)
    return claim(
        "sgn-seamless",
        "Transitions are seamless while S travels along a path.",
        "Section 5.2, video",
        f"In {', '.join(run.run for run in runs)}, on each side of the path A, B, C, A (20 frames a side), the "
        f"largest change between neighbouring frames is at most {SEAMLESS} times the side's mean change, and that is "
        "above 0. A change is the mean |difference| of the pixels in [-1, 1].",
        decide(seamless, steps),
        measured,
    )


def _sizes(model1: RunResult) -> dict[str, Any]:
    def read(studies: Sequence[Study]) -> list[list[float | None]] | None:
        # An output of another size has no L_A; the rule fails by the size, whatever stands here.
        rows = [[*row.size, *row.output, row.L_A if row.output == row.size else 0] for row in studies[0].sizes]
        return rows if len(rows) > 1 else None

    sizes = from_studies([model1], read)
    measured: dict[str, Any] = {}
    if sizes is not None:
        mean = sizes.mean(0)
        measured = {
            "input": mean[:, :2].astype(int).tolist(),
            "output": mean[:, 2:4].astype(int).tolist(),
            "L_rec": [rounded(row[4]) if (row[2:4] == row[:2]).all() else None for row in mean],
        }
    return claim(
        "sgn-any-size",
        "The generator is fully convolutional: it translates images of any size.",
        "Section 4, Table 4",
        "Model 1's output has its input's size at every size that was tried, and L_rec at (1, 0, 0) is at each other "
        f"size at most {ANY_SIZE} times that at the first, the test size: means over the test pictures of the lattice "
        "of S, which are fewer than Table 3's.",
        decide(any_size, sizes),
        measured,
    )


def _projections(study: Study, axis: str, points: Sequence[tuple[float, ...]]) -> list[float | None]:
    """How far the translations at these S lie on an objective's axis; None where that was not measured."""
    at = {row.S: row.projection for row in study.axes.get(axis, ())}
    return [at.get(S) for S in points]
