"""Tensors of a batch that are computed from its pictures, by registered derivations."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.data.random_keys import DERIVE, fold_in, key
from keras_genmodels.data.request import SPLIT_SEED
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor

Tensors = dict[str, tf.Tensor]


class Derivation:
    """A registered derivation, applied to batches of one data set.

    Args:
        name: of the derivation, such as "edges".
        tensor: what the picture that it makes is called in a batch: "source" or "y".
        spec: of the data set, of images.

    Raises:
        ValueError: for an unknown name, data that are no images, or a tensor that the
            data have already.
    """

    def __init__(self, name: str, tensor: str, spec: DatasetSpec) -> None:
        self.name, self._tensor = name, tensor
        self._derive = registry.lookup(name, "derivation")
        if not spec.is_image:
            raise ValueError(
                f"`{tensor}` must be None where the examples are no images. Received: "
                f"{tensor}={name!r} for {spec.name!r} of the shape {spec.x_shape}."
            )
        rows = tf.zeros((1, *spec.x_shape)), tf.zeros((1, 2), tf.int64)
        self.tensors = tuple(
            Tensor(name, value.shape[1:], "mask" if name == "mask" else "image")
            for name, value in self(*rows).items()
        )
        known = {t.name for t in spec.tensors}
        taken = sorted(known & {t.name for t in self.tensors})
        if taken:
            raise ValueError(
                f"`{tensor}` must be None where the data have {taken} already. "
                f"Received: {tensor}={name!r} for {spec.name!r}."
            )

    def __call__(self, x: tf.Tensor, keys: tf.Tensor) -> Tensors:
        """The derived tensors of pictures.

        Args:
            x: (batch, height, width, channels) in [0, 1].
            keys: int64 (batch, 2), what random numbers of a row are a function of.
        """
        found = self._derive(x, _Uniform(keys))
        if not isinstance(found, dict):
            found = {"source": found}
        return {self._tensor if n == "source" else n: v for n, v in found.items()}


def row_keys(rows: tf.Tensor, seed: int, epoch: tf.Tensor, resample: bool) -> tf.Tensor:
    """Make the keys of each row's random numbers, int64 (batch, 2).

    Args:
        rows: the numbers of the examples, (batch,).
        seed: of the data set.
        epoch: its number.
        resample: whether they are drawn anew every epoch; if not, they are a property
            of the example, whatever seed and epoch.
    """
    base = key(seed, DERIVE, epoch) if resample else key(SPLIT_SEED, DERIVE)
    return tf.map_fn(lambda row: fold_in(base, row), tf.cast(rows, tf.int64))


class _Uniform:
    """Random numbers in [0, 1) of each row; each call draws new ones."""

    def __init__(self, keys: tf.Tensor) -> None:
        self._keys, self._calls = keys, 0

    def __call__(self, *shape: int) -> tf.Tensor:
        """Draw float32 (batch, *shape)."""
        self._calls += 1
        call = self._calls

        def draw(row_key):
            own = fold_in(row_key, tf.constant(call, tf.int64))
            return tf.random.stateless_uniform(shape, own)

        return tf.map_fn(draw, self._keys, fn_output_signature=tf.float32)


def derive(name: str, x: tf.Tensor, seed: int = 0) -> Tensors:
    """Compute what a derivation makes of any pictures, such as a visitor's photograph.

    Args:
        name: of the derivation, such as "edges".
        x: (batch, height, width, channels) in [0, 1].
        seed: of random numbers, for a derivation that draws some.

    Returns:
        The derived picture as "source", and further tensors by their names.

    Raises:
        ValueError: for an unknown name, or pictures that it does not take.

    Example:
        >>> derive("edges", tf.zeros((1, 8, 8, 3)))["source"].shape.as_list()
        [1, 8, 8, 1]
    """
    x = tf.convert_to_tensor(x)
    keys = row_keys(tf.range(len(x)), seed, tf.constant(0, tf.int64), resample=True)
    found = registry.lookup(name, "derivation")(x, _Uniform(keys))
    return found if isinstance(found, dict) else {"source": found}
