"""A data set is one new file: as CONTRIBUTING says, in a copy of the package."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = "keras_genmodels/data/sources"

SPLITS = """
import json, sys
import keras_genmodels as kgm
assert "tensorflow" not in sys.modules

def pictures(split):
    batches, spec = kgm.data.load("stripes", split, drop_remainder=False)
    found = [batch["x"] for batch in batches.as_numpy_iterator()]
    return [row.tobytes() for x in found for row in x], spec

(train, spec), (test, _) = pictures("train"), pictures("test")
print(json.dumps({
    "file": kgm.__file__,
    "train": len(train),
    "test": len(test),
    "different": len({*train, *test}),
    "spec": spec.to_dict(),
}))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs Python where the package has one data set more."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "keras_genmodels", folder / "keras_genmodels")
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.split("## Add a data set")[1].split("\n## ")[0]
    named = re.search(rf"`({SOURCES}/\w+\.py)`", section)[1]
    code = re.search(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[1]
    assert not (folder / named).exists()
    (folder / named).write_text(code, encoding="utf-8")

    def run(*words):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run.folder = folder
    return run


def test_the_page_names_one_file_that_exists_nowhere_else(run):
    ours = {p.name for p in (ROOT / SOURCES).glob("*.py")}
    theirs = {p.name for p in (run.folder / SOURCES).glob("*.py")}
    assert theirs - ours == {"stripes.py"}


def test_the_list_shows_it(run):
    assert "stripes" in run("-m", "keras_genmodels", "list")


def test_its_splits_are_whole_and_disjoint(run):
    found = json.loads(run("-c", SPLITS).splitlines()[-1])
    assert Path(found["file"]).parent == run.folder / "keras_genmodels"
    assert (found["train"], found["test"]) == (800, 200)
    assert found["different"] == 1000  # no picture twice, in one split or in both
    assert found["spec"]["x_shape"] == [16, 16, 1]
    assert found["spec"]["attributes"][0]["classes"] == ["horizontal", "vertical"]


def test_it_trains_from_the_command_line(run):
    command = ["-m", "keras_genmodels", "train", "vae", "stripes", "--epochs", "1"]
    run(*command, "--out", "run", "--set", "latent_dim=2")
    report = json.loads((run.folder / "run" / "report.json").read_text())
    assert report["epochs"] == 1


def test_its_file_needs_no_tensorflow(run):
    code = (
        "import sys; from keras_genmodels import registry;"
        "print(registry.lookup('stripes', 'dataset').__module__);"
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert run("-c", code).strip() == "keras_genmodels.data.sources.stripes"


@pytest.mark.parametrize("file", sorted((ROOT / SOURCES).glob("*.py")), ids=str)
def test_every_file_says_what_its_sets_hold(file):
    from keras_genmodels import registry

    found = [
        entry
        for family in ("dataset", "dataset scheme")
        for entry in registry.entries(family).values()
        if entry.module.endswith(f"sources.{file.stem}")
    ]
    assert found or file.stem == "__init__"
    for entry in found:
        assert len(entry.summary) > 30, f"{entry.name} needs a line of meaning"
