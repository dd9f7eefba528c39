"""Interpolate: walks between samples or pictures, on the line and on the arc."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from demo import charts, checks, choices, clips, look, media, snippets, uploads
from demo.attributes import Attributes
from demo.page import Page, Tab
from demo.shelf import Entry

ABOUT = (
    "Between two latents lies a walk of pictures. The straight line (lerp) passes "
    "through latents shorter than any sample; the arc (slerp) keeps their length."
)
PATHS = {"both": ("lerp", "slerp"), "line": ("lerp",), "arc": ("slerp",)}
IMPORTS = (
    "import keras_genmodels as kgm",
    "from keras_genmodels import latents, pictures",
)
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
            points = picker(page, [("The way", MOST_POINTS)], "s0.s1.s2", "Pictures")
            path = gr.Radio(list(PATHS), value="both", label="Path")
            steps = look.slider(2, MOST_STEPS, 9, step=1, label="Pictures a leg")
            tab.examples(
                {
                    "there and back": {points: "s0.s3.s0", path: "both"},
                    "a long way": {points: "s0.s1.s2.s3.s4.s0", steps: 8},
                }
            )
        with tab.results():
            film = look.widget("film", None, "Animation")
            strips = look.result("Strips")
        asked.follow(model, lambda name: conditional([found[name]]))
        offers(tab, asked, model, seed, points)
        state = {"model": model, "seed": seed, "points": points, "path": path}
        state |= {"steps": steps, **asked.controls}
        tab.answers(functools.partial(_answer, page, asked), state, [film, strips])


def has_latents(entry: Entry) -> bool:
    """Whether pictures are made of latents that can be drawn."""
    return entry.shows("decode", "prior")


def conditional(entries: Any) -> list[Entry]:
    """Those whose decoder asks for a condition."""
    return [entry for entry in entries if entry.is_conditional("decode")]


# --- pictures to choose from ----------------------------------------------------------


def picker(
    page: Page, groups: list[tuple[str, int]], value: str, label: str
) -> gr.HTML:
    """A control to choose samples, examples and uploads for one group or several.

    Args:
        page: that knows the models.
        groups: label and most pictures of each.
        value: what is chosen at the start.
        label: of the control.
    """
    return look.widget(
        "picker",
        value,
        label,
        server_functions=[choices.receiver(page.shelf.find)],
        groups=[{"label": name, "most": most} for name, most in groups],
        **_offer("", [], False),
    )


def _offer(model: str, offered: list[dict[str, str]], encodes: bool) -> dict[str, Any]:
    """What a picker is to know of a model."""
    return {
        "model": model,
        "offered": offered,
        "uploads": encodes,
        "most_bytes": uploads.MOST_BYTES,
    }


def offers(tab: Tab, asked: Attributes, model: Any, seed: Any, control: Any) -> None:
    """Let a picker follow the model, the seed and the classes that are asked for."""
    names = list(asked.controls)

    def offer(name: Any, number: Any, *values: Any) -> Any:
        try:
            entry = tab.page.shelf.find(name, "decode", "prior")
            given = dict(zip(names, values, strict=True))
            condition = one_condition(entry, asked, given)
            z = drawn(entry, checks.seed(number), condition)
        except (ValueError, TypeError):
            return look.unchanged(control)  # the answer says what is wrong
        found = [
            {"word": f"s{i}", "uri": media.uri(media.png(x)), "label": f"Sample {i}"}
            for i, x in enumerate(decoded(entry, z, condition))
        ]
        encodes = entry.offers("encode")
        examples = choices.offered(entry, choices.FEWER) if encodes else []
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


def one_condition(
    entry: Entry, asked: Attributes, values: Mapping[str, Any]
) -> np.ndarray | None:
    """The one row of condition that everything is decoded under, or None."""
    if not entry.is_conditional("decode"):
        return None
    return entry.spec.condition(1, **asked.chosen(entry, values))


def drawn(entry: Entry, seed: int, condition: np.ndarray | None) -> np.ndarray:
    """The latents of the samples on offer, (SAMPLES, latent_dim)."""
    rows = None if condition is None else condition.repeat(choices.SAMPLES, axis=0)
    given = {"count": choices.SAMPLES, "condition": rows, "seed": (0, seed)}
    return entry.call("prior", **given)["latent"]


def decoded(
    entry: Entry, latent: np.ndarray, condition: np.ndarray | None
) -> np.ndarray:
    """What latents look like, all under one condition."""
    rows = None if condition is None else condition.repeat(len(latent), axis=0)
    return entry.call("decode", latent=latent, condition=rows)["x"]


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
    """The walks as an animation and as strips."""
    from keras_genmodels import latents

    entry = page.shelf.find(model, "decode", "prior")
    seed = checks.seed(seed)
    steps = checks.whole("steps", steps, 2, MOST_STEPS)
    paths = PATHS[checks.one_of("path", path, list(PATHS))]
    [words] = choices.words(points, most=MOST_POINTS)
    if len(words) < 2:
        raise ValueError("Choose two pictures or more to walk between.")
    condition = one_condition(entry, asked, values)
    z = choices.latents(entry, words, lambda: drawn(entry, seed, condition), condition)
    walks = {
        name: latents.interpolate(z, steps, getattr(latents, name)) for name in paths
    }
    x = {name: decoded(entry, walk, condition) for name, walk in walks.items()}
    program = _program(page, entry, seed, words, steps, paths, asked, values)
    return clips.film(entry.name, x, FPS), _strips(x, walks, steps), program


def _strips(
    x: Mapping[str, np.ndarray], walks: Mapping[str, np.ndarray], steps: int
) -> str:
    """A row a leg, and the length of the latents on the way."""
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
    words: list[str],
    steps: int,
    paths: tuple[str, ...],
    asked: Attributes,
    values: Mapping[str, Any],
) -> str:
    """The same in Python."""
    conditional = entry.is_conditional("decode")
    classes = asked.chosen(entry, values) if conditional else {}
    imports, points = snippets.points(entry, words, seed)
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
        [*imports, *IMPORTS],
        page.source.load(entry),
        snippets.condition(classes) if conditional else "",
        points,
        *walks,
    )
