"""What a visit brought home becomes a folder for Git: pictures from the generator, numbers from the visit's files."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks.gpu import archive, generator
from benchmarks.gpu.pack import webp
from benchmarks.gpu.visit import FILES
from pipeline.networks.generator import Generator

LETTERS = {"L_A": 0.5, "L_B": 1.0, "L_C": 0.25}
ROWS = [[1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1], [0.5, 0, 0.5]]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Seven photos of random pixels in CycleGAN's layout."""
    folder = tmp_path / "pictures"
    random = np.random.default_rng(0)
    for split in ("testB", "trainB"):
        (folder / "vangogh2photo" / split).mkdir(parents=True)
        for n in range(7):
            pixels = random.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "vangogh2photo" / split / f"{n}.png")
    return folder


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    """A visit's folder with a tiny generator of random weights."""
    folder = tmp_path / "visit"
    folder.mkdir()
    torch.manual_seed(0)
    objectives = [{"loss": "reconstruction", "about": name} for name in ("photo", "vangogh", "udnie")]
    about = {"run": {"conditioning": "ccam", "objectives": objectives}, "scale": {"width": 4, "blocks": 1}}
    generator.write(folder, Generator(4, 1), about)
    grid = np.zeros((64, 160, 3), np.uint8)
    with zipfile.ZipFile(folder / "pictures.zip", "w") as pack:
        for name in ("progress/000000.webp", "progress/000024.webp", "curves.png"):
            pack.writestr(name, webp(grid))
    for name in FILES.values():
        (folder / name).write_text("{}")
    return folder


def training(visit: Path, sha256: str) -> None:
    found: dict[str, Any] = {
        "run": "model1",
        "steps": 24,
        "planned_steps": 24,
        "training_seconds": 1.5,
        "step_ms": 9.0,
        "form": "captured",
        "precision": "bf16",
        "vgg16": "random",
        "sizes": {"test_size": 32, "crop": 32},
        "pictures": {
            "source": "folder",
            "photo/train": {"pictures": 7},
            "photo/test": {"pictures": 7, "sha256": sha256},
            "vangogh/train": {"pictures": 5},
        },
        "table3": [
            {"S": S, "L_G": 1.0, "pictures": 7, **{name: L * (2 - S[i]) for i, (name, L) in enumerate(LETTERS.items())}}
            for S in ROWS
        ],
    }
    (visit / FILES["training"]).write_text(json.dumps(found))


def run(visit: Path, target: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["archive", str(visit), str(target), f"--pictures={pictures}"])
    archive.main()


def test_the_folder_has_pictures_of_the_generator_and_the_files_numbers(
    visit: Path, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training(visit, "another")
    with pytest.raises(ValueError, match="other test photos than the visit had"):
        run(visit, tmp_path / "out", pictures, monkeypatch)
    assert not (tmp_path / "out").exists()
    seen: list[str] = []
    noise = torch.rand(7, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    monkeypatch.setattr(archive, "test_pictures", lambda folder, size, sha256: seen.append(sha256) or noise)
    run(visit, tmp_path / "out", pictures, monkeypatch)
    assert seen == ["another"]
    found = {path.name for path in (tmp_path / "out").iterdir()}
    assert found == {*FILES.values(), "README.md", "figure1.webp", "film.webp", "first-and-last.webp", "curves.webp"}
    with Image.open(tmp_path / "out/film.webp") as film:
        assert getattr(film, "n_frames", 1) >= archive.FRAMES  # WebP joins frames that are the same
    text = (tmp_path / "out/README.md").read_text()
    assert "| here | 2.00 | 2.00 | 2.00 |" in text
    assert "24 steps, 0 % of the paper's 31,440" in text


def test_the_test_photos_are_those_of_the_visit(pictures: Path) -> None:
    with pytest.raises(ValueError, match="other test photos"):
        archive.test_pictures(pictures, 32, "")
