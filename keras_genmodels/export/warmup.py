"""The requests that TensorFlow Serving runs through a model before it serves it."""

from __future__ import annotations

import pathlib
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import examples
from keras_genmodels.export.signature_io import Form

FILE = pathlib.Path("assets.extra", "tf_serving_warmup_requests")


def write(folder: pathlib.Path, card: Mapping[str, Any]) -> bool:
    """Write one small request a signature, so that no client waits for the first run.

    A server that finds the file sends each of its records, a `PredictionLog`, through
    the model and only then says that it is available. The records need the messages of
    `tensorflow-serving-api`, which TensorFlow does not bring; without them a warning
    says so and nothing is written, and the server starts cold.

    Args:
        folder: of the SavedModel, `<name>/<version>`.
        card: of the model.

    Returns:
        Whether the file was written.
    """
    try:
        from tensorflow_serving.apis import prediction_log_pb2
    except ImportError:
        warnings.warn(
            f"{FILE.name} was left out: tensorflow-serving-api is not installed. "
            'Install it by `pip install -e ".[serve]"` and export again, if the model '
            "is to be warm when it is first asked.",
            RuntimeWarning,
            stacklevel=2,
        )
        return False
    path = folder / FILE
    path.parent.mkdir(exist_ok=True)
    spec = DatasetSpec.from_dict({"name": card["dataset"], **card["spec"]})
    forms = card["signatures"]
    default = {**forms[0], "name": "serving_default"}  # whom nobody names
    with tf.io.TFRecordWriter(str(path)) as writer:
        for form in (*forms, default):
            log = prediction_log_pb2.PredictionLog()
            log.predict_log.request.CopyFrom(_request(card["name"], form, spec))
            writer.write(log.SerializeToString())
    return True


def _request(model: str, form: Form, spec: DatasetSpec) -> Any:
    from tensorflow_serving.apis import predict_pb2

    request = predict_pb2.PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = form["name"]
    for name, array in examples.inputs(form, spec).items():
        request.inputs[name].CopyFrom(_proto(array))
    return request


def _proto(array: np.ndarray) -> Any:
    """A tensor of one number is stored as that number and its shape."""
    value = array.ravel()[:1]
    if value.size and (array == value).all():
        return tf.make_tensor_proto(value[0], dtype=array.dtype, shape=array.shape)
    return tf.make_tensor_proto(array)
