"""Pictures made of latents: samples of the prior, decoded, under one condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels_demo import picture_tokens
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.models_index import Entry

IMPORTS = (
    "import keras_genmodels as kgm",
    "from keras_genmodels import latents, pictures",
)


def has_latents(entry: Entry) -> bool:
    """Tell whether pictures are made of latents that can be sampled."""
    return entry.latents("decode", "prior")


def one_condition(
    entry: Entry, asked: Attributes, values: Mapping[str, Any]
) -> np.ndarray | None:
    """Make the one row of condition that everything is decoded under, or None."""
    if not entry.is_conditional("decode"):
        return None
    return entry.spec.condition(1, **asked.chosen(entry, values))


def sample(entry: Entry, seed: int, condition: np.ndarray | None) -> np.ndarray:
    """Sample the latents of the pictures on offer, (SAMPLES, latent_dim)."""
    count = picture_tokens.SAMPLES
    rows = None if condition is None else condition.repeat(count, axis=0)
    given = {"count": count, "condition": rows, "seed": (0, seed)}
    return entry.call("prior", **given)["latent"]


def decode(
    entry: Entry, latent: np.ndarray, condition: np.ndarray | None
) -> np.ndarray:
    """Decode latents, all under one condition."""
    rows = None if condition is None else condition.repeat(len(latent), axis=0)
    return entry.call("decode", latent=latent, condition=rows)["x"]
