"""SGN's losses against a plain reading of Equations 1 and 4: one sample and one loss at a time."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from pipeline.sgn.model import simplex
from pipeline.sgn.model.method import SGN
from pipeline.sgn.model.objectives import Objective, by_letter
from pipeline.training.replay import ReplayBuffer
from tests.sgn import made_up
from tests.sgn.made_up import (
    FOUR,
    MODEL1,
    MODEL3,
    TWO,
    Constant,
    Objectives,
    discriminator_losses,
    generator_update,
    gradient,
    udnie,
)

N = 3
both_models = pytest.mark.parametrize("objectives", [MODEL1, MODEL3], ids=["model1", "model3"])
every_k = pytest.mark.parametrize("objectives", [TWO, MODEL1, MODEL3, FOUR], ids=["two", "model1", "model3", "four"])


def never(output: Tensor, content: Tensor) -> Tensor:
    raise AssertionError("a loss with weight 0 must not be computed")


def method(
    objectives: Objectives = MODEL1,
    constant_S: Constant = None,
    perceptual: Callable[[Tensor, Tensor], Tensor] = udnie,
    seed: int = 0,
) -> SGN:
    m = made_up.sgn(objectives, constant_S, perceptual, start=1, seed=seed)
    for d in m.D.values():  # scores of a fresh discriminator are all near 0
        d.convs[-1].weight.data.mul_(10)
    return m


def batch(*domains: str) -> dict[str, Tensor]:
    return made_up.pictures(domains, N)


def exact(m: SGN, pictures: dict[str, Tensor], S: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Networks and pictures in float64: the gradient of |G(x, S) - x| jumps, rounding must not decide its sign."""
    m.G.double()
    m.D.double()
    return {domain: x.double() for domain, x in pictures.items()}, S.double()


def plain_losses(m: SGN, pictures: dict[str, Tensor], S: Tensor) -> list[list[Tensor]]:
    """L_i of each sample: every picture goes through the networks by itself, every formula is written out."""
    G, D = m.G, m.D
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


@every_k
def test_L_G_is_the_sum_of_s_i_L_i_of_each_sample(objectives: Objectives) -> None:
    m = method(objectives)
    pictures, S = batch(*m.sources), m.draw(0, N)["S"]
    update, G_x = generator_update(m, pictures, S), m.generator_losses(pictures, S)[1]
    assert list(update.parts) == [*(f"L_{letter}" for letter in by_letter(objectives)), "L_G"]
    rows = plain_losses(m, pictures, S)
    for i, letter in enumerate(by_letter(objectives)):
        torch.testing.assert_close(
            update.parts[f"L_{letter}"], torch.stack([row[i] for row in rows]), rtol=1e-4, atol=1e-5
        )
    expected = torch.stack(
        [sum((S[n, i] * rows[n][i] for i in range(len(objectives))), torch.zeros(())) for n in range(N)]
    )
    torch.testing.assert_close(update.loss, expected, rtol=1e-4, atol=1e-5)
    assert torch.equal(update.loss, update.parts["L_G"])
    torch.testing.assert_close(
        G_x, torch.cat([m.G(x[None], s[None]) for x, s in zip(pictures[m.sources[0]], S, strict=True)])
    )


@every_k
def test_L_Gs_gradient_is_the_plain_one(objectives: Objectives) -> None:
    m = method(objectives)
    pictures, S = exact(m, batch(*m.sources), m.draw(1, N)["S"])
    parameters = list(m.G.parameters())
    ours = torch.autograd.grad(generator_update(m, pictures, S).loss.mean(), parameters)
    rows = plain_losses(m, pictures, S)
    plain = torch.stack([S[n, i] * rows[n][i] for n in range(N) for i in range(len(objectives))]).sum() / N
    theirs = torch.autograd.grad(plain, parameters)
    assert max(g.abs().max() for g in theirs) > 1e-3
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_each_sample_has_its_own_S_also_in_the_network() -> None:
    """Another S for the first sample changes no other sample's loss."""
    m = method()
    pictures, S = batch(*m.sources), m.draw(0, N)["S"]
    other = S.clone()
    other[0] = S[0].flip(0)
    before, after = (generator_update(m, pictures, each).loss for each in (S, other))
    torch.testing.assert_close(before[1:], after[1:], rtol=0, atol=1e-6)
    assert abs(before[0] - after[0]) > 1e-4


def test_networks_are_what_the_objectives_need() -> None:
    assert list(method(MODEL1).D) == ["vangogh"]
    assert list(method(MODEL3).D) == ["winter", "monet"]
    assert method(MODEL1).sources == ["photo", "vangogh"]
    assert method(MODEL3).sources == ["summer", "winter", "monet"]
    assert list(method(MODEL1, (0.5, 0.0, 0.5)).D) == []
    assert list(method(MODEL3, (0.5, 0.0, 0.5)).D) == ["monet"]
    assert list(method(MODEL1, (0.0, 0.5, 0.5)).D) == ["vangogh"]


@pytest.mark.parametrize("S", [*simplex.corners(3), *simplex.midpoints(3)])
@both_models
def test_a_constant_S_computes_only_the_losses_with_a_weight(
    objectives: Objectives, S: tuple[float, float, float]
) -> None:
    m = method(objectives, S, perceptual=udnie if S[2] else never)
    assert torch.equal(m.draw(0, N)["S"], torch.tensor([S] * N))
    pictures, S_batch = exact(m, batch(*m.sources), m.draw(0, N)["S"])
    update = generator_update(m, pictures, S_batch)
    assert list(update.parts) == [*(f"L_{letter}" for letter, s in zip("ABC", S, strict=True) if s), "L_G"]
    assert set(m.sources) == {m.objectives[0].about, *m.D}

    full = method(objectives, None)  # the same losses, all of them, from a model that draws S
    full.G.load_state_dict(m.G.state_dict())
    for domain, d in m.D.items():
        full.D[domain].load_state_dict(d.state_dict())
    everything, _ = exact(full, batch(*full.sources), S_batch)
    everything |= pictures
    rows = plain_losses(full, everything, S_batch)
    plain = torch.stack([S[i] * rows[n][i] for n in range(N) for i in range(3) if S[i]]).sum() / N
    torch.testing.assert_close(update.loss.mean(), plain, rtol=1e-5, atol=1e-6)
    ours = torch.autograd.grad(update.loss.mean(), list(m.G.parameters()))
    theirs = torch.autograd.grad(plain, list(full.G.parameters()))
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert set(discriminator_losses(m, pictures, S_batch, pictures[m.sources[0]])) == set(m.D)


def test_S_is_drawn_per_sample_and_is_a_function_of_seed_and_step() -> None:
    m = method()
    S = m.draw(5, 64)["S"]
    assert S.shape == (64, 3)
    assert S.dtype == torch.float32
    torch.testing.assert_close(S.sum(1), torch.ones(64))
    assert len(torch.unique(S, dim=0)) == 64
    assert torch.equal(S, method().draw(5, 64)["S"])
    assert not torch.equal(S, m.draw(6, 64)["S"])
    assert not torch.equal(S, method(seed=1).draw(5, 64)["S"])


def test_a_constant_S_has_memory_for_each_sample_as_a_pinned_copy_on_the_way_to_a_GPU_needs() -> None:
    S = method(constant_S=(0.5, 0.0, 0.5)).draw(0, N)["S"]
    assert S.tolist() == [[0.5, 0.0, 0.5]] * N
    assert S.untyped_storage().nbytes() == N * 3 * S.element_size()


def test_alpha_decides_how_S_is_drawn() -> None:
    m = method()
    m.alpha = 100.0
    assert (m.draw(0, 500)["S"] - 1 / 3).abs().max() < 0.25
    m.alpha = 0.01
    assert (m.draw(0, 500)["S"].max(1).values > 0.99).float().mean() > 0.85


@both_models
def test_L_D_weighs_a_fake_with_the_s_B_that_made_it(objectives: Objectives) -> None:
    m = method(objectives)
    pictures = batch(*m.sources)
    expected = {}
    for i, o in enumerate(m.objectives):
        if o.loss == "adversarial":
            fakes = torch.rand(N, 3, 32, 32) * 2 - 1
            older = torch.tensor([[0.2, 0.3, 0.5], [0.0, 0.9, 0.1], [0.6, 0.4, 0.0]])
            m.buffers[o.about] = made_up.Older(fakes, older)  # type: ignore[assignment]
            D = m.D[o.about]
            expected[o.about] = torch.stack(
                [
                    older[n, i]
                    * 0.5
                    * (((D(pictures[o.about][n : n + 1]) - 1) ** 2).mean() + (D(fakes[n : n + 1]) ** 2).mean())
                    for n in range(N)
                ]
            )
    L_D = discriminator_losses(m, pictures, m.draw(0, N)["S"], torch.zeros(N, 3, 32, 32))
    assert set(L_D) == set(expected)
    for domain, loss in L_D.items():
        torch.testing.assert_close(loss, expected[domain], rtol=1e-4, atol=1e-6)


def test_a_sample_without_s_B_teaches_the_discriminator_nothing() -> None:
    m = method()
    D, pictures = m.D, batch(*m.sources)
    S = torch.tensor([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    fakes = torch.rand(N, 3, 32, 32)
    with_all = gradient(D, discriminator_losses(m, pictures, S, fakes)["vangogh"].sum())
    without = {domain: x[[0, 2]] for domain, x in pictures.items()}
    m.buffers["vangogh"] = ReplayBuffer()
    with_two = gradient(D, discriminator_losses(m, without, S[[0, 2]], fakes[[0, 2]])["vangogh"].sum())
    for a, b in zip(with_all, with_two, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-6)
    m.buffers["vangogh"] = ReplayBuffer()
    nothing = discriminator_losses(m, pictures, torch.tensor([[0.4, 0.0, 0.6]] * N), fakes)["vangogh"]
    assert all((g == 0).all() for g in gradient(D, nothing.sum()))


def test_two_adversarial_domains_do_not_mix() -> None:
    """Each has its own discriminator, its own buffer and its own weight (Model 3)."""
    m = method(MODEL3)
    pictures, S = batch(*m.sources), torch.tensor([[0.2, 0.8, 0.0]] * N)
    L_D = discriminator_losses(m, pictures, S, torch.rand(N, 3, 32, 32))
    assert (L_D["winter"] > 0).all()
    assert (L_D["monet"] == 0).all()
    assert m.buffers["winter"] is not m.buffers["monet"]
    other = pictures | {"monet": -pictures["monet"]}
    L, L_other = m.generator_losses(pictures, S)[0], m.generator_losses(other, S)[0]
    torch.testing.assert_close(L_other["B"], L["B"])
    assert not torch.allclose(L_other["C"], L["C"])


def test_the_discriminators_loss_does_not_reach_the_generator() -> None:
    m = method()
    pictures, S = batch(*m.sources), m.draw(0, N)["S"]
    _, G_x = m.generator_losses(pictures, S)
    loss = discriminator_losses(m, pictures, S, G_x)["vangogh"].sum()
    found = torch.autograd.grad(loss, list(m.G.parameters()), allow_unused=True)
    assert all(g is None for g in found)


def test_an_adversarial_objective_about_the_input_domain_is_weighed_by_its_own_s() -> None:
    """A discriminator belongs to an adversarial objective, not to whatever else is about the same domain."""
    m = method((MODEL1[0], Objective("adversarial", "photo"), MODEL1[2]))
    S = torch.tensor([[0.9, 0.0, 0.1]] * N)
    fakes = torch.rand(N, 3, 32, 32)
    L_D = discriminator_losses(m, batch("photo"), S, fakes)
    assert (L_D["photo"] == 0).all()
    held = m.buffers["photo"].fakes
    assert held is not None
    assert torch.equal(held[:N], fakes)  # each fake enters the buffer once
    assert (held[N:] == 0).all()


def test_a_step_is_the_generators_move_and_then_the_discriminators() -> None:
    m = method(MODEL3)
    pictures, S = batch(*m.sources), m.draw(0, N)["S"]
    first, second = m.updates(made_up.step(m, pictures, S))
    assert (first.player, second.player) == ("generator", "discriminators")
    assert list(second.parts) == ["L_D_winter", "L_D_monet"]
    torch.testing.assert_close(second.loss, second.parts["L_D_winter"] + second.parts["L_D_monet"])
    (alone,) = method(MODEL3, (1.0, 0.0, 0.0)).updates(made_up.step(m, pictures, torch.tensor([[1.0, 0.0, 0.0]] * N)))
    assert alone.player == "generator"


def test_the_generators_move_costs_no_gradient_of_the_discriminators() -> None:
    m = method()
    pictures, S = batch(*m.sources), m.draw(0, N)["S"]
    updates = m.updates(made_up.step(m, pictures, S))
    next(updates).loss.sum().backward()
    assert all(p.grad is None for p in m.D.parameters())
    next(updates).loss.sum().backward()
    assert all(p.grad is not None for p in m.D.parameters())


def test_each_domains_buffer_has_a_plan_of_its_own() -> None:
    m = method(MODEL3)
    drawn = m.draw(30, 4)
    assert list(drawn) == ["S", "replay winter", "replay monet"]
    assert all(drawn[f"replay {domain}"].shape == (2, 4) for domain in m.D)
    plans = [torch.cat([m.draw(step, 4)[f"replay {domain}"] for step in range(20, 40)]) for domain in m.D]
    assert not torch.equal(*plans)
    again = method(MODEL3).draw(30, 4)
    assert all(torch.equal(drawn[name], again[name]) for name in drawn)


def test_a_sample_is_described_by_its_S() -> None:
    described = method().describe({"S": torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])}, 1)
    assert described == "S = (0, .5, .5)"
