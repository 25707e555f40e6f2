"""Every claim of the paper with its verdict, from a folder of metrics: this run's, or an archive's."""

from pathlib import Path
from typing import Any

from pipeline.claims import verdict
from pipeline.sgn.paper import (
    activation_claims,
    beyond_claims,
    figure7_claims,
    injection_claims,
    measured,
    nulls,
    table3,
    table3_claims,
    toy_claims,
    translation_claims,
)
from pipeline.sgn.paper.measured import Measured
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS

NULLS = ("untrained", "blind", "flat", "identity")
# Claims that a null cannot be asked about: a counted cost, and Sin, which is blind to S on purpose.
NOT_ASKED = {name: {"sgn-one-training"} for name in NULLS} | {"blind": {"sgn-one-training", "toy-sin-stays"}}


def claims_of(metrics: Path, *, archived: bool = False) -> list[dict[str, Any]]:
    """The claims with today's rules, as reports/metrics/claims.json has them, from the files in a folder of metrics.

    What needs a file that is not there is not measurable; with `archived` so is what needs a file of another schema,
    which else is a ValueError.
    """
    return of(measured.read(metrics, archived=archived))


def of(found: Measured) -> list[dict[str, Any]]:
    """The claims with their verdicts."""
    return verdict.final(_asked(found), {name: _of_null(name, found) for name in NULLS})


def _asked(found: Measured) -> list[dict[str, Any]]:
    """The claims before their verdicts."""
    runs = found.runs
    sgn, hyper = runs.get(table3.SGN), [runs.get(name) for name in HYPER_RUNS]
    return [
        *toy_claims.claims(found.toy),
        *table3_claims.claims(None if sgn is None else table3.measured(sgn), table3.halves(sgn, hyper)),
        *translation_claims.claims(runs, found.cost),
        *beyond_claims.claims(runs),
        *figure7_claims.claims(found.figure7),
        *injection_claims.claims([runs[name] for name in CONDITIONING_RUNS if name in runs]),
        *activation_claims.claims(runs.get("model1")),
    ]


def _of_null(name: str, found: Measured) -> list[dict[str, Any]]:
    """The claims asked about a null control in the place of what was trained; what it has no numbers for is not
    measurable, which `final` takes for not asked."""
    if name == "blind":
        runs = {key: run if run.alpha is None else nulls.blind(run) for key, run in found.runs.items()}
        toy = None if found.toy is None else nulls.blind_toy(found.toy)
        instead = Measured(toy=toy, runs=runs, figure7=None, cost=None, nulls=None)
    elif found.nulls is None:
        return []
    else:
        null = found.nulls.nulls[name]
        hyper = {key: run for key, run in found.runs.items() if run.alpha is None}
        instead = Measured(
            toy=None if found.toy is None or null.toy is None else nulls.untrained_toy(found.toy, null.toy),
            runs={**hyper, **{key: run for key, run in null.runs.items() if key in found.runs}},
            figure7=None if found.figure7 is None else figure7_claims.of_null(found.figure7, null),
            cost=None,
            nulls=None,
        )
    return [claim for claim in _asked(instead) if claim["id"] not in NOT_ASKED[name]]
