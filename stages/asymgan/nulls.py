"""asymgan/nulls: what networks that do nothing get in the place of the run asymgan: metrics/nulls.json."""

from pathlib import Path

import torch

from pipeline.asymgan.evaluation import facts, measures, model, segmenter, trained
from pipeline.asymgan.model import params
from pipeline.asymgan.results import Nulls, RunResult
from pipeline.asymgan.world.palette import nearest
from pipeline.core import precision, results, seeds
from pipeline.core.pictures import to_pictures
from pipeline.shell import command

RUN = "asymgan"


def main() -> None:
    """The identity, the run's networks before their training, and the trained ones blind to their codes."""
    p = params.load()
    scale, code = p.sizes.evaluate, p.asymgan.code
    precision.deterministic(torch.device("cpu"), p.threads)
    judge = trained.segmenter(p)
    x, y = trained.pairs(scale.pictures)
    palette = trained.colours()
    real = measures.scores(segmenter.segmented(judge, x), nearest(to_pictures(y), palette))
    found: dict[str, RunResult] = {}
    for name in ("untrained", "blind", "identity"):
        of_seeds, number_format = {}, ""
        for seed in p.seeds_of(RUN):
            nets, number_format = trained.networks(p, RUN, seed)
            null = {
                "untrained": model.of_networks(trained.initial(p, RUN, seed), code, None),
                "blind": model.blind(model.of_networks(nets, code, None)),
                "identity": model.identity(),
            }[name]
            random = seeds.numpy_generator(seed, "evaluate", "measures")
            of_seeds[str(seed)] = measures.measure(null, judge, x, y, palette, scale.codes, random)
        found[name] = facts.of_run(
            p, RUN, name=name, precision=number_format, steps=0, pictures=len(x), real=real, seeds=of_seeds
        )
    results.write(Path("reports/asymgan/metrics/nulls.json"), Nulls(nulls=found))


if __name__ == "__main__":
    command.run(main)
