"""The classifier of corners: untouched pictures are named right, and what is not what its corner is about is not."""

import pytest
import torch
from torch import Tensor, nn

from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import corners, measures
from pipeline.sgn.evaluation.corners import Known
from tests.sgn.made_up import MODEL1


def domain(seed: int, colour: tuple[float, float, float], count: int = 8) -> Tensor:
    """Pictures of one colour and some noise."""
    noise = torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) - 0.5
    return (torch.tensor(colour)[None, :, None, None] + 0.4 * noise).clamp(-1, 1)


RED, BLUE = (0.6, -0.5, -0.5), (-0.5, -0.5, 0.6)
STYLE = torch.sign(torch.sin(torch.arange(32.0)))[None, None, None].expand(1, 3, 32, 32).contiguous()


@pytest.fixture(scope="module")
def vgg(vgg_weights: dict[str, Tensor]) -> VGG16:
    return VGG16(vgg_weights)


@pytest.fixture(scope="module")
def known(vgg: VGG16) -> Known:
    D = nn.ModuleDict()
    test = measures.TestSet(domain(1, RED), {"vangogh": domain(2, BLUE)}, D, D, {})
    references = {"photo": domain(3, RED, 12), "vangogh": domain(4, BLUE, 12), "udnie": STYLE}
    return corners.learn(MODEL1, test, references, vgg, batch=5)


def share(known: Known, vgg: VGG16, x: Tensor, about: str) -> float:
    return corners.share(known, corners.look(vgg, x, known.targets, 3), about)


def test_pictures_of_a_domain_are_named_as_it_and_inputs_are_not(known: Known, vgg: VGG16) -> None:
    # One in twenty untouched pictures is taken for the style.
    assert share(known, vgg, domain(7, BLUE, 20), "vangogh") >= 0.8
    assert share(known, vgg, domain(8, RED, 20), "vangogh") == 0.0
    assert share(known, vgg, domain(8, RED, 20), "photo") >= 0.8


def test_the_style_image_has_the_style_and_untouched_pictures_seldom_have(known: Known, vgg: VGG16) -> None:
    noisy = (STYLE + 0.1 * domain(9, (0, 0, 0))).clamp(-1, 1)
    assert share(known, vgg, noisy, "udnie") == 1.0
    untouched = torch.cat([domain(3, RED, 12), domain(4, BLUE, 12)])
    assert share(known, vgg, untouched, "udnie") <= 0.1


def test_what_is_told_of_corners_is_beside_the_same_of_the_inputs(known: Known, vgg: VGG16) -> None:
    half = torch.cat([domain(5, BLUE, 20), domain(6, RED, 20)])
    pictures = {"A": domain(1, RED), "B": half, "C": domain(1, RED)}
    seen = {letter: corners.look(vgg, x, known.targets, 4) for letter, x in pictures.items()}
    found = corners.named(known, MODEL1, seen)
    assert found["classes"] == ["photo", "vangogh", "udnie"]
    blue = share(known, vgg, half[:20], "vangogh")
    assert blue > 0.8
    shares = found["corner"]
    assert isinstance(shares, dict)
    assert shares["B"]["vangogh"] == blue / 2
    assert shares["A"] == shares["C"] == found["inputs"]
    assert shares["A"]["vangogh"] == 0.0
    assert all(sum(of_corner.values()) == pytest.approx(1) for of_corner in shares.values())
    assert found["held_out"] == pytest.approx(1.0, abs=0.1)


def test_a_look_is_the_same_in_every_batch_and_ends_in_the_deepest_layer(vgg: VGG16) -> None:
    x = domain(1, RED, 5)
    one, other = (corners.look(vgg, x, {}, batch) for batch in (2, 5))
    assert torch.allclose(one.means, other.means, atol=1e-5)
    with torch.no_grad():
        assert torch.allclose(one.deepest, vgg(x)[3].double().mean((2, 3)), atol=1e-4)


def test_the_regression_is_that_of_its_gradient_and_needs_no_luck() -> None:
    X = torch.randn(40, 6, generator=torch.Generator().manual_seed(0)).double()
    labels = (X[:, 0] > 0).long() + (X[:, 1] > 1).long()
    W = corners.regression(X, labels, 3)
    assert torch.equal(W, corners.regression(X, labels, 3))
    with_bias = torch.cat([X, torch.ones(40, 1)], 1)
    probability = (with_bias @ W).softmax(1)
    gradient = with_bias.T @ (probability - torch.eye(3)[labels]) / 40 + corners.DECAY * W
    assert gradient.abs().max() < 1e-3
