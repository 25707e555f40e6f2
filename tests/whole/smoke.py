"""The whole graph at scale smoke in a clone: how it is run, and what DVC then says of it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from tests.clone import dvc, environment

SIDE_BY_SIDE = 2


def stages_of(text: str) -> set[str]:
    """The stages that a run, or a dry run, starts."""
    return set(re.findall(r"Running stage '([^']+)'", text))


def changed_stages(folder: Path, *targets: str) -> set[str]:
    """The stages of dvc.yaml, or of `targets`, that `dvc status` calls changed."""
    text = dvc(folder, "status", "--json", *(targets or ["dvc.yaml"]))
    found: dict[str, object] = json.JSONDecoder().raw_decode(text, text.index("{"))[0]
    return set(found)


def changed_with(folder: Path, files: Iterable[Path], line: str) -> set[str]:
    """The stages that change when a line is added to some files, which are then as before."""
    before = {path: path.read_bytes() for path in files}
    assert before
    try:
        for path, data in before.items():
            path.write_bytes(data + line.encode())
        return changed_stages(folder)
    finally:
        for path, data in before.items():
            path.write_bytes(data)


def run(folder: Path, **environ: str) -> None:
    """The whole graph: what takes long side by side, as `make repro` does it, and the rest by one `dvc repro`."""
    params = yaml.safe_load((folder / "params.yaml").read_text())
    runs = list(params["runs"])
    inputs = [f"images@{key}" for key in params["domains"]] + [f"styles@{key}" for key in params["styles"]]
    for stages in (
        [*inputs, "vgg16", "toy"],
        [f"train@{key}" for key in runs],
        [f"{stage}@{key}" for stage in ("evaluate", "samples") for key in runs],
        ["cost", "figure7", "contact_sheet", "toy_figures"],
    ):
        _side_by_side(folder, stages, environ)
    dvc(folder, "repro", **environ)


def _side_by_side(folder: Path, stages: list[str], environ: Mapping[str, str]) -> None:
    """Every second stage in a process of its own."""
    command = [sys.executable, "-m", "dvc", "--wait-for-lock", "repro", "--single-item"]
    running = [
        subprocess.Popen(
            [*command, *stages[start::SIDE_BY_SIDE]],
            cwd=folder,
            env=environment(**environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for start in range(SIDE_BY_SIDE)
    ]
    for process in running:
        said = process.communicate()[0]
        assert process.returncode == 0, said
