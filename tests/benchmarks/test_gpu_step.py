"""A step as it is on a GPU, without one: tensors say that they are there, so the layers for CUDA are taken."""

import pytest
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from benchmarks.gpu import build, correct, settings
from benchmarks.gpu.settings import Model
from pipeline.networks.losses import GramDifference, gram, products
from pipeline.training import loop
from pipeline.training.captured import capturable
from pipeline.vgg16.known import VGG16

CPU = torch.device("cpu")
SIZES = settings.sizes(CPU)
MODELS = {**correct.checked_models(), "model1": settings.model("model1"), "w100": settings.model("model1-w100")}


@pytest.fixture
def on_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "is_cuda", property(lambda tensor: True))


@pytest.mark.usefixtures("on_cuda")
@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_a_step_looks_at_no_number(model: Model) -> None:
    """A CUDA graph cannot: tensors without numbers raise at every look."""
    with FakeTensorMode():
        weights = {name: torch.empty(shape) for name, shape in VGG16.shapes()}
        style = torch.empty(1, 3, SIZES.style_size, SIZES.style_size)
        method = build.method(model, SIZES, weights, CPU, dtype=torch.bfloat16, style=style)
        optimizers = loop.optimizers_of(method)
        for optimizer in optimizers.values():
            capturable(optimizer, CPU)
        batch = {name: torch.empty(2, 3, SIZES.crop, SIZES.crop) for name in method.sources}
        batch |= {name: torch.empty_like(value) for name, value in method.draw(60, 2).items()}
        for _ in range(2):
            played = loop.play(method, batch, optimizers, "bf16", CPU)
        with pytest.raises(DataDependentOutputException):
            bool(played.spoilt)


@pytest.mark.parametrize("name", ["model1", "model3", "singlegan"])
def test_the_layers_for_cuda_give_the_same_losses_and_gradients(
    name: str, request: pytest.FixtureRequest, vgg_weights: dict[str, torch.Tensor]
) -> None:
    def step() -> dict[str, torch.Tensor]:
        method = build.method(settings.model(name), SIZES, vgg_weights, CPU, dtype=torch.float64)
        return correct.one_step(method, SIZES, CPU, torch.float64)

    expected = step()
    request.getfixturevalue("on_cuda")
    found = step()
    assert found.keys() == expected.keys()
    for key, value in found.items():
        assert correct.distance(value, expected[key]) < 1e-9, key


def test_on_cuda_networks_and_losses_mix_no_devices() -> None:
    """Forward only: a backward needs the device itself."""
    cuda = torch.device("cuda")
    with FakeTensorMode(), cuda:
        weights = {name: torch.empty(shape) for name, shape in VGG16.shapes()}
        method = build.method(settings.model("model1"), SIZES, weights, cuda, style=torch.empty(1, 3, 32, 32))
        batch = {name: torch.empty(2, 3, SIZES.crop, SIZES.crop) for name in method.sources}
        batch |= {name: torch.empty(value.shape, dtype=value.dtype) for name, value in method.draw(60, 2).items()}
        for update in method.updates(batch):
            assert update.loss.device.type == "cuda"


@pytest.mark.parametrize("pieces", [1, 3, 4, 5, 100])
def test_products_in_pieces_are_the_product(pieces: int) -> None:
    F = torch.randn(2, 24, 5, dtype=torch.float64)
    torch.testing.assert_close(products(F, min(pieces, 24)), F.transpose(1, 2) @ F)


def test_the_gram_difference_is_the_same_on_cuda(request: pytest.FixtureRequest) -> None:
    x = torch.randn(2, 5, 64, 64, dtype=torch.float64, requires_grad=True)
    target = gram(torch.randn(1, 5, 8, 8, dtype=torch.float64))
    expected = GramDifference.apply(x, target)
    (gradient,) = torch.autograd.grad(expected.sum(), x)
    request.getfixturevalue("on_cuda")
    found = GramDifference.apply(x, target)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(torch.autograd.grad(found.sum(), x)[0], gradient)
