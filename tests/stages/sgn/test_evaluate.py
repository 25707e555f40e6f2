"""evaluate@RUN and samples@RUN: from networks and test pictures to a small JSON file, and to translations."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import save_file
from torch import Tensor, nn

from pipeline.core import results, tensors
from pipeline.core.params import read
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import measures
from pipeline.sgn.model import losses, params, simplex
from pipeline.sgn.paper import table3
from pipeline.sgn.results import MEASURED, RunResult
from pipeline.shell import command
from stages.sgn import evaluate, samples
from tests.clone import CHECKOUT, graph
from tests.sgn.made_up import MODEL1

SETS = [*simplex.corners(3), *simplex.midpoints(3), simplex.centre(3), simplex.beyond(3, 1)]


def fill(tmp_path: Path, vgg_weights: dict[str, Tensor]) -> None:
    """Scale smoke, seeds 0 and 2, 7 photos and 3 paintings of random pixels, networks of random weights."""
    graph(tmp_path)
    random = np.random.default_rng(0)
    for domain, count in (("photo", 7), ("vangogh", 3)):
        (tmp_path / "data" / domain).mkdir(parents=True)
        np.save(tmp_path / f"data/{domain}/test.npy", random.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8))
        np.save(tmp_path / f"data/{domain}/train.npy", random.integers(0, 256, (5, 36, 36, 3), dtype=np.uint8))
    (tmp_path / "data/udnie").mkdir()
    np.save(tmp_path / "data/udnie/style.npy", random.integers(0, 256, (32, 32, 3), dtype=np.uint8))
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    values.update(scale="smoke", threads=1, seeds=[0, 2])
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values))
    (tmp_path / "models").mkdir()
    save_file(vgg_weights, tmp_path / "models/vgg16.safetensors")
    for seed in (0, 2):
        save("model1", seed, *networks(seed), folder=tmp_path)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vgg_weights: dict[str, Tensor]) -> None:
    """The current folder with all that the stages read."""
    fill(tmp_path, vgg_weights)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, vgg_weights: dict[str, Tensor]) -> Path:
    """A project in which model1 has been evaluated, and then its samples have been drawn."""
    folder = tmp_path_factory.mktemp("made")
    fill(folder, vgg_weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("DVC_ROOT", raising=False)
        evaluate.main("model1")
        assert not (folder / "data/translations").exists()
        MEASURED.rename("aside")
        samples.main("model1")  # which needs no evaluation
        assert not MEASURED.exists()
        Path("aside").rename(MEASURED)
    return folder


def save(
    key: str, seed: int, generator: nn.Module, discriminators: nn.Module, folder: Path = Path(), **changes: Any
) -> None:
    """What train@KEY leaves of one seed; `changes` are settings of a training that was another one."""
    p = read(params.Params, folder / "params.yaml")
    run = p.run(key)
    about = {
        "run": run.model_dump(mode="json", exclude={"measured_by", "seeds"}),
        "scale": p.scale_params.train.model_dump(mode="json"),
        "alpha": p.alpha if run.reads == "alpha" else None,
        "precision": "bf16",
        "steps": 6,
    }
    for part in ("run", "scale"):
        about[part] = {name: changes.get(name, value) for name, value in about[part].items()}
    about = {name: changes.get(name, value) for name, value in about.items()}
    for name, net in (("generator", generator), ("discriminators", discriminators)):
        tensors.write(folder / f"models/{key}/{seed}/{name}.safetensors", net.state_dict(), about)


def networks(seed: int) -> tuple[Generator, nn.ModuleDict]:
    torch.manual_seed(seed)
    return Generator(4, 1), nn.ModuleDict({"vangogh": Discriminator(4)})


def error(capsys: pytest.CaptureFixture[str], stage: ModuleType = evaluate) -> str:
    """The single line of a stage that fails because of its files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["stages/sgn/NAME.py", "model1"])
        with pytest.raises(SystemExit) as stopped:
            command.run(stage.main)
    assert stopped.value.code == 1
    text = capsys.readouterr().err
    assert text.startswith("error: ")
    assert text.count("\n") == 1, text
    return text


def test_losses_are_those_of_the_networks_on_the_test_pictures(
    made: Path, monkeypatch: pytest.MonkeyPatch, vgg_weights: dict[str, Tensor]
) -> None:
    monkeypatch.chdir(made)
    facts = json.loads(Path("data/measured/runs/model1.json").read_text())
    assert (facts["run"], facts["data"], facts["scale"], facts["alpha"]) == ("model1", "scenes", "smoke", 0.5)
    assert (facts["precision"], facts["steps"], facts["measured_by"]) == ("bf16", 6, "model1")
    assert facts["objectives"][1] == {"letter": "B", "loss": "adversarial", "about": "vangogh"}
    assert facts["pictures"] == {"photo": 7, "vangogh": 3, "measured": 4, "lattice": 2}  # of scale smoke
    assert list(facts["seeds"]) == ["0", "2"]
    x = to_tensor(np.load("data/photo/test.npy"))[:4]
    y = to_tensor(np.load("data/vangogh/test.npy"))[[0, 1, 2, 0]]
    style = to_tensor(np.load("data/udnie/style.npy")[None])
    per = {"udnie": losses.Perceptual(VGG16(vgg_weights), style, 200.0)}
    for seed in (0, 2):
        generator, D = networks(seed)
        rows = facts["seeds"][str(seed)]["losses"]
        assert [tuple(row["S"]) for row in rows] == list(simplex.TABLE3)
        test = measures.TestSet(x, {"vangogh": y}, D, D, per)
        for row in (rows[0], rows[3]):
            expected = measures.losses_at(generator, MODEL1, test, tuple(row["S"]), 1)
            assert row.pop("own") == pytest.approx(expected.pop("own"), rel=1e-4)
            assert row["L"] == pytest.approx(expected["L"], rel=1e-4)
            assert row["L_G"] == pytest.approx(expected["L_G"], rel=1e-4)
    assert table3.measured(results.read(MEASURED / "runs/model1.json", RunResult)).shape == (2, 6, 4)
    study = facts["seeds"]["2"]["study"]
    assert len(study["lattice"]) == 28
    assert [row["place"] for row in study["activations"]] == [1, 2, 3]


def test_samples_are_the_networks_translations(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    arrays = np.load("data/translations/model1.npz")
    assert np.array_equal(arrays["S"], np.array(SETS))
    assert np.array_equal(arrays["inputs"], np.load("data/photo/test.npy"))
    x = to_tensor(arrays["inputs"])
    for seed in (0, 2):
        with torch.no_grad():
            beyond = to_pictures(networks(seed)[0](x, torch.tensor([SETS[-1]] * len(x)))).astype(int)
        assert abs(arrays[f"seed{seed}"][-1].astype(int) - beyond).max() <= 1
        assert arrays[f"seed{seed}"].shape == (len(SETS), len(x), 32, 32, 3)
    assert np.allclose(arrays["draws_S"].sum(1), 1)
    assert arrays["draws"].shape == (18, 32, 32, 3)
    assert arrays["path"].shape == (60, 32, 32, 3)
    assert tuple(arrays["path_S"][20]) == (0.0, 1.0, 0.0)
    assert [int((arrays["path_inputs"][i] == arrays["inputs"]).all((1, 2, 3)).argmax()) for i in (0, 9, 10, 59)] == [
        *(0, 0, 1),
        59 // 10 % len(x),
    ]
    assert [arrays[f"activation{place}"].shape for place in (1, 2, 3)] == [(3, 4, 4), (3, 4, 16), (3, 4, 16)]


def test_a_seed_has_the_same_numbers_again_and_alone(made: Path, project: None) -> None:
    values = yaml.safe_load(Path("params.yaml").read_text())
    Path("params.yaml").write_text(yaml.safe_dump({**values, "seeds": [0]}))
    evaluate.main("model1")
    samples.main("model1")
    before, after = (json.loads((p / "data/measured/runs/model1.json").read_text()) for p in (made, Path()))
    assert after == {**before, "seeds": {"0": before["seeds"]["0"]}}
    first, second = (np.load(p / "data/translations/model1.npz") for p in (made, Path()))
    assert set(first) - set(second) == {"seed2"}
    assert all(np.array_equal(first[name], second[name]) for name in second)
    assert not [p for p in Path().rglob("*") if ".tmp" in p.name]


def test_a_hyper_parameter_model_is_measured_at_its_own_S_by_another_runs_discriminator(project: None) -> None:
    for seed in (0, 2):
        save("model1-w100", seed, networks(seed + 7)[0], nn.ModuleDict())
    evaluate.main("model1-w100")
    samples.main("model1-w100")
    facts = json.loads(Path("data/measured/runs/model1-w100.json").read_text())
    (row,) = facts["seeds"]["0"]["losses"]
    assert (facts["S"], facts["measured_by"], facts["alpha"]) == ([1.0, 0.0, 0.0], "model1", None)
    assert (row["S"], row["own"]) == ([1.0, 0.0, 0.0], {"B": None})
    assert row["L_G"] == row["L"]["A"]
    assert row["L"]["B"] > 0
    assert facts["seeds"]["0"]["study"] is None
    assert np.load("data/translations/model1-w100.npz")["seed0"].shape == (1, 7, 32, 32, 3)


@pytest.mark.parametrize(
    "missing",
    [
        "models/model1/0/generator.safetensors",
        "models/vgg16.safetensors",
        "data/vangogh/test.npy",
        "data/vangogh/train.npy",
        "data/udnie/style.npy",
    ],
)
def test_a_missing_file_is_one_line_and_leaves_nothing(
    project: None, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(missing).unlink()
    assert missing in error(capsys)
    assert not MEASURED.exists()


@pytest.mark.parametrize("missing", ["models/model1/2/generator.safetensors", "data/photo/test.npy"])
def test_samples_of_a_missing_file_are_one_line_and_leave_nothing(
    project: None, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(missing).unlink()
    assert f"{missing} is missing: `dvc repro " in error(capsys, samples)
    assert not Path("data/translations").exists()


def test_a_loss_that_is_not_finite_says_which(project: None) -> None:
    generator, discriminators = networks(0)
    torch.nn.init.constant_(generator.last.bias, float("nan"))
    save("model1", 0, generator, discriminators)
    with pytest.raises(ValueError, match="model1"):
        evaluate.main("model1")
    assert not Path("data/measured/runs/model1.json").exists()


@pytest.mark.parametrize(
    ("path", "shape", "words"),
    [
        ("data/photo/test.npy", (4, 30, 30, 3), "holds pictures of 30 pixels, no multiple of 4"),
        ("data/photo/test.npy", (4, 36, 32, 3), "holds uint8 (4, 36, 32, 3) instead of packed pictures"),
        ("data/vangogh/test.npy", (3, 64, 64, 3), "holds pictures of 64 pixels instead of 32"),
        ("data/vangogh/train.npy", (5, 28, 28, 3), "holds pictures of 28 pixels, the test pictures have 32"),
        ("data/udnie/style.npy", (1, 32, 32, 3), "holds uint8 (1, 32, 32, 3) instead of packed pictures"),
    ],
)
def test_pictures_of_another_size_name_the_stage_that_packs_them(
    project: None, path: str, shape: tuple[int, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(path, np.zeros(shape, np.uint8))
    text = error(capsys)
    assert f"{path} {words}" in text
    assert f"{'styles' if 'style' in path else 'images'}@{Path(path).parent.name}`" in text
    assert not MEASURED.exists()


@pytest.mark.parametrize(
    "changes", [{"width": 8}, {"conditioning": "film"}, {"crop": 64}, {"alpha": 1.0}, {"style_weight": 100.0}]
)
def test_a_model_of_another_training_is_refused(
    project: None, changes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    save("model1", 0, *networks(0), **changes)
    ((name, value),) = changes.items()
    assert f"generator.safetensors was trained with {name} {value}, params.yaml says" in (text := error(capsys))
    assert "train@model1`" in text


def test_networks_of_other_sizes_are_refused(project: None, capsys: pytest.CaptureFixture[str]) -> None:
    generator, discriminators = networks(0)
    for wrong in ((Generator(8, 1), discriminators), (generator, nn.ModuleDict({"vangogh": Discriminator(8)}))):
        save("model1", 0, *wrong)
        assert "holds a network of other sizes" in (text := error(capsys))
        assert "train@model1`" in text
    save("model1", 0, generator, nn.ModuleDict())
    assert "models/model1/0/discriminators.safetensors" in error(capsys)
