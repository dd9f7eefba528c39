"""Imports run from left to right only, and no two modules need each other."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "keras_genmodels"
LAYERS = [
    ("atomic_files", "checks", "global_batch", "seeds"),
    ("distributed_random", "ranges", "rendezvous"),
    ("workers",),
    ("source_files",),
    ("registry",),
    ("annotations", "checkpoints", "latents", "music", "parsing", "pictures"),
    ("terminal",),
    ("charts", "sound"),
    ("data", "networks", "distributions"),
    ("volumes",),
    ("objectives",),
    ("models",),
    ("zoo",),
    ("evaluation",),
    ("export",),
    ("training",),
    ("tables",),
    ("demonstrate", "early_checks", "listing", "publishing"),
    ("command_options",),
    ("cli",),
    ("__main__",),
]
# What stands to the left and is still not imported: it arrives as an argument.
REFUSED = {("models", "networks"), ("evaluation", "models"), ("evaluation", "zoo")}
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
FILES = sorted(p.relative_to(PACKAGE) for p in PACKAGE.rglob("*.py"))


def imported(node, package):
    """The absolute names that an import statement may bind, relative ones resolved."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    above = package[: len(package) - node.level + 1] if node.level else []
    base = ".".join([*above, *([node.module] if node.module else [])])
    return [f"{base}.{alias.name}" for alias in node.names]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_imports_only_what_stands_to_its_left(file):
    here = file.parts[0].removesuffix(".py")
    if here == "__init__":  # the lazy top level, which names the parts as strings
        return
    package = ["keras_genmodels", *file.parts[:-1]]
    for node in ast.walk(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))):
        for name in imported(node, package):
            root, _, rest = name.partition(".")
            there = rest.split(".")[0]
            if root != "keras_genmodels" or there in {here, "__version__"}:
                continue
            where = f"{file}:{node.lineno} imports {name}"
            assert RANK.get(there, 99) < RANK[here], f"{where}, which is not left of it"
            assert (here, there) not in REFUSED, where


MEASURES = [f for f in FILES if f.parts[:2] == ("evaluation", "measures")]


@pytest.mark.parametrize("file", MEASURES, ids=str)
def test_measures_know_no_model(file):
    """Arrays in, numbers out: of the package they need checks, names and each other."""
    for node in ast.walk(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))):
        for name in imported(node, ["keras_genmodels", *file.parts[:-1]]):
            root, *path = name.split(".")
            allowed = {("checks",), ("registry", "register")}
            own = path[:2] == ["evaluation", "measures"]
            assert root != "keras_genmodels" or own or tuple(path) in allowed, name


# --- no circles -----------------------------------------------------------------------

MODULES = {
    ".".join(["keras_genmodels", *file.with_suffix("").parts]).removesuffix(
        ".__init__"
    ): file
    for file in FILES
}


def at_module_level(tree):
    """The statements that run when a module is imported, inside `if` and `try`, too."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from at_module_level(node)


def needed(module):
    """The modules of the package that a module imports before it is there itself."""
    file = MODULES[module]
    package = ["keras_genmodels", *file.parts[:-1]]
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    for node in at_module_level(tree):
        for name in imported(node, package):
            while name and name not in MODULES:  # a name in a module
                name = name.rpartition(".")[0]
            if name and name != module:
                yield name


def circles(graph):
    """Every module that is found again on the way from itself, with that way."""
    for start in graph:
        ways, seen = [[start]], set()
        while ways:
            way = ways.pop()
            for step in graph[way[-1]]:
                if step == start:
                    yield way
                if step not in seen:
                    seen.add(step)
                    ways.append([*way, step])


def test_no_two_modules_import_each_other():
    graph = {
        module: sorted(set(needed(module)))
        for module in MODULES
        if not module.startswith("keras_genmodels.data.")
    }
    graph |= {m: [] for names in graph.values() for m in names if m not in graph}
    found = [" -> ".join([*way, way[0]]) for way in circles(graph)]
    assert not found, "\n".join(found)


def test_a_circle_would_be_found():
    found = list(circles({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["a"]}))
    assert found == [["b", "c"], ["c", "b"]]
