"""Messages to the person at the page: what cannot be done, and what is not there."""

from __future__ import annotations

import contextlib
import html
from collections.abc import Iterator, Mapping, Sequence

import gradio as gr

from keras_genmodels_demo.models_index import Unavailable

_LONGEST = 500  # characters; a message may repeat what was sent


def refusals(refused: Mapping[str, str]) -> str:
    """List the models that cannot be used, and why, as HTML."""
    rows = "".join(
        f"<li><b>{html.escape(name)}</b>: {html.escape(why)}</li>"
        for name, why in refused.items()
    )
    return (
        f'<details class="kgm-refused" open><summary>{len(refused)} cannot be used'
        f"</summary><ul>{rows}</ul></details>"
    )


def absent(what: str, commands: Sequence[str]) -> str:
    """Say which model is missing, and which commands make it, as HTML."""
    lines = "\n".join(map(html.escape, commands))
    return (
        f'<div class="kgm-absent"><p>This needs {what}, and there is none here. These '
        "commands make one; start the demo again after them.</p>"
        f"<pre>{lines}</pre></div>"
    )


@contextlib.contextmanager
def errors_as_messages() -> Iterator[None]:
    """Tell in a sentence, not as a traceback, what cannot be done."""
    try:
        yield
    except (ValueError, TypeError, Unavailable) as error:
        text = html.escape(str(error)[:_LONGEST], quote=False)
        raise gr.Error(text, title="Not done", print_exception=False) from error
