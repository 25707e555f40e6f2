"""Pictures through a generator: batches, grids, files."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from pipeline.core.pictures import to_pictures
from pipeline.networks.generator import Generator
from pipeline.sgn.model import translation

SETS = [(1.0, 0.0, 0.0), (0.0, 1.5, 0.0)]


@pytest.fixture
def generator() -> Generator:
    return Generator(4, 1)


@pytest.fixture
def x() -> Tensor:
    return torch.rand(5, 3, 32, 24) * 2 - 1


@pytest.mark.parametrize("batch", [1, 2, 5, 8])
def test_a_translation_does_not_depend_on_the_batch(generator: Generator, x: Tensor, batch: int) -> None:
    for S in SETS:
        out = translation.translate(generator, x, S, batch)
        one_by_one = torch.cat([generator(x[n : n + 1], torch.tensor([S])) for n in range(5)])
        torch.testing.assert_close(out, one_by_one.detach(), rtol=0, atol=1e-5)
        assert not out.requires_grad


def test_a_grid_is_inputs_then_translations(generator: Generator, x: Tensor) -> None:
    grid = translation.grid(generator, x, SETS)
    assert grid.shape == (5 * 32, 3 * 24, 3)
    assert grid.dtype == np.uint8
    columns = [x, *(translation.translate(generator, x, S) for S in SETS)]
    for row in range(5):
        for column, pictures in enumerate(columns):
            cell = grid[32 * row : 32 * (row + 1), 24 * column : 24 * (column + 1)]
            assert np.array_equal(cell, to_pictures(pictures)[row])


def test_a_saved_generator_translates_the_same(generator: Generator, x: Tensor, tmp_path: Path) -> None:
    save_file(generator.state_dict(), tmp_path / "generator.safetensors")
    loaded, about = translation.load_generator(tmp_path / "generator.safetensors", 4, 1, "ccam", 3)
    assert about == {}
    assert not loaded.training
    assert torch.equal(translation.translate(loaded, x, SETS[1]), translation.translate(generator, x, SETS[1]))


def test_a_generator_of_another_size_is_refused(generator: Generator, tmp_path: Path) -> None:
    save_file(generator.state_dict(), tmp_path / "generator.safetensors")
    for width, blocks, k in ((8, 1, 3), (4, 2, 3), (4, 1, 2)):
        with pytest.raises(ValueError, match=r"generator\.safetensors holds a network of other sizes"):
            translation.load_generator(tmp_path / "generator.safetensors", width, blocks, "ccam", k)
