"""The command `demo`: what it is told, and how the demo starts.

The demo itself is the package `demo`, of which this package knows no more than that.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from keras_genmodels import terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `keras-genmodels demo` takes."""
    parser.add_argument(
        "--saved-models",
        default="saved_models",
        metavar="DIR",
        help="the exported models; default: saved_models",
    )
    parser.add_argument(
        "--server", metavar="URL", help="a TensorFlow Serving that runs them"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="default: this machine only"
    )
    parser.add_argument(
        "--port", type=int, default=7860, metavar="N", help="default: 7860"
    )
    parser.add_argument(
        "--auth",
        action="append",
        default=[],
        metavar="NAME:PASSWORD",
        help="who may come in; may be repeated; default: everybody",
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=50.0,
        metavar="N",
        help="questions a second for each client; default: 50",
    )
    parser.add_argument(
        "--waiting",
        type=int,
        default=40,
        metavar="N",
        help="questions that may wait for an answer; default: 40",
    )


def run(arguments: argparse.Namespace) -> int:
    """Load the models and serve the page until it is interrupted.

    Raises:
        ValueError: for a folder, an address, a rate or a password that cannot be, or
            if Gradio is not installed.
    """
    auth = _accounts(arguments.auth)
    for name in ("rate", "waiting"):
        value = getattr(arguments, name)
        if not 0 < value < float("inf"):
            raise ValueError(f"`--{name}` must be > 0. Received: {value}.")
    shelves, server = _import_demo("demo.shelf"), _import_demo("demo.server")
    url = arguments.server
    opener = shelves.served(url) if url else shelves.local
    shelf = shelves.Shelf(arguments.saved_models, opener)
    listening = server.listen(arguments.host, arguments.port)
    print(f"Loading the models of {arguments.saved_models}", flush=True)
    shelf.open(lambda line: print(line, flush=True))
    application = server.application(
        shelf, url, auth, arguments.rate, arguments.waiting
    )
    if arguments.host not in ("127.0.0.1", "localhost", "::1") and not auth:
        print("Whoever reaches this machine may ask; `--auth` lets in some only")
    print(f"The demo is at {server.address(listening)} (Ctrl-C ends it)", flush=True)
    server.serve(application, listening)
    return 0


def _accounts(given: Sequence[str]) -> list[tuple[str, str]]:
    accounts = []
    for text in given:
        name, colon, password = text.partition(":")
        if not (name and colon and password):
            raise ValueError("`--auth` must be NAME:PASSWORD, with both of them.")
        accounts.append((name, password))
    return accounts


def _import_demo(name: str) -> Any:
    try:
        return terminal.quiet_import(name)
    except ImportError as error:
        raise ValueError(
            "The demo needs Gradio: pip install 'keras_genmodels[demo]'. "
            f"Received: {error}."
        ) from error
