"""What measures beyond the paper say of its pictures, as rules: a kernel distance, and a classifier of corners.

The paper shows translations and calls them Van Gogh or winter; these say so in numbers that no training has seen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.claims.verdict import Numbers, claim, decide, rounded
from pipeline.sgn.paper.measurements import from_studies
from pipeline.sgn.paper.translation_claims import MODELS
from pipeline.sgn.results import RunResult, Study

WHERE = "Section 5.2, Figures 1 and 6; measures beyond the paper"
ENOUGH = 0.8  # of the translations are named right
MORE = 0.4  # than of the inputs


def nearer(distances: Numbers) -> float:
    """Distances to the domain (corners; of the inputs, of the translations): nearer at every corner, as a part of the
    inputs' distance."""
    return float(((distances[:, 0] - distances[:, 1]) / np.abs(distances[:, 0])).min())


def named(shares: Numbers) -> float:
    """Shares named right (corners; of the inputs, of the translations), mean over the corners."""
    inputs, translations = shares.mean(0)
    return float(min(translations - ENOUGH, translations - inputs - MORE))


def claims(runs: Mapping[str, RunResult]) -> list[dict[str, Any]]:
    """The entries of reports/metrics/claims.json, from the evaluation files of Models 1 to 3."""
    models = [runs.get(name) for name in MODELS]
    corners = [
        (i, o, f"{run.run} {o.letter}, {o.about}")
        for i, run in enumerate(models)
        if run is not None
        for o in run.objectives
        if o.loss != "reconstruction"
    ]
    adversarial = [corner for corner in corners if corner[1].loss == "adversarial"]

    def distances(studies: Sequence[Study]) -> list[list[float]]:
        found = [studies[i].distance[o.letter] for i, o, _ in adversarial]
        return [[distance.inputs, distance.corner] for distance in found]

    def shares(studies: Sequence[Study]) -> list[list[float]] | None:
        found = [study.named for study in studies if study.named is not None]
        if len(found) < len(studies):
            return None
        return [[found[i].inputs[o.about], found[i].corner[o.letter][o.about]] for i, o, _ in corners]

    def held_out(studies: Sequence[Study]) -> list[float | None]:
        return [None if study.named is None else study.named.held_out for study in studies]

    moved = from_studies(models, distances)
    right, untouched = from_studies(models, shares), from_studies(models, held_out)
    measured: dict[str, Any] = {}
    if right is not None and untouched is not None:
        measured = {"share named right of": ["inputs", "translations"]}
        measured |= {name: rounded(row) for (_, _, name), row in zip(corners, right.mean(0), strict=True)}
        measured["untouched test pictures named right, by model"] = rounded(untouched.mean(0))
    return [
        claim(
            "sgn-nearer-by-kid",
            "Translations at a domain's corner are nearer to the domain than the inputs are.",
            WHERE,
            f"At each adversarial corner of {', '.join(MODELS)}, the kernel distance (KID) of VGG16's features from "
            "the translations to the domain's training pictures is below that from the inputs.",
            decide(nearer, moved),
            {}
            if moved is None
            else {
                "distance of": ["inputs", "translations"],
                **{name: rounded(row) for (_, _, name), row in zip(adversarial, moved.mean(0), strict=True)},
            },
        ),
        claim(
            "sgn-corners-named",
            "The corners can be told apart: translations look like what their corner is about.",
            WHERE,
            f"A classifier that was trained on untouched pictures names more than {ENOUGH:.0%} of the translations at "
            f"the adversarial and style corners of {', '.join(MODELS)} as what the corner is about, mean over the "
            f"corners, and more of them than of the inputs by {MORE:.0%} of all. Domains: logistic regression on "
            "channel means of VGG16; styles: nearer in Gram matrices than 19 of 20 untouched training pictures.",
            decide(named, right),
            measured,
        ),
    ]
