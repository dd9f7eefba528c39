"""Pads on which a picture for a model is drawn, or an example or an upload taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from keras_genmodels_demo import sources, uploads, widgets
from keras_genmodels_demo.models_index import Entry


def pad(
    entry: Entry, signature: str, label: str, find: Callable[[Any], Entry]
) -> gr.HTML:
    """Add a pad for the picture that a signature is given.

    Args:
        entry: the model at the start.
        signature: as for `sources.translation`.
        label: what the picture is called.
        find: from a model's name to it.
    """
    offered = offer(entry, signature)
    return widgets.widget(
        "pad",
        "e0" if offered["offered"] else "",
        label,
        server_functions=[sources.receiver(find)],
        **offered,
    )


def offer(entry: Entry, signature: str) -> dict[str, Any]:
    """Collect what the pad is to know of a model.

    Args:
        entry: the model.
        signature: as for `sources.translation`.
    """
    asked = sources.translation(entry, signature)
    return {
        "model": entry.name,
        "direction": signature,
        "shape": list(asked.shape),
        "offered": sources.offered(entry, asked),
        "lines": sources.is_line_drawing(entry, asked),
        "eraser": True,
        "derives": sources.derivation(entry, asked) or "",
        "most_bytes": uploads.MOST_BYTES,
    }


def follow(
    pad: gr.HTML, model: gr.Dropdown, found: Mapping[str, Entry], signature: str
) -> None:
    """Let the pad take what the chosen model takes.

    Args:
        pad: of the model's pictures.
        model: the control of the model.
        found: name to model of those that may be chosen.
        signature: as for `sources.translation`.
    """

    def update(name: Any) -> Any:
        if name not in found:
            return widgets.unchanged(pad)
        return gr.update(**offer(found[name], signature))

    model.change(update, model, pad, api_visibility="private", show_progress="hidden")
