"""An encoder and the decoder of a step, which write sentences word by word."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributed_random import draw_rows
from keras_genmodels.models.checks import available, check_inputs, check_size
from keras_genmodels.models.network_inputs import call_declared

Tensors = Mapping[str, tf.Tensor]
# From the number of a step and logits, (rows, words), to words, int32 (rows,); the rows
# may be so many groups, which are to have random numbers in common.
Choose = Callable[..., tf.Tensor]


class SentenceWriter:
    """Sentences of two networks, and the probabilities of their words.

        p(x | source) = product over t of p(x_t | x_1 ... x_(t-1), source)

    Args:
        spec: of a data set whose x are sentences, and which has their sources.
        encoder: network to "state", (batch, units), and whatever else the decoder
            declares of it.
        decoder: network of a step: from "previous", (batch,), the word before, 0 at
            first, "state", tensors of the batch and outputs of the encoder, to
            "logits", (batch, words), and the next "state".

    Raises:
        ValueError: for other data, or networks that do not fit them or each other.
    """

    def __init__(self, spec: DatasetSpec, encoder: keras.Model, decoder: keras.Model):
        if not spec.words or "source" not in spec.shapes:
            raise ValueError(
                "`spec` must be of sentences and their sources, tokens both, such as "
                f"`phrases`. Received: {spec.name!r}, with {[*spec.shapes]}."
            )
        check_inputs(encoder, available(spec))
        check_size(decoder, "logits", len(spec.words))
        check_size(decoder, "state", encoder.output["state"].shape[-1])
        self.encoder, self.decoder, self.length = encoder, decoder, spec.x_shape[0]

    def read(self, tensors: Tensors, training: bool = False):
        """Return what every step of the decoder sees, and the state before the first.

        Args:
            tensors: named, of a batch.
            training: whether dropout is active.
        """
        code = call_declared(self.encoder, tensors, training)
        state, seen = code.pop("state"), {**tensors, **code}
        return {key: seen[key] for key in self.decoder.input if key in seen}, state

    def step(self, context: Tensors, previous, state, training: bool = False):
        """Return logits of the next words, (rows, words), and the next state."""
        given = {**context, "previous": previous, "state": state}
        made = call_declared(self.decoder, given, training)
        return made["logits"], made["state"]

    def write(self, tensors: Tensors, choose: Choose) -> tf.Tensor:
        """Write sentences.

        Args:
            tensors: named, of a batch.
            choose: the words of a step.

        Returns:
            int32 (batch, length), 0 behind the last word.
        """
        context, state = self.read(tensors)
        previous = tf.zeros_like(state[:, 0], tf.int32)
        alive, words = previous == 0, []
        for place in range(self.length):
            logits, state = self.step(context, previous, state)
            previous = tf.where(alive, choose(place, logits), 0)
            alive &= previous != 0
            words.append(previous)
        return tf.stack(words, axis=1)

    def log_probs(self, tensors: Tensors, x, training: bool = False) -> tf.Tensor:
        """Compute log p of each word of sentences, (batch, length).

        The 0 that ends a sentence counts, behind it stands 0.

        Args:
            tensors: named, of a batch.
            x: int32 (batch, length).
            training: whether dropout is active.
        """
        context, state = self.read(tensors, training)
        previous, logits = tf.zeros_like(x[:, 0]), []
        for place in range(x.shape[1]):
            made, state = self.step(context, previous, state, training)
            logits.append(made)
            previous = x[:, place]
        costs = tf.nn.sparse_softmax_cross_entropy_with_logits(
            x, tf.stack(logits, axis=1)
        )
        ended = tf.cumsum(tf.cast(x == 0, tf.int32), axis=1, exclusive=True) > 0
        return tf.where(ended, 0.0, -costs)

    def finish(self, tensors: Tensors, x, count: int, choose: Choose) -> tf.Tensor:
        """Finish every beginning of sentences, the empty one first, so many times.

        Args:
            tensors: named, of a batch.
            x: int32 (batch, length), the sentences.
            count: how often each beginning is finished, >= 1.
            choose: the words of a step; all beginnings of a sentence have their random
                numbers in common, so that what they come to differs by the beginning.

        Returns:
            int32 (length, count, batch, length): sentences that begin as those of x do,
            with so many words as the place on the first axis says.
        """
        context, state = self.read(tensors)
        context, state = tf.nest.map_structure(
            lambda value: repeated(value, count), (context, state)
        )
        sentences, rows = repeated(x, count), tf.shape(x)[0] * count
        previous, columns = tf.zeros((rows,), tf.int32), []
        alive = previous == 0
        for place in range(self.length):
            # The last rows are those of the longest beginning, whose words are given.
            seen = {key: repeated(value, place + 1) for key, value in context.items()}
            logits, state = self.step(seen, previous, state)
            drawn = tf.where(alive, choose(place, logits, place + 1), 0)
            columns.append(tf.pad(drawn, [[0, (self.length - place - 1) * rows]]))
            previous = tf.concat([drawn, sentences[:, place]], axis=0)
            alive = previous != 0
            state = tf.concat([state, state[-rows:]], axis=0)
        shape = (self.length, count, -1, self.length)
        made = tf.reshape(tf.stack(columns, axis=-1), shape)
        given = tf.reshape(sentences, (1, *shape[1:]))
        is_given = tf.sequence_mask(tf.range(self.length), self.length)
        return tf.where(is_given[:, None, None], given, made)


def likeliest(place: int, logits: tf.Tensor, groups: int = 1) -> tf.Tensor:
    """Choose the likeliest words, whatever the place and the groups, (rows,)."""
    return tf.argmax(logits, axis=-1, output_type=tf.int32)


def drawing(seed: tf.Tensor) -> Choose:
    """Make a function that draws words by their probabilities.

    Args:
        seed: int32 (2,); the words of a place depend on it, on the place and the row.
    """

    def choose(place, logits, groups=1):
        own = tf.random.experimental.stateless_fold_in(seed, place)
        rows = [tf.shape(logits)[0] // groups]
        uniform = draw_rows(lambda s: tf.random.stateless_uniform(s, own), rows)
        uniform = repeated(uniform, groups)
        below = tf.cumsum(tf.nn.softmax(logits), axis=-1)
        wanted = uniform[:, None] * below[:, -1:]
        return tf.reduce_sum(tf.cast(below <= wanted, tf.int32), axis=-1)

    return choose


def repeated(tensor: tf.Tensor, times: int | tf.Tensor) -> tf.Tensor:
    """Put the rows of a tensor one after another, all of them so many times."""
    return tf.tile(tensor, [times] + [1] * (len(tensor.shape) - 1))
