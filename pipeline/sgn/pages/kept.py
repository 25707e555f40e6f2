"""The results that are kept in results/, as columns beside this run's: judged by today's rules from their own files."""

from pathlib import Path

from pipeline.report import html
from pipeline.report.contents import Claim
from pipeline.report.matrix import Column
from pipeline.sgn.pages.provenance import PICTURES
from pipeline.sgn.paper import measured, verdicts, visit
from pipeline.sgn.results import RunResult

RESULTS = Path("results")


def columns(here: list[Claim], run: RunResult) -> list[Column]:
    """This run's column, then one for each archive (results/NAME/run/metrics) and each visit to a GPU
    (results/NAME/training.json), by name."""
    kept = [Column("this run", _about(run), here)]
    for folder in sorted(path for path in RESULTS.glob("*") if path.is_dir()):
        metrics, training = folder / "run/metrics", folder / "training.json"
        if metrics.is_dir():
            found = measured.read(metrics, archived=True)
        elif training.is_file():
            found = visit.read(training)
        else:
            continue
        if "model1" in found.runs:
            kept.append(Column(folder.name, _about(found.runs["model1"]), verdicts.of(found)))
    return kept


def _about(run: RunResult) -> str:
    return f"{PICTURES[run.data]}, scale {run.scale}, {run.steps:,} steps, {html.count(len(run.seeds), 'seed')}"
