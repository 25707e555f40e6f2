"""SGN's losses against a plain reading of Equations 1 and 4: one sample and one loss at a time."""

from collections.abc import Callable

import pytest
import torch
from pipeline.sgn.model.objectives import Objective
from torch import Tensor, nn

from pipeline.sgn.model import method as sgn
from pipeline.sgn.model import simplex
from pipeline.training.replay import ReplayBuffer

N = 3
MODEL1 = (("reconstruction", "photo"), ("adversarial", "vangogh"), ("perceptual", "udnie"))
MODEL3 = (("reconstruction", "summer"), ("adversarial", "winter"), ("adversarial", "monet"))
Constant = tuple[float, float, float] | None


def udnie(output: Tensor, content: Tensor) -> Tensor:
    """Stands for the perceptual loss, which has its own tests: some number per sample."""
    return ((output - 0.3 * content) ** 2).flatten(1).mean(1)


def never(output: Tensor, content: Tensor) -> Tensor:
    raise AssertionError("a loss with weight 0 must not be computed")


def method(
    objectives: tuple[tuple[str, str], ...] = MODEL1,
    constant_S: Constant = None,
    perceptual: Callable[[Tensor, Tensor], Tensor] = udnie,
    seed: int = 0,
) -> sgn.Method:
    asked = tuple(Objective(loss=loss, about=about) for loss, about in objectives)
    torch.manual_seed(1)
    nets = sgn.networks(asked, "ccam", 4, 1, constant_S)
    for d in nets.discriminators.values():  # scores of a fresh discriminator are all near 0
        d.convs[-1].weight.data.mul_(10)
    return sgn.Method(nets, asked, {"udnie": perceptual}, alpha=0.5, constant_S=constant_S, seed=seed)


def batch(*domains: str) -> dict[str, Tensor]:
    random = torch.Generator().manual_seed(2)
    return {domain: torch.rand(N, 3, 32, 32, generator=random) * 2 - 1 for domain in domains}


def exact(m: sgn.Method, pictures: dict[str, Tensor], S: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Networks and pictures in float64: the gradient of |G(x, S) - x| jumps, rounding must not decide its sign."""
    m.networks.generator.double()
    m.networks.discriminators.double()
    return {domain: x.double() for domain, x in pictures.items()}, S.double()


def plain_losses(m: sgn.Method, pictures: dict[str, Tensor], S: Tensor) -> list[list[Tensor]]:
    """L_i of each sample: every picture goes through the networks by itself, every formula is written out."""
    G, D = m.networks.generator, m.networks.discriminators
    rows = []
    for n in range(N):
        s = S[n : n + 1]
        x = pictures[m.objectives[0].about][n : n + 1]
        G_x, row = G(x, s), []
        for o in m.objectives:
            if o.loss == "reconstruction":
                row.append(2 * (G_x - x).abs().mean())
            elif o.loss == "adversarial":
                y = pictures[o.about][n : n + 1]
                row.append(((D[o.about](G_x) - 1) ** 2).mean() + 5 * (G(y, s) - y).abs().mean())
            else:
                row.append(udnie(G_x, x)[0])
        rows.append(row)
    return rows


@pytest.mark.parametrize("objectives", [MODEL1, MODEL3])
def test_L_G_is_the_sum_of_s_i_L_i_of_each_sample(objectives: tuple[tuple[str, str], ...]) -> None:
    m = method(objectives)
    pictures, S = batch(*m.domains), m.draw(0, N)
    L_G, L, G_x = m.generator_loss(pictures, S)
    rows = plain_losses(m, pictures, S)
    for i, letter in enumerate("ABC"):
        torch.testing.assert_close(L[letter], torch.stack([row[i] for row in rows]), rtol=1e-4, atol=1e-5)
    expected = torch.stack([sum((S[n, i] * rows[n][i] for i in range(3)), torch.zeros(())) for n in range(N)])
    torch.testing.assert_close(L_G, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        G_x, torch.cat([m.networks.generator(x[None], s[None]) for x, s in zip(pictures[m.domains[0]], S, strict=True)])
    )


@pytest.mark.parametrize("objectives", [MODEL1, MODEL3])
def test_L_Gs_gradient_is_the_plain_one(objectives: tuple[tuple[str, str], ...]) -> None:
    m = method(objectives)
    pictures, S = exact(m, batch(*m.domains), m.draw(1, N))
    parameters = list(m.networks.generator.parameters())
    ours = torch.autograd.grad(m.generator_loss(pictures, S)[0].mean(), parameters)
    rows = plain_losses(m, pictures, S)
    plain = torch.stack([S[n, i] * rows[n][i] for n in range(N) for i in range(3)]).sum() / N
    theirs = torch.autograd.grad(plain, parameters)
    assert max(g.abs().max() for g in theirs) > 1e-3
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_each_sample_has_its_own_S_also_in_the_network() -> None:
    """Another S for the first sample changes no other sample's loss."""
    m = method()
    pictures, S = batch(*m.domains), m.draw(0, N)
    other = S.clone()
    other[0] = S[0].flip(0)
    before, after = m.generator_loss(pictures, S)[0], m.generator_loss(pictures, other)[0]
    torch.testing.assert_close(before[1:], after[1:], rtol=0, atol=1e-6)
    assert abs(before[0] - after[0]) > 1e-4


def test_networks_are_what_the_objectives_need() -> None:
    assert list(method(MODEL1).networks.discriminators) == ["vangogh"]
    assert list(method(MODEL3).networks.discriminators) == ["winter", "monet"]
    assert method(MODEL1).domains == ["photo", "vangogh"]
    assert method(MODEL3).domains == ["summer", "winter", "monet"]
    assert list(method(MODEL1, (0.5, 0.0, 0.5)).networks.discriminators) == []
    assert list(method(MODEL3, (0.5, 0.0, 0.5)).networks.discriminators) == ["monet"]
    assert list(method(MODEL1, (0.0, 0.5, 0.5)).networks.discriminators) == ["vangogh"]


@pytest.mark.parametrize("S", [*simplex.corners(3), *simplex.midpoints(3)])
@pytest.mark.parametrize("objectives", [MODEL1, MODEL3])
def test_a_constant_S_computes_only_the_losses_with_a_weight(
    objectives: tuple[tuple[str, str], ...], S: tuple[float, float, float]
) -> None:
    m = method(objectives, S, perceptual=udnie if S[2] else never)
    assert torch.equal(m.draw(0, N), torch.tensor([S] * N))
    pictures, S_batch = exact(m, batch(*m.domains), m.draw(0, N))
    L_G, L, _ = m.generator_loss(pictures, S_batch)
    assert sorted(L) == [letter for letter, s in zip("ABC", S, strict=True) if s]
    assert set(m.domains) == {m.objectives[0].about, *m.networks.discriminators}

    full = method(objectives, None)  # the same losses, all of them, from a model that draws S
    full.networks.generator.load_state_dict(m.networks.generator.state_dict())
    for domain, d in m.networks.discriminators.items():
        full.networks.discriminators[domain].load_state_dict(d.state_dict())
    everything, _ = exact(full, batch(*full.domains), S_batch)
    everything |= pictures
    rows = plain_losses(full, everything, S_batch)
    plain = torch.stack([S[i] * rows[n][i] for n in range(N) for i in range(3) if S[i]]).sum() / N
    torch.testing.assert_close(L_G.mean(), plain, rtol=1e-5, atol=1e-6)
    ours = torch.autograd.grad(L_G.mean(), list(m.networks.generator.parameters()))
    theirs = torch.autograd.grad(plain, list(full.networks.generator.parameters()))
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert set(m.discriminator_loss(pictures, S_batch, pictures[m.domains[0]], 0)) == set(m.networks.discriminators)


def test_S_is_drawn_per_sample_and_is_a_function_of_seed_and_step() -> None:
    m = method()
    S = m.draw(5, 64)
    assert S.shape == (64, 3)
    assert S.dtype == torch.float32
    torch.testing.assert_close(S.sum(1), torch.ones(64))
    assert len(torch.unique(S, dim=0)) == 64
    assert torch.equal(S, method().draw(5, 64))
    assert not torch.equal(S, m.draw(6, 64))
    assert not torch.equal(S, method(seed=1).draw(5, 64))


def test_alpha_decides_how_S_is_drawn() -> None:
    m = method()
    m.alpha = 100.0
    assert (m.draw(0, 500) - 1 / 3).abs().max() < 0.25
    m.alpha = 0.01
    assert (m.draw(0, 500).max(1).values > 0.99).float().mean() > 0.85


class Older:
    """A buffer that answers with older fakes, made with another S."""

    def __init__(self, fakes: Tensor, S: Tensor) -> None:
        self.answer = (fakes, S)

    def exchange(self, fakes: Tensor, S: Tensor, random: object) -> tuple[Tensor, Tensor]:
        return self.answer


@pytest.mark.parametrize("objectives", [MODEL1, MODEL3])
def test_L_D_weighs_a_fake_with_the_s_B_that_made_it(objectives: tuple[tuple[str, str], ...]) -> None:
    m = method(objectives)
    pictures = batch(*m.domains)
    expected = {}
    for i, o in enumerate(m.objectives):
        if o.loss == "adversarial":
            fakes = torch.rand(N, 3, 32, 32) * 2 - 1
            older = torch.tensor([[0.2, 0.3, 0.5], [0.0, 0.9, 0.1], [0.6, 0.4, 0.0]])
            m.buffers[o.about] = Older(fakes, older)  # type: ignore[assignment]
            D = m.networks.discriminators[o.about]
            expected[o.about] = torch.stack(
                [
                    older[n, i]
                    * 0.5
                    * (((D(pictures[o.about][n : n + 1]) - 1) ** 2).mean() + (D(fakes[n : n + 1]) ** 2).mean())
                    for n in range(N)
                ]
            )
    L_D = m.discriminator_loss(pictures, m.draw(0, N), torch.zeros(N, 3, 32, 32), 0)
    assert set(L_D) == set(expected)
    for domain, loss in L_D.items():
        torch.testing.assert_close(loss, expected[domain], rtol=1e-4, atol=1e-6)


def gradient(nets: nn.ModuleDict, loss: Tensor) -> list[Tensor]:
    return list(torch.autograd.grad(loss, list(nets.parameters()), materialize_grads=True))


def test_a_sample_without_s_B_teaches_the_discriminator_nothing() -> None:
    m = method()
    D, pictures = m.networks.discriminators, batch(*m.domains)
    S = torch.tensor([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    fakes = torch.rand(N, 3, 32, 32)
    with_all = gradient(D, m.discriminator_loss(pictures, S, fakes, 0)["vangogh"].sum())
    without = {domain: x[[0, 2]] for domain, x in pictures.items()}
    m.buffers["vangogh"] = ReplayBuffer()
    with_two = gradient(D, m.discriminator_loss(without, S[[0, 2]], fakes[[0, 2]], 0)["vangogh"].sum())
    for a, b in zip(with_all, with_two, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-6)
    m.buffers["vangogh"] = ReplayBuffer()
    nothing = m.discriminator_loss(pictures, torch.tensor([[0.4, 0.0, 0.6]] * N), fakes, 0)["vangogh"]
    assert all((g == 0).all() for g in gradient(D, nothing.sum()))


def test_two_adversarial_domains_do_not_mix() -> None:
    """Each has its own discriminator, its own buffer and its own weight (Model 3)."""
    m = method(MODEL3)
    pictures, S = batch(*m.domains), torch.tensor([[0.2, 0.8, 0.0]] * N)
    L_D = m.discriminator_loss(pictures, S, torch.rand(N, 3, 32, 32), 0)
    assert (L_D["winter"] > 0).all()
    assert (L_D["monet"] == 0).all()
    assert m.buffers["winter"] is not m.buffers["monet"]
    other = pictures | {"monet": -pictures["monet"]}
    torch.testing.assert_close(m.generator_loss(other, S)[1]["B"], m.generator_loss(pictures, S)[1]["B"])
    assert not torch.allclose(m.generator_loss(other, S)[1]["C"], m.generator_loss(pictures, S)[1]["C"])


def test_the_discriminators_loss_does_not_reach_the_generator() -> None:
    m = method()
    pictures, S = batch(*m.domains), m.draw(0, N)
    _, _, G_x = m.generator_loss(pictures, S)
    loss = m.discriminator_loss(pictures, S, G_x, 0)["vangogh"].sum()
    found = torch.autograd.grad(loss, list(m.networks.generator.parameters()), allow_unused=True)
    assert all(g is None for g in found)


def test_an_adversarial_objective_about_the_input_domain_is_weighed_by_its_own_s() -> None:
    """A discriminator belongs to an adversarial objective, not to whatever else is about the same domain."""
    m = method((("reconstruction", "photo"), ("adversarial", "photo"), ("perceptual", "udnie")))
    S = torch.tensor([[0.9, 0.0, 0.1]] * N)
    L_D = m.discriminator_loss(batch("photo"), S, torch.rand(N, 3, 32, 32), 0)
    assert (L_D["photo"] == 0).all()
    assert len(m.buffers["photo"].fakes) == N  # each fake enters the buffer once
