"""`python -m pipeline.export`: files that are read again, and what they say."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from typer.testing import CliRunner

from pipeline.core import tensors
from pipeline.export import about
from pipeline.export.__main__ import export
from pipeline.sgn.model import params
from pipeline.shell.app import app
from pipeline.translate import weights
from tests.translate import made_up
from tests.translate.test_authors import Theirs

COMMAND = app(export)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up.checkout(tmp_path)
    monkeypatch.chdir(tmp_path)


def done(line: str) -> str:
    result = CliRunner().invoke(COMMAND, line.split())
    assert result.exit_code == 0, result.output
    return result.output


def header(path: str) -> dict[str, Any]:
    _, told = tensors.read(Path(path))
    return told


def test_safetensors_say_what_a_user_must_know() -> None:
    done("model1 -o out.safetensors")
    told = header("out.safetensors")
    assert [o["about"] for o in told["objectives"]] == ["photo", "vangogh", "udnie"]
    assert [o["loss"] for o in told["objectives"]] == ["reconstruction", "adversarial", "perceptual"]
    assert (told["run"], told["k"], told["conditioning"], told["seed"], told["steps"]) == ("model1", 3, "ccam", 0, 7)
    assert (told["scale"]["width"], told["scale"]["blocks"], told["data"]) == (4, 1, "scenes")
    held, _ = tensors.read(Path("out.safetensors"))
    assert told["parameters"] == sum(value.numel() for value in held.values())
    digest = hashlib.sha256()
    for name in sorted(held):
        digest.update(f"{name} {list(held[name].shape)}\n".encode() + held[name].numpy().astype("<f4").tobytes())
    assert told["sha256"] == digest.hexdigest()


def test_what_is_written_is_a_model_again_and_half_of_it_too() -> None:
    done("model1 -o whole.safetensors")
    done("model1 --half -o results/x/generators/small.safetensors")
    trained = weights.named("model1").generator.state_dict()
    whole = weights.read(Path("whole.safetensors"))
    small = weights.named("small")
    assert whole.names == small.names == made_up.NAMES
    for name, value in trained.items():
        assert torch.equal(whole.generator.state_dict()[name], value)
        assert torch.equal(small.generator.state_dict()[name], value.half().float())
    assert small.path.stat().st_size < 0.7 * Path("whole.safetensors").stat().st_size
    assert header(str(small.path))["format"] == "float16"


def test_the_hash_is_of_the_numbers_and_not_of_the_file() -> None:
    held = made_up.generator().state_dict()
    half = {name: value.half() for name, value in held.items()}
    assert about.sha256(held) == about.sha256(dict(reversed(held.items())))
    assert about.sha256(half) == about.sha256({name: value.float() for name, value in half.items()})
    assert about.sha256(half) != about.sha256(held)


def test_an_exported_file_exported_again_says_the_same() -> None:
    done("model1 --data my-photos -o a.safetensors")
    done("--weights a.safetensors -o b.safetensors")
    assert Path("a.safetensors").read_bytes() == Path("b.safetensors").read_bytes()
    assert header("b.safetensors")["data"] == "my-photos"


def test_data_and_scale_are_those_of_the_checkout() -> None:
    text = Path("params.yaml").read_text().replace("data: scenes", "data: folder", 1)
    Path("params.yaml").write_text(text.replace("data_root:", "data_root: photos", 1))
    settings = made_up.settings()
    settings["scale"] = params.load().scales["small"].train.model_dump(mode="json")
    generator = made_up.generator(width=settings["scale"]["width"], blocks=settings["scale"]["blocks"])
    tensors.write(Path("models/model1/0/generator.safetensors"), generator.state_dict(), settings)
    for domain, count in (("photo", 210), ("vangogh", 100)):
        Path("data", domain).mkdir(parents=True)
        Path("data", domain, "card.json").write_text(json.dumps({"source": "folder", "train": {"packed": count}}))
    done("model1 -o out.safetensors")
    told = header("out.safetensors")
    assert (told["scale"]["name"], told["data"], told["pictures"]) == (
        "small",
        "folder",
        {"photo": 210, "vangogh": 100},
    )


def test_without_a_suffix_both_are_written_with_the_same_facts() -> None:
    told = done("model1 -o both")
    assert sorted(path.name for path in Path().glob("both*")) == ["both.onnx", "both.safetensors"]
    (entry,) = onnx.load("both.onnx").metadata_props
    assert json.loads(entry.value) == header("both.safetensors")
    assert header("both.safetensors")["sha256"] in told


def test_the_authors_checkpoint_becomes_a_file_of_this_project() -> None:
    network = Theirs()
    torch.save(network.state_dict(), "Model1.pth")
    done("--weights Model1.pth -o theirs")
    model = weights.read(Path("theirs.safetensors"))
    assert model.names == ("A", "B", "C")
    x, S = torch.rand(1, 3, 16, 16), torch.tensor([[0.2, 0.5, 0.3]])
    with torch.no_grad():
        assert (model.generator(x, S) - network(x, S)).abs().max() <= 1e-5


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nix -o out.onnx", "known are model1"),
        ("-o out.onnx", "name a MODEL"),
        ("model1 --weights a.pth -o out.onnx", "name a MODEL"),
        ("model1 --half -o out.onnx", "float32"),
        ("model1 --half -o out", "float32"),
        ("model1 -o models", "models.safetensors"),
        ("model1 --force -o models/model1/0/generator.safetensors", "never written over"),
        ("--weights params.yaml -o out.onnx", "not read"),
        ("--weights absent.pth -o out.onnx", "absent.pth is missing"),
    ],
)
def test_mistakes_are_one_line_and_nothing_is_written(line: str, said: str) -> None:
    if "-o models" in line and "force" not in line:
        shutil.copy("params.yaml", "models.safetensors")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = CliRunner().invoke(COMMAND, line.split())
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
