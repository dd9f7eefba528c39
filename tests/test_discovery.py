"""New files in a copy of the package, a fresh process: their things are found and work.

A row of `ROWS` is what a contributor does: one file in one folder, and the code that
uses it. Nothing else of the package is edited.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def page(title: str) -> tuple[str, str]:
    """The file and the code that uses it, as a page of CONTRIBUTING shows them."""
    section = CONTRIBUTING.split(f"## {title}\n")[1].split("\n## ")[0]
    file, use = re.findall(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return file, use


class Row(NamedTuple):
    """One new thing.

    `folder` is the home of its `family` in the package, None for a builder of networks,
    which is imported by its file's name; `file` the text of the new file; `use` a
    program that fails if the thing does not work; `listed` whether `keras-genmodels
    list` shows it.
    """

    family: str | None
    name: str
    folder: str
    file: str
    use: str
    listed: bool = False


FIGURE = '''
import numpy as np

from keras_genmodels.registry import register


@register("mean_image", family="figure")
def mean_image(model, examples):
    """Average samples and examples, side by side."""
    images = [np.asarray(model.sample(8)), np.asarray(examples["x"])]
    return np.concatenate([x.mean(axis=0) for x in images], axis=1)
'''
DRAW = """
import keras_genmodels as kgm

test, spec = kgm.data.load("digits", "test")
model = kgm.zoo.build("gan", spec, units=(4,))
drawn = kgm.registry.lookup("mean_image", "figure")(model, next(iter(test)))
assert drawn.shape == (16, 32, 1)
"""
EXTRACTOR = '''
import numpy as np

from keras_genmodels.registry import register


class Thumbnail:
    name, feature_size = "thumbnail", 4

    def features(self, x):
        blocks = np.asarray(x).reshape(len(x), 2, 8, 2, 8, 1)
        return blocks.mean(axis=(2, 4)).reshape(len(x), 4)


@register("thumbnail", family="extractor")
def thumbnail():
    """Pictures of 2x2 pixels."""
    return Thumbnail()
'''
EXTRACT = """
import keras_genmodels as kgm

test, spec = kgm.data.load("digits", "test", num_examples=32)
model = kgm.zoo.build("gan", spec, units=(4,))
options = {"extractor": "thumbnail", "num_samples": 16}
found = kgm.evaluation.evaluate(model, test, ["frechet_distance"], **options)
assert found["frechet_distance/extractor:thumbnail"] == 4
"""
STREAM = '''
import keras

from keras_genmodels.registry import register


@register("pixel_mean", family="running_metric")
class PixelMean(keras.metrics.Mean):
    """The mean pixel of a stream of samples."""
'''
SAVE = """
import keras
from keras_genmodels import registry

metric = registry.get("pixel_mean", "running_metric")
metric.update_state([[0.0, 1.0]])
assert metric.result() == 0.5
config = keras.saving.serialize_keras_object(metric)
assert config["registered_name"] == "keras_genmodels>running_metric.pixel_mean"
"""

METRICS = "evaluation/metrics"
TERMS = "objectives/terms"
ROWS = [
    Row("adversarial", "exponential", "objectives", *page("Add a GAN loss")),
    Row("objective", "renyi", "objectives", *page("Add a VAE loss")),
    Row("term", "total_variation", TERMS, *page("Add a term")),
    Row(None, "residual_mlp", "networks", *page("Add a network")),
    Row("prior", "laplace", "distributions", *page("Add a prior")),
    Row("recipe", "smoothed_gan", "zoo", *page("Add a recipe"), listed=True),
    Row("metric", "contrast", METRICS, *page("Add a metric"), listed=True),
    Row("figure", "mean_image", "evaluation/figures", FIGURE, DRAW),
    Row("extractor", "thumbnail", "evaluation/extractors", EXTRACTOR, EXTRACT),
    Row("running_metric", "pixel_mean", "evaluation/measures", STREAM, SAVE),
]

FOUND = {
    row.name: (row.family, f"keras_genmodels.{row.folder.replace('/', '.')}.{row.name}")
    for row in ROWS
    if row.family is not None
}
FIND = f"""
import sys
import keras_genmodels
from keras_genmodels import registry
print(keras_genmodels.__file__)
for name, (family, module) in {FOUND}.items():
    assert name in registry.names(family), registry.names(family)
    assert registry.entries(family)[name].module == module
    assert module not in sys.modules, module
assert "tensorflow" not in sys.modules
"""
USE = f"""
for name, program in {[(row.name, row.use) for row in ROWS]}:
    exec(compile(program, name, "exec"), {{"__name__": "__main__"}})
    print("\\nused", name)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package, to which a contributor added a file for each row."""
    folder = tmp_path_factory.mktemp("clone")
    light = shutil.ignore_patterns("*.keras")
    shutil.copytree(ROOT / "keras_genmodels", folder / "keras_genmodels", ignore=light)
    for row in ROWS:
        file = folder / "keras_genmodels" / row.folder / f"{row.name}.py"
        assert not file.exists()
        file.write_text(row.file, encoding="utf-8")
    return folder


def run(folder, *arguments):
    """What a fresh process prints that imports the package of this folder."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_new_files_are_found_before_anything_is_imported(copy):
    assert run(copy, "-c", FIND).startswith(str(copy))


def test_new_things_work(copy):
    used = re.findall(r"^used (\w+)$", run(copy, "-c", USE), re.MULTILINE)
    assert used == [row.name for row in ROWS]


def test_what_can_be_typed_is_listed(copy):
    listed = run(copy, "-m", "keras_genmodels", "list").split()
    assert {row.name for row in ROWS if row.listed} <= set(listed)
