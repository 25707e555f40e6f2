"""Table 1 of the paper as data, and ours beside it.

Source: Chang, Park, Yang, Kwak, "Sym-Parameterized Dynamic Inference for Mixed-Domain Image Translation", ICCV 2019
(arXiv 1811.12362 v2), Section 5.1, Table 1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

COLUMNS = ("L", "L_r", "L_c")

# weights (w_r, w_c): model: (L, L_r, L_c). The table has no Sin. Hyper's L at (0.25, 0.75) is printed as 0.0846; its
# own L_r and L_c give 0.0843.
PAPER: dict[tuple[float, float], dict[str, tuple[float, float, float]]] = {
    (1.0, 0.0): {"sym": (0.0001, 0.0001, 0.2148), "hyper": (0.0000, 0.0000, 0.2167)},
    (0.75, 0.25): {"sym": (0.0483, 0.0063, 0.1743), "hyper": (0.0481, 0.0062, 0.1737)},
    (0.5, 0.5): {"sym": (0.0824, 0.0347, 0.1302), "hyper": (0.0815, 0.0353, 0.1277)},
    (0.25, 0.75): {"sym": (0.0878, 0.1674, 0.0613), "hyper": (0.0846, 0.1597, 0.0592)},
    (0.0, 1.0): {"sym": (0.0062, 0.4113, 0.0062), "hyper": (0.0013, 0.4254, 0.0013)},
}


def table(toy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows for reports/metrics/table1.json from the toy stage's metrics: mean and standard deviation over the seeds
    (n - 1 in the denominator; None for a single seed) beside the paper's numbers."""
    rows = []
    for weights, published in PAPER.items():
        for model in ("sym", "hyper", "sin"):
            chosen = [r for r in toy["losses"] if tuple(r["weights"]) == weights and r["model"] == model]
            cells = {column: _spread([r[column] for r in chosen]) for column in COLUMNS}
            paper = dict(zip(COLUMNS, published[model], strict=True)) if model in published else None
            rows.append({"weights": list(weights), "model": model, **cells, "seeds": len(chosen), "paper": paper})
    return rows


def differences(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Our mean minus the paper's number for each of the 30 cells, the largest first."""
    cells = [
        {
            "weights": row["weights"],
            "model": row["model"],
            "column": column,
            "difference": round(row[column]["mean"] - row["paper"][column], 6),
        }
        for row in rows
        if row["paper"] is not None
        for column in COLUMNS
    ]
    return sorted(cells, key=lambda cell: -abs(cell["difference"]))


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    std = round(float(np.std(values, ddof=1)), 6) if len(values) > 1 else None
    return {"mean": round(float(np.mean(values)), 6), "std": std}
