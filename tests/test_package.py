"""The package from outside: what importing costs, which names it has."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import keras_genmodels

ROOT = Path(__file__).parents[1]
PARTS = list(pkgutil.walk_packages(keras_genmodels.__path__, "keras_genmodels."))
HEAVY = ("tensorflow", "keras", "tensorflow_probability", "gradio")
# What is imported, where its name is not that of the distribution that brings it.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "google": "protobuf",
    "grpc": "grpcio",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "sklearn": "scikit-learn",
    "tensorflow_datasets": "tensorflow-datasets",
    "tensorflow_probability": "tensorflow-probability",
    "tensorflow_serving": "tensorflow-serving-api",
}


FIRST_ANSWER = """
import sys
try:
    {statement}
except SystemExit as stop:
    assert not stop.code, stop.code
print([name for name in {heavy} if name in sys.modules])
"""


@pytest.mark.parametrize(
    "statement",
    [
        "import keras_genmodels; dir(keras_genmodels)",
        "from keras_genmodels.cli import main; main(['--help'])",
        "from keras_genmodels.cli import main; main(['train', '--help'])",
    ],
)
def test_the_first_answer_needs_no_tensorflow(statement):
    code = FIRST_ANSWER.format(statement=statement, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("part", [part.name for part in PARTS])
def test_every_public_name_exists(part):
    module = importlib.import_module(part)
    for public in getattr(module, "__all__", []):
        assert hasattr(module, public), public


def test_the_top_level_names_every_part():
    for public in keras_genmodels.__all__:
        assert getattr(keras_genmodels, public).__name__ == f"keras_genmodels.{public}"
    for part in PARTS:
        name = part.name.removeprefix("keras_genmodels.")
        if part.ispkg and "." not in name:
            assert name in keras_genmodels.__all__
            names = vars(importlib.import_module(part.name))
            assert [public for public in names if not public.startswith("_")]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(
        AttributeError, match=r"'keras_genmodels' has no attribute 'gna'"
    ):
        keras_genmodels.gna  # noqa: B018


def test_setup_declares_what_is_imported():
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    declared = re.findall(r'^ +"([\w-]+)[^"]*",$', setup, re.MULTILINE)
    for file in (ROOT / "keras_genmodels").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for root in {name.split(".")[0] for name in names}:
                if root not in sys.stdlib_module_names | {"keras_genmodels"}:
                    assert DISTRIBUTIONS.get(root, root) in declared, f"{file}: {root}"


def test_the_presets_name_recipes_and_data_sets_that_exist():
    from keras_genmodels.zoo.presets import PRESETS

    for recipe, dataset in PRESETS:
        assert recipe in keras_genmodels.zoo.names()
        assert dataset in keras_genmodels.data.names()
