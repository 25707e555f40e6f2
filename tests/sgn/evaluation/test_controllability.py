"""What is said about S, against small cases whose answer is known."""

import math

import pytest
import torch
from torch import Tensor, nn

from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import controllability, corners, measures
from pipeline.sgn.model import simplex
from pipeline.sgn.model.objectives import Objective

OBJECTIVES = tuple(
    Objective(loss=loss, about=about)
    for loss, about in (("reconstruction", "photo"), ("adversarial", "vangogh"), ("adversarial", "monet"))
)


def pictures(seed: int, count: int = 2, size: int = 32) -> Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


class Mixture(nn.Module):
    """A generator whose output is the mixture of three fixed pictures that S asks for, and a part of the input."""

    def __init__(self, leak: float = 0.0) -> None:
        super().__init__()
        self.corners = pictures(1, 3)
        self.leak = leak

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        return torch.einsum("nk,kchw->nchw", S + self.leak * S.prod(1, keepdim=True), self.corners)


def test_rank_correlation_is_spearmans() -> None:
    assert controllability.rank_correlation([0, 1, 2, 3], [5, 4, 2.9, -100]) == pytest.approx(-1)
    # ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4
    x, y = [1, 2.5, 2.5, 4], [1, 2, 3, 4]
    covariance = sum((a - 2.5) * (b - 2.5) for a, b in zip(x, y, strict=True))
    expected = covariance / math.sqrt(sum((a - 2.5) ** 2 for a in x) * sum((b - 2.5) ** 2 for b in y))
    assert controllability.rank_correlation([0, 1, 1, 7], [1, 2, 3, 4]) == pytest.approx(expected)
    assert controllability.rank_correlation([0, 1, 2], [3.0, 3.0, 3.0]) is None


def test_change_is_the_mean_difference_of_two_corners() -> None:
    a, b, c = torch.zeros(2, 3, 4, 4), torch.ones(2, 3, 4, 4), torch.full((2, 3, 4, 4), -0.5)
    assert controllability.changes([a, b, c]) == pytest.approx({"AB": 1.0, "AC": 0.5, "BC": 1.5})


def test_separation_compares_the_own_corner_with_the_two_others() -> None:
    rows = [
        {"S": (1.0, 0.0, 0.0), "L": {"A": 1.0, "B": 4.0, "C": 1.0}},
        {"S": (0.0, 1.0, 0.0), "L": {"A": 3.0, "B": 2.0, "C": 1.0}},
        {"S": (0.0, 0.0, 1.0), "L": {"A": 5.0, "B": 4.0, "C": 1.0}},
        {"S": (0.5, 0.5, 0.0), "L": {"A": 99.0, "B": 99.0, "C": 99.0}},
    ]
    assert controllability.separation(rows) == pytest.approx({"A": 0.75, "B": 0.5, "C": 0.0})


def test_a_mixture_of_two_corners_leaks_nothing_and_a_third_part_is_found() -> None:
    G_A, G_B, G_C = (pictures(seed) for seed in (1, 2, 3))
    half = {"AB": (G_A + G_B) / 2, "AC": (G_A + G_C) / 2, "BC": (G_B + G_C) / 2}
    assert controllability.leakage([G_A, G_B, G_C], half) == pytest.approx({"AB": 0, "AC": 0, "BC": 0}, abs=1e-6)
    leaking = {**half, "AB": 0.4 * G_A + 0.4 * G_B + 0.2 * G_C}
    found = controllability.leakage([G_A, G_B, G_C], leaking)
    change = sum(controllability.changes([G_A, G_B, G_C]).values()) / 3
    assert found is not None
    assert found["AB"] == pytest.approx(0.2 * (G_C - (G_A + G_B) / 2).abs().mean().item() / change, rel=1e-4)
    assert found["AC"] == pytest.approx(0, abs=1e-6)


def test_where_nothing_moves_nothing_is_said_to_leak() -> None:
    x = pictures(1)
    assert controllability.leakage([x, x, x + 1e-5], {"AB": x, "AC": x, "BC": x}) is None


def test_the_bias_of_a_mixture_is_the_difference_of_its_two_parts() -> None:
    G = [pictures(seed) for seed in (1, 2, 3)]
    middles = {"AB": 0.2 * G[0] + 0.7 * G[1] + 0.1 * G[2], "AC": (G[0] + G[2]) / 2, "BC": G[2]}
    assert controllability.bias(G, middles) == pytest.approx({"AB": 0.5, "AC": 0, "BC": 1}, abs=1e-6)
    assert controllability.bias([G[0]] * 3, dict.fromkeys(middles, G[0])) is None


def test_colours_stray_by_their_distance_from_the_range_of_both_corners() -> None:
    shape = (2, 3, 4, 4)
    corners = [torch.full(shape, 0.0), torch.full(shape, 0.5), torch.full(shape, -0.5)]
    middles = {"AB": torch.full(shape, 0.25), "AC": torch.full(shape, 0.1), "BC": torch.full(shape, -0.5)}
    middles["AB"][:, :, :2] = 0.9  # half of the pixels, 0.4 above
    assert controllability.stray(corners, middles) == pytest.approx({"AB": 0.2, "AC": 0.1, "BC": 0.0})


class Detour(nn.Module):
    """From A to B by way of a picture that lies beyond: the way there and half of the way back."""

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        b = S[:, 1, None, None, None]
        return (torch.minimum(2 * b, 1.5 - b) + 0 * x).expand(-1, 3, *x.shape[2:])


def test_a_way_back_is_told_and_a_straight_way_has_none() -> None:
    x = pictures(0, 1)
    straight = controllability.steps(Mixture(), x, 3, 8)  # type: ignore[arg-type]
    corners = Mixture().corners
    assert straight["AB"]["whole"] == pytest.approx((corners[0] - corners[1]).abs().mean().item(), rel=1e-4)
    assert max(side["back"] for side in straight.values()) < 1e-6
    detour = controllability.steps(Detour(), x, 3, 8)["AB"]  # type: ignore[arg-type]
    assert (detour["whole"], detour["back"]) == pytest.approx((0.5, 0.5), abs=1e-6)


def test_a_straight_mixture_moves_in_equal_steps() -> None:
    found = controllability.steps(Mixture(), pictures(0, 1), 3, 8)  # type: ignore[arg-type]
    for side in ("AB", "BC", "CA"):
        assert found[side]["largest"] == pytest.approx(found[side]["mean"], rel=1e-3)
    corners = Mixture().corners
    assert found["BC"]["mean"] * controllability.FRAMES == pytest.approx(
        (corners[1] - corners[2]).abs().mean().item(), rel=1e-4
    )


def test_other_sizes_come_out_as_they_went_in() -> None:
    rows = controllability.sizes(Generator(4, 1), pictures(0, 2, 40), 3, 2)
    assert [row["size"] for row in rows] == [[40, 40], [40, 60], [60, 40], [80, 80], [28, 28]]
    assert all(row["output"] == row["size"] and row["L_A"] > 0 and row["change"] > 0 for row in rows)
    x = pictures(0, 2, 40)
    means = torch.stack([torch.stack([channel.mean() for channel in picture]) for picture in x])
    assert rows[0]["flat"] == pytest.approx(2 * (x - means[:, :, None, None]).abs().mean().item(), rel=1e-5)


@pytest.mark.parametrize("k", [2, 4])
def test_a_study_of_two_or_four_objectives(k: int, vgg_weights: dict[str, Tensor]) -> None:
    torch.manual_seed(0)
    loss = ("reconstruction", "adversarial", "adversarial", "adversarial")
    objectives = tuple(
        Objective(kind, about)  # type: ignore[arg-type]
        for kind, about in zip(loss[:k], ("photo", "vangogh", "monet", "winter"), strict=False)
    )
    y = {o.about: pictures(4 + i, 3) for i, o in enumerate(objectives[1:])}
    D = nn.ModuleDict({domain: nn.Conv2d(3, 1, 4, 4) for domain in y})
    test = measures.TestSet(pictures(0, 3), y, D, D, {})
    references = {"photo": pictures(6, 3), **{domain: x + 0.1 for domain, x in y.items()}}
    generator, vgg = Generator(4, 1, "ccam", k), VGG16(vgg_weights)
    known = corners.learn(objectives, test, references, vgg, batch=2)
    points = controllability.lattice(k)
    found = controllability.measure(generator, objectives, test, known, vgg, points=points, lattice_images=2, batch=2)
    letters = "ABCD"[:k]
    assert [tuple(row["S"]) for row in found["lattice"]] == simplex.lattice(k, controllability.LATTICE_STEPS[k])
    assert {*simplex.corners(k), *simplex.midpoints(k)} <= {tuple(row["S"]) for row in found["lattice"]}
    assert list(found["lattice"][0]["L"]) == list(found["separation"]) == list(found["rank"]) == list(letters)
    assert list(found["change"]) == controllability.sides(k)
    assert list(found["steps"]) == [letters[i] + letters[(i + 1) % k] for i in range(k)]
    assert (found["leakage"] is None) == (k == 2)
    assert [tuple(row["S"]) for row in found["axes"]["B"]][:k] == simplex.corners(k)


def test_a_mixture_of_two_of_four_corners_leaks_nothing_and_both_others_are_found() -> None:
    G = [pictures(seed) for seed in (1, 2, 3, 4)]
    pairs = {"AB": (0, 1), "AC": (0, 2), "AD": (0, 3), "BC": (1, 2), "BD": (1, 3), "CD": (2, 3)}
    half = {side: (G[i] + G[j]) / 2 for side, (i, j) in pairs.items()}
    assert controllability.leakage(G, half) == pytest.approx(dict.fromkeys(pairs, 0), abs=1e-6)
    found = controllability.leakage(G, {**half, "AB": 0.3 * G[0] + 0.4 * G[1] + 0.2 * G[2] + 0.1 * G[3]})
    middle, change = (G[0] + G[1]) / 2, sum(controllability.changes(G).values()) / 6
    expected = (0.2 * (G[2] - middle).abs().mean() + 0.1 * (G[3] - middle).abs().mean()).item() / change
    assert found is not None
    assert found["AB"] == pytest.approx(expected, rel=1e-4)


def test_the_whole_study_has_its_keys_and_says_what_it_should_of_concat(vgg_weights: dict[str, Tensor]) -> None:
    torch.manual_seed(0)
    y = {"vangogh": pictures(4, 3), "monet": pictures(5, 3)}
    D = nn.ModuleDict({domain: nn.Conv2d(3, 1, 4, 4) for domain in y})
    test = measures.TestSet(pictures(0, 3), y, D, D, {})
    references = {"photo": pictures(6, 3), **{domain: x + 0.1 for domain, x in y.items()}}
    found = {}
    for conditioning in ("ccam", "concat"):
        generator = Generator(4, 1, conditioning)
        vgg = VGG16(vgg_weights)
        known = corners.learn(OBJECTIVES, test, references, vgg, batch=2)
        found[conditioning] = controllability.measure(
            generator, OBJECTIVES, test, known, vgg, points=controllability.lattice(3), lattice_images=2, batch=2
        )
    ccam, concat = found["ccam"], found["concat"]
    assert [tuple(row["S"]) for row in ccam["lattice"]] == simplex.lattice(3, 6)
    assert set(ccam["axes"]) == {"B", "C"}
    assert ccam["distance"]["A"]["protocol"] == "kid_vgg16_relu4_3_test3_train3"
    assert concat["leakage"] is None
    assert max(concat["change"].values()) < 1e-4 < min(ccam["change"].values())
    assert concat["rank"] == {"A": None, "B": None, "C": None}
    smallest = min(row["L"]["B"] for row in ccam["lattice"])
    assert ccam["range"]["B"]["smallest"] == smallest
