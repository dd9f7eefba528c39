"""An HTTP session whose calls end in time, however slowly their bytes come."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_AGAIN = 0.1  # seconds, for a connection that was opened after the first cut


class Session(requests.Session):
    """A session of one thread, whose connection another thread can cut.

    The time-outs of `requests` are those of single reads: a server that sends a byte
    now and then never exceeds one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._connection: Any = None
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(self._note))

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut the connection if the block lasts longer, so that its reads end."""
        ended = threading.Event()

        def watch() -> None:
            pause = seconds
            while not ended.wait(pause):
                self._cut()
                pause = _AGAIN

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        try:
            yield
        finally:
            ended.set()
            watching.join()  # or it might cut the next call

    def _note(self, connection: Any) -> None:
        """Keep the connection that was opened last: one thread uses no other."""
        self._connection = connection

    def _cut(self) -> None:
        # A connection gives the socket of its last answer away.
        opened = self._connection and (self._connection.sock or self._connection.given)
        if opened is not None:
            with contextlib.suppress(OSError):
                # That of TLS would also take the cipher from a read in progress.
                socket.socket.shutdown(opened, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """An adapter that says which connections are opened, through a proxy or not."""

    def __init__(self, opening: Callable[[Any], None]):
        self._pools = {
            "http": _telling(HTTPConnectionPool, opening),
            "https": _telling(HTTPSConnectionPool, opening),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _telling(pool: Any, opening: Callable[[Any], None]) -> Any:
    """Make a class of pools whose connections call `opening` before they open."""

    class Connection(pool.ConnectionCls):
        given = None

        def connect(self) -> None:
            opening(self)
            super().connect()
            self.given = self.sock

    class Pool(pool):
        ConnectionCls = Connection

    return Pool
