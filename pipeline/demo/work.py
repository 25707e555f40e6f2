"""What the demo's buttons do: one picture, or a film in which S travels from corner to corner."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from pipeline.sgn.model import simplex
from pipeline.translate import weights, work
from pipeline.translate.plan import Job
from pipeline.translate.translator import Translator

LARGEST_FILE = 20 * 2**20  # bytes of an upload
LARGEST = 16_000_000  # pixels of a picture
FRAMES, RATE = 90, Fraction(15)


@dataclass
class Models:
    """The known models, each read when it is first asked for; one is held at a time."""

    known: dict[str, Path]
    held: tuple[str, weights.Model, Translator] | None = None

    def names(self, name: str) -> tuple[str, ...]:
        """What each weight of the model's S asks for."""
        return self._of(name)[0].names

    def picture(self, name: str, source: Path, S: Sequence[float]) -> Path:
        """The picture translated at S, as a PNG; ValueError for a file that is no picture or is too large."""
        return self._made(name, source, [tuple(S)], "translated.png", lambda done, of: None)

    def film(self, name: str, source: Path, tell: Callable[[int, int], None]) -> Path:
        """The picture while S travels over the corners and back, as an MP4 with the paper's bar of S."""
        corners = simplex.corners(len(self.names(name)))
        return self._made(name, source, [*corners, corners[0]], "travel.mp4", tell)

    def _made(
        self, name: str, source: Path, points: list[tuple[float, ...]], target: str, tell: Callable[[int, int], None]
    ) -> Path:
        model, translator = self._of(name)
        worker = work.Worker(translator, model.names, work.Travel(FRAMES, RATE, bar=True), LARGEST, tell)
        path = Path(tempfile.mkdtemp(prefix="demo-")) / target
        worker.do(Job(source, path, tuple(points)))
        return path

    def _of(self, name: str) -> tuple[weights.Model, Translator]:
        if self.held is None or self.held[0] != name:
            model = weights.read(self.known[name])
            self.held = (name, model, Translator.of(model.generator, "auto", "auto", None))
        return self.held[1], self.held[2]
