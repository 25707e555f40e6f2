"""The clone of the whole graph, which several files' tests share (tests/conftest.py keeps these in one process)."""

from pathlib import Path

import pytest

from tests.clone import CHECKOUT, make
from tests.whole import smoke


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the working tree, at scale smoke, after its first run; its path has a space in it.

    What each stage read is recorded in the folder `trace` beside it (tests/tracing).
    """
    folder = tmp_path_factory.mktemp("clone") / "my clone"
    make(folder)
    trace = folder.parent / "trace"
    trace.mkdir()
    smoke.run(folder, PYTHONPATH=str(CHECKOUT / "tests" / "tracing"), SGN_TRACE=str(trace))
    return folder
