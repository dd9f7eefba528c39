"""Server of the page: the application, its middleware and its address."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
import h11
import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from keras_genmodels_demo import page, theme
from keras_genmodels_demo.middleware import RequestFilter
from keras_genmodels_demo.models_index import ModelsIndex
from keras_genmodels_demo.snippets import Source

# Hugging Face shows a Space within a page of its own.
SPACES = ("https://huggingface.co",)
PATIENCE = 60.0  # seconds for a whole request, and for a client to read on
LEAST_READ = 2**15  # bytes of an answer in that time
MOST_WAITING, MOST_SESSIONS, MOST_THREADS = 40, 200, 8


def application(
    models: ModelsIndex,
    server: str | None = None,
    auth: Sequence[tuple[str, str]] | None = None,
    rate: float = 50.0,
    waiting: int = MOST_WAITING,
    hosts: Sequence[str] = (),
) -> FastAPI:
    """Build the whole application, as any ASGI server runs it.

    Args:
        models: the models.
        server: the TensorFlow Serving that runs them, for the snippets.
        auth: names and passwords of who may come in; by default everybody.
        rate: questions a second that each client may ask.
        waiting: questions that may wait for an answer, of all clients together.
        hosts: names under which the page may be asked for, beside localhost and any
            number of an address; "*" is every name.
    """
    blocks = page.build(models, Source(server))
    blocks.queue(max_size=waiting)
    blocks.state_session_capacity = MOST_SESSIONS
    blocks.max_threads = MOST_THREADS
    in_space = "SPACE_ID" in os.environ  # whose name is its proxy's affair
    filtering = Middleware(
        RequestFilter,
        rate=rate,
        framed_by=SPACES if in_space else (),
        hosts=("*",) if in_space else ("localhost", *hosts),
        known={
            "fn_index": [key for key, found in blocks.fns.items() if found.fn],
            "component_id": list(blocks.blocks),
        },
    )
    outer = FastAPI(
        middleware=[filtering],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    return gr.mount_gradio_app(
        outer,
        blocks,
        path="/",
        auth=list(auth) if auth else None,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        theme=theme.build(),
        css=theme.css(),
        head=theme.head(),
    )


def listen(host: str, port: int) -> socket.socket:
    """Open a socket at an address; port 0 is any that is free.

    Raises:
        ValueError: if it is taken, or not this machine's.
    """
    wanted = "`host` and `port` must be a free address of this machine."
    if not 0 <= port < 2**16:
        raise ValueError(f"{wanted} Received: port {port}.")
    try:
        return socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise ValueError(f"{wanted} Received: {host}:{port} ({error}).") from error


def address(listening: socket.socket) -> str:
    """Write the address at which a browser here finds the page."""
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}/"


class TimedConnection(H11Protocol):
    """HTTP connection that is cut if its client takes longer than `PATIENCE`.

    uvicorn waits for the rest of a request, and for a client that does not read its
    answer, as long as the client likes. An answer may take its time.
    """

    def __init__(self, *given: Any, **options: Any):
        super().__init__(*given, **options)
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._start("request", transport.abort)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request, and wait for the rest of it."""
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop("request")
        elif "request" not in self._timers:
            self._start("request", self.transport.abort)

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._start("reading", self._check, self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Go on after the client has read."""
        super().resume_writing()
        self._stop("reading")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        super().connection_lost(exc)
        self._stop("request")
        self._stop("reading")

    def _check(self, before: int) -> None:
        """Cut the connection unless its client has read some of what was left."""
        left = self.transport.get_write_buffer_size()
        if left > before - LEAST_READ:
            self.transport.abort()
        else:
            self._start("reading", self._check, left)

    def _start(self, what: str, then: Callable[..., None], *given: Any) -> None:
        self._timers[what] = self.loop.call_later(PATIENCE, then, *given)

    def _stop(self, what: str) -> None:
        if what in self._timers:
            self._timers.pop(what).cancel()


def configured(application: FastAPI) -> uvicorn.Server:
    """Make the server of an application, which a call of `run` starts.

    Which address a client has, a proxy may say only if `FORWARDED_ALLOW_IPS` names the
    proxy: anybody could write such a header.
    """
    return uvicorn.Server(
        uvicorn.Config(
            application,
            http=TimedConnection,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=30,
        )
    )


def serve(application: FastAPI, listening: socket.socket) -> None:
    """Answer until interrupted."""
    configured(application).run(sockets=[listening])
