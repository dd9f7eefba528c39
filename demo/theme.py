"""Theme of the page, light and dark, its style and scripts; no font from elsewhere."""

from __future__ import annotations

import pathlib

import gradio as gr

STATIC = pathlib.Path(__file__).parent / "static"
SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "Helvetica", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def build() -> gr.themes.Base:
    """Build the theme: quiet surfaces, one accent colour, the system's own fonts."""
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


def css() -> str:
    """Read the style of what Gradio has no component for."""
    return (STATIC / "style.css").read_text(encoding="utf-8")


def head() -> str:
    """Join the scripts of the page, to stand in the page: nothing is fetched."""
    scripts = sorted(STATIC.glob("*.js"), key=lambda path: path.stem != "kgm")
    text = "\n".join(path.read_text(encoding="utf-8") for path in scripts)
    return f"<script>\n{text}\n</script>"
