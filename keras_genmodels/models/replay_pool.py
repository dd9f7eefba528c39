"""A pool of generated examples, of which a critic sees earlier ones again."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import tensorflow as tf

from keras_genmodels.checks import integer

Tensors = dict[str, tf.Tensor]


class ReplayPool(keras.layers.Layer):
    """Up to `size` generated examples of earlier steps, saved with the critic.

    A critic that sees the newest examples alone forgets what the generator did before,
    and the two chase each other in circles. Until the pool is full, examples pass and
    are kept; then one in two, by chance, takes the place of an earlier one, which is
    seen instead.

    Args:
        size: examples that are kept, >= 1.
        shapes: name to shape, without the batch axis, of the tensors of an example;
            they are kept together, so that a picture stays with its source.
        **kwargs: of `keras.layers.Layer`.

    Raises:
        ValueError: for a size below 1.

    Reference: Shrivastava et al., "Learning from Simulated and Unsupervised Images
    through Adversarial Training", 2017, as Zhu et al., "Unpaired Image-to-Image
    Translation using Cycle-Consistent Adversarial Networks", 2017, use it. No two
    examples of a batch change places with the same one; of a batch larger than the
    pool, the rest passes. Where several replicas share a batch, all see the pool of
    the first.
    """

    def __init__(self, size: int, shapes: Mapping[str, tuple[int, ...]], **kwargs):
        super().__init__(**kwargs)
        self.size = integer("size", size, 1)
        first = {"aggregation": "only_first_replica", "trainable": False}
        self.kept = {
            name: self.add_weight(
                (size, *shape), "zeros", "float32", name=name, **first
            )
            for name, shape in shapes.items()
        }
        self.filled = self.add_weight((), "zeros", "int32", name="filled", **first)
        self.built = True

    def exchanged(self, tensors: Tensors, seed: tf.Tensor) -> Tensors:
        """Keep some of the rows, and return earlier ones in their places.

        Args:
            tensors: named tensors of a batch, those of the pool among them.
            seed: int32 (2,), of the chance.

        Returns:
            All tensors, those of the pool exchanged.
        """
        filled = tf.convert_to_tensor(self.filled)
        batch = tf.shape(next(iter(tensors.values())))[0]
        slots = self._slots(filled, seed)[:batch]
        coins = tf.random.stateless_uniform(tf.shape(slots), seed + 1) < 0.5
        is_free = slots >= filled
        is_seen = coins & ~is_free  # the earlier one, in place of the new one
        found = dict(tensors)
        for name, kept in self.kept.items():
            new, pool = tf.cast(tensors[name], tf.float32), tf.convert_to_tensor(kept)
            head, rest = new[: self.size], new[self.size :]
            earlier = tf.gather(pool, slots)
            found[name] = tf.concat([_rows_where(is_seen, earlier, head), rest], axis=0)
            stays = _rows_where(is_seen | is_free, head, earlier)
            kept.assign(tf.tensor_scatter_nd_update(pool, slots[:, None], stays))
        self.filled.assign(tf.minimum(filled + tf.size(slots), self.size))
        return found

    def _slots(self, filled, seed):
        """All slots: the free ones, then the filled ones in random order."""
        drawn = tf.random.stateless_uniform((self.size,), seed)
        is_filled = tf.range(self.size) < filled
        order = tf.argsort(tf.where(is_filled, drawn, 2.0), stable=True)
        return tf.roll(order, -filled, axis=0)


def _rows_where(mask: tf.Tensor, yes: tf.Tensor, no: tf.Tensor) -> tf.Tensor:
    """The rows of one tensor where the mask holds, else those of the other."""
    return tf.where(tf.reshape(mask, [-1] + [1] * (yes.shape.rank - 1)), yes, no)
