"""Random faults against the downloader: what each trial ends in, and the table of all."""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.images import scenes
from pipeline.images.cyclegan.download import DownloadError, Patience, Published, fetch
from tests.images.faulty_server import KINDS, Script, serving

# Waits of 0: the rounds over the mirrors follow at once. A stall lasts longer than the time-out.
HURRIED = Patience(timeout=0.25, window=0.1, least=1_000, waits=(0.0,))
PATIENT = Patience(timeout=20.0, waits=(0.0,))
STALL = 0.4

# What the first call meets: the fault at one request; at every request; at every request to the first of two mirrors.
SCENES = ("once", "always", "first of two mirrors")
# These faults show only in an answer to a range request, so a break comes before them.
OF_RANGES = (
    "ignores Range",
    "ignores Range and breaks off",
    "Content-Range of another start",
    "Content-Range of another total",
    "range with other bytes",
    "range shorter than asked",
    "refuses ranges (HTTP 416)",
)
LOCAL = ("part damaged on disk", "part too long", "note beside the part damaged", "file damaged in the cache")
RIGHT, ERROR_THEN_RIGHT = "right at once", "clear error, right at the second call"


@dataclass
class Row:
    """One kind of fault: how often it was tried and served, and how the tries ended."""

    tries: int = 0
    served: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


def picture_zip(
    generator: np.random.Generator, pictures: int = 3, dataset: str = "set", photos: np.random.Generator | None = None
) -> bytes:
    """A zip in CycleGAN's layout with `pictures` small rendered scenes per folder, prints in A and photos in B.

    `generator` chooses the scenes; those of side B are chosen by `photos` if that is given.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for folder in ("trainA", "trainB", "testA", "testB"):
            for index in range(pictures):
                own = photos if photos is not None and folder.endswith("B") else generator
                domain = "photo" if folder.endswith("B") else "ukiyoe"
                encoded = io.BytesIO()
                scenes.render(domain, "train", int(own.integers(10_000)), size=16, seed=0).save(encoded, "PNG")
                archive.writestr(f"{dataset}/{folder}/{index}.png", encoded.getvalue())
    return stream.getvalue()


def published(content: bytes, *mirrors: str) -> Published:
    return Published(mirrors, len(content), hashlib.sha256(content).hexdigest(), content[:4])


def trial(kind: str, scene: str, content: bytes, generator: np.random.Generator, folder: Path) -> tuple[str, int]:
    """One fault of the server; returns the outcome and how often the fault was served. Fails if it ends otherwise."""
    before: list[str | None] = ["breaks off"] if kind in OF_RANGES or generator.random() < 0.5 else []
    script = Script(content, generator, pause=STALL)
    target = folder / "file.zip"
    with serving(script) as server:
        wanted = published(content, f"{server}/file.zip")
        if scene == "once":
            script.plan = [*before, kind]
        else:
            script.plan, script.always = before, kind
        if scene == "first of two mirrors":
            wanted = published(content, f"{server}/file.zip", f"{server}/good/file.zip")
        outcome = RIGHT
        try:
            fetch(target, wanted, HURRIED)
        except DownloadError as error:
            outcome = ERROR_THEN_RIGHT
            check_clear(error, target, wanted)
            assert not target.exists(), "a file of that name is there after an error"
            script.plan, script.always = [], None
            fetch(target, wanted, PATIENT)
        assert target.read_bytes() == content, "a corrupt file was given out"
        if scene == "first of two mirrors":
            assert outcome == RIGHT, "the second mirror was not used"
    return outcome, script.faults.count(kind)


def local_trial(kind: str, content: bytes, generator: np.random.Generator, folder: Path) -> str:
    """One fault of the disk between two calls."""
    script = Script(content, generator, plan=["breaks off"])
    target = folder / "file.zip"
    with serving(script) as server:
        wanted = published(content, f"{server}/file.zip")
        try:
            fetch(target, wanted, Patience(waits=()))  # breaks off, goes on at once
        except DownloadError as error:
            check_clear(error, target, wanted)
        part = target.with_name(f"file.zip.{wanted.sha256[:12]}.part")
        target.unlink(missing_ok=True)
        cut = int(generator.integers(1, len(content)))
        damaged = bytes(byte ^ 0xFF for byte in content[:cut])
        if kind == "file damaged in the cache":
            target.write_bytes(damaged + content[cut:])
        elif kind == "part damaged on disk":
            part.write_bytes(damaged)
        elif kind == "part too long":
            part.write_bytes(content + damaged)
        else:
            part.write_bytes(content[:cut])
            part.with_name(part.name + ".json").write_bytes(b'{"mirror": \xff')
        fetch(target, wanted, Patience(waits=(0.0,)))
        assert target.read_bytes() == content, "a corrupt file was given out"
    return RIGHT


def check_clear(error: DownloadError, target: Path, wanted: Published) -> None:
    """An error says on one line what failed where, what each mirror answered and what the user can do."""
    sentence = str(error)
    assert "\n" not in sentence
    for part in (target.name, str(target), wanted.sha256, "again", "docs/data.md", *wanted.mirrors):
        assert part in sentence, f"the error does not say '{part}': {sentence}"
    assert "was not asked" not in sentence


def all_trials(seed: int, repeats: int, folder: Path) -> Iterator[tuple[str, str, int]]:
    """Every kind in every scene, `repeats` times: (kind, outcome, faults served)."""
    generator = np.random.default_rng(seed)
    for repeat in range(repeats):
        content = picture_zip(generator)
        for kind in KINDS:
            for scene in SCENES:
                own = folder / f"{repeat} {kind} {scene}".replace("/", " ")
                yield kind, *trial(kind, scene, content, generator, own)
        for kind in LOCAL:
            own = folder / f"{repeat} {kind}"
            yield kind, local_trial(kind, content, generator, own), 1


def tabulate(trials: Iterator[tuple[str, str, int]]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for kind, outcome, served in trials:
        row = rows.setdefault(kind, Row())
        row.tries += 1
        row.served += served
        row.outcomes[outcome] += 1
    return rows


def markdown(rows: dict[str, Row]) -> str:
    """The fault table for the documentation."""
    lines = [f"| fault | tries | faults | {RIGHT} | {ERROR_THEN_RIGHT} |", "|---|---:|---:|---:|---:|"]
    total = Row()
    for kind, row in rows.items():
        lines.append(_line(kind, row))
        total.tries += row.tries
        total.served += row.served
        total.outcomes += row.outcomes
    return "\n".join([*lines, _line("**all**", total)]) + "\n"


def _line(kind: str, row: Row) -> str:
    return f"| {kind} | {row.tries} | {row.served} | {row.outcomes[RIGHT]} | {row.outcomes[ERROR_THEN_RIGHT]} |"
