"""Which generator a name means, and what is told about files that are none."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from pipeline.core import tensors
from pipeline.translate import weights
from tests.translate import made_up

FACTS = {
    "run": "kept",
    "conditioning": "ccam",
    "k": 2,
    "objectives": [{"loss": "reconstruction", "about": "photo"}, {"loss": "adversarial", "about": "monet"}],
    "scale": {"width": 4, "blocks": 1},
}


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made_up.checkout(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keep(folder: str, name: str, seed: int) -> dict[str, Tensor]:
    """A generator in half precision, as results/ has them."""
    held = {name: value.half() for name, value in made_up.generator(k=2, seed=seed).state_dict().items()}
    tensors.write(Path("results") / folder / "generators" / f"{name}.safetensors", held, FACTS)
    return held


def same(model: weights.Model, held: dict[str, Tensor]) -> bool:
    """Whether the model has these parameters."""
    return all(torch.equal(value, held[name].float()) for name, value in model.generator.state_dict().items())


def test_a_run_that_was_trained_here_goes_first() -> None:
    keep("real", "model1", seed=1)
    model = weights.named("model1")
    assert same(model, made_up.generator().state_dict())
    assert model.names == made_up.NAMES
    assert (model.facts["run"], model.facts["k"], model.facts["conditioning"]) == ("model1", 3, "ccam")


def test_one_that_stands_in_results_is_taken_where_none_was_trained() -> None:
    held, other = keep("real", "other", seed=1), keep("better", "other", seed=2)
    assert same(weights.named("other"), other)  # the first by the folder's name
    assert same(weights.named("real/other"), held)
    assert weights.named("real/other").names == ("photo", "monet")
    keep("real", "model1", seed=3)
    assert not same(weights.named("real/model1"), made_up.generator().state_dict())


def test_the_first_seed_is_meant_unless_another_is_named() -> None:
    for seed in (2, 10):
        held = made_up.generator(seed=seed).state_dict()
        tensors.write(Path(f"models/model2/{seed}/generator.safetensors"), held, made_up.settings("model2"))
    assert same(weights.named("model2"), made_up.generator(seed=2).state_dict())
    assert same(weights.named("model2", 10), made_up.generator(seed=10).state_dict())
    with pytest.raises(ValueError, match=r"models/model2/3/generator\.safetensors is missing"):
        weights.named("model2", 3)


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    keep("real", "other", seed=1)
    with pytest.raises(ValueError, match="no model 'nix'; known are model1, other, real/other"):
        weights.named("nix")


def test_without_any_model_it_says_what_makes_one(tmp_path: Path) -> None:
    (tmp_path / "models/model1/0/generator.safetensors").unlink()
    with pytest.raises(ValueError, match="make repro"):
        weights.named("model1")


def test_damaged_and_foreign_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "models/model1/0/generator.safetensors"
    data = path.read_bytes()
    for wrong in (b"", data[: len(data) // 2], b"\x08" + bytes(7) + b"{}      "):
        path.write_bytes(wrong)
        with pytest.raises(ValueError, match=r"generator\.safetensors"):
            weights.named("model1")
    tensors.write(path, {"x": torch.zeros(1)}, made_up.settings())
    with pytest.raises(ValueError, match="other sizes"):
        weights.named("model1")
    tensors.write(path, made_up.generator().state_dict(), {})
    with pytest.raises(ValueError, match=r"has no 'run'"):
        weights.named("model1")
