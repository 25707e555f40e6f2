"""One job after the other: read, translate, write, and say what was changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np

from pipeline.translate import animations, films, pictures, s_from_text
from pipeline.translate.pictures import Pixels
from pipeline.translate.plan import Job
from pipeline.translate.s_from_text import S
from pipeline.translate.translator import Translator


@dataclass(frozen=True)
class Travel:
    """How a picture becomes a film: how many frames, how many a second, and whether S is shown above, as a bar."""

    frames: int
    rate: Fraction
    bar: bool


@dataclass(frozen=True)
class Worker:
    """What all jobs share. `tell(done, of)`: how many frames of the job are done."""

    translate: Translator
    names: tuple[str, ...]
    travel: Travel
    max_pixels: int
    tell: Callable[[int, int], None]

    def do(self, job: Job) -> str:
        """Write the job's target; a line that says what it is. ValueError or OSError, and then nothing is written."""
        if job.source.suffix.lower() in films.SUFFIXES:
            return self._film(job)
        animation = animations.probe(job.source, self.max_pixels)
        if animation is not None and _moving(job.target, len(job.points) > 1):
            return self._animation(job, animation)
        return self._picture(job)

    def _picture(self, job: Job) -> str:
        source = pictures.read(job.source, self.max_pixels)
        height, width = source.pixels.shape[:2]
        changes = list(source.changes)
        if self.translate.at_once(height, width) == 0:
            rows = self.translate.rows(height, width)
            changes.append(f"computed in bands of {rows} rows, as memory asks")
        if len(job.points) == 1:
            self.tell(0, 1)
            pixels = self.translate(source.pixels[None], job.points)[0]
            changes += self._write(job.target, source, pixels)
        else:
            count = self.travel.frames
            sets = [s_from_text.along(job.points, i / (count - 1)) for i in range(count)]
            frames = self._through(((source.pixels, S) for S in sets), count)
            if self.travel.bar:
                frames = _with_bar(frames, sets, self.names)
            if source.alpha is not None:
                changes.append("no transparency in films: laid over white")
            changes += self._write_frames(job.target, frames, count, self.travel.rate)
        return _line(job, width, height, 1 if len(job.points) == 1 else self.travel.frames, changes)

    @staticmethod
    def _write(path: Path, source: pictures.Picture, pixels: Pixels) -> list[str]:
        suffix = path.suffix.lower()
        if suffix == ".gif":
            animations.write(path, [pixels], [animations.MS])
            return ["256 colours in GIF"]
        if suffix not in pictures.WRITTEN:
            raise ValueError(f"{path}: one picture with one S does not move; write {', '.join(pictures.WRITTEN)}")
        return pictures.write(path, source, pixels)

    def _film(self, job: Job) -> str:
        film = films.probe(job.source)
        frames = self._through(zip(films.read(film), self._sets(job.points, film.frames), strict=False), film.frames)
        if job.target.suffix.lower() in animations.WRITTEN:
            changes = self._write_frames(job.target, frames, film.frames, film.rate)
            changes += ["the sound is left out"] if film.sound else []
        else:
            changes = films.write(job.target, frames, (film.height, film.width), film.rate, film)
        return _line(job, film.width, film.height, film.frames, changes)

    def _animation(self, job: Job, animation: animations.Animation) -> str:
        count, changes = len(animation.durations), []
        given = zip(animations.read(animation), self._sets(job.points, count), strict=False)
        frames = self._through(given, count)
        changes += ["its transparency is laid over white"] if animation.transparent else []
        if job.target.suffix.lower() in animations.WRITTEN:
            animations.write(job.target, frames, animation.durations, animation.loop)
        else:
            unit = int(np.gcd.reduce(animation.durations))  # milliseconds; every frame is shown for some of them
            times = [duration // unit for duration in animation.durations]
            repeated = (frame for frame, n in zip(frames, times, strict=True) for _ in range(n))
            changes += films.write(job.target, repeated, (animation.height, animation.width), Fraction(1000, unit))
        return _line(job, animation.width, animation.height, count, changes)

    def _sets(self, points: tuple[S, ...], count: int) -> Iterator[S]:
        """The S of each frame; of frames that nobody counted, the last one's."""
        i = 0
        while True:
            yield s_from_text.along(points, min(1.0, i / max(1, count - 1))) if len(points) > 1 else points[0]
            i += 1

    def _through(self, given: Iterable[tuple[Pixels, S]], count: int) -> Iterator[Pixels]:
        """Frames translated, as many at a time as memory holds."""
        done, given = 0, iter(given)
        self.tell(done, count)
        at_once = 1
        while part := list(islice(given, at_once)):
            frames = np.stack([frame for frame, _ in part])  # (N, H, W, 3)
            yield from self.translate(frames, [S for _, S in part])
            done += len(part)
            self.tell(done, count)
            at_once = max(1, self.translate.at_once(*frames.shape[1:3]))

    @staticmethod
    def _write_frames(path: Path, frames: Iterator[Pixels], count: int, rate: Fraction) -> list[str]:
        if path.suffix.lower() in animations.WRITTEN:
            animations.write(path, frames, animations.durations(count, float(rate)))
            return []
        first = next(frames)
        return films.write(path, _after(first, frames), first.shape[:2], rate)


def _after(first: Pixels, rest: Iterator[Pixels]) -> Iterator[Pixels]:
    yield first
    yield from rest


def _with_bar(frames: Iterable[Pixels], sets: Sequence[S], names: tuple[str, ...]) -> Iterator[Pixels]:
    from pipeline.translate import bar  # whose Matplotlib takes a while, and only a film needs it

    for frame, shown in zip(frames, sets, strict=True):
        yield bar.above(frame, shown, names)


def _moving(target: Path, travels: bool) -> bool:
    """Whether an animation becomes one: a GIF or a film always, a WebP too; a .png or .jpg is its first picture."""
    return travels or target.suffix.lower() in (*animations.WRITTEN, *films.WRITTEN)


def _line(job: Job, width: int, height: int, frames: int, changes: Sequence[str]) -> str:
    shown = " to ".join(f"({', '.join(f'{s:.4g}' for s in S)})" for S in job.points)
    said = f"; {', '.join(changes)}" if changes else ""
    many = f", {frames:,} frames" if frames > 1 else ""
    return f"{job.target}: {width}x{height}{many}, S = {shown}{said}"
