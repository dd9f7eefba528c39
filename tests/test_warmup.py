"""Warm-up records, through the official protos and the double's own warm-up."""

import re
import subprocess
import sys

import artefacts
import numpy as np
import pytest
import tensorflow as tf
from serving_core import Refusal
from serving_double import Double
from tensorflow_serving.apis import prediction_log_pb2

import keras_genmodels as kgm
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import examples

FILE = "assets.extra/tf_serving_warmup_requests"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return artefacts.export_all(tmp_path_factory.mktemp("models"))


@pytest.mark.parametrize("recipe", artefacts.RECIPES)
def test_there_is_one_small_request_a_signature(recipe, exported):
    _, folder = exported[recipe]
    data = tf.data.TFRecordDataset(str(folder / "1" / FILE))
    logs = map(prediction_log_pb2.PredictionLog.FromString, data.as_numpy_iterator())
    requests = [log.predict_log.request for log in logs]
    forms = {form["name"]: form for form in kgm.export.card.read(folder)["signatures"]}
    names = [request.model_spec.signature_name for request in requests]
    assert names == [*forms, "serving_default"]
    for request in requests:
        assert request.model_spec.name == recipe
        assert request.ByteSize() < 1000
        form = forms.get(request.model_spec.signature_name, forms["sample"])
        assert set(request.inputs) == set(form["inputs"])
        for name, proto in request.inputs.items():
            array, wanted = tf.make_ndarray(proto), form["inputs"][name]
            assert array.dtype == wanted["dtype"]
            assert tf.TensorShape(wanted["shape"]).is_compatible_with(array.shape)


@pytest.mark.parametrize("recipe", ["conditional_vae", "gan"])
def test_a_server_warms_up_by_all_of_them(recipe, exported):
    _, folder = exported[recipe]
    with Double(folder) as server:
        names = [form["name"] for form in kgm.export.card.read(folder)["signatures"]]
        [servable] = server.core.models[recipe].values()
        assert servable.warmed == [*names, "serving_default"]


def test_a_server_that_batches_takes_rows_alone(exported):
    _, folder = exported["conditional_vae"]
    with pytest.raises(Refusal, match="must have equal 0th-dimension size"):
        Double(folder, batching=True)  # `sample` warms up by one row and a seed of two
    with (
        Double(folder, batching=True, warmup=False) as server,
        kgm.export.Client(server.rest, card=folder) as model,
    ):
        condition = model.spec.condition(2, label="a", size="small")
        x = np.zeros((2, 4, 4, 1), "float32")
        assert model.encode(x, condition).shape == (2, 2)
        assert model.reconstruct(x, condition).shape == x.shape
        with pytest.raises(ValueError, match="must have at least one dimension"):
            model.interpolate([[0.0, 0.0]], [[1.0, 1.0]], 3, condition[:1])
        with pytest.raises(ValueError, match="must have equal 0th-dimension size"):
            model.sample(1, condition[:1])


def test_rows_of_an_example_go_through_the_classes():
    condition = {"dtype": "float32", "shape": [None, 5]}
    frames = {"dtype": "int32", "shape": []}
    form = {"inputs": {"condition": condition, "frames": frames}}
    given = examples.inputs(form, artefacts.SPEC, rows=4)
    assert artefacts.SPEC.labels(given["condition"])["label"].tolist() == [0, 1, 2, 0]
    assert given["condition"].sum(axis=1).tolist() == [2, 2, 2, 2]
    assert given["frames"] == 1
    bare = DatasetSpec("captions", (4, 4, 1))
    assert examples.inputs(form, bare, rows=2)["condition"].shape == (2, 5)


WITHOUT = """
import sys, warnings
sys.modules["tensorflow_serving.apis"] = None
from keras_genmodels import data, export, zoo
model = zoo.build("vae", data.load("digits")[1], units=(8,), latent_dim=2)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    path = export.save(model, sys.argv[1])
told = [str(w.message) for w in caught if w.category is RuntimeWarning]
print(told, (path / "assets.extra").exists(), export.load(path).sample(1).shape)
"""


def test_without_the_protos_the_file_is_left_out_and_it_is_said(tmp_path):
    command = [sys.executable, "-c", WITHOUT, str(tmp_path / "vae" / "1")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert re.fullmatch(
        r".*tf_serving_warmup_requests was left out: .*\[serve\].*\] False \(1, 16.*",
        ran.stdout.strip(),
    )
