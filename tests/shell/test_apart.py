"""No stage removes a file of the user's: wherever the user's files and the outputs of all papers' stages meet."""

import os
import shutil
from pathlib import Path
from typing import Any

import networkx
import pytest
import yaml
from dvc.repo import Repo
from dvc.stage import Stage
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.shell import apart
from tests.clone import CHECKOUT, call, change, contents, dvc

# Where pictures lie in a user's folder, with what params.yaml then says.
SETS = {
    ".": {},
    "vangogh2photo/trainB": {},
    "a/b/testA": {"domains": {"x": {"dataset": "a/b"}}},
    "style-images": {},
    "style-images/c": {"styles": {"y": {"file": "c/a.jpg"}}},
}


@pytest.fixture(scope="module")
def folders() -> dict[str, Stage]:
    """The folders that stages of all papers make, with their stages; a folder's name has no extension."""
    with Repo(str(CHECKOUT)) as repo:
        outs = [(out.fs_path, stage) for stage in repo.index.stages for out in stage.outs]
        return {os.path.relpath(path, CHECKOUT): stage for path, stage in outs if not Path(path).suffix}


def checkout(folder: Path, **values: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    return folder / "params.yaml"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(0, 10_000),
    below=st.sampled_from([".", "mine", "a b/ü"]),
    name=st.sampled_from(["data_root", "pictures", "attributes"]),
    linked=st.sampled_from(["not", "root", "folder", "file"]),
    inside=st.sampled_from(sorted(SETS)),
    relative=st.booleans(),
)
def test_files_in_any_output_are_refused_however_they_are_reached(
    number: int,
    below: str,
    name: str,
    linked: str,
    inside: str,
    relative: bool,
    folders: dict[str, Stage],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = sorted(folders)[number % len(folders)]
    base = tmp_path_factory.mktemp("apart")
    folder, root = base / "checkout", base / "checkout" / place / below
    mine = root / inside
    mine.mkdir(parents=True)
    (mine / "a.jpg").touch()
    given_root = root
    if linked == "root":
        given_root = base / "link"
        given_root.symlink_to(root)
    elif linked in ("folder", "file"):
        given_root = base / "pictures"
        (given_root / inside).parent.mkdir(parents=True, exist_ok=True)
        if linked == "folder":
            (given_root / inside).symlink_to(mine) if inside != "." else given_root.symlink_to(mine)
        else:
            (given_root / inside).mkdir(parents=True, exist_ok=True)
            (given_root / inside / "a.jpg").symlink_to(mine / "a.jpg")
    (given_root / "itself").symlink_to("itself")
    path = os.path.relpath(given_root, folder) if relative else str(given_root)
    assume(not (name == "data_root" and linked == "file" and inside == "."))  # it is in no set
    if name == "data_root":
        written = checkout(folder, data="folder", data_root=path, **SETS[inside])
    else:
        written = checkout(folder, data="scenes", **SETS[inside], sdit={"faces": {"mine": {name: path}}})
    before = contents(base)
    with pytest.raises(apart.NotApartError, match="where stages write"):
        apart.check_settings(written, (folder, folder))
    assert contents(base) == before


@pytest.mark.parametrize(
    "root", ["pictures", "../pictures", "~/pictures", "~nosuchuser/x", "nowhere", "a\0b", "datasets"]
)
def test_files_elsewhere_are_taken(root: str, tmp_path: Path) -> None:
    (tmp_path / "checkout/pictures/a/trainA").mkdir(parents=True)
    (tmp_path / "checkout/pictures/a/trainA/itself").symlink_to("itself")
    (tmp_path / "checkout/pictures/latest").symlink_to(tmp_path / "checkout/reports")
    written = checkout(tmp_path / "checkout", data="folder", data_root=root)
    apart.check_settings(written, (written.parent, written.parent))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "data: folder\ndata_root: 3",
        "data_root: models",
        "a: &a [*a]",
        "[{data: folder, data_root: models}]",
        "{",
        "data: !!python/none 1",
    ],
)
def test_settings_without_a_folder_of_the_users_are_others_to_complain_of(text: str, tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(text)
    apart.check_settings(tmp_path / "params.yaml", (tmp_path, tmp_path))
    apart.check_settings(tmp_path / "missing.yaml", (tmp_path, tmp_path))


def test_a_file_in_the_checkout_where_the_command_was_typed_is_refused_by_a_copy_of_it(tmp_path: Path) -> None:
    (tmp_path / "typed/models/model1").mkdir(parents=True)
    written = checkout(tmp_path / "copy", data="folder", data_root="models/model1")
    with pytest.raises(apart.NotApartError):
        apart.check_settings(written, (tmp_path / "copy", tmp_path / "typed"))


def test_dvc_leaves_a_folder_to_its_stage_or_makes_it_after_the_check(folders: dict[str, Stage]) -> None:
    """What is not `persist` is a training's, which DVC removes: all that it waits for has said no before."""
    for place, stage in folders.items():
        out = next(out for out in stage.outs if out.fs_path == str(CHECKOUT / place))
        if not out.persist:
            waits = networkx.descendants(stage.repo.index.graph, stage)
            assert "train@" in stage.addressing, place
            assert "data/dvc.yaml:source" in {before.addressing for before in waits}, place


# A folder, what its stage needs to be started, and how DVC is asked.
SDIT = "stages/sdit/dvc.yaml"
ASKED = [
    (
        "reports/figures/toy/mine",
        ("models/toy.npz", "data/measured/toy.json"),
        [["-s", "toy_figures"], ["toy_figures"]],
    ),
    ("models/sdit/beta/mine", (), [[f"{SDIT}:train@beta"], ["-P"], ["-k", "toy_figures", f"{SDIT}:train@beta"]]),
    ("reports/sdit/figures", ("data/sdit/translations/a", "reports/sdit/metrics/runs/a"), [["-s", f"{SDIT}:figures"]]),
]


@pytest.mark.parametrize(("place", "needed", "commands"), ASKED)
def test_with_dvc_nothing_is_lost(place: str, needed: tuple[str, ...], commands: list[list[str]], bare: Path) -> None:
    for name in needed:
        (bare / name).parent.mkdir(parents=True)
        (bare / name).touch()
    mine = bare / place
    mine.mkdir(parents=True)
    (mine / "a.jpg").write_text("a picture")
    for old, new in (("data: scenes", "data: folder"), ("data_root:", f"data_root: {place}")):
        change(bare, f"\n{old} ", f"\n{new} ")
    for command in commands:
        said = dvc(bare, "repro", *command, check=False)
        assert "where stages write" in said, said
        assert (mine / "a.jpg").read_text() == "a picture"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The checkout's graph, code and settings at scale smoke, in Git, without results."""
    folder = tmp_path / "checkout"
    for name in ("pipeline", "stages", "notebooks", "data/sources"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.lock"))
    for name in ("dvc.yaml", "data/dvc.yaml", "params.yaml", ".dvcignore", ".gitignore"):
        shutil.copy(CHECKOUT / name, folder / name)
    shutil.copytree(CHECKOUT / ".dvc", folder / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp"))
    change(folder, "scale: small", "scale: smoke")
    call(folder, "git", "init", "-q")
    return folder
