"""The explorer's lattice: every S once, tiles where the page looks for them, files that stay within the limit."""

import io
from itertools import product

import numpy as np
from PIL import Image

from pipeline.sgn.explorer import lattice


def test_the_lattice_has_every_S_whose_weights_are_tenths() -> None:
    counted = {(a, b, 10 - a - b) for a, b in product(range(11), repeat=2) if a + b <= 10}
    points = [tuple(round(s * 10) for s in S) for S in lattice.points()]
    assert len(points) == len(set(points)) == 66
    assert set(points) == counted
    assert all(abs(sum(S) - 1) < 1e-12 for S in lattice.points())


def test_a_tile_lies_in_its_row_and_column() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (25, 4, 4, 3), dtype=np.uint8)
    grid = lattice.tiles(pictures)
    assert grid.shape == (3 * 4, lattice.COLUMNS * 4, 3)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, lattice.COLUMNS)
        assert (grid[row * 4 : row * 4 + 4, column * 4 : column * 4 + 4] == picture).all()
    assert not grid[8:, 3 * 4 :].any()


def test_an_encoded_picture_is_nearly_the_picture() -> None:
    ramp = np.linspace(0, 255, 64)
    picture = np.stack([np.add.outer(ramp, ramp) / 2] * 3, -1).astype(np.uint8)
    decoded = np.asarray(Image.open(io.BytesIO(lattice.encoded(picture))))
    assert np.abs(decoded.astype(int) - picture).mean() < 3


def test_as_many_pictures_as_have_room_and_at_least_one() -> None:
    files = [bytes(10)] * 4
    assert len(lattice.fitting(files, 35)) == 3
    assert len(lattice.fitting(files, 40)) == 4
    assert len(lattice.fitting(files, 5)) == 1
