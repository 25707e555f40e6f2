"""The toy problem against plain readings of its formulas, and models that train together against models alone."""

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from pipeline.sgn import toy
from pipeline.sgn.model import simplex

SHORT = toy.Training(samples=20, batch=16, epochs=(3, 2), learning_rates=(0.01, 0.001), alpha=0.5)
SYM, HYPER, SIN = toy.Model("sym", None, 0), toy.Model("hyper", (0.75, 0.25), 0), toy.Model("sin", None, 0)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_labels_follow_the_paper() -> None:
    x = torch.tensor([-1.0, -0.9, -0.5, 0.0, 0.5, 0.8, 1.0], dtype=torch.float64)
    expected = x**3 + 0.1 * x**2 - 0.72 * x + 0.5
    y_r, y_c = toy.labels(x)
    torch.testing.assert_close(y_r, expected)
    # h = 0.6, 0.59, 0.55, 0.5, 0.45, 0.42, 0.4; at x = 0 both are 0.5, which is class 0.
    assert y_c.tolist() == [1, 1, 0, 0, 1, 0, 0]


def test_perfect_regressor_has_the_paper_s_classification_loss() -> None:
    x = toy.inputs(100)
    L_r, L_c = toy.losses(torch.logit(toy.g(x)), x)
    assert L_r.max() < 1e-10
    # Table 1, Hyper at (1, 0): 0.2167, one digit apart from the 0.2168 of a perfect one.
    assert round(L_c.mean().item(), 4) == 0.2168


def test_losses_are_squared_error_and_a_fifth_of_the_cross_entropy() -> None:
    z = torch.linspace(-4, 4, 9, dtype=torch.float64)
    x = torch.linspace(-1, 1, 9, dtype=torch.float64)
    y_r, y_c = toy.labels(x)
    f = 1 / (1 + torch.exp(-z))
    L_r, L_c = toy.losses(z, x)
    torch.testing.assert_close(L_r, (f - y_r) ** 2)
    torch.testing.assert_close(L_c, -0.2 * (y_c * f.log() + (1 - y_c) * (1 - f).log()))


def test_slope_is_the_derivative_of_the_weighted_loss() -> None:
    z = torch.linspace(-3, 3, 9, dtype=torch.float64, requires_grad=True)
    x = torch.linspace(-1, 1, 9, dtype=torch.float64)
    w_r, w_c = torch.rand(2, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    L_r, L_c = toy.losses(z, x)
    (expected,) = torch.autograd.grad((w_r * L_r + w_c * L_c).sum(), z)
    torch.testing.assert_close(toy.slope(z.detach(), *toy.labels(x), w_r, w_c), expected)


def test_backward_is_autograd_s_gradient() -> None:
    random = torch.Generator().manual_seed(0)
    network = [tensor.double().requires_grad_() for tensor in toy.initial([SYM, HYPER, SIN], 8)]
    for bias in network[1::2]:
        bias.data.normal_(generator=random)
    x_S = torch.randn(3, 5, 3, dtype=torch.float64, generator=random)
    dz = torch.randn(3, 5, 1, dtype=torch.float64, generator=random)

    a = x_S
    for layer in range(4):
        a = a @ network[2 * layer] + network[2 * layer + 1]
        a = a.clamp(min=0) if layer < 3 else a
    expected = torch.autograd.grad((a * dz).sum(), network)

    with torch.no_grad():
        values = toy.forward(network, x_S)
        gradients = [torch.empty_like(tensor) for tensor in network]
        toy.backward(network, values, dz, gradients)
    torch.testing.assert_close(values[-1], a.detach())
    torch.testing.assert_close(gradients, list(expected))


def plain_training(model: toy.Model, hidden: int, training: toy.Training) -> nn.Sequential:
    """One model as a newcomer to the paper would train it: nn.Linear, autograd, torch.optim.Adam, a loop of batches."""
    width = 1 if model.kind == "hyper" else 3
    sizes = [width, hidden, hidden, hidden, 1]
    layers = [nn.Linear(i, o) for i, o in pairwise(sizes)]
    weights = [tensor[0] for tensor in toy.initial([model], hidden)]
    for layer, W, b in zip(layers, weights[0::2], weights[1::2], strict=True):
        layer.weight.data = W[: layer.in_features].T.clone()
        layer.bias.data = b[0].clone()
    net = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2], nn.ReLU(), layers[3], nn.Sigmoid())

    epochs = sum(training.epochs)
    orders = model.stream("order").random((epochs, training.samples)).argsort(axis=1)
    drawn = torch.from_numpy(simplex.dirichlet(training.alpha, 2, epochs * training.samples, model.stream("S")))
    S = drawn.reshape(epochs, training.samples, 2)
    x = torch.linspace(-1, 1, training.samples)
    adam = torch.optim.Adam(net.parameters(), foreach=False)
    epoch = 0
    for rate, count in zip(training.learning_rates, training.epochs, strict=True):
        adam.param_groups[0]["lr"] = rate
        for _ in range(count):
            for first in range(0, training.samples, training.batch):
                places = slice(first, first + training.batch)
                x_b, S_b = x[orders[epoch][places]], S[epoch, places]
                given = x_b[:, None] if model.kind == "hyper" else torch.cat([x_b[:, None], S_b], dim=1)
                f = net(given)[:, 0]
                y_r, y_c = toy.labels(x_b)
                L_r = (f - y_r) ** 2
                L_c = 0.2 * nn.functional.binary_cross_entropy(f, y_c, reduction="none")
                w_r, w_c = S_b.T if model.kind == "sym" else model.weights or (0.5, 0.5)
                adam.zero_grad()
                (w_r * L_r + w_c * L_c).mean().backward()
                adam.step()
            epoch += 1
    return net


@pytest.mark.parametrize("hidden", [8, 64])
def test_models_trained_together_equal_models_trained_alone(hidden: int) -> None:
    models = [SYM, HYPER, SIN, toy.Model("hyper", (0.0, 1.0), 3)]
    network = toy.train(models, hidden, SHORT)
    x = torch.linspace(-1, 1, 33)
    for i, model in enumerate(models):
        alone = plain_training(model, hidden, SHORT)
        for weights in ((1.0, 0.0), (0.25, 0.75)):
            S = torch.tensor(weights).expand(33, 2)
            given = x[:, None] if model.kind == "hyper" else torch.cat([x[:, None], S], dim=1)
            together = torch.sigmoid(toy.outputs(network, models, x, weights)[i])
            torch.testing.assert_close(together, alone(given)[:, 0].detach(), atol=2e-5, rtol=0)


@pytest.mark.parametrize("hidden", [2, 64])
def test_a_model_does_not_depend_on_what_trains_beside_it(hidden: int) -> None:
    training = toy.Training(samples=100, batch=16, epochs=(3,), learning_rates=(0.01,), alpha=0.5)
    models = toy.all_models(3)
    network = toy.train(models, hidden, training)
    for subset in ([0], [7, 3], [20, 1, 9, 14, 6]):
        alone = toy.train([models[i] for i in subset], hidden, training)
        for together, apart in zip(network, alone, strict=True):
            assert torch.equal(together[subset], apart)


def test_every_model_has_its_own_random_numbers() -> None:
    models = toy.all_models(2)
    streams = {tuple(model.stream(purpose).random(4)) for model in models for purpose in ("init", "order", "S")}
    assert len(models) == 14
    assert len(streams) == 42


def test_alpha_moves_the_models_that_see_S_and_no_other() -> None:
    models = toy.all_models(1)
    other = toy.Training(**{**vars(SHORT), "alpha": 1.0})
    before, after = toy.train(models, 8, SHORT), toy.train(models, 8, other)
    moved = [not torch.equal(before[0][i], after[0][i]) for i in range(len(models))]
    assert [model.kind != "hyper" for model in models] == moved


def test_hyper_models_keep_no_weights_for_S() -> None:
    network = toy.train([HYPER], 8, SHORT)
    assert network[0][0, 1:].abs().max() == 0
    assert network[0][0, 0].abs().max() > 0


def test_training_lowers_the_loss_it_was_asked_to() -> None:
    training = toy.Training(samples=100, batch=16, epochs=(15,), learning_rates=(0.01,), alpha=0.5)
    models = [toy.Model("hyper", w, 0) for w in ((1.0, 0.0), (0.0, 1.0))]
    rows = {tuple(row["weights"]): row for row in toy.measure(toy.train(models, 64, training), models, 100)}
    assert rows[1.0, 0.0]["L_r"] < 0.01 < rows[0.0, 1.0]["L_r"]
    assert rows[0.0, 1.0]["L_c"] < 0.1 < rows[1.0, 0.0]["L_c"]


def test_measure_weighs_the_mean_losses() -> None:
    models = toy.all_models(2)
    network = toy.initial(models, 4)
    rows = toy.measure(network, models, 20)
    assert len(rows) == 5 * 3 * 2
    row = next(r for r in rows if r["model"] == "sin" and r["weights"] == [0.25, 0.75] and r["seed"] == 1)
    x = torch.linspace(-1, 1, 20)
    index = models.index(toy.Model("sin", None, 1))
    z = toy.outputs(network, models, x, (0.25, 0.75))[index]
    L_r, L_c = (float(loss.mean()) for loss in toy.losses(z, x))
    assert row["L_r"] == pytest.approx(L_r, abs=1e-6)
    assert row["L_c"] == pytest.approx(L_c, abs=1e-6)
    assert row["L"] == pytest.approx(0.25 * L_r + 0.75 * L_c, abs=1e-6)


def flat_curves(sym_levels: list[float], hyper_levels: list[float]) -> dict[toy.Kind, Tensor]:
    def lines(levels: list[float]) -> Tensor:
        return torch.tensor(levels)[:, None, None].expand(5, 1, 7)

    return {"sym": lines(sym_levels), "hyper": lines(hyper_levels), "sin": lines([0.5] * 5)}


def test_distances_are_mean_absolute_differences_between_curves() -> None:
    rows = toy.distances(flat_curves([0.1, 0.2, 0.3, 0.4, 0.5], [0.0, 0.2, 0.4, 0.6, 0.8]))
    assert len(rows) == 15
    third = next(r for r in rows if r["model"] == "sym" and r["weights"] == [0.5, 0.5])
    assert third["to_hyper"] == pytest.approx([0.3, 0.1, 0.1, 0.3, 0.5], abs=1e-6)
    own = [r["to_hyper"][i] for i, r in enumerate(r for r in rows if r["model"] == "hyper")]
    assert own == [0.0] * 5


def test_loss_map_is_lowest_at_the_labels() -> None:
    x, y = torch.linspace(-1, 1, 11), torch.linspace(0.005, 0.995, 199)
    y_r, y_c = toy.labels(x)
    torch.testing.assert_close(y[toy.loss_map(x, y, (1.0, 0.0)).argmin(0)], y_r, atol=0.0026, rtol=0)
    assert torch.equal(y[toy.loss_map(x, y, (0.0, 1.0)).argmin(0)].round(), y_c)


def test_study_reuses_table_1_s_models_for_figure_9() -> None:
    sizes = toy.Sizes(hidden=8, num_seeds=2, widths=(2, 8), num_width_seeds=1)
    numbers, arrays = toy.study(sizes, SHORT)
    json.dumps(numbers, allow_nan=False)
    assert {row["width"] for row in numbers["widths"]} == {2, 8}
    assert len(numbers["widths"]) == 2 * 10
    at_hidden = [{k: v for k, v in row.items() if k != "width"} for row in numbers["widths"] if row["width"] == 8]
    assert at_hidden == [row for row in numbers["losses"] if row["model"] != "sin" and row["seed"] == 0]
    assert arrays["f_sym"].shape == (5, 2, len(arrays["x"]))
    assert arrays["L"].shape == (5, len(arrays["y"]), len(arrays["x"]))


def test_study_refuses_more_seeds_for_figure_9_than_for_table_1() -> None:
    with pytest.raises(ValueError, match=r"toy\.width_seeds is 3, more than toy\.seeds, 2"):
        toy.study(toy.Sizes(hidden=8, num_seeds=2, widths=(8,), num_width_seeds=3), SHORT)
