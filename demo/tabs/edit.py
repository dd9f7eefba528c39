"""Edit: one thing of a picture is changed, by its attributes or by a brush."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import (
    checks,
    media,
    pads,
    snippets,
    sources,
    strokes,
    widgets,
)
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry
from keras_genmodels_demo.strokes import Strokes

ABOUT = (
    "A model that has a latent for a picture can change one thing of it and keep the "
    "rest. Choose another class, or paint: the model follows with a picture that it "
    "could have made."
)
MORE = (
    "<p>A picture of <b>the same, but</b> is drawn from the latent that an encoder "
    "finds, with other attributes. A <b>stroke</b> has no network of its own: the "
    "latent is moved, step by step, until what the model draws has the colours of the "
    "strokes, while it stays near. What changes there is added to the picture itself, "
    "so that what the model cannot draw is kept.</p>"
)
KEPT = "as it is"
COLOURS = {"a red stroke": "d03030", "a yellow one": "ffe030"}
LEAST_STEPS, MOST_STEPS = 10, 200


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("edit", "Edit", ABOUT, _fits, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model that edits pictures",
                "keras-genmodels train icgan lpc_sprites --out runs/icgan",
                "keras-genmodels export runs/icgan",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Edit"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(
                [entry for entry in found.values() if _edits(entry)], first, (KEPT,)
            )
            brush = _brush(first, _finding(page))
            steps = widgets.slider(
                LEAST_STEPS, MOST_STEPS, 60, step=10, label="Steps of the brush"
            )
            seed = tab.seed()
            if _paints(first) and first.examples is not None:
                tab.examples(
                    {name: {brush: _painted(first, c)} for name, c in COLOURS.items()}
                )
        with tab.results():
            shown = widgets.result("Edited picture")
        asked.follow(model, found)
        _follow(brush, model, found)
        state = {"model": model, "picture": brush, "steps": steps, "seed": seed}
        state |= asked.controls
        tab.answers(functools.partial(_answer, page, asked), state, [shown])


def _fits(entry: Entry) -> bool:
    return _signature(entry) is not None


def _edits(entry: Entry) -> bool:
    return sources.translation(entry, "edit") is not None


def _paints(entry: Entry) -> bool:
    """Find whether strokes need nothing but the picture."""
    known = sources.translation(entry, "paint") is not None
    return known and not entry.is_conditional("paint")


def _signature(entry: Entry) -> str | None:
    """Choose the signature whose picture is edited."""
    if _edits(entry):
        return "edit"
    return "paint" if _paints(entry) else None


def _finding(page: Page) -> Any:
    def find(name: Any) -> Entry:
        known = page.models.fitting(_fits)
        return checks.item("model", name, known)

    return find


def _offer(entry: Entry) -> dict[str, Any]:
    """Collect what the brush is to know of a model."""
    return {**pads.offer(entry, _signature(entry)), "paints": _paints(entry)}


def _painted(entry: Entry, colour: str) -> str:
    """Write the first example with a stroke, if strokes are followed."""
    shape = sources.translation(entry, _signature(entry)).shape
    return "e0" + (strokes.disc(colour, shape) if _paints(entry) else "")


def _brush(entry: Entry, find: Any) -> gr.HTML:
    offered = _offer(entry)
    colour = next(iter(COLOURS.values()))
    return widgets.widget(
        "brush",
        _painted(entry, colour) if offered["offered"] else "",
        "Picture",
        server_functions=[sources.receiver(find)],
        most=strokes.MOST,
        **offered,
    )


def _follow(brush: gr.HTML, model: gr.Dropdown, found: Mapping[str, Entry]) -> None:
    """Let the brush take what the chosen model takes."""

    def update(name: Any) -> Any:
        if name not in found:
            return widgets.unchanged(brush)
        return gr.update(**_offer(found[name]))

    model.change(update, model, brush, api_visibility="private", show_progress="hidden")


# --- what is asked for ----------------------------------------------------------------


def _answer(
    page: Page,
    asked: Attributes,
    model: Any,
    picture: Any,
    steps: Any,
    seed: Any,
    **values: Any,
) -> tuple[str, str]:
    """Show a picture, what the strokes make of it, and it with other attributes."""
    entry = _finding(page)(model)
    signature = sources.translation(entry, _signature(entry))
    token, painted = strokes.read(picture, signature.shape)
    painted = painted if _paints(entry) else None
    x, _ = sources.read(entry, signature, token)
    steps = checks.whole("steps", steps, LEAST_STEPS, MOST_STEPS)
    seed = checks.seed(seed)
    chosen = asked.chosen(entry, values) if _edits(entry) else {}
    condition = _condition(entry, token, chosen)
    cells, made = [(x, "the picture", "the picture")], x[None]
    if painted is not None:
        begun = {"x": made, "colours": painted.colours[None], "steps": steps}
        made = entry.call("paint", **begun, mask=painted.mask[None])["x"]
        strokes_seen = painted.over(x)
        cells.append((strokes_seen, "the strokes", "your strokes"))
        cells.append((made[0], "the strokes, followed", "<b>followed</b>"))
    if condition is not None:
        given = {"x": made, "condition": condition, "seed": (0, seed)}
        made = entry.call("edit", **given)["x"]
        told = _told(chosen) or "drawn again"
        cells.append((made[0], f"the picture, {told}", f"<b>{told}</b>"))
    program = _program(page, entry, token, x, painted, steps, chosen, condition, seed)
    return media.figures(cells, len(cells)), program


def _told(chosen: Mapping[str, str]) -> str:
    return ", ".join(value for value in chosen.values() if value != KEPT)


def _condition(
    entry: Entry, token: str, chosen: Mapping[str, str]
) -> np.ndarray | None:
    """Make the row of what is asked for; None of a model that edits no attributes.

    What is to stay is the class of an example, and of any other picture no class at
    all, so that the model goes by what it sees.
    """
    if not chosen:
        return None
    spec, row = entry.spec, _row(entry, token)
    names = {k: v if v != KEPT else 0 for k, v in chosen.items()}
    condition = spec.condition(1, **names)
    for attribute in spec.attributes:
        if chosen[attribute.name] == KEPT:
            columns = slice(attribute.start, attribute.stop)
            own = 0.0 if row is None else entry.examples.condition[row, columns]
            condition[:, columns] = own
    return condition


def _row(entry: Entry, token: str) -> int | None:
    """Find the row of an example whose attributes are known."""
    known = entry.examples is not None and token.startswith("e")
    return int(token[1:]) if known else None


def _program(
    page: Page,
    entry: Entry,
    token: str,
    x: np.ndarray,
    painted: Strokes | None,
    steps: int,
    chosen: Mapping[str, str],
    condition: np.ndarray | None,
    seed: int,
) -> str:
    """Write the same in Python."""
    imports, making = snippets.picture(entry, token, x)
    lines = [page.source.load(entry), making]
    if painted is not None:
        imports = [*imports, "import base64"]
        lines += strokes.program(painted)
        lines.append(f"x = model.paint(x, colours, mask, steps={steps})")
    if condition is not None:
        row = _row(entry, token)
        kept = [name for name, value in chosen.items() if value == KEPT]
        asked = {name: v for name, v in chosen.items() if v != KEPT}
        lines += _asking(entry, asked, kept, row)
        lines.append(f"x = model.edit(x, condition, seed={seed})")
    lines.append(f'pictures.save_png("{entry.name}.png", x[0])')
    ours = [
        "import numpy as np",
        "import keras_genmodels as kgm",
        "from keras_genmodels import pictures",
    ]
    return snippets.program(list(dict.fromkeys([*imports, *ours])), *lines)


def _asking(
    entry: Entry, asked: Mapping[str, str], kept: list[str], row: int | None
) -> list[str]:
    """Write the lines that make `condition`."""
    if row is not None:
        lines = [f"condition = examples.condition[{row}][None].copy()"]
        spans = [(a, asked[a.name]) for a in entry.spec.attributes if a.name in asked]
        for attribute, name in spans:
            place = attribute.start + attribute.classes.index(name)
            lines.append(
                f"condition[:, {attribute.start}:{attribute.stop}] = 0\n"
                f"condition[:, {place}] = 1  # {attribute.name}: {name}"
            )
        return lines
    lines = [snippets.condition({**asked, **dict.fromkeys(kept, 0)})]
    for attribute in entry.spec.attributes:
        if attribute.name in kept:
            columns = f"{attribute.start}:{attribute.stop}"
            lines.append(f"condition[:, {columns}] = 0  # {attribute.name} stays")
    return lines
