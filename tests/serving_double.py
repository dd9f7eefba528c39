"""A double of TensorFlow Serving, whose binary cannot be installed everywhere.

It serves real SavedModels over real HTTP and gRPC. Its messages are the official
protos, its rules those of the server's sources: `serving_core` for what happens to a
request, `serving_json` for what is read and written as JSON, and here
`http_rest_api_util.cc` for addresses and statuses. A fault can be ordered for the next
request.
"""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import http.server
import json
import re
import socket
import threading
import urllib.parse

import grpc
from google.protobuf import json_format
from serving_core import Core, Refusal
from serving_json import fill_request, json_from
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

HTTP_STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
PREDICTED = re.compile(
    r"/v1/models/([^/:]+)(?:/versions/(\d+)|/labels/([^/:]+))?:predict"
)
ASKED = re.compile(
    r"/v1/models/([^/:]+)(?:/versions/(\d+)|/labels/([^/:]+))?(/metadata)?"
)


class Rest(http.server.BaseHTTPRequestHandler):
    """`http_rest_api_handler.cc`."""

    protocol_version = "HTTP/1.1"  # connections are kept

    def log_message(self, *args):
        pass

    def setup(self):
        super().setup()
        self.server.double.connections += 1

    def do_GET(self):
        self.respond(ASKED, lambda spec, path, body: self.model(spec, path))

    def do_POST(self):
        self.respond(PREDICTED, lambda spec, path, body: self.predict(spec, body))

    def respond(self, pattern, act):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.double.requests.append((self.path, body))
        self.server.double.account = self.headers.get("Authorization")
        if self.server.double.fault(self):
            return
        try:
            path = pattern.fullmatch(self.path)
            if path is None:
                raise Refusal("INVALID_ARGUMENT", f"Malformed request: {self.path}")
            answer = act(addressed(path), path, body)
        except Refusal as refusal:
            self.send(HTTP_STATUS[refusal.code], json.dumps({"error": refusal.message}))
        else:
            self.send(200, answer)

    def predict(self, spec, body):
        core = self.server.double.core
        signatures = core.find(spec).signatures
        request, layout = predict_pb2.PredictRequest(), None
        request.model_spec.CopyFrom(spec)
        try:
            layout = fill_request(request, body, signatures)
            return json_from(core.predict(request).outputs, layout)
        except ValueError as error:
            raise Refusal("INVALID_ARGUMENT", str(error)) from error

    def model(self, spec, path):
        core = self.server.double.core
        if not path[4]:
            version = core.find(spec).version
            state = {"version": str(version), "state": "AVAILABLE"}
            return json.dumps({"model_version_status": [state]})
        request = get_model_metadata_pb2.GetModelMetadataRequest(
            model_spec=spec, metadata_field=["signature_def"]
        )
        response = core.metadata(request)
        signatures = get_model_metadata_pb2.SignatureDefMap()
        response.metadata["signature_def"].Unpack(signatures)
        parts = {
            "model_spec": as_json(response.model_spec),
            "metadata": {"signature_def": as_json(signatures)},
        }
        return json.dumps(parts)

    def send(self, status, text, length=None):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length or len(data)))
        self.end_headers()
        self.wfile.write(data)


def addressed(path):
    """The `ModelSpec` of a URL."""
    spec = predict_pb2.PredictRequest().model_spec
    spec.name = urllib.parse.unquote(path[1])
    if path[2]:
        spec.version.value = int(path[2])
    if path[3]:
        spec.version_label = urllib.parse.unquote(path[3])
    return spec


def as_json(message):
    return json_format.MessageToDict(
        message,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
    )


class Grpc(prediction_service_pb2_grpc.PredictionServiceServicer):
    """`prediction_service_impl.cc`."""

    def __init__(self, double):
        self.double = double

    def Predict(self, request, context):
        return self.respond(self.double.core.predict, request, context)

    def GetModelMetadata(self, request, context):
        return self.respond(self.double.core.metadata, request, context)

    def respond(self, act, request, context):
        self.double.requests.append(request)
        fault = self.double.faults.popleft() if self.double.faults else None
        if fault == "hang":
            self.double.stopped.wait()
        try:
            if fault == "busy":
                raise Refusal("UNAVAILABLE", "the server is shutting down")
            answer = act(request)
        except Refusal as refusal:
            context.abort(grpc.StatusCode[refusal.code], refusal.message)
        if callable(fault):
            fault(answer)
        return answer


class Double:
    """A running server; `rest` and `grpc` are its addresses.

    Args:
        *folders: of models, `saved_models/NAME`; the newest version of each is served.
        versions: name to the versions to serve instead.
        labels: name to label to version.
        batching: as with `--enable_batching`.
        warmup: as with `--enable_model_warmup`.

    Attributes:
        faults: what befalls the next requests: "hang", "busy", "hang up", "cut off",
            "half close", "no JSON", "no outputs", "other shape", "endless", "drip",
            "drip head"; for REST also an answer, (status, text), and for gRPC a
            function that changes it.
        requests: what was received, (path, body) of REST and messages of gRPC.
        account: the header of REST that says who asked, or None.
        connections: opened to REST.
    """

    def __init__(
        self, *folders, versions=None, labels=None, batching=False, warmup=True
    ):
        self.core = Core(folders, versions, labels, batching, warmup)
        self.faults, self.requests, self.connections = collections.deque(), [], 0
        self.account = None
        self.stopped = threading.Event()

    def __enter__(self):
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rest)
        self._http.double = self
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self._pool = concurrent.futures.ThreadPoolExecutor(4)
        self._grpc = grpc.server(self._pool)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            Grpc(self), self._grpc
        )
        port = self._grpc.add_insecure_port("127.0.0.1:0")
        self._grpc.start()
        self.rest = f"http://127.0.0.1:{self._http.server_port}"
        self.grpc = f"grpc://127.0.0.1:{port}"
        return self

    def __exit__(self, *exception):
        self.stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self._grpc.stop(None).wait()
        self._pool.shutdown()

    def fault(self, handler):
        """Let the ordered fault befall a REST request; whether there was one."""
        if not self.faults:
            return False
        answers = {
            "busy": (503, '{"error": "the server is shutting down"}'),
            "no JSON": (200, "<html>welcome</html>"),
            "no outputs": (200, '{"predictions": [[1.0]]}'),
            "other shape": (200, '{"outputs": [[1.0, 2.0]]}'),
            "cut off": (200, '{"outputs": [[1.0', 1000),
        }
        fault = self.faults.popleft()
        if fault in answers or isinstance(fault, tuple):
            handler.send(*answers.get(fault, fault))
        if fault == "hang":
            self.stopped.wait()
        if fault == "half close":  # its side is closed; ours stays open
            handler.connection.shutdown(socket.SHUT_WR)
        if fault == "endless":
            self.pour(handler, b"HTTP/1.1 200 OK\r\n\r\n", 2**16, 0)
        if fault == "drip":
            self.pour(handler, b"HTTP/1.1 200 OK\r\n\r\n", 1, 0.05)
        if fault == "drip head":
            self.pour(handler, b"HTTP/1.1 200 OK\r\nAge: ", 1, 0.05)
        if fault in ("hang up", "hang", "cut off"):
            handler.close_connection = True
        return True

    def pour(self, handler, head, size, pause):
        """Send a head, and then blanks until the client has gone."""
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.wfile.write(head)
            while not self.stopped.wait(pause):
                handler.wfile.write(size * b" ")
