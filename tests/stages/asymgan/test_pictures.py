"""asymgan/pictures: the rendered world, and the user's own pairs; what cannot be pairs stops with a sentence."""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from pipeline.asymgan.world import palette
from pipeline.images import cyclegan
from stages.asymgan import pictures
from tests.clone import CHECKOUT
from tests.images.faulty_server import Script, serving

COLOURS = np.array([(250, 10, 10), (10, 10, 250), (240, 240, 20)], np.uint8)


def write_params(project: Path, **changes: Any) -> None:
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    values.update(scale="smoke", **changes)
    (project / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


def run() -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name != "DVC_ROOT"}
    return subprocess.run(
        [sys.executable, "-m", "stages.asymgan.pictures"],
        capture_output=True,
        text=True,
        env={**variables, "PYTHONPATH": str(CHECKOUT)},
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """params.yaml for `data: folder`, and five pairs in CycleGAN's layout: labels in three colours."""
    for split, count in (("train", 5), ("test", 5)):
        for index in range(count):
            pixels = COLOURS[np.random.default_rng(index).integers(3, size=(4, 4))].repeat(12, 0).repeat(12, 1)
            for side in "AB":
                path = tmp_path / f"images/facades/{split}{side}/{index}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels if side == "B" else 255 - pixels).save(path)
    write_params(tmp_path, data="folder", data_root="images")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_world_is_rendered_the_same_each_time(project: Path) -> None:
    write_params(project, data="scenes")
    found = []
    for _ in range(2):
        assert (result := run()).returncode == 0, result.stderr
        found.append({path.name: path.read_bytes() for path in sorted((project / "data/asymgan").rglob("*.npy"))})
    assert found[0] == found[1]
    labels = np.load(project / "data/asymgan/pictures/label/test.npy")
    assert labels.shape == (6, 32, 32, 3)
    assert np.array_equal(np.load(project / palette.PATH), palette.PALETTE)


def test_the_users_pairs_are_packed_in_order_and_their_palette_is_found(project: Path) -> None:
    assert (result := run()).returncode == 0, result.stderr
    photos, labels = (np.load(project / f"data/asymgan/pictures/{kind}/test.npy") for kind in ("photo", "label"))
    assert photos.shape == labels.shape == (5, 32, 32, 3)
    assert np.abs(photos.astype(int) - (255 - labels.astype(int))).max() <= 1
    colours = np.load(project / palette.PATH)
    for colour in COLOURS:  # blurred edges may add some
        assert np.abs(colours.astype(int) - colour).sum(1).min() < 20


def test_sides_that_are_no_pairs_stop_it(project: Path) -> None:
    (project / "images/facades/testB/4.png").unlink()
    result = run()
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("error: the test pictures are no pairs: 5 photos and 4 labels")


def test_a_paired_set_of_cyclegans_server_is_downloaded_once_and_packed_in_order(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in sorted((project / "images/facades").rglob("*.png")):
            side = path.parent.name[-1]  # CycleGAN's pairs have the names N_A and N_B
            archive.write(path, f"facades/{path.parent.name}/{path.stem}_{side}.png")
    content = zipped.getvalue()
    write_params(project, data="cyclegan")
    monkeypatch.setenv("SGN_CACHE", str(project / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    script = Script({"/facades.zip": content}, np.random.default_rng(0))
    published = cyclegan.read_facts()
    with serving(script) as address:
        facades = cyclegan.DataSet(
            counts=dict.fromkeys(("trainA", "trainB", "testA", "testB"), 5),
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        facts = published.model_copy(update={"mirrors": (f"{address}/",), "data_sets": {"facades": facades}})
        monkeypatch.setattr(cyclegan, "read_facts", lambda: facts)
        pictures.main()
    assert len(script.served) == 1
    photos, labels = (np.load(project / f"data/asymgan/pictures/{kind}/test.npy") for kind in ("photo", "label"))
    assert photos.shape == labels.shape == (5, 32, 32, 3)
    assert np.abs(photos.astype(int) - (255 - labels.astype(int))).max() <= 1
