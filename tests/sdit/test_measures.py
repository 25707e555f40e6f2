"""What is measured of translations, on translators whose answer is known."""

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.networks.vgg16 import VGG16
from pipeline.sdit.evaluation import classifier, measures
from pipeline.sdit.evaluation.lpips import LPIPS
from pipeline.sdit.evaluation.measures import Identity, Judges
from pipeline.sdit.world import objects
from tests.sdit import made_up

COLOURS = ("yellow", "blue", "green", "orange")
SHADE = torch.tensor([[0.8, 0.8, -0.8], [-0.8, -0.8, 0.9], [-0.8, 0.6, -0.8], [0.9, 0.1, -0.9]])


class Painter:
    """Paints the object in its target's colour, darker or lighter by the code's first entry; it knows the mask from
    the picture: what is colourful."""

    def __init__(self, by_code: float, beside: float = 0.0) -> None:
        self.by_code, self.beside = by_code, beside

    def translate(self, x: Tensor, label: Tensor, z: Tensor) -> Tensor:
        object_ = (x.amax(1, keepdim=True) - x.amin(1, keepdim=True) > 0.25).float()
        shade = (label @ SHADE)[:, :, None, None] + self.by_code * z[:, :1, None, None]
        return object_ * shade + (1 - object_) * (x + self.beside)

    def recover(self, y: Tensor) -> Tensor | None:
        return None

    def attend(self, x: Tensor, label: Tensor) -> Tensor | None:
        return None


@pytest.fixture(scope="module")
def judges(vgg_weights: dict[str, Tensor]) -> Judges:
    train, test = objects.half("train", COLOURS, 30, 32, 0), objects.half("test", COLOURS, 4, 32, 0)
    real = classifier.learn(train.tensor(), torch.from_numpy(train.label), 150, exclusive=True, seed=0)
    return Judges(
        LPIPS(made_up.lpips_weights()), VGG16(vgg_weights), real, train, test, COLOURS, True, 8, 3, 60, 60, 32
    )


def test_real_pictures_are_told_apart(judges: Judges) -> None:
    found = measures.real(judges)
    assert min(found["accuracy"].values()) >= 0.75
    assert all(value > 0 for value in found["over_inputs"].values())


def test_the_identity_keeps_all_and_reaches_no_target(judges: Judges) -> None:
    found = measures.measure(Identity(), judges, 2, 0)
    assert found["inside"] == found["outside"] == found["cycle"] == 0
    assert found["kept"] == pytest.approx(0, abs=1e-5)
    assert set(found["per_input"].values()) == {0.0}
    assert all(value > 0 for value in found["over_inputs"].values())
    assert np.mean(list(found["accuracy"].values())) == pytest.approx(0.25, abs=0.1)
    assert np.mean(list(found["reverse"].values())) < 0.6


def test_a_painter_reaches_the_targets_and_its_codes_are_seen(judges: Judges) -> None:
    flat, diverse = (measures.measure(Painter(by), judges, 2, 0) for by in (0.0, 0.1))
    assert min(flat["accuracy"].values()) > 0.7
    assert set(flat["per_input"].values()) == {0.0}
    assert all(value > 0 for value in diverse["per_input"].values())
    assert flat["outside"] < 0.25 * flat["inside"]
    assert np.mean(list(flat["reverse"].values())) > 0.5


def test_a_change_beside_the_object_is_measured(judges: Judges) -> None:
    kept, moved = (measures.measure(Painter(0.0, beside), judges, 2, 0) for beside in (0.0, 0.3))
    assert moved["outside"] > kept["outside"] + 0.2


def test_correlation_is_numpys_and_0_for_a_constant() -> None:
    a = torch.randn(50, 3)
    b = a + torch.randn(50, 3)
    b[:, 2] = 1
    first = [np.corrcoef(a[:, k], b[:, k])[0, 1] for k in (0, 1)]
    assert measures.correlation(a, b) == pytest.approx(sum(first) / 3)


def test_attributes_are_asked_for_one_by_one() -> None:
    source = torch.tensor([[1.0, 0, 1], [0, 0, 0]])
    assert measures._target(source, 1, exclusive=False).tolist() == [[1, 1, 1], [0, 1, 0]]
    assert measures._target(source, 1, exclusive=True).tolist() == [[0, 1, 0], [0, 1, 0]]
