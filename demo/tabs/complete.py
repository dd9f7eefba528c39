"""Complete: the hidden part of a picture drawn anew, and how likely each drawing is."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import checks, media, pads, snippets, sources, widgets
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry, conditional
from keras_genmodels_demo.sources import Translation

ABOUT = (
    "An autoregressive model gives the probability of a pixel, given those before it. "
    "Hide a part of a picture: its pixels are drawn one after another."
)
MORE = (
    "<p>Pixels follow one another as letters do, row by row. So the model knows "
    "<b>log p(x)</b> exactly, as the sum over all pixels, in nats; higher is likelier. "
    "Completions of one picture share its known pixels: where the <b>lower</b> part is "
    "hidden, their log-probabilities differ by those of the hidden parts alone.</p>"
    "<p>A known pixel has a say in the pixels after it only. What is hidden on the "
    "<b>right</b> is drawn without a look at the rows below, and what is hidden in the "
    "<b>upper</b> part without a look at anything.</p>"
)
LOWER, RIGHT, UPPER = "lower", "right", "upper"
PARTS = (LOWER, RIGHT, UPPER)
MOST, ACROSS = 12, 4


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("complete", "Complete", ABOUT, _fits, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "an autoregressive model of pictures",
                "keras-genmodels train pixel_cnn digits --out runs/pixel_cnn",
                "keras-genmodels export runs/pixel_cnn",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Complete"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(conditional(found, "complete"), first, ())
            pad = pads.pad(first, "complete", "Picture", _finding(page))
            part = gr.Radio(list(PARTS), value=LOWER, label="Hidden part")
            share = widgets.slider(5, 100, 50, step=5, label="Hidden, percent")
            count = widgets.slider(1, MOST, 6, step=1, label="Completions")
            seed = tab.seed()
            tab.examples(
                {
                    "the lower three quarters": {part: LOWER, share: 75},
                    "the right half": {part: RIGHT, share: 50},
                    "all of it": {part: LOWER, share: 100},
                }
            )
        with tab.results():
            shown = widgets.result("Completions")
        asked.follow(model, found)
        pads.follow(pad, model, found, "complete")
        state = {"model": model, "picture": pad, "part": part, "share": share}
        state |= {"count": count, "seed": seed, **asked.controls}
        tab.answers(functools.partial(_answer, page, asked), state, [shown])


def _fits(entry: Entry) -> bool:
    known = sources.translation(entry, "complete") is not None
    return known and entry.offers("log_prob")


def _finding(page: Page) -> Any:
    return lambda name: page.models.find(name, "complete", "log_prob")


def known(shape: tuple[int, ...], part: str, share: int) -> np.ndarray:
    """Mark the known pixels of a picture with 1, those that are hidden with 0.

    Args:
        shape: (height, width, channels) of the picture.
        part: which is hidden, "lower", "right" or "upper".
        share: of its rows or columns, in percent; at least one is hidden.

    Returns:
        float32 (height, width, 1).
    """
    mask = np.ones((*shape[:2], 1), np.float32)
    first, end = _hidden(shape, part, share)
    mask[(slice(None), slice(first, end)) if part == RIGHT else slice(first, end)] = 0.0
    return mask


def _hidden(shape: tuple[int, ...], part: str, share: int) -> tuple[int, int]:
    """Find the first hidden column or row, and the one after the last."""
    side = shape[1] if part == RIGHT else shape[0]
    count = max(1, round(side * share / 100))
    return (0, count) if part == UPPER else (side - count, side)


def _answer(
    page: Page,
    asked: Attributes,
    model: Any,
    picture: Any,
    part: Any,
    share: Any,
    count: Any,
    seed: Any,
    **values: Any,
) -> tuple[str, str]:
    """Show a picture without its hidden part, completions, and what each is worth."""
    entry = _finding(page)(model)
    signature = sources.translation(entry, "complete")
    x, _ = sources.read(entry, signature, picture)
    part = checks.one_of("part", part, PARTS)
    share = checks.whole("share", share, 1, 100)
    mask = known(x.shape, part, share)
    count, seed = checks.whole("count", count, 1, MOST), checks.seed(seed)
    conditional = entry.is_conditional("complete")
    classes = asked.chosen(entry, values) if conditional else {}
    given = {"condition": entry.spec.condition(1, **classes)} if classes else {}
    begun = {"x": x[None].repeat(count, axis=0), "mask": mask[None]}
    made = entry.call("complete", **begun, **given, seed=(0, seed))["x"]
    scored = np.concatenate([x[None], made])
    nats = entry.call("log_prob", x=scored, **given)["log_prob"]
    shown = _pictures(x, mask, made, nats)
    snippet = _program(
        page, entry, signature, picture, x, part, share, count, seed, classes
    )
    return shown, snippet


def _pictures(
    x: np.ndarray, mask: np.ndarray, made: np.ndarray, nats: np.ndarray
) -> str:
    """Show the known part, each completion, and the whole picture."""
    best = int(nats[1:].argmax())
    cells = [(_veiled(x, mask), "the known part", "known")]
    for i, one in enumerate(made):
        mark = ", the likeliest" if i == best and len(made) > 1 else ""
        caption = f"<b>{nats[1 + i]:.1f} nats</b>{mark}"
        cells.append((one, f"completion {i + 1}", caption))
    whole = f"the picture itself<br><b>{nats[0]:.1f} nats</b>"
    return media.figures([*cells, (x, "the picture itself", whole)], ACROSS)


def _veiled(x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Colour what is hidden."""
    colour = np.asarray(media.ACCENT, np.float32) / 255.0
    return mask * x + (1.0 - mask) * colour


def _program(
    page: Page,
    entry: Entry,
    asked: Translation,
    token: str,
    x: np.ndarray,
    part: str,
    share: int,
    count: int,
    seed: int,
    classes: Mapping[str, str],
) -> str:
    """Write the same in Python."""
    imports, making = snippets.picture(entry, token, x, rows=asked.examples)
    height, width = x.shape[:2]
    first, end = _hidden(x.shape, part, share)
    places = f":, :, {first}:{end}" if part == RIGHT else f":, {first}:{end}"
    more = ", condition" if classes else ""
    return snippets.program(
        [
            *imports,
            "import numpy as np",
            "import keras_genmodels as kgm",
            "from keras_genmodels import pictures",
        ],
        page.source.load(entry),
        making,
        f'mask = np.ones((1, {height}, {width}, 1), "float32")',
        f"mask[{places}] = 0  # hidden",
        snippets.condition(classes) if classes else "",
        f"begun = x.repeat({count}, axis=0)",
        f"made = model.complete(begun, mask{more}, seed={seed})",
        f"nats = model.log_prob(np.concatenate([x, made]){more})",
        f'pictures.save_png("{entry.name}.png", pictures.grid(made))',
    )
