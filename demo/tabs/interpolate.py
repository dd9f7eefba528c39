"""Interpolate: walks between samples or pictures, on the line and on the arc."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np
from keras_genmodels_demo import (
    charts,
    checks,
    clips,
    latent_pictures,
    media,
    picker,
    picture_tokens,
    snippets,
    widgets,
)
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.latent_pictures import conditional, has_latents
from keras_genmodels_demo.models_index import Entry

ABOUT = (
    "Between two latents lies a walk of pictures. The straight line (lerp) passes "
    "through latents shorter than any sample; the arc (slerp) keeps their length."
)
PATHS = {"both": ("lerp", "slerp"), "line": ("lerp",), "arc": ("slerp",)}
MOST_POINTS, MOST_STEPS, FPS = 6, 16, 12


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("interpolate", "Interpolate", ABOUT, has_latents) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model with latents",
                "keras-genmodels train vae mnist --out runs/vae",
                "keras-genmodels export runs/vae",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Interpolate"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(conditional(found.values()), first, ())
            seed = gr.Number(0, label="Seed", precision=0, minimum=0, step=1)
            points = picker.build(
                page, [("The way", MOST_POINTS)], "s0.s1.s2", "Pictures"
            )
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
        asked.follow(model, lambda name: conditional([found[name]]))
        picker.follow(tab, asked, model, seed, points)
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
    [tokens] = picture_tokens.parse(points, most=MOST_POINTS)
    if len(tokens) < 2:
        raise ValueError("Choose two pictures or more to walk between.")
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
    chart = charts.lines(lengths, "Length of the latents on the way")
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
