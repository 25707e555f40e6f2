"""docs/data.md: its table of files is the published one, its example of a fourth model works."""

import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from pipeline.core import files
from pipeline.images import cyclegan
from pipeline.sgn.model import params
from stages import images as images_stage
from stages import styles as styles_stage
from tests.clone import call, make

PAGE = Path("docs/data.md").read_text(encoding="utf-8")
BLOCK: str = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]  # type: ignore
ADDED: dict[str, dict[str, Any]] = yaml.safe_load(BLOCK)


def test_the_table_of_files_is_the_published_one() -> None:
    facts = cyclegan.read_facts()
    published = {f"{name}.zip": (zipped.bytes, zipped.sha256) for name, zipped in facts.data_sets.items()}
    published |= {name: (style.bytes, style.sha256) for name, style in facts.style_images.items()}
    rows = re.findall(r"^\| `(\S+)` \| (\d+) \| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE)
    assert {name: (int(count), sha256) for name, count, sha256 in rows} == published
    for name, count, _ in re.findall(r"^\| `(\S+)` \| ([\d.]+) \| ([a-z, ]+) \|$", PAGE, re.MULTILINE):
        assert f"{published[name][0] / 1e6:.1f}" == count


def test_the_domains_of_each_zip_are_those_of_params_yaml() -> None:
    stated = dict(re.findall(r"^\| `(\S+)\.zip` \| [\d.]+ \| ([a-z, ]+) \|$", PAGE, re.MULTILINE))
    domains = {key: domain.dataset for key, domain in params.load().domains.items() if key not in ADDED["domains"]}
    assert {name: tuple(keys.split(", ")) for name, keys in stated.items()} == {
        name: tuple(key for key, dataset in domains.items() if dataset == name) for name in stated
    }
    assert set(domains.values()) == set(stated)


def own_pictures(root: Path) -> None:
    """The page's layout, with 3 train and 2 test pictures of each kind."""
    generator = np.random.default_rng(0)
    for side in ("A", "B"):
        for split, count in (("train", 3), ("test", 2)):
            folder = root / f"seasides/{split}{side}"
            folder.mkdir(parents=True)
            for index in range(count):
                pixels = generator.integers(0, 256, (48, 60, 3), dtype=np.uint8)  # H W C
                Image.fromarray(pixels).save(folder / f"{index}.jpg")
    (root / "style-images").mkdir()
    shutil.copy(root / "seasides/trainA/0.jpg", root / "style-images/mosaic.jpg")


def test_the_fourth_model_is_a_few_lines_and_its_pictures_are_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_lines = [line for line in BLOCK.splitlines() if line[0] == " "]
    assert len(own_lines) <= 7
    values = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    for section, added in ADDED.items():
        values[section].update(added)
    values |= {"data": "folder", "data_root": "pictures", "scale": "smoke", "threads": 1}
    own_pictures(tmp_path / "pictures")
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)

    run = params.load().run("model4")
    assert [objective.about for objective in run.objectives] == ["calm", "storm", "mosaic"]
    p = params.load()
    sizes = p.scale_params.images
    for domain in ("calm", "storm"):
        images_stage.main(domain)
        train, test = (np.load(f"data/{domain}/{split}.npy") for split in ("train", "test"))
        assert train.shape == (3, sizes.train_size, sizes.train_size, 3)  # N H W C
        assert test.shape == (2, sizes.test_size, sizes.test_size, 3)
        assert files.read_json(Path(f"data/{domain}/card.json"))["train"]["found"] == 3
    styles_stage.main("mosaic")
    assert np.load("data/mosaic/style.npy").shape == (p.images.style_size, p.images.style_size, 3)  # H W C


@pytest.mark.long
def test_the_fourth_model_is_trained_and_shown_as_the_page_says(tmp_path: Path) -> None:
    """The page's lines, typed into params.yaml, and its commands, at scale smoke in a clone of the working tree."""
    clone = tmp_path / "my clone"
    make(clone)
    text = (clone / "params.yaml").read_text(encoding="utf-8")
    for section, lines in re.findall(r"^(\w+):\n((?: .*\n)+)", BLOCK, re.MULTILINE):
        assert text.count(f"\n{section}:\n") == 1
        text = text.replace(f"\n{section}:\n", f"\n{section}:\n{lines}")
    (clone / "params.yaml").write_text(text, encoding="utf-8")
    own_pictures(clone / "pictures")
    call(clone, "git", "commit", "-q", "-a", "-m", "own")

    section = PAGE[PAGE.index("## Your own images") :]
    commands = [shlex.split(line) for line in re.findall(r"^    ((?:dvc|python) .*)$", section, re.MULTILINE)]
    assert [command[0] for command in commands] == ["dvc", "python", "python"]
    call(clone, sys.executable, "-m", *commands[0], "-S", "scale=smoke")
    metrics = files.read_json(clone / "data/measured/runs/model4.json")
    assert [objective["about"] for objective in metrics["objectives"]] == ["calm", "storm", "mosaic"]
    assert metrics["data"] == "folder"
    folders = re.findall(r"`(reports/live/\S+)`", section)
    assert len(folders) == 2
    assert all(any((clone / name).rglob("*.*")) for name in folders)
    assert not (clone / "data/photo").exists()  # only what the run needs

    for command in commands[1:]:
        call(clone, sys.executable, *command[1:])
    page = (clone / "reports/data.html").read_text(encoding="utf-8")
    for card in ("domain-calm", "domain-storm", "style-mosaic"):
        assert f'id="{card}"' in page
    assert "domain-photo" not in page
