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
    defaults,
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
from keras_genmodels_demo.latent_pictures import has_latents
from keras_genmodels_demo.models_index import Entry, conditional

ABOUT = (
    "Differences of latents mean something: if a and b differ in one attribute only, "
    "a &minus; b + c should be c with the attribute of a."
)
MORE = (
    "<p>a &minus; b is then the direction of that attribute, and what a and b share "
    "is subtracted away. The mean of three pictures says more clearly what they share "
    "than one picture does.</p><p>Where there is an encoder, examples with and without "
    "an attribute give its direction, too: the sliders of the attribute vectors move "
    "the result along it.</p>"
)
GROUPS = "abc"
EACH, MOST_SLIDERS, FARTHEST = 3, 10, 2.0
NAMES = [f"move_{i}" for i in range(MOST_SLIDERS)]


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("arithmetic", "Vector arithmetic", ABOUT, has_latents, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model with latents",
                "keras-genmodels train dcgan mnist --out runs/dcgan",
                "keras-genmodels export runs/dcgan",
            )
            return
        found = defaults.richest_first(found)
        first = next(iter(found.values()))
        with tab.controls("Calculate"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(conditional(found, "decode"), first, ())
            seed = tab.seed()
            groups = [(letter, EACH) for letter in GROUPS]
            terms = picker.build(page, groups, "Pictures, up to three each")
            tab.examples(
                {
                    "one attribute": {terms: ""},
                    "one sample each": {terms: "s0|s1|s2"},
                    "three samples each": {terms: defaults.SAMPLES_SUM},
                }
            )
        with tab.results():
            shown = widgets.result("a - b + c")
            along, sliders = _sliders(found, first)
        asked.follow(model, found)
        picker.follow(tab, asked, model, seed, terms, defaults.terms)
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
    terms = defaults.terms(entry) if terms == "" else terms
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
    captions = _captions(defaults.meanings(entry, groups), moves)
    return _equation(dict(zip(points, x, strict=True)), parts, captions), program


def _captions(shared: list[str], moves: Mapping[str, float]) -> dict[str, str]:
    """Name each picture, with the class that its parts share, or that is expected."""
    told = {
        name: f"mean of {name}" + (f": {one}" if one else "")
        for name, one in zip(GROUPS, shared, strict=True)
    }
    told["a - b + c"] = "a - b + c" + (f", expected: {shared[0]}" if shared[0] else "")
    told["moved"] = ", ".join(f"{label} {by:+.1f}" for label, by in moves.items())
    return told


def _equation(
    x: Mapping[str, np.ndarray], parts: list[np.ndarray], captions: Mapping[str, str]
) -> str:
    """Show the means with their parts, and signs between them, as HTML."""
    signs = dict(zip(x, ("", "&minus;", "+", "=", "&rarr;"), strict=False))
    cells = []
    for i, (name, picture) in enumerate(x.items()):
        small = "".join(
            media.img(part, f"picture {k + 1} of {name}")
            for k, part in enumerate(parts[i] if i < len(parts) else ())
        )
        caption = captions[name]
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
