"""The paper's claims as rules about what was measured. Each rule gives a margin, above 0 where the claim is met.

Seeds are compared in pairs: a margin is that of one seed's networks against the same seed's of another run. In the
null controls a network that does nothing stands in the place of every AsymGAN; the baselines stay as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.asymgan.paper.numbers import SCORES, TABLE1, TABLE2, TABLE3
from pipeline.asymgan.results import Nulls, OfSeed, RunResult
from pipeline.claims import verdict
from pipeline.claims.verdict import NOT_MEASURED, Numbers, claim, decide, rounded

NULLS = ("untrained", "blind", "identity")
ABLATIONS = ("no-adversarial", "no-perception", "no-smoothness")
ASYMGANS = ("asymgan", "asymgan-plain", "inject-map", "inject-all", "inject-ccam", *ABLATIONS)
# A network that is blind to its code still translates, and these claims are not about the code.
TABLES = tuple(f"asymgan-table{number}{kind}" for number in (1, 2) for kind in ("", "-extended"))
NOT_FOR_BLIND = (*TABLES, "asymgan-masks")

ZERO = (2 / np.pi) ** 0.5  # mean |z| of a normal number: what an encoder that always says 0 gets for |E(F(y, z)) - z|
RECOVERED = 0.9  # of that
SPOILT = 1.1  # times as far from x
WORSE = 0.1  # by how much labels may be less right than CycleGAN's for a claim about something else
CONTROLLED = 0.2  # correlation with a reference, beyond that of random codes
TINY = 1e-6  # of a distance
EVEN = 2.5  # largest step of an interpolation, in mean steps

Runs = Mapping[str, RunResult]


def decided(runs: Runs, nulls: Nulls | None) -> list[dict[str, Any]]:
    """The claims with their verdicts, as claims.json has them."""
    asked = {} if nulls is None else {name: _of_null(name, runs, nulls.nulls[name]) for name in NULLS}
    return verdict.final(claims(runs), asked)


def _of_null(name: str, runs: Runs, null: RunResult) -> list[dict[str, Any]]:
    instead = {key: null if key in ASYMGANS else run for key, run in runs.items()}
    return [one for one in claims(instead) if not (name == "blind" and one["id"] in NOT_FOR_BLIND)]


def claims(runs: Runs) -> list[dict[str, Any]]:
    """The claims before their verdicts; what needs a run that is not there is not measurable."""
    return [
        *(_table(runs, 1, run) for run in ("asymgan-plain", "asymgan")),
        *(_table(runs, 2, run) for run in ("asymgan-plain", "asymgan")),
        _opinions(),
        _noise(runs, "asymgan", "asymgan-noise", "AsymGAN"),
        _noise(runs, "asymgan-plain", "asymgan-noise-plain", "AsymGAN without extension losses"),
        _sizes(runs),
        _stays(runs),
        _masks(runs),
        _diversity(runs),
        _dropout(runs),
        _control(runs),
        _codes(runs),
        _interpolation(runs),
        _injections(runs),
        _ablation(runs),
    ]


def _paired(runs: Runs, names: Sequence[str], numbers: Callable[[OfSeed], Sequence[float]]) -> Numbers | None:
    """The numbers of each run for each seed that all have: (seeds, runs, numbers); None if a run is missing."""
    if any(name not in runs for name in names):
        return None
    seeds = sorted(set.intersection(*(set(runs[name].seeds) for name in names)))
    return np.array([[list(numbers(runs[name].seeds[seed])) for name in names] for seed in seeds]) if seeds else None


def _told(names: Sequence[str], found: Numbers | None) -> dict[str, Any]:
    """For a claim's "measured": by run the means over seeds."""
    if found is None:
        return {}
    return {name: rounded(found[:, number].mean(0)) for number, name in enumerate(names)}


def _table(runs: Runs, number: int, run: str) -> dict[str, Any]:
    names, paper = (run, "cyclegan"), (TABLE1, TABLE2)[number - 1]
    way, kind = (("photo to label", "photo_to_label"), ("label to photo", "label_to_photo"))[number - 1]

    def scores(of_seed: OfSeed) -> list[float]:
        found = getattr(of_seed, kind)
        return [getattr(found, name) for name in SCORES]

    found = _paired(runs, names, scores)
    who = "AsymGAN" if run == "asymgan" else "AsymGAN without extension losses"
    return claim(
        f"asymgan-table{number}" + ("-extended" if run == "asymgan" else ""),
        f"From {way}, {who} gets better segmentation scores than CycleGAN.",
        f"Table {'I' * number}",
        "Each of the three scores (right pixels, right pixels of a class, intersection over union) is above CycleGAN's."
        " Margin: the least difference.",
        decide(lambda numbers: float((numbers[0] - numbers[1]).min()), found),
        {**_told(names, found), "paper": [value / 100 for name in names for value in paper[name]]},
    )


def _opinions() -> dict[str, Any]:
    return claim(
        "asymgan-table3",
        "People find the pictures of both AsymGANs more correct, more real and richer than CycleGAN's.",
        "Table III",
        "It takes people who look at pictures, so that nothing here can measure it.",
        NOT_MEASURED,
        {"paper": [list(TABLE3[name]) for name in TABLE3]},
    )


def _reconstruction(of_seed: OfSeed) -> list[float]:
    forward = of_seed.forward
    return [forward.clean, float(np.mean(forward.noise)), forward.crop, forward.resize, of_seed.photo_to_label.pixel]


def _sturdier(numbers: Numbers, changed: Sequence[int]) -> float:
    """By how much CycleGAN's reconstruction is spoilt, ours loses less and is nearer to x, changed; and labels are not
    bad."""
    ours, theirs = numbers
    ratio = (ours / max(ours[0], TINY)).clip(min=TINY)  # the identity's distances are 0
    spoilt = [np.log(theirs[i] / theirs[0]) - np.log(SPOILT) for i in changed]
    lost = [np.log(theirs[i] / theirs[0]) - np.log(ratio[i]) for i in changed]
    nearer = [theirs[i] - ours[i] for i in changed]
    return float(min(*spoilt, *lost, *nearer, ours[4] - (theirs[4] - WORSE)))


STURDY_RULE = (
    f"R = |F(G(x)) - x| after {{what}} over |F(G(x)) - x| before is above {SPOILT} for CycleGAN and less here, the "
    f"changed reconstruction is nearer to x than CycleGAN's, and its labels have at most {WORSE} fewer right pixels. "
    "Margin: the least of CycleGAN's log R beyond that bound, the difference of log R, the difference of the "
    "distances, and the right pixels beyond their bound."
)
STURDIER = (
    "The rule did not ask that CycleGAN's reconstruction be spoilt: with R = 1.0005 there the claim about noise held."
)


def _noise(runs: Runs, run: str, name: str, who: str) -> dict[str, Any]:
    found = _paired(runs, (run, "cyclegan"), _reconstruction)
    return claim(
        name,
        f"Noise too small to see, added to G(x), spoils CycleGAN's reconstruction, and that of {who} far less.",
        "Figure 9",
        STURDY_RULE.format(what="noise of 1, 2 and 4 of 255 (mean of the three)"),
        decide(lambda numbers: _sturdier(numbers, (1,)), found),
        {"columns": "clean, noise, crop, resize, right pixels of G(x)", **_told((run, "cyclegan"), found)},
        changed=STURDIER,
    )


def _sizes(runs: Runs) -> dict[str, Any]:
    found = _paired(runs, ("asymgan", "cyclegan"), _reconstruction)
    return claim(
        "asymgan-sizes",
        "A crop of G(x), or another size, ruins CycleGAN's reconstruction, and AsymGAN's far less.",
        "Figures 1 and 8",
        STURDY_RULE.format(what="a crop 2 pixels smaller, and a resize to 2 pixels more (both)"),
        decide(lambda numbers: _sturdier(numbers, (2, 3)), found),
        {"columns": "clean, noise, crop, resize, right pixels of G(x)", **_told(("asymgan", "cyclegan"), found)},
        changed=STURDIER,
    )


def _stays(runs: Runs) -> dict[str, Any]:
    names = ("asymgan", "cyclegan")
    found = _paired(runs, names, lambda s: [float(np.mean(s.stays)), s.photo_to_label.pixel])
    return claim(
        "asymgan-stays",
        "With a sampled z, F(G(x), z) stays as it is when small noise is added to G(x).",
        "Figure 9",
        "The mean L1 between the two, over noise of 1, 2 and 4 of 255, is less than half of what CycleGAN's F(G(x)) "
        f"changes, and labels have at most {WORSE} fewer right pixels. Margin: the lesser of the two differences.",
        decide(lambda n: float(min(n[1, 0] / 2 - n[0, 0], n[0, 1] - (n[1, 1] - WORSE))), found),
        {"columns": "change, right pixels of G(x)", **_told(names, found)},
    )


def _masks(runs: Runs) -> dict[str, Any]:
    names = ("asymgan", "cyclegan")
    found = _paired(runs, names, lambda s: [s.label_to_photo.pixel, s.made_labels])
    return claim(
        "asymgan-masks",
        "Real labels and labels that G made give photos of the same quality; in CycleGAN they differ.",
        "Figure 5",
        "The segmenter's right pixels of F(G(x), z) and of F(y, z) lie nearer together than CycleGAN's, and F(y, z) "
        f"has at most {WORSE} fewer than CycleGAN's. Margin: the lesser of the two differences.",
        decide(
            lambda n: float(min(abs(n[1, 1] - n[1, 0]) - abs(n[0, 1] - n[0, 0]), n[0, 0] - (n[1, 0] - WORSE))), found
        ),
        {"columns": "of F(y, z), of F(G(x), z)", **_told(names, found)},
    )


def _diversity(runs: Runs) -> dict[str, Any]:
    names = ("asymgan", "cyclegan-dropout", "cyclegan")
    found = _paired(runs, names, lambda s: [s.diversity])
    return claim(
        "asymgan-diversity",
        "From one label AsymGAN makes different photos; CycleGAN makes one.",
        "Figures 4 and 5",
        "The mean pairwise L1 between photos of one label is more than twice that of CycleGAN with dropout, and "
        "CycleGAN's is 0. Margin: AsymGAN's minus twice that with dropout.",
        decide(lambda n: float(n[0, 0] - 2 * n[1, 0] if n[2, 0] == 0 else -n[2, 0]), found),
        _told(names, found),
    )


def _dropout(runs: Runs) -> dict[str, Any]:
    names = ("asymgan", "cyclegan-dropout")
    found = _paired(runs, names, lambda s: [s.diversity])
    return claim(
        "asymgan-dropout",
        "CycleGAN with dropout makes nearly the same photo each time.",
        "Figure 5",
        "Its mean pairwise L1 is below a quarter of AsymGAN's. Margin: that quarter minus its own.",
        decide(lambda n: float(n[0, 0] / 4 - n[1, 0]), found),
        _told(names, found),
    )


def _control(runs: Runs) -> dict[str, Any]:
    run = runs.get("asymgan")
    there = run is not None and all(s.control is not None for s in run.seeds.values())
    found = (
        _paired(runs, ("asymgan",), lambda s: [s.control.encoded, s.control.sampled] if s.control else [])
        if there
        else None
    )
    return claim(
        "asymgan-reference",
        "F(y, E(x')) takes its colours from the reference x'.",
        "Figures 6 and 7",
        "The correlation of the classes' mean colours with those of x', beyond that of photos with random codes (at "
        f"least 0), is above {CONTROLLED}. Margin: what it is more.",
        decide(lambda n: float(n[0, 0] - max(n[0, 1], 0.0) - CONTROLLED), found),
        {"columns": "with E(x'), with random codes", **_told(("asymgan",), found)},
    )


def _codes(runs: Runs) -> dict[str, Any]:
    run = runs.get("asymgan")
    there = run is not None and all(s.codes is not None for s in run.seeds.values())
    found = _paired(runs, ("asymgan",), lambda s: s.codes.error if s.codes else []) if there else None
    return claim(
        "asymgan-codes",
        "The code is used: E finds in F(y, z) the z that it was made with.",
        "Equation 11",
        f"For each number of the code the mean |E(F(y, z)) - z| is below {RECOVERED} of {ZERO:.3f}, which an encoder "
        "gets that always says 0. Margin: for the worst number.",
        decide(lambda n: float(RECOVERED * ZERO - n[0].max()), found),
        {"error of each number": _told(("asymgan",), found).get("asymgan")},
    )


def _interpolation(runs: Runs) -> dict[str, Any]:
    run = runs.get("asymgan")
    there = run is not None and all(s.interpolation is not None for s in run.seeds.values())
    found = _paired(runs, ("asymgan",), lambda s: [s.interpolation or 0.0]) if there else None
    return claim(
        "asymgan-interpolation",
        "Between two codes the photo changes evenly.",
        "Figure 5",
        f"In ten steps from one code to another the largest step of the photo is below {EVEN} mean steps; a photo that "
        "does not change counts as one jump. Margin: what it is less.",
        decide(lambda n: float(EVEN - n[0, 0]), found),
        _told(("asymgan",), found),
    )


def _injections(runs: Runs) -> dict[str, Any]:
    names = ("asymgan", "inject-map", "inject-all", "inject-ccam", "cyclegan-dropout")
    found = _paired(runs, names, lambda s: [s.diversity])
    return claim(
        "asymgan-injections",
        "Each way for z to enter F gives different photos.",
        "Figure 12",
        "The mean pairwise L1 of each, SGN's CCAM among them, is above that of CycleGAN with dropout. Margin: the "
        "least difference.",
        decide(lambda n: float(n[:4, 0].min() - n[4, 0]), found),
        _told(names, found),
    )


def _ablation(runs: Runs) -> dict[str, Any]:
    names = ("asymgan", *ABLATIONS)
    found = _paired(
        runs,
        names,
        lambda s: [s.edges[0], s.control.encoded - max(s.control.sampled, 0.0) if s.control else 0.0, s.edges[1]],
    )
    return claim(
        "asymgan-ablation",
        "Of the extension losses none can be left out: without the adversarial ones photos are blurred, without "
        "perception they follow a reference less, without smoothness labels have a grid.",
        "Figure 10",
        "The total variation of F(y, z) is less without the adversarial losses, the correlation with a reference, "
        "beyond that of random codes, less without perception, the total variation of G(x) more without smoothness. "
        "Margin: the least of the three, each as a part of the whole's.",
        decide(_each_lacks, found),
        {"columns": "variation of F(y, z), control by a reference, variation of G(x)", **_told(names, found)},
    )


def _each_lacks(n: Numbers) -> float:
    """The whole, without adversarial, without perception, without smoothness: (4, 3), as in `_ablation`."""
    whole = n[0]
    sharp = (whole[0] - n[1, 0]) / max(whole[0], TINY)
    controlled = (whole[1] - n[2, 1]) / max(whole[1], TINY)
    smooth = (n[3, 2] - whole[2]) / max(whole[2], TINY)
    return float(min(sharp, controlled, smooth))
