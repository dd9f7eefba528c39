"""Directions of attributes in the latents of a model, which its examples show."""

from __future__ import annotations

import numpy as np
from keras_genmodels_demo.models_index import Entry


def attributes(entry: Entry) -> list[str]:
    """List the attributes that examples and an encoder give a direction."""
    if not (entry.examples and entry.offers("encode")):
        return []
    return [attribute.name for attribute in entry.spec.attributes]


def find(entry: Entry, name: str) -> dict[str, np.ndarray]:
    """Map class to direction of an attribute, of classes that some examples have."""
    return entry.remember(("directions", name), lambda: _find(entry, name))


def _find(entry: Entry, name: str) -> dict[str, np.ndarray]:
    from keras_genmodels import latents

    condition = entry.examples.condition
    rows = condition if entry.is_conditional("encode") else None
    z = entry.call("encode", x=entry.examples.x, condition=rows)["latent"]
    [attribute] = [a for a in entry.spec.attributes if a.name == name]
    found = {}
    for column, label in enumerate(attribute.classes, attribute.start):
        present = condition[:, column] > 0.5
        if 0 < present.sum() < len(present):
            found[label] = latents.attribute_vector(z, present)
    return found
