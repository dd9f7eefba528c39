"""Recurrent networks from a sentence to another, word by word, and their critic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.registry import register

Shapes = Mapping[str, tuple[int, ...]]

NOWHERE = -1e9  # the score of what is no word


def encoder(
    inputs: Shapes,
    words: int,
    word_size: int = 64,
    units: int = 128,
    dropout: float = 0.0,
    name: str = "encoder",
) -> keras.Model:
    """Memories that read a sentence both ways.

    Args:
        inputs: `{"source": (length,)}`, tokens, where 0 is no word.
        words: of the source's vocabulary, >= 1.
        word_size: numbers that stand for a word, >= 1.
        units: of the decoder's memory, even; either direction has half of them.
        dropout: share of numbers of a word's embedding that a step leaves out, in
            [0, 1).
        name: of the model.

    Returns:
        A functional model to "memory", (batch, length, units), what was read at each
        word, and "state", (batch, units), with which the decoder begins.
    """
    ((key, shape),) = inputs.items()
    tokens = keras.Input(shape, dtype="int32", name=key)
    seen = keras.layers.Embedding(words, word_size, name="words")
    hidden = keras.layers.Dropout(dropout)(seen(tokens))
    reader = keras.layers.GRU(units // 2, return_sequences=True, return_state=True)
    both = keras.layers.Bidirectional(reader)
    there = keras.ops.not_equal(tokens, 0)
    memory, forward, backward = both(hidden, mask=there)
    memory *= keras.ops.cast(there[..., None], memory.dtype)  # Keras' mask ends here
    last = keras.layers.Concatenate()([forward, backward])
    state = keras.layers.Dense(units, "tanh", name="state")(last)
    return keras.Model({key: tokens}, {"memory": memory, "state": state}, name=name)


def decoder(
    inputs: Shapes,
    words: int,
    word_size: int = 64,
    units: int = 128,
    dropout: float = 0.0,
    name: str = "decoder",
) -> keras.Model:
    """One step of a memory that writes a sentence, and attends to another as it does.

    Args:
        inputs: `{"source": (length,), "memory": (length, units)}`, what the encoder has
            read.
        words: of the vocabulary of what is written, >= 1.
        word_size: numbers that stand for a word, >= 1.
        units: of the memory, >= 1.
        dropout: share of numbers that a step leaves out of the last word's embedding,
            and of what the logits are made of, in [0, 1).
        name: of the model.

    Returns:
        A functional model from `inputs`, "previous", (batch,), the word written last,
        0 before the first, and "state", (batch, units), to "logits", (batch, words),
        of the next word, and to the next "state". Attention is multiplicative.

    Reference: Luong, Pham, Manning, "Effective Approaches to Attention-based Neural
    Machine Translation", 2015.
    """
    source = keras.Input(inputs["source"], dtype="int32", name="source")
    memory = keras.Input(inputs["memory"], name="memory")
    previous = keras.Input((), dtype="int32", name="previous")
    state = keras.Input((units,), name="state")
    word = keras.layers.Embedding(words, word_size, name="words")(previous)
    word = keras.layers.Dropout(dropout)(word)
    hidden, _ = keras.layers.GRUCell(units, name="cell")(word, [state])
    query = keras.layers.Dense(inputs["memory"][-1], use_bias=False)(hidden)
    found = WordAttention()(query, memory, source)
    read = keras.layers.Concatenate()([hidden, found])
    read = keras.layers.Dense(units, "tanh")(read)
    read = keras.layers.Dropout(dropout)(read)
    logits = keras.layers.Dense(words, name="logits")(read)
    tensors = {"previous": previous, "state": state, "memory": memory, "source": source}
    return keras.Model(tensors, {"logits": logits, "state": hidden}, name=name)


def critic(
    inputs: Shapes,
    words: Mapping[str, int],
    filters: int = 64,
    widths: Sequence[int] = (1, 2, 3),
    word_size: int = 64,
    units: int = 128,
    name: str = "critic",
) -> keras.Model:
    """Convolutions over either sentence, and a layer in which both meet.

    Args:
        inputs: `{"source": (length,), "x": (length,)}`, tokens, where 0 is no word.
        words: of the vocabulary of each input, by its name.
        filters: of each width, >= 1; of each the greatest value over a sentence counts.
        widths: words that a filter sees at once, each >= 1.
        word_size: numbers that stand for a word, >= 1.
        units: of the layer in which the sentences meet, >= 1.
        name: of the model.

    Returns:
        A functional model to "score", (batch, 1), linear.

    Raises:
        ValueError: for no `widths`.
    """
    checks.not_empty("widths", widths)
    tensors, found = {}, []
    for key, shape in inputs.items():
        tensors[key] = keras.Input(shape, dtype="int32", name=key)
        known = keras.layers.Embedding(words[key], word_size, name=f"{key}_words")
        seen = known(tensors[key])
        for width in widths:
            filtered = keras.layers.Conv1D(
                filters, width, padding="same", activation="relu", **CHANNELS_LAST
            )(seen)
            found.append(keras.layers.GlobalMaxPooling1D(**CHANNELS_LAST)(filtered))
    joined = keras.layers.Concatenate()(found)
    hidden = keras.layers.Dense(units, "relu")(joined)
    score = keras.layers.Dense(1, name="score")(hidden)
    return keras.Model(tensors, {"score": score}, name=name)


@register("word_attention", family="layer")
class WordAttention(keras.layers.Layer):
    """The mean of what was read at each word, weighed by how well it fits a query.

        weights = softmax(query . memory),    over the words of a sentence

    Shapes: called with a query, (batch, size), what was read, (batch, length, size),
    and the words, int32 (batch, length), of which 0 is none; returns (batch, size).
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.built = True

    def call(self, query, memory, words):
        scores = keras.ops.sum(query[:, None] * memory, axis=-1)
        scores = keras.ops.cast(scores, "float32")
        scores = keras.ops.where(words == 0, NOWHERE, scores)
        weights = keras.ops.cast(keras.ops.softmax(scores), memory.dtype)
        return keras.ops.sum(weights[..., None] * memory, axis=1)

    def compute_output_spec(self, query, memory, words):
        return keras.KerasTensor(query.shape, dtype=self.compute_dtype)
