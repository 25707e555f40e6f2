"""figure7 as DVC runs it: photos and Monet paintings through two trained generators."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import save_file
from torch import Tensor

from pipeline.core import tensors
from pipeline.core.params import read
from pipeline.core.pictures import to_tensor
from pipeline.metrics.features import pooled
from pipeline.metrics.kid import kid
from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import params
from stages.sgn import figure7
from tests.clone import CHECKOUT, graph

CONDITIONINGS = {"comparison": "ccam", "singlegan": "cbn"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vgg_weights: dict[str, Tensor]) -> Path:
    """Scale smoke, one seed, five photos and three Monets of random pixels, networks of random weights."""
    graph(tmp_path)
    random = np.random.default_rng(0)
    for domain, count in (("photo", 5), ("monet", 3)):
        (tmp_path / "data" / domain).mkdir(parents=True)
        np.save(tmp_path / f"data/{domain}/test.npy", random.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8))
    for domain in ("photo", *figure7.PAINTINGS):
        (tmp_path / "data" / domain).mkdir(exist_ok=True)
        np.save(tmp_path / f"data/{domain}/train.npy", random.integers(0, 256, (6, 36, 36, 3), dtype=np.uint8))
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({**values, "scale": "smoke", "threads": 1, "seeds": [0]}))
    for key in CONDITIONINGS:
        save(key, CONDITIONINGS[key], folder=tmp_path)
    save_file(vgg_weights, tmp_path / "models/vgg16.safetensors")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(key: str, conditioning: str, folder: Path = Path()) -> None:
    p = read(params.Params, folder / "params.yaml")
    run = p.run(key)
    about = {
        "run": {**run.model_dump(mode="json", exclude={"measured_by", "seeds"}), "conditioning": conditioning},
        "scale": p.scale_params.train.model_dump(mode="json"),
        "alpha": p.alpha if run.reads == "alpha" else None,
        "steps": 6,
    }
    tensors.write(folder / f"models/{key}/0/generator.safetensors", network(key).state_dict(), about)


def network(key: str) -> Generator:
    torch.manual_seed(len(key))
    return Generator(4, 1, CONDITIONINGS[key])


@torch.no_grad()
def test_both_are_measured_at_the_first_corner_on_both_domains(project: Path, vgg_weights: dict[str, Tensor]) -> None:
    figure7.main()
    facts = json.loads(Path("data/measured/figure7.json").read_text())
    assert facts["pictures"] == {"photo": 4, "monet": 3}
    vgg, S = VGG16(vgg_weights), torch.tensor([[1.0, 0.0, 0.0]])
    for name, key in figure7.RUNS.items():
        for domain, count in facts["pictures"].items():
            x = to_tensor(np.load(f"data/{domain}/test.npy")[:count])
            output = network(key)(x, S.expand(count, -1))
            expected = {"L1": (output - x).abs().mean(), "VGG": (vgg(output)[1] - vgg(x)[1]).square().mean()}
            assert facts["seeds"]["0"][domain][name] == pytest.approx({k: float(v) for k, v in expected.items()}, 1e-4)


@torch.no_grad()
def test_translations_to_paintings_are_compared_with_training_pictures(
    project: Path, vgg_weights: dict[str, Tensor]
) -> None:
    figure7.main()
    facts = json.loads(Path("data/measured/figure7.json").read_text())
    vgg, x = VGG16(vgg_weights), to_tensor(np.load("data/photo/test.npy")[:4])
    assert facts["flat"]["photo"] == pytest.approx(float((x.mean((2, 3), keepdim=True) - x).abs().mean()), rel=1e-5)
    for i, domain in enumerate(figure7.PAINTINGS, start=1):
        end = pooled(vgg, to_tensor(np.load(f"data/{domain}/train.npy")[:4, 2:34, 2:34]), 2)
        for name, key in figure7.RUNS.items():
            output = network(key)(x, torch.eye(3)[[i]].expand(4, -1))
            found = facts["transfer"]["0"][name][domain]
            assert found["L1"] == pytest.approx(float((output - x).abs().mean()), rel=1e-4)
            assert found["inputs"] == pytest.approx(kid(pooled(vgg, x, 2), end), rel=1e-3)
            assert found["corner"] == pytest.approx(kid(pooled(vgg, output, 2), end), rel=1e-3)


def test_some_translations_are_kept_for_the_figure(project: Path) -> None:
    figure7.main()
    arrays = np.load("data/translations/figure7.npz")
    assert {name: arrays[name].shape for name in arrays} == {
        "photo": (4, 32, 32, 3),
        "monet": (3, 32, 32, 3),
        **{f"{name}_photo": (3, 4, 32, 32, 3) for name in figure7.RUNS},
        **{f"{name}_monet": (3, 3, 32, 32, 3) for name in figure7.RUNS},
    }


def test_a_missing_model_is_an_error_and_leaves_nothing(project: Path) -> None:
    Path("models/singlegan/0/generator.safetensors").unlink()
    with pytest.raises(ValueError, match=r"singlegan/0/generator.safetensors is missing: `dvc repro train@singlegan`"):
        figure7.main()
    assert not Path("reports").exists()
    assert not Path("data/translations").exists()


def test_a_model_of_another_training_and_pictures_of_an_impossible_size_are_refused(project: Path) -> None:
    save("comparison", "film")
    with pytest.raises(ValueError, match=r"trained with conditioning film, params\.yaml says ccam: .*train@comparison"):
        figure7.main()
    save("comparison", "ccam")
    np.save("data/monet/test.npy", np.zeros((3, 30, 30, 3), np.uint8))
    with pytest.raises(ValueError, match=r"data/monet/test\.npy holds pictures of 30 pixels.*images@monet"):
        figure7.main()
