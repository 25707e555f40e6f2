"""The paper's formulas read plainly: float64, NumPy, one picture at a time, nothing from the pipeline.

Every function is a formula as it stands in the paper (sections in brackets) or, where the paper is silent, in the
authors' code. Weights come as arrays by the names that PyTorch gives them; only the values are used, no shapes are
looked up in the pipeline. Slow on purpose: nothing is batched, fused or reused.

Shape legend: a picture or feature map is (C, H, W), one sample's S is (k,), a convolution's weight (out, in, h, w).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = Mapping[str, Array]


def below(w: Weights, prefix: str) -> dict[str, Array]:
    """The weights whose name starts with `prefix.`, without it."""
    return {name.removeprefix(f"{prefix}."): value for name, value in w.items() if name.startswith(f"{prefix}.")}


# --- layers ----------------------------------------------------------------------------------------------------------


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def leaky_relu(x: Array) -> Array:
    return np.where(x > 0, x, 0.2 * x)


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def linear(layer: Weights, x: Array) -> Array:
    return layer["weight"] @ x + layer["bias"]


def reflection_pad(x: Array, p: int) -> Array:
    """A mirror stands on the outermost pixels: they are not repeated."""
    _, H, W = x.shape
    rows = [*range(p, 0, -1), *range(H), *range(H - 2, H - 2 - p, -1)]
    columns = [*range(p, 0, -1), *range(W), *range(W - 2, W - 2 - p, -1)]
    return x[:, rows][:, :, columns]


def convolution(layer: Weights, x: Array, stride: int = 1, zeros: int = 0) -> Array:
    """out[o, y, x] = b[o] + sum over i, a, b of weight[o, i, a, b] * in[i, stride y + a, stride x + b]."""
    weight, bias = layer["weight"], layer["bias"]
    _, _, h, w = weight.shape
    x = np.pad(x, ((0, 0), (zeros, zeros), (zeros, zeros)))
    H, W = (x.shape[1] - h) // stride + 1, (x.shape[2] - w) // stride + 1
    out = np.zeros((len(bias), H, W)) + bias[:, None, None]
    for a in range(h):
        for b in range(w):
            seen = x[:, a : a + stride * H : stride, b : b + stride * W : stride]
            out += np.tensordot(weight[:, :, a, b], seen, 1)
    return out


def transposed_convolution(layer: Weights, x: Array, stride: int, crop: int, extra: int) -> Array:
    """Every input pixel paints its value times the kernel; the weight is (in, out, h, w).

    Of the whole painting, `crop` pixels go at each side, but `extra` fewer at the bottom and the right (padding and
    output padding).
    """
    weight, bias = layer["weight"], layer["bias"]
    _, out, h, w = weight.shape
    _, H, W = x.shape
    whole = np.zeros((out, stride * (H - 1) + h, stride * (W - 1) + w))
    for y in range(H):
        for z in range(W):
            spot = np.tensordot(x[:, y, z], weight, 1)  # (out, h, w)
            whole[:, stride * y : stride * y + h, stride * z : stride * z + w] += spot
    end = crop - extra
    return whole[:, crop : whole.shape[1] - end, crop : whole.shape[2] - end] + bias[:, None, None]


def instance_norm(x: Array) -> Array:
    """Each channel to mean 0 and variance 1; no affine parameters (authors' code)."""
    out = np.empty_like(x)
    for c, channel in enumerate(x):
        mean = channel.sum() / channel.size
        variance = ((channel - mean) ** 2).sum() / channel.size
        out[c] = (channel - mean) / np.sqrt(variance + 1e-5)
    return out


def max_pool(x: Array) -> Array:
    """The largest of each 2 x 2 square."""
    out = np.empty((len(x), x.shape[1] // 2, x.shape[2] // 2))
    for y in range(out.shape[1]):
        for z in range(out.shape[2]):
            out[:, y, z] = x[:, 2 * y : 2 * y + 2, 2 * z : 2 * z + 2].max((1, 2))
    return out


# --- how S enters (Section 4, Equation 5; Section 5.3) ---------------------------------------------------------------


def ccam_activation(w: Weights, x: Array, S: Array) -> Array:
    """sigmoid(MLP_m([AvgPool(X), MLP_e(S)])), a number per channel (Figure 10)."""
    pooled = x.sum((1, 2)) / (x.shape[1] * x.shape[2])
    embedded = relu(linear(below(w, "embed.0"), S))
    hidden = relu(linear(below(w, "mix.0"), np.concatenate([pooled, embedded])))
    return sigmoid(linear(below(w, "mix.2"), hidden))


def ccam(w: Weights, x: Array, S: Array) -> Array:
    """CCAM(X, S) = X * sigmoid(MLP_m([AvgPool(X), MLP_e(S)]))."""
    return x * ccam_activation(w, x, S)[:, None, None]


def appended(x: Array, S: Array) -> Array:
    """S as further channels, each constant."""
    return np.concatenate([x, np.stack([np.full(x.shape[1:], s) for s in S])])


def central_biasing(w: Weights, x: Array, S: Array) -> Array:
    """(IN(x) + tanh(Linear(S))), with IN's affine after it (SingleGAN)."""
    biased = instance_norm(x) + np.tanh(linear(below(w, "bias"), S))[:, None, None]
    gain, bias = w["gamma"][0], w["beta"][0]  # (C, 1, 1) each
    out: Array = gain * biased + bias
    return out


def film(hidden: Weights, last: Weights, x: Array, S: Array) -> Array:
    """(1 + a) IN(x) + b per channel; a and b, one after the other, are an MLP of S ("You Only Train Once")."""
    a, b = np.split(linear(last, relu(linear(hidden, S))), 2)
    return (1 + a)[:, None, None] * instance_norm(x) + b[:, None, None]


# --- the networks ----------------------------------------------------------------------------------------------------


def generator(w: Weights, x: Array, S: Array, conditioning: str = "ccam") -> Array:
    """Table 4, line by line."""

    def conv(name: str, x: Array, stride: int = 1, zeros: int = 0) -> Array:
        return convolution(below(w, name), x, stride, zeros)

    def gate(number: int, x: Array) -> Array:
        if conditioning == "ccam":
            return ccam(below(w, f"conditioning.ccam.{number}"), x, S)
        return appended(x, S) if conditioning == "concat-features" else x

    norms = iter(range(1000))

    def norm(x: Array) -> Array:
        """The norm of a down-sampling layer or a residual block: the next place of `cbn` and `film`."""
        number = next(norms)
        if conditioning == "cbn":
            return central_biasing(below(w, f"conditioning.norms.{number}"), x, S)
        if conditioning == "film":
            return film(below(w, "conditioning.hidden.0"), below(w, f"conditioning.film.{number}"), x, S)
        return instance_norm(x)

    def block(number: int, x: Array) -> Array:
        h = relu(norm(conv(f"blocks.{number}.conv1", reflection_pad(x, 1))))
        h = norm(conv(f"blocks.{number}.conv2", reflection_pad(h, 1)))
        return x[: len(h)] + h  # appended S is read, not passed on

    def up(number: int, x: Array) -> Array:
        return relu(instance_norm(transposed_convolution(below(w, f"up.{number}"), x, stride=2, crop=1, extra=1)))

    if conditioning == "concat":
        x = appended(x, S)
    x = relu(instance_norm(conv("first", reflection_pad(x, 3))))  # input
    x = gate(0, x)  # CCAM 1
    x = relu(norm(conv("down.0", x, 2, 1)))  # down
    x = relu(norm(conv("down.1", x, 2, 1)))  # down
    x = gate(1, x)  # CCAM 2
    number = 0
    while f"blocks.{number}.conv1.weight" in w:  # 9 residual blocks
        x = block(number, x)
        number += 1
    x = gate(2, x)  # CCAM 3
    x = up(1, up(0, x))  # up, up
    return np.tanh(conv("last", reflection_pad(x, 3)))  # output


def discriminator(w: Weights, x: Array) -> Array:
    """CycleGAN's 70 x 70 PatchGAN: (1, h, w) scores, no sigmoid."""

    def conv(number: int, x: Array, stride: int) -> Array:
        return convolution(below(w, f"convs.{number}"), x, stride, 1)

    x = leaky_relu(conv(0, x, 2))
    x = leaky_relu(instance_norm(conv(1, x, 2)))
    x = leaky_relu(instance_norm(conv(2, x, 2)))
    x = leaky_relu(instance_norm(conv(3, x, 1)))
    return conv(4, x, 1)


def vgg16(w: Weights, x: Array) -> list[Array]:
    """relu1_2, relu2_2, relu3_3, relu4_3 of a picture in [-1, 1]: ImageNet's mean and std on (x + 1) / 2."""
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    x = ((x + 1) / 2 - mean[:, None, None]) / std[:, None, None]

    def conv(number: int, x: Array) -> Array:
        return relu(convolution(below(w, f"features.{number}"), x, 1, 1))

    relu1_2 = conv(2, conv(0, x))
    relu2_2 = conv(7, conv(5, max_pool(relu1_2)))
    relu3_3 = conv(14, conv(12, conv(10, max_pool(relu2_2))))
    relu4_3 = conv(21, conv(19, conv(17, max_pool(relu3_3))))
    return [relu1_2, relu2_2, relu3_3, relu4_3]


# --- losses of one sample (Section 4, Equations 1 to 4) --------------------------------------------------------------


def mean(x: Array) -> float:
    return float(x.sum() / x.size)


def l_rec(G_x: Array, x: Array) -> float:
    """2 * mean |G(x, S) - x|."""
    return 2 * mean(np.abs(G_x - x))


def l_adv(D_G_x: Array, G_y: Array, y: Array) -> float:
    """1 * mean (D(G(x, S)) - 1)^2 + 5 * mean |G(y, S) - y| for y of the target domain."""
    return 1 * mean((D_G_x - 1) ** 2) + 5 * mean(np.abs(G_y - y))


def gram(F: Array) -> Array:
    """F F^T / (C H W)."""
    C, H, W = F.shape
    flat = F.reshape(C, H * W)
    G: Array = flat @ flat.T / (C * H * W)
    return G


def style_difference(features: Sequence[Array], style: Sequence[Array]) -> float:
    """Squared differences of Gram matrices at relu1_2, relu2_2, relu3_3, relu4_3, weighed (0.1, 1, 10, 5)."""
    weights = (0.1, 1.0, 10, 5.0)
    return sum(w * mean((gram(F) - gram(T)) ** 2) for w, F, T in zip(weights, features, style, strict=True))


def l_per(vgg: Weights, G_x: Array, x: Array, style_image: Array, style_weight: float) -> float:
    """0.001 * content at relu2_2 + style; style_weight is 200 for Model 1, 100 for the others."""
    output, content, style = (vgg16(vgg, picture) for picture in (G_x, x, style_image))
    return 0.001 * mean((output[1] - content[1]) ** 2) + style_weight * style_difference(output, style)


def l_g(S: Array, losses: Sequence[float]) -> float:
    """sum_i s_i L_i."""
    return sum(float(s) * loss for s, loss in zip(S, losses, strict=True))


def l_d(s_B: float, D_y: Array, D_fake: Array) -> float:
    """s_B * 0.5 * [mean (D(y) - 1)^2 + mean D(fake)^2]; s_B of the S that made the fake."""
    return s_B * 0.5 * (mean((D_y - 1) ** 2) + mean(D_fake**2))


def singlegan_l_g(D_G_x: Array, back: Array, x: Array) -> float:
    """(D_d(G(x, e_d)) - 1)^2 + 10 |G(G(x, e_d), e_A) - x| (Section 5.3)."""
    return mean((D_G_x - 1) ** 2) + 10 * mean(np.abs(back - x))


# --- the toy problem (Section 5.1, Supplement A.1) -------------------------------------------------------------------


def toy_f(layers: Sequence[tuple[Array, Array]], x_S: Array) -> float:
    """Three hidden layers with ReLU, one sigmoid output; a layer is (W, b), W (in, out)."""
    for W, b in layers[:-1]:
        x_S = relu(x_S @ W + b)
    W, b = layers[-1]
    return float(sigmoid(x_S @ W + b)[0])


def toy_losses(f: float, x: float) -> tuple[float, float]:
    """L_r = (f - y_r)^2 and L_c = 0.2 * BCE(f, y_c)."""
    g = x * (x - 0.8) * (x + 0.9) + 0.5
    y_c = 1 if g < -0.1 * x + 0.5 else 0
    return (f - g) ** 2, -0.2 * float(np.log(f) if y_c else np.log(1 - f))


# --- distances beyond the paper --------------------------------------------------------------------------------------


def kid(a: Array, b: Array) -> float:
    """Unbiased squared MMD with the kernel (x . y / d + 1)^3; rows are pictures."""

    def k(x: Array, y: Array) -> float:
        return float((x @ y / len(x) + 1) ** 3)

    n, m = len(a), len(b)
    aa = sum(k(a[i], a[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    bb = sum(k(b[i], b[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    ab = sum(k(x, y) for x in a for y in b) / (n * m)
    return aa + bb - 2 * ab
