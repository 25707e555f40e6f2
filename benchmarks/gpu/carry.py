"""Prepare what a visit to a GPU takes along beside the checkout: `python -m benchmarks.gpu.carry`.

    python -m benchmarks.gpu.carry --pictures DIR [--vgg16 FILE] [--try]

makes gpu-carry/, which Git ignores: the pictures of Model 1 in CycleGAN's layout and VGG16's weights in float16. With
the files of the checkout they fit into `--mib`: pictures are copied as they are where there is room, else written
again as WebP, as good as the room allows. `--try` unpacks exactly what travels somewhere else and pays a visit on the
CPU there.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file

from benchmarks.gpu import settings
from pipeline.core import files
from pipeline.images.decoding import to_rgb
from pipeline.images.folder import layout, load

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = Path("gpu-carry")
WEIGHTS, PICTURES = "vgg16-float16.safetensors", "pictures"
QUALITIES = (95, 90, 85, 80, 70, 60)  # of WebP
MAX_PIXELS = 89_478_485


def main() -> None:
    """Make the folder, say what is in it and how the visit is called."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, required=True, metavar="DIR", help="in CycleGAN's layout")
    parser.add_argument(
        "--vgg16", type=Path, metavar="FILE", help="float32 or float16; default models/vgg16.safetensors"
    )
    parser.add_argument("--mib", type=float, default=64, help="for checkout and folder together (default: 64)")
    parser.add_argument("--try", action="store_true", dest="tried", help="pay a visit on the CPU with what travels")
    a = parser.parse_args()
    with files.replacing(CHECKOUT / FOLDER) as folder:
        folder.mkdir()
        weights, note = settings.vgg16(a.vgg16)
        if note == "random":
            parser.error("no weights of VGG16: give --vgg16, or make models/vgg16.safetensors with `dvc repro vgg16`")
        save_file({name: tensor.to(torch.float16) for name, tensor in weights.items()}, folder / WEIGHTS)
        room = a.mib * 2**20 - size(tracked()) - (folder / WEIGHTS).stat().st_size
        how = pictures(a.pictures, folder / PICTURES, room)
    total = size(tracked()) + size(carried())
    print(f"{FOLDER}: VGG16 ({note}) and pictures ({how}); with the checkout {total / 2**20:.1f} MiB travel")
    print(f"python3 -m benchmarks.gpu --seconds 540 --out DIR {' '.join(given())}")
    if a.tried:
        rehearse()


def given() -> list[str]:
    """The visit's arguments that name what is carried."""
    return [f"--pictures={FOLDER / PICTURES}", f"--vgg16={FOLDER / WEIGHTS}"]


def pictures(source: Path, target: Path, room: float) -> str:
    """Copy Model 1's pictures, or write them as WebP where that takes too much room; how it was done.

    ValueError if they do not fit at the lowest quality.
    """
    wanted = [Path(layout.STYLE_FOLDER) / settings.style_file("udnie")]
    for domain in ("photo", "vangogh"):
        for folder in layout.domain_folders(source, *settings.domain(domain)):
            wanted += [Path(folder) / name for name in layout.list_folder(source / folder).names]
    if sum((source / path).stat().st_size for path in wanted) <= room:
        for path in wanted:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, target / path)
        return "as they are"
    read = {path: to_rgb(load(source / path, MAX_PIXELS)) for path in wanted}
    for quality in QUALITIES:
        shutil.rmtree(target, ignore_errors=True)
        for path, picture in read.items():
            _write(picture, target / path, quality)
        if sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) <= room:
            return f"WebP of quality {quality}"
    raise ValueError(f"{len(wanted)} pictures do not fit into {room / 2**20:.1f} MiB: give fewer")


def _write(picture: Image.Image, path: Path, quality: int) -> None:
    """WebP under the picture's name, at most 512 pixels a side: more is not used."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.thumbnail((512, 512))
    # The style image keeps its name, by which it is asked for; what a file is, its first bytes say.
    name = path if path.parent.name == layout.STYLE_FOLDER else path.with_suffix(".webp")
    picture.save(name, "WEBP", quality=quality, method=4)


def tracked() -> list[Path]:
    """The checkout's files that travel: those of Git, and new ones that it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode("utf-8", "surrogateescape").split("\0") if name]
    paths = [Path(name) for name in sorted(set(names))]
    return [path for path in paths if (CHECKOUT / path).is_file() and path.parts[0] != FOLDER.name]


def carried() -> list[Path]:
    """The folder's files."""
    found = (CHECKOUT / FOLDER).rglob("*")
    return [path.relative_to(CHECKOUT) for path in sorted(found) if path.is_file()]


def size(paths: list[Path]) -> int:
    """Bytes of files of the checkout."""
    return sum((CHECKOUT / path).stat().st_size for path in paths)


def rehearse() -> None:
    """Unpack what travels in a temporary folder and pay a visit on the CPU there."""
    with tempfile.TemporaryDirectory() as name:
        there = Path(name) / "there"
        for path in [*tracked(), *carried()]:
            (there / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / path, there / path)
        out = Path(name) / "out"
        command = [sys.executable, "-m", "benchmarks.gpu", "--device=cpu", "--seconds=120", f"--out={out}", *given()]
        subprocess.run(command, cwd=there, check=True)
        print((out / "README.md").read_text())


if __name__ == "__main__":
    main()
