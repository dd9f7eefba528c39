"""Rules of style that a linter does not know, over the syntax trees."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(
    file.relative_to(ROOT)
    for folder in ("keras_genmodels", "demo", "benchmarks")
    for file in (ROOT / folder).rglob("*.py")
)
LONGEST_FILE, LONGEST_FUNCTION = 300, 45  # lines
DOCUMENTED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


@functools.cache
def tree_of(file):
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_docstring_begins_with_the_thing_and_not_with_a_riddle(file):
    for node in ast.walk(tree_of(file)):
        doc = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
        found = re.match(r"(What|Who|Whom|Whose)\b", doc or "")
        where = f"{file}:{getattr(node, 'lineno', 1)}"
        assert not found, f"{where} begins with {found.group()!r}: {doc[:60]!r}"


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.parts[0] != "benchmarks"], ids=str
)
def test_no_file_and_no_function_is_long(file):
    """The signature and the docstring of a function are not counted.

    Rivals in benchmarks are written out as their users write them.
    """
    text = (ROOT / file).read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE, file
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= LONGEST_FUNCTION, f"{file}:{node.lineno} {node.name}"


TENSORS = ("distributions", "models", "networks", "objectives")


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.parts[1] in TENSORS], ids=str
)
def test_tensors_are_not_multiplied_by_an_operator(file):
    """Four axes `@` two is wrong in TensorFlow 2.21; see `causal_blocks.product`."""
    found = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.MatMult)]
    assert not found, f"{file} multiplies matrices by @ {len(found)} times"
