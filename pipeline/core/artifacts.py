"""What stages make and other stages read: where it lies, and what to say if it is missing or damaged.

An error names the stage that makes the file, as dvc.yaml has it.
"""

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

VGG16_WEIGHTS = Path("models/vgg16.safetensors")
METRICS = Path("reports/metrics")


def train_pictures(domain: str) -> Path:
    """A domain's packed training pictures, uint8 (N, H, W, C)."""
    return Path("data") / domain / "train.npy"


def test_pictures(domain: str) -> Path:
    """A domain's packed test pictures, uint8 (N, H, W, C)."""
    return Path("data") / domain / "test.npy"


def style_picture(style: str) -> Path:
    """A packed style image, uint8 (H, W, C)."""
    return Path("data") / style / "style.npy"


def network(run: str, seed: int, module: str) -> Path:
    """A module of a trained run: `generator`, `discriminators`."""
    return Path("models") / run / str(seed) / f"{module}.safetensors"


def maker(path: Path) -> str | None:
    """The stage that makes a file, such as `train@model1`; None for a file that no stage makes.

    Of the files that name stages: dvc.yaml, that of the manifest, and each further paper's.
    """
    params = _mapping(Path("params.yaml"))
    for file in [Path("dvc.yaml"), Path("data/dvc.yaml"), *sorted(Path("stages").glob("*/dvc.yaml"))]:
        for stage, entry in (_mapping(file).get("stages") or {}).items():
            for out in _outs(entry.get("do", entry)):
                # A stage with many keys writes `${key}` into its outs; an out can be a folder with the file in it.
                pattern = re.escape(out).replace(re.escape("${key}"), "([^/]+)")
                match = re.fullmatch(f"{pattern}(?:/.*)?", path.as_posix())
                if match and (not match.groups() or match[1] in _keys(entry, params)):
                    address = "" if file == Path("dvc.yaml") else f"{file.as_posix()}:"
                    return f"{address}{stage}@{match[1]}" if match.groups() else f"{address}{stage}"
    return None


def _mapping(file: Path) -> dict[str, Any]:
    """A YAML file's mapping, empty where there is none: what is being said is another file's fault."""
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return values if isinstance(values, dict) else {}


def _outs(stage: Mapping[str, Any]) -> list[str]:
    outs = [out for kind in ("outs", "metrics", "plots") for out in stage.get(kind, [])]
    return [str(next(iter(out)) if isinstance(out, dict) else out) for out in outs]


def _keys(stage: Mapping[str, Any], params: Any) -> list[str]:
    """The keys of a `foreach`: written out, or a mapping of params.yaml as ${domains} or ${asymgan.runs}."""
    keys = stage.get("foreach", [])
    if isinstance(keys, str):
        for name in keys.strip("${}").split("."):
            params = params.get(name, {}) if isinstance(params, dict) else {}
        keys = params
    return [str(key) for key in keys]


def unusable(path: Path, why: str) -> ValueError:
    """The error for a file that cannot be used: which, why, and the command that makes it again."""
    stage = maker(path)
    again = f": `dvc repro --force --single-item {stage}` makes it again" if stage else ""
    return ValueError(f"{path.as_posix()} {why}{again}")


def missing(path: Path) -> ValueError:
    """The error for a file that is not there: which, and the command that makes it."""
    stage = maker(path)
    made = f": `dvc repro {stage}` makes it" if stage else ""
    return ValueError(f"{path.as_posix()} is missing{made}")


def read(path: Path) -> bytes:
    """A file's bytes; ValueError that names the stage if it is missing."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise missing(path) from None
    except IsADirectoryError:
        raise unusable(path, "is a folder instead of a file") from None


class Held(dict[str, Any]):
    """What a file holds by name; an absent name is an error about the file, such as one of another version."""

    def __init__(self, path: Path, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.path = path

    def __missing__(self, name: str) -> Any:
        raise unusable(self.path, f"has no {name!r}")


def parsed(path: Path, text: str | bytes, kind: type = dict) -> Any:
    """JSON of `path`: an object, or a list with `kind`; ValueError if it is not. An object's absent key is one too."""
    try:
        value = json.loads(text, object_hook=lambda values: Held(path, values), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise unusable(path, f"is not JSON ({error})") from None
    if not isinstance(value, kind):
        raise unusable(path, f"holds a JSON {type(value).__name__} instead of a {kind.__name__}")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"it holds {name}")


def read_json(path: Path, kind: type = dict) -> Any:
    """What a JSON file holds: an object, or a list with `kind`; ValueError if it is missing or something else."""
    return parsed(path, read(path), kind)


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an .npz file by name; ValueError if it is missing or damaged, or for a name that it lacks."""
    data = read(path)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            held = dict(arrays)
    except Exception as error:  # NumPy, zipfile, zlib and tokenize each have their own for damaged bytes
        raise unusable(path, f"is damaged ({error})") from None
    # Of another file in a zip, such as those in a .pth, NumPy gives the bytes.
    if not all(isinstance(array, np.ndarray) for array in held.values()):
        raise unusable(path, "holds other files than arrays")
    return Held(path, held)


def read_packed(path: Path, side: int | None = None, multiple: int = 1) -> npt.NDArray[np.uint8]:
    """A packed array, data/NAME/*.npy, mapped into memory: uint8 (N, H, W, 3), a style image (H, W, 3), H = W.

    ValueError if it is missing, damaged, cut off or of another kind, or if H is not `side` where that is given,
    or no multiple of `multiple`.
    """
    if not path.is_file():
        read(path)
    try:
        array: npt.NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
    except PermissionError:
        raise
    except Exception as error:  # as above
        raise unusable(path, f"is damaged ({error})") from None
    axes = 3 if path.name == "style.npy" else 4
    fits = isinstance(array, np.ndarray) and array.dtype == np.uint8 and array.ndim == axes
    if not fits or array.shape[-1] != 3 or array.shape[-2] != array.shape[-3] or 0 in array.shape:
        shape = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else "an archive"
        raise unusable(path, f"holds {shape} instead of packed pictures")
    if side is not None and array.shape[-2] != side:
        raise unusable(path, f"holds pictures of {array.shape[-2]} pixels instead of {side}")
    if array.shape[-2] % multiple:
        raise unusable(path, f"holds pictures of {array.shape[-2]} pixels, no multiple of {multiple}")
    return array
