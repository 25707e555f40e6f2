"""asymgan/pictures: photos, labels and the labels' palette, data/asymgan/pictures.

With `data: scenes` they are the rendered world, else the two sides of a paired data set in CycleGAN's layout.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.asymgan.model import params, places
from pipeline.asymgan.world import palette, scenes
from pipeline.core import files
from pipeline.core.artifacts import read_packed
from pipeline.core.params import Domain
from pipeline.images import card, packing, source
from pipeline.shell import command


def main() -> None:
    """Write every picture; a photo and the label of the same number are a pair. ValueError if there are no pairs."""
    p = params.load()
    root = source.resolve_root(p.data_root, command.invocation_root())
    sides, most = {"photo": p.asymgan.photo, "label": p.asymgan.label}, p.images.max_pixels
    if p.data == "scenes":
        _render(p.sizes.images, p.asymgan.seed)
        return
    for name, domain in sides.items():
        _pack(p, name, domain, root, most)
    counts = {name: len(read_packed(places.pictures(name, "test"))) for name in ("photo", "label")}
    if counts["photo"] != counts["label"]:
        raise ValueError(
            f"the test pictures are no pairs: {counts['photo']} photos and {counts['label']} labels; choose a data set "
            "whose sides belong together in asymgan.photo and asymgan.label, such as facades or maps"
        )
    _write(palette.PATH, palette.found(read_packed(places.pictures("label", "train"))))


def _render(sizes: params.ScaleImages, seed: int) -> None:
    for split, count, n in (("train", sizes.train, sizes.train_size), ("test", sizes.test, sizes.test_size)):
        drawn = [scenes.scene(split, index, n, seed) for index in range(count)]
        _write(places.pictures("photo", split), np.stack([scene.photo for scene in drawn]))
        _write(places.pictures("label", split), np.stack([scene.label for scene in drawn]))
    _write(palette.PATH, palette.PALETTE)


def _pack(p: params.Params, name: str, domain: Domain, root: Path | None, max_pixels: int) -> None:
    """Pack a side of the user's or the downloaded data set."""
    sizes = p.sizes.images
    found = source.load(p.data).find(
        source.Request(
            domain=name,
            dataset=domain.dataset,
            side=domain.side,
            train_size=sizes.train_size,
            test_size=sizes.test_size,
            scenes_train=sizes.train,
            scenes_test=sizes.test,
            root=root,
            seed=p.asymgan.seed,
            max_pixels=max_pixels,
        )
    )
    card.check_counts(name, found)
    splits = (("train", found.train, sizes.train_size), ("test", found.test, sizes.test_size))
    for split, pictures, size in splits:
        what, unreadable = f"{split} pictures of domain {name}", 0.0  # one left out would move all pairs behind it
        packing.pack(pictures, size, places.pictures(name, split), what=what, max_unreadable=unreadable)


def _write(path: Path, array: npt.NDArray[Any]) -> None:
    data = io.BytesIO()
    np.save(data, array, allow_pickle=False)
    with files.replacing(path) as temporary:
        temporary.write_bytes(data.getbuffer())


if __name__ == "__main__":
    command.run(main)
