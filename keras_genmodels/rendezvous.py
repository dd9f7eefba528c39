"""The moment at which all processes of a training are there, before TensorFlow starts.

Worker 0 listens; the others tell it that they are there, and wait until it lets them
begin.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Any

from keras_genmodels import checks

_BEGIN = b"begin"


def wait(addresses: Sequence[str], index: int, timeout: float) -> None:
    """Wait until every worker waits.

    Args:
        addresses: HOST:PORT of each worker.
        index: of this process among them.
        timeout: seconds, > 0.

    Raises:
        ValueError: if this process cannot listen at its address, or, in worker 0, if
            another one was given other addresses or an index that is taken.
        TimeoutError: naming the workers that did not come.
    """
    deadline = time.monotonic() + checks.number("timeout", timeout, above=0)
    with _listening(addresses[index], index) as server:
        missing = (
            _wait_for_all(server, addresses, deadline)
            if index == 0
            else _wait_for_first(addresses, index, deadline)
        )
    if missing:
        names = " and ".join(f"worker {i} at {addresses[i]}" for i in missing)
        raise TimeoutError(
            f"All workers must start within {timeout:g} s. Received: no sign of "
            f"{names}; see that it runs, and that its port is open to the others."
        )


def _listening(address: str, index: int) -> socket.socket:
    """Listen where TensorFlow's server is to listen."""
    endpoint, family = _endpoint(address)
    try:
        return socket.create_server(endpoint, family=family)
    except OSError as error:
        raise ValueError(
            f"The address of worker {index} must be one of this machine, its port free."
            f" Received: {address} ({error.strerror or error})."
        ) from error


def _wait_for_all(
    server: socket.socket, addresses: Sequence[str], deadline: float
) -> list[int]:
    """Let the others begin when all are there; returns those that are missing."""
    there: dict[int, socket.socket] = {}
    with contextlib.ExitStack() as connections:
        while missing := sorted({*range(1, len(addresses))} - set(there)):
            server.settimeout(max(deadline - time.monotonic(), 1e-3))
            try:
                connection = connections.enter_context(server.accept()[0])
            except TimeoutError:
                return missing
            told = _greeting(connection)
            if told is not None:
                _check_told(*told, addresses, there)
                there[told[1]] = connection
        for connection in there.values():
            connection.sendall(_BEGIN)
    return []


def _wait_for_first(addresses: Sequence[str], index: int, deadline: float) -> list[int]:
    """Tell worker 0 that this one is there, until it answers; [0] if it does not."""
    endpoint, family = _endpoint(addresses[0])
    greeting = json.dumps([list(addresses), index]).encode() + b"\n"
    while (left := deadline - time.monotonic()) > 0:
        with contextlib.suppress(OSError), socket.socket(family) as connection:
            connection.settimeout(left)
            connection.connect(endpoint)
            connection.sendall(greeting)
            if connection.recv(len(_BEGIN)) == _BEGIN:
                return []
        time.sleep(0.1)  # it is not there yet, or ended
    return [0]


def _greeting(connection: socket.socket) -> tuple[Any, Any] | None:
    """Read what a worker tells; None of whoever else connects to the port."""
    connection.settimeout(5.0)
    try:
        with connection.makefile("rb") as stream:
            addresses, index = json.loads(stream.readline(2**16))
    except (OSError, TypeError, ValueError):
        return None
    return addresses, index


def _check_told(
    addresses: Any, index: Any, own: Sequence[str], there: Mapping[int, Any]
) -> None:
    """Refuse a worker of another training, or a second one of an index."""
    if addresses != list(own) or index in (0, *there):
        raise ValueError(
            "All workers must be given the same addresses, each with an index of its "
            f"own. Received: {list(own)} in worker 0, and {addresses} in "
            f"{'a second' if index in (0, *there) else 'the'} worker {index}."
        )


def _endpoint(address: str) -> tuple[tuple[str, int], socket.AddressFamily]:
    """Return a socket's address and its family."""
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return (host.strip("[]"), int(port)), family
