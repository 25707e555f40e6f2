"""What this paper's stages measured, from a folder of metrics."""

from pathlib import Path

from pipeline.asymgan.results import Nulls, RunResult
from pipeline.core import results

METRICS = Path("reports/asymgan/metrics")


def runs(metrics: Path, keys: list[str]) -> dict[str, RunResult]:
    """The runs that were measured, by name; ValueError that names the stage of a file that is damaged.

    A claim about a run that is not there is not measurable.
    """
    files = {key: metrics / "runs" / f"{key}.json" for key in keys}
    return {key: results.read(file, RunResult) for key, file in files.items() if file.is_file()}


def nulls(metrics: Path) -> Nulls:
    """The null controls."""
    return results.read(metrics / "nulls.json", Nulls)
