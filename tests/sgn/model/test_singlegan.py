"""SingleGAN's losses against a plain reading of their formulas."""

import pytest
import torch
from pipeline.sgn.model.objectives import Objective

from pipeline.sgn.model import singlegan

OBJECTIVES = tuple(Objective(loss="adversarial", about=about) for about in ("photo", "ukiyoe", "vangogh"))


@pytest.fixture
def method() -> singlegan.Method:
    torch.manual_seed(0)
    networks = singlegan.networks(OBJECTIVES, "cbn", 4, 1, None)
    return singlegan.Method(networks, OBJECTIVES, {}, alpha=0.5, constant_S=None, seed=0)


def batch() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {o.about: torch.rand(3, 3, 32, 32, generator=generator) * 2 - 1 for o in OBJECTIVES}


def test_codes_are_one_hot_and_all_domains_come(method: singlegan.Method) -> None:
    codes = torch.cat([method.draw(step, 4) for step in range(100)])
    assert torch.equal(codes.sum(1), torch.ones(400))
    assert set(codes.unique().tolist()) == {0.0, 1.0}
    assert (codes.mean(0) - 1 / 3).abs().max() < 0.1
    assert torch.equal(method.draw(7, 4), method.draw(7, 4))


@torch.no_grad()
def test_the_generators_loss_is_its_formula(method: singlegan.Method) -> None:
    S, x = torch.eye(3), batch()["photo"]
    L_G, parts, G_x = method.generator_loss(batch(), S)
    G, D = method.networks.generator, method.networks.discriminators
    for n, domain in enumerate(D):
        fake = G(x[n : n + 1], S[n : n + 1])
        back = G(fake, torch.tensor([[1.0, 0, 0]]))
        adversarial = ((D[domain](fake) - 1) ** 2).mean()
        cycle = 10 * (back - x[n]).abs().mean()
        torch.testing.assert_close(L_G[n], adversarial + cycle, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(parts["adversarial"][n], adversarial, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(G_x[n], fake[0], rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_a_fake_trains_the_discriminator_of_its_own_domain_alone(method: singlegan.Method) -> None:
    S, pictures = torch.eye(3)[[1, 1, 2]], batch()
    fakes = torch.rand(3, 3, 32, 32) * 2 - 1
    L_D = method.discriminator_loss(pictures, S, fakes, step=0)
    assert torch.equal(L_D["photo"], torch.zeros(3))
    D, y = method.networks.discriminators["ukiyoe"], pictures["ukiyoe"]
    expected = 0.5 * ((D(y[:1]) - 1).square().mean() + D(fakes[:1]).square().mean())
    torch.testing.assert_close(L_D["ukiyoe"][0], expected, rtol=1e-4, atol=1e-5)
    assert L_D["ukiyoe"][2] == 0
    assert L_D["vangogh"][2] > 0
