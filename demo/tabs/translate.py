"""Translate: a picture that is made of another one, such as of lines that are drawn."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import checks, media, pads, snippets, sources, widgets
from keras_genmodels_demo.frame import Page, Tab
from keras_genmodels_demo.models_index import Entry
from keras_genmodels_demo.sources import Translation

ABOUT = (
    "A translator makes a picture of another one, its source: of edges, say, what they "
    "outline. Draw a source, upload one, or choose an example."
)
MORE = (
    "<p>pix2pix is trained on pairs of a source and its picture, which is the "
    "<b>truth</b> of an example. Two costs pull at it. The mean absolute difference "
    "from the truth (<b>L1</b>) alone is least at the median of all that a source may "
    "mean, which is soft and grey. A <b>critic</b> judges patches of the pair, and "
    "asks for one of the meanings, sharp and in full colours: compare a model with one "
    "that was trained without its critic.</p><p>The seed draws the <b>noise</b>, which "
    "hidden numbers are dropped. A <b>photo</b> becomes a source in the way in "
    "which the training data did.</p>"
)
THERE, BACK, NOTHING = "there", "back", "nothing"
SIGNATURES = {THERE: "translate", BACK: "translate_back"}


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("translate", "Translate", ABOUT, _fits, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a translator of pictures",
                "keras-genmodels train pix2pix digits --out runs/pix2pix",
                "keras-genmodels export runs/pix2pix",
            )
            return
        first = next(iter(found.values()))
        rivals = {name: _rivals(found, entry) for name, entry in found.items()}
        with tab.controls("Translate"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            direction = _direction(found, first)
            pad = pads.pad(first, "translate", "Source", _finding(page))
            seed = tab.seed()
            compare = gr.Dropdown(
                [NOTHING, *(name for name in found if rivals[name])],
                value=NOTHING,
                label="Compare with",
                visible=bool(rivals[first.name]),
            )
            _examples(tab, first, rivals[first.name], model, compare)
        with tab.results():
            shown = widgets.result("Translation")
        _follow(found, rivals, model, direction, pad, compare)
        state = {"model": model, "source": pad, "seed": seed, "compare": compare}
        state |= {"direction": direction} if direction else {}
        tab.answers(functools.partial(_answer, page), state, [shown])


def _fits(entry: Entry) -> bool:
    return sources.translation(entry) is not None


def _finding(page: Page) -> Any:
    return lambda name: page.models.find(name, "translate")


def _asked(entry: Entry, direction: str = THERE) -> Translation:
    """Find what is translated; a model that does not go back goes there.

    When another model is chosen, its question leaves before the controls follow.
    """
    there = sources.translation(entry)
    return sources.translation(entry, SIGNATURES[direction]) or there


def _directions(entry: Entry) -> list[str]:
    return [name for name, s in SIGNATURES.items() if sources.translation(entry, s)]


def _direction(found: Mapping[str, Entry], first: Entry) -> gr.Radio | None:
    """Add the choice of a direction, if any of the models has two.

    It is seen while the chosen model has.
    """
    if not any(BACK in _directions(entry) for entry in found.values()):
        return None
    seen = BACK in _directions(first)
    return gr.Radio([THERE, BACK], value=THERE, label="Direction", visible=seen)


def _rivals(found: Mapping[str, Entry], entry: Entry) -> list[str]:
    """List the other models that take the same sources."""
    shape = _asked(entry).shape
    others = (name for name, other in found.items() if _asked(other).shape == shape)
    return [name for name in others if name != entry.name]


def _examples(
    tab: Tab, entry: Entry, rivals: list[str], model: Any, compare: Any
) -> None:
    if rivals:
        choices = gr.update(choices=[NOTHING, *rivals], value=rivals[0])
        tab.examples({"side by side": {model: entry.name, compare: choices}})


def _follow(
    found: Mapping[str, Entry],
    rivals: Mapping[str, list[str]],
    model: gr.Dropdown,
    direction: gr.Radio | None,
    pad: gr.HTML,
    compare: gr.Dropdown,
) -> None:
    """Let the controls offer what the chosen model has."""
    offers = {
        name: [[NOTHING, *rivals[name]], *([_directions(entry)] if direction else [])]
        for name, entry in found.items()
    }
    lists = [compare, *([direction] if direction else [])]
    widgets.follow(model, offers, lists, hide=True)

    def offer(name: Any, way: Any = THERE) -> Any:
        if name not in found or way not in SIGNATURES:
            return widgets.unchanged(pad)
        return gr.update(**pads.offer(found[name], _asked(found[name], way).signature))

    inputs = [model, *([direction] if direction else [])]
    gr.on(
        [control.change for control in inputs],
        offer,
        inputs,
        pad,
        api_visibility="private",
        show_progress="hidden",
    )


# --- what is asked for ----------------------------------------------------------------


def _answer(
    page: Page, model: Any, source: Any, seed: Any, compare: Any, direction: Any = THERE
) -> tuple[str, str]:
    """Show a source, what one or two models make of it, and the truth if known."""
    entry = _finding(page)(model)
    asked = _asked(entry, checks.one_of("direction", direction, list(SIGNATURES)))
    seed = checks.seed(seed)
    x, truth = sources.read(entry, asked, source)
    made = {entry: made_of(entry, asked, x, seed)}
    if compare != NOTHING:
        other = _finding(page)(compare)
        also = _asked(other, direction)
        if other is not entry and also.shape == asked.shape:
            made[other] = made_of(other, also, x, seed)
    program = _program(page, source, seed, x, truth, direction, list(made))
    return _pictures(asked, x, made, truth), program


def made_of(
    entry: Entry, asked: Translation, source: np.ndarray, seed: int
) -> np.ndarray:
    """Translate one source, (height, width, channels) in [0, 1], by one draw of noise.

    Args:
        entry: the model.
        asked: what it translates.
        source: of the shape `asked.shape`.
        seed: of the noise.
    """
    given = {asked.source: source[None], "seed": (0, seed)}
    return entry.call(asked.signature, **given)[asked.made][0]


def _pictures(
    asked: Translation,
    source: np.ndarray,
    made: Mapping[Entry, np.ndarray],
    truth: np.ndarray | None,
) -> str:
    """Show the source, each translation with its error, and the truth."""
    cells = [(source, "the source", "source")]
    for entry, x in made.items():
        caption = f"<b>{html.escape(entry.name)}</b>"
        if truth is not None and truth.shape == x.shape:
            caption += f"<br>L1 from the truth {np.abs(x - truth).mean():.3f}"
        cells.append((x, f"made by {entry.name}", caption))
    cells += [] if truth is None else [(truth, "the truth", "truth")]
    return media.figures(cells, len(cells))


def _program(
    page: Page,
    text: str,
    seed: int,
    source: np.ndarray,
    truth: np.ndarray | None,
    direction: str,
    entries: list[Entry],
) -> str:
    """Write the same in Python."""
    entry = entries[0]
    asked = _asked(entry, direction)
    imports, making = snippets.picture(entry, text, source, "source", asked.examples)
    lines = [making]
    for i, one in enumerate(entries):
        model, x = ("model", "x") if i == 0 else ("other", "other_x")
        lines += [page.source.load(one, model), _call(one, direction, model, x, seed)]
        if truth is not None and text.startswith("e"):
            error = "error" if i == 0 else "other_error"
            right = f"{snippets.tensor(asked.truth)}[{text[1:]}]"
            lines.append(f"{error} = np.abs({x} - {right}).mean()")
            imports.append("import numpy as np")
        lines.append(f'pictures.save_png("{one.name}.png", {x}[0])')
    ours = ["import keras_genmodels as kgm", "from keras_genmodels import pictures"]
    return snippets.program([*imports, *ours], *lines)


def _call(entry: Entry, direction: str, model: str, x: str, seed: int) -> str:
    """Write the line that translates."""
    asked = _asked(entry, direction)
    if (asked.signature, asked.source) == ("translate", "source"):
        return f"{x} = {model}.translate(source, seed={seed})"
    given = f"{asked.source}=source, seed=(0, {seed})"
    return f'{x} = {model}.run("{asked.signature}", {given})["{asked.made}"]'
