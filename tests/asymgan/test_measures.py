"""The measures on models whose answers are known."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.asymgan.evaluation import measures, model
from pipeline.asymgan.evaluation.segmenter import Segmenter, segmented, trained
from pipeline.asymgan.model import method
from pipeline.asymgan.world import palette, scenes
from pipeline.core.pictures import to_tensor

SCENES = [scenes.scene("test", index, 32, 0) for index in range(8)]
PHOTOS, LABELS = (np.stack([getattr(scene, kind) for scene in SCENES]) for kind in ("photo", "label"))
CLASSES = np.stack([scene.classes for scene in SCENES])
X, Y = to_tensor(PHOTOS), to_tensor(LABELS)


def random() -> np.random.Generator:
    return np.random.default_rng(0)


def draw(count: int, side: int, drawn: np.random.Generator) -> Tensor:
    return torch.from_numpy(drawn.standard_normal((count, 3), dtype="float32"))


def tinted(y: Tensor, z: Tensor | None) -> Tensor:
    """A photo that has the code's three numbers as the colour of every pixel."""
    assert z is not None
    return 0 * y + 0.1 * z[:, :, None, None]


def mean_colour(x: Tensor) -> Tensor:
    return 10 * x.mean((2, 3))


def measured(one: model.Model) -> measures.OfSeed:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        segmenter = Segmenter(4, 5)
    return measures.measure(one, segmenter, X, Y, palette.PALETTE, 4, random())


def test_scores_of_known_maps() -> None:
    true = np.array([[[0, 0], [1, 2]]])
    assert measures.scores(true, true).model_dump() == {"pixel": 1.0, "per_class": 1.0, "iou": 1.0}
    found = measures.scores(np.array([[[0, 1], [1, 1]]]), true)
    assert found.pixel == pytest.approx(0.5)
    assert found.per_class == pytest.approx((0.5 + 1 + 0) / 3)
    assert found.iou == pytest.approx((0.5 + 1 / 3 + 0) / 3)


def test_a_grid_has_more_edges_than_a_blurred_picture() -> None:
    grid = torch.ones(1, 3, 4, 4)
    grid[..., ::2] = -1
    assert measures.variation(grid) == pytest.approx(2.0)  # every step to the right is 2, every step down 0
    assert measures.variation(torch.zeros(1, 3, 4, 4)) == 0.0
    assert measured(model.identity()).edges == pytest.approx(
        (measures.variation(Y) / measures.variation(X), measures.variation(X) / measures.variation(Y))
    )


def test_a_perfect_labeller_has_perfect_scores() -> None:
    perfect = model.Model(lambda x: Y, tinted, mean_colour, draw)
    assert measured(perfect).photo_to_label.iou == 1.0


def test_the_identity_comes_back_and_noise_shows_as_it_is() -> None:
    found = measured(model.identity())
    assert found.forward.clean == found.forward.crop == 0.0
    wanted = [2 * noise / 255 * (2 / np.pi) ** 0.5 for noise in (1, 2, 4)]  # mean |noise| on [-1, 1]
    assert found.forward.noise == pytest.approx(wanted, rel=0.02)
    assert found.stays == pytest.approx(wanted, rel=0.02)
    assert found.diversity == 0.0
    assert found.control is found.codes is found.interpolation is None


def test_codes_that_are_found_again_have_no_error_and_steer() -> None:
    found = measured(model.Model(lambda x: x, tinted, mean_colour, draw))
    assert found.codes is not None
    assert max(found.codes.error) < 1e-4
    # Two normal colours are 0.1 * 2 / sqrt(pi) apart.
    assert found.diversity == pytest.approx(0.2 / np.pi**0.5, rel=0.25)
    assert found.interpolation == pytest.approx(1.0, abs=1e-3)
    assert found.control is not None
    # Not 1: a class's colour is compared with its reference's, and the code is the colour of all of them.
    assert found.control.encoded > 0.3 > 0.2 > abs(found.control.sampled)


def test_a_blind_model_is_not_steered_and_gets_what_an_encoder_that_says_0_gets() -> None:
    seeing = model.Model(lambda x: x, tinted, mean_colour, draw)
    found = measured(model.blind(seeing))
    assert found.diversity == 0.0
    assert found.control is not None
    assert found.control.encoded == 0.0
    assert found.codes is not None
    many = torch.randn(4000, generator=torch.Generator().manual_seed(0))
    assert float(many.abs().mean()) == pytest.approx((2 / np.pi) ** 0.5, rel=0.03)
    assert np.mean(found.codes.error) == pytest.approx((2 / np.pi) ** 0.5, rel=0.35)  # of 8 pictures
    assert found.interpolation == measures.STEPS


def hider(strength: float) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor, Tensor | None], Tensor]]:
    """CycleGAN's trick at its simplest: the label carries the photo, made small; the way back makes it large."""
    return lambda x: _like(x) + strength * x, lambda v, _: (v - _like(v)) / strength


def _like(v: Tensor) -> Tensor:
    return measures._sized(Y, v.shape[-1]) if v.shape[-1] != Y.shape[-1] else Y


def test_what_is_hidden_in_pixels_is_spoilt_by_noise() -> None:
    label, photo = hider(0.01)
    found = measured(model.Model(label, photo, None, lambda *_: None)).forward
    assert found.clean < 1e-4
    # noise of 1 of 255 is enlarged a hundred times
    assert found.noise[0] == pytest.approx(100 * 2 / 255 * (2 / np.pi) ** 0.5, rel=0.05)
    assert found.noise[2] > found.noise[1] > found.noise[0]
    assert found.crop > 0.5


@pytest.mark.parametrize("injection", ["none", "cin", "concat-map"])
def test_networks_are_measured_whatever_their_code(injection: str) -> None:
    nets = method.build(4, 1, (1,), injection=injection, code=8, encoder_width=2, seed=0)
    found = measured(model.of_networks(nets, 8, None))
    assert (found.codes is None) == (injection == "none")
    if injection != "concat-map":  # exactly: CycleGAN has no code, and untrained CIN does not look at it
        assert found.diversity == 0.0
    else:
        assert found.diversity > 0.0


def test_cyclegan_with_dropout_is_not_the_same_twice() -> None:
    nets = method.build(4, 1, (1,), injection="none", code=8, encoder_width=2, seed=0)
    assert measured(model.of_networks(nets, 8, random())).diversity > 0.0


def test_the_segmenter_learns_real_photos_and_repeats_itself() -> None:
    nets = [trained(PHOTOS, CLASSES, side=32, width=6, steps=60, batch=4, seed=0) for _ in range(2)]
    for one, other in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        assert torch.equal(one, other)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        before = measures.scores(segmented(Segmenter(6, 5), X), CLASSES).pixel
    after = measures.scores(segmented(nets[0], X), CLASSES).pixel
    assert after > max(0.7, before + 0.2)
