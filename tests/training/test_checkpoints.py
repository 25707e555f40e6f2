"""Checkpoints: whole or absent, two of them, never another training's."""

import hashlib
import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from pipeline.training.checkpoints import Checkpoints

CPU = torch.device("cpu")


def state(value: float) -> dict[str, Any]:
    return {"generator": {"weight": torch.full((3, 2), value)}, "optimizers": [{"rate": value}]}


def value(checkpoints: Checkpoints) -> tuple[int, float] | None:
    found = checkpoints.newest(CPU)
    return found and (found[0], found[1]["generator"]["weight"][0, 0].item())


@pytest.fixture
def mine(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path, "a" * 64, seconds=60)


def test_the_newest_comes_back(mine: Checkpoints) -> None:
    assert value(mine) is None
    for step in (9, 10, 1000):
        mine.write(step, state(step))
        assert value(mine) == (step, step)


def test_two_stay_and_nothing_else(mine: Checkpoints, tmp_path: Path) -> None:
    for step in (5, 7, 11, 12):
        mine.write(step, state(0))
    assert sorted(os.listdir(tmp_path)) == ["step-000000011.pt", "step-000000012.pt"]


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text"])
def test_a_damaged_one_falls_back_to_the_one_before(mine: Checkpoints, damage: str, capsys: Any) -> None:
    mine.write(1, state(1))
    path = mine.write(2, state(2))
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
    path.write_bytes({"cut": data[:-1], "flip": data, "empty": b"", "text": b"no checkpoint"}[damage])
    assert value(mine) == (1, 1.0)
    assert f"{path} is not used: it is damaged" in capsys.readouterr().out


def test_every_single_bit_counts(mine: Checkpoints) -> None:
    path = mine.write(1, state(1))
    whole = path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 200)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        assert value(mine) is None


def test_the_file_itself_says_what_it_belongs_to(mine: Checkpoints, tmp_path: Path, capsys: Any) -> None:
    mine.write(3, state(3))
    other = Checkpoints(tmp_path, "a" * 63 + "b", seconds=60)  # as if somebody had renamed the folder
    assert value(other) is None
    assert "belongs to other parameters, data or code" in capsys.readouterr().out
    assert value(mine) == (3, 3.0)


def test_the_data_is_on_the_disk_before_it_gets_its_name(mine: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.write(1, state(1))
    done: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("sync"), fsync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("rename"), replace(a, b))[1])
    mine.write(2, state(2))
    assert done == ["sync", "rename", "sync"]


def test_an_error_while_writing_keeps_the_ones_before(mine: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.write(1, state(1))
    mine.write(2, state(2))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        mine.write(3, state(3))
    monkeypatch.undo()
    assert value(mine) == (2, 2.0)
    assert sorted(os.listdir(mine.folder)) == ["step-000000001.pt", "step-000000002.pt"]


def test_it_is_due_after_so_many_seconds(mine: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 59.0)
    assert not mine.due()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61.0)
    assert mine.due()
    mine.write(1, state(1))
    assert not mine.due()


class Evil:
    """A pickle that makes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_no_code_is_unpickled(mine: Checkpoints, tmp_path: Path, capsys: Any) -> None:
    stream = io.BytesIO()
    torch.save({"identity": mine.identity, "step": 1, "state": Evil(tmp_path / "touched")}, stream)
    data = stream.getvalue()
    (tmp_path / "step-000000001.pt").write_bytes(hashlib.sha256(data).digest() + data)
    assert value(mine) is None
    assert "is not used: it holds more than numbers and texts" in capsys.readouterr().out
    assert not (tmp_path / "touched").exists()
