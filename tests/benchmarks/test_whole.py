"""Every training side by side, on the CPU at tiny sizes: what goes there, what comes home."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors.torch import load_file, save_file

from benchmarks.gpu import luggage, settings, whole
from pipeline.core import files, yaml12
from tests.clone import CHECKOUT

RUNS = ["model1", "model1-w100"]
PICTURES = {"photo": (6, 4), "vangogh": (5, 4)}  # of training and test
SIDE = 36


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with packed pictures and weights, as a checkout has them."""
    folder = tmp_path_factory.mktemp("there")
    random = np.random.default_rng(0)
    params = yaml12.read(CHECKOUT / "params.yaml")
    params["domains"] = {name: value for name, value in params["domains"].items() if name in PICTURES}
    params["styles"] = {"udnie": params["styles"]["udnie"]}
    params["runs"] = {name: params["runs"][name] for name in RUNS}
    params |= {"scale": "smoke", "device": "cpu", "precision": "fp32"}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    for name, counts in PICTURES.items():
        (folder / "data" / name).mkdir(parents=True)
        for part, count in zip(("train", "test"), counts, strict=True):
            np.save(folder / "data" / name / f"{part}.npy", random.integers(0, 256, (count, SIDE, SIDE, 3), np.uint8))
        (folder / "data" / name / "card.json").write_text("{}")
    (folder / "data/udnie").mkdir()
    np.save(folder / "data/udnie/style.npy", random.integers(0, 256, (SIDE, SIDE, 3), np.uint8))
    (folder / "models").mkdir()
    save_file(settings.random_vgg16(), folder / "models/vgg16.safetensors")
    return folder


@pytest.fixture(scope="module")
def carry(there: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is carried there."""
    folder = tmp_path_factory.mktemp("carry") / "gpu-carry"
    luggage.prepare(there, folder)
    return folder


@pytest.fixture
def here(carry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's visit works."""
    monkeypatch.setattr(whole, "CARRY", carry)
    for name, place in {"WORK": "work", "DONE": "work/done", "TAR": "work/whole.tar"}.items():
        monkeypatch.setattr(whole, name, tmp_path / place)
    return tmp_path


def test_what_travels_is_what_the_stages_read_here_byte_for_byte(there: Path, carry: Path, here: Path) -> None:
    luggage.unpack(carry, here / "work")
    for path in sorted((there / "data").rglob("*.*")):
        assert (here / "work" / path.relative_to(there)).read_bytes() == path.read_bytes()
    assert (here / "work/models/vgg16.safetensors").read_bytes() == (there / "models/vgg16.safetensors").read_bytes()


def test_all_seeds_are_trained_and_measured_and_come_home_in_parts(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luggage, "PART", 300_000)
    assert whole.train(whole.time.monotonic() + 500, here / "first", 2, RUNS) == 0
    luggage.give(whole.TAR, here / "second", luggage.PARTS)
    assert len(list((here / "first").iterdir())) == luggage.PARTS
    luggage.take([here / "second", here / "first"], here)
    home = here / "gpu-taken"
    for run, seeds in (("model1", ["0", "1"]), ("model1-w100", ["0"])):
        assert sorted(path.name for path in (home / "models" / run).iterdir()) == seeds
        assert list(files.read_json(home / f"data/measured/runs/{run}.json")["seeds"]) == seeds
        for seed in seeds:
            assert list((home / "reports/live" / run / "plots/metrics" / f"seed{seed}").glob("*.tsv"))
            assert (home / f"scratch/times/train-{run}-{seed}.json").is_file()
    first, second = (load_file(home / f"models/model1/{seed}/generator.safetensors") for seed in (0, 1))
    assert any(not first[name].equal(second[name]) for name in first)
    assert yaml12.read(home / "params.yaml")["scales"]["smoke"]["train"]["steps"] == 2


def test_the_steps_are_those_that_fit_into_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rehearsal is made up: two trainings, one twice as fast."""
    passed = iter([0.0, 10.0, 10.0, 22.0, 22.0])
    rows = iter([{"a": 10, "b": 10}, {"a": 10, "b": 10}, {"a": 130, "b": 250}])

    class MadeUp:
        def __enter__(self) -> "MadeUp":
            return self

        def __exit__(self, *_: object) -> None: ...

        def alive(self) -> list[tuple[str, int]]:
            return [("a", 0), ("b", 0)]

        def steps(self) -> dict[tuple[str, int], int]:
            return {(name, 0): count for name, count in next(rows).items()}

    monkeypatch.setattr(whole, "Together", lambda *_: MadeUp())
    monkeypatch.setattr(whole.time, "sleep", lambda _: None)
    monkeypatch.setattr(whole.time, "monotonic", lambda: next(passed))
    params = {"scale": "x", "scales": {"x": {"train": {}}}}
    steps = whole.rehearse(params, [("a", 0), ("b", 0)], 132.0, lambda _: None)
    # 132 s, less 22 of the rehearsal and 10 until all have begun again, at 1/10 and 1/20 s a step
    assert steps == int(100 * (1 - whole.SPARE) / 0.075 / 100) * 100
