"""Layers that normalise: weights, or activations by what no batch decides."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.registry import register

REFERENCE = 64  # examples in the batch that virtual batch normalisation refers to


def _called(layer, kernel, inputs):
    """What a layer makes of inputs, with another value for its kernel."""
    weights = layer.trainable_variables
    values = [kernel if w is layer.kernel else w for w in weights]
    mapping = list(zip(weights, values, strict=True))
    with keras.StatelessScope(state_mapping=mapping):
        return layer(inputs)


def _check_kernel(layer):
    if getattr(layer, "kernel", None) is None:
        raise ValueError(
            f"`layer` must have a `kernel` to be normalised. Received: layer={layer!r}."
        )


@register("spectral_normalization", family="layer")
class SpectralNormalization(keras.layers.Wrapper):
    """A layer whose kernel is divided by its largest singular value.

        W' = W / sigma(W),    sigma(W) = u^T W v

    with u and v from power iteration, constants to the gradient, as in the paper; W
    itself is not, so that the gradient flows through sigma: what is trained is W, and
    what is used is W', in every call. `keras.layers.SpectralNormalization` overwrites
    W instead. Here a call in training moves u alone, a weight that is not trained;
    a model that must not move it, such as a GAN in the generator's step, discards that.

    Args:
        layer: with a `kernel` whose last axis is that of the outputs, such as `Dense`
            and `Conv2D`.
        power_iterations: a training call, an integer >= 1. Default 1.

    Raises:
        ValueError: for `power_iterations` below 1, or a layer without a `kernel`.

    Reference: Miyato et al., "Spectral Normalization for Generative Adversarial
    Networks", 2018.
    """

    def __init__(self, layer, power_iterations=1, **kwargs):
        super().__init__(layer, **kwargs)
        if power_iterations < 1:
            raise ValueError(
                "`power_iterations` must be >= 1. "
                f"Received: power_iterations={power_iterations}."
            )
        self.power_iterations = int(power_iterations)

    def build(self, input_shape=None):
        super().build(input_shape)  # builds the layer inside
        _check_kernel(self.layer)
        self.u = self.add_weight(
            name="u",
            shape=(self.layer.kernel.shape[-1],),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",  # the same on every replica
        )

    def call(self, inputs, training=False):
        kernel = self.layer.kernel
        normalised = kernel / tf.cast(self._sigma(training), kernel.dtype)
        return _called(self.layer, normalised, inputs)

    def _sigma(self, training):
        """The largest singular value of the kernel, as the power iteration knows it."""
        w = tf.cast(self.layer.kernel, tf.float32)
        w = tf.reshape(w, (-1, w.shape[-1]))  # (inputs, outputs)
        fixed, u = tf.stop_gradient(w), tf.convert_to_tensor(self.u)
        v = tf.math.l2_normalize(tf.linalg.matvec(fixed, u))
        for _ in range(self.power_iterations if training else 0):
            u = tf.math.l2_normalize(tf.linalg.matvec(fixed, v, transpose_a=True))
            v = tf.math.l2_normalize(tf.linalg.matvec(fixed, u))
        if training:
            self.u.assign(u)
        u = tf.math.l2_normalize(u)
        return tf.tensordot(v, tf.linalg.matvec(w, u), 1)

    def get_config(self):
        return {**super().get_config(), "power_iterations": self.power_iterations}


@register("weight_normalization", family="layer")
class WeightNormalization(keras.layers.Wrapper):
    """A layer whose units have a length and a direction that are trained apart.

        w = g v / |v|

    with v the layer's kernel, |v| the norm of a unit's weights, and g a number a unit.
    It conditions the gradient without making examples of a batch depend on each other,
    as batch normalisation does. The longer v, the slower its direction turns.

    Args:
        layer: with a `kernel` whose last axis is that of the outputs, such as `Dense`
            and `Conv2D`.
        scale: what g starts at, > 0. Default: the norms of the initial kernel.
        train_scale: whether g is trained; if not, no unit's weights can grow. Default
            True.

    Raises:
        ValueError: for a layer without a `kernel`, or a scale that is not positive.

    Reference: Salimans & Kingma, "Weight Normalization: A Simple Reparameterization to
    Accelerate Training of Deep Neural Networks", 2016; no initialisation by data.
    """

    def __init__(self, layer, scale=None, train_scale=True, **kwargs):
        super().__init__(layer, **kwargs)
        if scale is not None and not scale > 0:
            raise ValueError(f"`scale` must be > 0 or None. Received: scale={scale}.")
        self.scale = scale
        self.train_scale = bool(train_scale)

    def build(self, input_shape=None):
        super().build(input_shape)  # builds the layer inside
        _check_kernel(self.layer)
        start = self._norms if self.scale is None else lambda: float(self.scale)
        self.g = self.add_weight(
            name="g",
            shape=(self.layer.kernel.shape[-1],),
            initializer=lambda shape, dtype: tf.ones(shape, dtype) * start(),
            trainable=self.train_scale,
        )

    def call(self, inputs):
        kernel = self.layer.kernel
        factor = tf.cast(self.g, tf.float32) / self._norms()
        return _called(self.layer, kernel * tf.cast(factor, kernel.dtype), inputs)

    def _norms(self):
        """|v| of every unit, (outputs,)."""
        v = tf.cast(self.layer.kernel, tf.float32)
        return tf.norm(tf.reshape(v, (-1, v.shape[-1])), axis=0)

    def get_config(self):
        own = {"scale": self.scale, "train_scale": self.train_scale}
        return {**super().get_config(), **own}


@register("batch_normalization", family="layer")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras' batch normalisation, in training as one operation instead of a dozen.

    Weights, arguments and values are those of `keras.layers.BatchNormalization`, up to
    rounding. The statistics are float32 whatever the dtype; the activations are not
    widened for them, which is what makes it fast in mixed precision.

    Args:
        **arguments: of `keras.layers.BatchNormalization`, which also does what the one
            operation cannot: masks, `renorm`, `synchronized` and another axis than the
            last.
    """

    def call(self, inputs, training=None, mask=None):
        last = self.axis in (-1, len(inputs.shape) - 1)
        plain = last and mask is None and not (self.renorm or self.synchronized)
        if not (plain and training and self.trainable):
            return super().call(inputs, training=training, mask=mask)
        size = inputs.shape[-1]
        rows = tf.reshape(tf.cast(inputs, self.compute_dtype), (-1, 1, 1, size))
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=rows,
            scale=_float32(self.gamma) if self.scale else tf.ones(size),
            offset=_float32(self.beta) if self.center else tf.zeros(size),
            mean=tf.zeros(0),
            variance=tf.zeros(0),
            epsilon=self.epsilon,
            exponential_avg_factor=1.0,
            is_training=True,
        )
        count = tf.cast(tf.shape(rows)[0], tf.float32)
        variance *= (count - 1) / count  # the operation gives the unbiased one
        self._move(self.moving_mean, mean)
        self._move(self.moving_variance, variance)
        return tf.reshape(outputs, tf.shape(inputs))

    def _move(self, average, value):
        kept = _float32(average) * self.momentum
        average.assign(kept + value * (1 - self.momentum))


def _float32(weight):
    """The value of a weight, whatever the dtype a layer is called in."""
    return tf.cast(weight.value, tf.float32)


@register("virtual_batch_normalization", family="layer")
class VirtualBatchNormalization(keras.layers.Layer):
    """Every example is normalised by a reference batch and itself, by no other.

        y = gamma (x - mean) / sqrt(variance + epsilon) + beta
        mean = (n E reference + E x) / (n + 1),    likewise the mean of squares

    E is the mean over the places of an image and, for the reference, over its n
    examples. It makes the samples of a batch independent of each other, and training
    and sampling the same. The reference batch goes through the network before every
    batch: it is the first `size` rows of what the layer is called with, see
    `with_reference`.

    Args:
        size: n, an integer >= 2. Default 64.
        epsilon: > 0. Default 1e-5.

    Shapes: (size + batch, ..., channels) to the same.

    Raises:
        ValueError: for a `size` below 2.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016.
    """

    def __init__(self, size=REFERENCE, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        if size < 2:
            raise ValueError(f"`size` must be >= 2. Received: size={size}.")
        self.size = int(size)
        self.epsilon = float(epsilon)

    def build(self, input_shape):
        channels = (input_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=channels, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=channels, initializer="zeros")

    def call(self, inputs):
        x = tf.cast(inputs, tf.float32)
        mean = self._mean(x)
        variance = tf.nn.relu(self._mean(tf.square(x)) - tf.square(mean))
        scale = tf.cast(self.gamma, tf.float32) * tf.math.rsqrt(variance + self.epsilon)
        y = scale * (x - mean) + tf.cast(self.beta, tf.float32)
        return tf.cast(y, inputs.dtype)

    def _mean(self, x):
        """The reference's mean, and for the rows after it a share of their own."""
        rank = x.shape.rank
        reference = tf.reduce_mean(x[: self.size], list(range(rank - 1)), keepdims=True)
        own = tf.reduce_mean(x[self.size :], list(range(1, rank - 1)), keepdims=True)
        mixed = reference + (own - reference) / (self.size + 1)
        first = tf.repeat(reference, self.size, axis=0)
        return tf.concat([first, mixed], axis=0)

    def get_config(self):
        own = {"size": self.size, "epsilon": self.epsilon}
        return {**super().get_config(), **own}


@register("reference_batch", family="layer")
class ReferenceBatch(keras.layers.Layer):
    """Puts a batch that never changes before every batch.

    It is a weight, `reference`, that is not trained and is saved with the network;
    drawn from N(0, 1), as latents are, when the layer is built. For a network that
    looks at data, assign it some.

    Args:
        size: its examples, an integer >= 1. Default 64.

    Shapes: (batch, ...) to (size + batch, ...).
    """

    def __init__(self, size=REFERENCE, **kwargs):
        super().__init__(**kwargs)
        self.size = int(size)

    def build(self, input_shape):
        self.reference = self.add_weight(
            name="reference",
            shape=(self.size, *input_shape[1:]),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            aggregation="mean",  # the same on every replica
        )

    def call(self, inputs):
        return tf.concat([tf.cast(self.reference, inputs.dtype), inputs], axis=0)

    def compute_output_shape(self, input_shape):
        return (None, *input_shape[1:])

    def get_config(self):
        return {**super().get_config(), "size": self.size}


def with_reference(network: keras.Model) -> keras.Model:
    """A network with virtual batch normalisation, as one that takes batches alone.

    Args:
        network: made with `normalisation="virtual"`, with named inputs and outputs.

    Returns:
        A functional model of the same name, inputs and outputs. It holds the reference
        batch, puts it before every batch and takes its outputs away.

    Raises:
        ValueError: if no layer refers to a batch, or two to some of different sizes.

    Example:
        >>> from keras_genmodels.networks import dense
        >>> sizes = {"latent": (3,)}, {"x": 4}
        >>> network = with_reference(dense.mlp(*sizes, normalisation="virtual"))
        >>> network({"latent": tf.zeros((5, 3))})["x"].shape
        TensorShape([5, 4])
    """
    layers = [x for x in network.layers if isinstance(x, VirtualBatchNormalization)]
    sizes = {layer.size for layer in layers}
    if len(sizes) != 1:
        raise ValueError(
            f"`network` must have layers that refer to a batch of one size. Received: "
            f"{network.name!r}, with sizes {sorted(sizes)}."
        )
    size = sizes.pop()
    tensors = named_inputs({k: v.shape[1:] for k, v in network.input.items()})
    joined = {key: ReferenceBatch(size)(tensor) for key, tensor in tensors.items()}
    outputs = {
        key: keras.layers.Identity(name=key)(value[size:,])
        for key, value in network(joined).items()
    }
    return keras.Model(tensors, outputs, name=network.name)
