"""collect: what was measured, and the curves of SGN's runs, as small files in Git: reports/metrics, reports/plots.

The stages that measure keep their numbers in DVC's cache alone, so that going back to an earlier parameter measures
nothing again: DVC has no run cache for a stage with a plain output in Git, and this one takes a second.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from pipeline.core import artifacts, files, results
from pipeline.core.artifacts import METRICS
from pipeline.core.results import Result
from pipeline.sgn.paper.runs import SYM_RUNS
from pipeline.sgn.results import MEASURED, CostResult, Figure7Result, NullsResult, RunResult, read_curve
from pipeline.shell import command

KINDS: dict[str, type[Result] | None] = {
    "toy.json": None,
    "figure7.json": Figure7Result,
    "nulls.json": NullsResult,
    "cost.json": CostResult,
}
CURVES = Path("reports/plots/curves.tsv")


def main() -> None:
    """Copy each measured file, the runs' folder whole or not at all, and put the curves side by side."""
    names = sorted(path.name for path in (MEASURED / "runs").glob("*.json"))
    if not names:
        raise artifacts.missing(MEASURED / "runs" / "model1.json")
    runs = {name: results.read(MEASURED / "runs" / name, RunResult) for name in names}
    for name, kind in KINDS.items():
        data = _checked(MEASURED / name, kind)
        with files.replacing(METRICS / name) as temporary:
            temporary.write_bytes(data)
    with files.replacing(METRICS / "runs") as folder:
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_bytes(artifacts.read(MEASURED / "runs" / name))
    rows = list(curves({run: next(iter(runs[f"{run}.json"].seeds)) for run in SYM_RUNS if f"{run}.json" in runs}))
    with files.replacing(CURVES) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter="\t", lineterminator="\n").writerows(rows)


def _checked(path: Path, kind: type[Result] | None) -> bytes:
    """A file's bytes; ValueError that names its stage if it is missing or of another kind."""
    if kind is None:
        artifacts.read_json(path)
    else:
        results.read(path, kind)
    return artifacts.read(path)


def curves(seeds: dict[str, str]) -> Iterator[list[str]]:
    """A head and then a row a step: L_G of each run, of its first seed; empty where a run has no such step."""
    of_run = {
        run: dict(read_curve(Path("reports/live") / run / "plots/metrics" / f"seed{seed}" / "L_G.tsv"))
        for run, seed in seeds.items()
    }
    yield ["step", *of_run]
    for step in sorted({step for values in of_run.values() for step in values}):
        yield [str(step), *(str(values.get(step, "")) for values in of_run.values())]


if __name__ == "__main__":
    command.run(main)
