"""Two steps of every method and conditioning at scale paper, on the CPU, on rendered pictures of the paper's size."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.clone import CHECKOUT

RUNS = [
    "model1",
    "model3",
    "model1-w100",
    "model2-concat",
    "model2-concat-features",
    "model2-cbn",
    "model2-film",
    "singlegan",
]


def stage(name: str, key: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", f"stages.{name}", key]
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, vgg_weights: dict[str, Tensor]) -> Path:
    """Scale paper but for its length and its number of pictures."""
    folder = tmp_path_factory.mktemp("paper")
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    values |= {"scale": "paper", "threads": len(os.sched_getaffinity(0))}
    values["scales"]["paper"]["train"]["steps"] = 2
    values["scales"]["paper"]["images"] |= {"scenes_train": 4, "scenes_test": 4}
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    (folder / "models").mkdir()
    save_file(vgg_weights, folder / "models/vgg16.safetensors")
    before = Path.cwd()
    os.chdir(folder)
    try:
        for domain in values["domains"]:
            stage("images", domain)
        for style in values["styles"]:
            stage("styles", style)
    finally:
        os.chdir(before)
    return folder


@pytest.mark.long
@pytest.mark.parametrize("key", RUNS)
def test_two_steps_at_the_papers_sizes(project: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    stage("sgn.train", key)
    generator = load_file(f"models/{key}/0/generator.safetensors")
    assert all(tensor.isfinite().all() for tensor in generator.values())
    assert generator["first.weight"].shape[0] == 64
    if key == "model1":
        assert sum(tensor.numel() for tensor in generator.values()) == 11_482_579
    curves = list(Path(f"reports/live/{key}/plots/metrics/seed0").glob("*.tsv"))
    assert curves
    for curve in curves:
        step, value = curve.read_text().splitlines()[-1].split("\t")
        assert (step, float(value) >= 0) == ("2", True)
    # Of the largest process so far; the page about cost quotes it (run with -s).
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    print(f"{key}: largest process so far {peak:.1f} GiB")
