"""SDIT's networks: the equations written out plainly, and what must hold whatever was trained."""

import pytest
import torch
from torch import nn

from pipeline.sdit.model import injection
from pipeline.sdit.model.networks import Discriminator, Generator
from tests.sdit import made_up

INJECTIONS = ("cin", "beta", "gamma", "ccam", "cbn", "film")


def plain_norm(x: torch.Tensor) -> torch.Tensor:
    return (x - x.mean((2, 3), keepdim=True)) / (x.var((2, 3), keepdim=True, correction=0) + 1e-5).sqrt()


def test_cin_is_equation_6_10() -> None:
    cin = injection.build("cin", 3, 5, 2, 7)
    assert isinstance(cin, injection.CIN)
    e, z = torch.randn(2, 5, 6, 6), torch.randn(2, 3)
    for place in range(4):
        raw = cin.M(z)[:, 10 * place : 10 * (place + 1)]
        gamma, beta = 1 + raw[:, :5, None, None], raw[:, 5:, None, None]
        torch.testing.assert_close(cin.norm(place, e, z), gamma * plain_norm(e) + beta)


@pytest.mark.parametrize(("name", "other"), [("beta", "gamma"), ("gamma", "beta")])
def test_half_of_cin_leaves_the_other_half_alone(name: str, other: str) -> None:
    half = injection.build(name, 3, 5, 1, 7)
    assert isinstance(half, injection.CIN)
    e, z = torch.randn(2, 5, 6, 6), torch.randn(2, 3)
    mine = half.M(z)[:, :5, None, None]
    expected = plain_norm(e) + mine if other == "gamma" else (1 + mine) * plain_norm(e)
    torch.testing.assert_close(half.norm(0, e, z), expected)


def test_m_has_a_megaparameter_for_four_blocks_of_256_channels() -> None:
    cin = injection.build("cin", 8, 256, 4, 256)
    assert isinstance(cin, injection.CIN)
    last = cin.M[2]
    assert isinstance(last, nn.Linear)
    # The text's 4096 is gamma and beta of 8 norms of 256 channels: four blocks of two. For six it is 6144.
    assert last.out_features == 4096
    assert sum(p.numel() for p in cin.parameters()) == 8 * 256 + 256 + 256 * 4096 + 4096
    six = injection.build("cin", 8, 256, 6, 256)
    assert isinstance(six, injection.CIN)
    assert isinstance(six.M[2], nn.Linear)
    assert six.M[2].out_features == 6144


def test_merging_is_equation_6_9_and_a_map_has_one_channel() -> None:
    G = made_up.nets(made_up.run()).generator
    x, label, z = made_up.batch()
    e = G.encode(x, label)
    h, a = G.mixed(e, z)
    assert a is not None
    assert a.shape == (3, 1, 4, 4)
    assert ((a > 0) & (a < 1)).all()
    torch.testing.assert_close(h, (1 - a) * e + a * G.content(e, z))


@pytest.mark.parametrize(("bias", "from_content"), [(-1e4, False), (1e4, True)])
def test_attention_of_0_keeps_e_and_of_1_takes_f(bias: float, from_content: bool) -> None:
    G = made_up.nets(made_up.run()).generator
    assert G.map is not None
    nn.init.zeros_(G.map.weight)
    assert G.map.bias is not None
    nn.init.constant_(G.map.bias, bias)
    x, label, z = made_up.batch()
    e = G.encode(x, label)
    torch.testing.assert_close(G.mixed(e, z)[0], G.content(e, z) if from_content else e)


@pytest.mark.parametrize("name", INJECTIONS)
def test_an_output_depends_on_the_code_and_on_the_label(name: str) -> None:
    G = made_up.nets(made_up.run(name)).generator
    x, label, z = made_up.batch()
    with torch.no_grad():
        if name == "ccam":  # its last layer starts with zero biases and small weights
            z = 20 * z
        y = G(x, label, z)
        assert (G(x, label, -z) - y).abs().max() > 1e-4
        assert (G(x, label.roll(1, 1), z) - y).abs().max() > 1e-3


@pytest.mark.parametrize("attention", [True, False])
def test_stargan_has_one_output_for_an_input(attention: bool) -> None:
    G = made_up.nets(made_up.run("none", attention, latent=False)).generator
    x, label, z = made_up.batch()
    with torch.no_grad():
        assert torch.equal(G(x, label, z), G(x, label, -z))


def test_gamma_1_and_beta_0_take_the_code_away() -> None:
    G = made_up.nets(made_up.run()).generator
    conditioning = G.content.conditioning
    assert isinstance(conditioning, injection.CIN)
    last = conditioning.M[2]
    assert isinstance(last, nn.Linear)
    nn.init.zeros_(last.weight)
    x, label, z = made_up.batch()
    with torch.no_grad():
        assert torch.equal(G(x, label, z), G(x, label, -z))


def test_concatenation_cancels_in_the_norm() -> None:
    G = made_up.nets(made_up.run("concat")).generator
    x, label, z = made_up.batch()
    with torch.no_grad():
        assert (G(x, label, z) - G(x, label, -z)).abs().max() < 1e-4


def test_a_domain_more_adds_label_channels_and_an_output_of_the_domains_head() -> None:
    run, w = made_up.run(), made_up.SIZES.width

    def count(net: nn.Module) -> int:
        return sum(p.numel() for p in net.parameters())

    few, many = made_up.nets(run, 4), made_up.nets(run, 5)
    assert count(many.generator) - count(few.generator) == 7 * 7 * w
    channels = few.discriminator.domain.in_channels
    assert count(many.discriminator) - count(few.discriminator) == 2 * 2 * channels + 1


@pytest.mark.parametrize("size", [16, 32, 64, 128])
def test_the_discriminator_halves_down_to_2_x_2(size: int) -> None:
    D = Discriminator(size, 2, 4, 8)
    score, domain, code = D(torch.randn(2, 3, size, size))
    assert score.shape == (2, 1, 2, 2)
    assert domain.shape == (2, 4)
    assert code.shape == (2, 8)
    assert D.linear.in_features == 32


def test_the_gradient_of_the_generator_is_right() -> None:
    run = made_up.run()
    G = Generator(2, run, made_up.SIZES.model_copy(update={"width": 1, "hidden": 3, "code": 2})).double()
    x, label = torch.rand(1, 3, 8, 8, dtype=torch.float64), torch.eye(2, dtype=torch.float64)[:1]
    z = torch.randn(1, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda z: G(x, label, z), (z,), atol=1e-5)
