"""claims: every table beside the paper's, every claim with its verdict, from the small files of the stages before."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.claims import verdict
from pipeline.core import files
from pipeline.core.artifacts import METRICS
from pipeline.sgn.model import simplex
from pipeline.sgn.paper import controllability, measured, table1, table3, verdicts
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS
from pipeline.shell import command

PLOTS = Path("reports/plots")


def main() -> None:
    """Write reports/metrics/{table1,table3,claims,conditionings,controllability}.json and reports/plots.

    What needs a run or a file that is not there is null or not measurable.
    """
    found = measured.read(METRICS)
    runs = found.runs
    rows1 = [] if found.toy is None else table1.table(found.toy)
    rows3 = table3.table(runs.get(table3.SGN), [runs.get(name) for name in HYPER_RUNS])
    claims = verdicts.of(found)
    files.write_json(METRICS / "table1.json", rows1)
    files.write_json(METRICS / "table3.json", rows3)
    files.write_json(METRICS / "claims.json", claims)
    injections, syms = ([runs[name] for name in names if name in runs] for names in (CONDITIONING_RUNS, SYM_RUNS))
    files.write_json(METRICS / "conditionings.json", controllability.rows(injections))
    files.write_json(METRICS / "controllability.json", controllability.rows(syms))
    _write_tables(rows3, claims)


def _write_tables(rows3: list[dict[str, Any]], claims: list[dict[str, Any]]) -> None:
    """What `dvc plots show` draws as bars: rows of numbers, where the tables for readers hold more."""
    counts = Counter(claim["verdict"] for claim in claims)
    at_S = [[f"{row['model']} {simplex.label(row['S'])}", *(row[name] for name in table3.LOSSES)] for row in rows3]
    tables: dict[str, list[list[Any]]] = {
        "table3": [["model", *table3.LOSSES], *at_S],
        "claims": [["verdict", "claims"], *([one, counts[one]] for one in verdict.VERDICTS)],
    }
    for name, rows in tables.items():
        with files.replacing(PLOTS / f"{name}.tsv") as temporary, temporary.open("w", newline="") as stream:
            csv.writer(stream, delimiter="\t", lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    command.run(main)
