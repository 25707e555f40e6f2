"""Table 3 (Section 5.2): the losses of Model 1 and of the six hyper-parameter models on the test set at six S, ours
beside the paper's.

Paper's numbers: Table 3 of v2. L_rec includes its factor 2, L_adv the identity term, L_per both its parts.
A half of the table is an array (6 S, 4 losses) in the order of simplex.TABLE3 and LOSSES; the halves are SGN and Hyper.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.claims.verdict import Numbers
from pipeline.sgn.model import simplex
from pipeline.sgn.paper.measurements import shared_seeds

if TYPE_CHECKING:  # the paper's numbers alone are read without the results' types
    from pipeline.sgn.results import LossesAtS, RunResult

SGN = "model1"
MODELS = ("sgn", "hyper")
LOSSES = ("L_G", "L_rec", "L_adv", "L_per")

# S: (SGN's L_G, L_rec, L_adv, L_per), (the hyper-parameter model's)
_PAPER = {
    (1.0, 0.0, 0.0): ((0.164, 0.164, 0.829, 0.209), (0.159, 0.159, 2.540, 0.252)),
    (0.5, 0.5, 0.0): ((0.305, 0.285, 0.323, 0.253), (0.407, 0.423, 0.391, 0.270)),
    (0.0, 1.0, 0.0): ((0.211, 0.756, 0.211, 0.311), (0.308, 1.008, 0.308, 0.276)),
    (0.0, 0.5, 0.5): ((0.171, 0.718, 0.256, 0.085), (0.205, 0.924, 0.247, 0.163)),
    (0.0, 0.0, 1.0): ((0.040, 0.443, 0.525, 0.040), (0.015, 1.039, 1.375, 0.015)),
    (0.5, 0.0, 0.5): ((0.139, 0.201, 0.889, 0.077), (0.117, 0.184, 3.054, 0.050)),
}


def paper(model: str) -> Numbers:
    """The paper's half of the table for `sgn` or `hyper`: (6, 4)."""
    half = MODELS.index(model)
    return np.array([_PAPER[S][half] for S in simplex.TABLE3])


def spread(rows: Numbers) -> Numbers:
    """How far S moves each loss: the largest over the smallest of each column, (S, losses) to (losses,)."""
    ratios: Numbers = rows.max(axis=0) / rows.min(axis=0)
    return ratios


def measured(run: "RunResult") -> Numbers:
    """The SGN's half of the table from its evaluation file, where A, B, C are L_rec, L_adv, L_per: (seeds, 6, 4)."""
    return np.array([[_losses(run, seed, S) for S in simplex.TABLE3] for seed in run.seeds])


def halves(sgn: "RunResult | None", hyper: "Sequence[RunResult | None]") -> Numbers | None:
    """Both halves, for the seeds that the seven runs share: (seeds, 2, 6, 4); None if a run is missing or they share
    none.

    Each hyper-parameter model stands at its own S, its L_adv measured by the SGN's discriminator. ValueError for a run
    that was trained for another S or measured by another discriminator.
    """
    there = [run for run in hyper if run is not None]
    if sgn is None or len(there) < len(hyper):
        return None
    for run, S in zip(there, simplex.TABLE3, strict=True):
        _check(run, S, sgn.run)
    seeds = shared_seeds([sgn, *there])
    if not seeds:
        return None
    first = dict(zip(sgn.seeds, measured(sgn), strict=True))
    second = {seed: [_losses(run, seed, S) for run, S in zip(there, simplex.TABLE3, strict=True)] for seed in seeds}
    return np.array([[first[seed], second[seed]] for seed in seeds])


def table(sgn: "RunResult | None", hyper: "Sequence[RunResult | None]") -> list[dict[str, Any]]:
    """The rows of reports/metrics/table3.json: means over each run's own seeds, "std" where there are several. A hyper
    row also has "L_adv_own", None for a model without a discriminator. A run that is missing has None everywhere."""
    rows = []
    for S, own_run in zip(simplex.TABLE3, hyper, strict=True):
        for model, run in zip(MODELS, (sgn, own_run), strict=True):
            names = LOSSES if model == "sgn" else (*LOSSES, "L_adv_own")
            row: dict[str, Any] = {"S": list(S), "model": model}
            if run is None:
                row |= dict.fromkeys(names)
            else:
                if model == "hyper":
                    _check(run, S, SGN)
                # The losses of a row, seeds along the first axis; the last column is for Hyper alone.
                own = [_at(run, seed, S).own.get("B") for seed in run.seeds]
                losses = np.array([[*_losses(run, seed, S), o] for seed, o in zip(run.seeds, own, strict=True)], float)
                row |= _named(names, losses.mean(0))
                if len(losses) > 1:
                    row["std"] = _named(names, losses.std(0, ddof=1))
            row["seeds"] = 0 if run is None else len(run.seeds)
            rows.append({**row, "paper": _named(LOSSES, paper(model)[simplex.TABLE3.index(S)])})
    return rows


def _at(run: "RunResult", seed: str, S: tuple[float, ...]) -> "LossesAtS":
    return next(row for row in run.seeds[seed].losses if row.S == S)


def _losses(run: "RunResult", seed: str, S: tuple[float, ...]) -> list[float]:
    row = _at(run, seed, S)
    return [row.L_G, *row.L.values()]


def _check(run: "RunResult", S: tuple[float, ...], measured_by: str) -> None:
    if run.S != S:
        trained = None if run.S is None else list(run.S)
        raise ValueError(
            f"run {run.run} was trained for S = {trained}, Table 3 needs {list(S)}: see runs in params.yaml"
        )
    if run.measured_by != measured_by:
        raise ValueError(
            f"L_adv of run {run.run} was measured with the discriminator of {run.measured_by}, "
            f"Table 3 needs that of {measured_by}"
        )


def _named(names: Sequence[str], losses: Numbers) -> dict[str, float | None]:
    return {name: None if np.isnan(loss) else float(loss) for name, loss in zip(names, losses, strict=False)}
