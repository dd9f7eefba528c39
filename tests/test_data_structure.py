"""The modules of `keras_genmodels.data`: no circle, no room of one, nothing heavy."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "keras_genmodels"
FILES = sorted((PACKAGE / "data").rglob("*.py"))
ROOMS = sorted({file.parent for file in FILES})
HEAVY = ("keras", "tensorflow", "tensorflow_datasets", "tensorflow_probability")


def dotted(file):
    """The name that a file is imported by; that of a folder is its `__init__`."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {dotted(file): file for file in FILES}


def needed(file):
    """The modules of the data that a module imports, in a function or outside."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name for name in [*inner, node.module] if name in MODULES)


def test_no_circle():
    graph = {name: set(needed(file)) for name, file in MODULES.items()}
    assert "keras_genmodels.data.spec" in graph["keras_genmodels.data.loading"]
    folders = {name for name, file in MODULES.items() if file.stem == "__init__"}
    for name in MODULES:  # `from folder import module` needs the module, not the folder
        graph[name] -= folders
    assert len([*graphlib.TopologicalSorter(graph).static_order()]) == len(graph)


def test_what_is_shared_knows_no_data_set():
    for name, file in MODULES.items():
        if ".sources" not in name:
            assert not [n for n in needed(file) if ".sources" in n], name


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_no_room_of_one_file(room):
    assert len([file for file in FILES if file.parent == room]) > 2  # with __init__


def test_no_data_set_imports_tensorflow():
    code = (
        "import sys; from keras_genmodels import registry;"
        "registry.load_all('dataset', 'dataset scheme', 'caption');"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
