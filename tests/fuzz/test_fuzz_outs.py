"""Damaged outs of stages: cards, JSON, packed arrays, .npz and .safetensors are read, or refused in a sentence."""

import copy
import functools
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import artifacts, files, tensors
from pipeline.images import catalogue, cyclegan
from stages import contact_sheet
from tests.clone import CHECKOUT
from tests.fuzz.clean import inputs, result_or_sentence
from tests.fuzz.damage import damaged, mutated, values
from tests.images.cards import domain, style


def json_text(value: Any) -> bytes:
    """A value as JSON, with NaN, infinities and half characters if it has them."""
    return json.dumps(value).encode()


def whole_npy(value: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, value)
    return stream.getvalue()


def whole_npz(compressed: bool) -> bytes:
    stream = io.BytesIO()
    save = np.savez_compressed if compressed else np.savez
    save(stream, inputs=np.zeros((2, 8, 8, 3), np.uint8), S=np.eye(3))
    return stream.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module", autouse=True)
def graph() -> Iterator[None]:
    """The graph, in which each refusal looks for the stage, is read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(artifacts, "_mapping", functools.cache(artifacts._mapping))
        yield


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


texts = st.one_of(
    mutated(lambda: domain("scenes", 36, 32)).map(json_text),
    damaged(json_text(domain("scenes", 36, 32))),
    values.map(json_text),
    st.sampled_from([b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"1" * 5_000, b"\xff\xfe[\0]\0", b""]),
)


@inputs(150)
@given(texts, mutated(lambda: style("scenes")).map(json_text))
def test_a_damaged_card_is_accepted_or_refused(folder: Path, text: bytes, of_style: bytes) -> None:
    put(folder / "photo/card.json", text)
    put(folder / "udnie/card.json", of_style)
    found = result_or_sentence(lambda: catalogue.read(["photo"], [], "scenes", 36, 32, 256, folder))
    found_style = result_or_sentence(lambda: catalogue.read([], ["udnie"], "scenes", 36, 32, 256, folder))
    for accepted in (found, found_style):
        if not isinstance(accepted, str):  # then it can be written again
            files.write_json(folder / "cards.json", [*accepted.domains.values(), *accepted.styles.values()])


@inputs(15)
@given(
    st.one_of(mutated(lambda: domain("scenes", 36, 32)), st.just(domain("scenes", 36, 32))).map(json_text),
    st.one_of(
        damaged(whole_npy(np.zeros((3, 36, 36, 3), np.uint8))), st.just(whole_npy(np.zeros((3, 36, 36, 3), np.uint8)))
    ),
)
def test_the_contact_sheet_of_damaged_data_is_drawn_or_refused(folder: Path, card: bytes, array: bytes) -> None:
    put(folder / "project/data/photo/card.json", card)
    put(folder / "project/data/photo/train.npy", array)
    parameters = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8")) | {"scale": "smoke"}
    put(folder / "project/params.yaml", yaml.safe_dump(parameters).encode())
    before = Path.cwd()
    os.chdir(folder / "project")
    try:
        result_or_sentence(contact_sheet.main)
    finally:
        os.chdir(before)


@inputs(120)
@given(texts)
def test_damaged_json_is_read_or_refused(folder: Path, text: bytes) -> None:
    result_or_sentence(lambda: artifacts.read_json(put(folder / "reports/metrics/toy.json", text)))


PACKED = whole_npy(np.zeros((2, 8, 8, 3), np.uint8))


@inputs(150)
@given(damaged(PACKED))
def test_a_damaged_packed_array_is_read_or_refused(folder: Path, data: bytes) -> None:
    found = result_or_sentence(lambda: artifacts.read_packed(put(folder / "data/photo/train.npy", data)))
    if not isinstance(found, str):
        assert found.dtype == np.uint8
        assert found.ndim == 4
        assert found.sum() >= 0, "each pixel is there"


@inputs(150)
@given(st.one_of(st.sampled_from([whole_npz(False), whole_npz(True)]).flatmap(damaged), st.just(PACKED)))
def test_a_damaged_npz_is_read_or_refused(folder: Path, data: bytes) -> None:
    found = result_or_sentence(lambda: artifacts.read_arrays(put(folder / "models/toy.npz", data)))
    assert isinstance(found, str) or all(isinstance(array, np.ndarray) for array in found.values())


@pytest.fixture(scope="module")
def network(folder: Path) -> bytes:
    tensors.write(folder / "whole.safetensors", {"weight": torch.ones(3, 4), "bias": torch.ones(3)}, {"step": 6})
    return (folder / "whole.safetensors").read_bytes()


@inputs(150)
@given(st.data())
def test_a_damaged_safetensors_file_is_read_or_refused(folder: Path, network: bytes, data: st.DataObject) -> None:
    path = put(folder / "models/model1/0/generator.safetensors", data.draw(damaged(network)))
    found = result_or_sentence(lambda: tensors.read(path))
    if not isinstance(found, str):
        result_or_sentence(lambda: tensors.fill(torch.nn.Linear(4, 3), found[0], path))


@inputs(100)
@given(mutated(lambda: copy.deepcopy(FACTS)))
def test_damaged_facts_about_published_files_are_accepted_or_refused(folder: Path, facts: Any) -> None:
    path = put(folder / "cyclegan.json", json_text(facts))
    result_or_sentence(lambda: cyclegan.read_facts(path))


FACTS = json.loads(cyclegan.FACTS.read_text(encoding="utf-8"))
