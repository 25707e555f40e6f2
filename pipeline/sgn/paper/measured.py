"""What a run of the pipeline measured, read from its folder of metrics: reports/metrics, or that of an archive.

What is not there is None, or no entry of `runs`: what needs it is not measurable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.core import artifacts, results
from pipeline.core.results import ResultT
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS
from pipeline.sgn.results import CostResult, Figure7Result, NullsResult, RunResult


@dataclass(frozen=True)
class Measured:
    """The files of the stages before claims; `runs` by name, those that were evaluated."""

    toy: Mapping[str, Any] | None
    runs: Mapping[str, RunResult]
    figure7: Figure7Result | None
    cost: CostResult | None
    nulls: NullsResult | None


def read(folder: Path, *, archived: bool = False) -> Measured:
    """What a folder of metrics holds. ValueError for a damaged file, and for one of another schema, which in an archive
    (`archived`) is as good as none."""

    def maybe(name: str, kind: type[ResultT]) -> ResultT | None:
        path = folder / name
        if not path.exists():
            return None
        if not archived:
            return results.read(path, kind)
        try:  # no stage of this graph made it, so none is named
            return kind.model_validate_json(path.read_bytes())
        except ValidationError:
            return None

    names = dict.fromkeys((*SYM_RUNS, *HYPER_RUNS, *CONDITIONING_RUNS))
    runs = {name: maybe(f"runs/{name}.json", RunResult) for name in names}
    toy = folder / "toy.json"
    return Measured(
        toy=artifacts.read_json(toy) if toy.exists() else None,
        runs={name: run for name, run in runs.items() if run is not None},
        figure7=maybe("figure7.json", Figure7Result),
        cost=maybe("cost.json", CostResult),
        nulls=maybe("nulls.json", NullsResult),
    )
