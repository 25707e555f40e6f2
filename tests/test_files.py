"""Files and folders that are whole or absent."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import files


def interrupted(target: Path, write: Callable[[Path], object]) -> None:
    with files.replacing(target) as temporary:
        write(temporary)
        raise KeyboardInterrupt


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_a_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "a/b/table.json"
    with files.replacing(target) as temporary:
        temporary.write_text("new")
        assert temporary.parent == target.parent  # the same file system, so that renaming is one step
        assert temporary.suffix == ".json"  # libraries choose the format by it
        assert not target.exists()
    assert target.read_text() == "new"
    assert names(target.parent) == ["table.json"]


def test_an_error_keeps_the_old_file_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "x.npy"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(target, lambda temporary: temporary.write_text("half"))
    assert target.read_text() == "old"
    assert names(tmp_path) == ["x.npy"]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "model1"
    (target / "0").mkdir(parents=True)
    (target / "0/left over").write_text("old")
    with files.replacing(target) as temporary:
        (temporary / "1").mkdir(parents=True)
        (temporary / "1/new").write_text("new")
    assert names(tmp_path) == ["model1"]
    assert names(target) == ["1"]


def test_an_error_keeps_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "model1"
    target.mkdir()
    (target / "old").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(target, lambda temporary: (temporary / "half").mkdir(parents=True))
    assert names(tmp_path) == ["model1"]
    assert names(target) == ["old"]


def test_a_file_takes_a_folders_place_and_the_other_way_round(tmp_path: Path) -> None:
    target = tmp_path / "x"
    for write in (Path.mkdir, lambda p: p.write_text("file"), Path.mkdir):
        with files.replacing(target) as temporary:
            write(temporary)
    assert target.is_dir()


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    """DVC can link outs into its cache: writing through the link would spoil the cache."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/precious").write_text("old")
    for kind in ("precious", "."):
        target = tmp_path / f"out{kind}"
        target.symlink_to(tmp_path / "cache" / kind)
        with files.replacing(target) as temporary:
            temporary.write_text("new")
        assert not target.is_symlink()
        assert target.read_text() == "new"
    assert (tmp_path / "cache/precious").read_text() == "old"


def test_rubbish_of_a_killed_run_is_no_obstacle(tmp_path: Path) -> None:
    target = tmp_path / "x"
    with files.replacing(target) as temporary:
        temporary.mkdir()
    (temporary / "rubbish").mkdir(parents=True)  # the same process number again
    with files.replacing(target) as temporary:
        temporary.mkdir()
    assert names(target) == []
    assert names(tmp_path) == ["x"]


def test_json_reads_well_and_is_the_same_each_time(tmp_path: Path) -> None:
    value = {"b": [1, 2.5, None, True], "a": {"é": "(0, .5)"}}
    path = tmp_path / "new folder/x.json"
    files.write_json(path, value)
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert "é" in text
    assert text.index('"b"') < text.index('"a"')  # the order of the code that wrote it
    assert files.read_json(path) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_json_has_no_nan_and_the_old_file_stays(number: float, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    files.write_json(path, [1])
    with pytest.raises(ValueError, match="JSON"):
        files.write_json(path, {"loss": number})
    assert files.read_json(path) == [1]
    assert names(tmp_path) == ["x.json"]


def test_sha256(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    (tmp_path / "x").write_bytes(content)
    assert files.sha256(tmp_path / "x") == hashlib.sha256(content).hexdigest()


def test_remove_takes_anything(tmp_path: Path) -> None:
    (tmp_path / "folder/inner").mkdir(parents=True)
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    for name in ("link", "file", "absent"):
        files.remove(tmp_path / name)
    assert names(tmp_path) == ["folder"]  # the link's target stays
    files.remove(tmp_path / "folder")
    assert names(tmp_path) == []
