"""The whole graph at scale smoke in a clone: how it is run, and what DVC then says of it."""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.clone import call, dvc


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


def run(folder: Path, **environ: str) -> str:
    """The whole graph as `make repro` runs it, two stages at a time; what it said."""
    return call(folder, sys.executable, "-m", "pipeline.shell.jobs", "--jobs", "2", **environ)
