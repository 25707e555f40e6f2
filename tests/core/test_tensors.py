"""Tensors in safetensors files: a round trip, the same bytes, and files that are not what they should be."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torch import nn

from pipeline.core import tensors
from tests.clone import CHECKOUT, graph

PATH = Path("models/model1/0/generator.safetensors")
HELD = {"b.weight": torch.arange(6.0).reshape(2, 3), "a": torch.ones(2, dtype=torch.bfloat16)}
ABOUT = {"run": {"conditioning": "ccam"}, "steps": 6, "é": [1.5, None]}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    graph(tmp_path)
    shutil.copy(CHECKOUT / "params.yaml", "params.yaml")


def refusal(path: Path = PATH) -> str:
    with pytest.raises(ValueError, match="train@model1` makes it") as raised:
        tensors.read(path)
    return str(raised.value)


def test_what_is_written_is_read_and_is_the_same_bytes_each_time() -> None:
    contents = set()
    for held in (HELD, dict(reversed(HELD.items())), {**HELD, "b.weight": HELD["b.weight"].T.contiguous().T}):
        tensors.write(PATH, held, ABOUT)
        contents.add(PATH.read_bytes())
    assert len(contents) == 1
    found, about = tensors.read(PATH)
    assert about == ABOUT
    assert found.keys() == HELD.keys()
    assert all(torch.equal(found[name], tensor) and found[name].dtype == tensor.dtype for name, tensor in HELD.items())


def test_without_words_about_them_they_are_plain_tensors() -> None:
    tensors.write(PATH, HELD)
    assert PATH.read_bytes() == save(HELD)
    assert tensors.read(PATH)[1] == {}


def test_numbers_that_json_does_not_have_are_refused_and_nothing_is_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        tensors.write(PATH, HELD, {"loss": float("nan")})
    assert not PATH.exists()


def test_missing_and_damaged_files_name_the_stage() -> None:
    assert refusal() == f"{PATH} is missing: `dvc repro train@model1` makes it"
    tensors.write(PATH, HELD, ABOUT)
    whole = PATH.read_bytes()
    huge = (2**62).to_bytes(8, "little") + whole[8:]
    for content in (b"", b"text", whole[:-1], whole[: len(whole) // 2], whole + b"\0", huge, b"\0" * 100):
        PATH.write_bytes(content)
        assert "is damaged" in refusal()
    for text in ("no JSON", "[]", '{"loss": Infinity}'):
        PATH.write_bytes(save(HELD, {"training": text}))
        assert "JSON" in refusal()


def test_a_setting_that_the_training_did_not_note_names_the_stage() -> None:
    tensors.write(PATH, HELD, ABOUT)
    _, about = tensors.read(PATH)
    with pytest.raises(ValueError, match=r"has no 'precision': .*train@model1"):
        about["precision"]


def test_a_network_takes_its_own_tensors_only() -> None:
    net = nn.Linear(3, 2)
    tensors.fill(net, {"weight": HELD["b.weight"], "bias": torch.ones(2)}, PATH)
    assert torch.equal(net.weight, HELD["b.weight"])
    for held in ({"weight": HELD["b.weight"]}, {"weight": torch.ones(3, 3), "bias": torch.ones(3)}, HELD):
        with pytest.raises(ValueError, match=r"holds a network of other sizes.*train@model1"):
            tensors.fill(net, held, PATH)


def test_other_settings_than_those_wanted_are_refused_by_name() -> None:
    tensors.check(PATH, {"width": 4, "blocks": 1}, {"width": 4})
    with pytest.raises(ValueError, match=r"was trained with width 4, params\.yaml says 16: .*train@model1"):
        tensors.check(PATH, {"width": 4}, {"width": 16})


def test_the_words_are_json_that_others_can_read() -> None:
    tensors.write(PATH, HELD, ABOUT)
    data = PATH.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert json.loads(header["__metadata__"]["training"]) == ABOUT
