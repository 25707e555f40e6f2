"""The networks: layers and parameters as the paper's and CycleGAN's, shapes, codes that do nothing at first."""

import pytest
import torch
from torch import nn

from pipeline.asymgan.model import method
from pipeline.asymgan.model.networks import Encoder, MapCritic, Translator, VectorCritic
from pipeline.networks.discriminator import Discriminator

INJECTIONS = ("concat-map", "cin", "concat-all", "ccam")


def count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


def translator(injection: str, blocks: int = 3, width: int = 4) -> Translator:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Translator(width, blocks, injection, 8, tuple(range(1, blocks + 1)))


def code(injection: str, side: int = 32, samples: int = 2) -> torch.Tensor:
    shape = (samples, *method.code_shape(injection, 8, side))
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


def test_parameters_at_the_papers_size() -> None:
    # By hand: first 7x7, two downs, six blocks of two 3x3 at 256, two ups, last 7x7; biases.
    by_hand = (3 * 49 + 1) * 64 + (64 * 9 + 1) * 128 + (128 * 9 + 1) * 256 + 12 * (256 * 9 + 1) * 256
    by_hand += 256 * 128 * 9 + 128 + 128 * 64 * 9 + 64 + (64 * 49 + 1) * 3
    assert count(Translator(64, 6, "none", 8, (3, 4, 5))) == by_hand == 7_837_699
    assert count(Discriminator(64)) == 2_764_737
    # Six layers of CIN, each a scale and a bias of 256 channels, linear in 8 numbers.
    assert count(Translator(64, 6, "cin", 8, (3, 4, 5))) == by_hand + 6 * (8 + 1) * 2 * 256
    # 256 + 8 channels to 256.
    assert count(Translator(64, 6, "concat-map", 8, (3, 4, 5))) == by_hand + (264 * 9 + 1) * 256
    n = 32
    encoder = (3 * 49 + 1) * n + sum((a * 9 + 1) * 2 * a for a in (n, 2 * n, 4 * n)) + 6 * (8 * n * 9 + 1) * 8 * n
    assert count(Encoder(n, 8, vector=True)) == encoder + (8 * n * 9 + 1) * 8
    assert count(VectorCritic(8)) == 9 * 64 + 65 * 64 + 65


@pytest.mark.parametrize("injection", ["none", *INJECTIONS])
def test_a_translator_keeps_sizes_that_are_multiples_of_4(injection: str) -> None:
    z = None if injection == "none" else code(injection)
    made = translator(injection)(torch.zeros(2, 3, 32, 32), z)
    assert made.shape == (2, 3, 32, 32)
    assert bool((made.abs() < 1).all())


@pytest.mark.parametrize(("side", "out"), [(30, 32), (34, 36), (40, 40)])
def test_other_sizes_come_out_up_to_3_pixels_larger(side: int, out: int) -> None:
    assert translator("none")(torch.zeros(1, 3, side, side)).shape[-1] == out


@torch.no_grad()
def test_an_untrained_f_with_cin_does_not_depend_on_its_code() -> None:
    F, y = translator("cin"), torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(2))
    z = code("cin", samples=1)
    assert torch.equal(F(y, z), F(y, -3 * z))
    for linear in F.inject.affine.values():
        linear.weight.fill_(0.1)
    assert not torch.equal(F(y, z), F(y, -3 * z))


@torch.no_grad()
@pytest.mark.parametrize("injection", ["concat-map", "concat-all", "ccam"])
def test_other_ways_depend_on_the_code_from_the_start(injection: str) -> None:
    F, y, z = translator(injection), torch.rand(2, 3, 32, 32), code(injection)
    assert not torch.equal(F(y, z), F(y, -z))


@torch.no_grad()
def test_cin_enters_its_blocks_alone() -> None:
    F = Translator(4, 6, "cin", 8, (3, 4, 5))
    assert set(F.inject.affine) == {f"{block} {which}" for block in (3, 4, 5) for which in (0, 1)}


@torch.no_grad()
def test_dropout_keeps_its_share_and_needs_as_many_bytes_as_it_says() -> None:
    G, x = translator("none", blocks=2), torch.rand(1, 3, 32, 32)
    noise = torch.randint(256, (1, G.noise_size(32)), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    assert not torch.equal(G(x, noise=noise), G(x))
    assert torch.equal(G(x, noise=noise), G(x, noise=noise))
    with pytest.raises(AssertionError, match="another size"):
        G(x, noise=noise[:, :-1])
    kept_all = torch.zeros_like(
        noise
    )  # each number is kept and enlarged, which instance norm undoes but for the blocks
    assert G(x, noise=kept_all).shape == x.shape


def test_codes_of_different_photos_begin_apart() -> None:
    photos = torch.rand(16, 3, 1, 1, generator=torch.Generator().manual_seed(0)).expand(-1, -1, 32, 32) * 2 - 1
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        vector, field = Encoder(8, 8, vector=True)(photos), Encoder(8, 8, vector=False)(photos)
    assert vector.shape == (16, 8)
    assert field.shape == (16, 8, 4, 4)
    assert float(vector.std(0).mean()) > 0.1


def test_a_score_of_the_map_critic_sees_20_numbers_a_side() -> None:
    D_Z = MapCritic(4, 8)
    z = torch.zeros(1, 8, 64, 64, requires_grad=True)
    scores = D_Z(z)
    assert scores.shape == (1, 1, 32, 32)
    (gradient,) = torch.autograd.grad(scores[0, 0, 16, 16], z)
    rows = gradient[0].abs().sum((0, 2)).nonzero()
    assert int(rows.max() - rows.min()) + 1 == 20


def test_networks_of_a_seed_are_the_same_and_g_is_shared_by_the_arms() -> None:
    kinds = {i: method.build(4, 2, (1, 2), injection=i, code=8, encoder_width=2, seed=1) for i in ("none", *INJECTIONS)}
    again = method.build(4, 2, (1, 2), injection="cin", code=8, encoder_width=2, seed=1)
    for name, value in again.F.state_dict().items():
        assert torch.equal(value, kinds["cin"].F.state_dict()[name])
    for nets in kinds.values():
        for name, value in again.G.state_dict().items():
            assert torch.equal(value, nets.G.state_dict()[name])
