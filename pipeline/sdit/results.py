"""What SDIT's stages measure and its claims, figures and pages read: one type for each file.

Numbers by domain are by the target's name, of real pictures by their own.
"""

from pathlib import Path

from pipeline.core import artifacts, results
from pipeline.core.results import Result

# Where stages leave what they measured, in DVC's cache; the same files stand in METRICS, which is in Git.
MEASURED = Path("data/sdit/measured")
METRICS = Path("reports/sdit/metrics")

ByDomain = dict[str, float]


class Attention(Result):
    """The attention map's mean on the object, beside it and over all."""

    inside: float | None
    outside: float | None
    mean: float


class OfSeed(Result):
    """What one network's translations are worth.

    `accuracy`: how many are taken for their target by a classifier of real pictures. `per_input`: LPIPS between
    two translations of one input with two codes; `over_inputs`: of two inputs with two codes. `reverse`: accuracy,
    on real test pictures, of a classifier that learned from translations alone. `kept`: cosine distance of VGG16's
    features of input and translation, in the place of the ID distance. `recovery`: correlation of z with F_rec's
    answer, mean over the entries. `inside`, `outside`: mean |change| of pixels in [-1, 1] on the object and beside it.
    `cycle`: L_REC.
    """

    accuracy: ByDomain
    per_input: ByDomain
    over_inputs: ByDomain
    reverse: ByDomain
    kept: float
    recovery: float | None
    inside: float | None
    outside: float | None
    attention: Attention | None
    cycle: float


class RunResult(Result):
    """A run's file, and a null control's in the place of a run."""

    run: str
    view: str
    injection: str
    attention: bool
    latent: bool
    weights: str
    scale: str
    steps: int
    precision: str
    pictures: dict[str, int]
    parameters: dict[str, int]
    seeds: dict[str, OfSeed]


class RealResult(Result):
    """Real pictures of a view: the classifier's accuracy on the test half, LPIPS between two pictures of a domain."""

    view: str
    accuracy: ByDomain
    over_inputs: ByDomain


class NullsResult(Result):
    """Null controls: by their names the runs that they stand for."""

    nulls: dict[str, dict[str, RunResult]]


def read_run(key: str, folder: Path = METRICS) -> RunResult:
    """A run's file in a folder of metrics; ValueError that names the stage if it is missing."""
    return results.read(folder / "runs" / f"{key}.json", RunResult)


def read_runs(folder: Path = METRICS) -> dict[str, RunResult]:
    """Every run that a folder of metrics has."""
    return {path.stem: results.read(path, RunResult) for path in sorted((folder / "runs").glob("*.json"))}


def read_real(folder: Path = METRICS) -> dict[str, RealResult]:
    """Every view's real pictures."""
    return {path.stem: results.read(path, RealResult) for path in sorted((folder / "real").glob("*.json"))}


def read_curve(path: Path) -> list[tuple[int, float]]:
    """Step and value of each row of a live curve."""
    rows = artifacts.read(path).decode().splitlines()[1:]
    return [(int(step), float(value)) for step, value in (row.split("\t") for row in rows)]
