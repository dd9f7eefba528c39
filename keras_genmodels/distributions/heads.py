"""The base of every head: from the numbers a network puts out to a distribution."""

import math

import keras
import tensorflow as tf

_SOFTPLUS_ONE = math.log(math.expm1(1.0))  # softplus of it is 1


class Head(keras.layers.Layer):
    """The meaning of a network's output: parameters to a `tfd.Distribution`.

    A network ends linearly and knows nothing of probability; a head squashes its
    numbers and names the distribution, so that either can be exchanged alone. A head
    computes in float32 whatever the dtype of the parameters, and builds a new
    distribution on every call, inside the gradient tape of the step that asks.

    A sub-class says `params_shape`, the parameters of one example in row-major order,
    and `_distribution`. All its weights exist from the start, in float32.

    Args:
        event_shape: the shape of one example, channels last: a tuple of integers >= 1.
        **kwargs: `name`, `dtype` and `trainable` of `keras.layers.Layer`.

    Raises:
        ValueError: if `event_shape` is empty or holds a number below 1.

    Example:
        >>> from keras_genmodels.distributions import NormalHead
        >>> head = NormalHead((2,))
        >>> head.params_size
        4
        >>> head.distribution(tf.zeros((3, 4))).batch_shape
        TensorShape([3])
    """

    def __init__(self, event_shape, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.event_shape = tuple(int(n) for n in event_shape)
        if not self.event_shape or min(self.event_shape) < 1:
            raise ValueError(
                "`event_shape` must hold one or more integers >= 1. "
                f"Received: event_shape={tuple(event_shape)}."
            )
        self.built = True

    @property
    def params_shape(self):
        """The layout of the parameters of one example."""
        raise NotImplementedError

    @property
    def params_size(self):
        """How many numbers per example the network must put out."""
        return math.prod(self.params_shape)

    @property
    def map_shape(self):
        """The same numbers as a convolution puts them out, `(*event_shape[:-1], n)`."""
        sites = self.event_shape[:-1]
        return (*sites, self.params_size // math.prod(sites))

    def distribution(self, params, training=False):
        """The distribution that these parameters mean.

        Args:
            params: real numbers of any float dtype, `(*batch, params_size)`,
                `(*batch, *map_shape)` as a convolution puts them out, or
                `(*batch, *params_shape)`. The batch may have several axes.
            training: whether this is a training step; only "optimal_normal" differs.

        Returns:
            A `tfd.Distribution` of batch shape `batch` and event shape `event_shape`.

        Raises:
            ValueError: if `params` has none of the three layouts.
        """
        layouts = (self.map_shape, (self.params_size,), self.params_shape)
        return self._distribution(reshape(params, layouts), training)

    def _distribution(self, params, training):
        """The distribution of float32 parameters, `(*batch, *params_shape)`."""
        raise NotImplementedError

    def point(self, distribution):
        """The value that stands for a distribution of this head: its mean.

        Args:
            distribution: of `distribution`, or what a prior makes of it: where that
                offers a `point` of its own, it is this.

        Returns:
            float32 `(*batch, *event_shape)`.
        """
        return getattr(distribution, "point", distribution.mean)()

    def get_config(self):
        return {**super().get_config(), "event_shape": list(self.event_shape)}


def reshape(params, layouts):
    """Cast the output of a network to float32 and bring it to the last of the layouts.

    The layouts hold the same numbers of one example in row-major order, so that no
    number moves. The first one that the last axes of `params` equal is taken.

    Args:
        params: the tensor, `(*batch, *layout)`; only batch axes may be unknown.
        layouts: shapes of one example, all of the same size.

    Returns:
        float32 `(*batch, *layouts[-1])`.

    Raises:
        ValueError: if the last axes of `params` are none of the layouts.

    Example:
        >>> reshape(tf.zeros((3, 8)), [(2, 4), (8,), (2, 2, 2)]).shape
        TensorShape([3, 2, 2, 2])
    """
    params = tf.cast(tf.convert_to_tensor(params), tf.float32)
    static = tuple(params.shape)
    fitting = [layout for layout in layouts if static[-len(layout) :] == layout]
    if not fitting:
        raise ValueError(
            f"`params` must hold {math.prod(layouts[-1])} numbers per example, with "
            f"last axes {' or '.join(map(str, dict.fromkeys(layouts)))}. "
            f"Received: params of shape {static}."
        )
    batch_rank, dynamic = len(static) - len(fitting[0]), tf.shape(params)
    batch = [dynamic[i] if n is None else n for i, n in enumerate(static[:batch_rank])]
    return tf.reshape(params, [*batch, *layouts[-1]])


def vector_size(event_shape, purpose):
    """The size of an event of one axis.

    Args:
        event_shape: of a head.
        purpose: what wants it so, for the message: "a flow".

    Raises:
        ValueError: for another number of axes.
    """
    if len(event_shape) != 1:
        raise ValueError(
            f"`event_shape` must have one axis, (d,), for {purpose}. "
            f"Received: event_shape={event_shape}."
        )
    return event_shape[0]


def positive(raw, floor):
    """A scale from a real number: softplus(raw) + floor, at least `floor`."""
    return tf.math.softplus(raw) + floor


def about_one(raw, floor):
    """A scale that is 1 + floor where the real number is 0: softplus(raw + c) + floor.

    A network whose last layer begins at 0 scales by nothing at first.
    """
    return positive(raw + _SOFTPLUS_ONE, floor)


def weight(layer, name, shape, initializer, **kwargs):
    """A float32 weight of a head or prior, whatever the dtype policy around it."""
    return layer.add_weight(
        name=name,
        shape=shape,
        initializer=initializer,
        dtype="float32",
        autocast=False,
        **kwargs,
    )
