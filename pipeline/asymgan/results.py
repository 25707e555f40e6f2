"""What is measured of a run, as types: reports/asymgan/metrics/runs/RUN.json."""

from pipeline.core.results import Result

NOISES = (1, 2, 4)  # standard deviations of the noise, of 255


class Scores(Result):
    """Segmentation scores in [0, 1]: right pixels, mean over the classes of right pixels, mean intersection over
    union (Tables I and II)."""

    pixel: float
    per_class: float
    iou: float


class Loop(Result):
    """A loop's mean L1 in [-1, 1]: unchanged, and after something was done to what stands in its middle (Figures 1, 8,
    9). `noise` by NOISES; `crop` 2 pixels smaller, `resize` 2 larger, both against x brought to the output's size."""

    clean: float
    noise: list[float]
    crop: float
    resize: float


class Control(Result):
    """How far F(y, E(x')) has the colours of x' (Figures 6, 7): correlations of the classes' mean colours over scenes,
    with E(x') and with random codes."""

    encoded: float
    sampled: float


class Codes(Result):
    """For each number of a code the mean |E(F(y, z)) - z|; the deviation of E(x) over photos."""

    error: list[float]
    deviation: list[float]


class OfSeed(Result):
    """A seed's measurements. `control`, `codes` and `interpolation` are null without a code.

    `made_labels`: the right pixels of F(G(x), z), beside those of label_to_photo, F(y, z). `stays`: mean L1 between
    F(G(x), z) and F(G(x) + noise, z), by NOISES. `diversity`: mean pairwise L1 of pictures from one label.
    `interpolation`: on the way from one code to another in ten steps, the largest step of the picture, in mean steps.
    `edges`: the total variation of F(y, z) over that of photos, and of G(x) over that of labels.
    """

    photo_to_label: Scores
    label_to_photo: Scores
    made_labels: float
    forward: Loop
    backward: Loop
    stays: list[float]
    diversity: float
    control: Control | None
    codes: Codes | None
    interpolation: float | None
    edges: tuple[float, float]


class RunResult(Result):
    """A run: its settings, of how many pictures, and its seeds."""

    run: str
    injection: str
    extension: bool
    dropout: bool
    leaves_out: str
    scale: str
    precision: str
    steps: int
    pictures: int
    codes: int
    real: Scores  # the segmenter's on real photos
    seeds: dict[str, OfSeed]


class Nulls(Result):
    """What networks that do nothing get in the place of the run asymgan, by their names."""

    nulls: dict[str, RunResult]
