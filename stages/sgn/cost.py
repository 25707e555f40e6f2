"""cost: counted operations of every run's training (Section 5.2: one SGN against one model per weighting)."""

from pipeline.core import results
from pipeline.core.artifacts import METRICS
from pipeline.sgn.evaluation import cost
from pipeline.sgn.model import params
from pipeline.sgn.results import CostResult, RunCost, read_run
from pipeline.shell import command


def main() -> None:
    """Write reports/metrics/cost.json."""
    p = params.load()
    runs = {}
    for key, run in p.runs.items():
        one = cost.step(run, p.scale_params.train, p.images.style_size)
        steps = read_run(key).steps
        runs[key] = RunCost(**one, steps=steps, flop=one["flop_step"] * steps)
    results.write(METRICS / "cost.json", CostResult(scale=p.scale, runs=runs))


if __name__ == "__main__":
    command.run(main)
