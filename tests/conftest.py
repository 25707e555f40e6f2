"""What all tests share: one thread each, the same random numbers every time, random weights in VGG16's shape."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the stages that tests start as processes of their own

import pytest
import torch
from torch import Tensor
from xdist.scheduler import LoadScopeScheduling

from tests.clone import call, contents

VGG16_CONVOLUTIONS = {0: (64, 3), 2: (64, 64), 5: (128, 64), 7: (128, 128)}
VGG16_CONVOLUTIONS |= {10: (256, 128), 12: (256, 256), 14: (256, 256), 17: (512, 256), 19: (512, 512), 21: (512, 512)}


# Files whose tests share a clone of the whole graph (tests/whole/conftest.py), in an order: the last leave their marks.
SHARE_A_CLONE = ("test_pipeline.py", "test_second_paper.py", "test_extend.py", "test_commands_run.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests that share a clone come first, in their order."""
    order = {name: number for number, name in enumerate(SHARE_A_CLONE)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types of its own
    """A file's tests run in one process, and so do those that share a clone.

    xdist's own groups (`loadgroup`) do nothing with pytest 9.2, which no longer lets a test's name be changed.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return "clone" if Path(file).name in SHARE_A_CLONE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A repository that Git's variables name all the while, as in a hook: no test may write there."""
    folder: Path = tmp_path_factory.mktemp("canary")
    (folder / "file").write_text("the user's")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "first")):
        call(folder, "git", *arguments)
    before = contents(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_DIR", str(folder / ".git"))
        patch.setenv("GIT_WORK_TREE", str(folder))
        patch.setenv("GIT_INDEX_FILE", str(folder / ".git/index"))
        yield
    assert contents(folder) == before


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def repeatable() -> Iterator[None]:
    """Each test starts from the same seed, and none leaves PyTorch's global switches changed."""
    torch.manual_seed(0)
    before = torch.are_deterministic_algorithms_enabled()
    yield
    torch.set_num_threads(1)
    if torch.are_deterministic_algorithms_enabled() != before:  # to set it takes seconds the first time
        torch.use_deterministic_algorithms(before)


@pytest.fixture(scope="session")
def vgg_weights() -> dict[str, Tensor]:
    """Random weights by torchvision's names for conv1_1 to conv4_3, scaled so that features keep their size."""
    random = torch.Generator().manual_seed(16)
    weights = {}
    for index, (out, into) in VGG16_CONVOLUTIONS.items():
        scale = (2 / (9 * into)) ** 0.5
        weights[f"features.{index}.weight"] = scale * torch.randn(out, into, 3, 3, generator=random)
        weights[f"features.{index}.bias"] = 0.1 * torch.randn(out, generator=random)
    return weights
