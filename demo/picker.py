"""Control to choose samples, examples and uploads, which follows the chosen model."""

from __future__ import annotations

from typing import Any

import gradio as gr
from keras_genmodels_demo import (
    checks,
    latent_pictures,
    media,
    picture_tokens,
    uploads,
    widgets,
)
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page, Tab


def build(page: Page, groups: list[tuple[str, int]], value: str, label: str) -> gr.HTML:
    """Make a control to choose pictures for one group or several.

    Args:
        page: that knows the models.
        groups: label and most pictures of each.
        value: what is chosen at the start.
        label: of the control.
    """
    return widgets.widget(
        "picker",
        value,
        label,
        server_functions=[picture_tokens.receiver(page.models.find)],
        groups=[{"label": name, "most": most} for name, most in groups],
        **_offer("", [], False),
    )


def _offer(model: str, offered: list[dict[str, str]], encodes: bool) -> dict[str, Any]:
    """Say what a picker is to know of a model."""
    return {
        "model": model,
        "offered": offered,
        "uploads": encodes,
        "most_bytes": uploads.MOST_BYTES,
    }


def follow(tab: Tab, asked: Attributes, model: Any, seed: Any, control: Any) -> None:
    """Let a picker follow the model, the seed and the classes that are asked for."""
    names = list(asked.controls)

    def offer(name: Any, number: Any, *values: Any) -> Any:
        try:
            entry = tab.page.models.find(name, "decode", "prior")
            given = dict(zip(names, values, strict=True))
            condition = latent_pictures.one_condition(entry, asked, given)
            z = latent_pictures.sample(entry, checks.seed(number), condition)
        except (ValueError, TypeError):
            return widgets.unchanged(control)  # the answer says what is wrong
        found = [
            {"token": f"s{i}", "uri": media.uri(media.png(x)), "label": f"Sample {i}"}
            for i, x in enumerate(latent_pictures.decode(entry, z, condition))
        ]
        encodes = entry.offers("encode")
        few = picture_tokens.FEWER
        examples = picture_tokens.offered(entry, few) if encodes else []
        return gr.update(
            **{**control.props, **_offer(entry.name, [*found, *examples], encodes)}
        )

    inputs = [model, seed, *asked.controls.values()]
    gr.on(
        [tab.starter.change, *(control.change for control in inputs)],
        offer,
        inputs,
        control,
        api_visibility="private",
        show_progress="hidden",
        trigger_mode="multiple",  # "always_last" beside the answer's never ends
        concurrency_id="answers",
    )
