"""docs/guarantees.md: every test that it names is there, and marked long exactly where it says so."""

import ast
import re

import pytest

from tests.clone import CHECKOUT

TEXT = (CHECKOUT / "docs/guarantees.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/(?:\w+/)*test_\w+\.py)(?:::(\w+))?`( \(\*long\*\)| \(partly \*long\*\))?", TEXT)


def marked_long(function: ast.FunctionDef) -> bool:
    return any("mark.long" in ast.unparse(decorator) for decorator in function.decorator_list)


@pytest.mark.parametrize(("file", "name", "long"), sorted(set(NAMED)))
def test_a_named_test_is_there(file: str, name: str, long: str) -> None:
    tree = ast.parse((CHECKOUT / file).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if name:
        assert name in functions
        assert marked_long(functions[name]) == (long == " (*long*)")
    else:
        assert any(function.startswith("test_") for function in functions)


def test_every_part_names_tests() -> None:
    assert len(NAMED) > 40
    for part in TEXT.split("\n## ")[1:]:
        assert "`tests/" in part, part.splitlines()[0]
