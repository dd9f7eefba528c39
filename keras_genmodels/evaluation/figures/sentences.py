"""Figure of sentences, and of pictures that are drawn of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_genmodels import pictures
from keras_genmodels.charts import captioned
from keras_genmodels.data import text
from keras_genmodels.evaluation.batches import Condition, condition_of, rows_of
from keras_genmodels.evaluation.figures.images import enlarged
from keras_genmodels.registry import register

SHOWN = 6  # sentences of the registered figure
DRAWS = 8  # pictures of each


def with_sentences(
    model: Any, condition: Condition, sentences: Sequence[str]
) -> Condition:
    """Put sentences in place of those of a condition, row by row.

    Raises:
        ValueError: for a model that draws no sentences, or words that it does not know.
    """
    if not hasattr(model, "from_text"):
        raise ValueError(
            "Sentences are drawn by models with `from_text`, such as `text_to_image`. "
            f"Received: {type(model).__name__}."
        )
    return {**condition, "caption": text.tokens(model.spec, sentences)}


def sentence_samples(
    model: Any, condition: Mapping[str, Any], draws: int = DRAWS, seed: int = 0
) -> np.ndarray:
    """Draw a row of pictures of each sentence, below its words.

    Args:
        model: with `from_text`.
        condition: named tensors of the sentences, "caption" among them.
        draws: pictures of each, >= 1. Default 8.
        seed: of the samples.

    Returns:
        float32 (height, width, channels) in [0, 1].
    """
    repeated = {key: np.repeat(v, draws, axis=0) for key, v in condition.items()}
    made = enlarged(np.asarray(model.sample(condition=repeated, seed=seed)))
    made = made.reshape(-1, draws, *made.shape[1:])
    said = text.sentences(model.spec, condition["caption"])
    return captioned([pictures.grid(row, draws) for row in made], said, columns=1)


@register("sentences", family="figure")
def _sentences(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Six sentences of the test split, and eight pictures of each."""
    said = text.sentences(model.spec, examples["caption"][:SHOWN])
    condition = rows_of(condition_of(model, examples), slice(SHOWN))
    return sentence_samples(model, with_sentences(model, condition, said))
