"""Vector arithmetic: a - b + c on latents, and the directions of attributes."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np
from keras_genmodels_demo import (
    checks,
    directions,
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
    "What a is to b, given to c: differences of latents mean something. The mean of "
    "three pictures says more clearly what they share than one of them. Where there is "
    "an encoder, the examples show the direction of every attribute, too."
)
GROUPS, SAMPLES = "abc", "s0.s1.s2|s3.s4.s5|s6.s7.s8"
EACH, MOST_SLIDERS, FARTHEST = 3, 10, 2.0
NAMES = [f"move_{i}" for i in range(MOST_SLIDERS)]


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("arithmetic", "Vector arithmetic", ABOUT, has_latents) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model with latents",
                "keras-genmodels train dcgan mnist --out runs/dcgan",
                "keras-genmodels export runs/dcgan",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Calculate"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(conditional(found.values()), first, ())
            seed = gr.Number(0, label="Seed", precision=0, minimum=0, step=1)
            groups = [(letter, EACH) for letter in GROUPS]
            terms = picker.build(page, groups, SAMPLES, "Pictures, up to three each")
            tab.examples(
                {
                    "one of each": {terms: "s0|s1|s2"},
                    "three of each": {terms: SAMPLES},
                }
            )
        with tab.results():
            shown = widgets.result("a - b + c")
            along, sliders = _sliders(found, first)
        asked.follow(model, lambda name: conditional([found[name]]))
        picker.follow(tab, asked, model, seed, terms)
        _follow(found, model, along, sliders)
        state = {"model": model, "seed": seed, "terms": terms, "attribute": along}
        state |= dict(zip(NAMES, sliders, strict=True)) | asked.controls
        tab.answers(functools.partial(_answer, page, asked), state, [shown])


# --- directions of attributes ---------------------------------------------------------


def _sliders(
    found: Mapping[str, Entry], first: Entry
) -> tuple[gr.Dropdown, list[gr.Slider]]:
    """Add a list of the attributes with a direction, and a slider for each class."""
    names = sorted(
        {n for entry in found.values() for n in directions.attributes(entry)}
    )
    begun = (directions.attributes(first) or [None])[0]
    with gr.Accordion("Attribute vectors", open=False, visible=bool(names)):
        along = gr.Dropdown(
            names, value=begun or (names or [None])[0], label="Attribute"
        )
        with gr.Row():
            sliders = [
                widgets.slider(
                    -FARTHEST,
                    FARTHEST,
                    0,
                    step=0.1,
                    min_width=180,
                    **_slider(first, begun, i),
                )
                for i in range(MOST_SLIDERS)
            ]
    return along, sliders


def _slider(entry: Entry, name: str | None, i: int) -> dict[str, Any]:
    """Name the slider of class `i`, if there is one."""
    classes = {a.name: a.classes for a in entry.spec.attributes}.get(name, ())
    there = name in directions.attributes(entry) and i < len(classes)
    return {"label": classes[i] if there else f"class {i}", "visible": there}


def _follow(
    found: Mapping[str, Entry], model: Any, along: gr.Dropdown, sliders: list[gr.Slider]
) -> None:
    """Let the sliders be those of the chosen attribute of the chosen model."""

    def shown(name: Any, attribute: Any) -> list[Any]:
        if name not in found:
            return [gr.skip()] * MOST_SLIDERS
        return [
            gr.update(**_slider(found[name], attribute, i)) for i in range(MOST_SLIDERS)
        ]

    gr.on(
        [model.change, along.change],
        shown,
        [model, along],
        sliders,
        api_visibility="private",
        show_progress="hidden",
    )


def _moves(entry: Entry, name: Any, values: Mapping[str, Any]) -> dict[str, float]:
    """Map class to strength, of the sliders that are not at 0.

    Raises:
        ValueError: for an attribute or a class without a direction.
    """
    strengths = [
        checks.number(key, values.get(key) or 0, -FARTHEST, FARTHEST) for key in NAMES
    ]
    if name not in directions.attributes(entry) or not any(strengths):
        return {}
    [attribute] = [a for a in entry.spec.attributes if a.name == name]
    moves = {
        label: strength
        for label, strength in zip(attribute.classes, strengths, strict=False)
        if strength
    }
    unknown = sorted(set(moves) - set(directions.find(entry, name)))
    if unknown:
        raise ValueError(
            f"No direction of {name!r} is known for {', '.join(unknown)}: the examples "
            "must have some with it and some without."
        )
    return moves


# --- the sum --------------------------------------------------------------------------


def _answer(
    page: Page,
    asked: Attributes,
    model: Any,
    seed: Any,
    terms: Any,
    attribute: Any,
    **values: Any,
) -> tuple[str, str]:
    """Compute the means of a, b and c, their sum, and it moved along attributes."""
    from keras_genmodels import latents

    entry = page.models.find(model, "decode", "prior")
    seed = checks.seed(seed)
    groups = picture_tokens.parse(terms, groups=len(GROUPS), most=EACH)
    if not all(groups):
        raise ValueError("Choose one to three pictures for each of a, b and c.")
    condition = latent_pictures.one_condition(entry, asked, values)
    draw = functools.cache(lambda: latent_pictures.sample(entry, seed, condition))
    found = [
        picture_tokens.latents(entry, tokens, draw, condition) for tokens in groups
    ]
    a, b, c = (z.mean(axis=0) for z in found)
    points = {"a": a, "b": b, "c": c, "a - b + c": latents.arithmetic(a, b, c)}
    moves = _moves(entry, attribute, values)
    if moves:
        known = directions.find(entry, attribute)
        moved = sum(strength * known[label] for label, strength in moves.items())
        points["moved"] = points["a - b + c"] + moved
    x = latent_pictures.decode(entry, np.stack(list(points.values())), condition)
    parts = [latent_pictures.decode(entry, z, condition) for z in found]
    program = _program(page, entry, seed, groups, asked, values, attribute, moves)
    return _equation(dict(zip(points, x, strict=True)), parts, moves), program


def _equation(
    x: Mapping[str, np.ndarray], parts: list[np.ndarray], moves: Mapping[str, float]
) -> str:
    """Show the means with their parts, and signs between them, as HTML."""
    signs = dict(zip(x, ("", "&minus;", "+", "=", "&rarr;"), strict=False))
    told = ", ".join(f"{label} {strength:+.1f}" for label, strength in moves.items())
    cells = []
    for i, (name, picture) in enumerate(x.items()):
        small = "".join(
            media.img(part, f"picture {k + 1} of {name}")
            for k, part in enumerate(parts[i] if i < len(parts) else ())
        )
        caption = {"moved": told, **dict.fromkeys(GROUPS, f"mean of {name}")}.get(
            name, name
        )
        cells.append(
            f'<span class="sign" aria-hidden="true">{signs[name]}</span>'
            f"<figure>{media.img(picture, caption)}<figcaption>{html.escape(caption)}"
            f'</figcaption><div class="parts">{small}</div></figure>'
        )
    return f'<div class="kgm-equation">{"".join(cells)}</div>'


def _program(
    page: Page,
    entry: Entry,
    seed: int,
    groups: list[list[str]],
    asked: Attributes,
    values: Mapping[str, Any],
    attribute: Any,
    moves: Mapping[str, float],
) -> str:
    """Write the same in Python."""
    has_condition = entry.is_conditional("decode")
    classes = asked.chosen(entry, values) if has_condition else {}
    tokens = [token for group in groups for token in group]
    imports, points = snippets.points(entry, tokens, seed)
    ends = np.cumsum([len(group) for group in groups]).tolist()
    more = ", condition" if has_condition else ""
    return snippets.program(
        [
            *imports,
            "import keras_genmodels as kgm",
            "from keras_genmodels import latents, pictures",
        ],
        page.source.load(entry),
        snippets.condition(classes) if has_condition else "",
        points,
        f"a, b, c = (part.mean(axis=0) for part in np.split(z, {ends[:2]}))",
        "answer = latents.arithmetic(a, b, c)",
        snippets.moves(entry, attribute, moves) if moves else "",
        f"x = model.decode(answer[None]{more})",
        'pictures.save_png("answer.png", x[0])',
    )
