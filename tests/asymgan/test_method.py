"""AsymGAN's step against a plain reading of each equation; what moves whom; resuming."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.asymgan.model import losses, method
from pipeline.networks.vgg16 import VGG16
from pipeline.training import loop
from tests.asymgan import reading

SIDE, N, CODE = 32, 2, 8
CPU = torch.device("cpu")
ARMS = {
    "cyclegan": ("none", False),
    "asymgan-plain": ("concat-map", False),
    "asymgan": ("cin", True),
    "inject-map": ("concat-map", True),
    "inject-all": ("concat-all", True),
    "inject-ccam": ("ccam", True),
}


def vgg() -> VGG16:
    """VGG16 with random weights: what it is made of does not matter here."""
    random = torch.Generator().manual_seed(0)
    channels = {0: (3, 64), 2: (64, 64), 5: (64, 128), 7: (128, 128), 10: (128, 256), 12: (256, 256), 14: (256, 256)}
    channels |= {17: (256, 512), 19: (512, 512), 21: (512, 512)}
    weights: dict[str, Tensor] = {}
    for index, (into, out) in channels.items():
        weights[f"features.{index}.weight"] = torch.randn(out, into, 3, 3, generator=random) * (2 / (9 * into)) ** 0.5
        weights[f"features.{index}.bias"] = torch.zeros(out)
    return VGG16(weights)


def build(
    arm: str, *, follows: bool = False, dropout: bool = False, weights: method.Weights | None = None
) -> method.AsymGAN:
    injection, extension = ARMS[arm]
    nets = method.build(4, 2, (1, 2), injection=injection, code=CODE, encoder_width=2, seed=3)
    return method.AsymGAN(
        nets,
        code=method.code_shape(injection, CODE, SIDE),
        side=SIDE,
        dropout=dropout,
        extension=vgg() if extension else None,
        weights=weights or method.Weights(),
        encoder_follows=follows,
        seed=3,
        learning_rate=1e-3,
    )


def batch(asymgan: method.AsymGAN, step: int = 0) -> dict[str, Tensor]:
    random = torch.Generator().manual_seed(step)
    pictures = {name: torch.rand(N, 3, SIDE, SIDE, generator=random) * 2 - 1 for name in asymgan.sources}
    return {**pictures, **asymgan.draw(step, N)}


def near(found: Tensor, wanted: Any) -> None:
    np.testing.assert_allclose(found.detach().numpy(), wanted, rtol=2e-4, atol=1e-6)


@torch.no_grad()
def test_each_generator_term_is_the_papers_equation() -> None:
    asymgan = build("asymgan")
    with torch.no_grad():  # an F that looks at its code
        for linear in asymgan.nets.F.inject.affine.values():
            linear.weight.normal_(0, 0.3, generator=torch.Generator().manual_seed(1))
    given = batch(asymgan)
    x, y, z, z_other = given["photo"], given["label"], given["z"][:, 0], given["z"][:, 1]
    G, F, E, D_X, D_Y, D_Z = (getattr(asymgan.nets, name) for name in ("G", "F", "E", "D_X", "D_Y", "D_Z"))
    L, _ = asymgan.with_code(given)
    near(L["L_A_label"], reading.adversarial(D_Y(G(x)).numpy(), 1))
    near(L["L_A_code"], reading.adversarial(D_Z(E(x)).numpy(), 1))
    near(L["L_A_photo"], reading.adversarial(D_X(F(y, z)).numpy(), 1))
    near(L["L_CX"], 10 * reading.distance(F(G(x), E(x)).numpy(), x.numpy()))
    near(L["L_CY"], 10 * reading.distance(G(F(y, z)).numpy(), y.numpy()))
    near(L["L_CZ"], 10 * reading.distance(E(F(y, z)).numpy(), z.numpy()))
    near(L["L_A_made"], reading.adversarial(D_X(F(G(x), z_other)).numpy(), 1))
    near(L["L_A_encoded"], reading.adversarial(D_X(F(y, E(x))).numpy(), 1))
    six = [G(x), F(G(x), E(x)), F(G(x), z_other), F(y, z), G(F(y, z)), F(y, E(x))]
    near(L["L_TV"], 10 * sum(reading.total_variation(made.numpy()) for made in six))
    assert asymgan.vgg is not None
    made, label = asymgan.vgg(F(y, E(x))), asymgan.vgg(y)
    near(L["L_content"], 0.2 * reading.content(made[2].numpy(), label[2].numpy()))
    # The plain sums over 512 channels would take minutes: the shallowest map here, all of them on little ones below.
    assert set(L) == {
        *("L_A_label", "L_A_photo", "L_A_code", "L_CX", "L_CY", "L_CZ"),
        *("L_A_made", "L_A_encoded", "L_content", "L_style", "L_TV"),
    }


def test_style_is_the_sum_over_the_layers_of_squared_gram_differences() -> None:
    class Little:
        """Four little maps in the place of VGG16's."""

        def __call__(self, x: Tensor, depth: int = 4) -> list[Tensor]:
            return [torch.stack([x[:, 0] * k, x[:, 1] + k, x[:, 2] * x[:, 0]], 1)[..., ::k, ::k] for k in range(1, 5)][
                :depth
            ]

    x, made, y = (torch.rand(N, 3, 8, 8, generator=torch.Generator().manual_seed(k)) for k in range(3))
    little: Any = Little()
    content, style = losses.content_and_style(little, made, y, x)
    near(style, reading.style([f.numpy() for f in little(made)], [f.numpy() for f in little(x)]))
    near(content, reading.content(little(made)[2].numpy(), little(y)[2].numpy()))


@torch.no_grad()
def test_the_discriminators_losses_are_least_squares_of_all_fakes() -> None:
    asymgan = build("asymgan")
    given = batch(asymgan)
    _, made = asymgan.with_code(given)
    L_D = asymgan.discriminators(given, made)  # the buffers are empty, so that a fake comes back itself
    D_X, D_Y, D_Z = asymgan.nets.D_X, asymgan.nets.D_Y, asymgan.nets.D_Z
    assert D_Z is not None

    def loss(D: Any, real: Tensor, fake: Tensor) -> Any:
        return (reading.adversarial(D(real).numpy(), 1) + reading.adversarial(D(fake).numpy(), 0)) / 2

    near(L_D["L_D_label"], loss(D_Y, given["label"], made["label"]))
    photos = ("photo", "from made label", "from encoded")
    near(L_D["L_D_photo"], sum(loss(D_X, given["photo"], made[name]) for name in photos))
    near(L_D["L_D_code"], loss(D_Z, given["z"][:, 2], made["code"]))


@torch.no_grad()
def test_without_a_code_it_is_cyclegan() -> None:
    asymgan = build("cyclegan")
    given = batch(asymgan)
    x, y, G, F = given["photo"], given["label"], asymgan.nets.G, asymgan.nets.F
    L, made = asymgan.without_code(given)
    near(L["L_CX"], 10 * reading.distance(F(G(x)).numpy(), x.numpy()))
    near(L["L_CY"], 10 * reading.distance(G(F(y)).numpy(), y.numpy()))
    near(L["L_A_label"], reading.adversarial(asymgan.nets.D_Y(G(x)).numpy(), 1))
    near(L["L_A_photo"], reading.adversarial(asymgan.nets.D_X(F(y)).numpy(), 1))
    assert set(L) == {"L_A_label", "L_A_photo", "L_CX", "L_CY"}
    assert set(asymgan.modules) == {"G", "F", "D_X", "D_Y"}
    assert set(made) == {"label", "photo"}


@pytest.mark.parametrize("arm", ARMS)
def test_a_step_moves_every_network(arm: str) -> None:
    asymgan = build(arm)
    before = {name: {k: v.clone() for k, v in m.state_dict().items()} for name, m in asymgan.modules.items()}
    optimizers = loop.optimizers_of(asymgan)
    for step in range(2):  # E reaches F's output only after a first step of CIN
        played = loop.play(asymgan, batch(asymgan, step), optimizers, "fp32", CPU)
        assert not bool(played.spoilt)
    for name, module in asymgan.modules.items():
        still = [k for k, v in module.state_dict().items() if torch.equal(v, before[name][k])]
        assert still == [], f"{name}: {still}"


def moved_by_code_cycle(follows: bool) -> set[str]:
    """Which networks have a gradient of L_CZ."""
    asymgan = build("asymgan-plain", follows=follows)
    L, _ = asymgan.with_code(batch(asymgan))
    L["L_CZ"].sum().backward()
    return {
        name
        for name, module in asymgan.modules.items()
        if any(p.grad is not None and bool(p.grad.any()) for p in module.parameters())
    }


def test_the_codes_cycle_moves_the_encoder_only_where_it_follows() -> None:
    assert moved_by_code_cycle(follows=False) == {"F"}
    assert moved_by_code_cycle(follows=True) == {"F", "E"}


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("adversarial", {"L_A_made", "L_A_encoded"}),
        ("perception", {"L_content", "L_style"}),
        ("smoothness", {"L_TV"}),
        ("nothing", set()),
    ],
)
def test_a_kind_of_extension_losses_can_be_left_out(kind: str, gone: set[str]) -> None:
    whole, part = build("asymgan"), build("asymgan", weights=method.weights(kind))
    L, _ = whole.with_code(batch(whole))
    L_part, _ = part.with_code(batch(part))
    assert set(L) - {name for name, value in L_part.items() if bool((value > 0).all())} == gone


def test_draws_are_a_function_of_seed_and_step() -> None:
    asymgan = build("cyclegan", dropout=True)
    one, again, other = asymgan.draw(5, N), asymgan.draw(5, N), asymgan.draw(6, N)
    assert torch.equal(one["dropout"], again["dropout"])
    assert not torch.equal(one["dropout"], other["dropout"])
    coded = build("asymgan-plain")
    assert coded.draw(0, N)["z"].shape == (N, 3, CODE, SIDE // 8, SIDE // 8)
    assert torch.equal(coded.draw(1, N)["z"], coded.draw(1, N)["z"])


def test_discriminators_learn_at_half_the_rate() -> None:
    players = build("asymgan").players
    assert players["discriminators"].learning_rate == players["generators"].learning_rate / 2
    assert players["generators"].betas == (0.5, 0.999)


def test_the_distances_and_total_variation_have_the_right_gradients() -> None:
    a, b = (torch.rand(2, 3, 5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(k)) for k in (0, 1))
    a.requires_grad_(True)
    assert torch.autograd.gradcheck(losses.total_variation, (a,))
    assert torch.autograd.gradcheck(lambda v: losses.distance(v, b), (a,))
    near(losses.total_variation(a), reading.total_variation(a.detach().numpy()))
