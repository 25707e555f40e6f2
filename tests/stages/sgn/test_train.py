"""train@RUN as DVC runs it: from packed arrays and VGG16's weights to networks and curves, or to one line."""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.shell import command
from pipeline.training import scratch
from stages.sgn import train
from tests.clone import CHECKOUT, graph

own_modules = functools.cache(scratch.own_modules)  # a test process has thousands of modules to look through


def write_params(**changes: Any) -> None:
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    runs = changes.pop("runs", {})
    values.update({"scale": "smoke", "threads": 1, "seeds": [0], **changes})
    values["runs"].update(runs)
    Path("params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


def fill(project: Path, vgg_weights: dict[str, Tensor]) -> None:
    """The graph, random pictures of two domains, a random style image, random weights for VGG16."""
    graph(project)
    random = np.random.default_rng(0)
    for domain in ("photo", "vangogh"):
        (project / "data" / domain).mkdir(parents=True)
        np.save(project / f"data/{domain}/train.npy", random.integers(0, 256, (7, 36, 36, 3), dtype=np.uint8))
        np.save(project / f"data/{domain}/test.npy", random.integers(0, 256, (5, 32, 32, 3), dtype=np.uint8))
    (project / "data/udnie").mkdir()
    np.save(project / "data/udnie/style.npy", random.integers(0, 256, (32, 32, 3), dtype=np.uint8))
    (project / "models").mkdir()
    save_file(vgg_weights, project / "models/vgg16.safetensors")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vgg_weights: dict[str, Tensor]) -> Path:
    """The current folder, with a space in its name: params.yaml at scale smoke, pictures, weights."""
    project = tmp_path / "my project"
    fill(project, vgg_weights)
    monkeypatch.chdir(project)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    monkeypatch.setattr(scratch, "own_modules", own_modules)
    write_params()
    return project


# What `python -m stages.sgn.train model1` does, and on the way a note of the code that names the scratch folder.
PROCESS = """
import json, pathlib, runpy, sys
from pipeline.training import scratch
own_modules = scratch.own_modules
def noted():
    found = own_modules()
    pathlib.Path("hashed.json").write_text(json.dumps(list(found)))
    return found
scratch.own_modules = noted
sys.argv = ["stages/sgn/train.py", "model1"]
runpy.run_module("stages.sgn.train", run_name="__main__", alter_sys=True)
pathlib.Path("loaded.json").write_text(json.dumps(list(own_modules())))
"""


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training leaves its checkpoints, as if it had been killed before it removed them."""
    monkeypatch.setattr(scratch, "_clean", lambda folder: None)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, vgg_weights: dict[str, Tensor]) -> Path:
    """A project in which a process of its own has trained model1, as DVC starts it."""
    project = tmp_path_factory.mktemp("trained") / "my project"
    fill(project, vgg_weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        write_params()
    environment = {name: value for name, value in os.environ.items() if name != "DVC_ROOT"}
    process = subprocess.run(
        [sys.executable, "-c", PROCESS],
        cwd=project,
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": str(CHECKOUT)},
    )
    assert process.returncode == 0, process.stderr
    assert "model1, seed 0: trained in " in process.stdout
    return project


def error(capsys: pytest.CaptureFixture[str], key: str = "model1") -> str:
    """The single line of a stage that fails because of the user, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["stages/sgn/train.py", key])
        with pytest.raises(SystemExit) as stopped:
            command.run(train.main)
    assert stopped.value.code == 1
    text = capsys.readouterr().err
    assert text.startswith("error: ")
    assert text.count("\n") == 1, text
    return text


def snapshot(*folders: str) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for folder in folders for p in sorted(Path(folder).rglob("*")) if p.is_file()}


def scratches() -> list[str]:
    return sorted(p.name for p in Path("scratch").glob("train-*"))


def test_networks_curves_and_grids_come_out_and_twice_the_same(
    trained: Path, monkeypatch: pytest.MonkeyPatch, kept: None, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(trained)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    assert sorted(os.listdir("models")) == ["model1", "vgg16.safetensors"]
    assert sorted(os.listdir("models/model1/0")) == ["discriminators.safetensors", "generator.safetensors"]
    Generator(4, 1).load_state_dict(load_file("models/model1/0/generator.safetensors"))
    torch.nn.ModuleDict({"vangogh": Discriminator(4)}).load_state_dict(
        load_file("models/model1/0/discriminators.safetensors")
    )
    with safe_open("models/model1/0/generator.safetensors", "pt") as file:
        metadata = json.loads(file.metadata()["training"])
    assert (metadata["steps"], metadata["seed"], metadata["alpha"]) == (6, 0, 0.5)
    assert (metadata["device"], metadata["threads"]) == ("cpu", 1)
    assert metadata["precision"] in ("bf16", "fp32")

    live = Path("reports/live/model1/plots")
    curves = sorted(p.name for p in (live / "metrics/seed0").iterdir())
    assert curves == ["L_A.tsv", "L_B.tsv", "L_C.tsv", "L_D_vangogh.tsv", "L_G.tsv"]
    assert [line.split("\t")[0] for line in (live / "metrics/seed0/L_G.tsv").read_text().splitlines()] == [
        "step",
        "2",
        "4",
        "6",
    ]
    assert sorted(p.name for p in (live / "images/seed0").iterdir()) == ["000000.png", "000003.png", "000006.png"]
    assert not [p for p in Path().rglob("*") if ".tmp" in p.name]
    content = snapshot("models/model1", "reports")
    assert not any(str(trained).encode() in data for data in content.values())

    assert os.listdir("scratch") == ["times"]  # cleaned after success
    train.main("model1")  # from the start
    assert "continuing" not in capsys.readouterr().out
    assert snapshot("models/model1", "reports") == content
    shutil.rmtree("models/model1")
    shutil.rmtree("reports")
    train.main("model1")  # from the finished checkpoint
    assert "continuing after step 6 of 6" in capsys.readouterr().out
    assert snapshot("models/model1", "reports") == content


def test_each_seed_is_a_training_of_its_own(project: Path) -> None:
    write_params(seeds=[0, 3])
    train.main("model1")
    both = snapshot("models/model1", "reports")
    assert sorted(os.listdir("models/model1")) == ["0", "3"]
    assert both["models/model1/0/generator.safetensors"] != both["models/model1/3/generator.safetensors"]
    shutil.rmtree("scratch")
    write_params(seeds=[3])
    train.main("model1")
    alone = snapshot("models/model1", "reports")
    assert all(both[path] == content for path, content in alone.items())


@pytest.mark.parametrize("seeds", [[3], [3, 0]])
def test_other_seeds_from_the_same_scratch_keep_exactly_their_curves(
    project: Path, seeds: list[int], kept: None
) -> None:
    """A checkpoint knows the curves of the seeds trained before it; they must neither come back nor displace any."""
    write_params(seeds=[0, 3])
    train.main("model1")
    write_params(seeds=seeds)
    train.main("model1")
    for kind in ("metrics", "images"):
        found = sorted(os.listdir(f"reports/live/model1/plots/{kind}"))
        assert found == sorted(f"seed{seed}" for seed in seeds)


def test_a_hyper_parameter_model_without_adversarial_weight(project: Path) -> None:
    values = yaml.safe_load(Path("params.yaml").read_text())
    fixed = {**values["runs"]["model1"], "reads": "seeds", "S": [1.0, 0.0, 0.0]}
    write_params(runs={"model1-w100": fixed})
    train.main("model1-w100")
    assert load_file("models/model1-w100/0/discriminators.safetensors") == {}
    curves = sorted(p.name for p in Path("reports/live/model1-w100/plots/metrics/seed0").iterdir())
    assert curves == ["L_A.tsv", "L_G.tsv"]


def test_epochs_count_where_a_scale_has_no_steps(project: Path) -> None:
    values = yaml.safe_load(Path("params.yaml").read_text())
    values["scales"]["smoke"]["train"]["steps"] = None
    values["runs"]["model1"]["epochs"] = 2
    Path("params.yaml").write_text(yaml.safe_dump(values))
    train.main("model1")
    lines = Path("reports/live/model1/plots/metrics/seed0/L_G.tsv").read_text().splitlines()
    assert lines[-1].split("\t")[0] == "8"  # 7 pictures make 4 batches of 2


def test_what_changes_the_result_starts_from_nothing(project: Path, kept: None) -> None:
    """Parameters, pictures, weights: nothing of another computation's checkpoint is used."""
    train.main("model1")
    assert len(scratches()) == 1
    generator = Path("models/model1/0/generator.safetensors")
    results = {generator.read_bytes()}
    write_params(alpha=1.0)
    train.main("model1")
    results.add(generator.read_bytes())
    write_params()
    np.save("data/vangogh/train.npy", np.load("data/vangogh/train.npy")[::-1])
    train.main("model1")
    results.add(generator.read_bytes())
    assert len(scratches()) == len(results) == 3


def test_the_name_of_the_scratch_folder_covers_all_the_code_that_trains(trained: Path) -> None:
    """Otherwise, after a change of method.py, the finished checkpoint of the old code would be the new result."""
    hashed, loaded = (json.loads((trained / f"{name}.json").read_text()) for name in ("hashed", "loaded"))
    assert "pipeline/sgn/model/method.py" in hashed
    assert set(loaded) <= set(hashed)  # nothing is imported only after the name is made
    deps = yaml.safe_load((CHECKOUT / "dvc.yaml").read_text())["stages"]["train"]["do"]["deps"]
    undeclared = [name for name in hashed if not any(Path(name).is_relative_to(dep) for dep in deps)]
    # Packages above them, whose files say nothing about the result.
    assert undeclared == [f"{folder}/__init__.py" for folder in ("pipeline", "pipeline/sgn", "stages/sgn")]


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("models/vgg16.safetensors", "models/vgg16.safetensors is missing: `dvc repro vgg16` makes it"),
        ("data/vangogh/train.npy", "data/vangogh/train.npy is missing: `dvc repro images@vangogh` makes it"),
        ("data/photo/test.npy", "data/photo/test.npy"),
        ("data/udnie/style.npy", "data/udnie/style.npy is missing: `dvc repro styles@udnie` makes it"),
        ("params.yaml", "params.yaml is missing"),
    ],
)
def test_a_missing_file_is_one_line_and_leaves_no_model(
    project: Path, missing: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(missing).unlink()
    assert words in error(capsys)
    assert not [p for p in Path("models").iterdir() if p.name != "vgg16.safetensors"]


def test_an_error_keeps_the_model_before(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train.main("model1")
    before = snapshot("models/model1")
    write_params(seeds=[1])
    Path("data/vangogh/train.npy").unlink()
    error(capsys)
    assert snapshot("models/model1") == before
    assert sorted(os.listdir("models")) == ["model1", "vgg16.safetensors"]


def test_a_file_that_is_no_weights_file_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("models/vgg16.safetensors").write_bytes(b"no weights")
    assert "models/vgg16.safetensors" in error(capsys)


def test_how_often_checkpoints_come_changes_nothing(project: Path, kept: None) -> None:
    write_params(checkpoint_seconds=0)
    train.main("model1")
    before, places = snapshot("models/model1", "reports"), scratches()
    assert len(list(Path("scratch", places[0]).glob("step-*.pt"))) == 2
    shutil.rmtree("scratch")
    write_params(checkpoint_seconds=3600)
    train.main("model1")
    assert snapshot("models/model1", "reports") == before
    assert scratches() == places
    assert len(list(Path("scratch", places[0]).glob("step-*.pt"))) == 1


def test_a_checkpoint_of_other_code_in_the_folder_is_not_used(
    project: Path, kept: None, capsys: pytest.CaptureFixture[str]
) -> None:
    train.main("model1")
    whole = snapshot("models/model1", "reports")
    [checkpoint] = Path("scratch", scratches()[0]).glob("step-*.pt")
    shutil.rmtree("scratch")
    write_params(alpha=0.25)
    train.main("model1")
    other = next(Path("scratch", scratches()[0]).glob("step-*.pt")).read_bytes()
    write_params()
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(other)  # under the right name
    capsys.readouterr()
    train.main("model1")
    assert "belongs to other parameters, data or code" in capsys.readouterr().out
    assert snapshot("models/model1", "reports") == whole


def test_an_unknown_run_lists_the_known_ones(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = error(capsys, "model9")
    assert "no run 'model9'; known are " in text
    assert "model1, " in text


def test_a_diverging_training_is_one_line_and_leaves_no_model(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = yaml.safe_load(Path("params.yaml").read_text())
    values["scales"]["smoke"]["train"]["learning_rate"] = 1e30
    Path("params.yaml").write_text(yaml.safe_dump(values))
    assert "the training diverged" in error(capsys)
    assert sorted(os.listdir("models")) == ["vgg16.safetensors"]
