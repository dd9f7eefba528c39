"""Released artefacts draw the pictures that they drew when they were released, and
runs that an earlier version began go on as they would have gone on then.

`tests/data/` holds samples of seed 0 as uint8 (`released_pictures.npz`), run folders
after the first of two epochs (`earlier_runs.zip`), and the weights that the version
which began them had after the second (`earlier_runs_weights.npz`).
"""

import pathlib
import zipfile

import numpy as np
import pytest

import keras_genmodels as kgm
from keras_genmodels import training

HERE = pathlib.Path(__file__).parent / "data"
MODELS = pathlib.Path(__file__).parents[1] / "saved_models"
NAMES = sorted(path.parent.name for path in MODELS.glob("*/card.json"))
PICTURES = np.load(HERE / "released_pictures.npz")
WEIGHTS = np.load(HERE / "earlier_runs_weights.npz")
RUNS = sorted({key.split("/")[0] for key in WEIGHTS.files})
# A recipe of each kind of model; the others, which have nothing else to restore, are
# slow.
QUICK = {"deep_autoencoder", "vae"}
VISIBLE = 4  # levels of 255: another processor rounds otherwise


def drawn(model, count):
    """So many samples of seed 0, of the classes of every attribute in turn.

    What makes pictures of others is given pictures of shapes.
    """
    inputs = model.signatures["sample"]["inputs"]
    for name in {"source", "y", "first_frame"} & {*inputs}:
        *_, channels = inputs[name]["shape"]
        options = {"batch_size": count, "num_examples": count, "shuffle": False}
        batches, _ = kgm.data.load("moving_laws", "test", **options)
        shapes = next(iter(batches))["x"][..., :channels]
        return model.sample(condition={name: shapes}, seed=0)
    if "condition" not in inputs:
        return model.sample(count, seed=0)
    classes = {
        a.name: [i % len(a.classes) for i in range(count)]
        for a in model.spec.attributes
    }
    return model.sample(condition=model.spec.condition(count, **classes), seed=0)


def test_every_artefact_has_its_pictures():
    assert sorted(PICTURES.files) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_artefact_draws_what_it_drew(name):
    """Where a model draws among components, rounding may choose another: one may."""
    expected = PICTURES[name].astype(int)
    pixels = drawn(kgm.export.load(MODELS / name), len(expected)) * 255.0
    differences = np.abs(pixels - expected).reshape(len(expected), -1).max(axis=1)
    assert np.sum(differences > VISIBLE) <= 1, differences


@pytest.mark.parametrize(
    "recipe",
    [pytest.param(r, marks=() if r in QUICK else pytest.mark.slow) for r in RUNS],
)
def test_a_run_of_an_earlier_version_goes_on(recipe, tmp_path):
    with zipfile.ZipFile(HERE / "earlier_runs.zip") as archive:
        members = [n for n in archive.namelist() if n.startswith(f"runs/{recipe}/")]
        archive.extractall(tmp_path, members)
    run = training.resume(tmp_path / "runs" / recipe, verbose=0)
    variables = training.restore(run).variables
    assert len(variables) == sum(key.startswith(f"{recipe}/") for key in WEIGHTS.files)
    for index, variable in enumerate(variables):
        expected = WEIGHTS[f"{recipe}/{index}"]
        np.testing.assert_allclose(
            np.asarray(variable), expected, rtol=1e-3, atol=1e-4, err_msg=variable.path
        )
