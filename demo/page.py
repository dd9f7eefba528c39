"""Page of the demo: its header, and a tab for each idea of the lecture."""

from __future__ import annotations

import gradio as gr

from keras_genmodels_demo.blocks import Blocks
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.messages import refusals
from keras_genmodels_demo.models_index import ModelsIndex
from keras_genmodels_demo.snippets import Source
from keras_genmodels_demo.tabs import TABS

TITLE = "Generative models, alive"


def build(models: ModelsIndex, source: Source | None = None) -> gr.Blocks:
    """Build the page of the models of a folder.

    Args:
        models: of the folder.
        source: where snippets find them; by default in their folder.
    """
    app = Blocks(analytics_enabled=False, title=TITLE)
    page = Page(app, models, source or Source())
    with app:
        gr.HTML(_header(models), elem_id="kgm-header")
        with gr.Tabs(elem_id="kgm-tabs") as tabs:
            for tab in TABS:
                tab.build(page)
        page.restores(tabs)
    return app


def _header(models: ModelsIndex) -> str:
    """Write the title, how many models there are, and which cannot be used."""
    count = len(models.entries)
    told = f"{count} model{'' if count == 1 else 's'}"
    told += f", {len(models.refused)} cannot be used" if models.refused else ""
    unread = {n: why for n, why in models.refused.items() if n not in models.lost}
    trouble = refusals(unread) if unread else ""  # others are told on their tabs
    return (
        f"<header><h1>{TITLE}</h1><p>{told}</p>"
        '<button type="button" onclick="kgm.turn()" aria-label="Light or dark">'
        f"</button></header>{trouble}"
    )
