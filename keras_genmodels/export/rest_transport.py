"""TensorFlow Serving's REST API: JSON over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np

from keras_genmodels.export.errors import (
    NotServedError,
    ServerUnavailableError,
    ServingError,
    ServingTimeoutError,
)
from keras_genmodels.export.server_address import ServerAddress
from keras_genmodels.export.signature_io import Form

_SHOWN = 300  # characters of a server's message

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
        timeout: seconds to wait for a connection, and for the next bytes of an answer.
    """

    def __init__(self, address: ServerAddress, timeout: float):
        scheme, host, account, name, version = address
        kind = "labels" if isinstance(version, str) else "versions"
        chosen = "" if version is None else f"/{kind}/{quote(str(version), safe='')}"
        self.url = f"{scheme}://{host}/v1/models/{quote(name, safe='')}{chosen}"
        self.timeout = timeout
        self._account = account and tuple(part.encode() for part in account)
        self._threads, self._sessions = threading.local(), []

    def metadata(self) -> tuple[int | None, Mapping[str, Any]]:
        """The version that is served, and its `SignatureDef`s as protobuf's JSON."""
        answer = self._ask("GET", f"{self.url}/metadata")
        try:
            signatures = answer["metadata"]["signature_def"]["signature_def"]
            return int(answer["model_spec"]["version"]), signatures
        except (KeyError, TypeError, ValueError) as error:
            raise self._malformed("the metadata of a model", answer) from error

    def predict(
        self, form: Form, tensors: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Run a signature; scalars go where all may differ in rows, in columns."""
        inputs = {name: array.tolist() for name, array in tensors.items()}
        body = {"signature_name": form["name"], "inputs": inputs}
        answer = self._ask("POST", f"{self.url}:predict", json.dumps(body))
        try:
            outputs = answer["outputs"]
            if len(form["outputs"]) == 1:  # whose name the server leaves out
                outputs = dict.fromkeys(form["outputs"], outputs)
            return {
                name: np.asarray(outputs[name], tensor["dtype"])
                for name, tensor in form["outputs"].items()
            }
        except (KeyError, TypeError, ValueError) as error:
            raise self._malformed(f"outputs of {form['name']!r}", answer) from error

    def close(self) -> None:
        """Close the connections of all threads."""
        for session in self._sessions:
            session.close()

    def _ask(self, method: str, url: str, body: str | None = None) -> Any:
        import requests

        how = {"timeout": self.timeout, "allow_redirects": False}
        headers = {"Content-Type": "application/json"}
        try:
            response = self._session().request(
                method, url, data=body, headers=headers, **how
            )
        except requests.RequestException as error:
            # A wait for the rest of an answer ends in a ConnectionError, too.
            if isinstance(error, requests.Timeout) or "timed out" in str(error):
                raise ServingTimeoutError(
                    f"No answer from {url} within {self.timeout} s."
                ) from error
            raise ServerUnavailableError(
                f"No answer from {url}: nobody listens, or the connection broke "
                f"({type(error).__name__}: {error})."
            ) from error
        if response.status_code != 200:
            raise self._refused(response)
        try:
            return response.json()
        except requests.JSONDecodeError as error:
            raise self._malformed("JSON", response.text) from error

    def _session(self) -> Any:
        """This thread's own: a session is not made to be shared."""
        if not hasattr(self._threads, "session"):
            import requests

            self._threads.session = requests.Session()
            self._threads.session.auth = self._account
            self._sessions.append(self._threads.session)
        return self._threads.session

    def _refused(self, response: Any) -> Exception:
        try:
            message = str(response.json()["error"])
        except (KeyError, TypeError, ValueError):
            message = response.text.strip() or response.reason
        kind = _ERRORS.get(response.status_code, ServingError)
        return kind(
            f"{response.url} answered {response.status_code}: {message:.{_SHOWN}}"
        )

    def _malformed(self, wanted: str, answer: Any) -> ServingError:
        return ServingError(
            f"{self.url} must answer with {wanted}. Received: {answer!r:.{_SHOWN}}"
        )
