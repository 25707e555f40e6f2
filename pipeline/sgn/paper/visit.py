"""A visit to a GPU as a result: the SGN half of Table 3 that `python -m benchmarks.gpu` measured, in the types that the
claims read. What a visit does not measure stays away, so that what needs it is not measurable."""

from pathlib import Path

from pipeline.core import artifacts
from pipeline.sgn.model.objectives import LETTERS
from pipeline.sgn.paper.measured import Measured
from pipeline.sgn.results import About, LossesAtS, OfSeed, RunResult

MODEL1 = (
    About(letter="A", loss="reconstruction", about="photo"),
    About(letter="B", loss="adversarial", about="vangogh"),
    About(letter="C", loss="perceptual", about="udnie"),
)
SEED = "0"  # the one that a visit trains


def read(training: Path) -> Measured:
    """Model 1 from a visit's training.json. ValueError if it is missing or damaged."""
    found = artifacts.read_json(training)
    rows = tuple(
        LossesAtS(
            S=tuple(row["S"]),
            L={letter: row[f"L_{letter}"] for letter in LETTERS[:3]},
            L_G=row["L_G"],
            own={"B": row["L_B"]},
        )
        for row in found["table3"]
    )
    run = RunResult(
        run="model1",
        method="sgn",
        conditioning="ccam",
        data=found["pictures"]["source"],
        scale="paper",
        alpha=0.5,
        precision=found["precision"],
        steps=found["steps"],
        S=None,
        measured_by="model1",
        objectives=MODEL1,
        pictures={"measured": found["table3"][0]["pictures"]},
        seeds={SEED: OfSeed(losses=rows, study=None)},
    )
    return Measured(toy=None, runs={"model1": run}, figure7=None, cost=None, nulls=None)
