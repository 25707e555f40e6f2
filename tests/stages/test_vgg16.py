"""The stage vgg16 from the outside: what it writes, prints and refuses."""

import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from pipeline.shell import command
from pipeline.vgg16.known import VGG16, digest
from stages import vgg16

OUT = Path("models/vgg16.safetensors")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty checkout, an empty cache and an empty hub; nothing that this machine has already helps the stage."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["stages.vgg16"])
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.setenv("SGN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("SGN_VGG16", raising=False)


def half_precision(path: Path) -> None:
    torch.save({name: torch.zeros(shape, dtype=torch.float16) for name, shape in VGG16.shapes()}, path)


def zeros(path: Path) -> None:
    torch.save({name: torch.zeros(shape) for name, shape in VGG16.shapes()}, path)


def text(path: Path) -> None:
    path.write_text("no weights")


@pytest.mark.parametrize(
    ("make", "reason"), [(half_precision, "it holds float16"), (zeros, "SHA-256"), (text, "SHA-256")]
)
def test_a_wrong_weights_file_is_one_line_and_leaves_nothing(
    make: object, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(make)
    make(Path("mine.pth"))
    monkeypatch.setenv("SGN_VGG16", "mine.pth")
    with pytest.raises(SystemExit) as stopped:
        command.run(vgg16.main)
    assert stopped.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: SGN_VGG16: ")
    assert "mine.pth" in lines[0]
    assert reason in lines[0]
    assert not OUT.parent.exists()


@pytest.mark.long  # fetches 64 to 592 MB from the network
def test_the_real_weights_come_from_the_network_and_then_from_what_it_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run(vgg16.main)
    first = OUT.read_bytes()
    state = load_file(OUT)
    assert digest(state, VGG16) == VGG16.tensors
    # printed in many places for torchvision's vgg16
    expected = torch.tensor([[-0.5537, 0.1427, 0.5290], [-0.5831, 0.3566, 0.7657], [-0.6902, -0.0480, 0.4841]])
    torch.testing.assert_close(state["features.0.weight"][0, 0], expected, rtol=0, atol=6e-5)
    assert "weights from t" in capsys.readouterr().out  # torchvision's download, or the package

    OUT.unlink()
    command.run(vgg16.main)
    assert "cache\n" in capsys.readouterr().out
    assert OUT.read_bytes() == first

    OUT.rename("mine.safetensors")
    monkeypatch.setenv("SGN_VGG16", "mine.safetensors")
    command.run(vgg16.main)
    assert OUT.read_bytes() == first
