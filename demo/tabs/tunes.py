"""Tunes: models of notes, seen as piano rolls, heard, and kept as MIDI files."""

from __future__ import annotations

import functools
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels import music, sound
from keras_genmodels_demo import attributes, checks, media, snippets, widgets
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry, conditional

ABOUT = (
    "A tune is a sequence of notes, each with its length, its pitch, its loudness and "
    "the time since the note before. A model writes all of them. Time goes to the "
    "right; pitches, rounded to those of a piano, go up."
)
MORE = (
    "<p>C-RNN-GAN feeds noise to a memory at every note, and its critic listens <b>in "
    "both directions</b>. An LSTM that is trained by likelihood says instead how "
    "probable every note is <b>after the others</b>, and draws one after another.</p>"
)
MOST, RATE = 6, 11_025  # tunes of an answer, and samples a second


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("tunes", "Tunes", ABOUT, _fits, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model of tunes",
                "keras-genmodels train c_rnn_gan jsb_chorales --out runs/c_rnn_gan",
                "keras-genmodels export runs/c_rnn_gan",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Write"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(conditional(found, "sample"), first)
            count = widgets.slider(1, MOST, 3, step=1, label="Tunes")
            seed = tab.seed()
            tab.examples({"one tune": {count: 1}, "other tunes": {count: 3, seed: 1}})
        with tab.results():
            shown = widgets.widget("tunes", None, "Tunes")
        asked.follow(model, found)
        state = {"model": model, "count": count, "seed": seed, **asked.controls}
        tab.answers(functools.partial(_answer, page, asked), state, [shown])


def _fits(entry: Entry) -> bool:
    """Find whether tunes are drawn from nothing but noise and a condition."""
    return music.is_tune(entry.spec) and entry.draws


def _answer(
    page: Page, asked: Attributes, model: Any, count: Any, seed: Any, **values: Any
) -> tuple[dict[str, Any], str]:
    """Show tunes, with what plays them."""
    known = page.models.fitting(_fits)
    entry = checks.item("model", model, known)
    count, seed = checks.whole("count", count, 1, MOST), checks.seed(seed)
    classes = attributes.rows(entry, asked.chosen(entry, values), count)
    given = {"count": count, "condition": entry.spec.condition(count, **classes)}
    tunes = entry.call("sample", **given, seed=(0, seed))["x"]
    told = classes if entry.is_conditional("sample") else {}
    shown = [
        _shown([f"tune {i + 1}", *(told[name][i] for name in told)], tune)
        for i, tune in enumerate(tunes)
    ]
    program = _program(page, entry, count, seed, told)
    return {"name": entry.name, "tunes": shown}, program


def _shown(told: list[str], tune: np.ndarray) -> dict[str, Any]:
    """Collect what the player needs of a tune, and what it is called."""
    roll = 1.0 - music.piano_roll(tune)
    return {
        "label": ", ".join(told),
        "roll": media.uri(media.png(roll)),
        "seconds": roll.shape[1] / music.STEPS * sound.WHOLE,
        "sound": media.uri(sound.wav(tune, RATE), "WAV"),
        "midi": media.uri(music.midi(tune), "MIDI"),
    }


def _program(
    page: Page, entry: Entry, count: int, seed: int, classes: dict[str, list[str]]
) -> str:
    """Write the same in Python."""
    asked = snippets.condition(snippets.shorter(classes), str(count))
    more = ", condition" if classes else ""
    return snippets.program(
        ["import keras_genmodels as kgm", "from keras_genmodels import music, sound"],
        page.source.load(entry),
        asked if classes else "",
        f"x = model.sample({count}{more}, seed={seed})  # ({count}, events, 4)",
        f'sound.write_wav("{entry.name}.wav", music.joined(x))',
        f'music.write_midi("{entry.name}.mid", music.joined(x))',
    )
