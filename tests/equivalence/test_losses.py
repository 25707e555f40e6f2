"""Losses, and what each method makes of them, against the plain reading, in float64 and float32."""

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.metrics.features import pooled
from pipeline.metrics.gram_distance import gram_distances
from pipeline.metrics.kid import kid
from pipeline.networks.losses import GramDifference, discriminator_loss, generator_loss, gram
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn import toy
from pipeline.sgn.evaluation import measures
from pipeline.sgn.model import losses
from pipeline.sgn.model.method import SGN
from tests.equivalence import reading
from tests.equivalence.agreement import agree, array, arrays, both_types
from tests.equivalence.reading import Array, Weights
from tests.sgn import made_up
from tests.sgn.made_up import MODEL1, MODEL3, Objectives, discriminator_losses, generator_update

N = 3
# Numbers that float32 does not hold, like every picture here: a cast to it would show.
DRAWN = torch.tensor([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2], [0.1, 0.3, 0.6]], dtype=torch.float64)
OLDER = torch.tensor([[0.2, 0.3, 0.5], [0.0, 0.9, 0.1], [0.6, 0.4, 0.0]], dtype=torch.float64)


def pictures(dtype: torch.dtype, count: int = N, size: int = 32) -> Tensor:
    return torch.rand(count, 3, size, size, dtype=dtype) * 2 - 1


def style_image(dtype: torch.dtype) -> Tensor:
    """Dark and of another size than the pictures, so that its Gram matrices are far from theirs."""
    return 0.3 * torch.rand(1, 3, 28, 36, dtype=dtype) - 0.9


def vgg_arrays(vgg_weights: dict[str, Tensor]) -> dict[str, Array]:
    return {name: array(value) for name, value in vgg_weights.items()}


# --- the losses alone ------------------------------------------------------------------------------------------------


@both_types
def test_reconstruction_and_adversarial_losses(dtype: torch.dtype) -> None:
    x, G_x, y, G_y = (pictures(dtype, size=8) for _ in range(4))
    D_y, D_G_x = (torch.randn(N, 1, 3, 4, dtype=dtype) for _ in range(2))
    expected = [reading.l_rec(array(G_x[n]), array(x[n])) for n in range(N)]
    agree(losses.reconstruction(G_x, x), expected, dtype)
    expected = [reading.l_adv(array(D_G_x[n]), array(G_y[n]), array(y[n])) for n in range(N)]
    agree(generator_loss(D_G_x) + losses.identity(G_y, y), expected, dtype)
    expected = [reading.l_d(1, array(D_y[n]), array(D_G_x[n])) for n in range(N)]
    agree(discriminator_loss(D_y, D_G_x), expected, dtype)


@both_types
def test_gram_matrices_and_their_difference(dtype: torch.dtype) -> None:
    F, other = torch.randn(N, 6, 4, 5, dtype=dtype), torch.rand(1, 6, 7, 3, dtype=dtype)
    agree(gram(F), [reading.gram(array(f)) for f in F], dtype)
    T = reading.gram(array(other[0]))
    expected = [reading.mean((reading.gram(array(f)) - T) ** 2) for f in F]
    agree(GramDifference.apply(F, gram(other)), expected, dtype)


@both_types
@pytest.mark.parametrize("style_weight", [200.0, 100.0])
def test_perceptual_loss(style_weight: float, dtype: torch.dtype, vgg_weights: dict[str, Tensor]) -> None:
    G_x, x, style = pictures(dtype), pictures(dtype), style_image(dtype)
    w = vgg_arrays(vgg_weights)
    expected = [reading.l_per(w, array(G_x[n]), array(x[n]), array(style[0]), style_weight) for n in range(N)]
    agree(losses.Perceptual(VGG16(vgg_weights, dtype), style, style_weight)(G_x, x), expected, dtype)


# --- SGN -------------------------------------------------------------------------------------------------------------


def sgn_method(objectives: Objectives, dtype: torch.dtype, vgg_weights: dict[str, Tensor]) -> tuple[SGN, Tensor]:
    """A method with random networks whose scores are of order 1, and the style image of its perceptual loss."""
    style = style_image(dtype)
    m = made_up.sgn(
        objectives, perceptual=losses.Perceptual(VGG16(vgg_weights, dtype), style, 200.0), width=8, blocks=2
    )
    made_up.strong(m)
    m.G.to(dtype)
    m.D.to(dtype)
    return m, style


def read_losses(m: SGN, batch: dict[str, Tensor], S: Tensor, n: int, vgg: Weights, style: Array) -> list[float]:
    """L_A, L_B, L_C of sample n, as the reading has them."""
    G, s = arrays(m.G), array(S[n])
    x = array(batch[m.input_domain][n])
    G_x, L = reading.generator(G, x, s), []
    for o in m.objectives:
        if o.loss == "reconstruction":
            L.append(reading.l_rec(G_x, x))
        elif o.loss == "adversarial":
            y, D = array(batch[o.about][n]), arrays(m.D[o.about])
            L.append(reading.l_adv(reading.discriminator(D, G_x), reading.generator(G, y, s), y))
        else:
            L.append(reading.l_per(vgg, G_x, x, style, 200))
    return L


@both_types
@pytest.mark.parametrize("objectives", [MODEL1, MODEL3], ids=["model1", "model3"])
def test_sgns_L_G_is_the_sum_of_s_i_L_i_of_each_sample(
    objectives: Objectives, dtype: torch.dtype, vgg_weights: dict[str, Tensor]
) -> None:
    m, style = sgn_method(objectives, dtype, vgg_weights)
    batch, S = {domain: pictures(dtype) for domain in m.sources}, DRAWN.to(dtype)
    vgg = vgg_arrays(vgg_weights)
    rows = [read_losses(m, batch, S, n, vgg, array(style[0])) for n in range(N)]
    update = generator_update(m, batch, S)
    for i, letter in enumerate("ABC"):
        agree(update.parts[f"L_{letter}"], [row[i] for row in rows], dtype)
    agree(update.loss, [reading.l_g(array(S[n]), rows[n]) for n in range(N)], dtype)


@both_types
@pytest.mark.parametrize("objectives", [MODEL1, MODEL3], ids=["model1", "model3"])
def test_sgns_L_D_is_weighed_with_the_s_B_of_each_fake(
    objectives: Objectives, dtype: torch.dtype, vgg_weights: dict[str, Tensor]
) -> None:
    m, _ = sgn_method(objectives, dtype, vgg_weights)
    batch = {domain: pictures(dtype) for domain in m.sources}
    older_S = OLDER.to(dtype)
    older = {domain: pictures(dtype) for domain in m.buffers}
    m.buffers = {domain: made_up.Older(fakes, older_S) for domain, fakes in older.items()}  # type: ignore[misc]
    L_D = discriminator_losses(m, batch, DRAWN.to(dtype), pictures(dtype))
    assert list(L_D) == [o.about for o in objectives if o.loss == "adversarial"]
    for domain, ours in L_D.items():
        D, i = arrays(m.D[domain]), [o.about for o in objectives].index(domain)
        scores = [
            (reading.discriminator(D, array(batch[domain][n])), reading.discriminator(D, array(older[domain][n])))
            for n in range(N)
        ]
        agree(ours, [reading.l_d(float(older_S[n, i]), *scores[n]) for n in range(N)], dtype)


def test_table_3s_losses_are_means_of_the_reading(vgg_weights: dict[str, Tensor]) -> None:
    """What the stage `evaluate` writes for one S, from float32 networks."""
    m, style = sgn_method(MODEL1, torch.float32, vgg_weights)
    batch, S = {domain: pictures(torch.float32) for domain in m.sources}, (0.0, 0.5, 0.5)
    judges, vgg = m.D, vgg_arrays(vgg_weights)
    test = measures.TestSet(batch["photo"], {"vangogh": batch["vangogh"]}, judges, judges, m.perceptual)
    ours = measures.losses_at(m.G, m.objectives, test, S, batch=2)
    rows = [read_losses(m, batch, torch.tensor([S] * N), n, vgg, array(style[0])) for n in range(N)]
    means = np.mean(rows, axis=0)
    for letter, expected in zip("ABC", means, strict=True):
        assert ours["L"][letter] == pytest.approx(expected, rel=1e-5)
    assert ours["L_G"] == pytest.approx(reading.l_g(np.array(S), means), rel=1e-5)


# --- SingleGAN -------------------------------------------------------------------------------------------------------


@both_types
def test_singlegans_losses(dtype: torch.dtype) -> None:
    m = made_up.singlegan(width=8, blocks=2)
    made_up.strong(m)
    m.G.to(dtype)
    m.D.to(dtype)
    batch, e = {domain: pictures(dtype) for domain in m.sources}, torch.eye(3)[[1, 2, 0]].to(dtype)
    G, e_A = arrays(m.G), np.array([1.0, 0.0, 0.0])
    L_G = generator_update(m, batch, e).loss
    fakes = pictures(dtype)
    L_D = discriminator_losses(m, batch, e, fakes)  # the buffer is empty: the fakes come back themselves
    expected_G, expected_D = [], {domain: [0.0] * N for domain in m.sources}
    for n in range(N):
        domain = m.sources[int(e[n].argmax())]
        D, x = arrays(m.D[domain]), array(batch["photo"][n])
        G_x = reading.generator(G, x, array(e[n]), "cbn")
        back = reading.generator(G, G_x, e_A, "cbn")
        expected_G.append(reading.singlegan_l_g(reading.discriminator(D, G_x), back, x))
        y = array(batch[domain][n])
        scores = reading.discriminator(D, y), reading.discriminator(D, array(fakes[n]))
        expected_D[domain][n] = reading.l_d(1, *scores)
    agree(L_G, expected_G, dtype)
    for domain, ours in L_D.items():
        agree(ours, expected_D[domain], dtype)


# --- the toy problem and the distances -------------------------------------------------------------------------------


@both_types
def test_toys_networks_and_losses(dtype: torch.dtype) -> None:
    models = [toy.Model("sym", None, 0), toy.Model("hyper", (0.75, 0.25), 1)]
    network = [tensor.to(dtype) for tensor in toy.initial(models, 64)]
    for b in network[1::2]:
        b.add_(0.1 * torch.randn_like(b))
    x, S = torch.linspace(-1, 1, 30, dtype=dtype), torch.tensor([0.3, 0.7], dtype=dtype)
    entered = [S, torch.zeros_like(S)]  # a hyper model gets no S
    x_S = torch.stack([torch.cat([x[:, None], s.expand(30, 2)], 1) for s in entered])
    z = toy.forward(network, x_S)[-1].squeeze(2)
    L_r, L_c = toy.losses(z, x)
    layers = [
        [(array(W[i]), array(b[i, 0])) for W, b in zip(network[::2], network[1::2], strict=True)] for i in range(2)
    ]
    f = [[reading.toy_f(layers[i], array(part)) for part in x_S[i]] for i in range(2)]
    agree(torch.sigmoid(z), f, dtype)
    expected = [[reading.toy_losses(f_x, float(part)) for f_x, part in zip(row, x, strict=True)] for row in f]
    agree(L_r, np.array(expected)[..., 0], dtype)
    agree(L_c, np.array(expected)[..., 1], dtype)


def test_a_perfect_regressor_has_the_papers_classification_loss() -> None:
    """The reading itself against a number of the paper: 0.2167 in Table 1, 0.2168 without the network's own error."""
    x = np.linspace(-1, 1, 100)
    L_c = [reading.toy_losses(float(v * (v - 0.8) * (v + 0.9) + 0.5), float(v))[1] for v in x]
    assert round(float(np.mean(L_c)), 4) == 0.2168


def test_kernel_distance() -> None:
    a, b = torch.randn(5, 512).double(), 0.3 + torch.randn(7, 512).double()
    assert kid(a, b) == pytest.approx(reading.kid(array(a), array(b)), rel=1e-10)


@both_types
def test_distances_in_vgg16s_features(dtype: torch.dtype, vgg_weights: dict[str, Tensor]) -> None:
    vgg, x, style = VGG16(vgg_weights, dtype), pictures(dtype), style_image(dtype)
    w = vgg_arrays(vgg_weights)
    features, wanted = [reading.vgg16(w, array(part)) for part in x], reading.vgg16(w, array(style[0]))
    expected = [reading.style_difference(each, wanted) for each in features]
    with torch.no_grad():
        ours = gram_distances(vgg(x), [gram(F) for F in vgg(style)], losses.LAYER_WEIGHTS)
    assert ours.tolist() == pytest.approx(expected, rel=1e-10 if dtype == torch.float64 else 1e-5)
    agree(pooled(vgg, x, 2).to(dtype), [[reading.mean(channel) for channel in each[3]] for each in features], dtype)
