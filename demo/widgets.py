"""Controls and displays that Gradio has no component for, or none that fits."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

import gradio as gr

_ANOTHER_SEED = """(seed) => {
    const other = Math.floor(Math.random() * 10000);
    return [other === seed ? other + 1 : other, String(Date.now())];
}"""


def unchanged(control: Any) -> dict[str, Any]:
    """Make the update that changes nothing.

    `gr.skip()` takes a widget's properties away before the page has made it; they are
    given anew, as they were at the start.
    """
    return gr.update(**getattr(control, "props", {}))


def follow(
    model: gr.Dropdown,
    offers: Mapping[str, list[list[str]]],
    lists: list[gr.Dropdown],
    hide: bool = False,
) -> None:
    """Let lists offer what the chosen model has, in the page, without the server.

    An answer of the server could come after another choice, and take that one back.

    Args:
        model: the control of the model.
        offers: model to the choices of each list; the first is taken where the model
            does not have what was chosen before.
        lists: the lists, in the order of the choices.
        hide: whether a list is hidden where it has one choice only.
    """
    call = f"kgm.follow({json.dumps(offers)}, model, values, {json.dumps(hide)})"
    model.change(
        None,
        [model, *lists],
        lists,
        # What answers for one control Gradio takes without a list around it.
        js=f"(model, ...values) => {call}{'' if len(lists) > 1 else '[0]'}",
        api_visibility="private",
    )


def result(label: str) -> gr.HTML:
    """Add a place for an answer, of HTML that the tab writes."""
    return gr.HTML(label=label, apply_default_css=False)


def slider(low: float, high: float, value: float, **options: Any) -> gr.Slider:
    """Add a slider without Gradio's button that takes it back: that one asks nothing.

    Args:
        low: the least value.
        high: the largest.
        value: the first.
        **options: as for `gr.Slider`.
    """
    return gr.Slider(low, high, value, buttons=[], **options)


def seed(starter: gr.Textbox) -> gr.Number:
    """Add a seed, and a button that takes another one.

    Args:
        starter: of the tab, which asks when it is given another token.
    """
    with gr.Row(elem_classes="kgm-seed"):
        number = gr.Number(
            0, label="Seed", precision=0, minimum=0, step=1, min_width=120
        )
        gr.Button("Another seed", size="sm", min_width=110, scale=0).click(
            None,
            number,
            [number, starter],
            js=_ANOTHER_SEED,
            api_visibility="private",
            show_progress="hidden",
        )
    return number


def asking(control: gr.Component) -> Any:
    """Choose the event of a control that asks: of text Enter, and not each letter."""
    return control.submit if isinstance(control, gr.Textbox) else control.input


def widget(script: str, value: Any, label: str, **props: Any) -> gr.HTML:
    """Add a control or a display that Gradio has not: its script is in `static/`.

    The script builds the inside once and follows the value and the properties; what a
    model or a person has said is never evaluated.

    Args:
        script: the function `kgm.<script>`.
        value: the first value, JSON.
        label: what the control is called.
        **props: what the script reads beside the value, and what `gr.HTML` takes.
    """
    return gr.HTML(
        value=value,
        label=label,
        html_template=f'<div class="kgm-{script}"></div>',
        js_on_load=f"kgm.{script}(element, props, trigger, watch, server);",
        apply_default_css=False,
        **props,
    )


def pairs(values: Mapping[str, str]) -> str:
    """List names and what belongs to them, as HTML."""
    rows = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd></div>"
        for name, value in values.items()
    )
    return f'<dl class="kgm-pairs">{rows}</dl>'
