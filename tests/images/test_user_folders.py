"""What users' folders and machines have brought up: homes, links, normal forms, odd names, a sealed /dev/shm."""

import multiprocessing
import os
import subprocess
import sys
import unicodedata
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.images import card, packing, source
from pipeline.images.folder import find_style, layout
from pipeline.images.source import Picture, StyleRequest
from pipeline.shell import caches, command
from tests.clone import CHECKOUT


def made(seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (24, 20, 3), dtype=np.uint8))


@pytest.mark.parametrize("path", ["~nosuchuser/pictures", "~nosuchuser"])
def test_a_home_that_is_not_there_is_a_sentence(path: str) -> None:
    for ask in (partial(source.resolve_root, path, Path("/")), partial(caches.folder, {"SGN_CACHE": path})):
        with pytest.raises(ValueError, match="there is no home for ~nosuchuser"):
            ask()


def test_a_home_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert command.expanded("~/pictures") == Path("/somewhere/pictures")
    assert caches.folder({}) == Path("/somewhere/.cache/sgn-reproduction")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_style_is_found_in_any_normal_form(form: str, tmp_path: Path) -> None:
    (tmp_path / layout.STYLE_FOLDER).mkdir()
    name = "Übermut é.png"
    made(0).save(tmp_path / layout.STYLE_FOLDER / unicodedata.normalize(form, name))
    for asked in ("NFC", "NFD"):
        found = find_style(StyleRequest("s", unicodedata.normalize(asked, name), 16, tmp_path, 0, 10**6))
        assert found.picture.load().size == (20, 24)


def test_a_style_that_links_to_itself_is_called_a_link(tmp_path: Path) -> None:
    (tmp_path / layout.STYLE_FOLDER).mkdir()
    (tmp_path / layout.STYLE_FOLDER / "a.png").symlink_to("a.png")
    with pytest.raises(ValueError, match=r"a\.png is a link that leads to no file"):
        find_style(StyleRequest("s", "a.png", 16, tmp_path, 0, 10**6))


def test_no_two_names_are_printed_alike(tmp_path: Path) -> None:
    names = [os.fsdecode(b"\xff.png"), r"\xff.png", r"\\xff.png", "ÿ.png"]
    assert len({layout.printable(name) for name in names}) == len(names)


def test_without_shared_memory_one_process_reads_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [Picture(f"{i:03d}.png", partial(made, i)) for i in range(40)]
    packed = packing.pack(pictures, 16, tmp_path / "a.npy", what="pictures")

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(multiprocessing.get_context("fork"), "Queue", refuse, raising=False)
    monkeypatch.setattr(packing, "ProcessPoolExecutor", refuse)
    again = packing.pack(pictures, 16, tmp_path / "b.npy", what="pictures")
    assert again == packed
    assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


@pytest.mark.parametrize(("train", "test"), [(1, 5), (5, 1)])
def test_fewer_than_two_pictures_are_refused_before_a_training(train: int, test: int, tmp_path: Path) -> None:
    packs = [
        packing.pack([Picture(f"{i}.png", partial(made, i)) for i in range(n)], 16, tmp_path / f"{n}.npy", what="p")
        for n in (train, test)
    ]
    with pytest.raises(ValueError, match="at least 2 are needed"):
        card.check_enough("photo", packs[0], packs[1])


def test_a_name_that_the_terminal_cannot_show_fails_no_stage() -> None:
    code = "from pipeline.shell import command\ndef main():\n    print('Ü\\udcff')\ncommand.run(main)\n"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout) == (0, "\\xdc\\udcff\n")
