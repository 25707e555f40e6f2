"""claims: every table beside the paper's, every claim with its verdict, from the small files of evaluate and toy."""

from collections import Counter
from pathlib import Path
from typing import Any

from pipeline import command, files
from pipeline.paper import table1, table3, table3_claims, toy_claims

METRICS = Path("reports/metrics")


def main() -> None:
    """Write reports/metrics/{table1,table3,claims,summary}.json."""
    toy = files.read_json(METRICS / "toy.json")
    sgn = table3.measured(files.read_json(METRICS / "runs" / "model1.json"))

    rows1, rows3 = table1.table(toy), table3.table(sgn)
    claims = [*toy_claims.claims(toy), *table3_claims.claims(sgn)]
    files.write_json(METRICS / "table1.json", rows1)
    files.write_json(METRICS / "table3.json", rows3)
    files.write_json(METRICS / "claims.json", claims)
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
