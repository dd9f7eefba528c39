"""Server of the page: the application, its middleware and its address."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

import gradio as gr
import uvicorn
from fastapi import FastAPI
from keras_genmodels_demo import page, theme
from keras_genmodels_demo.middleware import RequestFilter
from keras_genmodels_demo.models_index import ModelsIndex
from keras_genmodels_demo.snippets import Source
from starlette.middleware import Middleware

# Hugging Face shows a Space within a page of its own.
SPACES = ("https://huggingface.co",)
MOST_WAITING, MOST_SESSIONS, MOST_THREADS = 40, 200, 8


def application(
    models: ModelsIndex,
    server: str | None = None,
    auth: Sequence[tuple[str, str]] | None = None,
    rate: float = 50.0,
    waiting: int = MOST_WAITING,
) -> FastAPI:
    """Build the whole application, as any ASGI server runs it.

    Args:
        models: the models.
        server: the TensorFlow Serving that runs them, for the snippets.
        auth: names and passwords of who may come in; by default everybody.
        rate: questions a second that each client may ask.
        waiting: questions that may wait for an answer, of all clients together.
    """
    blocks = page.build(models, Source(server))
    blocks.queue(max_size=waiting)
    blocks.state_session_capacity = MOST_SESSIONS
    blocks.max_threads = MOST_THREADS
    framed_by = SPACES if "SPACE_ID" in os.environ else ()
    outer = FastAPI(
        middleware=[Middleware(RequestFilter, rate=rate, framed_by=framed_by)],
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


def serve(application: FastAPI, listening: socket.socket) -> None:
    """Answer until interrupted."""
    uvicorn.Server(
        uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=30,
        )
    ).run(sockets=[listening])
