"""What the figures of a run say about it: what made them, and the name and colour of each weight of S.

`facts` is what was measured of a run.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.patches import Patch

from pipeline.figures import style
from pipeline.sgn.model.objectives import LETTERS

if TYPE_CHECKING:  # who only draws pictures needs no pydantic
    from pipeline.sgn.results import Figure7Result, RunResult

# Red, green and blue as in the paper's colour bar (red = A), in the tones that colour-blind readers tell apart; for a
# fourth objective, which the paper never shows, the next tone.
COLOURS = (style.COLOURS[1], style.COLOURS[2], style.COLOURS[0], style.COLOURS[3])


def names(facts: "RunResult") -> tuple[str, ...]:
    """What A, B, C are about: ("photo", "vangogh", "udnie")."""
    return tuple(objective.about for objective in facts.objectives)


def first_seed(facts: "RunResult | Figure7Result") -> str:
    """The seed whose pictures are shown."""
    return str(next(iter(facts.seeds)))


def made_by(runs: "Sequence[RunResult]", seeds: Sequence[str]) -> str:
    """Which runs, data, scale, steps and seeds made a picture, for its caption.

    ValueError if the runs were evaluated with different data or scales: their pictures do not belong together.
    """
    made_with = {(facts.data, facts.scale) for facts in runs}
    if len(made_with) > 1:
        each = ", ".join(f"{facts.run} with {facts.data} at {facts.scale}" for facts in runs)
        raise ValueError(f"the runs of one figure were made with different data or scales ({each}): run `dvc repro`")
    ((data, scale),) = made_with
    steps = " or ".join(f"{count:,}" for count in sorted({facts.steps for facts in runs}))
    subject = ("run " if len(runs) == 1 else "runs ") + ", ".join(facts.run for facts in runs)
    seed = ("seed " if len(seeds) == 1 else "seeds ") + ", ".join(seeds)
    return f"{subject[0].upper()}{subject[1:]}; data {data}, scale {scale}, {steps} steps, {seed}"


def patches(about: Sequence[str]) -> list[Patch]:
    """A legend's entries: each weight's colour, its letter and what it is about."""
    return [
        Patch(color=colour, label=f"{letter} {name}")
        for letter, colour, name in zip(LETTERS, COLOURS, about, strict=False)
    ]
