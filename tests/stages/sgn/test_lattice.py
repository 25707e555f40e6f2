"""lattice and explorer as DVC runs them: a tile is what the model makes of the picture at that S."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from pipeline.core import artifacts
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.report.html import REPORTS
from pipeline.sgn.explorer import lattice as tiles
from pipeline.sgn.explorer.lattice import Lattice
from pipeline.sgn.model import params
from pipeline.sgn.model.translation import translate
from stages.sgn import explorer, lattice
from tests.stages.sgn.test_evaluate import save
from tests.stages.sgn.test_nulls import fill

PICTURES = 3  # as many test pictures as `fill` makes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, vgg_weights: dict[str, Tensor]) -> Path:
    folder = tmp_path_factory.mktemp("lattice")
    fill(folder, vgg_weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("DVC_ROOT", raising=False)
        p = params.load()
        for number, key in enumerate(lattice.RUNS):
            run = p.run(key)
            torch.manual_seed(number)
            generator = Generator(4, 1, run.conditioning)
            D = nn.ModuleDict({o.about: Discriminator(4) for o in run.objectives if o.loss == "adversarial"})
            save(key, 0, generator, D)
        lattice.main()
        explorer.main()
    return folder


def test_a_tile_is_the_translation_at_its_S(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    found = tiles.read()
    assert [model.run for model in found.models] == list(lattice.RUNS)
    model, number, at = found.models[2], 1, 17
    torch.manual_seed(2)
    generator = Generator(4, 1, "ccam").eval()
    x = to_tensor(artifacts.read_packed(artifacts.test_pictures("summer")))
    expected = to_pictures(translate(generator, x[number : number + 1], found.S[at]))[0]
    shown = np.asarray(Image.open(tiles.FOLDER / model.pictures[number]))
    row, column = divmod(at, found.columns)
    tile = shown[row * found.side :, column * found.side :][: found.side, : found.side]
    others = to_pictures(translate(generator, x[2:3], found.S[at]))[0]
    # WebP keeps brightness better than colour, and a network's first noise is the hardest picture that there is.
    own, other = (np.corrcoef(tile.mean(-1).ravel(), one.mean(-1).ravel())[0, 1] for one in (expected, others))
    assert own > 0.85 > other + 0.2


def test_the_files_are_those_that_the_page_asks_for_and_small(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    found: Lattice = tiles.read()
    named = {name for model in found.models for name in (model.inputs, *model.pictures)}
    assert {path.name for path in tiles.FOLDER.iterdir()} == {*named, "lattice.json"}
    assert sum(path.stat().st_size for path in tiles.FOLDER.iterdir()) <= tiles.LIMIT
    assert all(len(model.pictures) == PICTURES for model in found.models)
    assert all(len(model.losses) == len(found.S) for model in found.models)
    text = (REPORTS / "explorer.html").read_text(encoding="utf-8")
    assert all(f'"{name}"' in text for name in named)


def test_the_inputs_stand_side_by_side(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    found = tiles.read()
    shown = Image.open(io.BytesIO((tiles.FOLDER / found.models[0].inputs).read_bytes()))
    assert shown.size == (PICTURES * found.side, found.side)
