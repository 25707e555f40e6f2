"""The made-up paper's section of params.yaml as types."""

from pipeline.core import params
from pipeline.core.params import Frozen, Name, Positive, PositiveFloat, Shared, SharedScale


class Waves(Frozen):
    """How many waves there are, and at how many places each is read."""

    count: Positive
    length: Positive


class Run(Frozen):
    """One training."""

    width: Positive
    code: Positive
    batch: Positive
    steps: Positive
    learning_rate: PositiveFloat


class Section(Frozen):
    """The section `toypaper`."""

    waves: Waves
    runs: dict[Name, Run]


class Params(Shared[SharedScale]):
    """The shared keys and this paper's section; other papers' keys are left out."""

    toypaper: Section

    def run(self, key: str) -> Run:
        """A run by name; ValueError that lists the known ones."""
        return params.known("run", key, self.toypaper.runs)


def load() -> Params:
    """Read and check params.yaml; ValueError with the key's path, the value and what is allowed."""
    return params.read(Params)
