"""contact_sheet: some training pictures of every domain, and the style images, in one picture."""

from pathlib import Path

import numpy as np

from pipeline import command, params
from pipeline.figures import grids, style

PER_DOMAIN = 10


def main() -> None:
    """Draw reports/figures/contact-sheet.png."""
    p = params.load()
    pictures = {
        domain: np.load(Path("data") / domain / "train.npy", mmap_mode="r")[:PER_DOMAIN] for domain in p.domains
    }
    styles = [np.load(Path("data") / name / "style.npy") for name in p.styles]
    pictures["styles"] = np.stack(styles)
    caption = (
        f"data {p.data}, scale {p.scale}: the first training pictures of each domain; styles {', '.join(p.styles)}"
    )
    style.save(grids.contact_sheet(pictures, caption), Path("reports/figures/contact-sheet.png"))


if __name__ == "__main__":
    command.run(main)
