"""Sentences of the page, made from its numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.asymgan.model.params import Params
from pipeline.asymgan.paper.claims import SPOILT
from pipeline.report import html
from pipeline.report.html import Html

Row = Mapping[str, Any]
CHANGES = {
    "noise_1": "noise of 1",
    "noise_2": "noise of 2",
    "noise_4": "noise of 4",
    "crop": "a crop",
    "resize": "a resize",
}


def hiding(rows: Sequence[Row]) -> Html:
    """What tells whether CycleGAN hides the photo in its labels, beside AsymGAN."""
    cycle, ours = (next(row for row in rows if row["run"] == key) for key in ("cyclegan", "asymgan"))
    clean, made = (
        [html.number(row[name], digits) for row in (cycle, ours)]
        for name, digits in (("clean", 3), ("made_minus_real_labels", 1))
    )
    return Html(
        "<p>A CycleGAN that hides the photo in its labels comes back nearer to the photo than AsymGAN does, until a "
        f"small change of the label spoils it. Here its way back ends {clean[0]} from the photo, AsymGAN's {clean[1]}. "
        f"CycleGAN's is spoilt, R being above {SPOILT}, by {_spoiling(cycle)}, AsymGAN's by {_spoiling(ours)}. "
        f"CycleGAN's photos from labels that G made have {made[0]} percentage points more right pixels than its photos "
        f"from real labels, AsymGAN's {made[1]}.</p>"
    )


def _spoiling(row: Row) -> str:
    """The changes of G(x) after which a run's way back is spoilt."""
    spoiling = [f"{words} (R = {html.number(row[name], 2)})" for name, words in CHANGES.items() if row[name] > SPOILT]
    return ", ".join(spoiling) or "nothing that was tried"


def made_by(p: Params, *runs: str) -> str:
    """Which runs, seed and scale made a figure."""
    return f"{'Run' if len(runs) == 1 else 'Runs'} {', '.join(runs)}; seed {p.seeds[0]}, scale {p.scale}"
