"""cost: counted operations of every run's training (Section 5.2: one SGN against one model per weighting)."""

import importlib
from pathlib import Path

from pipeline import command, cost, files, outs, params

METRICS = Path("reports/metrics")


def main() -> None:
    """Write reports/metrics/cost.json."""
    p = params.load()
    runs = {}
    for key, run in p.runs.items():
        one = cost.step(
            importlib.import_module(f"pipeline.{run.method}"), run, p.scale_params.train, p.images.style_size
        )
        steps = outs.read_json(METRICS / "runs" / f"{key}.json")["steps"]
        runs[key] = {**one, "steps": steps, "flop": one["flop_step"] * steps}
    files.write_json(METRICS / "cost.json", {"scale": p.scale, "runs": runs})


if __name__ == "__main__":
    command.run(main)
