"""The ONNX graph gives the network's output in onnxruntime, for every conditioning, size and batch."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from pipeline.conditionings import CONDITIONINGS
from pipeline.conditionings.base import Conditioning
from pipeline.export import onnx_file
from pipeline.networks.generator import Generator
from tests.translate import made_up


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def agrees(path: Path, G: Generator, k: int, N: int, H: int, W: int) -> None:
    x, S = torch.rand(N, 3, H, W) * 2 - 1, torch.rand(N, k) * 2 - 0.5
    (ours,) = session(path).run(None, {"picture": x.numpy(), "S": S.numpy()})
    expected = G(x, S).numpy()
    assert ours.shape == expected.shape
    assert expected.std() > 0.05
    assert np.abs(ours - expected).max() <= 1e-4


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_every_conditioning_size_and_batch(tmp_path: Path, conditioning: str) -> None:
    G = made_up.generator(conditioning, width=8, blocks=2)
    onnx_file.write(tmp_path / "x.onnx", G, 3, {})
    for N, H, W in ((1, 64, 48), (3, 36, 80), (2, 16, 16)):
        agrees(tmp_path / "x.onnx", G, 3, N, H, W)


@pytest.mark.parametrize("k", [2, 4])
def test_other_numbers_of_objectives(tmp_path: Path, k: int) -> None:
    G = made_up.generator(k=k)
    onnx_file.write(tmp_path / "x.onnx", G, k, {})
    agrees(tmp_path / "x.onnx", G, k, 2, 32, 32)


def test_the_papers_size(tmp_path: Path) -> None:
    G = Generator().eval()
    onnx_file.write(tmp_path / "x.onnx", G, 3, {})
    agrees(tmp_path / "x.onnx", G, 3, 1, 32, 32)


def test_inputs_are_named_free_and_told_about(tmp_path: Path) -> None:
    onnx_file.write(tmp_path / "x.onnx", made_up.generator(), 3, {"run": "model1"})
    read = session(tmp_path / "x.onnx")
    assert [(i.name, i.shape) for i in read.get_inputs()] == [
        ("picture", ["batch", 3, "height", "width"]),
        ("S", ["batch", 3]),
    ]
    assert [o.name for o in read.get_outputs()] == ["translation"]
    assert json.loads(read.get_modelmeta().custom_metadata_map["training"]) == {"run": "model1"}


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        onnx_file.write(tmp_path / f"{name}.onnx", made_up.generator("film"), 3, {"b": 1, "a": 2})
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_a_conditioning_that_the_export_does_not_know_is_refused(tmp_path: Path) -> None:
    class Another(Conditioning):
        """Somebody's own."""

    G = made_up.generator()
    G.conditioning = Another(3, [4, 16, 16], [])
    with pytest.raises(ValueError, match="Another"):
        onnx_file.write(tmp_path / "x.onnx", G, 3, {})
    assert list(tmp_path.iterdir()) == []
