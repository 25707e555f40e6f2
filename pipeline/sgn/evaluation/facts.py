"""What was measured of a run, with what the run is: data/measured/runs/RUN.json."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipeline.core import results
from pipeline.sgn.model.objectives import by_letter
from pipeline.sgn.model.params import Params
from pipeline.sgn.results import RunResult


def of_run(
    p: Params, key: str, *, precision: str, steps: int, pictures: Mapping[str, int], seeds: Mapping[str, Any]
) -> RunResult:
    """A run's result from the seeds' OfSeed as JSON."""
    run = p.run(key)
    facts = {
        "run": key,
        "method": run.method,
        "conditioning": run.conditioning,
        "data": p.data,
        "scale": p.scale,
        "alpha": p.alpha if run.reads == "alpha" else None,
        "precision": precision,
        "steps": steps,
        "S": run.S,
        "measured_by": run.measured_by,
        "objectives": [{"letter": letter, **asdict(o)} for letter, o in by_letter(run.objectives).items()],
        "pictures": dict(pictures),
        "seeds": dict(seeds),
    }
    return results.of(RunResult, facts)
