"""TensorFlow Serving's gRPC API: protobuf messages over HTTP/2."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels.export.errors import (
    NotServedError,
    ServerUnavailableError,
    ServingError,
    ServingTimeoutError,
    too_long,
)
from keras_genmodels.export.server_address import ServerAddress
from keras_genmodels.export.signature_io import Form

# What a status means to a caller; all others are a ServingError.
_ERRORS = {
    "DEADLINE_EXCEEDED": ServingTimeoutError,
    "FAILED_PRECONDITION": ValueError,
    "INVALID_ARGUMENT": ValueError,
    "NOT_FOUND": NotServedError,
    "RESOURCE_EXHAUSTED": ServerUnavailableError,
    "UNAVAILABLE": ServerUnavailableError,
}
_LONGEST = 2**31 - 1  # bytes; gRPC takes no larger limit


class Grpc:
    """One model of a server behind `grpc://`; all threads share one channel.

    Args:
        address: of the server, with the name of the model.
        timeout: seconds that a call may take.
        max_bytes: that an answer may have.

    Raises:
        ImportError: if the extra `serve` is not installed.
    """

    def __init__(self, address: ServerAddress, timeout: float, max_bytes: int):
        try:
            import grpc
            from tensorflow_serving.apis import prediction_service_pb2_grpc
        except ImportError as error:
            raise ImportError(
                "`grpc://` needs tensorflow-serving-api, which the extra `serve` "
                'brings: `pip install -e ".[serve]"`.'
            ) from error
        self.name, self.version = address.name, address.version
        self.url = f"grpc://{address.host}/v1/models/{self.name}"
        self.timeout, self.max_bytes = timeout, max_bytes
        # A batch of clips is larger than the 4 MiB that gRPC allows by itself.
        options = [
            ("grpc.max_receive_message_length", min(max_bytes, _LONGEST)),
            ("grpc.max_send_message_length", -1),
        ]
        self._channel = grpc.insecure_channel(address.host, options)
        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)

    def metadata(self) -> tuple[int | None, Mapping[str, Any]]:
        """The version that is served, and its `SignatureDef`s as protobuf's JSON."""
        from google.protobuf import json_format, message
        from tensorflow_serving.apis import get_model_metadata_pb2

        request = get_model_metadata_pb2.GetModelMetadataRequest()
        self._address(request.model_spec)
        request.metadata_field.append("signature_def")
        answer = self._ask(self._stub.GetModelMetadata, request)
        signatures = get_model_metadata_pb2.SignatureDefMap()
        try:
            found = answer.metadata["signature_def"].Unpack(signatures)
        except message.DecodeError:
            found = False
        if not found:
            raise ServingError(
                f"{self.url} must answer with the signatures of a model. "
                f"Received: {answer!s:.300}"
            )
        form = json_format.MessageToDict(signatures, preserving_proto_field_name=True)
        return answer.model_spec.version.value, form.get("signature_def", {})

    def predict(
        self, form: Form, tensors: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Run a signature."""
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        self._address(request.model_spec)
        request.model_spec.signature_name = form["name"]
        for name, array in tensors.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
        answer = self._ask(self._stub.Predict, request)
        if missing := set(form["outputs"]) - set(answer.outputs):
            raise ServingError(
                f"{self.url} must answer with outputs of {form['name']!r}. "
                f"Missing: {', '.join(map(repr, sorted(missing)))}."
            )
        return {
            name: self._array(name, answer.outputs[name]) for name in form["outputs"]
        }

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def _array(self, name: str, proto: Any) -> np.ndarray:
        """Unpack a tensor, which may be far larger than its message."""
        import tensorflow as tf

        try:
            elements = math.prod(axis.size for axis in proto.tensor_shape.dim)
            if elements * tf.as_dtype(proto.dtype).size > self.max_bytes:
                raise too_long(self.url, self.max_bytes)
            return tf.make_ndarray(proto)
        except (TypeError, ValueError) as error:
            raise ServingError(
                f"{self.url} must answer with tensors. Received: {name!r}, {error}"
            ) from error

    def _address(self, model_spec: Any) -> None:
        model_spec.name = self.name
        if isinstance(self.version, str):
            model_spec.version_label = self.version
        elif self.version is not None:
            model_spec.version.value = self.version

    def _ask(self, method: Any, request: Any) -> Any:
        import grpc

        try:
            return method(request, timeout=self.timeout)
        except grpc.RpcError as error:
            status, details = error.code().name, f"{error.details()}"
            if "larger than max" in details:  # here or there, and at every try
                raise too_long(self.url, self.max_bytes) from error
            kind = _ERRORS.get(status, ServingError)
            if kind is ServingTimeoutError:
                raise kind(
                    f"No answer from {self.url} within {self.timeout} s."
                ) from error
            raise kind(f"{self.url} answered {status}: {details:.300}") from error
