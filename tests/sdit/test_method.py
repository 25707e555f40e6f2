"""SDIT's losses and step, against a plain reading of Equations 6.1 to 6.8."""

import math

import pytest
import torch
from torch import Tensor

from pipeline.sdit.model import losses, method
from pipeline.sdit.model.params import Weights
from tests.sdit import made_up

WEIGHTS = Weights(gan=0.7, cls=1.3, rec=10.0, lat=2.0)


def of(latent: bool = True, critic: int = 1, exclusive: bool = True) -> method.SDIT:
    return method.SDIT(
        made_up.nets(made_up.run(latent=latent)),
        WEIGHTS,
        latent=latent,
        exclusive=exclusive,
        code=8,
        critic=critic,
        seed=0,
        learning_rate=1e-3,
    )


def step(sdit: method.SDIT, count: int = 4) -> dict[str, Tensor]:
    x, label, _ = made_up.batch(count)
    return {"x": x, "label": label, **sdit.draw(3, count)}


def test_cross_entropy_is_minus_the_log_of_the_softmax() -> None:
    logits, label = torch.randn(3, 4), torch.eye(4)[[0, 2, 3]]
    expected = [-math.log(logits[n].exp()[c] / logits[n].exp().sum()) for n, c in enumerate((0, 2, 3))]
    torch.testing.assert_close(losses.classification(logits, label, True), torch.tensor(expected))


def test_several_attributes_take_a_binary_one_each() -> None:
    logits, label = torch.randn(2, 3), torch.tensor([[1.0, 0, 1], [0, 0, 1]])
    right = torch.where(label > 0, logits.sigmoid(), 1 - logits.sigmoid())
    torch.testing.assert_close(losses.classification(logits, label, False), -right.log().sum(1))


def test_the_generators_losses_are_the_equations() -> None:
    sdit = of()
    batch = step(sdit)
    x, s, z = batch["x"], batch["label"], batch["z"][0]
    t = s[batch["others"][0]]
    parts, y = sdit.generator_losses(x, s, t, z)
    back = sdit.G(sdit.G(x, t, z), s, z)
    score, logits, code = sdit.D(y)
    for n in range(len(x)):
        adv = ((score[n] - 1) ** 2).mean()
        fake = -logits[n].log_softmax(0)[t[n].argmax()]
        lat, rec = (code[n] - z[n]).abs().mean(), (back[n] - x[n]).abs().mean()
        torch.testing.assert_close(parts["L_G"][n], 0.7 * adv + 1.3 * fake + 2.0 * lat + 10.0 * rec)


def test_the_discriminators_losses_are_the_equations() -> None:
    sdit = of()
    batch = step(sdit)
    x, s, z = batch["x"], batch["label"], batch["z"][0]
    y = torch.rand_like(x)
    parts = sdit.discriminator_losses(x, s, y, z)
    real, logits, _ = sdit.D(x)
    fake, _, code = sdit.D(y)
    for n in range(len(x)):
        adv = 0.5 * (((real[n] - 1) ** 2).mean() + (fake[n] ** 2).mean())
        cls = -logits[n].log_softmax(0)[s[n].argmax()]
        torch.testing.assert_close(parts["L_D"][n], 0.7 * adv + 1.3 * cls + 2.0 * (code[n] - z[n]).abs().mean())


def test_without_l_lat_no_loss_reads_the_code() -> None:
    sdit = of(latent=False)
    for update in sdit.updates(step(sdit)):
        assert "L_LAT" not in update.parts
        update.loss.mean().backward()
    assert sdit.D.linear.weight.grad is None


@pytest.mark.parametrize("critic", [1, 3])
def test_the_discriminator_plays_as_often_as_it_is_told(critic: int) -> None:
    sdit = of(critic=critic)
    players = [update.player for update in sdit.updates(step(sdit))]
    assert players == ["generator", *["discriminator"] * critic]


def test_each_move_reaches_its_own_networks_alone() -> None:
    sdit = of()
    own = {"generator": sdit.G, "discriminator": sdit.D}
    for update in sdit.updates(step(sdit)):
        for net in own.values():
            net.zero_grad(set_to_none=True)
        update.loss.mean().backward()
        moved = {name for name, net in own.items() if any(p.grad is not None for p in net.parameters())}
        assert moved == {update.player}


def test_a_steps_numbers_are_a_function_of_seed_and_step() -> None:
    first, again, next_step = of().draw(5, 4), of().draw(5, 4), of().draw(6, 4)
    assert torch.equal(first["z"], again["z"])
    assert torch.equal(first["others"], again["others"])
    assert not torch.equal(first["z"], next_step["z"])
    assert sorted(first["others"][0].tolist()) == [0, 1, 2, 3]
