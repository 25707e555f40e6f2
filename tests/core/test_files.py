"""Files and folders that are whole or absent."""

import errno
import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.core import files
from tests.clone import CHECKOUT


def interrupted(target: Path, write: Callable[[Path], object]) -> None:
    with files.replacing(target) as temporary:
        write(temporary)
        raise KeyboardInterrupt


def replace(target: Path, write: Callable[[Path], object]) -> None:
    with files.replacing(target) as temporary:
        write(temporary)


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


def kill(target: Path, *steps: str) -> None:
    """Replace `target`, a folder, in a process that is killed in the middle; the steps are Python's."""
    code = ["import os, signal, pathlib", "from pipeline.core import files", f"target = pathlib.Path({str(target)!r})"]
    code += ["def die(*_): os.kill(os.getpid(), signal.SIGKILL)", *steps]
    code += ["with files.replacing(target) as t: t.mkdir(); (t / 'new').touch(); inside()"]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    assert subprocess.run([sys.executable, "-c", "\n".join(code)], env=environment).returncode == -9


KILLS = {
    "while it is written": ("inside = die",),
    "before the old one moves": ("inside = lambda: setattr(os, 'replace', die)",),
    "between the two renames": (
        "replace = os.replace",
        "def once(a, b): replace(a, b); die()",
        "inside = lambda: setattr(os, 'replace', once)",
    ),
    "before the old one is removed": ("inside = lambda: setattr(files.shutil, 'rmtree', die)",),
}


@pytest.mark.parametrize("moment", KILLS)
def test_a_kill_leaves_the_old_or_the_new_folder_and_the_next_call_tidies_up(moment: str, tmp_path: Path) -> None:
    target = tmp_path / "model1"
    target.mkdir()
    (target / "old").touch()
    kill(target, *KILLS[moment])
    left = names(tmp_path)
    assert len(left) >= 2  # something to tidy up
    whole = names(target) if target.exists() else names(next(p for p in tmp_path.iterdir() if ".old" in p.name))
    assert whole in (["old"], ["new"])
    with pytest.raises(KeyboardInterrupt):
        interrupted(target, lambda temporary: temporary.mkdir())
    assert names(tmp_path) == ["model1"]
    assert names(target) == whole


def test_what_a_living_process_or_another_machine_writes_is_left_alone(tmp_path: Path) -> None:
    host = os.uname().nodename
    (tmp_path / f".x.{host}-{os.getppid()}.tmp.json").touch()
    (tmp_path / ".x.elsewhere-1.tmp.json").touch()
    (tmp_path / f".y.{host}-999999999.tmp.json").touch()
    (tmp_path / f".x.{host}-999999999.tmp.npz").touch()
    (tmp_path / f".x.{host}-999999999.tmp.json").touch()
    before = names(tmp_path)
    files.write_json(tmp_path / "x.json", {})
    assert names(tmp_path) == sorted({*before, "x.json"} - {f".x.{host}-999999999.tmp.json"})


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_names_the_file_and_leaves_the_old_one(number: int, tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    files.write_json(target, "old")

    def write(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(number, os.strerror(number))

    with pytest.raises(OSError, match=r"x\.json") as raised:
        replace(target, write)
    assert raised.value.filename == str(target)
    assert names(tmp_path) == ["x.json"]
    assert files.read_json(target) == "old"


def test_an_error_inside_a_folder_names_the_file_at_its_final_place(tmp_path: Path) -> None:
    target = tmp_path / "photo"

    def write(folder: Path) -> None:
        folder.mkdir()
        replace(folder / "train.npy", fail)

    def fail(_: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="train") as raised:
        replace(target, write)
    assert raised.value.filename == str(target / "train.npy")
    assert names(tmp_path) == []


def test_an_error_about_something_else_keeps_its_words(tmp_path: Path) -> None:
    for error in (OSError("a sentence of ours"), ConnectionResetError(errno.ECONNRESET, "reset"), ValueError("no")):
        with pytest.raises(type(error)) as raised, files.replacing(tmp_path / "x"):
            raise error
        assert getattr(raised.value, "filename", None) is None


def test_a_limit_that_the_system_sets_is_an_error_with_the_name(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        for write in (
            lambda: files.write_json(tmp_path / "x.json", list(range(1000))),
            lambda: files.write_arrays(tmp_path / "x.npz", {"a": np.zeros(1000)}),
        ):
            with pytest.raises(OSError, match=r"x\.(json|npz)"):
                write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert names(tmp_path) == []


def test_arrays_are_the_same_bytes_each_time_and_as_numpy_writes_them(tmp_path: Path) -> None:
    arrays = {"S": np.eye(3), "inputs": np.zeros((2, 8, 8, 3), np.uint8)}
    files.write_arrays(tmp_path / "a.npz", arrays)
    np.savez(tmp_path / "b.npz", S=arrays["S"], inputs=arrays["inputs"])
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
