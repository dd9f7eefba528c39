"""Sample: pictures from the prior, several models side by side on the same seed."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import attributes, checks, media, snippets, widgets
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page, Tab
from keras_genmodels_demo.models_index import Entry, conditional

ABOUT = (
    "A generative model turns noise, the latents, into pictures. One seed is one draw "
    "of the noise: the same seed gives the same pictures, whenever it is asked for. "
    "Models side by side get the same seed."
)
TEMPERATURE = (
    "What the latents are multiplied by. Below 1 they are nearer to the mean: pictures "
    "are more typical and less varied. Above 1 they are rarer, and fail more often."
)
MOST, MOST_MODELS = 100, 4


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("sample", "Sample", ABOUT, _fits) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model of pictures",
                "keras-genmodels train vae mnist --out runs/vae",
                "keras-genmodels export runs/vae",
            )
            return
        names = list(found)
        with tab.controls("Sample"):
            models = gr.Dropdown(
                names,
                value=names[:1],
                multiselect=True,
                max_choices=MOST_MODELS,
                label="Models",
                info=f"Up to {MOST_MODELS}, side by side.",
            )
            asked = Attributes(conditional(found, "sample"), found[names[0]])
            seed = tab.seed()
            count = widgets.slider(1, MOST, 40, step=1, label="Pictures")
            temperature = widgets.slider(
                0,
                2,
                1,
                step=0.05,
                label="Temperature",
                info=TEMPERATURE,
            )
            _examples(tab, names, models, seed, count, temperature)
        with tab.results():
            shown = widgets.result("Samples")
        asked.follow(models, found)
        state = {"models": models, "seed": seed, "count": count}
        state |= {"temperature": temperature, **asked.controls}
        tab.answers(functools.partial(_draw, page, asked), state, [shown])


def _examples(
    tab: Tab, names: list[str], models: Any, seed: Any, count: Any, temperature: Any
) -> None:
    side_by_side = {models: names[:MOST_MODELS], count: 20, temperature: 1}
    rows = {f"temperature {t}": {temperature: t, seed: 1} for t in (0.6, 1.4)}
    tab.examples({**rows, "side by side": side_by_side})


def _fits(entry: Entry) -> bool:
    """Find whether a model samples pictures from nothing but noise and a condition."""
    return entry.shows("sample") and entry.draws


def _draw(
    page: Page,
    asked: Attributes,
    models: Any,
    seed: Any,
    count: Any,
    temperature: Any,
    **values: Any,
) -> tuple[str, str]:
    """Show samples of one to four models on one seed."""
    if not isinstance(models, list) or not 1 <= len(models) <= MOST_MODELS:
        raise ValueError(f"Choose one to {MOST_MODELS} models.")
    entries = [page.models.find(name, "sample") for name in models]
    seed = checks.seed(seed)
    count = checks.whole("count", count, 1, MOST)
    temperature = checks.number("temperature", temperature, 0, 2)
    figures, lines = [], []
    for entry in entries:
        choices = asked.chosen(entry, values)
        classes = attributes.rows(entry, choices, count)
        x = samples(entry, seed, count, temperature, classes)
        figures.append(
            _figure(entry, x, classes, attributes.first_round(entry, choices))
        )
        lines += _program(page, entry, seed, count, temperature, classes)
    program = snippets.program(
        ["import keras_genmodels as kgm", "from keras_genmodels import pictures"],
        *lines,
    )
    return f'<div class="kgm-side">{"".join(figures)}</div>', program


def samples(
    entry: Entry,
    seed: int,
    count: int,
    temperature: float = 1.0,
    classes: Mapping[str, list[str]] | None = None,
) -> np.ndarray:
    """Draw samples of a model, (count, height, width, channels) in [0, 1].

    Args:
        entry: with `sample`, and with `prior` and `decode` for another temperature.
        seed: of the noise.
        count: how many.
        temperature: what the latents are multiplied by.
        classes: the class of every attribute in each row, for a conditional model.

    Raises:
        ValueError: for a temperature that the model does not know.
    """
    given = {"count": count, "seed": (0, seed)}
    if classes and entry.is_conditional("sample"):
        given["condition"] = entry.spec.condition(count, **classes)
    if temperature == 1.0:
        return entry.call("sample", **given)["x"]
    if not entry.offers("prior", "decode"):
        raise ValueError(
            f"`temperature` must be 1 for {entry.name}, which has no latents to be "
            f"multiplied. Received: {temperature}."
        )
    latent = entry.call("prior", **given)["latent"]
    return entry.call("decode", **{**given, "latent": temperature * latent})["x"]


def _figure(
    entry: Entry, x: np.ndarray, classes: Mapping[str, list[str]], columns: int
) -> str:
    """Show the samples of one model, each a picture, under the model's title."""
    conditional = entry.is_conditional("sample")
    cells = []
    for i, picture in enumerate(x):
        asked = ", ".join(classes[name][i] for name in classes) if conditional else ""
        alt = f"sample {i + 1} of {entry.name}" + (f": {asked}" if asked else "")
        cells.append(media.img(picture, alt, f'title="{html.escape(asked or alt)}"'))
    wide = columns if conditional and 2 <= columns <= 12 else 0
    style = f"--columns: {wide}" if wide else ""
    return (
        f'<figure class="kgm-grid {"fixed" if wide else ""}" style="{style}">'
        f"<figcaption>{html.escape(entry.title)}</figcaption>"
        f'<div class="cells">{"".join(cells)}</div></figure>'
    )


def _program(
    page: Page,
    entry: Entry,
    seed: int,
    count: int,
    temperature: float,
    classes: Mapping[str, list[str]],
) -> list[str]:
    """Write the lines that make the same samples in Python."""
    conditional = entry.is_conditional("sample")
    more = ", condition" if conditional else ""
    if temperature == 1.0:
        steps = [f"x = model.sample({count}{more}, seed={seed})"]
    else:
        named = "condition=condition" if conditional else f"count={count}"
        steps = [
            f'z = model.run("prior", {named}, seed=(0, {seed}))["latent"]',
            f"x = model.decode({temperature} * z{more})",
        ]
    asked = snippets.condition(snippets.shorter(classes), str(count))
    return [
        page.source.load(entry),
        asked if conditional else "",
        *steps,
        f'pictures.save_png("{entry.name}.png", pictures.grid(x))',
    ]
