"""Pictures and figures in one zip, whole at every moment."""

import io
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.core import files

MOST_BYTES = 15 * 2**20


class Pack:
    """A zip that is written again, by rename, with each file that is added to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left_out: list[str] = []
        self._files: dict[str, bytes] = {}

    def add(self, name: str, data: bytes) -> bool:
        """Add or replace a file; False, and the name is kept in `left_out`, if the zip would be too large."""
        others = sum(len(held) for other, held in self._files.items() if other != name)
        if others + len(data) > MOST_BYTES:
            self.left_out.append(name)
            return False
        self._files[name] = data
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:  # pictures are compressed as they are
            for held, content in self._files.items():
                archive.writestr(zipfile.ZipInfo(held, (1980, 1, 1, 0, 0, 0)), content)
        with files.replacing(self.path) as temporary:
            temporary.write_bytes(stream.getbuffer())
        return True

    def sizes(self) -> dict[str, int]:
        """Bytes of each file."""
        return {name: len(data) for name, data in self._files.items()}


def webp(picture: npt.NDArray[np.uint8], quality: int = 90) -> bytes:
    """A picture (H, W, 3) as WebP, a little lossy."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "WEBP", quality=quality, method=2)
    return stream.getvalue()
