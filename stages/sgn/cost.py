"""cost: counted operations of every run's training (Section 5.2: one SGN against one model per weighting)."""

from pipeline.core import artifacts, results
from pipeline.core.artifacts import METRICS
from pipeline.sgn.evaluation import cost
from pipeline.sgn.model import params
from pipeline.sgn.model.objectives import Objective
from pipeline.sgn.results import CostResult, RunCost, RunResult, read_run
from pipeline.shell import command


def main() -> None:
    """Write reports/metrics/cost.json, for the runs that were evaluated."""
    p = params.load()
    names = sorted(path.stem for path in (METRICS / "runs").glob("*.json"))
    if not names:
        raise artifacts.missing(METRICS / "runs" / "model1.json")
    runs = {}
    for name in names:
        evaluated = read_run(name)
        one = cost.step(trained(evaluated), p.scale_params.train, p.images.style_size)
        runs[name] = RunCost(**one, steps=evaluated.steps, flop=one["flop_step"] * evaluated.steps)
    results.write(METRICS / "cost.json", CostResult(scale=p.scale, runs=runs))


def trained(run: RunResult) -> params.Run:
    """What was trained, as far as its cost goes; of a style weight and of epochs nothing is counted."""
    A, B, C = (Objective(o.loss, o.about) for o in run.objectives)
    return params.Run(
        method=run.method,
        conditioning=run.conditioning,
        reads="seeds" if run.alpha is None else "alpha",
        measured_by=run.measured_by,
        A=A,
        B=B,
        C=C,
        epochs=1,
        style_weight=1.0 if any(o.loss == "perceptual" for o in run.objectives) else None,
        S=None if run.S is None else (run.S[0], run.S[1], run.S[2]),
    )


if __name__ == "__main__":
    command.run(main)
