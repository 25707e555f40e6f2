"""Which input becomes which output: decided, and checked against what is there, before anything is computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.translate import animations, films, pictures
from pipeline.translate.s_from_text import S

MOVING = (*films.WRITTEN, *animations.WRITTEN)
INPUTS = sorted({*pictures.READ, *films.SUFFIXES, *animations.SUFFIXES})


@dataclass(frozen=True)
class Job:
    """One file to write. One S is constant; several are the points of a path."""

    source: Path
    target: Path
    points: tuple[S, ...]


def jobs(inputs: Sequence[Path], out: Path, asked: Sequence[tuple[S, ...]], moves: bool, force: bool) -> list[Job]:
    """A job for each input (of a folder each picture and film in it) and each S that was `asked` for.

    `moves`: whether pictures become films, because S travels. OUT is the file's name for one input; with several S it
    gets numbers, OUT-1. For several inputs, a folder, or a name without suffix it is a folder, where files keep their
    names. ValueError before anything is written: an input that is missing, an output that is an input, is there
    already, stands twice or has a suffix that is not written.
    """
    found = [pair for given in inputs for pair in _files(given, out)]
    alone = len(inputs) == 1 and inputs[0].is_file() and out.suffix != "" and not out.is_dir()
    made = []
    for source, name in found:
        film = source.suffix.lower() in films.SUFFIXES
        animation = source.suffix.lower() in animations.SUFFIXES
        target = out if alone else out / name.with_suffix(_suffix(name.suffix.lower(), film, animation, moves))
        allowed = MOVING if film or moves else (*pictures.WRITTEN, *(MOVING if animation else ()))
        if target.suffix.lower() not in allowed:
            raise ValueError(f"{target}: this can be written as {', '.join(allowed)}")
        for number, points in enumerate(asked, start=1):
            numbered = target.with_stem(f"{target.stem}-{number}") if len(asked) > 1 else target
            made.append(Job(source, numbered, points))
    _check(made, force)
    return made


def _files(given: Path, out: Path) -> list[tuple[Path, Path]]:
    """The files that an input means, and their names below it; what lies in OUT is no input."""
    if not given.is_dir():
        given.open("rb").close()  # an OSError with the name and why
        return [(given, Path(given.name))]
    below = out.resolve()
    if given.resolve().is_relative_to(below):
        raise ValueError(f"{given} lies in {out}, where the outputs go, and those are no inputs: choose another OUT")
    found = [
        path
        for path in sorted(given.rglob("*"))
        if path.suffix.lower() in INPUTS and path.is_file() and not path.resolve().is_relative_to(below)
        if not any(part.startswith(".") for part in path.relative_to(given).parts)
    ]
    if not found:
        raise ValueError(f"{given}: no picture and no film in this folder ({', '.join(INPUTS)})")
    return [(path, path.relative_to(given)) for path in found]


def _suffix(own: str, film: bool, animation: bool, moves: bool) -> str:
    """The suffix of an output in a folder: the input's, where that can be written."""
    if film or (moves and not animation):
        return own if own in films.WRITTEN else ".mp4"
    if own == ".gif":
        return own
    return own if own in pictures.WRITTEN else ".webp" if moves else ".png"


def _check(made: Sequence[Job], force: bool) -> None:
    sources, seen = {job.source.resolve() for job in made}, dict[Path, Path]()
    for job in made:
        place = job.target.resolve()
        if place in sources:
            raise ValueError(f"{job.target} is an input, which is never written over: choose another OUT")
        if place in seen:
            raise ValueError(f"{job.target} would be written twice, for {seen[place]} and {job.source}: rename one")
        seen[place] = job.source
        if job.target.is_dir():
            raise ValueError(f"{job.target} is a folder, and the output is a file")
        if job.target.exists() and not force:
            raise ValueError(f"{job.target} is there already: --force writes over it")
