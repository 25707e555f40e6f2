"""Checkpoints of one training: each a file that is whole, knows what it belongs to, and is checked before it is used.

A file is the SHA-256 of the rest and what `torch.save` writes. It is written beside its place, synced to the disk and
renamed; the two newest stay, so that one that the disk has damaged is not the end of a training.
"""

import hashlib
import io
import os
import pickle
import time
from pathlib import Path
from typing import Any

import torch

from pipeline.core import files

_DIGEST = 32  # bytes of SHA-256


class Checkpoints:
    """The checkpoints in one scratch folder."""

    def __init__(self, folder: Path, identity: str, seconds: float) -> None:
        """`identity` is the hash of everything that decides the training; `seconds` lie between two checkpoints."""
        self.folder, self.identity, self.seconds = folder, identity, seconds
        self._written = time.monotonic()

    def due(self) -> bool:
        """Whether it is time for the next one."""
        return time.monotonic() - self._written >= self.seconds

    def write(self, step: int, state: dict[str, Any]) -> Path:
        """Write the state after so many steps; the two newest stay. OSError if the disk is full."""
        stream = io.BytesIO()
        torch.save({"identity": self.identity, "step": step, "state": state}, stream)
        data = stream.getbuffer()
        path = self.folder / f"step-{step:09d}.pt"
        with files.replacing(path) as temporary, temporary.open("wb") as file:
            file.write(hashlib.sha256(data).digest())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the rename must not reach the disk before the data
        _sync(self.folder)
        for old in self._all()[2:]:
            old.unlink()
        self._written = time.monotonic()
        return path

    def newest(self, device: torch.device) -> tuple[int, dict[str, Any]] | None:
        """The newest whole checkpoint of this training, as its step and state; None if there is none."""
        for path in self._all():
            try:
                return self._read(path, device)
            except ValueError as error:
                print(f"{path} is not used: {error}", flush=True)
        return None

    def newest_name(self) -> str:
        """For a message: where the newest lies."""
        paths = self._all()
        return f"the last checkpoint is {paths[0]}" if paths else "there is no checkpoint yet"

    def _read(self, path: Path, device: torch.device) -> tuple[int, dict[str, Any]]:
        data = memoryview(path.read_bytes())
        if bytes(data[:_DIGEST]) != hashlib.sha256(data[_DIGEST:]).digest():
            raise ValueError("it is damaged")
        try:
            held: dict[str, Any] = torch.load(io.BytesIO(data[_DIGEST:]), map_location=device, weights_only=True)
        except pickle.UnpicklingError:
            raise ValueError("it holds more than numbers and texts") from None
        if held["identity"] != self.identity:
            raise ValueError("it belongs to other parameters, data or code")
        return int(held["step"]), held["state"]

    def _all(self) -> list[Path]:
        """Newest first."""
        return sorted(self.folder.glob("step-*.pt"), reverse=True)


def _sync(folder: Path) -> None:
    """Bring a rename in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
