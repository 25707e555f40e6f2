"""No file that is read can run code: nothing in the source could run it, and attacks offered as data do not."""

import ast
import io
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from pipeline.core import artifacts, params, tensors, yaml12
from pipeline.images import catalogue
from pipeline.images.decoding import decode
from pipeline.sgn.model.params import Params
from tests.clone import CHECKOUT

SOURCES = sorted(p for folder in ("pipeline", "stages", "notebooks") for p in (CHECKOUT / folder).rglob("*.py"))

NEVER = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "builtins.eval", "builtins.exec"),
    *("pickle.load", "pickle.loads", "marshal.load", "marshal.loads", "shelve.open", "dill.load", "joblib.load"),
    *("pandas.read_pickle", "pd.read_pickle", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "runpy.run_path"),
    *("torch.jit.load", "torch.hub.load", "torch.package.PackageImporter", "shutil.unpack_archive"),
}
PROCESSES = {
    "subprocess.run",
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls in a file, each with the dotted name of what is called; imported names are written out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    full = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    full |= {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.asname and alias.asname != "np"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, dot, rest = ast.unparse(node.func).partition(".")
            yield full.get(first, first) + dot + rest, node


def forbidden(name: str, call: ast.Call) -> str | None:
    """What is wrong with a call, or None."""
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    if name in NEVER:
        return f"{name} runs what it is given"
    if name == "torch.load" and given.get("weights_only") != "True":
        return "torch.load without weights_only=True"
    if name == "np.load" and given.get("allow_pickle", "False") != "False":
        return "np.load with allow_pickle"
    if name == "yaml.load":  # yaml12.py makes its own loader, a SafeLoader
        return "yaml.load with any loader"
    if given.get("shell", "False") != "False":
        return "a shell"
    if name in PROCESSES and (not call.args or isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp)):
        return "a process from a text"
    return None


def test_no_call_in_the_source_could_run_what_a_file_says() -> None:
    assert len(SOURCES) > 100
    found = [
        f"{path.relative_to(CHECKOUT)}:{call.lineno}: {wrong}"
        for path in SOURCES
        for name, call in calls(path)
        if (wrong := forbidden(name, call))
    ]
    assert found == []
    assert issubclass(yaml12._Loader, yaml.SafeLoader)


@pytest.mark.parametrize(
    "line",
    [
        "import pickle; pickle.loads(data)",
        "from pickle import load as read\nread(stream)",
        "import torch\ntorch.load(path)",
        "from torch import load\nload(path, weights_only=False)",
        "import numpy as np\nnp.load(path, allow_pickle=True)",
        "import yaml\nyaml.load(text, Loader=yaml.Loader)",
        "from yaml import unsafe_load\nunsafe_load(text)",
        "eval(text)",
        "import os\nos.system(text)",
        "import subprocess\nsubprocess.run(f'ls {name}')",
        "import subprocess\nsubprocess.run(['ls'], shell=True)",
    ],
)
def test_the_search_finds_what_it_searches_for(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.py").write_text(line)
    assert [wrong for name, call in calls(tmp_path / "a.py") if (wrong := forbidden(name, call))]


class Attack:
    """Unpickling it makes a folder."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.marker),)


def in_pickle(attack: Attack) -> bytes:
    return pickle.dumps(attack)


def in_pth(attack: Attack) -> bytes:
    stream = io.BytesIO()
    torch.save({"step": 1, "generator": attack}, stream)
    return stream.getvalue()


def in_old_pth(attack: Attack) -> bytes:
    stream = io.BytesIO()
    torch.save({"step": 1, "generator": attack}, stream, _use_new_zipfile_serialization=False)
    return stream.getvalue()


def in_npy(attack: Attack) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([attack], dtype=object), allow_pickle=True)
    return stream.getvalue()


def in_npz(attack: Attack) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=True, inputs=np.array([attack], dtype=object))
    return stream.getvalue()


def in_yaml(attack: Attack) -> bytes:
    return f"alpha: !!python/object/apply:os.mkdir ['{attack.marker}']\n".encode()


FORMS: list[Callable[[Attack], bytes]] = [in_pickle, in_pth, in_old_pth, in_npy, in_npz, in_yaml]


def as_card(data: bytes) -> None:
    Path("data/photo").mkdir(parents=True)
    Path("data/photo/card.json").write_bytes(data)
    catalogue.read(["photo"], [], "scenes", 36, 32, 256)


def at(name: str, read: Callable[[Path], Any]) -> Callable[[bytes], None]:
    """Offer the attack as a file of this name."""

    def offer(data: bytes) -> None:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        read(path)

    return offer


READERS: dict[str, Callable[[bytes], None]] = {
    "a packed array": at("data/photo/train.npy", artifacts.read_packed),
    "a style image's array": at("data/udnie/style.npy", artifacts.read_packed),
    "arrays": at("data/translations/model1.npz", artifacts.read_arrays),
    "a model": at("models/model1/0/generator.safetensors", tensors.read),
    "metrics": at("reports/metrics/runs/model1.json", artifacts.read_json),
    "a card": as_card,
    "params.yaml": at("params.yaml", lambda path: params.read(Params, path)),
    "a picture": lambda data: decode(io.BytesIO(data), 1_000_000),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("reader", READERS)
def test_an_attack_in_the_place_of_data_does_not_run(
    form: Callable[[Attack], bytes], reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    marker = tmp_path / "attacked"
    with pytest.raises(ValueError, match=r"\S") as caught:
        READERS[reader](form(Attack(marker)))
    assert not marker.exists()
    assert "\n" not in str(caught.value)


RUN: list[tuple[Callable[[Attack], bytes], Callable[[io.BytesIO], Any]]] = [
    (in_pickle, pickle.load),
    (in_pth, lambda stream: torch.load(stream, weights_only=False)),
    (in_old_pth, lambda stream: torch.load(stream, weights_only=False)),
    (in_npy, lambda stream: np.load(stream, allow_pickle=True)),
    (in_npz, lambda stream: dict(np.load(stream, allow_pickle=True))),
    (in_yaml, yaml.unsafe_load),
]


@pytest.mark.parametrize(("form", "careless"), RUN)
def test_the_attacks_are_real_ones(
    form: Callable[[Attack], bytes], careless: Callable[[io.BytesIO], Any], tmp_path: Path
) -> None:
    marker = tmp_path / "attacked"
    careless(io.BytesIO(form(Attack(marker))))
    assert marker.is_dir()
    shutil.rmtree(marker)
