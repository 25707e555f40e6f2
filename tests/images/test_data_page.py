"""docs/data.md: its table of files is the published one, its example of a fourth model works."""

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from pipeline import files, params
from pipeline.images import cyclegan
from stages import images as images_stage
from stages import styles as styles_stage

PAGE = Path("docs/data.md").read_text(encoding="utf-8")
ADDED: dict[str, dict[str, Any]] = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])  # type: ignore


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


def test_the_fourth_model_is_five_lines_and_its_pictures_are_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_lines = [line for line in re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1].splitlines() if line[0] == " "]  # type: ignore
    assert len(own_lines) <= 5
    values = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    for section, added in ADDED.items():
        values[section].update(added)
    values |= {"data": "folder", "data_root": "pictures", "scale": "smoke"}
    generator = np.random.default_rng(0)
    for side in ("A", "B"):
        for split, count in (("train", 3), ("test", 2)):
            folder = tmp_path / f"pictures/seasides/{split}{side}"
            folder.mkdir(parents=True)
            for index in range(count):
                pixels = generator.integers(0, 256, (48, 60, 3), dtype=np.uint8)  # H W C
                Image.fromarray(pixels).save(folder / f"{index}.jpg")
    (tmp_path / "pictures/style-images").mkdir()
    shutil.copy(tmp_path / "pictures/seasides/trainA/0.jpg", tmp_path / "pictures/style-images/mosaic.jpg")
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)

    run = params.load().run("model4")
    assert [objective.about for objective in run.objectives] == ["calm", "storm", "mosaic"]
    sizes = params.load().scale_params.images
    for domain in ("calm", "storm"):
        images_stage.main(domain)
        train, test = (np.load(f"data/{domain}/{split}.npy") for split in ("train", "test"))
        assert train.shape == (3, sizes.train_size, sizes.train_size, 3)  # N H W C
        assert test.shape == (2, sizes.test_size, sizes.test_size, 3)
        assert files.read_json(Path(f"data/{domain}/card.json"))["train"]["found"] == 3
    styles_stage.main("mosaic")
    assert np.load("data/mosaic/style.npy").shape == (sizes.test_size, sizes.test_size, 3)  # H W C
