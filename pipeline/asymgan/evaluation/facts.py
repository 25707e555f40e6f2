"""What was measured, with the settings of the run that it was measured of."""

from pipeline.asymgan.model.params import Params
from pipeline.asymgan.results import OfSeed, RunResult, Scores


def of_run(
    p: Params, key: str, *, name: str, precision: str, steps: int, pictures: int, real: Scores, seeds: dict[str, OfSeed]
) -> RunResult:
    """The result of the run `key`, or that of a null control `name` in its place. `real`: the segmenter's on photos."""
    run = p.run(key)
    return RunResult(
        run=name,
        injection=run.injection,
        extension=run.extension,
        dropout=run.dropout,
        leaves_out=run.leaves_out,
        scale=p.scale,
        precision=precision,
        steps=steps,
        pictures=pictures,
        codes=p.sizes.evaluate.codes,
        real=real,
        seeds=seeds,
    )
