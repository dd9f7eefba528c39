"""Controls of the attributes that cards name, and the conditions that they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import checks
from keras_genmodels_demo.models_index import Entry

EACH = "each in turn"
SHORT = 10  # letters of a choice for which half a line is enough


class Attributes:
    """Lists to choose from, one for every attribute of some models.

    Models of one data set share their controls. A control is seen while a chosen model
    has its attribute.

    Args:
        entries: the models.
        first: the model that is chosen at the start, one of them or another.
        extras: choices before the classes.
        begin: which choice is made at the start, by its place.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        first: Entry,
        extras: tuple[str, ...] = (EACH,),
        begin: int = 0,
    ):
        self._entries = {entry.name: entry for entry in entries}
        seen = self._keys([first.name])
        self.extras, self.begin = extras, begin
        self.controls: dict[str, gr.Dropdown] = {}
        for entry in self._entries.values():
            for attribute in entry.spec.attributes:
                key = self._key(entry, attribute.name)
                if key not in self.controls:
                    self.controls[key] = gr.Dropdown(
                        [*extras, *attribute.classes],
                        value=(*extras, *attribute.classes)[begin],
                        label=attribute.name.replace("_", " ").capitalize(),
                        visible=key in seen,
                        elem_classes=_width([*extras, *attribute.classes]),
                    )

    @staticmethod
    def _key(entry: Entry, name: str) -> str:
        """Make a name that is valid both in a link and in Python."""
        return re.sub(r"\W", "_", f"{entry.spec.name}_{name}", flags=re.ASCII)

    def _keys(self, names: Iterable[str]) -> set[str]:
        """Collect the keys of all attributes of some models; others have none here."""
        known = [self._entries[name] for name in names if name in self._entries]
        return {self._key(e, a.name) for e in known for a in e.spec.attributes}

    def follow(self, control: gr.Dropdown, found: Mapping[str, Entry]) -> None:
        """Show what the models have that are chosen in a list.

        Args:
            control: the list, of one name or several.
            found: all models that can be chosen, these and others, by their names.
        """

        def shown(value: Any) -> list[Any]:
            names = (value or []) if control.multiselect else [value]
            wanted = self._keys(checks.item("model", n, found).name for n in names)
            updates = [gr.update(visible=key in wanted) for key in self.controls]
            return updates if len(updates) > 1 else updates[0]

        if self.controls:
            control.change(
                shown,
                control,
                list(self.controls.values()),
                api_visibility="private",
                show_progress="hidden",
            )

    def chosen(self, entry: Entry, values: Mapping[str, Any]) -> dict[str, str]:
        """Map attribute to choice for one model, out of the values of all controls.

        Raises:
            ValueError: for a class that the attribute does not have.
        """
        choices = {}
        for attribute in entry.spec.attributes:
            known = [*self.extras, *attribute.classes]
            value = values.get(self._key(entry, attribute.name)) or known[self.begin]
            choices[attribute.name] = checks.one_of(attribute.name, value, known)
        return choices


def _width(classes: Iterable[str]) -> list[str]:
    """Find whether there is room for two such lists in a line."""
    return ["kgm-short"] if max(map(len, classes)) <= SHORT else []


def rows(entry: Entry, choices: Mapping[str, str], count: int) -> dict[str, list[str]]:
    """List the class of every attribute in each of `count` rows.

    What is asked for `EACH` goes through its classes: the first such attribute changes
    from row to row, the next when that one is through.

    Example: with two attributes of two classes each, both in turn, four rows are a
    whole round.
    """
    found, stride = {}, 1
    for attribute in entry.spec.attributes:
        asked = choices[attribute.name]
        if asked == EACH:
            index = (np.arange(count) // stride) % len(attribute.classes)
            found[attribute.name] = [attribute.classes[i] for i in index]
            stride *= len(attribute.classes)
        else:
            found[attribute.name] = [asked] * count
    return found


def first_round(entry: Entry, choices: Mapping[str, str]) -> int:
    """Count the classes of the first attribute that is asked for in turn, or 0."""
    turns = [a for a in entry.spec.attributes if choices[a.name] == EACH]
    return len(turns[0].classes) if turns else 0
