"""Attribute-controlled video: what moves how, from which picture, and what changes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import (
    charts,
    checks,
    clips,
    picture_tokens,
    snippets,
    uploads,
    widgets,
)
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry

ABOUT = (
    "A clip is generated from its attributes. Those left open are read from the first "
    "frame, where there is one, or chosen at random. Change an attribute while the "
    "clip runs, or vary one through all its classes while everything else stays."
)
IMPORTS = ("import keras_genmodels as kgm", "from keras_genmodels import pictures")
OPEN, NOTHING = "left open", "nothing"
MOST_FRAMES, MOST_ROWS = 64, 12


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("video", "Video", ABOUT, _fits) as tab:
        # First come those that let a clip change while it runs.
        found = dict(sorted(tab.found.items(), key=lambda f: not clips.directed(f[1])))
        if not found:
            tab.absent(
                "a model of clips",
                "keras-genmodels train video_vae chairs --out runs/chairs",
                "keras-genmodels export runs/chairs",
            )
            return
        first = next(iter(found.values()))
        names, turns = (_of_all(found, offer) for offer in (_names, _turns))
        with tab.controls("Generate"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(found.values(), first, (OPEN,), begin=1)
            frames = widgets.slider(1, MOST_FRAMES, 16, step=1, label="Frames")
            seed = tab.seed()
            start = widgets.widget(
                "picker",
                "",
                "First frame",
                server_functions=[
                    picture_tokens.receiver(
                        functools.partial(page.models.find, video=True)
                    )
                ],
                **_offer(first),
            )
            change = gr.Dropdown(_listed(turns), value=NOTHING, label="Change")
            moment = widgets.slider(1, MOST_FRAMES, 8, step=1, label="after frame")
            vary = gr.Dropdown(_listed(names), value=NOTHING, label="Vary")
            _examples(tab, first, model, vary, change, start)
        with tab.results():
            film = widgets.widget("film", None, "Clips")
            told = widgets.result("Attributes")
        asked.follow(model, found)
        _follow(found, model, start, change, vary)
        state = {"model": model, "frames": frames, "seed": seed, "start": start}
        state |= {"change": change, "moment": moment, "vary": vary, **asked.controls}
        tab.answers(functools.partial(_answer, page, found, asked), state, [film, told])


def _fits(entry: Entry) -> bool:
    return entry.shows("sample", video=True)


def _of_all(found: Mapping[str, Entry], offer: Callable[[Entry], list[str]]) -> list:
    """Collect what any of the models offers, once each."""
    return list(dict.fromkeys(one for entry in found.values() for one in offer(entry)))


def _names(entry: Entry) -> list[str]:
    """List the attributes, one of which may go through its classes."""
    return [attribute.name for attribute in entry.spec.attributes]


def _turns(entry: Entry) -> list[str]:
    """List every class of every attribute, as a change within the clip."""
    if not clips.directed(entry):
        return []
    return [f"{a.name}: {label}" for a in entry.spec.attributes for label in a.classes]


def _offer(entry: Entry) -> dict[str, Any]:
    """Collect what the picker of the first frame is to know of a model."""
    continues = entry.offers("continue_from")
    return {
        "model": entry.name,
        "groups": [{"label": "start", "most": 1}] if continues else [],
        "offered": picture_tokens.offered(entry) if continues else [],
        "uploads": continues,
        "most_bytes": uploads.MOST_BYTES,
    }


def _examples(
    tab: Any, entry: Entry, model: Any, vary: Any, change: Any, start: Any
) -> None:
    picture = "e0" if entry.examples else ""
    rows = {"from a picture": {model: entry.name, start: picture}}
    if entry.spec.attributes:
        first = entry.spec.attributes[0]

        def asked(varied: str, turn: str) -> dict[Any, Any]:
            return {
                model: entry.name,
                vary: _choices(_names(entry), varied),
                change: _choices(_turns(entry), turn),
            }

        rows[f"every {first.name}"] = asked(first.name, NOTHING)
        turn = f"{first.name}: {first.classes[-1]}"
        rows["change half-way"] = asked(NOTHING, turn)
    tab.examples(rows)


def _follow(
    found: Mapping[str, Entry], model: Any, start: Any, change: Any, vary: Any
) -> None:
    """Let the controls offer what the chosen model has."""
    lists = {
        name: [_listed(_turns(e)), _listed(_names(e))] for name, e in found.items()
    }
    widgets.follow(model, lists, [change, vary])
    model.change(
        lambda name: (
            gr.update(**_offer(found[name]))
            if name in found
            else widgets.unchanged(start)
        ),
        model,
        start,
        api_visibility="private",
        show_progress="hidden",
    )


def _listed(offered: list[str]) -> list[str]:
    return [NOTHING, *offered]


def _choices(offered: list[str], value: Any) -> Any:
    """Offer choices; one that the model does not have is taken back."""
    value = value if value in offered else NOTHING
    return gr.update(choices=_listed(offered), value=value)


# --- what is asked for ----------------------------------------------------------------


def _answer(
    page: Page,
    found: Mapping[str, Entry],
    asked: Attributes,
    model: Any,
    frames: Any,
    seed: Any,
    start: Any,
    change: Any,
    moment: Any,
    vary: Any,
    **values: Any,
) -> tuple[dict[str, Any], str, str]:
    """Show clips as asked, and what was read from the first frame."""
    entry = page.models.find(model, "sample", video=True)
    plan = clips.Plan(
        entry,
        frames=clips.length(entry, checks.whole("frames", frames, 1, MOST_FRAMES)),
        seed=checks.seed(seed),
        first=_first(entry, start),
        turn=_turn(_own("change", change, entry, _turns, found)),
        moment=checks.whole("moment", moment, 1, MOST_FRAMES),
    )
    read = plan.infer()
    classes = _closed(entry, asked.chosen(entry, values), read, plan.seed)
    rows = _rows(entry, classes, _own("vary", vary, entry, _names, found))
    made = {label: plan.clip(row) for label, row in rows.items()}
    change = plan.moment if plan.changes else None
    shown = clips.film(entry.name, made, change=change)
    return shown, _told(plan, read, classes), _program(page, plan, start, rows)


def _first(entry: Entry, start: Any) -> np.ndarray | None:
    """Find the chosen first frame, where the model takes one."""
    [tokens] = picture_tokens.parse(start or "", most=1)
    if not (tokens and entry.offers("continue_from")):
        return None
    return picture_tokens.example(entry, tokens[0])


def _own(
    name: str,
    value: Any,
    entry: Entry,
    offer: Callable[[Entry], list[str]],
    found: Mapping[str, Entry],
) -> str | None:
    """Take a choice, or None for nothing and for what only other models offer.

    Why: when another model is chosen, its question leaves before the lists follow.
    """
    offered = offer(entry)
    elsewhere = value in _of_all(found, offer) and value not in offered
    if value in (None, NOTHING) or elsewhere:
        return None
    return checks.one_of(name, value, offered)


def _turn(change: str | None) -> tuple[str, str] | None:
    """Split a change into the attribute and the class that it changes to."""
    if change is None:
        return None
    name, _, label = change.partition(": ")
    return name, label


def _closed(
    entry: Entry,
    chosen: Mapping[str, str],
    read: Mapping[str, np.ndarray],
    seed: int,
) -> dict[str, str]:
    """Give every attribute a class: as asked, as read, or by chance."""
    rng, classes = np.random.default_rng(seed), {}
    for attribute in entry.spec.attributes:
        guess = int(rng.integers(len(attribute.classes)))
        if attribute.name in read:
            guess = int(read[attribute.name].argmax())
        label = chosen[attribute.name]
        classes[attribute.name] = attribute.classes[guess] if label == OPEN else label
    return classes


def _rows(
    entry: Entry, classes: Mapping[str, str], vary: str | None
) -> dict[str, dict[str, str]]:
    """Map the label of each clip to its classes."""
    if vary is None:
        return {entry.name: dict(classes)}
    [attribute] = [a for a in entry.spec.attributes if a.name == vary]
    return {label: {**classes, vary: label} for label in attribute.classes[:MOST_ROWS]}


# --- what is shown --------------------------------------------------------------------


def _told(
    plan: clips.Plan, read: Mapping[str, np.ndarray], classes: Mapping[str, str]
) -> str:
    """Tell the attributes of a clip, and the probabilities of what was read."""
    parts = []
    for attribute in plan.entry.spec.attributes:
        if attribute.name in read:
            shares = zip(
                attribute.classes, map(float, read[attribute.name]), strict=True
            )
            label = f"{attribute.name}, read from the first frame"
            parts.append(charts.probabilities(dict(shares), label, most=4))
    facts = {**classes, "frames": str(plan.frames)}
    if plan.changes:
        facts[f"after frame {plan.moment}"] = ": ".join(plan.turn)
    return f'{widgets.pairs(facts)}<div class="kgm-read">{"".join(parts)}</div>'


def _program(
    page: Page, plan: clips.Plan, start: Any, rows: Mapping[str, Mapping[str, str]]
) -> str:
    """Write the same in Python."""
    imports, first, reads = ([], "", plan.entry.offers("infer_attributes"))
    if plan.first is not None:
        imports, first = snippets.picture(plan.entry, start, plan.first, "first")
    lines = [line for row in rows.values() for line in plan.program(row)]
    return snippets.program(
        [*imports, "import numpy as np", *IMPORTS],
        page.source.load(plan.entry),
        first,
        "read = model.infer_attributes(first)" if first and reads else "",
        "clips = []",
        *lines,
        f'pictures.save_clip(np.stack(clips), "{plan.entry.name}.webp", {clips.FPS})',
    )
