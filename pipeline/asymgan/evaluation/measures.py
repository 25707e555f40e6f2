"""The measures: segmentation scores, what small changes do to a loop, diversity, control by a reference, codes.

Shape legend: N pictures, H W pixels, K classes. Pictures (N, 3, H, W) in [-1, 1].
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from pipeline.asymgan.evaluation.model import Model
from pipeline.asymgan.evaluation.segmenter import Segmenter, segmented
from pipeline.asymgan.results import NOISES, Codes, Control, Loop, OfSeed, Scores
from pipeline.asymgan.world.palette import nearest
from pipeline.core.pictures import to_pictures

Classes = npt.NDArray[np.int64]
CHANGED = 2  # pixels that a crop takes and a resize adds
STEPS = 10  # of an interpolation


def scores(found: Classes, true: Classes) -> Scores:
    """How well classes (N, H, W) fit the true ones, over the classes that occur."""
    K = 1 + int(max(found.max(), true.max()))
    counts = np.bincount(true.ravel() * K + found.ravel(), minlength=K * K).reshape(K, K).astype(float)
    right, of_class, of_found = counts.diagonal(), counts.sum(1), counts.sum(0)
    there = of_class > 0
    return Scores(
        pixel=float(right.sum() / counts.sum()),
        per_class=float((right / np.maximum(of_class, 1))[there].mean()),
        iou=float((right / np.maximum(of_class + of_found - right, 1))[there].mean()),
    )


@torch.no_grad()
def measure(
    model: Model,
    segmenter: Segmenter,
    x: Tensor,
    y: Tensor,
    palette: npt.NDArray[np.uint8],
    codes: int,
    random: np.random.Generator,
) -> OfSeed:
    """Everything that is measured of a model on pairs of photos x and labels y, whose classes are the palette's."""
    classes = nearest(to_pictures(y), palette)
    N, side = len(x), x.shape[-1]
    G_x, z = model.label(x), model.draw(N, side, random)
    made = model.photo(y, z)
    return OfSeed(
        photo_to_label=scores(nearest(to_pictures(G_x), palette), classes),
        label_to_photo=scores(segmented(segmenter, made), classes),
        made_labels=scores(segmented(segmenter, model.photo(G_x, z)), classes).pixel,
        forward=_loop(x, G_x, lambda v: model.photo(v, model.encoded(x)), random),
        backward=_loop(y, made, model.label, random),
        stays=[_distance(model.photo(G_x, z), model.photo(_noised(G_x, noise, random), z)) for noise in NOISES],
        diversity=_diversity(model, y, codes, random),
        control=None if model.code is None else _control(model, x, y, classes, random),
        codes=None if model.code is None or z is None else _codes(model, x, z, made),
        interpolation=None if model.code is None else _interpolation(model, y, random),
        edges=(variation(made) / variation(x), variation(G_x) / variation(y)),
    )


def variation(x: Tensor) -> float:
    """Mean |difference| of neighbouring pixels, to the right and below: less where a picture is blurred, more where it
    has a grid."""
    return float((x[..., 1:] - x[..., :-1]).abs().mean() + (x[..., 1:, :] - x[..., :-1, :]).abs().mean())


def _distance(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().mean())


def _noised(x: Tensor, noise: float, random: np.random.Generator) -> Tensor:
    """Normal noise of so many 255ths of the range."""
    drawn = torch.from_numpy(random.standard_normal(x.shape, dtype="float32"))
    return x + drawn * (2 * noise / 255)


def _loop(start: Tensor, middle: Tensor, back: Callable[[Tensor], Tensor], random: np.random.Generator) -> Loop:
    """A loop's distances. A crop or a resize of the middle is judged against the start, cropped alike and brought to
    the size of what came back: the network halves a picture twice, so that it may be up to 3 pixels larger."""
    side = start.shape[-1]
    top, left = random.integers(CHANGED + 1, size=2)
    window = (..., slice(top, top + side - CHANGED), slice(left, left + side - CHANGED))
    cropped = back(middle[window])
    larger = back(_sized(middle, side + CHANGED))
    return Loop(
        clean=_distance(back(middle), start),
        noise=[_distance(back(_noised(middle, noise, random)), start) for noise in NOISES],
        crop=_distance(cropped, _sized(start[window], cropped.shape[-1])),
        resize=_distance(larger, _sized(start, larger.shape[-1])),
    )


def _sized(x: Tensor, side: int) -> Tensor:
    return interpolate(x, size=(side, side), mode="bilinear", antialias=True)


def _diversity(model: Model, y: Tensor, codes: int, random: np.random.Generator) -> float:
    """Mean L1 of the pairs of pictures that one label gives: codes x (codes - 1) / 2 pairs a label."""
    made = [model.photo(y, model.draw(len(y), y.shape[-1], random)) for _ in range(codes)]
    return float(np.mean([_distance(made[i], made[j]) for i in range(codes) for j in range(i)]))


def mean_colours(photos: Tensor, classes: Classes) -> npt.NDArray[np.float64]:
    """The mean colour of each class in each photo: (N, K, 3), NaN where the class does not occur."""
    K = 1 + int(classes.max())
    mask = torch.from_numpy(classes)[:, None] == torch.arange(K)[None, :, None, None]  # (N, K, H, W)
    total = torch.einsum("nkhw,nchw->nkc", mask.double(), photos.double())
    return np.asarray((total / mask.sum((2, 3))[..., None]).numpy())


def _control(model: Model, x: Tensor, y: Tensor, classes: Classes, random: np.random.Generator) -> Control:
    """Each label with the code of the next scene's photo; the same labels with random codes."""
    assert model.code is not None
    reference, there = x.roll(1, 0), np.roll(classes, 1, 0)
    wanted = mean_colours(reference, there)
    encoded = mean_colours(model.photo(y, model.code(reference)), classes)
    sampled = mean_colours(model.photo(y, model.draw(len(y), y.shape[-1], random)), classes)
    return Control(encoded=correlation(encoded, wanted), sampled=correlation(sampled, wanted))


def correlation(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    """The mean over classes and colour channels of the correlation over scenes: (N, K, 3) twice; 0 where one does not
    vary or too few scenes have the class."""
    found = []
    for k in range(a.shape[1]):
        for c in range(a.shape[2]):
            both = np.isfinite(a[:, k, c]) & np.isfinite(b[:, k, c])
            u, v = a[both, k, c], b[both, k, c]
            varies = len(u) > 2 and u.std() > 1e-6 and v.std() > 1e-6
            found.append(float(np.corrcoef(u, v)[0, 1]) if varies else 0.0)
    return float(np.mean(found))


def _codes(model: Model, x: Tensor, z: Tensor, made: Tensor) -> Codes:
    assert model.code is not None

    def by_number(values: Tensor) -> Tensor:
        """(N, c) or (N, c, h, w) -> (c, everything else)."""
        return values.transpose(0, 1).flatten(1)

    error = by_number((model.code(made) - z).abs()).mean(1)
    return Codes(error=error.tolist(), deviation=by_number(model.code(x)).std(1).tolist())


def _interpolation(model: Model, y: Tensor, random: np.random.Generator) -> float:
    """The largest step of a picture between two codes, in mean steps, averaged over labels: 1 is even, STEPS a jump.
    STEPS, too, for pictures that do not change."""
    a, b = (model.draw(len(y), y.shape[-1], random) for _ in range(2))
    assert a is not None
    assert b is not None
    way = [model.photo(y, a + (b - a) * (step / STEPS)) for step in range(STEPS + 1)]
    steps = torch.stack([(u - v).abs().flatten(1).mean(1) for u, v in zip(way[1:], way, strict=False)])  # (STEPS, N)
    mean = steps.mean(0)
    return float(torch.where(mean > 1e-6, steps.amax(0) / mean.clamp(min=1e-6), torch.tensor(float(STEPS))).mean())
