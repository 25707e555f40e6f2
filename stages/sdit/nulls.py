"""sdit/nulls: what does nothing, measured in the place of the runs on objects: data/sdit/measured/nulls.json."""

from typing import Any

from pipeline.core import precision, results
from pipeline.sdit.evaluation import measures, trained
from pipeline.sdit.evaluation.measures import Identity, Network
from pipeline.sdit.model import networks, params
from pipeline.sdit.results import MEASURED, NullsResult
from pipeline.shell import command

VIEW = "objects"


def main() -> None:
    """`identity` gives every input back; `untrained` is each run's network as its training begins."""
    p = params.load()
    device = precision.device(p.device)
    precision.deterministic(device, p.threads)
    domains = p.view(VIEW).domains
    judges = trained.judges(p, VIEW, trained.classifier_of(VIEW, len(domains)), device)
    size, sizes = judges.test.x.shape[1], p.sizes
    asked: dict[str, dict[str, Any]] = {"identity": {}, "untrained": {}}
    of_identity = {seed: measures.measure(Identity(), judges, sizes.train.code, seed) for seed in p.seeds}
    of_untrained: dict[tuple[str, bool, int], dict[str, Any]] = {}  # runs that differ in their losses start alike
    for key, run in p.sdit.runs.items():
        if run.view != VIEW:
            continue
        for seed in p.seeds_of(key):
            start = (run.injection, run.attention, seed)
            if start not in of_untrained:
                nets = trained.moved(networks.initial(run, sizes.train, size, len(domains), seed=seed), device)
                network = Network(nets, sizes.evaluate.batch, sizes.train.code)
                of_untrained[start] = measures.measure(network, judges, sizes.train.code, seed)
        measured = {
            "identity": {str(seed): of_identity[seed] for seed in p.seeds_of(key)},
            "untrained": {str(seed): of_untrained[run.injection, run.attention, seed] for seed in p.seeds_of(key)},
        }
        for null, of_seeds in measured.items():
            asked[null][key] = {
                **trained.facts(p, key, run),
                "precision": "fp32",
                "pictures": {"train": len(judges.train), "test": len(judges.test)},
                "parameters": trained.parameters(run, sizes.train, size, len(domains)),
                "seeds": of_seeds,
            }
    results.write(MEASURED / "nulls.json", results.of(NullsResult, {"nulls": asked}))


if __name__ == "__main__":
    command.run(main)
