"""Losses on a test set against a plain loop over single pictures."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import measures
from pipeline.sgn.model import losses, simplex
from tests.sgn.made_up import MODEL1, MODEL3

COUNT = 5


@pytest.fixture(scope="module")
def generator() -> Generator:
    torch.manual_seed(3)
    return Generator(4, 1)


@pytest.fixture(scope="module")
def test_set(vgg_weights: dict[str, Tensor]) -> measures.TestSet:
    torch.manual_seed(4)
    x, style = torch.rand(COUNT, 3, 32, 32) * 2 - 1, torch.rand(1, 3, 32, 32) * 2 - 1
    y = measures.pair(torch.rand(3, 3, 32, 32) * 2 - 1, COUNT)
    D = nn.ModuleDict({"vangogh": Discriminator(4)})
    perceptual = {"udnie": losses.Perceptual(VGG16(vgg_weights), style, 200.0)}
    return measures.TestSet(x, {"vangogh": y}, D, D, perceptual)


@torch.no_grad()
def plain(generator: Generator, test: measures.TestSet, S: tuple[float, ...]) -> dict[str, float]:
    """Picture by picture; the perceptual loss, which has its own tests, is taken as it is."""
    D, s = test.D["vangogh"], torch.tensor([S])
    sums = dict.fromkeys("ABC", 0.0)
    for n in range(COUNT):
        x, y = test.x[n : n + 1], test.y["vangogh"][n : n + 1]
        G_x, G_y = generator(x, s), generator(y, s)
        sums["A"] += 2 * (G_x - x).abs().mean().item()
        sums["B"] += ((D(G_x) - 1) ** 2).mean().item() + 5 * (G_y - y).abs().mean().item()
        sums["C"] += test.perceptual["udnie"](G_x, x).item()
    means = {name: total / COUNT for name, total in sums.items()}
    return {**means, "G": sum(s * L for s, L in zip(S, means.values(), strict=True))}


@pytest.mark.parametrize("S", [simplex.TABLE3[0], simplex.TABLE3[3], (0.0, 1.5, 0.0)])
def test_a_measurement_is_the_mean_over_single_pictures(
    generator: Generator, test_set: measures.TestSet, S: tuple[float, ...]
) -> None:
    for batch in (1, 2, 5):
        found = measures.losses_at(generator, MODEL1, test_set, S, batch)
        assert list(found) == ["L", "L_G", "own"]
        assert {**found["L"], "G": found["L_G"]} == pytest.approx(plain(generator, test_set, S), rel=1e-4)
        assert found["own"] == {"B": found["L"]["B"]}  # its own measures it


def test_one_discriminator_measures_and_the_own_one_is_told_beside_it(
    generator: Generator, test_set: measures.TestSet
) -> None:
    torch.manual_seed(5)
    other = nn.ModuleDict({"vangogh": Discriminator(4)})
    S = (0.2, 0.3, 0.5)
    full = measures.losses_at(generator, MODEL1, test_set, S, 4)
    with_other = measures.losses_at(generator, MODEL1, replace(test_set, own_D=other), S, 4)
    by_other = measures.losses_at(generator, MODEL1, replace(test_set, D=other), S, 4)
    assert with_other["L"] == full["L"]
    assert with_other["own"]["B"] == by_other["L"]["B"] != full["L"]["B"]
    without = measures.losses_at(generator, MODEL1, replace(test_set, own_D=nn.ModuleDict()), S, 4)
    assert without == {**full, "own": {"B": None}}


def test_the_first_pictures_are_measured_with_their_own_paintings(
    generator: Generator, test_set: measures.TestSet
) -> None:
    few = test_set.first(2)
    cut = replace(test_set, x=test_set.x[:2], y={"vangogh": test_set.y["vangogh"][:2]})
    S = (0.2, 0.3, 0.5)
    assert measures.losses_at(generator, MODEL1, few, S, 4) == measures.losses_at(generator, MODEL1, cut, S, 4)


def test_two_adversarial_domains_are_measured_with_their_own_pictures(generator: Generator) -> None:
    x, y = torch.rand(2, 3, 32, 32), {"winter": torch.rand(2, 3, 32, 32), "monet": torch.rand(2, 3, 32, 32) - 1}
    D = nn.ModuleDict({domain: Discriminator(4) for domain in y})
    S = (0.2, 0.3, 0.5)
    found = measures.losses_at(generator, MODEL3, measures.TestSet(x, y, D, D, {}), S, 2)
    with torch.no_grad():
        s = torch.tensor([S] * 2)
        for letter, domain in (("B", "winter"), ("C", "monet")):
            score, identity = D[domain](generator(x, s)), (generator(y[domain], s) - y[domain]).abs().mean()
            assert found["L"][letter] == pytest.approx((((score - 1) ** 2).mean() + 5 * identity).item(), rel=1e-5)


def test_nothing_is_changed_or_remembered(generator: Generator, test_set: measures.TestSet) -> None:
    before = {name: w.clone() for name, w in generator.state_dict().items()}
    first = measures.losses_at(generator, MODEL1, test_set, (0.2, 0.3, 0.5), 4)
    assert measures.losses_at(generator, MODEL1, test_set, (0.2, 0.3, 0.5), 4) == first
    assert all(torch.equal(w, before[name]) for name, w in generator.state_dict().items())
    assert all(p.grad is None for p in generator.parameters())


@pytest.mark.parametrize(("given", "count", "taken"), [(3, 5, [0, 1, 2, 0, 1]), (4, 2, [0, 1]), (1, 3, [0, 0, 0])])
def test_pictures_are_paired_in_order_and_again_from_the_start(given: int, count: int, taken: list[int]) -> None:
    y = torch.arange(given).float()[:, None, None, None].expand(-1, 3, 4, 4)
    assert measures.pair(y, count)[:, 0, 0, 0].int().tolist() == taken
