"""Files that are whole or absent: written beside their place, then renamed."""

import errno
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# What a write says that has no room, or a broken disk; of these errors the system does not say the file.
_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` for a file or folder; rename it to `path` at success, remove it on error.

    Missing parent folders are made. An existing file or folder at `path` is replaced; a folder is moved aside for that,
    so that a kill leaves the old or the new one, whole. What a killed process left is removed by the next call for the
    same `path`. An OSError about the temporary file names `path`, and so does one that names nothing: a full disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _tidy(path)
    # The suffix stays the last part of the name: libraries choose the format by it. The host's name, because a folder
    # can be shared by machines that do not see each other's processes.
    owner = f".{path.stem}.{os.uname().nodename}-{os.getpid()}"
    temporary, old = path.with_name(f"{owner}.tmp{path.suffix}"), path.with_name(f"{owner}.old.tmp{path.suffix}")
    remove(temporary)
    try:
        yield temporary
        if _is_folder(path) or (_is_folder(temporary) and os.path.lexists(path)):
            os.replace(path, old)  # nothing is renamed over a folder, and no folder over anything
        os.replace(temporary, path)
    except OSError as error:
        _name(error, temporary, path)
        raise
    finally:
        if os.path.lexists(old) and not os.path.lexists(path):
            os.replace(old, path)
        remove(old)
        remove(temporary)


def _tidy(path: Path) -> None:
    """Remove what killed processes of this machine left of `path`; a folder that one had moved aside goes back."""
    begin, end = f".{path.stem}.{os.uname().nodename}-", f".tmp{path.suffix}"
    for name in os.listdir(path.parent):
        if not (name.startswith(begin) and name.endswith(end)):
            continue
        process = name.removeprefix(begin).removesuffix(end).removesuffix(".old")
        if not process.isdecimal() or _runs(int(process)):
            continue
        left = path.with_name(name)
        with suppress(OSError):  # another user's, or another process is at it: no obstacle
            if name.endswith(f".old{end}") and not os.path.lexists(path):
                os.replace(left, path)
            remove(left)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's
        return True
    return True


def _name(error: OSError, temporary: Path, path: Path) -> None:
    if error.filename is None and error.errno in _WRITING:
        error.filename = str(path)
    elif isinstance(error.filename, str) and Path(error.filename).is_relative_to(temporary):
        error.filename = str(path / Path(error.filename).relative_to(temporary))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def remove(path: Path) -> None:
    """Remove a file, a link or a folder; nothing happens where there is none."""
    if _is_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON that reads well in a diff; ValueError for NaN and infinity, which JSON does not have."""
    text = json.dumps(value, allow_nan=False, indent=1, ensure_ascii=False)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write arrays by name as .npz; the same arrays give the same bytes."""
    data = io.BytesIO()  # a zip archive that cannot be written to its end makes noise when Python forgets it
    np.savez(data, allow_pickle=False, **arrays)
    with replacing(path) as temporary:
        temporary.write_bytes(data.getbuffer())


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
