"""Results that stages write as JSON and others read: each file is of one type, and says so where it is not."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.core import artifacts, files
from pipeline.core.yaml12 import short


class Result(BaseModel):
    """A part of a result: no unknown keys, no silent conversion, no NaN and no infinity, which JSON does not have."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


ResultT = TypeVar("ResultT", bound=Result)


def read(path: Path, kind: type[ResultT]) -> ResultT:
    """What a file holds, as its type; ValueError that names the stage if it is missing or of another kind."""
    text = artifacts.read(path)
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = f"{where}: {first['msg']}" if where else first["msg"]
        raise artifacts.unusable(path, f"is no {kind.__name__} ({short(said)})") from None


def write(path: Path, result: Result) -> None:
    """Write a result as JSON that reads well in a diff."""
    files.write_json(path, result.model_dump(mode="json"))


def of(kind: type[ResultT], values: Mapping[str, Any]) -> ResultT:
    """Values as their type; a stage that measured something else has a mistake of ours."""
    # Through JSON, because pydantic's strict mode takes a list for a tuple only there.
    return kind.model_validate_json(json.dumps(values, allow_nan=False))
