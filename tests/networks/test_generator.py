"""The generator against Table 4: parameters, layers in order, sizes, independence of the samples."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.conditionings import CONDITIONINGS
from pipeline.networks.generator import Generator


def plain(g: Generator, x: Tensor, S: Tensor) -> Tensor:
    """Table 4 layer by layer, with PyTorch's own padding and norm, from the generator's weights."""
    w = dict(g.named_parameters())

    def conv(name: str, x: Tensor, pad: int = 0, **settings: int) -> Tensor:
        x = functional.pad(x, (pad,) * 4, mode="reflect") if pad else x
        return functional.conv2d(x, w[f"{name}.weight"], w[f"{name}.bias"], **settings)

    def norm(x: Tensor) -> Tensor:
        return functional.instance_norm(x)

    def ccam(number: int, x: Tensor) -> Tensor:
        def linear(name: str, x: Tensor) -> Tensor:
            name = f"conditioning.ccam.{number}.{name}"
            return functional.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

        pooled = functional.adaptive_avg_pool2d(x, 1).flatten(1)
        features = torch.cat([pooled, linear("embed.0", S).relu()], 1)
        return x * linear("mix.2", linear("mix.0", features).relu()).sigmoid()[:, :, None, None]

    x = ccam(0, norm(conv("first", x, 3)).relu())
    x = norm(conv("down.0", x, stride=2, padding=1)).relu()
    x = ccam(1, norm(conv("down.1", x, stride=2, padding=1)).relu())
    for number in range(len(g.blocks)):
        h = norm(conv(f"blocks.{number}.conv1", x, 1)).relu()
        x = x + norm(conv(f"blocks.{number}.conv2", h, 1))
    x = ccam(2, x)
    for number in range(2):
        weight, bias = w[f"up.{number}.weight"], w[f"up.{number}.bias"]
        x = norm(functional.conv_transpose2d(x, weight, bias, stride=2, padding=1, output_padding=1)).relu()
    return conv("last", x, 3).tanh()


@pytest.fixture
def small() -> Generator:
    return Generator(width=8, blocks=2)


def test_the_papers_generator_has_11482579_parameters() -> None:
    g = Generator()
    assert sum(p.numel() for p in g.parameters()) == 11_482_579
    assert list(g.buffers()) == []  # no running statistics


def test_layers_stand_in_table_4s_order(small: Generator) -> None:
    small.double()
    x, S = torch.rand(2, 3, 20, 28).double() * 2 - 1, torch.rand(2, 3).double()
    torch.testing.assert_close(small(x, S), plain(small, x, S), rtol=0, atol=1e-10)


def test_gradients_are_table_4s(small: Generator) -> None:
    small.double()
    x, S = torch.rand(1, 3, 12, 16).double(), torch.rand(1, 3).double()
    pull = torch.randn(1, 3, 12, 16).double()
    ours = torch.autograd.grad(small(x, S), list(small.parameters()), pull)
    theirs = torch.autograd.grad(plain(small, x, S), list(small.parameters()), pull)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize(("H", "W"), [(8, 8), (32, 32), (36, 20), (8, 64)])
def test_any_size_that_4_divides_comes_back(small: Generator, H: int, W: int) -> None:
    out = small(torch.rand(1, 3, H, W) * 2 - 1, torch.rand(1, 3))
    assert out.shape == (1, 3, H, W)
    assert out.abs().max() < 1


@pytest.mark.parametrize(("given", "back"), [(33, 36), (34, 36), (35, 36), (37, 40)])
def test_other_sizes_grow_to_the_next_multiple_of_4(small: Generator, given: int, back: int) -> None:
    """So a picture of any size works, but a loss that compares input and output needs a multiple of 4."""
    assert small(torch.rand(1, 3, given, 32), torch.rand(1, 3)).shape == (1, 3, back, 32)
    assert small(torch.rand(1, 3, 32, given), torch.rand(1, 3)).shape == (1, 3, 32, back)


def test_a_picture_too_small_to_be_padded_is_refused(small: Generator) -> None:
    with pytest.raises(AssertionError, match="cannot reflect 1 of 1 x 8 pixels"):
        small(torch.rand(1, 3, 4, 32), torch.rand(1, 3))


def test_samples_do_not_see_each_other(small: Generator) -> None:
    """One pass over a concatenated batch is the same as several passes: what SGN's generator step relies on."""
    x, S = torch.rand(5, 3, 16, 16) * 2 - 1, torch.rand(5, 3)
    together = small(x, S)
    apart = torch.cat([small(x[i : i + 1], S[i : i + 1]) for i in range(5)])
    torch.testing.assert_close(together, apart, rtol=0, atol=1e-5)
    parts = torch.cat([small(x[:2], S[:2]), small(x[2:], S[2:])])
    torch.testing.assert_close(together, parts, rtol=0, atol=1e-5)


def test_S_reaches_the_output(small: Generator) -> None:
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    corners = torch.eye(3)
    a, b, c = small(x.expand(3, -1, -1, -1), corners).detach()
    assert min((a - b).abs().max(), (b - c).abs().max(), (a - c).abs().max()) > 1e-4


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_every_conditioning_keeps_sizes_and_samples_apart(conditioning: str) -> None:
    g = Generator(4, 2, conditioning)
    x, S = torch.rand(3, 3, 16, 24) * 2 - 1, torch.rand(3, 3)
    together = g(x, S)
    assert together.shape == x.shape
    apart = torch.cat([g(x[i : i + 1], S[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(together, apart, rtol=0, atol=1e-5)
    together.sum().backward()
    unused = [name for name, p in g.named_parameters() if p.grad is None]
    assert unused == []


def test_S_concatenated_with_the_input_has_no_effect_at_all() -> None:
    """The paper's finding about CONCAT: the instance norm takes a constant away, exactly."""
    x = torch.rand(1, 3, 16, 16).double().expand(3, -1, -1, -1)
    effects = {}
    for conditioning in CONDITIONINGS:
        out = Generator(8, 2, conditioning).double()(x, torch.eye(3).double())
        effects[conditioning] = (out - out[:1]).abs().max().item()
    assert effects.pop("concat") < 1e-10
    assert min(effects.values()) > 1e-4


@pytest.mark.parametrize("k", [2, 3, 5])
def test_k_objectives(k: int) -> None:
    assert Generator(4, 1, k=k)(torch.rand(2, 3, 8, 8), torch.rand(2, k)).shape == (2, 3, 8, 8)


def test_start_is_pytorchs_default_initialisation(small: Generator) -> None:
    """Uniform in +-1/sqrt(fan in), for weights and biases."""
    for conv in [small.first, *small.down, small.blocks[0].conv1, small.last]:
        bound = conv.weight[0].numel() ** -0.5
        assert 0.9 * bound < conv.weight.abs().max() <= bound
        assert conv.bias.abs().max() <= bound
