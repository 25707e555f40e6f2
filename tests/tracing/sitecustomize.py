"""Records what the stages of a run read. Python imports this file at the start of every process, if its folder is in
PYTHONPATH.

A stage, which DVC tells its name in DVC_STAGE, appends to the file of that name, in the folder that SGN_TRACE names, a
line for each file of the checkout that it opens for reading (`file`), each folder that it lists (`folder`) and each
parameter that it reads (`param`), once each. What it wrote itself does not count. Processes that it starts, such as a
notebook's kernel, append to the same file. Nothing is recorded where SGN_TRACE is not set.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

LOGS, STAGE, ROOT = "SGN_TRACE", "DVC_STAGE", "SGN_TRACE_ROOT"
# The environment, the resume state, and what Git and DVC keep: DVCLive looks which repository it is in.
NOT_OURS = (".venv", "scratch", ".git", ".gitignore", ".dvc", ".dvcignore")

Tell = Callable[[str, str], None]


def begin() -> None:
    """Record this process, if it is a stage of a traced run or a child of one."""
    if LOGS not in os.environ or STAGE not in os.environ:
        return
    tell = writer(os.path.join(os.environ[LOGS], os.environ[STAGE]))
    tell("stage", os.environ[STAGE])
    sys.addaudithook(file_hook(os.environ.setdefault(ROOT, os.getcwd()), tell))
    sys.meta_path.insert(0, ParamsFinder(tell))


def writer(path: str) -> Tell:
    """Append each line to the file at once, so that a child that ends without atexit loses none."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    told = set()

    def tell(kind: str, what: str) -> None:
        if (kind, what) not in told:
            told.add((kind, what))
            os.write(log, f"{kind}\t{what}\n".encode())

    return tell


def file_hook(root: str, tell: Tell) -> Callable[[str, tuple[Any, ...]], None]:
    """The audit hook for files below `root`. An import is the reading of the module's file, or of its byte code."""
    written: set[str] = set()

    def inside(path: Any) -> str | None:
        if not isinstance(path, str | bytes | os.PathLike):
            return None  # a file that is open already
        relative = os.path.relpath(os.path.abspath(os.fsdecode(path)), root)
        top = relative.split(os.sep)[0]
        return None if top == ".." or top in NOT_OURS else relative

    def own(relative: str) -> bool:
        parts = relative.split(os.sep)
        return any(os.sep.join(parts[:n]) in written for n in range(1, len(parts) + 1))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            relative = inside(path)
            if relative is None:
                return
            if mode is None:  # os.open
                mode = {os.O_RDONLY: "r", os.O_WRONLY: "w"}.get((flags or 0) & os.O_ACCMODE, "r+")
            source = module_of(relative)
            if source:
                tell("file", source)
            elif ("r" in mode or "+" in mode) and os.path.isfile(path) and not own(relative):
                tell("file", relative)
            if not source and set(mode) & set("wax+"):
                written.add(relative)
        elif event == "os.rename":
            relative = inside(arguments[1])
            if relative is not None:
                written.add(relative)
        elif event in ("os.listdir", "os.scandir"):
            relative = inside(arguments[0]) if arguments[0] else None
            if relative is not None and os.path.isdir(arguments[0]) and not own(relative):
                tell("folder", relative)

    return hook


def module_of(relative: str) -> str | None:
    """The source file that byte code was made of: a/__pycache__/b.cpython-311.pyc of a/b.py."""
    folder, name = os.path.split(relative)
    parent, cache = os.path.split(folder)
    return os.path.join(parent, name.split(".")[0] + ".py") if cache == "__pycache__" else None


class ParamsFinder:
    """Finds pipeline.core.params as Python does, and watches what it reads."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == "pipeline.core.params" else None
        if spec is not None:
            loader: Any = spec.loader
            execute = loader.exec_module

            def execute_and_watch(module: ModuleType) -> None:
                execute(module)
                watch(module, self.tell)

            loader.exec_module = execute_and_watch
        return spec


class Named(dict[str, Any]):
    """A mapping of params.yaml: whoever asks for all its names reads the mapping itself."""

    def __init__(self, values: Mapping[str, Any], read: Callable[[], None]) -> None:
        super().__init__(values)
        self.read = read

    def __iter__(self) -> Iterator[str]:
        self.read()
        return super().__iter__()

    def keys(self) -> Any:
        self.read()
        return super().keys()

    def values(self) -> Any:
        self.read()
        return super().values()

    def items(self) -> Any:
        self.read()
        return super().items()

    def __len__(self) -> int:
        self.read()
        return super().__len__()


def watch(params: ModuleType, tell: Tell) -> None:
    """Tell each value that is read of what `params.read()` returns, by its path: scales.smoke.train.batch.

    Values are what is no mapping: also a dataclass of a paper's, such as runs.model1.A.
    """
    places: dict[int, tuple[str, Any]] = {}  # by id; the object beside it keeps its id from being given to another
    quiet: list[None] = []

    @contextmanager
    def unheard() -> Iterator[None]:
        quiet.append(None)
        try:
            yield
        finally:
            quiet.pop()

    def heard(path: str) -> None:
        if not quiet:
            tell("param", path)

    def place(value: Any, path: str) -> Any:
        if isinstance(value, model):
            places[id(value)] = path, value
            fields = value.__dict__
            fields.update({name: place(part, joined(path, name)) for name, part in fields.items()})
        elif isinstance(value, dict):
            parts = {name: place(part, joined(path, name)) for name, part in value.items()}
            return Named(parts, lambda: heard(path))
        return value

    model = params.BaseModel
    read, attribute, dump = params.read, model.__getattribute__, model.model_dump
    scale_params = params.Shared.scale_params.fget

    def watched_read(*arguments: Any) -> Any:
        with unheard():
            return place(read(*arguments), "")

    def watched_attribute(self: Any, name: str) -> Any:
        value = attribute(self, name)
        if not quiet and id(self) in places:
            path = places[id(self)][0]
            if name == "__dict__":  # a comparison, a copy, a hash: all of it
                for leaf in leaves(value, path, model):
                    tell("param", leaf)
            elif name in type(self).model_fields and not isinstance(value, model | dict):
                tell("param", joined(path, name))
        return value

    def watched_dump(self: Any, **options: Any) -> Any:
        with unheard():
            result = dump(self, **options)
        if id(self) in places:
            for leaf in leaves(result, places[id(self)][0], model):
                heard(leaf)
        return result

    def watched_scale(self: Any) -> Any:
        with unheard():  # a stage declares scales.SCALE, not scale, to depend on the values of its own scale
            return scale_params(self)

    params.read = watched_read  # type: ignore[attr-defined]
    model.__getattribute__ = watched_attribute
    model.model_dump = watched_dump
    params.Shared.scale_params = property(watched_scale)


def joined(path: str, name: str) -> str:
    """A dotted path in params.yaml."""
    return f"{path}.{name}" if path else name


def leaves(value: Any, path: str, model: type) -> Iterator[str]:
    """The paths of all values that are no mappings."""
    if isinstance(value, model):
        value = object.__getattribute__(value, "__dict__")
    if isinstance(value, dict):
        for name in dict.keys(value):
            yield from leaves(dict.__getitem__(value, name), joined(path, name), model)
    else:
        yield path


begin()
