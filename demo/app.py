"""The page: a tab an idea of the lecture."""

from __future__ import annotations

import html

import gradio as gr

from demo import (
    arithmetic,
    autoencode,
    game,
    interpolate,
    manifold,
    sample,
    video,
)
from demo.page import Page, refusals
from demo.shelf import Shelf
from demo.snippets import Source

TITLE = "Generative models, alive"
TABS = (autoencode, manifold, sample, interpolate, arithmetic, video, game)


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
    told += f", {len(shelf.refused)} cannot be used" if shelf.refused else ""
    unread = {n: why for n, why in shelf.refused.items() if n not in shelf.lost}
    trouble = refusals(unread) if unread else ""  # others are told on their tabs
    return (
        f"<header><h1>{TITLE}</h1><p>{html.escape(told)}</p>"
        '<button type="button" onclick="kgm.turn()" aria-label="Light or dark">'
        f"</button></header>{trouble}"
    )
