"""The command `demo`: its options, and how the demo starts.

The demo itself is the package `keras_genmodels_demo`, the folder `demo` of the clone.
This package knows no more of it than that.
"""

from __future__ import annotations

import argparse
import os
import pathlib
from collections.abc import Sequence
from typing import Any

from keras_genmodels import terminal

FOLDER = "saved_models"
# Copies of a few models that a wheel brings, or the folder of a clone.
PLACES = pathlib.Path(__file__).parent, pathlib.Path(__file__).parents[1]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `keras-genmodels demo` takes."""
    parser.add_argument(
        "--saved-models",
        metavar="DIR",
        help=f"the exported models; default: {FOLDER}, or those of the package",
    )
    parser.add_argument(
        "--server", metavar="URL", help="a TensorFlow Serving that runs them"
    )
    _add_address(parser)
    _add_limits(parser)


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        metavar="H",
        help="default: GRADIO_SERVER_NAME, or this machine only",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("GRADIO_SERVER_PORT", "7860"),
        metavar="N",
        help="default: GRADIO_SERVER_PORT, or 7860",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="under which a browser may ask, beside localhost and addresses in "
        "numbers; may be repeated; * is every name",
    )


def _add_limits(parser: argparse.ArgumentParser) -> None:
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
    models_index, server = _import_demo("models_index"), _import_demo("server")
    url = arguments.server
    opener = models_index.served(url) if url else models_index.local
    folder = _folder(arguments.saved_models)
    models = models_index.ModelsIndex(folder, opener)
    listening = server.listen(arguments.host, arguments.port)
    print(f"Loading the models of {folder}", flush=True)
    models.open(lambda line: print(line, flush=True))
    hosts = [arguments.host, *arguments.allow_host]
    application = server.application(
        models, url, auth, arguments.rate, arguments.waiting, hosts
    )
    if arguments.host not in ("127.0.0.1", "localhost", "::1") and not auth:
        print("Whoever reaches this machine may ask; `--auth` lets in some only")
    print(f"The demo is at {server.address(listening)} (Ctrl-C ends it)", flush=True)
    server.serve(application, listening)
    return 0


def _folder(given: str | None) -> str:
    """Choose the models: those given, those of this folder, or the package's own."""
    if given is not None or pathlib.Path(FOLDER).is_dir():
        return given or FOLDER
    for place in PLACES:
        if (place / FOLDER).is_dir():
            print(f"There is no folder {FOLDER} here: these models are the package's")
            return str(place / FOLDER)
    return FOLDER  # which is then refused by its name


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
        return terminal.quiet_import(f"keras_genmodels_demo.{name}")
    except ImportError as error:
        raise ValueError(
            "The demo needs Gradio: pip install 'keras_genmodels[demo]'. "
            f"Received: {error}."
        ) from error
