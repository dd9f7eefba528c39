"""An artefact that runs in a server, TensorFlow Serving's or one that speaks as it."""

from __future__ import annotations

import pathlib
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from keras_genmodels import checks
from keras_genmodels.export import card as cards
from keras_genmodels.export import server_address, signature_io
from keras_genmodels.export.artefact import Artefact
from keras_genmodels.export.errors import (
    NotServedError,
    ServerUnavailableError,
    ServingError,
)
from keras_genmodels.export.grpc_transport import Grpc
from keras_genmodels.export.rest_transport import Rest

_TRANSPORTS = {"http": Rest, "https": Rest, "grpc": Grpc}
_FIRST_PAUSE = 0.1  # seconds before the second try; doubled for each further one
_DOUBLED = 7  # times at most


class Client(Artefact):
    """A model in a running server, with the methods of the Python model that it was.

    Which methods there are is asked of the server, so a client needs nothing but an
    address; with the card of the model it knows the attributes, too, by `spec`. Inputs
    are checked here, before they travel. REST needs `requests`, and gRPC, which is
    faster for anything larger than a few pictures, `tensorflow-serving-api`: the extra
    `serve` has both. A client may be shared by threads, and is closed by `close` or at
    the end of a `with` statement.

    Every request is a pure function of its inputs, so that it may be sent again. It is,
    after a growing pause, where nobody answers, the connection breaks, or the server
    says that it is busy; never after a time-out or a refusal.

    Args:
        url: of the server, `http://host:8501` or `grpc://host:8500`, or of a model in
            it, `http://host:8501/v1/models/vae_mnist`, to which `/versions/2` or
            `/labels/stable` may be added. A name and a password for REST may stand
            before the host, and are never shown: `https://NAME:PASSWORD@host`.
        name: of the model, if `url` does not say it. Default: the card's.
        version: an integer, or a label, if `url` does not say it. Default: the newest.
        card: of the model, or the path of the artefact's folder, where it lies.
        timeout: seconds that a try may take until the last byte of its answer, over
            0. The look-up of a host, and of REST each further address that it has,
            may add to it.
        retries: further tries, >= 0.
        max_bytes: that an answer may have, >= 1, for a server that does not end.
            Default 256 MiB.

    Raises:
        ValueError: for arguments that cannot be, a card that does not fit what is
            served, and, by every method, for inputs that are refused, here or there.
        NotServedError: if the server has no such model, version or label.
        ServingTimeoutError: if an answer takes longer than `timeout`.
        ServerUnavailableError: if it cannot be had, or only after more tries.
        ServingError: the base of these three, for any other answer that is none.

    Example::

        with export.Client("http://localhost:8501/v1/models/vae_mnist") as model:
            pictures = model.sample(16, seed=0)
    """

    def __init__(
        self,
        url: str,
        name: str | None = None,
        version: int | str | None = None,
        card: Mapping[str, Any] | str | pathlib.Path | None = None,
        timeout: float = 30.0,
        retries: int = 3,
        max_bytes: int = 2**28,
    ):
        timeout = min(checks.number("timeout", timeout, above=0), threading.TIMEOUT_MAX)
        checks.integer("max_bytes", max_bytes, least=1)
        self.retries = checks.integer("retries", retries, least=0)
        if isinstance(card, str | pathlib.Path):
            card = cards.read(card)
        address = server_address.parse(url)
        name = _agreed("name", name, address.name) or (card and card["name"])
        version = _agreed("version", version, address.version)
        if name is None:
            raise ValueError(
                "`url` must name a model, as in http://localhost:8501/v1/models/NAME, "
                "or `name` or `card` must. "
                f"Received: url={server_address.masked(url)!r}."
            )
        address = address._replace(name=name, version=version)
        transport = _TRANSPORTS[address.scheme]
        self._transport = transport(address, timeout, max_bytes)
        self.url = self._transport.url
        try:
            served, signatures = self._metadata()
            super().__init__(name, signatures, served, card)
            if card is not None:
                cards.check_fits(card, self.signatures)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections; the client is of no use afterwards."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _metadata(self) -> tuple[int, dict[str, signature_io.Form]]:
        try:
            served, signature_defs = self._patiently(self._transport.metadata)
        except ValueError as error:  # an unknown label: nothing else was asked
            raise NotServedError(str(error)) from error
        try:
            return served, signature_io.parse(signature_defs)
        except ValueError as error:
            raise ServingError(
                f"{self.url} must answer with the signatures of a model. {error}"
            ) from error

    def _answer(
        self, form: signature_io.Form, tensors: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        answer = self._patiently(lambda: self._transport.predict(form, tensors))
        try:
            return signature_io.outputs(form, tensors, answer)
        except (TypeError, ValueError) as error:
            raise ServingError(
                f"{self.url} must answer as its metadata says. {error}"
            ) from error

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        """Ask, and ask again where the answer may yet come."""
        for tried in range(self.retries):
            try:
                return ask()
            except ServerUnavailableError:
                # Clients that failed together must not come back together.
                pause = _FIRST_PAUSE * 2 ** min(tried, _DOUBLED)
                time.sleep(pause * random.uniform(0.5, 1.0))
        try:
            return ask()
        except ServerUnavailableError as error:
            raise ServerUnavailableError(
                f"{error} Tried {self.retries + 1} times."
            ) from error


def _agreed(what: str, argument: Any, told: Any) -> Any:
    if None not in (argument, told) and argument != told:
        raise ValueError(
            f"`{what}` must be that of `url`. Received: {argument!r} and {told!r}."
        )
    return told if argument is None else argument
