"""The application: one page, a tab an idea of the lecture, and the door in front."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Sequence
from typing import Any

# Before Gradio is imported: it looks up its makers' hosts unless it is told not to.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from starlette.middleware import Middleware

from demo import autoencode, interpolate, look, manifold, sample
from demo.gate import Gate
from demo.page import Page
from demo.shelf import Entry, Shelf
from demo.snippets import Source

TITLE = "Generative models, alive"
TABS = (autoencode, manifold, sample, interpolate)
MOST_WAITING = 40


def build(shelf: Shelf, source: Source | None = None) -> gr.Blocks:
    """The page of what is on a shelf.

    Args:
        shelf: the models.
        source: where snippets find them; by default in their folder.
    """
    app = gr.Blocks(analytics_enabled=False, title=TITLE)
    page = Page(app, shelf, source or Source())
    with app:
        gr.HTML(_header(shelf), elem_id="kgm-header")
        with gr.Tabs(elem_id="kgm-tabs") as tabs:
            for tab in TABS:
                tab.build(page)
        page.restores(tabs)
    return app


def _header(shelf: Shelf) -> str:
    count = len(shelf.entries)
    told = f"{count} model{'' if count == 1 else 's'} from {shelf.folder}"
    refused = "".join(
        f"<li><b>{html.escape(name)}</b>: {html.escape(why)}</li>"
        for name, why in shelf.refused.items()
    )
    trouble = (
        f'<details class="kgm-refused"><summary>{len(shelf.refused)} cannot be used'
        f"</summary><ul>{refused}</ul></details>"
        if refused
        else ""
    )
    return (
        f"<header><h1>{TITLE}</h1><p>{html.escape(told)}</p>"
        '<button type="button" onclick="kgm.turn()" aria-label="Light or dark">'
        f"</button></header>{trouble}"
    )


def launch(
    shelf: Shelf,
    source: Source | None = None,
    host: str = "127.0.0.1",
    port: int = 7860,
    auth: Sequence[tuple[str, str]] | None = None,
    rate: float = 50.0,
    wait: bool = True,
) -> tuple[gr.Blocks, str]:
    """Serve the page of a shelf.

    Args:
        shelf: the models.
        source: where snippets find them.
        host: to listen at; the default answers this machine only.
        port: likewise.
        auth: names and passwords of who may come in; by default everybody.
        rate: questions a second for each client.
        wait: until it is interrupted.

    Returns:
        The application and its address.

    Raises:
        OSError: if the port is taken.
    """
    app = build(shelf, source)
    app.queue(max_size=MOST_WAITING, api_open=True)
    _, url, _ = app.launch(
        server_name=host,
        server_port=port,
        share=False,
        quiet=True,
        auth=list(auth) if auth else None,
        prevent_thread_lock=not wait,
        show_error=False,
        ssr_mode=False,
        footer_links=[],
        theme=look.theme(),
        css=look.css(),
        head=look.head(),
        state_session_capacity=200,
        app_kwargs={
            "middleware": [Middleware(Gate, rate=rate)],
            "docs_url": None,
            "redoc_url": None,
        },
    )
    return app, url


def local(entry: Entry) -> Any:
    """What runs a model of the folder in this process."""
    from keras_genmodels import export

    return export.load(entry.path)


def served(address: str) -> Callable[[Entry], Any]:
    """What runs the models of a TensorFlow Serving."""
    from keras_genmodels import export

    return lambda entry: export.Client(address, entry.name)
