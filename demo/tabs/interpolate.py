"""Interpolate: paths between samples or pictures, linear and spherical."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import (
    axes,
    charts,
    checks,
    clips,
    defaults,
    latent_pictures,
    media,
    picker,
    picture_tokens,
    snippets,
    widgets,
)
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.latent_pictures import has_latents
from keras_genmodels_demo.models_index import Entry, conditional

ABOUT = (
    "Two pictures become two latents, and every latent between them is decoded, too. "
    "<b>lerp</b> takes the straight line, <b>slerp</b> an arc that keeps the length."
)
MORE = (
    "<p>lerp is linear interpolation. In many dimensions samples of a normal prior all "
    "have about the same length, and the middle of a straight line between two of them "
    "is shorter than any: a latent that the decoder hardly saw in training, whose "
    "picture is often pale or blurred.</p><p>slerp is spherical interpolation. It "
    "turns one latent into the other at an even pace, through lengths that samples "
    "have. The curve below the pictures shows both.</p>"
)
PATHS = {"both": ("lerp", "slerp"), "lerp": ("lerp",), "slerp": ("slerp",)}
MOST_POINTS, MOST_STEPS, FPS = 6, 16, 12


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("interpolate", "Interpolate", ABOUT, has_latents, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model with latents",
                "keras-genmodels train vae mnist --out runs/vae",
                "keras-genmodels export runs/vae",
            )
            return
        found = defaults.richest_first(found)
        first = next(iter(found.values()))
        with tab.controls("Interpolate"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(conditional(found, "decode"), first, ())
            seed = tab.seed()
            points = picker.build(page, [("The way", MOST_POINTS)], "Pictures")
            path = gr.Radio(list(PATHS), value="both", label="Path")
            steps = widgets.slider(2, MOST_STEPS, 9, step=1, label="Pictures a leg")
            tab.examples(
                {
                    "there and back": {points: "s0.s3.s0", path: "both"},
                    "a long way": {points: "s0.s1.s2.s3.s4.s0", steps: 8},
                }
            )
        with tab.results():
            film = widgets.widget("film", None, "Animation")
            strips = widgets.result("Strips")
        asked.follow(model, found)
        picker.follow(tab, asked, model, seed, points, defaults.pair)
        state = {"model": model, "seed": seed, "points": points, "path": path}
        state |= {"steps": steps, **asked.controls}
        tab.answers(functools.partial(_answer, page, asked), state, [film, strips])


# --- the walk -------------------------------------------------------------------------


def _answer(
    page: Page,
    asked: Attributes,
    model: Any,
    seed: Any,
    points: Any,
    path: Any,
    steps: Any,
    **values: Any,
) -> tuple[dict[str, Any], str, str]:
    """Show the paths as an animation and as strips."""
    from keras_genmodels import latents

    entry = page.models.find(model, "decode", "prior")
    seed = checks.seed(seed)
    steps = checks.whole("steps", steps, 2, MOST_STEPS)
    paths = PATHS[checks.one_of("path", path, list(PATHS))]
    points = defaults.pair(entry) if points == "" else points
    [tokens] = picture_tokens.parse(points, most=MOST_POINTS)
    if len(tokens) < 2:
        raise ValueError("Choose two pictures or more to interpolate between.")
    condition = latent_pictures.one_condition(entry, asked, values)
    z = picture_tokens.latents(
        entry, tokens, lambda: latent_pictures.sample(entry, seed, condition), condition
    )
    walks = {
        name: latents.interpolate(z, steps, getattr(latents, name)) for name in paths
    }
    x = {
        name: latent_pictures.decode(entry, walk, condition)
        for name, walk in walks.items()
    }
    program = _program(page, entry, seed, tokens, steps, paths, asked, values)
    return clips.film(entry.name, x, FPS), _strips(x, walks, steps), program


def _strips(
    x: Mapping[str, np.ndarray], walks: Mapping[str, np.ndarray], steps: int
) -> str:
    """Show a row a leg, and the length of the latents on the way."""
    parts = []
    for name, pictures in x.items():
        legs = range(0, len(pictures) - 1, steps - 1)
        rows = "".join(
            f'<div class="strip" style="--columns: {steps}">'
            + "".join(
                media.img(pictures[i], f"{name}, picture {i + 1}")
                for i in range(leg, leg + steps)
            )
            + "</div>"
            for leg in legs
        )
        parts.append(
            f'<figure class="kgm-strips"><figcaption>{html.escape(name)}'
            f"</figcaption>{rows}</figure>"
        )
    lengths = {name: np.linalg.norm(walk, axis=1) for name, walk in walks.items()}
    count = len(next(iter(walks.values())))
    across = axes.Axis.counting(count, "picture on the way")
    chart = charts.lines(lengths, "Length of the latents", across, "norm of the latent")
    return f"{''.join(parts)}{chart}"


def _program(
    page: Page,
    entry: Entry,
    seed: int,
    tokens: list[str],
    steps: int,
    paths: tuple[str, ...],
    asked: Attributes,
    values: Mapping[str, Any],
) -> str:
    """Write the same in Python."""
    conditional = entry.is_conditional("decode")
    classes = asked.chosen(entry, values) if conditional else {}
    imports, points = snippets.points(entry, tokens, seed)
    more = ", condition" if conditional else ""
    walks = []
    for name in paths:
        walks.append(f"{name} = latents.interpolate(z, {steps}, latents.{name})")
        walks.append(
            f'pictures.save_png("{name}.png", '
            f"pictures.grid(model.decode({name}{more}), columns={steps}))"
        )
    shown = ", ".join(f"model.decode({name}{more})" for name in paths)
    walks.append(f'pictures.save_clip(np.stack([{shown}]), "walk.webp", {FPS})')
    return snippets.program(
        [*imports, *latent_pictures.IMPORTS],
        page.source.load(entry),
        snippets.condition(classes) if conditional else "",
        points,
        *walks,
    )
