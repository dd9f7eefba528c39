"""Next frame: several futures of one picture."""

from __future__ import annotations

import functools
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import (
    checks,
    clips,
    media,
    pads,
    snippets,
    sources,
    widgets,
)
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry
from keras_genmodels_demo.sources import Translation

ABOUT = (
    "One picture has many futures. The model draws some of the pictures that may "
    "follow it, a latent for each."
)
MORE = (
    "<p>In training the encoder sees both pictures, and the latent is told what has "
    "<b>moved</b>. Later the latent comes from the prior: each draw is another motion "
    "of the same things, likely and less likely ones in proportion.</p><p>A model that "
    "must give one answer, by the squared error, gives the <b>mean</b> of all futures, "
    "in which what may go both ways is a blur.</p>"
)
MOST, FPS = 12, 2


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("next_frame", "Next frame", ABOUT, _fits, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model of what follows a picture",
                "keras-genmodels train visual_dynamics moving_laws --out runs/dynamics",
                "keras-genmodels export runs/dynamics",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Predict"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            pad = pads.pad(first, "predict_next", "First frame", _finding(page))
            count = widgets.slider(1, MOST, 6, step=1, label="Futures")
            seed = tab.seed()
        with tab.results():
            film = widgets.widget("film", None, "Futures")
            stills = widgets.result("Frames")
        pads.follow(pad, model, found, "predict_next")
        state = {"model": model, "frame": pad, "count": count, "seed": seed}
        tab.answers(functools.partial(_answer, page), state, [film, stills])


def _fits(entry: Entry) -> bool:
    return sources.translation(entry, "predict_next") is not None


def _finding(page: Page) -> Any:
    return lambda name: page.models.find(name, "predict_next")


def _answer(
    page: Page, model: Any, frame: Any, count: Any, seed: Any
) -> tuple[dict[str, Any], str, str]:
    """Show futures of a picture as films of two frames, their mean, and the truth."""
    entry = _finding(page)(model)
    asked = sources.translation(entry, "predict_next")
    x, truth = sources.read(entry, asked, frame)
    count, seed = checks.whole("count", count, 1, MOST), checks.seed(seed)
    given = {asked.source: x[None], "count": count, "seed": (0, seed)}
    futures = entry.call("predict_next", **given)["x"][0]
    found = {
        f"future {i + 1}": np.stack([x, future]) for i, future in enumerate(futures)
    }
    cells = [(x, "the first frame", "first frame")]
    mean = f"<b>mean</b> of {count} future{'s' if count > 1 else ''}"
    cells.append((futures.mean(axis=0), "the mean of the futures", mean))
    cells += [] if truth is None else [(truth, "the true next frame", "truth")]
    program = _program(page, entry, asked, frame, x, count, seed)
    return clips.film(entry.name, found, FPS), media.figures(cells, 3), program


def _program(
    page: Page,
    entry: Entry,
    asked: Translation,
    token: str,
    x: np.ndarray,
    count: int,
    seed: int,
) -> str:
    """Write the same in Python."""
    imports, making = snippets.picture(entry, token, x, "first", asked.examples)
    return snippets.program(
        [
            *imports,
            "import keras_genmodels as kgm",
            "from keras_genmodels import pictures",
        ],
        page.source.load(entry),
        making,
        f"futures = model.predict_next(first, {count}, seed={seed})[0]",
        "mean = futures.mean(axis=0)",
        f'pictures.save_png("{entry.name}.png", pictures.grid(futures))',
    )
