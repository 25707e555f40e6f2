"""One request to one mirror: what is missing of a file goes to the end of its part, or the fault is named."""

import http
import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.core import files
from pipeline.images.cyclegan.progress import Progress

CHUNK = 1 << 18  # bytes that are read at most at once
TEMPORARY_STATUS = frozenset({408, 425, 429})  # and all from 500: worth another try at the same mirror


@dataclass(frozen=True)
class Published:
    """A published file: `mirrors` are http or https addresses in the order in which they are tried, `size` counts
    bytes, `sha256` is in hex. `starts` are the bytes that it begins with: an HTML page in its place is refused at once.
    """

    mirrors: tuple[str, ...]
    size: int
    sha256: str
    starts: bytes = b""


@dataclass(frozen=True)
class Patience:
    """How long a download waits before it gives up.

    `timeout`: seconds for a connection and for each read. `window` and `least`: a mirror that sends fewer than `least`
    bytes in `window` seconds is left for the next one. `waits`: seconds before the second, third, ... round over the
    mirrors.
    """

    timeout: float = 30.0
    window: float = 60.0
    least: int = 60_000
    waits: tuple[float, ...] = (2.0, 8.0, 30.0)


class MirrorError(Exception):
    """What is wrong with one answer of a mirror, and whether another request may help: soon, later or never."""

    def __init__(self, sentence: str, *, ask: Literal["soon", "later", "never"] = "soon") -> None:
        # Parts of a sentence are the server's words: they must not break the line or steer the terminal.
        super().__init__(" ".join("".join(c if c.isprintable() else " " for c in sentence).split()))
        self.ask = ask


def receive(part: Path, mirror: str, published: Published, patience: Patience, progress: Progress) -> bool:
    """Write the answer to one request to `part`; return whether it began at the file's first byte.

    An answer that ends too early is written as far as it goes and returned like a whole one; the caller looks at the
    length. Raises MirrorError for any other fault, after writing what was good.
    """
    offset = length(part)
    with _request(mirror, part, offset, patience) as answer:
        position = _start(answer, offset, part, published)
        from_zero = position == 0
        chunks = _chunks(answer, len(published.starts), patience)
        # Nothing that is there is given up before the answer has shown how it begins.
        chunk = next(chunks, b"")
        if not chunk:
            return from_zero
        if from_zero and not _begins_alike(chunk, published.starts):
            raise MirrorError(f"sends another kind of file{_kind(answer)}", ask="never")
        with part.open("wb" if from_zero else "ab") as stream:
            if from_zero:
                _write_origin(part, mirror, answer)
            while chunk:
                position += len(chunk)
                if position > published.size:
                    stream.truncate(0)
                    raise MirrorError(f"sends more than {published.size} bytes{_kind(answer)}", ask="never")
                stream.write(chunk)
                progress.at(position)
                chunk = next(chunks, b"")
    return from_zero


def _request(mirror: str, part: Path, offset: int, patience: Patience) -> http.client.HTTPResponse:
    """The opened answer to a request for all bytes from `offset` on. Raises MirrorError."""
    headers = {"User-Agent": "sgn-reproduction"}  # urllib itself asks for "identity", the file uncompressed
    if offset:
        headers["Range"] = f"bytes={offset}-"
        if (validator := _validator(part, mirror)) is not None:
            headers["If-Range"] = validator
    try:
        request = urllib.request.Request(mirror, headers=headers)
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=patience.timeout)
        return answer
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)  # `offset` is inside the file, so this server's ranges are broken
            raise MirrorError(f"refuses bytes from {offset} (HTTP 416)") from error
        temporary = error.code in TEMPORARY_STATUS or error.code >= 500
        # urllib follows redirects itself; one that ends up here leads nowhere.
        sentence = "redirects in a circle" if 300 <= error.code < 400 else f"answers HTTP {error.code} {error.reason}"
        raise MirrorError(sentence, ask="later" if temporary else "never") from error
    except urllib.error.URLError as error:
        raise MirrorError(f"cannot be reached ({error.reason})") from error
    except (OSError, http.client.HTTPException) as error:
        raise MirrorError(f"gives no answer ({_reason(error)})") from error


def _start(answer: http.client.HTTPResponse, offset: int, part: Path, published: Published) -> int:
    """The byte of the file at which the answer begins: `offset`, or 0 if the server ignores the range.

    Raises MirrorError if status, length or Content-Range do not fit the published file.
    """
    size = published.size
    if (coding := answer.headers.get("Content-Encoding", "identity")) != "identity":
        raise MirrorError(f"sends the file compressed ({coding})", ask="never")
    if answer.status == http.HTTPStatus.OK:
        if answer.length not in (None, size):
            raise MirrorError(f"sends {answer.length} bytes instead of {size}{_kind(answer)}", ask="never")
        return 0
    stated = answer.headers.get("Content-Range", "")
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", stated.strip())
    if answer.status == http.HTTPStatus.PARTIAL_CONTENT and match and int(match[1]) == offset:
        if match[2] not in (str(size), "*"):
            raise MirrorError(f"has a file of {match[2]} bytes instead of {size}", ask="never")
        return offset
    part.unlink(missing_ok=True)  # the next request asks for the whole file: this server's ranges are broken
    raise MirrorError(
        f"answers HTTP {answer.status} with Content-Range '{stated}' to a request for bytes from {offset} on"
    )


def _chunks(answer: http.client.HTTPResponse, first: int, patience: Patience) -> Iterator[bytes]:
    """The answer's body as it arrives, the first chunk of at least `first` bytes if there are so many.

    Raises MirrorError if the connection breaks or is too slow.
    """
    began = time.monotonic()
    received = 0
    held = b""
    while True:
        try:
            chunk = answer.read1(CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise MirrorError(f"broke off ({_reason(error)})") from error
        held += chunk
        received += len(chunk)
        if held and (not chunk or received >= first):
            yield held
            held = b""
        if not chunk:
            return
        elapsed = time.monotonic() - began
        if elapsed >= patience.window:
            if received < patience.least:
                raise MirrorError(f"is too slow ({received} bytes in {elapsed:.0f} s)", ask="later")
            began, received, first = time.monotonic(), 0, 0


def _begins_alike(chunk: bytes, starts: bytes) -> bool:
    both = min(len(chunk), len(starts))  # an answer that breaks off early shows less
    return chunk[:both] == starts[:both]


def origin_path(part: Path) -> Path:
    """The note beside `part` about where it began."""
    return part.with_name(part.name + ".json")


def _write_origin(part: Path, mirror: str, answer: http.client.HTTPResponse) -> None:
    """Note beside `part` which mirror's file it begins, so that a range request can ask for the same one."""
    etag = answer.headers.get("ETag")
    # A weak ETag does not promise equal bytes, so it cannot stand in If-Range.
    strong = etag if etag is not None and not etag.startswith("W/") else None
    validator = strong or answer.headers.get("Last-Modified")
    files.write_json(origin_path(part), {"mirror": mirror, "validator": validator})


def _validator(part: Path, mirror: str) -> str | None:
    """What If-Range says to `mirror`: its ETag or date, if `part` began there; else None."""
    try:
        origin: Any = files.read_json(origin_path(part))
    except (OSError, json.JSONDecodeError, UnicodeDecodeError):
        return None
    if isinstance(origin, dict) and origin.get("mirror") == mirror and isinstance(origin.get("validator"), str):
        return str(origin["validator"])
    return None


def length(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def _kind(answer: http.client.HTTPResponse) -> str:
    kind = answer.headers.get_content_type()
    return f" (the server calls it {kind})" if kind.startswith("text/") else ""


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
