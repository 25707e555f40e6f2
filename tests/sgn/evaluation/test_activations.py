"""CCAM activations as the network computes them, and their summary against counted cases."""

import pytest
import torch

from pipeline.conditionings.ccam import CCAM
from pipeline.networks.generator import Generator
from pipeline.sgn.evaluation import activations
from pipeline.sgn.model import simplex


def test_activations_are_the_gates_of_the_forward_pass() -> None:
    torch.manual_seed(0)
    generator, x = Generator(4, 1), torch.rand(3, 3, 32, 32) * 2 - 1
    found = activations.at_corners(generator, x, 3, 2)
    assert [tuple(a.shape) for a in found] == [(3, 3, 4), (3, 3, 16), (3, 3, 16)]
    assert all(((a > 0) & (a < 1)).all() for a in found)
    # The second gate seen from outside: what it gives over what it gets.
    seen = []
    gate = [module for module in generator.modules() if isinstance(module, CCAM)][1]
    hook = gate.register_forward_hook(lambda _, arguments, output: seen.append((arguments[0], output)))
    with torch.no_grad():
        generator(x[:1], torch.tensor([simplex.corners(3)[2]]))
    hook.remove()
    (before, after), open_ = seen[0], found[1][2, 0]
    assert torch.allclose(after, before * open_[None, :, None, None], atol=1e-6)
    assert not list(gate._forward_hooks)


def test_a_generator_without_ccams_has_none() -> None:
    assert activations.at_corners(Generator(4, 1, "cbn"), torch.rand(1, 3, 32, 32), 3, 2) == []


def test_the_summary_counts_blocked_channels_and_tells_S_from_pictures() -> None:
    a = torch.full((3, 2, 4), 0.5)
    a[0, :, 0] = 0.04  # one of four channels at corner A, for both pictures
    a[0, 0, 1] = 0.005  # one more for one picture
    (row,) = activations.summary([a])
    assert row["below"]["0.05"] == {"A": pytest.approx(3 / 8), "B": 0.0, "C": 0.0}
    assert row["below"]["0.01"]["A"] == pytest.approx(1 / 8)
    assert row["below"]["0.1"]["A"] == pytest.approx(3 / 8)
    # Means over the corners: (0.04 + 2 * 0.5) / 3 and (0.005 + 2 * 0.5) / 3 are both open.
    assert row["below_mean"] == {"0.01": 0.0, "0.05": 0.0, "0.1": 0.0}
    (closed,) = activations.summary([torch.tensor([[[0.0, 0.2]], [[0.02, 0.0]], [[0.0, 0.0]]])])
    assert closed["below_mean"] == {"0.01": 0.5, "0.05": 0.5, "0.1": 1.0}
    assert row["between_corners"]["BC"] == 0
    assert row["between_corners"]["AB"] == pytest.approx((0.46 + (0.5 - 0.2525)) / 4, rel=1e-5)
    assert row["between_pictures"] == pytest.approx((0.495 / 2) / 12, rel=1e-5)
