"""Imports run from left to right only, and `models` never imports `networks`."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "keras_genmodels"
LAYERS = [
    ("registry",),
    ("annotations", "latents", "parsing", "pictures", "terminal"),
    ("data", "networks", "distributions"),
    ("objectives",),
    ("models",),
    ("zoo",),
    ("evaluation",),
    ("export",),
    ("training",),
    ("tables",),
    ("demonstrate", "early_checks", "listing"),
    ("cli",),
    ("__main__",),
]
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
            assert (here, there) != ("models", "networks"), where
