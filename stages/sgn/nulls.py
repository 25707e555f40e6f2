"""nulls: networks that do nothing, measured like the trained ones, so that the claims' rules are asked about them too.

    untrained   a run's generator with its initial weights
    flat        a flat picture of each input's mean colour
    identity    the input

The run's own discriminators measure them. Few pictures and few S: a rule asks for no more.
"""

from pathlib import Path
from typing import Any

import torch

from pipeline.core import artifacts, precision, results
from pipeline.core.artifacts import VGG16_WEIGHTS
from pipeline.core.pictures import to_tensor
from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn import toy
from pipeline.sgn.evaluation import activations, controllability, corners, facts, measures, still, trained, transfer
from pipeline.sgn.evaluation.points import measured_points
from pipeline.sgn.model import networks, objectives, params, simplex
from pipeline.sgn.model.translation import translate
from pipeline.sgn.results import MEASURED, Nearness, Null, NullsResult, RunResult, Transfer, UntrainedToy
from pipeline.shell import command, progress

UNTRAINED = "untrained"
NAMES = (UNTRAINED, *still.STILL)
RUNS = ("model1", "model2", "model3", "model2-concat", "model2-cbn")  # which the claims ask about S
FIGURE7, DOMAINS = "comparison", ("photo", "monet")


def main() -> None:
    """Write data/measured/nulls.json."""
    p = params.load()
    device = precision.device(p.device)
    precision.deterministic(device, p.threads)
    vgg = VGG16.load(VGG16_WEIGHTS).to(device)
    runs: dict[str, dict[str, RunResult]] = {name: {} for name in NAMES}
    for key in progress.over(RUNS, len(RUNS), "runs"):
        for name, measured in _of_run(p, key, vgg, device).items():
            runs[name][key] = measured
    figure7 = _figure7(p, vgg, device)
    found = {
        name: Null(
            runs=runs[name],
            near={seed: near for seed, (near, _) in figure7[name].items()},
            transfer={seed: to_domains for seed, (_, to_domains) in figure7[name].items()},
            toy=_toy(p) if name == UNTRAINED else None,
        )
        for name in NAMES
    }
    results.write(MEASURED / "nulls.json", NullsResult(nulls=found))


def _of_run(p: params.Params, key: str, vgg: VGG16, device: torch.device) -> dict[str, RunResult]:
    """Every null in the place of a run's generators, by the null's name."""
    run, scale = p.run(key), p.scale_params
    images, batch = max(2, scale.evaluate.lattice_images), scale.evaluate.batch
    test = measures.read_test_set(run, images, vgg, device)
    known = corners.learn(run.objectives, test, measures.read_references(run, test.x), vgg, batch)
    points = measured_points(run)
    of_seeds: dict[str, dict[str, Any]] = {name: {} for name in NAMES}
    for seed in p.seeds_of(key):
        here = trained.with_discriminators(test, key, seed, run, scale.train.width)
        generator = initial(run, scale.train, seed).to(device)
        study = controllability.measure(
            generator,
            run.objectives,
            here,
            known,
            vgg,
            points=[*points, simplex.centre(run.k)],
            lattice_images=images,
            batch=batch,
        )
        opened = activations.summary(activations.at_corners(generator, test.x, run.k, batch))
        of_seeds[UNTRAINED][str(seed)] = {
            "losses": study["lattice"][: len(points)],
            "study": {**study, "activations": opened or None},
        }
        for name in still.STILL:
            of_seeds[name][str(seed)] = still.of_seed(
                name, run.objectives, here, known, vgg, points=[*points, simplex.centre(run.k)], batch=batch
            )
    pictures = {"measured": len(test.x), "lattice": len(test.x)}
    return {
        name: facts.of_run(p, key, precision="fp32", steps=0, pictures=pictures, seeds=of_seeds[name]) for name in NAMES
    }


def initial(run: params.Run, scale: params.ScaleTrain, seed: int) -> Generator:
    """The generator with which the run's training begins."""
    domains = objectives.discriminated(run.objectives, run.S)
    nets = networks.initial(domains, run.conditioning, scale.width, scale.blocks, k=run.k, seed=seed)
    return nets.generator.eval()


Figure7 = tuple[dict[str, Nearness], dict[str, Transfer]]


def _figure7(p: params.Params, vgg: VGG16, device: torch.device) -> dict[str, dict[str, Figure7]]:
    """Figure 7's measures of every null, by its name and the seed."""
    run, scale = p.run(FIGURE7), p.scale_params
    images, batch = max(2, scale.evaluate.lattice_images), scale.evaluate.batch
    packed = {domain: artifacts.read_packed(artifacts.test_pictures(domain), multiple=4) for domain in DOMAINS}
    inputs = {domain: to_tensor(pictures[:images]).to(device) for domain, pictures in packed.items()}
    references = measures.read_references(run, inputs["photo"])
    codes = dict(zip([o.about for o in run.objectives], simplex.corners(run.k), strict=True))

    def measured(generator: Generator) -> Figure7:
        A = simplex.corners(run.k)[0]
        near = {
            domain: transfer.nearness(translate(generator, x, A, batch), x, vgg, batch) for domain, x in inputs.items()
        }
        paintings = {o.about: references[o.about] for o in run.objectives[1:]}
        photos = inputs["photo"]
        outputs = {domain: translate(generator, photos, codes[domain], batch) for domain in paintings}
        return near, transfer.to_domains(outputs, photos, paintings, vgg, batch)

    found: dict[str, dict[str, Figure7]] = {}
    names = [str(seed) for seed in p.seeds_of(FIGURE7)]
    for name in still.STILL:
        found[name] = dict.fromkeys(names, measured(still.generator(name).to(device)))
    found[UNTRAINED] = {str(seed): measured(initial(run, scale.train, seed).to(device)) for seed in p.seeds_of(FIGURE7)}
    return found


def _toy(p: params.Params) -> UntrainedToy:
    """The toy problem's Sym and Sin before their training; their curves against the trained Hyper models'."""
    scale = p.scale_params.toy
    models = toy.all_models(scale.seeds, ("sym", "sin"))
    network = toy.initial(models, p.toy.hidden)
    narrow = toy.all_models(scale.width_seeds, ("sym",))
    widths = [
        {"width": width, **row}
        for width in scale.widths
        for row in toy.measure(toy.initial(narrow, width), narrow, p.toy.samples)
    ]
    arrays = artifacts.read_arrays(Path("models/toy.npz"))
    curves = toy.curves(network, models, torch.from_numpy(arrays["x"]))
    curves["hyper"] = torch.from_numpy(arrays["f_hyper"])
    distances = [row for row in toy.distances(curves) if row["model"] != "hyper"]
    rows = {"losses": toy.measure(network, models, p.toy.samples), "widths": widths, "distances": distances}
    return results.of(UntrainedToy, rows)


if __name__ == "__main__":
    command.run(main)
