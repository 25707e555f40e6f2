"""Every conditioning against a plain reading of its formula, and what it does to sizes and constants."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipeline.conditionings import CONDITIONINGS
from pipeline.conditionings.base import Conditioning
from pipeline.conditionings.ccam import CCAM
from pipeline.networks.generator import Generator
from pipeline.networks.layers import instance_norm


def plain_activation(ccam: CCAM, x: Tensor, S: Tensor) -> np.ndarray:
    """sigmoid(MLP_m([AvgPool(X), MLP_e(S)])) for each sample by itself, in float64."""
    weights = {name: value.detach().double().numpy() for name, value in ccam.state_dict().items()}
    rows = []
    for X, s in zip(x.double().numpy(), S.double().numpy(), strict=True):
        pooled = [channel.sum() / channel.size for channel in X]
        embedded = np.maximum(weights["embed.0.weight"] @ s + weights["embed.0.bias"], 0)
        hidden = np.maximum(weights["mix.0.weight"] @ np.concatenate([pooled, embedded]) + weights["mix.0.bias"], 0)
        rows.append(1 / (1 + np.exp(-(weights["mix.2.weight"] @ hidden + weights["mix.2.bias"]))))
    return np.array(rows)


@pytest.fixture
def ccam() -> CCAM:
    return CCAM(k=3, channels=8)


def test_ccam_is_equation_5(ccam: CCAM) -> None:
    x, S = torch.randn(4, 8, 5, 6), torch.rand(4, 3)
    expected = plain_activation(ccam, x, S)
    np.testing.assert_allclose(ccam.activation(x, S).detach(), expected, rtol=1e-5)
    gated = x.numpy() * expected[:, :, None, None]
    np.testing.assert_allclose(ccam(x, S).detach(), gated, rtol=1e-5, atol=1e-6)


def test_the_activation_lies_between_0_and_1_and_depends_on_both_inputs(ccam: CCAM) -> None:
    x, S = 5 * torch.randn(16, 8, 3, 3), 2 * torch.rand(16, 3)
    a = ccam.activation(x, S)
    assert a.shape == (16, 8)
    assert a.min() > 0
    assert a.max() < 1
    assert not torch.allclose(a, ccam.activation(x, S.flip(1)))
    assert not torch.allclose(a, ccam.activation(x + 1, S))


def test_reduction_is_4(ccam: CCAM) -> None:
    layers = [layer for layer in ccam.modules() if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in layers] == [(3, 8), (16, 2), (2, 8)]


def test_the_gate_keeps_the_features_type(ccam: CCAM) -> None:
    """Under autocast the features are bf16; the product must not turn them into float32."""
    with torch.autocast("cpu", torch.bfloat16):
        assert ccam(torch.randn(1, 8, 4, 4).bfloat16(), torch.rand(1, 3)).dtype == torch.bfloat16


def test_the_interface_alone_ignores_S() -> None:
    c, x = Conditioning(3, [4], [4]), torch.randn(2, 4, 5, 5)
    S = torch.rand(2, 3)
    assert torch.equal(c.input(x, S), x)
    assert torch.equal(c.gate(0, x, S), x)
    assert torch.equal(c.norm(0, x, S), instance_norm(x))


def by_hand(x: Tensor) -> Tensor:
    mean, variance = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True, unbiased=False)
    return (x - mean) / (variance + 1e-5).sqrt()


def test_cbn_is_its_formula() -> None:
    """gamma * (IN(x) + tanh(Linear(S))) + beta, a Linear and an affine of its own at each place."""
    c = CONDITIONINGS["cbn"](3, [4, 8, 8], [8, 8])
    x, S = torch.randn(2, 8, 5, 6), torch.rand(2, 3)
    for norm in c.norms:
        nn.init.normal_(norm.gamma)
        nn.init.normal_(norm.beta)
    for place, norm in enumerate(c.norms):
        bias = torch.tanh(S @ norm.bias.weight.T + norm.bias.bias)[:, :, None, None]
        torch.testing.assert_close(c.norm(place, x, S), norm.gamma * (by_hand(x) + bias) + norm.beta)
    assert not torch.allclose(c.norm(0, x, S), c.norm(1, x, S))
    assert torch.equal(c.gate(0, x, S), x)


def test_film_scales_and_shifts_each_channel() -> None:
    c = CONDITIONINGS["film"](3, [4, 8, 8], [8, 8])
    x, S = torch.randn(2, 8, 5, 6), torch.rand(2, 3)
    out = c.norm(1, x, S)
    # an affine function of the normed features in each channel of each sample: two pixels decide all the others
    normed = by_hand(x).flatten(2)
    values = out.flatten(2)
    slope = (values[..., 1] - values[..., 0]) / (normed[..., 1] - normed[..., 0])
    expected = values[..., :1] + slope[..., None] * (normed - normed[..., :1])
    torch.testing.assert_close(values, expected, rtol=1e-3, atol=1e-3)
    assert not torch.allclose(c.norm(1, x, S.flip(1)), out)
    assert not torch.allclose(c.norm(0, x, S), out)


def test_concatenated_channels_are_S_everywhere() -> None:
    x, S = torch.randn(2, 3, 5, 6), torch.rand(2, 3)
    for name, out in (
        ("concat", CONDITIONINGS["concat"](3, [4, 8, 8], [8]).input(x, S)),
        ("concat-features", CONDITIONINGS["concat-features"](3, [4, 8, 8], [8]).gate(1, x, S)),
    ):
        assert out.shape == (2, 6, 5, 6), name
        assert torch.equal(out[:, :3], x)
        assert torch.equal(out[:, 3:], S[:, :, None, None] * torch.ones(5, 6))


def test_an_unknown_conditioning_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="conditioning is 'magic'; known are ccam, concat, concat-features, cbn, film"):
        Generator(4, 1, "magic")
