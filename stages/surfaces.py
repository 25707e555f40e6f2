"""surfaces: Model 1's three losses over the simplex of S, drawn from files."""

from pathlib import Path

import numpy as np

from pipeline import command, outs
from pipeline.figures import legend, style
from pipeline.figures import surfaces as figures

# The losses' names in Table 3.
SYMBOLS = {"reconstruction": "$L_{rec}$", "adversarial": "$L_{adv}$", "perceptual": "$L_{per}$"}


def main() -> None:
    """Draw reports/figures/surfaces.png: means over the seeds."""
    facts = outs.read_json(Path("reports/metrics/runs/model1.json"))
    lattices = [seed["study"]["lattice"] for seed in facts["seeds"].values()]
    losses = {
        f"{SYMBOLS[o['loss']]} ({o['about']})": np.mean(
            [[row[f"L_{o['letter']}"] for row in lattice] for lattice in lattices], axis=0
        )
        for o in facts["objectives"]
    }
    sets = [tuple(row["S"]) for row in lattices[0]]
    made_by = legend.made_by([facts], list(facts["seeds"]))
    mean = f"mean of {facts['pictures']['lattice']} test pictures" + (" and the seeds" if len(lattices) > 1 else "")
    caption = f"{made_by}; {mean} at {len(sets)} S (dots); ring: the smallest"
    style.save(figures.surfaces(sets, losses, legend.names(facts), caption), Path("reports/figures/surfaces.png"))


if __name__ == "__main__":
    command.run(main)
