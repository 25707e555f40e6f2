"""asymgan/evaluate@RUN: everything that is measured of a run, reports/asymgan/metrics/runs/RUN.json."""

from pathlib import Path

import torch

from pipeline.asymgan.evaluation import facts, measures, model, segmenter, trained
from pipeline.asymgan.model import params
from pipeline.asymgan.world.palette import nearest
from pipeline.core import precision, results, seeds
from pipeline.core.pictures import to_pictures
from pipeline.shell import command


def main(key: str) -> None:
    """Measure each seed's networks in float32 on the CPU, with the same random numbers for all runs."""
    p = params.load()
    run, scale = p.run(key), p.sizes.evaluate
    precision.deterministic(torch.device("cpu"), p.threads)
    judge = trained.segmenter(p)
    x, y = trained.pairs(scale.pictures)
    palette = trained.colours()
    of_seeds, number_format = {}, ""
    for seed in p.seeds_of(key):
        nets, number_format = trained.networks(p, key, seed)
        dropout = seeds.numpy_generator(seed, "evaluate", "dropout") if run.dropout else None
        of_seeds[str(seed)] = measures.measure(
            model.of_networks(nets, p.asymgan.code, dropout),
            judge,
            x,
            y,
            palette,
            scale.codes,
            seeds.numpy_generator(seed, "evaluate", "measures"),
        )
    result = facts.of_run(
        p,
        key,
        name=key,
        precision=number_format,
        steps=trained.steps(p),
        pictures=len(x),
        real=measures.scores(segmenter.segmented(judge, x), nearest(to_pictures(y), palette)),
        seeds=of_seeds,
    )
    results.write(Path("reports/asymgan/metrics/runs") / f"{key}.json", result)


if __name__ == "__main__":
    command.run(main)
