"""Resume state of trainings: a folder under the user's repository that belongs to one exact computation.

Its name is the hash of everything that decides the result (parameters, input files, code), so that a training never
continues another's checkpoint. DVC and Git ignore it; `make clean-scratch` empties it.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from pipeline import command, files


def folder(stage: str, values: dict[str, Any], inputs: list[Path]) -> Path:
    """The scratch folder of a computation: scratch/STAGE-HASH under the repository where the user typed the command.

    `values` are the resolved parameters (JSON); `inputs` are read and hashed, and so is every module of ours that is
    imported at this moment.
    """
    described = {
        "values": values,
        "inputs": [files.sha256(path) for path in inputs],
        "code": {name: files.sha256(path) for name, path in own_modules().items()},
    }
    text = json.dumps(described, sort_keys=True, allow_nan=False)
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    return command.invocation_root() / "scratch" / f"{stage}-{name}"


def own_modules() -> dict[str, Path]:
    """The imported modules of this checkout, by their path in it."""
    checkout = Path(__file__).resolve().parent.parent
    found = {}
    for name, module in list(sys.modules.items()):
        origin = getattr(module, "__file__", None)
        ours = name.split(".")[0] in ("pipeline", "stages", "__main__")
        if ours and origin and Path(origin).resolve().is_relative_to(checkout):
            path = Path(origin).resolve()
            relative = path.relative_to(checkout)
            if relative.parts[0] in ("pipeline", "stages"):
                found[relative.as_posix()] = path
    return dict(sorted(found.items()))
