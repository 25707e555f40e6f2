"""cost: counted operations of every run's training (Section 5.2: one SGN against one model per weighting)."""

from pipeline.core import artifacts, results
from pipeline.sgn.evaluation import cost
from pipeline.sgn.model import params
from pipeline.sgn.model.objectives import LETTERS, Objective
from pipeline.sgn.results import MEASURED, CostResult, RunCost, RunResult
from pipeline.shell import command


def main() -> None:
    """Write data/measured/cost.json, for the runs that were evaluated."""
    p = params.load()
    names = sorted(path.stem for path in (MEASURED / "runs").glob("*.json"))
    if not names:
        raise artifacts.missing(MEASURED / "runs" / "model1.json")
    runs = {}
    for name in names:
        evaluated = results.read(MEASURED / "runs" / f"{name}.json", RunResult)
        one = cost.step(trained(evaluated), p.scale_params.train, p.images.style_size)
        runs[name] = RunCost(**one, steps=evaluated.steps, flop=one["flop_step"] * evaluated.steps)
    results.write(MEASURED / "cost.json", CostResult(scale=p.scale, runs=runs))


def trained(run: RunResult) -> params.Run:
    """What was trained, as far as its cost goes; of a style weight and of epochs nothing is counted."""
    named = [Objective(o.loss, o.about) for o in run.objectives]
    A, B, C, D = [*named, *[Objective("none", named[0].about)] * (len(LETTERS) - len(named))]
    return params.Run(
        method=run.method,
        conditioning=run.conditioning,
        reads="seeds" if run.alpha is None else "alpha",
        measured_by=run.measured_by,
        A=A,
        B=B,
        C=C,
        D=D,
        epochs=1,
        style_weight=1.0 if any(o.loss == "perceptual" for o in run.objectives) else None,
        S=run.S,
    )


if __name__ == "__main__":
    command.run(main)
