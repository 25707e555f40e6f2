"""params.yaml is read as DVC reads it: YAML 1.2."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.utils.serialize import load_yaml

from pipeline.core import yaml12
from tests.core.values import file


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "a: 1\n b: 2", "\ta: 1", "a: *nowhere", "a: 'x"])
def test_what_is_not_yaml_is_said_with_its_place(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"(?s)params.yaml is not YAML: .*line \d") as caught:
        yaml12.read(file(text, tmp_path))
    assert not isinstance(caught.value, yaml.YAMLError)


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"params.yaml is missing: run the command in the checkout's top folder"):
        yaml12.read(tmp_path / "params.yaml")


def test_bytes_that_are_no_text_are_a_mistake_of_this_file(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_bytes("alpha: 0.5  # für".encode("latin-1"))
    with pytest.raises(ValueError, match=r"params\.yaml"):
        yaml12.read(tmp_path / "params.yaml")


SAME = ["1e-05", "1e5", "1.", ".5", "-.5", "+12", "-3", "010", "08", "-010", "0o17", "0x1F", "1.0e-3", "1.5e+3", "1E5"]
SAME += [
    "-2E+05",
    ".inf",
    "-.Inf",
    "+.inf",
    "on",
    "off",
    "yes",
    "no",
    "y",
    "n",
    "True",
    "TRUE",
    "true",
    "tRUE",
    "False",
]
SAME += ["null", "~", "Null", "12:30:45", "1e", "0O7", "0.1.2", "1,000", "a1", "_1", "x-1", "12e03", "-2E+05", "-"]


@pytest.mark.parametrize("text", SAME)
def test_a_value_is_read_as_dvc_reads_it(text: str, tmp_path: Path) -> None:
    within = f"\n- {text}" if ":" in text else f"[{text}]"  # DVC takes no colon between brackets
    path = file(f"a: {text}\nb: {within}\n" if text != "-" else "a: '-'\nb: ['-']\n", tmp_path)
    dvcs, ours = load_yaml(path), yaml12.read(path)
    assert ours == dvcs
    assert [type(v) for v in (ours["a"], ours["b"][0])] == [type(v) for v in (dvcs["a"], dvcs["b"][0])]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-05", 1e-5), ("on", "on"), ("no", "no"), ("010", 10), ("1_000", "1_000"), ("12:30", "12:30"), ("0o10", 8)],
)
def test_yaml_is_read_by_version_1_2(text: str, value: Any, tmp_path: Path) -> None:
    read = yaml12.read(file(f"a: {text}", tmp_path))["a"]
    assert read == value
    assert type(read) is type(value)
