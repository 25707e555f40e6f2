"""claims: every table beside the paper's, every claim with its verdict, from the small files of the stages before."""

from collections import Counter
from typing import Any

from pipeline.core import artifacts, files
from pipeline.core.artifacts import METRICS
from pipeline.sgn.paper import (
    activation_claims,
    controllability,
    figure7_claims,
    injection_claims,
    table1,
    table3,
    table3_claims,
    toy_claims,
    translation_claims,
)
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS
from pipeline.sgn.results import read_cost, read_figure7, read_run
from pipeline.shell import command


def main() -> None:
    """Write reports/metrics/{table1,table3,claims,conditionings,controllability,summary}.json."""
    toy = artifacts.read_json(METRICS / "toy.json")
    names = dict.fromkeys((*SYM_RUNS, *HYPER_RUNS, *CONDITIONING_RUNS))
    runs = {name: read_run(name) for name in names}
    sgn, hyper = runs[table3.SGN], [runs[name] for name in HYPER_RUNS]
    injections = [runs[name] for name in CONDITIONING_RUNS]
    halves = table3.halves(sgn, hyper)

    rows1, rows3 = table1.table(toy), table3.table(halves, table3.own_adversarial(sgn, hyper))
    claims = [
        *toy_claims.claims(toy),
        *table3_claims.claims(halves),
        *translation_claims.claims(runs["model1"], runs["model2"], runs["model3"], read_cost()),
        *figure7_claims.claims(read_figure7()),
        *injection_claims.claims(injections),
        *activation_claims.claims(runs["model1"]),
    ]
    files.write_json(METRICS / "table1.json", rows1)
    files.write_json(METRICS / "table3.json", rows3)
    files.write_json(METRICS / "claims.json", claims)
    files.write_json(METRICS / "conditionings.json", controllability.rows(injections))
    files.write_json(METRICS / "controllability.json", controllability.rows([runs[name] for name in SYM_RUNS]))
    files.write_json(METRICS / "summary.json", summary(rows1, rows3, claims))


def summary(rows1: list[dict[str, Any]], rows3: list[dict[str, Any]], claims: list[dict[str, Any]]) -> dict[str, Any]:
    """The few numbers that `dvc metrics show` and `dvc metrics diff` are read for."""
    verdicts = Counter({True: "hold", False: "do not hold", None: "not measurable"}[claim["holds"]] for claim in claims)
    return {
        "claims": dict(sorted(verdicts.items())),
        "table1": {f"{row['model']} {row['weights'][0]:g} {row['weights'][1]:g}": row["L"]["mean"] for row in rows1},
        "table3": {
            f"{row['model']} {' '.join(f'{s:g}' for s in row['S'])}": {name: row[name] for name in table3.LOSSES}
            for row in rows3
        },
    }


if __name__ == "__main__":
    command.run(main)
