"""Any size, any number of pictures, any amount of memory."""

import numpy as np
import pytest
import torch
from torch.nn.functional import pad

from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.translate.translator import Translator
from tests.translate import made_up

SETS = [(0.2, 0.5, 0.3), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]
PLENTY, LITTLE = 1.0, 0.0012  # GiB


def translator(gibibytes: float = PLENTY, width: int = 4) -> Translator:
    return Translator.of(made_up.generator(width=width), "cpu", "fp32", gibibytes)


@pytest.mark.parametrize(("height", "width"), [(24, 32), (33, 57), (17, 16), (18, 31)])
def test_sizes_stay_and_what_is_missing_to_a_multiple_of_4_is_reflected(height: int, width: int) -> None:
    given = made_up.pixels(height, width)[None]
    G = made_up.generator()
    x = pad(to_tensor(given), (0, -width % 4, 0, -height % 4), mode="reflect")
    with torch.no_grad():
        expected = to_pictures(G(x, torch.tensor(SETS[:1])))[:, :height, :width]
    translated = translator()(given, SETS[:1])
    assert translated.shape == given.shape
    assert translated.dtype == np.uint8
    assert np.array_equal(translated, expected)


def test_one_picture_at_many_S_and_many_pictures_each_at_its_own() -> None:
    translate = translator()
    pictures = np.stack([made_up.pixels(20, 24, seed) for seed in range(3)])
    alone = [translate(pictures[i : i + 1], SETS[i : i + 1])[0] for i in range(3)]
    assert np.abs(translate(pictures, SETS).astype(int) - np.stack(alone)).max() <= 1
    travelled = translate(pictures[:1], SETS)
    assert np.abs(travelled[0].astype(int) - alone[0]).max() <= 1
    assert not np.array_equal(travelled[0], travelled[1])


def test_a_picture_that_memory_does_not_hold_is_computed_in_bands_and_the_same() -> None:
    little, plenty = translator(LITTLE), translator()
    given = made_up.pixels(150, 61)[None]
    assert plenty.at_once(150, 61) == 8
    assert little.at_once(150, 61) == 0
    assert 16 <= little.rows(150, 61) < 150
    whole, banded = (t(given, SETS[:1]).astype(int) for t in (plenty, little))
    assert np.abs(whole - banded).max() <= 1  # of 255: what lies between two values is rounded


def test_several_are_computed_one_after_the_other_where_memory_holds_one() -> None:
    given = np.stack([made_up.pixels(40, 40, seed) for seed in range(3)])
    some = translator(0.0005)
    assert 1 <= some.at_once(40, 40) < 3
    assert np.abs(some(given, SETS).astype(int) - translator()(given, SETS)).max() <= 1


def test_a_picture_that_bands_do_not_fit_either_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match=r"3000x2000 pixels need .* GiB"):
        translator(LITTLE).rows(2000, 3000)
