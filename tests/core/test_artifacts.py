"""Files between stages: who makes each, and what is said of those that are missing, damaged or of another kind."""

import functools
import io
import json
import pickle
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from dvc.repo import Repo

from pipeline.core import artifacts
from tests.clone import CHECKOUT, graph

PACKED, ARRAYS, NUMBERS = Path("data/photo/test.npy"), Path("data/translations/model1.npz"), Path("reports/metrics")
Read = Callable[[Path], Any]
READERS: list[tuple[Path, Read, str]] = [
    (PACKED, artifacts.read_packed, "images@photo"),
    (Path("data/udnie/style.npy"), artifacts.read_packed, "styles@udnie"),
    (ARRAYS, artifacts.read_arrays, "samples@model1"),
    (NUMBERS / "runs/model1.json", artifacts.read_json, "collect"),
]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A right file of each kind, and the graph that makes them."""
    monkeypatch.chdir(tmp_path)
    graph(tmp_path)
    shutil.copy(CHECKOUT / "params.yaml", "params.yaml")
    for path, _, _ in READERS:
        path.parent.mkdir(parents=True, exist_ok=True)
    np.save(PACKED, np.zeros((3, 8, 8, 3), np.uint8))
    np.save("data/udnie/style.npy", np.zeros((8, 8, 3), np.uint8))
    np.savez(ARRAYS, S=np.eye(3), inputs=np.zeros((2, 8, 8, 3), np.uint8))
    (NUMBERS / "runs/model1.json").write_text('{"run": "model1", "seeds": {"0": {"study": null}}}')


def refusal(path: Path, read: Read) -> str:
    with pytest.raises(ValueError, match=str(path)) as raised:
        read(path)
    return str(raised.value)


@pytest.fixture(scope="module")
def resolved() -> dict[str, list[str]]:
    """Every stage of SGN's graph and its outs, as DVC itself reads it; papers of further rooms are left out."""
    with Repo(str(CHECKOUT)) as repo:
        stages = [stage for stage in repo.index.stages if not stage.addressing.startswith(("tests/", "stages/"))]
        return {stage.addressing: [out.def_path for out in stage.outs] for stage in stages}


def test_every_out_of_the_graph_has_its_maker(resolved: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "_mapping", functools.cache(artifacts._mapping))  # YAML is slow to read
    seen = 0
    for stage, outs in resolved.items():
        for out in outs:
            for file in [Path(out), *([Path(out) / "0/generator.safetensors"] if not Path(out).suffix else [])]:
                assert artifacts.maker(file) == stage
                seen += 1
    assert seen > 100
    for name in (
        "params.yaml",
        "data",
        "models",
        "data/sources/scenes.json",
        "data/nowhere/test.npy",
        "models/modelx/0",
    ):
        assert artifacts.maker(Path(name)) is None, name


def test_every_place_that_artifacts_names_has_its_maker() -> None:
    found = {
        "images@photo": [artifacts.train_pictures("photo"), artifacts.test_pictures("photo")],
        "styles@udnie": [artifacts.style_picture("udnie")],
        "train@model1-w010": [artifacts.network("model1-w010", 3, "generator")],
        "vgg16": [artifacts.VGG16_WEIGHTS],
        "collect": [artifacts.METRICS / "runs/model1.json"],
        "evaluate@model1": [Path("data/measured/runs/model1.json")],
        "data/dvc.yaml:manifest": [Path("data/sources/folder.json")],
    }
    for stage, paths in found.items():
        assert [artifacts.maker(path) for path in paths] == [stage] * len(paths)


THEIRS = """
vars: [../../params.yaml]
stages:
  train:
    foreach: ${asymgan.runs}
    do:
      wdir: ../..
      cmd: python -m stages.asymgan.train ${key}
      outs:
        - models/asymgan/${key}
        - reports/live/asymgan-${key}: {cache: false}
  evaluate:
    foreach: [one, two]
    do:
      wdir: ../..
      metrics:
        - results/asymgan/${key}.json: {cache: false}
  figures:
    wdir: ../..
    plots: [reports/figures/asymgan]
"""


def test_a_further_papers_stages_are_named_as_dvc_takes_them() -> None:
    Path("stages/asymgan").mkdir(parents=True)
    Path("stages/asymgan/dvc.yaml").write_text(THEIRS)
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    Path("params.yaml").write_text(yaml.safe_dump({**params, "asymgan": {"runs": {"one": {}, "model-2": {}}}}))
    for path, stage in {
        "models/asymgan/model-2/0/generator.safetensors": "train@model-2",
        "reports/live/asymgan-one": "train@one",
        "results/asymgan/two.json": "evaluate@two",
        "reports/figures/asymgan/figure3.png": "figures",
    }.items():
        assert artifacts.maker(Path(path)) == f"stages/asymgan/dvc.yaml:{stage}"
    assert artifacts.maker(Path("models/asymgan/three/0/generator.safetensors")) is None
    assert artifacts.maker(Path("models/model1/0/generator.safetensors")) == "train@model1"
    path = Path("results/asymgan/one.json")
    again = "`dvc repro --force --single-item stages/asymgan/dvc.yaml:evaluate@one` makes it again"
    assert str(artifacts.unusable(path, "is damaged")) == f"{path} is damaged: {again}"


@pytest.mark.parametrize("file", ["dvc.yaml", "params.yaml"])
@pytest.mark.parametrize("content", [b"", b"[1]", b"stages: [", b"\xff", None])
def test_a_damaged_graph_is_another_files_fault(file: str, content: bytes | None) -> None:
    Path(file).unlink()
    if content is not None:
        Path(file).write_bytes(content)
    assert artifacts.maker(PACKED) is None
    assert str(artifacts.missing(PACKED)) == f"{PACKED} is missing"


@pytest.mark.parametrize(("path", "read", "stage"), READERS)
def test_a_missing_file_names_the_stage_that_makes_it(path: Path, read: Read, stage: str) -> None:
    path.unlink()
    assert refusal(path, read) == f"{path} is missing: `dvc repro {stage}` makes it"
    shutil.rmtree(path.parent)
    path.parent.write_text("a file in the folder's place")
    assert refusal(path, read) == f"{path} is missing: `dvc repro {stage}` makes it"


@pytest.mark.parametrize(("path", "read", "stage"), READERS)
def test_a_damaged_file_names_the_stage_that_makes_it_again(path: Path, read: Read, stage: str) -> None:
    whole = path.read_bytes()
    again = f": `dvc repro --force --single-item {stage}` makes it again"
    wrong = [b"", b"no such thing", whole[: len(whole) // 2], whole[:-1], whole[:20], pickle.dumps({"a": 1})]
    wrong += [b"\x93NUMPY\x01\x00v\x00((((", b"\0" * len(whole), b"[" * 100_000, b'{"loss": NaN}']
    for content in wrong:
        path.write_bytes(content)
        assert refusal(path, read).endswith(again), content[:20]
    path.unlink()
    path.mkdir()
    assert refusal(path, read) == f"{path} is a folder instead of a file{again}"


def archive() -> bytes:
    data = io.BytesIO()
    np.savez(data, a=np.zeros(3))
    return data.getvalue()


def array(values: Any) -> bytes:
    data = io.BytesIO()
    np.save(data, values)
    return data.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        array(np.zeros((3, 8, 8, 3), np.float32)),
        array(np.zeros((8, 8, 3), np.uint8)),
        array(np.zeros((3, 8, 8, 4), np.uint8)),
        array(np.zeros((3, 8, 9, 3), np.uint8)),
        array(np.zeros((0, 8, 8, 3), np.uint8)),
        array(np.array(5)),
        array(np.array([{"a": 1}], dtype=object)),
        archive(),
    ],
)
def test_an_array_that_is_not_packed_pictures_is_refused(content: bytes) -> None:
    PACKED.write_bytes(content)
    assert "images@photo" in refusal(PACKED, artifacts.read_packed)


def test_packed_pictures_of_another_size_are_refused() -> None:
    assert artifacts.read_packed(PACKED, side=8, multiple=4).shape == (3, 8, 8, 3)
    assert "8 pixels instead of 16" in refusal(PACKED, lambda path: artifacts.read_packed(path, side=16))
    assert "8 pixels, no multiple of 3" in refusal(PACKED, lambda path: artifacts.read_packed(path, multiple=3))


def test_an_array_that_an_archive_lacks_names_the_stage() -> None:
    arrays = artifacts.read_arrays(ARRAYS)
    assert np.array_equal(arrays["S"], np.eye(3))
    assert "has no 'seed0'" in refusal(ARRAYS, lambda path: artifacts.read_arrays(path)["seed0"])


def test_a_key_that_json_lacks_names_the_stage_at_any_depth() -> None:
    path = NUMBERS / "runs/model1.json"
    found = artifacts.read_json(path)
    assert found == json.loads(path.read_text())
    assert "has no 'steps'" in refusal(path, lambda path: artifacts.read_json(path)["steps"])
    assert "has no 'losses'" in refusal(path, lambda path: artifacts.read_json(path)["seeds"]["0"]["losses"])
    assert found.get("steps") is None
    assert "steps" not in found


def test_json_of_another_kind_is_refused() -> None:
    path = NUMBERS / "claims.json"
    path.write_text("[]")
    assert artifacts.read_json(path, list) == []
    assert "`dvc repro --force --single-item claims`" in refusal(path, artifacts.read_json)
    path.write_text("{}")
    assert "instead of a list" in refusal(path, lambda path: artifacts.read_json(path, list))


def test_random_damage_is_an_error_or_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 changed bytes, cuts and insertions in each file."""
    monkeypatch.setattr(artifacts, "maker", lambda path: "stage")  # whose it is does not matter, and YAML is slow
    random = np.random.default_rng(0)
    for path, read, _ in READERS:
        whole = path.read_bytes()
        for trial in range(300):
            data = bytearray(whole)
            place = int(random.integers(len(data)))
            if trial % 3 == 0:
                data = data[:place]
            elif trial % 3 == 1:
                data[place] = random.integers(256)
            else:
                data[place % 150 : place % 150] = b"09({[\"'-"[trial % 8 :][:1] * int(random.integers(1, 99))
            path.write_bytes(bytes(data))
            with suppress(ValueError):  # any other error ends the test
                read(path)
