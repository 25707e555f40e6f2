"""images@DOMAIN, styles@STYLE and manifest as DVC runs them: from params.yaml to files, or to one line."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from pipeline.images import source
from tests.clone import CHECKOUT, change, dvc, make

IMAGES = {"seed": 0, "style_size": 32, "max_unreadable": 0.01, "max_pixels": 10_000}


def save(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, "JPEG")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a space in its name, params.yaml for `data: folder`, photos, one Van Gogh set and a style image."""
    project = tmp_path / "my project"
    for i in range(5):
        save(project / f"images/vangogh2photo/trainB/photo {i}.jpg", i)
        save(project / f"images/vangogh2photo/testB/{i}.jpg", 10 + i)
    save(project / "images/style-images/udnie.jpg", 99)
    write_params(project, data="folder", data_root="images")
    monkeypatch.chdir(project)
    return project


def write_params(project: Path, **changes: Any) -> None:
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    values.update(scale="smoke", **changes)
    (project / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


def run(stage: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name != "DVC_ROOT"}
    return subprocess.run(
        [sys.executable, "-m", f"stages.{stage}", *arguments],
        capture_output=True,
        text=True,
        env={**variables, "PYTHONPATH": str(CHECKOUT), **environment},
    )


def error(stage: str, *arguments: str) -> str:
    """The single line of a stage that fails because of the user."""
    result = run(stage, *arguments)
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def in_process(stage: str, *arguments: str) -> None:
    """The stage's main, without starting Python once more."""
    importlib.import_module(f"stages.{stage}").main(*arguments)


def card(key: str) -> Any:
    return json.loads(Path("data", key, "card.json").read_text(encoding="utf-8"))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_domain_is_packed_with_its_card(project: Path) -> None:
    result = run("images", "photo")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "photo: 5 train and 5 test pictures from folder\n"
    sizes = yaml.safe_load((project / "params.yaml").read_text())["scales"]["smoke"]["images"]
    for split in ("train", "test"):
        size = sizes[f"{split}_size"]
        array = np.load(f"data/photo/{split}.npy", mmap_mode="r")
        assert array.dtype == np.uint8
        assert array.shape == (5, size, size, 3)
        assert card("photo")[split]["size"] == size
    assert sorted(os.listdir("data/photo")) == ["card.json", "test.npy", "train.npy"]
    assert os.listdir("data") == ["photo"]


def test_twice_gives_the_same_bytes_wherever_the_pictures_are(project: Path) -> None:
    in_process("images", "photo")
    in_process("styles", "udnie")
    in_process("manifest")
    before = snapshot(project / "data")
    (project / "images").rename(project.parent / "other place")
    write_params(project, data="folder", data_root=str(project.parent / "other place"))
    in_process("images", "photo")
    in_process("styles", "udnie")
    in_process("manifest")
    assert snapshot(project / "data") == before
    assert not any(str(project.parent).encode() in content for content in before.values())


def test_a_style_image_is_packed_with_its_card(project: Path) -> None:
    in_process("styles", "udnie")
    array = np.load("data/udnie/style.npy")
    assert array.dtype == np.uint8
    assert array.shape == (256, 256, 3)  # at every scale
    assert card("udnie")["original_sizes"] == {"50x40": 1}


def test_rendered_scenes_are_packed_too(project: Path) -> None:
    write_params(project, data="scenes", data_root=None)
    in_process("images", "photo")
    in_process("styles", "udnie")
    sizes = yaml.safe_load((project / "params.yaml").read_text())["scales"]["smoke"]["images"]
    assert card("photo")["source"] == "scenes"
    assert card("photo")["train"]["packed"] == sizes["scenes_train"]
    assert card("photo")["duplicates"] == {"train": [], "test": [], "between": []}
    assert len(np.load("data/photo/test.npy", mmap_mode="r")) == sizes["scenes_test"]


def test_a_source_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ValueError, match="data: nowhere is not there yet"):
        source.load("nowhere")


def test_relative_root_is_taken_from_dvc_root(project: Path) -> None:
    """A temporary experiment runs in a copy, from which `data_root` would lead astray."""
    copy = project / "scratch/copy"
    copy.mkdir(parents=True)
    (copy / "params.yaml").write_text((project / "params.yaml").read_text())
    os.chdir(copy)
    result = run("images", "photo", DVC_ROOT=str(project))
    assert result.returncode == 0, result.stderr
    assert (copy / "data/photo/train.npy").is_file()


def test_unreadable_pictures_are_counted_on_the_command_line_and_listed_in_the_card(project: Path) -> None:
    (project / "images/vangogh2photo/trainB/text.jpg").write_text("no picture")
    write_params(project, data="folder", data_root="images", images={**IMAGES, "max_unreadable": 0.2})
    result = run("images", "photo")
    assert result.stdout == (
        "photo: 5 train and 5 test pictures from folder; 1 unreadable, listed in data/photo/card.json\n"
    )
    assert card("photo")["train"]["unreadable"] == {"vangogh2photo/trainB/text.jpg": "a text file, not a picture"}


def test_the_limit_of_pixels_is_the_users(project: Path) -> None:
    write_params(project, data="folder", data_root="images", images={**IMAGES, "max_pixels": 40 * 50 - 1})
    line = error("images", "photo")
    assert "none of 5 train pictures" in line
    assert "50x40 pixels, more than images.max_pixels in params.yaml, 1,999" in line
    with pytest.raises(ValueError, match=r"more than images\.max_pixels"):
        in_process("styles", "udnie")
    write_params(project, data="folder", data_root="images", images={**IMAGES, "max_pixels": 40 * 50})
    in_process("images", "photo")
    in_process("styles", "udnie")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("domains", {"photo": {"dataset": "../secret", "side": "A"}}),
        ("domains", {"photo": {"dataset": "/etc", "side": "A"}}),
        ("domains", {"../x": {"dataset": "vangogh2photo", "side": "B"}}),
        ("styles", {"udnie": {"file": "../../secret.jpg"}}),
        ("styles", {"/tmp/x": {"file": "udnie.jpg"}}),
    ],
)
def test_no_stage_leaves_the_users_folder_or_the_checkout(project: Path, place: str, value: dict[str, Any]) -> None:
    for split in ("trainA", "testA"):
        save(project / f"secret/{split}/0.jpg", 0)
    before = snapshot(project.parent)
    values = yaml.safe_load((project / "params.yaml").read_text(encoding="utf-8"))
    values[place] |= value
    (project / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    key = next(iter(value))
    for stage, *arguments in (("images", key), ("styles", key), ("manifest",)):
        with pytest.raises(ValueError, match=rf"params\.yaml: .*{place}"):
            in_process(stage, *arguments)
    assert snapshot(project.parent).keys() == before.keys()


def test_too_many_unreadable_pictures_leave_nothing(project: Path) -> None:
    (project / "images/vangogh2photo/testB/text.jpg").write_text("no picture")
    line = error("images", "photo")
    assert "only 5 of 6 test pictures of domain photo can be read: vangogh2photo/testB/text.jpg (a text file" in line
    assert os.listdir("data") == []


def test_an_error_keeps_what_was_packed_before(project: Path) -> None:
    in_process("images", "photo")
    before = snapshot(project / "data")
    (project / "images/vangogh2photo/testB/text.jpg").write_text("no picture")
    with pytest.raises(ValueError, match="only 5 of 6"):
        in_process("images", "photo")
    assert snapshot(project / "data") == before


def test_new_arrays_replace_old_ones_as_a_whole(project: Path) -> None:
    in_process("images", "photo")
    Path("data/photo/left over.npy").write_bytes(b"x")
    in_process("images", "photo")
    assert sorted(os.listdir("data/photo")) == ["card.json", "test.npy", "train.npy"]


@pytest.mark.parametrize(
    ("root", "words"), [(None, "-S data_root=DIR"), ("no such folder", "no such folder does not exist")]
)
def test_wrong_roots_are_said_by_every_stage(project: Path, root: str | None, words: str) -> None:
    write_params(project, data="folder", data_root=root)
    for stage, *key in (("images", "photo"), ("styles", "udnie"), ("manifest",)):
        with pytest.raises(ValueError, match=words):
            in_process(stage, *key)
    assert not (project / "data").exists()


def test_users_own_domain_and_style_need_only_params(project: Path) -> None:
    for split in ("trainA", "testA"):
        save(project / f"images/my cats/{split}/cat.JPG", 7)
        save(project / f"images/my cats/{split}/{split}.png", ord(split[1]))
    save(project / "images/style-images/my style.png", 8)
    values = yaml.safe_load((project / "params.yaml").read_text(encoding="utf-8"))
    values["domains"]["cats"] = {"dataset": "my cats", "side": "A"}
    values["styles"]["mine"] = {"file": "my style.png"}
    (project / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    in_process("images", "cats")
    in_process("styles", "mine")
    in_process("manifest")
    assert card("cats")["duplicates"]["between"] == [
        {"train": ["my cats/trainA/cat.JPG"], "test": ["my cats/testA/cat.JPG"]}
    ]
    assert card("mine")["name"] == "style-images/my style.png"
    assert list(json.loads(Path("data/sources/folder.json").read_text())["domains"]["cats"]) == [
        "my cats/trainA",
        "my cats/testA",
    ]


def test_missing_and_unknown_domains(project: Path) -> None:
    with pytest.raises(ValueError, match="vangogh2photo/trainA does not exist"):
        in_process("images", "vangogh")
    with pytest.raises(ValueError, match=r"no domain 'nowhere'; known are .*photo"):
        in_process("images", "nowhere")
    with pytest.raises(ValueError, match=r"rain-princess.jpg does not exist"):
        in_process("styles", "rain")
    assert not (project / "data").exists()


def test_a_source_that_there_is_not_is_told_before_dvc_looks_for_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "clone"
    make(folder)
    change(folder, "data: scenes", "data: Folder")
    said = dvc(folder, "repro", "images@photo", check=False)
    assert "data is 'Folder': input should be 'scenes', 'folder' or 'cyclegan'" in said
    assert "No such file" not in said
    assert not (folder / "data/photo").exists()


def test_manifest_lists_what_the_domains_and_styles_read(project: Path) -> None:
    (project / "images/vangogh2photo/trainB/notes.txt").write_text("not listed")
    (project / "images/other").mkdir()
    save(project / "images/other/elsewhere.jpg", 5)
    in_process("manifest")
    manifest = json.loads(Path("data/sources/folder.json").read_text())
    photos = manifest["domains"]["photo"]
    assert list(photos) == ["vangogh2photo/trainB", "vangogh2photo/testB"]
    assert [file["name"] for file in photos["vangogh2photo/trainB"]] == [f"photo {i}.jpg" for i in range(5)]
    assert manifest["domains"]["monet"] is None
    assert manifest["styles"]["udnie"]["name"] == "udnie.jpg"
    assert manifest["styles"]["rain"] is None
    assert "elsewhere" not in json.dumps(manifest)


def test_manifest_changes_with_the_files_and_only_then(project: Path) -> None:
    def manifest() -> str:
        in_process("manifest")
        return Path("data/sources/folder.json").read_text()

    train = project / "images/vangogh2photo/trainB"
    versions = [manifest()]
    os.utime(train / "photo 0.jpg", (0, 0))
    (train / ".DS_Store").write_text("x")
    assert manifest() == versions[0]
    save(train / "photo 0.jpg", 50)  # changed
    versions.append(manifest())
    save(train / "new.jpg", 51)
    versions.append(manifest())
    (train / "photo 1.jpg").unlink()
    versions.append(manifest())
    (train / "dangling.jpg").symlink_to("nowhere")
    versions.append(manifest())
    assert len(set(versions)) == len(versions)


def test_manifest_of_another_source_reads_nothing(project: Path) -> None:
    write_params(project, data="scenes", data_root="no such folder")
    in_process("manifest")
    assert json.loads(Path("data/sources/folder.json").read_text()) == {"domains": {}, "styles": {}}
