"""Sentences beside what a model translates them to, as lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels.data import text
from keras_genmodels.evaluation.batches import condition_of, cycled, num_rows


def told_translations(
    model: Any, examples: Mapping[str, Any], count: int = 8, seed: int = 0
) -> str:
    """Write sources, and of each the likeliest translation, a drawn one and the right.

    Args:
        model: with `translate` and `sample`, of data whose x are sentences.
        examples: a batch of named tensors, "source" among them; it is repeated where it
            has too few.
        count: sources, >= 1.
        seed: of the drawn ones.

    Returns:
        Five lines a source, the last of which is empty.
    """
    rows = cycled([{key: np.asarray(value) for key, value in examples.items()}], count)
    given = condition_of(model, rows)
    kinds = {
        "source": ("source", rows["source"]),
        "likeliest": ("x", model.translate(rows["source"], given)),
        "drawn": ("x", model.sample(num_rows(given), given, seed=seed)),
        "right": ("x", rows["x"]),
    }
    told = [
        [f"{kind + ':':11}{said}" for said in text.sentences(model.spec, tokens, name)]
        for kind, (name, tokens) in kinds.items()
    ]
    blocks = ["\n".join(lines) for lines in zip(*told, strict=True)]
    return "\n\n".join(blocks) + "\n"
