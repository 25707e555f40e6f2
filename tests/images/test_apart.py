"""Pictures that lie where stages write are refused before anything is read, written or removed, links followed."""

import os
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.images.folder import layout
from pipeline.shell import apart
from stages import images, manifest, styles
from tests.clone import CHECKOUT, contents, dvc, graph, make

PLACES = st.sampled_from(
    [*apart.WRITTEN, "data/photo", "data/sources", "models/model1", "reports/figures/toy", "scratch/a/b", "data/x y"]
)


def put_pictures(root: Path) -> None:
    for folder in ("vangogh2photo/trainB", "vangogh2photo/testB", layout.STYLE_FOLDER):
        (root / folder).mkdir(parents=True)
        for name in ("udnie.jpg", "b.jpg"):
            Image.fromarray(np.full((40, 40, 3), 90, np.uint8)).save(root / folder / name)


def checkout(folder: Path, data_root: Path | str) -> None:
    graph(folder)
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    text = yaml.safe_dump({**values, "scale": "smoke", "data": "folder", "data_root": str(data_root)})
    (folder / "params.yaml").write_text(text)


def refused(folder: Path) -> None:
    """Every stage that reads the pictures says why it does not, and nothing is changed."""
    before = contents(folder.parent)
    for stage in (lambda: manifest.main(), lambda: images.main("photo"), lambda: styles.main("udnie")):
        with pytest.raises(ValueError, match="where stages write"):
            stage()
    assert contents(folder.parent) == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=PLACES, linked=st.sampled_from(["not", "root", "set", "folders"]), relative=st.booleans())
def test_pictures_where_stages_write_are_refused(
    place: str, linked: str, relative: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("apart")
    folder, root = base / "checkout", base / "checkout" / place
    folder.mkdir()
    put_pictures(root)
    given_root: Path = root
    if linked == "root":
        given_root = base / "link"
        given_root.symlink_to(root)
    elif linked == "set":
        given_root = base / "pictures"
        given_root.mkdir()
        for name in ("vangogh2photo", layout.STYLE_FOLDER):
            (given_root / name).symlink_to(root / name)
    elif linked == "folders":
        given_root = base / "pictures"
        (given_root / "vangogh2photo").mkdir(parents=True)
        for split in ("trainB", "testB"):
            (given_root / "vangogh2photo" / split).symlink_to(root / "vangogh2photo" / split)
        (given_root / layout.STYLE_FOLDER).symlink_to(root / layout.STYLE_FOLDER)
    checkout(folder, os.path.relpath(given_root, folder) if relative else given_root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("DVC_ROOT", raising=False)
        refused(folder)
    assert (root / "vangogh2photo/trainB/b.jpg").is_file()


def test_pictures_beside_those_places_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "checkout"
    put_pictures(folder / "pictures")
    checkout(folder, "pictures")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    before = contents(folder / "pictures")
    manifest.main()
    images.main("photo")
    styles.main("udnie")
    assert (folder / "data/photo/train.npy").is_file()
    assert contents(folder / "pictures") == before


def test_an_experiment_in_another_folder_refuses_what_the_first_checkout_writes_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed, other = tmp_path / "checkout", tmp_path / "experiment"
    put_pictures(typed / "data/mine")
    other.mkdir()
    checkout(other, "data/mine")
    monkeypatch.chdir(other)
    monkeypatch.setenv("DVC_ROOT", str(typed))
    refused(other)


def test_dvc_removes_no_picture_that_a_link_leads_to(tmp_path: Path) -> None:
    """With DVC itself: the manifest comes first and says no, whether a set, or each file, is a link."""
    folder = tmp_path / "checkout"
    make(folder)
    mine = folder / "data/photo/mine"
    put_pictures(mine)
    sets, files = tmp_path / "sets", tmp_path / "files"
    sets.mkdir()
    (sets / "vangogh2photo").symlink_to(mine / "vangogh2photo")
    for split in ("trainB", "testB"):
        (files / "vangogh2photo" / split).mkdir(parents=True)
        for name in ("udnie.jpg", "b.jpg"):
            (files / "vangogh2photo" / split / name).symlink_to(mine / "vangogh2photo" / split / name)
    before = contents(mine)
    for root in (sets, files, mine):
        checkout(folder, root)
        said = dvc(folder, "repro", "images@photo", check=False)
        assert "where stages write" in said
        assert contents(mine) == before
    # Without the manifest's stage: DVC leaves the folder to the stage, which says no.
    (folder / "data/sources").mkdir(exist_ok=True)
    (folder / "data/sources/folder.json").write_text("{}")
    said = dvc(folder, "repro", "--single-item", "--force", "images@photo", check=False)
    assert "where stages write" in said
    assert contents(mine) == before
