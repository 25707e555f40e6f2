"""YAML 1.2 for params.yaml: what a stage reads is what DVC reads.

DVC reads YAML 1.2 (`1e-05` is a number, `on` is a word); PyYAML alone follows YAML 1.1. The loader below gives
PyYAML the 1.2 rules for booleans and numbers.
"""

import re
from pathlib import Path
from typing import Any

import yaml

MAX_VALUES = 100_000  # the file in Git has about 500


def read(path: Path) -> Any:
    """The values of a YAML file; ValueError with one line if it is missing, no UTF-8 or no YAML."""
    if not path.is_file():
        raise ValueError(f"{path} is missing: run the command in the checkout's top folder")
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a UTF-8 text: {error}") from None
    except RecursionError:
        raise ValueError(f"{path} is not YAML: its values are nested too deeply") from None
    except (OSError, MemoryError):
        raise
    except Exception as error:  # PyYAML answers wrong tags also with IndexError, KeyError and AttributeError
        raise ValueError(f"{path} is not YAML: {short(' '.join(str(error).split()))}") from None


def short(text: str, length: int = 300) -> str:
    """At most so many characters of a text, for a message."""
    return text if len(text) <= length else f"{text[:length]}…"


def _parse(text: str) -> Any:
    """The text's values; ValueError if its aliases (`*name`) repeat each other to an endless length."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _size(node, {}) > MAX_VALUES:
            raise ValueError(f"with its aliases written out it has more than {MAX_VALUES:,} values")
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _size(node: yaml.Node, known: dict[int, float]) -> float:
    """How many values a node has with its aliases written out; infinity for one that holds itself."""
    if id(node) not in known:
        known[id(node)] = float("inf")  # while it is counted
        parts = node.value if isinstance(node, yaml.CollectionNode) else []
        children = [child for part in parts for child in (part if isinstance(part, tuple) else (part,))]
        known[id(node)] = 1 + sum(_size(child, known) for child in children)
    return known[id(node)]


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with YAML 1.2's rules for booleans and numbers."""


_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("bool", "int", "float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", _FLOAT, "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)  # 010 is ten in YAML 1.2


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
