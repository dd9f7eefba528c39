"""How the page looks: one calm theme in light and dark, and no font from elsewhere."""

from __future__ import annotations

import html
import pathlib
from collections.abc import Mapping
from typing import Any

import gradio as gr

STATIC = pathlib.Path(__file__).parent / "static"
SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "Helvetica", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Quiet surfaces, one accent colour, the system's own fonts."""
    base = gr.themes.Base(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        radius_size="md",
        font=list(SANS),
        font_mono=list(MONO),
    )
    return base.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_800",
        body_text_color_dark="*neutral_200",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_width="1px",
        block_border_color="*neutral_200",
        block_border_color_dark="*neutral_800",
        block_shadow="none",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_400",
        block_title_text_weight="500",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        input_background_fill="*neutral_50",
        input_background_fill_dark="*neutral_950",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_500",
        button_primary_text_color="white",
        button_large_radius="*radius_md",
        slider_color="*primary_600",
        slider_color_dark="*primary_400",
    )


def unchanged(control: Any) -> dict[str, Any]:
    """The update that changes nothing.

    `gr.skip()` takes a widget's properties away before the page has made it; they are
    given anew, as they were at the start.
    """
    return gr.update(**getattr(control, "props", {}))


def result(label: str) -> gr.HTML:
    """Where an answer goes, made of HTML that the tab has written."""
    return gr.HTML(label=label, apply_default_css=False)


def slider(low: float, high: float, value: float, **options: Any) -> gr.Slider:
    """A slider without Gradio's button that takes it back: that one asks nothing.

    Args:
        low: the least value.
        high: the largest.
        value: the first.
        **options: as for `gr.Slider`.
    """
    return gr.Slider(low, high, value, buttons=[], **options)


def css() -> str:
    """The style of what Gradio has no component for."""
    return (STATIC / "style.css").read_text(encoding="utf-8")


def head() -> str:
    """The scripts of the page, in the page: nothing is fetched."""
    scripts = sorted(STATIC.glob("*.js"), key=lambda path: path.stem != "kgm")
    text = "\n".join(path.read_text(encoding="utf-8") for path in scripts)
    return f"<script>\n{text}\n</script>"


def widget(script: str, value: Any, label: str, **props: Any) -> gr.HTML:
    """A control or a display that Gradio has not: its script is in `static/`.

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
    """Names and what belongs to them, as a list."""
    rows = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd></div>"
        for name, value in values.items()
    )
    return f'<dl class="kgm-pairs">{rows}</dl>'
