"""The claims about one training, extrapolation, mixed domains, smooth paths and image sizes as rules (Section 5.2).

They are sgn.md's claims 5 to 9 without a table of their own, and what the figures show of reconstruction and mixtures.
A rule is asked about one seed's numbers, or about their mean over the seeds; each says which numbers it takes, and
gives the smallest margin of its conditions.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.claims.verdict import Numbers, claim, counted, decide, rounded
from pipeline.sgn.model import simplex
from pipeline.sgn.paper import table3
from pipeline.sgn.paper.measurements import above, from_studies
from pipeline.sgn.paper.runs import HYPER_RUNS
from pipeline.sgn.results import CostResult, RunResult, Study

MODELS = ("model1", "model2", "model3")
_CORNERS = simplex.corners(3)
_STRONGER = simplex.beyond(3, 1)  # (0, 1.5, 0)
_MIXED = simplex.midpoints(3)[2]  # (0, .5, .5)
_CENTRE = simplex.centre(3)
SIDES = ("AB", "BC", "CA")
# On the way from the inputs to a domain, a corner must come this much farther than another: an untrained network's
# corners differ by thousandths.
FARTHER = 0.02
# From one end of a side to the other the picture must change by this much, pixels in [-1, 1].
TRAVELS = 0.05
# A step between two of the 20 frames of a side may be this part of the whole change; a jump would be all of it.
JUMP = 0.25
# A frame may be nearer to the first than one before it by this part of the whole change.
BACK = 0.1
# L_A at another size may be this many times that at the test size, and the change from A's to B's corner must be at
# least this part of that at the test size.
ANY_SIZE = 2
KEPT = 0.5
# At the centre each loss must have come this part of the way from the other corners to its own.
PRESENT = 0.2


# --- the rules -------------------------------------------------------------------------------------------------------


def six_cost_more(costs: Numbers) -> float:
    """Claim 5: steps and FLOPs (7 models, 2), SGN first: the six together need more of both."""
    return float(above(costs[1:].sum(0), costs[0]).min())


def extrapolates(projections: Numbers) -> float:
    """Claim 6: projections at (1, 0, 0), (0, 1, 0), (0, 1.5, 0), (3,): each lies above the one before."""
    return float(np.diff(projections).min()) - FARTHER


def mixes_two_domains(projections: Numbers) -> float:
    """Claim 7: projections on the axes of B and C (2 axes; S at A, B, C and the middle of B and C), (2, 4).

    On each axis the own corner gains over A, and the mixture gains at least half as much and more than the other
    corner does: pictures of one of the two domains alone are no mixture, even where the two axes are alike.
    """
    gains = projections[:, 1:] - projections[:, :1]
    own, other, mixed = np.diagonal(gains), np.array([gains[0, 1], gains[1, 0]]), gains[:, 2]
    return float(min((own - FARTHER).min(), (mixed - own / 2).min(), (mixed - other).min()))


def mixes_with_style(projections: Numbers) -> float:
    """Projections on the axis of B at A, B, C and the middle of B and C, (4,): the middle lies beyond the inputs, at 0,
    and beyond both A's and C's corners."""
    A, _, C, mixed = projections
    return float(mixed - max(0.0, A, C)) - FARTHER


def mixes_three(losses: Numbers) -> float:
    """Each model's L at the corners A, B, C and at the centre (models, 4 S, 3 losses): at the centre each loss has come
    a part of the way from its mean at the two other corners to its own corner's."""
    margins = []
    for rows in losses:
        own = np.diagonal(rows[:3])
        other = (rows[:3].sum(0) - own) / 2
        margins += [above(other, own), above(other - PRESENT * (other - own), rows[3])]
    return float(np.concatenate(margins).min())


def reconstructs(losses: Numbers) -> float:
    """L_A of each model (models; at the corners A, B, C, and of flat pictures): smallest at A's corner."""
    return float(above(losses[:, 1:], np.repeat(losses[:, :1], 3, 1)).min())


def seamless(steps: Numbers) -> float:
    """Claim 8: largest step, whole change and way back on each side of each run's path, (3 runs, 3 sides, 3)."""
    largest, whole, back = steps[..., 0], steps[..., 1], steps[..., 2]
    travels = whole.min() - TRAVELS
    if travels <= 0:
        return float(travels)
    return float(min(travels, JUMP - (largest / whole).max(), BACK - (back / whole).max()))


def any_size(sizes: Numbers) -> float:
    """Claim 9: for each size the input's and the output's height and width, L_A, that of flat pictures, and the change
    from A's to B's corner, (sizes, 7), test size first."""
    if not (sizes[:, :2] == sizes[:, 2:4]).all():
        return -1.0
    L_A, flat, change = sizes[:, 4], sizes[:, 5], sizes[:, 6]
    worse = above(np.full(len(L_A) - 1, ANY_SIZE * L_A[0]), L_A[1:]).min()
    return float(min(worse, above(flat, L_A).min(), above(change, np.full(len(change), KEPT * change[0])).min()))


# --- the claims ------------------------------------------------------------------------------------------------------


def claims(runs: Mapping[str, RunResult], cost: CostResult | None) -> list[dict[str, Any]]:
    """The entries of reports/metrics/claims.json about translations, from evaluation files by run, those that are
    there, and cost.json."""
    model1, model3 = runs.get("model1"), runs.get("model3")
    return [
        _one_training(cost),
        _reconstruction(runs),
        _extrapolation(model1),
        _mixture(model3),
        _mixture_with_style(model1),
        _three(runs),
        _paths(runs),
        _sizes(model1),
    ]


def _one_training(cost: CostResult | None) -> dict[str, Any]:
    found = [] if cost is None else [cost.runs.get(name) for name in (table3.SGN, *HYPER_RUNS)]
    numbers = None
    measured: dict[str, Any] = {}
    there = [run for run in found if run is not None]
    if there and len(there) == len(found):
        numbers = np.array([[run.steps, run.flop] for run in there], dtype=float)
        sgn, six = numbers[0], numbers[1:]
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
        "the SGN's with three. Counted, so it depends on no seed.",
        counted(six_cost_more, numbers),
        measured,
    )


def _reconstruction(runs: Mapping[str, RunResult]) -> dict[str, Any]:
    def read(studies: Sequence[Study]) -> list[list[float | None]]:
        return [[*_losses_at(study, "A", _CORNERS), study.sizes[0].flat if study.sizes else None] for study in studies]

    losses = from_studies([runs.get(name) for name in MODELS], read)
    measured: dict[str, Any] = {}
    if losses is not None:
        measured = {"L_rec at": [*(simplex.label(S) for S in _CORNERS), "flat picture"]}
        measured |= {name: rounded(row) for name, row in zip(MODELS, losses.mean(0), strict=True)}
    return claim(
        "sgn-reconstructs",
        "At (1, 0, 0) SGN reconstructs its input.",
        "Section 5.2, Figures 1 and 6",
        f"In {', '.join(MODELS)}, L_rec at (1, 0, 0) is below that of a flat picture of each input's mean colour, and "
        "below L_rec at the two other corners: means over the test pictures of the lattice of S.",
        decide(reconstructs, losses),
        measured,
    )


def _extrapolation(model1: RunResult | None) -> dict[str, Any]:
    points = [_CORNERS[0], _CORNERS[1], _STRONGER]
    way = from_studies([model1], lambda studies: _projections(studies[0], "B", points))
    domain = _about(model1, "B")
    return claim(
        "sgn-extrapolates",
        "S = (0, 1.5, 0) bolsters the Van Gogh style further than (0, 1, 0) does.",
        "Section 5.2, Figure 1",
        f"On the line from the mean VGG16 feature of the inputs (0) to that of {domain} (1), Model 1's translations "
        f"at (0, 1.5, 0) lie further than at (0, 1, 0), and these further than at (1, 0, 0), each by more than "
        f"{FARTHER:g}.",
        decide(extrapolates, way),
        {} if way is None else {"S": [list(S) for S in points], f"way to {domain}": rounded(way.mean(0))},
    )


def _mixture(model3: RunResult | None) -> dict[str, Any]:
    points = [*_CORNERS, _MIXED]
    ways = from_studies([model3], lambda studies: [_projections(studies[0], axis, points) for axis in "BC"])
    domains = [_about(model3, axis) for axis in "BC"]
    measured: dict[str, Any] = {}
    if ways is not None:
        measured = {"S": [list(S) for S in points]}
        measured |= {f"way to {name}": rounded(way) for name, way in zip(domains, ways.mean(0), strict=True)}
    return claim(
        "sgn-mixes-two-domains",
        "Model 3 at (0, 0.5, 0.5) makes winter pictures in Monet's style.",
        "Section 5.2, Figure 6",
        f"On the line from the mean VGG16 feature of the inputs (0) to that of {domains[0]} (1), and on that to "
        f"{domains[1]}, the translations at the domain's own corner lie further than at (1, 0, 0), by more than "
        f"{FARTHER:g}. Those at (0, 0.5, 0.5) gain at least half as much, and more than those at the other domain's "
        "corner.",
        decide(mixes_two_domains, ways),
        measured,
    )


def _mixture_with_style(model1: RunResult | None) -> dict[str, Any]:
    points = [*_CORNERS, _MIXED]
    way = from_studies([model1], lambda studies: _projections(studies[0], "B", points))
    domain = _about(model1, "B")
    return claim(
        "sgn-mixes-adversarial-with-style",
        "Model 1 at (0, 0.5, 0.5), where the style of one picture is mixed in, shows more of Van Gogh than the input.",
        "Section 5.2, Figure 1",
        f"On the line from the mean VGG16 feature of the inputs (0) to that of {domain} (1), Model 1's translations "
        f"at (0, 0.5, 0.5) lie further than the inputs, and further than those at (1, 0, 0) and at (0, 0, 1), each by "
        f"more than {FARTHER:g}.",
        decide(mixes_with_style, way),
        {} if way is None else {"S": [list(S) for S in points], f"way to {domain}": rounded(way.mean(0))},
    )


def _three(runs: Mapping[str, RunResult]) -> dict[str, Any]:
    def read(studies: Sequence[Study]) -> list[list[list[float | None]]]:
        by_letter = [[_losses_at(study, letter, [*_CORNERS, _CENTRE]) for letter in "ABC"] for study in studies]
        return [[list(row) for row in zip(*of_run, strict=True)] for of_run in by_letter]

    losses = from_studies([runs.get(name) for name in MODELS], read)
    measured: dict[str, Any] = {}
    if losses is not None:
        for name, rows in zip(MODELS, losses.mean(0), strict=True):
            own = np.diagonal(rows[:3])
            other = (rows[:3].sum(0) - own) / 2
            measured[f"{name}: L_A, L_B, L_C at the centre"] = rounded(rows[3])
            measured[f"{name}: at the own corner"] = rounded(own)
            measured[f"{name}: at the two others, mean"] = rounded(other)
    return claim(
        "sgn-mixes-three",
        "At (1/3, 1/3, 1/3) the picture is a mixture of all three domains.",
        "Section 5.2, Figures 1 and 6",
        f"In {', '.join(MODELS)}, each of the three losses at the centre has come more than {PRESENT:.0%} of the way "
        "from its mean at the two other corners to its value at its own corner, which is the smaller: means over the "
        "test pictures of the lattice of S.",
        decide(mixes_three, losses),
        measured,
    )


def _paths(runs: Mapping[str, RunResult]) -> dict[str, Any]:
    def read(studies: Sequence[Study]) -> list[list[list[float | None]]]:
        moves = [[study.steps[side] for side in SIDES] for study in studies]
        return [[[move.largest, move.whole, move.back] for move in of_run] for of_run in moves]

    steps = from_studies([runs.get(name) for name in MODELS], read)
    measured: dict[str, Any] = {}
    if steps is not None:
        for name, (largest, whole, back) in zip(MODELS, steps.mean(0).swapaxes(1, 2), strict=True):
            measured[f"{name}: whole change on {', '.join(SIDES)}"] = rounded(whole)
            measured[f"{name}: largest step"] = rounded(largest)
            measured[f"{name}: largest way back"] = rounded(back)
    return claim(
        "sgn-seamless",
        "Transitions are seamless while S travels along a path.",
        "Section 5.2, video",
        f"In {', '.join(MODELS)}, on each side of the path A, B, C, A (20 frames a side): the two ends differ by more "
        f"than {TRAVELS:g}, no step between neighbouring frames is more than {JUMP:.0%} of that, and no frame is "
        f"nearer to the first than an earlier one by more than {BACK:.0%} of it. A change is the mean |difference| of "
        "the pixels in [-1, 1].",
        decide(seamless, steps),
        measured,
        "Made stricter after any continuous network passed it: the ends must differ, and the way must not turn back.",
    )


def _sizes(model1: RunResult | None) -> dict[str, Any]:
    def read(studies: Sequence[Study]) -> list[list[float | None]] | None:
        # An output of another size has no L_A; the rule fails by the size, whatever stands here.
        rows = [
            [*row.size, *row.output, row.L_A if row.output == row.size else 0, row.flat, row.change]
            for row in studies[0].sizes
        ]
        return rows if len(rows) > 1 else None

    sizes = from_studies([model1], read)
    measured: dict[str, Any] = {}
    if sizes is not None:
        mean = sizes.mean(0)
        measured = {
            "input": mean[:, :2].astype(int).tolist(),
            "output": mean[:, 2:4].astype(int).tolist(),
            "L_rec": [rounded(row[4]) if (row[2:4] == row[:2]).all() else None for row in mean],
            "L_rec of a flat picture": rounded(mean[:, 5]),
            "change from A to B": rounded(mean[:, 6]),
        }
    return claim(
        "sgn-any-size",
        "The generator is fully convolutional: it translates images of any size.",
        "Section 4, Table 4",
        "At every size that was tried, Model 1's output has its input's size, L_rec at (1, 0, 0) is below that of a "
        f"flat picture and at most {ANY_SIZE} times that at the first, the test size, and from (1, 0, 0) to (0, 1, 0) "
        f"the picture changes at least {KEPT:g} times as much as at the test size: means over the test pictures of the "
        "lattice of S, which are fewer than Table 3's.",
        decide(any_size, sizes),
        measured,
        "Made stricter after every fully convolutional network passed it: it must also reconstruct and look at S.",
    )


def _about(run: RunResult | None, letter: str) -> str:
    return f"{letter}'s domain" if run is None else run.about(letter)


def _losses_at(study: Study, letter: str, points: Sequence[tuple[float, ...]]) -> list[float | None]:
    """One loss at these S of the lattice; None where that was not measured."""
    at = {row.S: row.L.get(letter) for row in study.lattice}
    return [at.get(S) for S in points]


def _projections(study: Study, axis: str, points: Sequence[tuple[float, ...]]) -> list[float | None]:
    """How far the translations at these S lie on an objective's axis; None where that was not measured."""
    at = {row.S: row.projection for row in study.axes.get(axis, ())}
    return [at.get(S) for S in points]
