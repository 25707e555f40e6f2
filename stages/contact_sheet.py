"""contact_sheet: what is packed, for people to see: a sheet of each domain, one of all, and the cards in one file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core import artifacts, files, params
from pipeline.figures import grids, style
from pipeline.images import catalogue
from pipeline.shell import command

CARDS = Path("reports/metrics/cards.json")
IN_ONE = 10
FOR_EACH = 10
LARGEST_STYLE = 256


def main() -> None:
    """Write reports/figures/contact-sheet.png, reports/figures/domains/NAME.png and reports/metrics/cards.json.

    ValueError if no domain is packed.
    """
    p = params.load()
    sizes = p.scale_params.images
    packed = catalogue.read(p.domains, p.styles, p.data, sizes.train_size, sizes.test_size, p.images.style_size)
    made_of = f"data {p.data}, scale {p.scale}"
    if not packed.domains:
        raise ValueError(f"no domain is packed for {made_of}: run `dvc repro images@DOMAIN` first")
    if packed.absent:
        print(f"not packed for {made_of}, so not drawn: {', '.join(packed.absent)}")
    domains = {
        name: artifacts.read_packed(artifacts.train_pictures(name), sizes.train_size) for name in packed.domains
    }  # N H W C
    styles = {
        name: artifacts.read_packed(artifacts.style_picture(name), p.images.style_size) for name in packed.styles
    }  # H W C

    rows = {name: pictures[:IN_ONE] for name, pictures in domains.items()}
    rows |= {"styles": np.stack(list(styles.values()))} if styles else {}
    caption = f"{made_of}: the first training pictures of each domain" + (
        f"; styles {', '.join(styles)}" * bool(styles)
    )
    style.save(grids.contact_sheet(rows, caption), style.FIGURES / "contact-sheet.png")

    with files.replacing(style.FIGURES / "domains") as folder:
        folder.mkdir()
        for name, pictures in domains.items():
            some = pictures[spread(len(pictures), FOR_EACH)]
            caption = f"{made_of}: {len(some)} of {len(pictures):,} train pictures of {name}"
            style.save(grids.domain_sheet(some, caption), folder / f"{name}.png")
        for name, picture in styles.items():
            sheet = grids.domain_sheet(picture[None], f"{made_of}: style image {name}", LARGEST_STYLE)
            style.save(sheet, folder / f"{name}.png")

    # DVC reads the list as a plot, for which all entries must have the same keys.
    places = {name: f"{domain.dataset}, side {domain.side}" for name, domain in p.domains.items()}
    places |= {name: entry.file for name, entry in p.styles.items()}
    cards = {**packed.domains, **packed.styles}
    files.write_json(
        CARDS,
        [
            {"name": name, "data": p.data, "scale": p.scale, "place": places[name], "card": card}
            for name, card in cards.items()
        ],
    )


def spread(length: int, count: int) -> NDArray[np.intp]:
    """At most `count` indices into a list, evenly spaced from its first to its last entry: neighbours in a sorted
    folder are often pictures of the same thing."""
    return np.linspace(0, length - 1, min(count, length)).round().astype(np.intp)


if __name__ == "__main__":
    command.run(main)
