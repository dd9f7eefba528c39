"""Encoders of sentences."""

from __future__ import annotations

from collections.abc import Mapping

import keras


def sentence_encoder(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    words: int,
    word_size: int = 32,
    units: int = 96,
    name: str = "sentence_encoder",
) -> keras.Model:
    """A recurrent network over the words, whose last state becomes the outputs.

    Args:
        inputs: name to (length,) of one tensor of tokens, int32; 0 is no word.
        outputs: name to size.
        words: of the vocabulary.
        word_size: numbers that stand for a word.
        units: of the recurrent layer.
        name: of the model.

    Returns:
        A functional model; each output is (batch, size), with mean 0 and variance 1
        over its numbers.
    """
    ((key, shape),) = inputs.items()
    tokens = keras.Input(shape, dtype="int32", name=key)
    known = keras.layers.Embedding(words, word_size, mask_zero=True, name="words")
    hidden = keras.layers.GRU(units)(known(tokens))
    found = {}
    for output, size in outputs.items():
        linear = keras.layers.Dense(size)(hidden)
        level = keras.layers.LayerNormalization(center=False, scale=False, name=output)
        found[output] = level(linear)
    return keras.Model({key: tokens}, found, name=name)
