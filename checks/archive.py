"""`make archive NAME=...`: keep the results of a run that is not the committed one, small enough for Git.

results/NAME/run holds what a reader needs to trust it: the pages, the pictures that they show as WebP, the film, the
numbers, the settings, all hashes, and the seconds of its trainings. The same pages read from disk and from
a web server. A picture that another archive has already, such as a sheet of the same data, is not kept again: the pages
refer to that one.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from PIL import Image

from pipeline.core import files
from pipeline.report.html import REPORTS
from pipeline.sgn.pages.items import EXPLORER

RESULTS = Path("results")
TIMES = Path("scratch/times")
BESIDE = (REPORTS / "metrics", Path("params.yaml"), Path("dvc.lock"))
WIDTH, QUALITY = 1000, 50  # of a WebP: pixels at most, as wide as a page shows it
# The explorer's pictures are too large for Git; those of the data's page are the data's own, which may not travel.
NOT_KEPT = (EXPLORER, "data.html")
LARGEST = 3 * 2**20  # bytes of an archive


def main(name: str) -> None:
    """Write results/NAME/run, whole or not at all; ValueError if something is missing or it is too large for Git."""
    place = place_of(name, "archive")
    pages = [path for path in sorted(REPORTS.glob("*.html")) if path.name not in NOT_KEPT and not _of_another(path)]
    if not pages:
        raise ValueError(f"{REPORTS} has no page: run `dvc repro` first")
    kept_before = {
        path.read_bytes(): path
        for path in sorted(RESULTS.glob("*/run/figures/**/*.*"))
        if path.is_file() and not path.is_relative_to(place)
    }
    with writing(place) as folder:
        moved = {}
        for address in sorted({address for page in pages for address in _beside(page)}):
            kept = _keep(REPORTS / address, folder / address)
            before = kept_before.get(kept.read_bytes())
            if before is not None:
                kept.unlink()
                moved[address] = os.path.relpath(before, place)
            elif kept != folder / address:
                moved[address] = kept.relative_to(folder).as_posix()
        for page in pages:
            text = _ADDRESS.sub(lambda match: _at(match, moved), page.read_text(encoding="utf-8"))
            text = _LINK.sub(lambda link: link[0] if REPORTS / link[1] in pages else link[2], text)
            (folder / page.name).write_text(text, encoding="utf-8")


def _of_another(page: Path) -> bool:
    """Whether this is the page of another paper, which has a graph of its own."""
    return (Path("stages") / page.stem / "dvc.yaml").is_file()


def place_of(name: str, command: str) -> Path:
    """results/NAME/run; ValueError, with make's command, for what is no name for a folder."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise ValueError(f"say which, a name for a folder: make {command} NAME=..., not {name!r}")
    return RESULTS / name / "run"


@contextmanager
def writing(place: Path) -> Iterator[Path]:
    """A folder that becomes `place`, whole or not at all; it has the run's numbers, settings, hashes and times already.

    ValueError if in the end it is too large for Git.
    """
    with files.replacing(place) as folder:
        folder.mkdir(parents=True)
        for path in BESIDE:
            (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / path.name)
        for path in sorted((folder / "metrics").rglob("*.json")):  # half the bytes without the blanks
            path.write_text(json.dumps(json.loads(path.read_text("utf-8")), separators=(",", ":")), "utf-8")
        if TIMES.is_dir():
            shutil.copytree(TIMES, folder / "times")
        yield folder
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if size > LARGEST:
            raise ValueError(f"{place} would have {size / 2**20:.1f} MiB, more than {LARGEST >> 20}: too large for Git")
    print(f"{place}: {size / 2**20:.1f} MiB; write down in {place.parent / 'README.md'} what it is")


def webp(source: Path, target: Path) -> Path:
    """A picture as an archive has it, a fifth as large: beside `target`, as .webp; its path."""
    place = target.with_suffix(".webp")
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    if picture.width > WIDTH:
        picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    picture.save(place, "WEBP", quality=QUALITY, method=6)
    return place


# What a page shows or links to, beside other pages and places in them.
_ADDRESS = re.compile(r'(?<=\s)(src|href)="([^"#:]+\.(?!html")\w+)"')
# A link to a page, which may not be kept.
_LINK = re.compile(r'<a (?:class="\w+" )?href="([^"#:]+\.html)(?:#[^"]*)?">(.*?)</a>')


def _beside(page: Path) -> list[str]:
    """The files of a page, as paths from its folder."""
    return [unquote(address) for _, address in _ADDRESS.findall(page.read_text(encoding="utf-8"))]


def _at(match: re.Match[str], moved: dict[str, str]) -> str:
    return f'{match[1]}="{quote(moved.get(unquote(match[2]), unquote(match[2])))}"'


def _keep(source: Path, target: Path) -> Path:
    """Copy a file that a page names, a PNG as WebP; where it is."""
    if not source.is_file():
        raise ValueError(f"{source} is missing, and a page refers to it: run `dvc repro`")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".png":
        return webp(source, target)
    shutil.copy(source, target)
    return target


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2] or [""])
    except (ValueError, OSError) as error:
        raise SystemExit(f"error: {error}") from None
