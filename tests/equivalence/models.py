"""The objectives of the models that are compared with the reading (Section 5.2 and 5.3)."""

from pipeline.sgn.model.objectives import Objective

MODEL1 = (
    Objective(loss="reconstruction", about="photo"),
    Objective(loss="adversarial", about="vangogh"),
    Objective(loss="perceptual", about="udnie"),
)
MODEL3 = (
    Objective(loss="reconstruction", about="summer"),
    Objective(loss="adversarial", about="winter"),
    Objective(loss="adversarial", about="monet"),
)
SINGLEGAN = tuple(Objective(loss="adversarial", about=domain) for domain in ("photo", "ukiyoe", "vangogh"))
