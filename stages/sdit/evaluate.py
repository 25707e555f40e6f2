"""sdit/evaluate@RUN: what a run's translations are worth, data/sdit/measured/runs/RUN.json."""

from typing import Any

from pipeline.core import precision, results
from pipeline.sdit.evaluation import measures, trained
from pipeline.sdit.model import params
from pipeline.sdit.results import MEASURED, RunResult
from pipeline.shell import command, progress


def main(key: str) -> None:
    """Measure the run `key`."""
    p = params.load()
    run, sizes = p.run(key), p.sizes
    device = precision.device(p.device)
    precision.deterministic(device, p.threads)
    real = trained.classifier_of(run.view, len(p.view(run.view).domains))
    judges = trained.judges(p, run.view, real, device)
    of_seeds: dict[str, Any] = {}
    about: dict[str, Any] = {}
    for seed in progress.over(p.seeds_of(key), len(p.seeds_of(key)), "seed"):
        nets, about = trained.read(p, key, seed, judges.test.x.shape[1])
        network = measures.Network(trained.moved(nets, device), sizes.evaluate.batch, sizes.train.code)
        of_seeds[str(seed)] = measures.measure(network, judges, sizes.train.code, seed)
    result = {
        **trained.facts(p, key, run),
        "precision": about["precision"],
        "pictures": {
            "train": len(judges.train),
            "test": len(judges.test),
            "measured": min(judges.images, len(judges.test)),
        },
        "parameters": trained.parameters(run, sizes.train, judges.test.x.shape[1], len(judges.domains)),
        "seeds": of_seeds,
    }
    results.write(MEASURED / "runs" / f"{key}.json", results.of(RunResult, result))


if __name__ == "__main__":
    command.run(main)
