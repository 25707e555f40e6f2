"""A flat picture and the identity, measured like a generator that does the same at every S."""

import pytest
import torch
from torch import Tensor, nn

from pipeline.core import results
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import controllability, corners, measures, still
from pipeline.sgn.model import losses, simplex
from pipeline.sgn.results import OfSeed
from tests.sgn.made_up import MODEL1


@pytest.mark.parametrize("name", ["flat", "identity"])
def test_a_still_null_is_what_the_evaluation_says_of_a_generator_without_S(
    name: str, vgg_weights: dict[str, Tensor]
) -> None:
    torch.manual_seed(0)
    vgg, x, y = VGG16(vgg_weights), torch.rand(3, 3, 32, 32) * 2 - 1, torch.rand(3, 3, 32, 32)
    style = torch.rand(1, 3, 32, 32) - 0.5
    D = nn.ModuleDict({"vangogh": nn.Conv2d(3, 1, 4, 4)})
    test = measures.TestSet(x, {"vangogh": y}, D, D, {"udnie": losses.Perceptual(vgg, style, 200.0)})
    references = {"photo": torch.rand(3, 3, 32, 32), "vangogh": y + 0.1, "udnie": style}
    known = corners.learn(MODEL1, test, references, vgg, 2)
    points = [*simplex.TABLE3, simplex.centre(3)]
    found = still.of_seed(name, MODEL1, test, known, vgg, points=points, batch=2)
    plain = controllability.measure(
        still.generator(name), MODEL1, test, known, vgg, points=points, lattice_images=3, batch=2
    )
    result = results.of(OfSeed, found)
    expected = results.of(OfSeed, {"losses": plain["lattice"], "study": {**plain, "activations": None}})
    assert result.study is not None
    assert expected.study is not None
    for ours, theirs in zip(result.losses, expected.losses, strict=True):
        assert (theirs.S, pytest.approx(theirs.L), pytest.approx(theirs.L_G)) == (ours.S, ours.L, ours.L_G)
    told = {"rank", "change", "leakage", "stray", "bias", "sizes", "named", "distance", "range"}
    for part in told:
        assert getattr(result.study, part) == getattr(expected.study, part), part
    assert result.study.separation == pytest.approx(expected.study.separation)
    assert [row.projection for row in result.study.axes["B"]] == pytest.approx(
        [row.projection for row in expected.study.axes["B"]]
    )
    assert result.study.steps == expected.study.steps
    assert result.losses[0].L["A"] == (0.0 if name == "identity" else pytest.approx(result.study.sizes[0].flat))
