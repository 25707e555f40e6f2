"""Figure 7's claim as a rule: SGN reconstructs where SingleGAN transfers style.

Both models are asked for their first domain, photo: SGN with S = (1, 0, 0), SingleGAN with the domain's code. Inputs
are photos, and paintings by Monet that neither model has seen.
"""

from typing import Any

from pipeline.claims.verdict import Numbers, claim, decide, rounded
from pipeline.sgn.paper.measurements import complete
from pipeline.sgn.results import Figure7Result

INPUTS = ("photo", "monet")
DISTANCES = ("L1", "VGG")
MODELS = {"sgn": "SGN", "singlegan": "SingleGAN"}


def reconstructs(distances: Numbers) -> bool:
    """Distances from output to input (2 models, SGN first; 2 inputs; 2 distances): SGN's four are all smaller."""
    return bool((distances[0] < distances[1]).all())


def claims(figure7: Figure7Result) -> list[dict[str, Any]]:
    """The entry of reports/metrics/claims.json about Figure 7, from reports/metrics/figure7.json."""
    distances = complete(
        [
            [[[getattr(seed[inputs][model], d) for d in DISTANCES] for inputs in INPUTS] for model in MODELS]
            for seed in figure7.seeds.values()
        ]
    )
    measured: dict[str, Any] = {}
    if distances is not None:
        measured = {
            name: {
                f"{inputs} {distance}": rounded(value)
                for inputs, row in zip(INPUTS, of_model, strict=True)
                for distance, value in zip(DISTANCES, row, strict=True)
            }
            for name, of_model in zip(MODELS.values(), distances.mean(0), strict=True)
        }
    return [
        claim(
            "figure7-reconstructs",
            "At (1, 0, 0) SGN reconstructs its input, also Monet's paintings, which it never saw; SingleGAN transfers "
            "style instead.",
            "Section 5.2, Figure 7",
            "The outputs of SGN at (1, 0, 0) are nearer to their inputs than SingleGAN's for its domain photo: for "
            "photos and for Monet's paintings, by L1 (mean |difference| of the pixels in [-1, 1]) and by VGG (mean "
            "squared difference at VGG16 relu2_2), all four.",
            decide(reconstructs, distances),
            measured,
        )
    ]
