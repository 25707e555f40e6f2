"""A visit to a GPU, paid on the CPU at tiny sizes: without DVC, DVCLive and pydantic, and killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmarks.gpu import generator, settings, speed
from benchmarks.gpu.clock import Deadline, OutOfTimeError, alarm
from benchmarks.gpu.pack import Pack
from benchmarks.gpu.report import Report
from pipeline.networks.generator import Generator

CHECKOUT = Path(__file__).resolve().parents[2]
# What a machine with a GPU may lack. A module found first on the path is imported by Python itself at its start.
BLOCK = """
import sys


class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("dvc", "dvclive", "pydantic", "imageio_ffmpeg"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Blocker())
"""


def start(folder: Path, *arguments: str) -> tuple["subprocess.Popen[str]", Path]:
    """A visit on the CPU that writes to FOLDER/out."""
    (folder / "block").mkdir()
    (folder / "block" / "sitecustomize.py").write_text(BLOCK)
    (folder / "tmp").mkdir()
    out = folder / "out"
    command = [sys.executable, "-m", "benchmarks.gpu", "--device=cpu", "--seconds=300", f"--out={out}", *arguments]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder / 'block'}{os.pathsep}{CHECKOUT}",
        "TMPDIR": str(folder / "tmp"),
        "OMP_NUM_THREADS": "1",
    }
    visit = subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return visit, out


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_a_visit_writes_all_of_its_files(tmp_path: Path) -> None:
    visit, out = start(tmp_path)
    said, _ = visit.communicate()
    assert visit.returncode == 0, said
    names = sorted(path.name for path in out.iterdir())
    assert names == [
        "README.md",
        "correctness.json",
        "generator-1-of-1.safetensors",
        "pictures.zip",
        "record.json",
        "speed.json",
        "training.json",
    ]
    record, correct, fast, training = (
        read(out / f"{name}.json") for name in ("record", "correctness", "speed", "training")
    )
    assert {part["status"] for part in (record, correct, fast, training)} == {"done"}, said
    assert record["packages"]["pydantic"] is not None, "it is installed here, and was not to be used"
    assert record["matrix"]["tflops"] > 0

    assert correct["right"] is True
    assert all(training["resumed_the_same"] for training in correct["trainings"].values())
    assert {f"model2, {name}" for name in ("ccam", "concat", "concat-features", "cbn", "film")} < set(correct["models"])

    assert list(fast["models"]) == ["model1", "model3", "singlegan", "model1-w010"]
    for forms in fast["models"].values():
        assert {"eager", "captured"} <= set(forms)
        for row in forms.values():
            assert row["median_ms"] > 0
            assert row["share_of_peak"] > 0

    assert training["steps"] == training["planned_steps"] == settings.CPU_STEPS
    assert training["undone"] == {}
    assert training["pictures"]["source"] == "scenes"
    assert [row["S"] for row in training["table3"]][:2] == [[1, 0, 0], [0.5, 0.5, 0]]
    assert all(np.isfinite(row["L_G"]) for row in training["table3"])
    with zipfile.ZipFile(out / "pictures.zip") as archive:
        assert archive.testzip() is None
        assert {"figure1.webp", "curves.png", "film.webp", "explorer/index.json", "explorer/3.webp"} < set(
            archive.namelist()
        )
        index = json.loads(archive.read("explorer/index.json"))
        assert len(index["sets"]) == 66
    tensors, about = generator.join(out)
    Generator(about["scale"]["width"], about["scale"]["blocks"], "ccam", 3).load_state_dict(tensors)
    text = (out / "README.md").read_text()
    assert "| (1.0, 0.0, 0.0) |" in text
    assert "None" not in text


def test_a_visit_that_is_killed_leaves_whole_files(tmp_path: Path) -> None:
    visit, out = start(tmp_path, "--parts=record,training")
    deadline = time.monotonic() + 50
    while not list(out.glob("generator-*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    visit.kill()
    visit.communicate()
    assert read(out / "record.json")["status"] == "done"
    assert read(out / "speed.json")["status"] == "left out"
    training = read(out / "training.json")
    assert training["status"] == "not finished"
    assert training["planned_steps"] == settings.CPU_STEPS
    generator.join(out)
    with zipfile.ZipFile(out / "pictures.zip") as archive:
        assert archive.testzip() is None
    assert (out / "README.md").read_text().startswith("# A visit to ")


def test_a_part_that_fails_is_said_and_the_next_goes_on(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    visit, out = start(tmp_path, "--parts=training,record", f"--pictures={tmp_path / 'empty'}")
    visit.communicate()
    assert visit.returncode == 1
    training = read(out / "training.json")
    assert training["status"] == "failed: OSError"
    assert "vangogh2photo/trainB" in training["error"]
    assert read(out / "record.json")["status"] == "done"


def inner(seconds: float) -> None:
    """Sleep too long; what rings first of this alarm and one around it ends it."""
    before = time.monotonic()
    try:
        with alarm(seconds):
            time.sleep(5)
    except OutOfTimeError:
        if time.monotonic() - before > 0.1:  # not this one's alarm
            raise


def two_inside() -> None:
    inner(0.05)
    inner(5)


def test_an_alarm_ends_what_takes_longer_and_an_inner_one_keeps_the_outer() -> None:
    with pytest.raises(OutOfTimeError), alarm(0.05):
        time.sleep(5)
    with pytest.raises(OutOfTimeError), alarm(0.3):
        two_inside()
    with pytest.raises(OutOfTimeError), alarm(-1):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    deadline = Deadline(0.01)
    time.sleep(0.02)
    assert deadline.left() < 0 < deadline.spent()


def test_a_report_has_no_number_that_json_lacks(tmp_path: Path) -> None:
    report = Report(tmp_path / "a.json")
    report.add(values={"a": (float("nan"), float("inf"), 1 / 3), (0.5, 1): None})
    assert read(report.path)["values"] == {"a": ["nan", "inf", 0.333333], "(0.5, 1)": None}


def test_a_generator_comes_back_from_its_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "PART_BYTES", 6000)
    net = Generator(4, 1)
    names = generator.write(tmp_path, net, {"steps": 3})
    assert len(names) > 1
    assert all((tmp_path / name).stat().st_size < 6000 + 4000 for name in names)
    tensors, about = generator.join(tmp_path)
    assert about == {"steps": 3}
    assert tensors.keys() == net.state_dict().keys()
    for name, tensor in net.state_dict().items():
        assert torch.equal(tensors[name], tensor.half().float())
    (tmp_path / names[0]).unlink()
    with pytest.raises(ValueError, match="which are not all"):
        generator.join(tmp_path)
    generator.write(tmp_path, net, {"steps": 4})
    first = (tmp_path / names[0]).read_bytes()
    generator.write(tmp_path, net, {"steps": 5})
    (tmp_path / names[0]).write_bytes(first)
    with pytest.raises(ValueError, match="different generators"):
        generator.join(tmp_path)


def test_the_papers_generator_takes_two_parts_under_16_mib(tmp_path: Path) -> None:
    names = generator.write(tmp_path, Generator(), {})
    assert len(names) == 2
    assert all((tmp_path / name).stat().st_size < 16 * 2**20 for name in names)


def test_a_pack_leaves_out_what_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.gpu.pack.MOST_BYTES", 100)
    pack = Pack(tmp_path / "a.zip")
    assert pack.add("a", bytes(60))
    assert not pack.add("b", bytes(60))
    assert pack.add("a", bytes(90))
    assert pack.left_out == ["b"]
    assert pack.sizes() == {"a": 90}


def test_float16_weights_are_taken_and_widened(tmp_path: Path) -> None:
    weights = {name: w.half() for name, w in settings.random_vgg16().items()}
    torch.save(weights, tmp_path / "vgg16.pth")
    save_file(weights, tmp_path / "vgg16.safetensors")
    for name in ("vgg16.pth", "vgg16.safetensors"):
        found, note = settings.vgg16(tmp_path / name)
        assert note == "ImageNet, float16 widened"
        assert all(torch.equal(found[name], w.float()) for name, w in weights.items())
    some = dict(list(load_file(tmp_path / "vgg16.safetensors").items())[:3])
    save_file(some, tmp_path / "some.safetensors")
    with pytest.raises(ValueError, match="other float16 tensors"):
        settings.vgg16(tmp_path / "some.safetensors")
    save_file({name: w.float() for name, w in weights.items()}, tmp_path / "wide.safetensors")
    with pytest.raises(ValueError, match="not those of torchvision's VGG16"):
        settings.vgg16(tmp_path / "wide.safetensors")


def test_the_training_takes_the_fastest_form_that_repeats_its_bytes() -> None:
    rows: dict[str, Any] = {str(form): {"median_ms": 9.0} for form in speed.FORMS}
    rows["eager, free"]["median_ms"] = 1.0
    rows["captured, channels last"]["median_ms"] = 2.0
    assert speed.fastest({"models": {"model1": rows}}) == speed.Form(True, channels_last=True)
    rows["captured, channels last"] = {"error": "it broke"}
    rows["captured"]["median_ms"] = 3.0
    assert speed.fastest({"models": {"model1": rows}}) == speed.CAPTURED
    assert speed.fastest({}) == speed.CAPTURED


def test_sizes_on_a_gpu_are_the_papers() -> None:
    sizes = settings.sizes(torch.device("cuda"))
    assert (sizes.crop, sizes.width, sizes.blocks, sizes.batch) == (256, 64, 9, 4)
    assert speed.count(settings.model("model1"), sizes) == pytest.approx(2.93e12, rel=0.05)
