"""What is measured of translated faces, and the released figures, reached again."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

from keras_genmodels import checkpoints
from keras_genmodels.tables.cells import finished

PROGRAM = ROOT / "benchmarks" / "face_translation.py"
SETTINGS = {
    "epochs": 40,
    "batch_size": 16,
    "data": {"image_size": 32, "domains": {"male": ["no", "yes"]}},
    "arguments": {"identity": 0, "cycle": 2, "field": 34},
}


@pytest.fixture
def faces_dir(mnist_dir):
    """The folder that holds the faces."""
    if not (pathlib.Path(mnist_dir) / "lfw64").is_dir():
        pytest.skip("the faces are not on this machine")
    return mnist_dir


def test_faces_are_the_same_at_any_size(faces_dir, monkeypatch):
    monkeypatch.setenv("KERAS_GENMODELS_DATA", faces_dir)
    made = importlib.util.spec_from_file_location("face_translation", PROGRAM)
    program = importlib.util.module_from_spec(made)
    made.loader.exec_module(program)
    large, known, names = program.faces("test", 64)
    small, _, _ = program.faces("test", 32)
    assert len(large) == len(small) == len(names) == len(known["male"])
    means = large.reshape(-1, 32, 2, 32, 2, 3).mean(axis=(2, 4))
    assert np.abs(small - means).mean() < 0.02


@pytest.mark.slow
def test_faces_of_men_and_women_are_exchanged_as_released(runs, faces_dir):
    """An hour of training, and a quarter of one for the judges."""
    path = runs / "cycle_gan-faces"
    run = finished(path, "cycle_gan", "tfds:lfw64", data_dir=faces_dir, **SETTINGS)
    model, _ = checkpoints.newest(run.checkpoints)
    asked = [model, "--attribute", "male", "--image-size", "32"]
    done = subprocess.run(
        [*map(str, [sys.executable, PROGRAM, *asked])],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_GENMODELS_DATA": faces_dir},
    )
    assert done.returncode == 0, done.stderr
    found = dict(re.findall(r"(translate\w*) +([\d. ]+)$", done.stdout, re.MULTILINE))
    for way, least in (("translate", 0.85), ("translate_back", 0.65)):
        changed, before, likeness, one = map(float, found[way].split())
        assert changed > least
        assert before < 0.25
        assert min(likeness, one) > 0.5
