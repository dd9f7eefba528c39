"""Structure of the demo: what it imports, no circles, and small files and functions."""

import ast
import pathlib

import pytest

DEMO = pathlib.Path(__file__).parents[1] / "demo"
NAME = "keras_genmodels_demo"
FILES = {p.relative_to(DEMO).as_posix(): p for p in sorted(DEMO.rglob("*.py"))}
TREES = {name: ast.parse(p.read_text(encoding="utf-8")) for name, p in FILES.items()}
MODULES = {name.removesuffix(".py").replace("/", "."): name for name in FILES}
LONGEST_FILE, LONGEST_FUNCTION = 300, 45
each_file = pytest.mark.parametrize("file", FILES)


def imported(tree):
    """The absolute names that the import statements of a file may bind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "the demo imports by absolute names"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def modules_of(name):
    """The files of the demo that a name stands for, the longest match first."""
    parts = name.removeprefix(f"{NAME}.").split(".")
    for count in range(len(parts), 0, -1):
        for module in (".".join(parts[:count]), ".".join([*parts[:count], "__init__"])):
            if module in MODULES:
                return [MODULES[module]]
    return []


ARROWS = {
    file: {
        there
        for name in imported(tree)
        if name.startswith(f"{NAME}.")
        for there in modules_of(name)
        if there != file
    }
    for file, tree in TREES.items()
}


@each_file
def test_the_demo_knows_artefacts_latents_and_pictures_only(file):
    allowed = {"cli", "export", "latents", "music", "pictures", "registry"}
    allowed |= {"sound", "volumes"}
    allowed |= {"data.spec", "data.derived", "data.text"}
    for name in imported(TREES[file]):
        root, _, rest = name.partition(".")
        if root == "keras_genmodels":
            assert any(rest.startswith(part) for part in allowed), name
            assert not rest.startswith("cli") or file == "app.py", name
        assert root not in ("tensorflow", "keras", "tensorflow_probability"), name


@each_file
def test_every_import_of_the_demo_is_of_a_file_that_is_there(file):
    for name in imported(TREES[file]):
        assert not name.startswith(f"{NAME}.") or modules_of(name), name


def test_a_tab_knows_no_other_tab():
    for file, there in ARROWS.items():
        if file.startswith("tabs/") and file != "tabs/__init__.py":
            assert not [name for name in there if name.startswith("tabs/")], file


def test_there_are_no_circles():
    left = {file: set(there) for file, there in ARROWS.items()}
    while free := [file for file, there in left.items() if not there]:
        for file in free:
            del left[file]
        for there in left.values():
            there.difference_update(free)
    assert not left


@each_file
def test_files_and_functions_are_short(file):
    assert len(FILES[file].read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = node.body[0] if ast.get_docstring(node) else None
            lines = node.end_lineno - node.lineno + 1
            lines -= doc.end_lineno - doc.lineno + 1 if doc else 0
            assert lines <= LONGEST_FUNCTION, f"{node.name} has {lines} lines"
