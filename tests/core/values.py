"""The checkout's params.yaml, changed and refused: what tests of settings share."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.serialize import load_yaml
from pydantic import BaseModel, ValidationError

from pipeline.core import params
from tests.clone import CHECKOUT

# SGN's and the shared ones; a further paper's keys are its own room's, and its tests'.
ROOMS = {path.parent.name for path in (CHECKOUT / "pipeline").glob("*/model")}
VALUES = {key: value for key, value in load_yaml(CHECKOUT / "params.yaml").items() if key not in ROOMS}


def changed(path: str, value: Any) -> Any:
    """The checkout's values with one changed or added, its path written with dots."""
    values = copy.deepcopy(VALUES)
    *parents, last = path.split(".")
    place = values
    for key in parents:
        place = place[key]
    place[last] = value
    return values


def without(path: str) -> Any:
    """The checkout's values without one."""
    values = copy.deepcopy(VALUES)
    *parents, last = path.split(".")
    place = values
    for key in parents:
        place = place[key]
    del place[last]
    return values


def sentence(values: Any, schema: type[BaseModel]) -> str:
    """What the user reads when these values are refused."""
    with pytest.raises(ValueError, match=r"^params\.yaml: ") as caught:
        params.check(values, schema)
    assert not isinstance(caught.value, ValidationError)
    text = str(caught.value)
    assert "\n" not in text
    return text.removeprefix("params.yaml: ")


def file(text: str, folder: Path) -> Path:
    """A params.yaml with this text."""
    path = folder / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def spelled(key: str, text: str, folder: Path) -> Path:
    """The checkout's params.yaml with another text after one top-level key."""
    whole = (CHECKOUT / "params.yaml").read_text(encoding="utf-8")
    new, count = re.subn(rf"^{key}:.*$", lambda _: f"{key}: {text}", whole, flags=re.MULTILINE)
    assert count == 1
    return file(new, folder)
