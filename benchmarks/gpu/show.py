"""What needs the trained generator while it is there: Table 3's SGN half, Figure 1, a sheet for an explorer, a film.

The sheets: for each of four pictures all 66 S of a lattice with step 1/10, a cell each, in the order of
explorer/index.json; with them a page can move S without a network.
"""

import json
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from benchmarks.gpu import build
from benchmarks.gpu.clock import Deadline, OutOfTimeError, alarm
from benchmarks.gpu.pack import Pack, webp
from benchmarks.gpu.report import Report
from benchmarks.gpu.settings import Model
from benchmarks.gpu.visit import Visit
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.figures import curves as curve_figure
from pipeline.figures import grids, style
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import losses, simplex, translation
from pipeline.sgn.model.method import SGN

SHOWN = 6  # pictures in Figure 1's grid
MEASURED = {"cuda": 100, "cpu": 8}  # test pictures of the table, at most
PATIENCE = 0.6  # of the time left, for one of the jobs
EXPLORED, STEPS, COLUMNS = 4, 10, 11  # pictures, steps of the lattice, cells in a row of its sheet
FRAMES = 12  # of the film, from corner to corner


def everything(
    report: Report, visit: Visit, method: SGN, model: Model, pack: Pack, curves: build.Curves, deadline: Deadline
) -> None:
    """The most important first; what fails, be it at an import, or finds no time is said and ends nothing else."""
    generator = method.G.eval()
    test = {
        name: to_tensor(np.load(visit.packing.folder / name / "test.npy")[: MEASURED[visit.device.type]])
        for name in ("photo", "vangogh")
    }
    x = test["photo"].to(visit.device)
    caption = _caption(report.values, visit)
    jobs: dict[str, Callable[[], None]] = {
        "table3": lambda: report.add(table3=table3(method, model, test, visit)),
        "figure 1": lambda: add_figure1(pack, figure1(generator, _names(model), x[:SHOWN], caption)),
        "explorer": lambda: explorer(generator, x[:EXPLORED], pack),
        "curves": lambda: draw_curves(curves, pack, caption),
        "film": lambda: film(generator, model, x[:1], pack, caption),
    }
    undone = {}
    for name, job in jobs.items():
        try:
            with alarm(PATIENCE * deadline.left() - 0.5):
                job()
        except OutOfTimeError:
            undone[name] = "no time"
        except Exception as error:
            undone[name] = f"{type(error).__name__}: {error}"
        report.add(pictures_zip=pack.sizes(), left_out=pack.left_out, undone=undone)


def table3(method: SGN, model: Model, test: dict[str, Tensor], visit: Visit) -> list[dict[str, Any]]:
    """The mean losses at the six S over the test pictures, in float32, as the stage evaluate measures them."""
    from pipeline.sgn.evaluation import measures

    device = visit.device
    x = test["photo"].to(device)
    y = measures.pair(test["vangogh"], len(x)).to(device)
    style_picture = to_tensor(np.load(visit.packing.folder / "udnie" / "style.npy")[None]).to(device)
    assert model.style_weight is not None
    per = losses.Perceptual(VGG16(visit.weights).to(device), style_picture, model.style_weight)
    held = measures.TestSet(x, {"vangogh": y}, method.D, method.D, {"udnie": per})
    rows = []
    for S in simplex.TABLE3:
        found = measures.losses_at(method.G, model.objectives, held, S, batch=4)
        rows.append(
            {"S": S, "L_G": found["L_G"], **{f"L_{i}": L_i for i, L_i in found["L"].items()}, "pictures": len(x)}
        )
    return rows


def add_figure1(pack: Pack, picture: npt.NDArray[np.uint8]) -> None:
    """As WebP: as a PNG it would be five times as large."""
    pack.add("figure1.webp", webp(picture))


def figure1(generator: Any, names: tuple[str, ...], x: Tensor, caption: str) -> npt.NDArray[np.uint8]:
    """The grid with its titles, pictures with all their pixels: (H, W, 3)."""
    from pipeline.sgn.figures import translations

    sets = [*simplex.corners(3), *simplex.midpoints(3), simplex.centre(3), simplex.beyond(3, 1)]
    outputs = [to_pictures(translation.translate(generator, x, S)) for S in sets]
    titles = ["input", *(translations.title(S, names) for S in sets)]
    drawn = grids.titled_columns([to_pictures(x), *outputs], titles, caption, cell=max(grids.CELL, x.shape[-1]))
    with Image.open(BytesIO(_png(drawn))) as picture:
        return np.asarray(picture.convert("RGB"))


def draw_curves(curves: build.Curves, pack: Pack, caption: str) -> None:
    """Every loss against the step."""
    pack.add("curves.png", _png(curve_figure.training({("seed 0", k): v for k, v in curves.rows.items()}, caption)))


def explorer(generator: Any, x: Tensor, pack: Pack) -> None:
    """A sheet for each picture, and the index that says which cell is which S."""
    sets = simplex.lattice(3, STEPS)
    side = x.shape[-1]
    index = {"sets": sets, "columns": COLUMNS, "cell": side, "sheets": [f"{n}.webp" for n in range(len(x))]}
    pack.add("explorer/index.json", json.dumps(index).encode())
    for number in range(len(x)):
        cells = to_pictures(translation.travel(generator, x[number : number + 1], sets))
        rows = [np.concatenate(list(cells[i : i + COLUMNS]), 1) for i in range(0, len(sets), COLUMNS)]
        pack.add(f"explorer/{number}.webp", webp(np.concatenate(rows, 0), quality=80))
    inputs = np.concatenate(list(to_pictures(x)), 1)
    pack.add("explorer/inputs.webp", webp(inputs))


def film(generator: Any, model: Model, x: Tensor, pack: Pack, caption: str) -> None:
    """S from corner to corner and back, as an animated WebP and, where ffmpeg is there, an MP4."""
    from pipeline.sgn.figures import movie

    path = simplex.path([*simplex.corners(3), simplex.corners(3)[0]], FRAMES)[:-1]
    inputs = to_pictures(x.expand(len(path), -1, -1, -1))
    outputs = to_pictures(translation.travel(generator, x, path))
    frames = movie.frames(inputs, outputs, path, _names(model), caption)
    first, *others = [Image.fromarray(frame) for frame in frames]
    held = BytesIO()
    first.save(held, "WEBP", save_all=True, append_images=others, duration=movie.FRAME_MS, quality=80)
    pack.add("film.webp", held.getvalue())
    with tempfile.TemporaryDirectory() as folder:
        mp4 = Path(folder) / "film.mp4"
        try:
            movie.write_mp4(mp4, frames)
        except (ImportError, OSError):  # the WebP is there
            return
        pack.add("film.mp4", mp4.read_bytes())


def _names(model: Model) -> tuple[str, str, str]:
    a, b, c = (o.about for o in model.objectives)
    return a, b, c


def _caption(found: dict[str, Any], visit: Visit) -> str:
    kind = "rendered scenes" if found["pictures"]["source"] == "scenes" else "pictures of the folder"
    return (
        f"{found['run']}, {found['steps']:,} steps in {found['training_seconds']:.0f} s; {kind}, {visit.sizes.crop} px"
    )


def _png(figure: Figure) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figure.png"
        style.save(figure, path)
        return path.read_bytes()
