"""The released figures of translated faces, reached again by their own command."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import ROOT

from keras_genmodels import checkpoints
from keras_genmodels.tables.cells import finished

pytestmark = pytest.mark.slow
SETTINGS = {
    "epochs": 40,
    "batch_size": 16,
    "data": {"image_size": 32, "domains": {"male": ["no", "yes"]}},
    "arguments": {"identity": 0, "cycle": 2, "field": 34},
}


def test_faces_of_men_and_women_are_exchanged_as_released(tmp_path, mnist_dir):
    """An hour of training, and a quarter of one for the judges."""
    if not (pathlib.Path(mnist_dir) / "lfw64").is_dir():
        pytest.skip("the faces are not on this machine")
    named = os.environ.get("KERAS_GENMODELS_RUNS")
    path = (pathlib.Path(named) if named else tmp_path) / "cycle_gan-faces"
    run = finished(path, "cycle_gan", "tfds:lfw64", data_dir=mnist_dir, **SETTINGS)
    command = [sys.executable, ROOT / "benchmarks" / "face_translation.py"]
    model, _ = checkpoints.newest(run.checkpoints)
    asked = [model, "--attribute", "male", "--image-size", "32"]
    done = subprocess.run(
        [*map(str, [*command, *asked])],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_GENMODELS_DATA": mnist_dir},
    )
    assert done.returncode == 0, done.stderr
    found = dict(re.findall(r"(translate\w*) +([\d. ]+)$", done.stdout, re.MULTILINE))
    for way in ("translate", "translate_back"):
        changed, before, likeness, one = map(float, found[way].split())
        assert changed > 0.8
        assert before < 0.2
        assert min(likeness, one) > 0.5
