"""What is seen in a table or figure, in a sentence of numbers from the files that it is made of.

`run` and `study` are parts of reports/metrics/runs/RUN.json, `rows` those of table3.json; sentences that stand in
captions and in alternative texts, and on the front page.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from pipeline.report import html
from pipeline.sgn.paper import table3 as paper_table3

Run = Mapping[str, Any]
Row = Mapping[str, Any]

LOSSES = ("L_rec", "L_adv", "L_per")


def spread(rows: Sequence[Row]) -> str:
    """How far S moves SGN's losses over Table 3's six S: the largest over the smallest, ours and the paper's."""
    sgn = [row for row in rows if row["model"] == "sgn"]
    if any(row[name] is None for row in sgn for name in LOSSES):
        return "SGN's losses were not measured at all six S."
    measured = paper_table3.spread(np.array([[row[name] for name in LOSSES] for row in sgn]))
    ours = ", ".join(f"{ratio:.1f} ({name})" for name, ratio in zip(LOSSES, measured, strict=True))
    theirs = ", ".join(f"{ratio:.1f}" for ratio in paper_table3.spread(paper_table3.paper("sgn")[:, 1:]))
    return f"Over the six S of Table 3, SGN's largest loss is {ours} times its smallest; the paper's {theirs}."


def beside_hyper(rows: Sequence[Row]) -> str:
    """How much larger L_G is for SGN than for the model that was trained for that S alone."""
    L_G = {model: [row["L_G"] for row in rows if row["model"] == model] for model in ("sgn", "hyper")}
    pairs = [(a, b) for a, b in zip(L_G["sgn"], L_G["hyper"], strict=True) if a is not None and b is not None]
    if not pairs:
        return "The hyper-parameter models were not trained."
    ratios = [a / b for a, b in pairs]
    return (
        f"SGN's L_G is {min(ratios):.2f} to {max(ratios):.2f} times that of the model which was trained for that S "
        f"alone, {fmean(ratios):.2f} times on average."
    )


def reconstructs(run: Run) -> str:
    """How well (1, 0, 0) gives the input back: L_rec as a part of that of a flat picture, by seed."""
    ratios = [
        size["L_A"] / size["flat"]
        for of_seed in run["seeds"].values()
        for size in of_seed["study"]["sizes"][:1]
        if size["L_A"] is not None and size.get("flat")
    ]
    if not ratios:
        return ""
    each = " and ".join(f"{100 * ratio:.0f} %" for ratio in ratios)
    return (
        f"At the first corner the error is {each} of that of a flat picture of the input's mean colour "
        f"({_by_seed(ratios)}first {run['pictures']['lattice']} test pictures)."
    )


def _by_seed(values: Sequence[float]) -> str:
    return "by seed, " if len(values) > 1 else ""


def corners(run: Run) -> str:
    """How different the corners' pictures are, and how many of them a classifier takes for what they are about."""
    studies = [of_seed["study"] for of_seed in run["seeds"].values()]
    change = {side: fmean(study["change"][side] for study in studies) for side in studies[0]["change"]}
    most, least = max(change, key=lambda side: change[side]), min(change, key=lambda side: change[side])
    about = {o["letter"]: o["about"] for o in run["objectives"]}

    def sides(side: str) -> str:
        return f"{about[side[0]]} and {about[side[1]]} {change[side]:.2f}"

    told = f"Pictures at two corners differ by (mean, pixels from -1 to 1): {sides(most)}"
    told += f", the most; {sides(least)}, the least." if most != least else "."
    named = [study["named"] for study in studies if study.get("named")]
    if named:
        parts = [
            f"{_share(named, letter, name)} as {name} ({_share(named, None, name)} of the inputs, "
            f"{_share(named, 'A', name)} of the translations at the first corner)"
            for letter, name in about.items()
            if letter != "A" and name in named[0]["inputs"]
        ]
        told += f" A classifier of untouched pictures names the translations at their corner: {'; '.join(parts)}."
    return told


def _share(named: Sequence[Mapping[str, Any]], letter: str | None, name: str) -> str:
    """How many of the translations at a corner, or of the inputs, are named so, mean over the seeds."""
    return f"{fmean((of['inputs'] if letter is None else of['corner'][letter])[name] for of in named):.0%}"


def grid(run: Run) -> str:
    """A run's grid: the corners apart, and the first corner's error."""
    return " ".join(filter(None, (corners(run), reconstructs(run))))


def conditionings(runs: Sequence[Run]) -> str:
    """How far S moves the picture with each conditioning."""
    moved = {
        run["conditioning"]: fmean(
            fmean(of_seed["study"]["change"].values()) for of_seed in run["seeds"].values() if of_seed["study"]
        )
        for run in runs
    }
    order = sorted(moved, key=lambda name: -moved[name])
    return "Mean difference of the pictures at two corners: " + ", ".join(f"{n} {moved[n]:.3f}" for n in order) + "."


def figure7(numbers: Mapping[str, Any]) -> str:
    """How far the first corner's outputs are from the inputs, for both methods."""
    parts = []
    for domain in numbers["pictures"]:
        sgn, other = (
            fmean(of_seed[domain][name]["L1"] for of_seed in numbers["seeds"].values()) for name in ("sgn", "singlegan")
        )
        parts.append(f"{domain} {sgn:.2f} and {other:.2f}")
    return f"Mean distance (L1) from input to output at the first corner, SGN and SingleGAN: {'; '.join(parts)}."


def activations(run: Run) -> str:
    """How many channels each CCAM closes."""
    studies = [of_seed["study"] for of_seed in run["seeds"].values() if of_seed["study"]]
    parts = []
    for place in range(3):
        opened = [study["activations"][place] for study in studies]
        share = fmean(fmean(o["below"]["0.1"].values()) for o in opened)
        parts.append(f"{share:.0%}")
    return f"Activations below 0.1, mean over the corners: {', '.join(parts)} in the first, second and third CCAM."


def cost(runs: Mapping[str, Mapping[str, Any]], sgn: str, hyper: Sequence[str]) -> str:
    """The operations of one SGN against those of the six models that it stands for."""
    known = [runs[name]["flop"] for name in hyper if name in runs]
    if len(known) < len(hyper) or sgn not in runs:
        return ""
    return (
        f"The six hyper-parameter models take {sum(known) / runs[sgn]['flop']:.1f} times the operations of one SGN: "
        f"{html.significant(float(sum(known)), 3)} and {html.significant(float(runs[sgn]['flop']), 3)} FLOP."
    )
