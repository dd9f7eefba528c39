"""Words: a sentence that is drawn, and where."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels.data import text
from keras_genmodels_demo import checks, media, snippets, widgets
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry

ABOUT = (
    "A sentence becomes a code, and the generator draws what it says; noise decides "
    "what it leaves open. A model that knows places draws into a box: drag it."
)
MORE = (
    "<p>A critic that only knows good pictures would let any good picture pass for any "
    "sentence. So it is also shown <b>real pictures with wrong sentences</b>, as fake "
    "ones: what is drawn has to fit what is said.</p><p>The generator draws what lies "
    "<b>between two sentences</b>, too, which nobody has written: so it must use their "
    "codes, and cannot learn the sentences by heart.</p>"
)
TAKEN = frozenset({"tokens", "box", "count", "seed"})
MOST, ACROSS, LONGEST = 12, 4, 300
MIDDLE = "0.30,0.30,0.70,0.70"
LEAST = 0.05  # of the picture: the smallest side of a box
EDGES = ("top", "left", "bottom", "right")


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("words", "Words", ABOUT, _fits, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model that draws sentences",
                "keras-genmodels train text_to_image scenes --out runs/words",
                "keras-genmodels export runs/words",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Draw"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            said = _sentences(first)
            sentence = gr.Textbox(said[0], label="Sentence", max_length=LONGEST)
            box = widgets.widget("box", MIDDLE, "Where", takes=_takes_box(first))
            count = widgets.slider(1, MOST, 8, step=1, label="Pictures")
            seed = tab.seed()
            tab.examples({one: {sentence: one} for one in said[1:]})
        with tab.results():
            shown = widgets.result("Pictures of the sentence")
        _follow(model, box, found)
        state = {"model": model, "sentence": sentence, "box": box, "count": count}
        tab.answers(functools.partial(_answer, page), {**state, "seed": seed}, [shown])


def _fits(entry: Entry) -> bool:
    return entry.shows("from_text") and TAKEN.issuperset(entry.inputs("from_text"))


def _takes_box(entry: Entry) -> bool:
    return "box" in entry.inputs("from_text")


def _sentences(entry: Entry) -> list[str]:
    """Choose a few sentences that the model's data have, of different lengths."""
    if entry.examples and "caption" in entry.examples.tensors:
        known = text.sentences(entry.spec, entry.examples.tensors["caption"])
        ordered = sorted(dict.fromkeys(known), key=len)
        return [ordered[round(q * (len(ordered) - 1))] for q in (0.5, 0.0, 0.25, 1.0)]
    (told,) = (t for t in entry.spec.tensors if t.name == "caption")
    return [" ".join(told.words[1:4])]


def _follow(model: gr.Dropdown, box: gr.HTML, found: Mapping[str, Entry]) -> None:
    """Show the box where the chosen model takes one."""

    def update(name: Any) -> Any:
        if name not in found:
            return widgets.unchanged(box)
        return gr.update(takes=_takes_box(found[name]))

    model.change(update, model, box, api_visibility="private", show_progress="hidden")


def edges(value: Any) -> np.ndarray:
    """Read a box, "top,left,bottom,right" in shares of the picture, float32 (4,).

    Raises:
        TypeError: for what is no text.
        ValueError: for other than four numbers from 0 to 1, or a box without room.
    """
    if not isinstance(value, str):
        raise TypeError(f"`box` must be text. Received: {checks.shown(value)}.")
    parts = value.split(",")
    try:
        numbers = [checks.number("box", float(part), 0.0, 1.0) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != len(EDGES):
        raise ValueError(
            f"`box` must be {', '.join(EDGES)}, four numbers from 0 to 1. "
            f"Received: {checks.shown(value)}."
        )
    top, left, bottom, right = numbers
    if min(bottom - top, right - left) < LEAST:
        raise ValueError(
            f"`box` must be at least {LEAST} high and wide. "
            f"Received: {checks.shown(value)}."
        )
    return np.float32(numbers)


def _answer(
    page: Page, model: Any, sentence: Any, box: Any, count: Any, seed: Any
) -> tuple[str, str]:
    """Show pictures of a sentence."""
    entry = page.models.find(model, "from_text")
    if not isinstance(sentence, str) or not sentence.strip():
        raise ValueError(
            f"`sentence` must have words. Received: {checks.shown(sentence)}."
        )
    (tokens,) = text.tokens(entry.spec, [sentence[:LONGEST]])
    count, seed = checks.whole("count", count, 1, MOST), checks.seed(seed)
    where = edges(box) if _takes_box(entry) else None
    given = {} if where is None else {"box": where}
    asked = {"tokens": tokens, "count": count, "seed": (0, seed), **given}
    x = entry.call("from_text", **asked)["x"]
    cells = [(one, f"picture {i + 1} of the sentence", "") for i, one in enumerate(x)]
    program = _program(page, entry, sentence, where, count, seed)
    return media.figures(cells, ACROSS), program


def _program(
    page: Page,
    entry: Entry,
    sentence: str,
    where: np.ndarray | None,
    count: int,
    seed: int,
) -> str:
    """Write the same in Python."""
    imports = [
        "import keras_genmodels as kgm",
        "from keras_genmodels import pictures",
    ]
    parts, more = [f"sentence = {sentence.strip()!r}"], ""
    if where is not None:
        imports.append("import numpy as np")
        values = ", ".join(f"{edge:.3g}" for edge in where)
        parts.append(f'box = np.array([[{values}]], "float32")  # {", ".join(EDGES)}')
        more = ', {"box": box}'
    return snippets.program(
        imports,
        page.source.load(entry),
        *parts,
        f"x = model.from_text(sentence, {count}{more}, seed={seed})",
        f'pictures.save_png("{entry.name}.png", pictures.grid(x))',
    )
