"""One published file into the cache: from any of its mirrors, in as many pieces as it takes, checked before use.

A file appears in the cache under its own name only when its size and SHA-256 are right. Until then its bytes are in
`NAME.HASH.part`, which a later call (also after a kill) continues with an HTTP range request. Bytes with a wrong
SHA-256 are kept aside as `NAME.bad-HASH`. A lock per file lets several processes ask for it at once: one downloads,
the others wait.
"""

import errno
import fcntl
import os
import shutil
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.core import files
from pipeline.images.cyclegan.progress import Progress, megabytes
from pipeline.images.cyclegan.transfer import MirrorError, Patience, Published, length, origin_path, receive

ELSEWHERE = "SGN_CACHE=DIR in the environment puts the cache elsewhere"


class DownloadError(OSError):
    """No mirror gave the right file; the sentence says what each answered and what the user can do."""


def fetch(target: Path, published: Published, patience: Patience | None = None) -> Path:
    """Return `target`, downloaded if it is not there yet.

    On return the file has the published size and SHA-256; both are checked at every call. Raises DownloadError if no
    mirror gives the file, OSError if the cache cannot be written or has no space. What has arrived stays, and another
    call goes on where this one stopped.
    """
    if _is_right(target, published):
        return target
    progress = Progress(target.name, published.size)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = target.with_name(target.name + ".lock").open("a")
    except OSError as error:
        raise OSError(f"the cache folder {target.parent} cannot be written ({error.strerror}); {ELSEWHERE}") from error
    with lock, _locked(lock.fileno(), progress):
        if _is_right(target, published):
            return target  # another process got it while this one waited
        if target.exists():
            progress.say(_set_aside(target, target, published.sha256))
        part = target.with_name(f"{target.name}.{published.sha256[:12]}.part")
        _check_space(target, published.size - length(part))
        try:
            source = _download(part, target, published, patience or Patience(), progress)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise OSError(f"the space ran out during the download of {target}; make room, or {ELSEWHERE}") from error
        os.replace(part, target)
        origin_path(part).unlink(missing_ok=True)
        progress.say(f"complete, SHA-256 as published, from {source}")
    return target


def _is_right(path: Path, published: Published) -> bool:
    # The size first: it spares reading a file that cannot be right.
    return path.is_file() and path.stat().st_size == published.size and files.sha256(path) == published.sha256


@contextmanager
def _locked(descriptor: int, progress: Progress) -> Iterator[None]:
    """Hold the file's lock. The system frees it when the process ends, however it ends."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        progress.say("another process is downloading it; waiting")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _check_space(target: Path, needed: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if needed > free:
        raise OSError(
            f"no space for {target.name}: {megabytes(needed)} to download, {megabytes(free)} free in {target.parent}; "
            f"make room, or {ELSEWHERE}"
        )


def _set_aside(path: Path, target: Path, sha256: str) -> str:
    """Rename the bad file at `path` and return the sentence about it."""
    got = files.sha256(path)
    aside = target.with_name(f"{target.name}.bad-{got[:12]}")
    os.replace(path, aside)
    return f"wrong SHA-256: expected {sha256}, got {got}; kept aside as {aside.name}"


def _download(part: Path, target: Path, published: Published, patience: Patience, progress: Progress) -> str:
    """Bring `part` to the published bytes; return who gave the last of them. Raises DownloadError."""
    if length(part) >= published.size:  # a process was killed before its check
        if _is_right(part, published):
            return "an earlier call"
        progress.say(_set_aside(part, target, published.sha256))
    faults = dict.fromkeys(published.mirrors, "was not asked")
    left = list(published.mirrors)
    best = length(part)  # the most bytes that were ever there
    for wait in (0.0, *patience.waits):
        if wait and left:
            progress.say(f"next try in {wait:g} s")
            time.sleep(wait)
        for mirror in list(left):
            # A mirror that breaks off but brings the file forward, by a hundredth at least, is asked again at once.
            forward = True
            while forward:
                try:
                    _attempt(part, target, mirror, published, patience, progress)
                    return _host(mirror)
                except MirrorError as fault:
                    faults[mirror] = str(fault)
                    there = length(part)
                    progress.say(f"{_host(mirror)} {fault}; {megabytes(there)} of {megabytes(published.size)} kept")
                    forward = fault.ask == "soon" and there - best >= max(1, published.size // 100)
                    best = max(best, there)
                    if fault.ask == "never":
                        left.remove(mirror)
    answers = "; ".join(f"{mirror} {fault}" for mirror, fault in faults.items())
    kept = f"{megabytes(length(part))} of {megabytes(published.size)}"
    raise DownloadError(
        f"{target.name} could not be downloaded: {answers}. Run the command again ({kept} are kept), or place the file "
        f"({published.size} bytes, SHA-256 {published.sha256}) by hand at {target}; docs/data.md tells how"
    )


def _host(mirror: str) -> str:
    return "://".join(urllib.parse.urlsplit(mirror)[:2])


def _attempt(
    part: Path, target: Path, mirror: str, published: Published, patience: Patience, progress: Progress
) -> None:
    """Ask one mirror for what is missing of `part`, and check the whole if it is then complete. Raises MirrorError."""
    while True:
        in_one_piece = receive(part, mirror, published, patience, progress)
        if (there := length(part)) < published.size:
            raise MirrorError(f"broke off at {there} of {published.size} bytes")
        if _is_right(part, published):
            return
        fault = f"ended in a {_set_aside(part, target, published.sha256)}"
        if in_one_piece:
            raise MirrorError(fault, ask="never")
        # The pieces can be of different files or of a damaged disk: this mirror may still have the right file. What
        # there was is set aside, so the second answer begins at the first byte.
        progress.say(f"{_host(mirror)} {fault}; again from the first byte, as it came in pieces")
