"""Figure 7's claims as rules: SGN reconstructs where SingleGAN transfers style.

Both models are asked for their first domain, photo: SGN with S = (1, 0, 0), SingleGAN with the domain's code. Inputs
are photos, and paintings by Monet that neither model has seen. At the codes of the domains of paintings both translate
photos.
"""

from typing import Any

import numpy as np

from pipeline.claims.verdict import Numbers, claim, decide, rounded
from pipeline.sgn.paper.measurements import above, complete
from pipeline.sgn.results import Figure7Result, Null

INPUTS = ("photo", "monet")
DISTANCES = ("L1", "VGG")
MODELS = {"sgn": "SGN", "singlegan": "SingleGAN"}


def reconstructs(numbers: Numbers) -> float:
    """(13,): SGN's four distances from output to input at (1, 0, 0), L1 first for each of two kinds of inputs;
    SingleGAN's four; L1 of flat pictures of both kinds; SGN's L1 on photos at its other corners, and at (1, 0, 0).

    SGN is nearer to the input than SingleGAN in all four, than flat pictures for both, and than itself elsewhere.
    """
    sgn, singlegan, flat, others, own = numbers[:4], numbers[4:8], numbers[8:10], numbers[10:12], numbers[12]
    return float(np.concatenate([above(singlegan, sgn), above(flat, sgn[::2]), above(others, own + 0 * others)]).min())


def transfers(distances: Numbers) -> float:
    """Distances to each domain of paintings (domains; of the inputs, of their translations): each comes nearer."""
    return float(((distances[:, 0] - distances[:, 1]) / np.abs(distances[:, 0])).min())


def claims(figure7: Figure7Result | None) -> list[dict[str, Any]]:
    """The entries of reports/metrics/claims.json about Figure 7, from reports/metrics/figure7.json."""
    distances = _distances(figure7)
    transferred = _transferred(figure7)
    measured: dict[str, Any] = {}
    if distances is not None:
        mean = distances.mean(0)
        measured = {
            name: {
                f"{inputs} {distance}": rounded(value)
                for (inputs, distance), value in zip(
                    ((inputs, distance) for inputs in INPUTS for distance in DISTANCES), of_model, strict=True
                )
            }
            for name, of_model in zip(MODELS.values(), (mean[:4], mean[4:8]), strict=True)
        }
        measured["flat picture"] = {f"{inputs} L1": rounded(mean[8 + i]) for i, inputs in enumerate(INPUTS)}
        measured["SGN at its other corners"] = {"photo L1": rounded(mean[10:12])}
    domains = _domains(figure7)
    return [
        claim(
            "figure7-reconstructs",
            "At (1, 0, 0) SGN reconstructs its input, also Monet's paintings, which it never saw, better than "
            "SingleGAN does with the code of photos.",
            "Section 5.2, Figure 7",
            "The outputs of SGN at (1, 0, 0) are nearer to their inputs than SingleGAN's for its domain photo: for "
            "photos and for Monet's paintings, by L1 (mean |difference| of the pixels in [-1, 1]) and by VGG (mean "
            "squared difference at VGG16 relu2_2), all four. By L1 they are also nearer than flat pictures of each "
            "input's mean colour, and than SGN's outputs for photos at its two other corners.",
            decide(reconstructs, distances),
            measured,
            "Made stricter after any network near its input passed it: a flat picture must be worse, and the other "
            "corners must be farther from the input.",
        ),
        claim(
            "figure7-singlegan-transfers",
            "SingleGAN transfers the style of its domains.",
            "Section 5.2, Figure 7",
            "SingleGAN's translations of photos with the code of each domain of paintings are nearer to the domain's "
            "training pictures than the photos are, by the kernel distance (KID) of VGG16's features.",
            decide(transfers, transferred),
            {}
            if transferred is None
            else {
                "distance of": ["inputs", "translations"],
                **{domain: rounded(row) for domain, row in zip(domains, transferred.mean(0), strict=True)},
            },
        ),
    ]


def of_null(figure7: Figure7Result, null: Null) -> Figure7Result:
    """What Figure 7 would be with a network that does nothing in the place of SGN and of SingleGAN, each asked beside
    the other as it is: SGN's null beside SingleGAN, and SingleGAN's null where SingleGAN is asked alone."""
    seeds = {
        seed: {
            inputs: {"sgn": null.near[seed][inputs], "singlegan": models["singlegan"]}
            for inputs, models in by_inputs.items()
        }
        for seed, by_inputs in figure7.seeds.items()
        if seed in null.near
    }
    transfer = {seed: dict.fromkeys(MODELS, null.transfer[seed]) for seed in seeds if seed in null.transfer}
    return figure7.model_copy(update={"seeds": seeds, "transfer": transfer})


def _distances(figure7: Figure7Result | None) -> Numbers | None:
    """The numbers of `reconstructs`: (seeds, 13)."""
    if figure7 is None or figure7.flat is None or figure7.transfer is None:
        return None
    rows = []
    for seed, by_inputs in figure7.seeds.items():
        near = [[getattr(by_inputs[i][model], d) for i in INPUTS for d in DISTANCES] for model in MODELS]
        others = [transfer.L1 for transfer in figure7.transfer[seed]["sgn"].values()]
        rows.append([*near[0], *near[1], *(figure7.flat[i] for i in INPUTS), *others, near[0][0]])
    return complete(rows)


def _domains(figure7: Figure7Result | None) -> list[str]:
    if figure7 is None or not figure7.transfer:
        return []
    return list(next(iter(figure7.transfer.values()))["singlegan"])


def _transferred(figure7: Figure7Result | None) -> Numbers | None:
    """The numbers of `transfers`: (seeds, domains, 2)."""
    if figure7 is None or figure7.transfer is None:
        return None
    return complete(
        [[[t.inputs, t.corner] for t in by_model["singlegan"].values()] for by_model in figure7.transfer.values()]
    )
