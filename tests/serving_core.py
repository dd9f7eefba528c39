"""What TensorFlow Serving does with a request once it is a message.

The rules, and the texts of what is refused, are those of `server_core.cc`,
`predict_util.cc`, `batching_session.cc` and `saved_model_warmup_util.cc`.
"""

from __future__ import annotations

import pathlib

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_log_pb2,
)

MOST_WARMUP_RECORDS = 1000
DEFAULT = "serving_default"
PREDICT = "tensorflow/serving/predict"


class Refusal(Exception):
    """A status of TensorFlow that is not OK."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


class Servable:
    """One version of a model: what a session and `predict_util.cc` do for it."""

    def __init__(self, name, path, batching, warmup):
        saved = saved_model_pb2.SavedModel.FromString(
            (path / "saved_model.pb").read_bytes()
        )
        self.name, self.version, self.batching = name, int(path.name), batching
        self.signatures = saved.meta_graphs[0].signature_def
        self.model = tf.saved_model.load(str(path))
        file = path / "assets.extra" / "tf_serving_warmup_requests"
        self.warmed = self.warm(file) if warmup else []

    def warm(self, file):
        """Run the records of a warm-up file; the names of their signatures."""
        if not file.exists():
            return []
        names = []
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            log = prediction_log_pb2.PredictionLog.FromString(record)
            assert log.WhichOneof("log_type") == "predict_log"
            self.predict(log.predict_log.request)
            names.append(log.predict_log.request.model_spec.signature_name)
        assert len(names) <= MOST_WARMUP_RECORDS
        return names

    def predict(self, request):
        name = request.model_spec.signature_name or DEFAULT
        if name not in self.signatures:
            raise Refusal(
                "FAILED_PRECONDITION", f'Serving signature key "{name}" not found.'
            )
        signature = self.signatures[name]
        if signature.method_name != PREDICT:
            raise Refusal("INTERNAL", "Expected prediction signature method_name")
        sent, wanted = set(request.inputs), set(signature.inputs)
        if sent != wanted:
            raise Refusal(
                "INVALID_ARGUMENT",
                f"input size does not match signature: Sent extra: {sent - wanted}. "
                f"Missing but required: {wanted - sent}.",
            )
        fed = {key: self.feed(key, request, signature) for key in wanted}
        if self.batching:
            check_batchable(fed)
        return self.answer(name, fed)

    def feed(self, key, request, signature):
        """A tensor as a session takes it: of the placeholder's type and shape."""
        proto, info = request.inputs[key], signature.inputs[key]
        array = tf.make_ndarray(proto)
        shape = tf.TensorShape(info.tensor_shape)
        if proto.dtype != info.dtype or not shape.is_compatible_with(array.shape):
            raise Refusal(
                "INVALID_ARGUMENT",
                f"Cannot feed value of shape {list(array.shape)} for Tensor "
                f"{info.name!r}, which has shape {shape}",
            )
        return array

    def answer(self, name, fed):
        tensors = {key: tf.constant(array) for key, array in fed.items()}
        try:
            outputs = self.model.signatures[name](**tensors)
        except tf.errors.InvalidArgumentError as error:
            raise Refusal("INVALID_ARGUMENT", error.message) from error
        response = predict_pb2.PredictResponse()
        response.model_spec.name = self.name
        response.model_spec.version.value = self.version
        response.model_spec.signature_name = name
        for key, tensor in outputs.items():
            response.outputs[key].CopyFrom(tf.make_tensor_proto(tensor.numpy()))
        return response


def check_batchable(fed):
    """What `batching_session.cc` asks of every request, batched in fact or not."""
    if any(array.ndim == 0 for array in fed.values()):
        raise Refusal(
            "INVALID_ARGUMENT",
            "Batching Run() input tensors must have at least one dimension",
        )
    if len({len(array) for array in fed.values()}) > 1:
        raise Refusal(
            "INVALID_ARGUMENT",
            "Batching Run() input tensors must have equal 0th-dimension size",
        )


class Core:
    """The models of a server, by name and version."""

    def __init__(self, folders, versions, labels, batching, warmup):
        self.labels, self.models = labels or {}, {}
        for folder in map(pathlib.Path, folders):
            found = sorted(int(p.name) for p in folder.iterdir() if p.name.isdecimal())
            wanted = (versions or {}).get(folder.name, found[-1:])
            self.models[folder.name] = {
                version: Servable(folder.name, folder / str(version), batching, warmup)
                for version in wanted
            }

    def find(self, spec):
        versions = self.models.get(spec.name, {})
        if spec.WhichOneof("version_choice") == "version_label":
            known = self.labels.get(spec.name, {})
            if spec.version_label not in known:
                raise Refusal(
                    "INVALID_ARGUMENT",
                    f"Unrecognized servable version label: {spec.version_label}",
                )
            return versions[known[spec.version_label]]
        number = spec.version.value if spec.HasField("version") else None
        if number not in versions and (number is not None or not versions):
            asked = f"Latest({spec.name})"
            if number is not None:
                asked = f"Specific({spec.name}, {number})"
            raise Refusal("NOT_FOUND", f"Servable not found for request: {asked}")
        return versions[max(versions) if number is None else number]

    def predict(self, request):
        return self.find(request.model_spec).predict(request)

    def metadata(self, request):
        if list(request.metadata_field) != ["signature_def"]:
            raise Refusal("INVALID_ARGUMENT", "Metadata field is not supported")
        servable = self.find(request.model_spec)
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name = servable.name
        response.model_spec.version.value = servable.version
        signatures = get_model_metadata_pb2.SignatureDefMap()
        for name, signature in servable.signatures.items():
            signatures.signature_def[name].CopyFrom(signature)
        response.metadata["signature_def"].Pack(signatures)
        return response
