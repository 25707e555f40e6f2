"""summary: the few numbers by which `dvc metrics show` and `dvc exp show` compare experiments.

An experiment may train and measure Model 1 and the toy problem alone; what it did not measure is null, not the number
of the experiment that it began with.
"""

from collections import Counter
from typing import Any

import numpy as np

from pipeline.claims import verdict
from pipeline.core import artifacts, files, results
from pipeline.core.artifacts import METRICS
from pipeline.sgn.model import simplex
from pipeline.sgn.paper import table1, table3
from pipeline.sgn.results import MEASURED, RunResult
from pipeline.shell import command

NAMES = ("rec", "adv", "per")  # of L_A, L_B, L_C in Model 1
OWN = [simplex.TABLE3.index(corner) for corner in simplex.corners(3)]  # each loss's own corner among Table 3's S
OF_MODEL1, OF_TOY = "runs/model1.json", "toy.json"


def main() -> None:
    """Write reports/metrics/summary.json."""
    toy, model1 = artifacts.read_json(MEASURED / OF_TOY), results.read(MEASURED / OF_MODEL1, RunResult)
    # Claims belong to this experiment if they were judged on what it measured.
    judged = all(_same(name) for name in (OF_TOY, OF_MODEL1))
    claims = artifacts.read_json(METRICS / "claims.json", list) if judged else None
    files.write_json(METRICS / "summary.json", summary(toy, model1, claims))


def summary(toy: dict[str, Any], model1: RunResult, claims: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Claims by verdict; Table 1's mean |difference| from the paper's; of Model 1, means over its seeds: each loss at
    its own corner, x, how many times larger its largest is than its smallest over Table 3's six S, and those at the
    centre."""
    counts = Counter(claim["verdict"] for claim in claims or ())
    differences = [abs(cell["difference"]) for cell in table1.differences(table1.table(toy))]
    losses = table3.measured(model1).mean(0)[:, 1:]  # (6, 3)
    studies = [of_seed.study for of_seed in model1.seeds.values() if of_seed.study is not None]
    middle = [row for study in studies for row in study.lattice if np.allclose(row.S, simplex.centre(3))]
    return {
        **{name: counts[name] if claims is not None else None for name in verdict.VERDICTS},
        "table1": round(float(np.mean(differences)), 4),
        **{f"L_{name}": value for name, value in _named(losses[OWN, range(3)]).items()},
        "x": _named(table3.spread(losses)),
        "centre": _named(np.mean([list(row.L.values()) for row in middle], axis=0) if middle else None),
    }


def _named(values: Any) -> dict[str, float | None]:
    """By short names, which are heads of columns in a terminal."""
    return {name: None if values is None else round(float(values[i]), 3) for i, name in enumerate(NAMES)}


def _same(name: str) -> bool:
    path = METRICS / name
    return path.is_file() and path.read_bytes() == (MEASURED / name).read_bytes()


if __name__ == "__main__":
    command.run(main)
