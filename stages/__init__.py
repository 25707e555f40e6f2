"""What DVC runs: `python -m stages.NAME [KEY]`. One short file for each kind of stage."""

import importlib.util
import os
import sys
from pathlib import Path

from pipeline.shell import stopping


def _go_on_in_the_environment() -> None:
    """Where DVC was called by its path, .venv/bin/dvc, its `python` is the system's: let the checkout's take over."""
    if importlib.util.find_spec("torch") is not None:
        return
    for checkout in (Path.cwd(), Path(os.environ.get("DVC_ROOT") or ".")):  # an experiment's copy has no environment
        python = checkout.absolute() / ".venv/bin/python"
        if python.exists() and python.parent.parent != Path(sys.prefix):
            os.execv(python, [str(python), *sys.orig_argv[1:]])
    print(f"error: {sys.executable} has no PyTorch: activate the environment, . .venv/bin/activate", file=sys.stderr)
    raise SystemExit(1)


if sys.argv[0] == "-m":  # so it is while `python -m` looks for the stage, whose imports can take seconds
    _go_on_in_the_environment()
    stopping.begin()
