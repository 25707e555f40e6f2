"""Table 3 (Section 5.2): Model 1's losses on the test set at six S, ours beside the paper's.

Paper's numbers: Table 3 of v2. L_rec includes its factor 2, L_adv the identity term, L_per both its parts.
A half of the table is an array (6 S, 4 losses) in the order of sym.TABLE3 and LOSSES.
"""

from typing import Any

import numpy as np

from pipeline import sym
from pipeline.paper.verdict import Numbers

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
    half = ("sgn", "hyper").index(model)
    return np.array([_PAPER[S][half] for S in sym.TABLE3])


def measured(run: dict[str, Any]) -> Numbers:
    """A run's half of the table from its evaluation file, where A, B, C are L_rec, L_adv, L_per: (seeds, 6, 4)."""
    letters = ("L_G", "L_A", "L_B", "L_C")
    return np.array(
        [
            [
                [row[letter] for letter in letters]
                for S in sym.TABLE3
                for row in result["losses"]
                if tuple(row["S"]) == S
            ]
            for result in run["seeds"].values()
        ]
    )


def table(sgn: Numbers) -> list[dict[str, Any]]:
    """The rows of reports/metrics/table3.json: means over the seeds of (seeds, 6, 4), "std" where there are several."""
    rows = []
    for i, S in enumerate(sym.TABLE3):
        row: dict[str, Any] = {"S": list(S), "model": "sgn", **_named(sgn[:, i].mean(0))}
        if len(sgn) > 1:
            row["std"] = _named(sgn[:, i].std(0, ddof=1))
        rows.append({**row, "paper": _named(paper("sgn")[i])})
    return rows


def _named(losses: Numbers) -> dict[str, float]:
    return {name: float(loss) for name, loss in zip(LOSSES, losses, strict=True)}
