"""sdit/claims: the tables beside the paper's, every claim with its verdict, and the few numbers that DVC compares."""

from collections import Counter

from pipeline.core import files, results
from pipeline.sdit.paper import claims, tables
from pipeline.sdit.results import METRICS, NullsResult, read_real, read_runs
from pipeline.shell import command


def main() -> None:
    """Write reports/sdit/metrics/{claims,tables,summary}.json."""
    runs = read_runs()
    nulls = results.read(METRICS / "nulls.json", NullsResult).nulls
    judged = claims.judged(runs, {name: dict(of_null) for name, of_null in nulls.items()})
    files.write_json(METRICS / "claims.json", judged)
    files.write_json(METRICS / "tables.json", tables.tables(runs, read_real()))
    counts = Counter(claim["verdict"] for claim in judged)
    main_arms = {key: tables.row(runs[key]) for key in ("sdit", "stargan") if key in runs}
    shown = {key: {name: row[name] for name in ("accuracy", "per_input", "reverse")} for key, row in main_arms.items()}
    files.write_json(METRICS / "summary.json", {**shown, "claims": dict(sorted(counts.items()))})


if __name__ == "__main__":
    command.run(main)
