"""What the paper's scale costs, from counted operations: `python -m benchmarks.paper_scale [TFLOP/s]`.

Operations of one step are counted (pipeline/sgn/evaluation/cost.py), steps are the paper's epochs over the published
data sets, and hours are operations over the given speed. The table of docs/cost.md.
"""

import sys
from pathlib import Path

from pipeline.core import files
from pipeline.sgn.evaluation import cost
from pipeline.sgn.model import params
from pipeline.training import loop


def main(speed: float) -> None:
    """Print a row for each run: steps, TFLOP a step, PFLOP, hours at `speed` TFLOP/s."""
    p = params.load()
    scale = p.scales["paper"].train
    data_sets = files.read_json(Path("data/sources/cyclegan.json"))["data_sets"]
    print(f"| run | steps | TFLOP a step | PFLOP | hours at {speed:g} TFLOP/s |\n|---|---|---|---|---|")
    total = 0.0
    for key, run in p.runs.items():
        domains = [p.domain(o.about) for o in run.objectives if o.loss != "perceptual"]
        pictures = [data_sets[domain.dataset]["counts"][f"train{domain.side}"] for domain in domains]
        steps = loop.steps_of(run.epochs, pictures, scale.batch)
        tera = cost.step(run, scale, p.images.style_size)["flop_step"] / 1e12
        hours = steps * tera / speed / 3600
        total += hours
        print(f"| {key} | {steps:,} | {tera:.2f} | {steps * tera / 1000:.0f} | {hours:.1f} |")
    print(f"| all | | | | {total:.1f} |")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
