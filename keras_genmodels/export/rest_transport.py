"""TensorFlow Serving's REST API: JSON over HTTP."""

from __future__ import annotations

import json
import reprlib
import threading
import time
from collections.abc import Mapping
from http.client import responses
from typing import Any
from urllib.parse import quote

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

_SHOWN = 300  # characters of a server's message
_PART = 2**16  # bytes that are read at once

# What a status means to a caller; all others are a ServingError.
_ERRORS = {
    400: ValueError,
    404: NotServedError,
    408: ServingTimeoutError,
    429: ServerUnavailableError,
    503: ServerUnavailableError,
    504: ServingTimeoutError,
}


class Rest:
    """One model of a server behind `http://` or `https://`.

    Each thread keeps a connection of its own open.

    Args:
        address: of the server, with the name of the model.
        timeout: seconds that a call may take.
        max_bytes: that an answer may have, uncompressed.
    """

    def __init__(self, address: ServerAddress, timeout: float, max_bytes: int):
        scheme, host, account, name, version = address
        kind = "labels" if isinstance(version, str) else "versions"
        chosen = "" if version is None else f"/{kind}/{quote(str(version), safe='')}"
        self.url = f"{scheme}://{host}/v1/models/{quote(name, safe='')}{chosen}"
        self.timeout, self.max_bytes = timeout, max_bytes
        self._account = account and tuple(part.encode() for part in account)
        self._threads, self._sessions = threading.local(), []

    def metadata(self) -> tuple[int | None, Mapping[str, Any]]:
        """The version that is served, and its `SignatureDef`s as protobuf's JSON."""
        answer = self._ask("GET", f"{self.url}/metadata")
        try:
            signatures = answer["metadata"]["signature_def"]["signature_def"]
            return int(answer["model_spec"]["version"]), signatures
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise self._malformed(
                "the metadata of a model", reprlib.repr(answer)
            ) from error

    def predict(self, form: Form, tensors: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """Run a signature; scalars go where all may differ in rows, in columns."""
        inputs = {name: array.tolist() for name, array in tensors.items()}
        body = {"signature_name": form["name"], "inputs": inputs}
        answer = self._ask("POST", f"{self.url}:predict", json.dumps(body))
        try:
            outputs = answer["outputs"]
            if len(form["outputs"]) == 1:  # whose name the server leaves out
                return dict.fromkeys(form["outputs"], outputs)
            return {name: outputs[name] for name in form["outputs"]}
        except (KeyError, TypeError) as error:
            wanted = f"outputs of {form['name']!r}"
            raise self._malformed(wanted, reprlib.repr(answer)) from error

    def close(self) -> None:
        """Close the connections of all threads."""
        for session in self._sessions:
            session.close()

    def _ask(self, method: str, url: str, body: str | None = None) -> Any:
        status, text = self._exchange(method, url, body)
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError) as error:
            if status == 200:
                raise self._malformed("JSON", repr(_start(text))) from error
            answer = None
        if status == 200:
            return answer
        told = isinstance(answer, dict) and isinstance(answer.get("error"), str)
        message = answer["error"] if told else _start(text).strip()
        message = message or responses.get(status, "")
        kind = _ERRORS.get(status, ServingError)
        raise kind(f"{url} answered {status}: {message:.{_SHOWN}}")

    def _exchange(self, method: str, url: str, body: str | None) -> tuple[int, bytes]:
        """Send a request; the status and the body of the answer."""
        import requests

        how = {"timeout": self.timeout, "allow_redirects": False, "stream": True}
        headers = {"Content-Type": "application/json"}
        session, begun, broken = self._session(), time.monotonic(), None
        try:
            with (
                session.within(self.timeout),
                session.request(
                    method, url, data=body, headers=headers, **how
                ) as response,
            ):
                answer = response.status_code, self._read(response)
        except requests.RequestException as error:
            broken = error
        # A connection that was cut may look like one that ended.
        if time.monotonic() - begun >= self.timeout:
            raise ServingTimeoutError(
                f"No answer from {url} within {self.timeout} s."
            ) from broken
        if broken is not None:
            raise ServerUnavailableError(
                f"No answer from {url}: nobody listens, or the connection broke "
                f"({type(broken).__name__}: {broken})."
            ) from broken
        return answer

    def _read(self, response: Any) -> bytes:
        text = bytearray()
        for part in response.iter_content(_PART):
            text += part
            if len(text) > self.max_bytes:
                raise too_long(self.url, self.max_bytes)
        return bytes(text)

    def _session(self) -> Any:
        """This thread's own: a session is not made to be shared."""
        if not hasattr(self._threads, "session"):
            from keras_genmodels.export.rest_session import Session

            self._threads.session = Session()
            self._threads.session.auth = self._account
            self._sessions.append(self._threads.session)
        return self._threads.session

    def _malformed(self, wanted: str, shown: str) -> ServingError:
        return ServingError(f"{self.url} must answer with {wanted}. Received: {shown}")


def _start(text: bytes) -> str:
    return text[:_SHOWN].decode(errors="replace")
