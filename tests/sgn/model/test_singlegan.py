"""SingleGAN's losses against a plain reading of their formulas."""

import pytest
import torch
from torch import Tensor

from pipeline.sgn.model.singlegan import SingleGAN
from tests.sgn import made_up
from tests.sgn.made_up import discriminator_losses, generator_update


@pytest.fixture
def method() -> SingleGAN:
    return made_up.singlegan()


def batch() -> dict[str, Tensor]:
    return made_up.pictures(made_up.SINGLEGAN)


def test_codes_are_one_hot_and_all_domains_come(method: SingleGAN) -> None:
    codes = torch.cat([method.draw(step, 4)["S"] for step in range(100)])
    assert torch.equal(codes.sum(1), torch.ones(400))
    assert set(codes.unique().tolist()) == {0.0, 1.0}
    assert (codes.mean(0) - 1 / 3).abs().max() < 0.1
    assert torch.equal(method.draw(7, 4)["S"], method.draw(7, 4)["S"])


@torch.no_grad()
def test_the_generators_loss_is_its_formula(method: SingleGAN) -> None:
    S, x = torch.eye(3), batch()["photo"]
    update, G_x = generator_update(method, batch(), S), method.generator_losses(batch(), S)[2]
    assert list(update.parts) == ["L_adversarial", "L_cycle", "L_G"]
    G, D = method.G, method.D
    for n, domain in enumerate(D):
        fake = G(x[n : n + 1], S[n : n + 1])
        back = G(fake, torch.tensor([[1.0, 0, 0]]))
        adversarial = ((D[domain](fake) - 1) ** 2).mean()
        cycle = 10 * (back - x[n]).abs().mean()
        torch.testing.assert_close(update.loss[n], adversarial + cycle, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(update.parts["L_adversarial"][n], adversarial, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(G_x[n], fake[0], rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_a_fake_trains_the_discriminator_of_its_own_domain_alone(method: SingleGAN) -> None:
    S, pictures = torch.eye(3)[[1, 1, 2]], batch()
    fakes = torch.rand(3, 3, 32, 32) * 2 - 1
    L_D = discriminator_losses(method, pictures, S, fakes)
    assert torch.equal(L_D["photo"], torch.zeros(3))
    D, y = method.D["ukiyoe"], pictures["ukiyoe"]
    expected = 0.5 * ((D(y[:1]) - 1).square().mean() + D(fakes[:1]).square().mean())
    torch.testing.assert_close(L_D["ukiyoe"][0], expected, rtol=1e-4, atol=1e-5)
    assert L_D["ukiyoe"][2] == 0
    assert L_D["vangogh"][2] > 0
