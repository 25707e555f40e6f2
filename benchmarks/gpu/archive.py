"""What a visit to a GPU brought home, small enough for Git: `python -m benchmarks.gpu.archive`.

    python -m benchmarks.gpu.archive VISIT results/gpu-model1 --pictures DIR

VISIT has the visit's files, with the generator's parts. The folder gets the JSON files, Figure 1 and a film, drawn
again from the generator, the progress, and a README.md whose numbers are the files'. What the reconstruction is held
against, a flat picture, is measured here from the same test pictures.
"""

import argparse
import hashlib
import shutil
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from benchmarks.gpu import generator as parts
from benchmarks.gpu import settings, show, summary
from benchmarks.gpu.pack import webp
from benchmarks.gpu.pictures import MAX_PIXELS
from benchmarks.gpu.visit import FILES
from pipeline.core import files, tensors
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.images import packing, source
from pipeline.networks.generator import Generator
from pipeline.sgn.model import losses, simplex, translation

SHOWN = 6  # test pictures in Figure 1, the first ones
FILM_SIDE, FRAMES, FRAME_MS = 192, 10, 120  # pixels, frames from corner to corner, milliseconds of each
# The names that Table 3 has for the letters' losses.
COLUMNS = {"L_A": "L_rec", "L_B": "L_adv", "L_C": "L_per"}


def main() -> None:
    """Make the folder anew."""
    parser = argparse.ArgumentParser("python -m benchmarks.gpu.archive", description=__doc__.splitlines()[0])
    parser.add_argument("visit", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--pictures", type=Path, required=True, help="the visit's, in CycleGAN's layout")
    a = parser.parse_args()
    training = files.read_json(a.visit / FILES["training"])
    held, about = parts.join(a.visit)
    scale = about["scale"]
    net = Generator(scale["width"], scale["blocks"], about["run"]["conditioning"], len(about["run"]["objectives"]))
    tensors.fill(net, held, a.visit)
    net.eval()
    names = tuple(o["about"] for o in about["run"]["objectives"])
    x = test_pictures(a.pictures, training["sizes"]["test_size"], training["pictures"]["photo/test"]["sha256"])
    caption = (
        f"Model 1, {training['steps']:,} steps in {training['training_seconds']:.0f} s on a GPU; real pictures, "
        f"{training['sizes']['crop']} px, seed 0; the first {SHOWN} test photos"
    )
    with files.replacing(a.target) as folder:
        folder.mkdir(parents=True)
        for name in FILES.values():
            shutil.copyfile(a.visit / name, folder / name)
        drawn = show.figure1(net, names, x[:SHOWN], caption)
        (folder / "figure1.webp").write_bytes(webp(drawn, quality=85))
        (folder / "film.webp").write_bytes(film(net, x[:FRAMES]))
        with zipfile.ZipFile(a.visit / "pictures.zip") as pictures:
            with Image.open(BytesIO(pictures.read("curves.png"))) as curves:
                (folder / "curves.webp").write_bytes(webp(np.asarray(curves.convert("RGB"))))
            progress = sorted(name for name in pictures.namelist() if name.startswith("progress/"))
            (folder / "first-and-last.webp").write_bytes(
                beside([pictures.read(progress[0]), pictures.read(progress[-1])])
            )
        flat = x.mean((2, 3), keepdim=True).expand_as(x)
        L_flat = float(losses.reconstruction(flat, x).mean())
        digest = sha256(held)
        (folder / "README.md").write_text(readme(training, L_flat, digest, summary.text(a.visit)), encoding="utf-8")


def test_pictures(folder: Path, size: int, expected: str) -> Tensor:
    """The visit's test photos, (N, 3, size, size); ValueError if they are others."""
    dataset, side = settings.domain("photo")
    request = source.Request("photo", dataset, side, size, size, 1, 1, folder, 0, MAX_PIXELS)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "test.npy"
        pictures = source.load("folder").find(request).test
        done = packing.pack(pictures, size, path, what="test pictures", max_unreadable=0.5, workers=1)
        if done.sha256 != expected:
            raise ValueError(f"{folder} holds other test photos than the visit had")
        return to_tensor(np.load(path))


def film(net: Generator, x: Tensor) -> bytes:
    """S from corner to corner and back while the photo changes, as an animated WebP: a frame has one photo at one S."""
    path = simplex.path([*simplex.corners(3), simplex.corners(3)[0]], FRAMES)[:-1]
    frames = []
    for number, S in enumerate(path):
        picture = x[number // 3 % len(x)][None]  # three frames a photo
        frame = to_pictures(translation.translate(net, picture, S))[0]
        both = np.concatenate([to_pictures(picture)[0], frame], 1)
        frames.append(Image.fromarray(both).resize((2 * FILM_SIDE, FILM_SIDE)))
    stream = BytesIO()
    frames[0].save(
        stream, "WEBP", save_all=True, append_images=frames[1:], duration=FRAME_MS * 3, loop=0, quality=60, method=4
    )
    return stream.getvalue()


def beside(grids: list[bytes]) -> bytes:
    """Sample grids side by side at half their size."""
    opened = [Image.open(BytesIO(grid)).convert("RGB") for grid in grids]
    halves = [np.asarray(grid.resize((grid.width // 2, grid.height // 2))) for grid in opened]
    return webp(np.concatenate(halves, 1), quality=80)


def sha256(held: dict[str, Tensor]) -> str:
    """Of the joined generator's tensors in float32, by name, in the order of their names."""
    sha = hashlib.sha256()
    for name in sorted(held):
        sha.update(name.encode() + held[name].contiguous().numpy().tobytes())
    return sha.hexdigest()


def readme(training: dict[str, Any], L_flat: float, digest: str, found: str) -> str:
    """README.md: what it is and what it is not, then the visit's own summary."""
    rows = training["table3"]
    from pipeline.sgn.paper import table3  # with pandas and pydantic, which a visit does without

    ours = table3.spread(np.array([[row[name] for name in COLUMNS] for row in rows]))
    theirs = table3.spread(table3.paper("sgn")[:, 1:])
    corner = rows[0]["L_A"]
    share = 100 * training["steps"] / settings.PAPER_STEPS
    table = summary.table(
        ("largest / smallest loss over Table 3's six S", *COLUMNS.values()),
        [
            ("here", *(f"{value:.2f}" for value in ours)),
            ("the paper", *(f"{value:.2f}" for value in theirs)),
        ],
    )
    return (
        "# Model 1 at the paper's sizes, on a GPU\n\n"
        "![Model 1: six test photos and their translations](figure1.webp)\n\n"
        "*The first six test photos, none chosen: the corners of S (reconstruct, Van Gogh, Udnie), their midpoints, "
        "the centre, and S = (0, 1.5, 0) outside the simplex.*\n\n"
        f"One training by `python -m benchmarks.gpu` (docs/performance.md): {training['steps']:,} steps, {share:.0f} % "
        f"of the paper's {settings.PAPER_STEPS:,}, in {training['training_seconds']:.0f} s, at the paper's sizes and "
        "formulas; its schedule was as long as the time. **What it is not:** one seed; "
        f"{training['pictures']['photo/train']['pictures']} photos and "
        f"{training['pictures']['vangogh/train']['pictures']} paintings instead of 6,287 and 400; no hyper-parameter "
        "models, so nothing here compares SGN with them.\n\n"
        f"L_rec at (1, 0, 0) is {corner:.3f}; a flat picture of each photo's mean colour has {L_flat:.3f}, so the "
        f"corner that reconstructs has {100 * corner / L_flat:.0f} % of it. How far S moves each loss:\n\n{table}\n\n"
        "`film.webp`: a photo and its translation while S travels from corner to corner and the photos change. "
        "`first-and-last.webp`: the training's grid before the first and after the last step. The generator (23 MB in "
        f"float16) is not in Git; the SHA-256 of its tensors is `{digest}`. Pictures by `python -m "
        "benchmarks.gpu.archive`, losses by the visit.\n\n"
        + found.replace("# A visit", "# The visit", 1)
        .replace("\n## ", "\n### ")
        .replace("# The visit", "## The visit", 1)
    )


if __name__ == "__main__":
    main()
