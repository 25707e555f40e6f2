"""What a visit to a GPU takes along for every training, and what it brings home.

All is what the stages read and write, byte for byte: packed pictures as lossless WebP, float32 weights with their bytes
sorted, and what was made in parts of a tar file, each small enough for a machine that is lent for minutes to give back.
"""

import io
import shutil
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.core import yaml12

VGG16, TAKEN = "vgg16.z", "gpu-taken"
PART = 16 * 2**20 - 4096  # bytes of one file that comes back
PARTS = 4  # that come back at once


def prepare(checkout: Path, carry: Path) -> None:
    """Packed pictures as lossless WebP, VGG16's bytes sorted by their place in a number, params.yaml: in `carry`."""
    shutil.rmtree(carry, ignore_errors=True)
    carry.mkdir()
    weights = np.fromfile(checkout / "models/vgg16.safetensors", np.uint8)
    assert len(weights) % 4 == 0  # float32, and a header that ends at a multiple of 8
    (carry / VGG16).write_bytes(zlib.compress(weights.reshape(-1, 4).T.tobytes(), 1))
    shutil.copy(checkout / "params.yaml", carry)
    params = yaml12.read(checkout / "params.yaml")
    with zipfile.ZipFile(carry / "data.zip", "w") as packed:
        for name in (*params["domains"], *params["styles"]):
            for path in sorted((checkout / "data" / name).iterdir()):
                where = path.relative_to(checkout)
                if path.suffix != ".npy":
                    packed.write(path, where)
                    continue
                pictures = np.load(path)
                for n, picture in enumerate(pictures.reshape(-1, *pictures.shape[-3:])):
                    kept = io.BytesIO()
                    Image.fromarray(picture).save(kept, "WEBP", lossless=True, quality=75, exact=True)
                    packed.writestr(f"{where}/{pictures.ndim}-{n:05d}.webp", kept.getvalue())
    print(f"{carry}: {sum(path.stat().st_size for path in carry.rglob('*') if path.is_file()) / 2**20:.1f} MiB")


def unpack(carry: Path, work: Path) -> None:
    """What `prepare` packed, as the stages want it: data, models/vgg16.safetensors."""
    pictures: dict[str, list[np.ndarray[Any, Any]]] = {}
    with zipfile.ZipFile(carry / "data.zip") as packed:
        for name in sorted(packed.namelist()):
            if not name.endswith(".webp"):
                packed.extract(name, work)
                continue
            array, _, number = name.rpartition("/")
            with Image.open(io.BytesIO(packed.read(name))) as picture:
                pictures.setdefault(f"{array}:{number[0]}", []).append(np.asarray(picture.convert("RGB")))
    for key, arrays in pictures.items():
        path, _, dimensions = key.partition(":")
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        np.save(work / path, np.stack(arrays) if dimensions == "4" else arrays[0])
    (work / "models").mkdir()
    planes = np.frombuffer(zlib.decompress((carry / VGG16).read_bytes()), np.uint8)
    (work / "models/vgg16.safetensors").write_bytes(planes.reshape(4, -1).T.tobytes())


def pack(done: Path, tar_file: Path) -> None:
    """What was made in a folder, without what was linked into it."""
    with tarfile.open(tar_file, "w") as tar:
        for name in ("params.yaml", "log.txt", "data/measured", "scratch", "reports", "models"):
            if (done / name).exists():
                tar.add(done / name, name, filter=lambda info: None if info.issym() else info)


def give(tar_file: Path, out: Path, first: int) -> None:
    """Parts of the tar file from the first on, as many as come back at once."""
    out.mkdir(parents=True, exist_ok=True)
    with tar_file.open("rb") as tar:
        tar.seek(first * PART)
        for n in range(first, first + PARTS):
            if data := tar.read(PART):
                (out / f"part-{n:02d}").write_bytes(data)
    print(f"parts {first} to {first + PARTS - 1} of {-(-tar_file.stat().st_size // PART)}", flush=True)


def take(folders: list[Path], checkout: Path) -> None:
    """Put all parts together and unpack them into a checkout; its params.yaml stays, theirs is beside it."""
    parts = sorted((path for folder in folders for path in folder.rglob("part-*")), key=lambda path: path.name)
    assert [path.name for path in parts] == [f"part-{n:02d}" for n in range(len(parts))]
    with tarfile.open(fileobj=io.BytesIO(b"".join(path.read_bytes() for path in parts))) as tar:
        tar.extractall(checkout / TAKEN, filter="data")
    print(checkout / TAKEN)
