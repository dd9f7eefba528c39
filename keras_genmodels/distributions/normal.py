"""Heads whose distribution is a normal."""

import math

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.registry import register

from .heads import Head, positive, vector_size, weight

tfd = tfp.distributions

MIN_STDDEV = 1e-5


def independent_normal(loc, stddev, event_rank=1):
    """Normals side by side, the last `event_rank` axes as one event."""
    return tfd.Independent(tfd.Normal(loc, stddev), event_rank)


class ActivatedHead(Head):
    """A head of normals side by side, whose mean passes through an activation."""

    def __init__(self, event_shape, activation, **kwargs):
        super().__init__(event_shape, **kwargs)
        self.activation = keras.activations.get(activation)

    def _normal(self, raw_loc, stddev):
        loc = self.activation(raw_loc)
        return independent_normal(loc, stddev, len(self.event_shape))

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "activation": activation}


@register("normal", family="head")
class NormalHead(ActivatedHead):
    """A normal with a mean and a standard deviation for every element.

    The usual posterior of a VAE:

        x ~ N(activation(a), (softplus(b) + 1e-5)**2), all elements independent

    The network puts out `2 * prod(event_shape)` numbers: `(*event_shape, 2)` in
    row-major order, a and b of an element side by side.

    Args:
        event_shape: the shape of one example.
        activation: of the mean, any Keras activation. Default "linear", unbounded;
            "sigmoid" for the mean of a picture in [0, 1]. Samples are unbounded.

    Example:
        >>> q = NormalHead((2,)).distribution(tf.zeros((3, 4)))
        >>> q.sample(5, seed=tf.constant([0, 1])).shape
        TensorShape([5, 3, 2])

    Reference: Kingma and Welling, "Auto-Encoding Variational Bayes", 2014. They put out
    log sigma**2; softplus grows linearly, so that a wild step does not overflow.
    """

    def __init__(self, event_shape, activation="linear", **kwargs):
        super().__init__(event_shape, activation, **kwargs)

    @property
    def params_shape(self):
        return (*self.event_shape, 2)

    def _distribution(self, params, training):
        raw_loc, raw_stddev = tf.unstack(params, axis=-1)  # (*batch, *event_shape)
        return self._normal(raw_loc, positive(raw_stddev, MIN_STDDEV))


class RowMajorNormal(tfd.MultivariateNormalTriL):
    """A full-covariance normal whose samples lie in memory as its noise was drawn.

    TFP draws the noise of this distribution with the batch first. Here sample axes come
    first, as `tfd.Normal` has them, so that one seed gives `sample([k, R])` of a batch
    and `sample(k)` of R such batches the same noise: R replicas that each keep their
    share see what one device would.
    """

    def sample(self, sample_shape=(), seed=None, name="sample"):
        loc = tf.convert_to_tensor(self.loc)
        noise = tfd.Normal(tf.zeros_like(loc), tf.ones_like(loc))
        return self.bijector.forward(noise.sample(sample_shape, seed=seed, name=name))


@register("multivariate_normal", family="head")
class MultivariateNormalHead(Head):
    """A normal with a full covariance, for posteriors whose latents are correlated.

        x ~ N(loc, L L^T),  L lower triangular, diagonal softplus(.) + 1e-5

    The network puts out d + d (d + 1) / 2 numbers: the mean, then L in the order of
    `tfp.math.fill_triangular`.

    Args:
        event_shape: `(d,)`, one axis.

    Raises:
        ValueError: if `event_shape` has more than one axis.

    Example:
        >>> head = MultivariateNormalHead((3,))
        >>> head.params_size
        9
        >>> head.distribution(tf.zeros((5, 9))).covariance().shape
        TensorShape([5, 3, 3])

    Reference: Kingma and Welling, "An Introduction to Variational Autoencoders", 2019,
    section 2.5.1, where the diagonal of L is exp(.).
    """

    def __init__(self, event_shape, **kwargs):
        super().__init__(event_shape, **kwargs)
        vector_size(self.event_shape, "a full covariance")

    @property
    def params_shape(self):
        (d,) = self.event_shape
        return (d + d * (d + 1) // 2,)

    def _distribution(self, params, training):
        (d,) = self.event_shape
        raw = tfp.math.fill_triangular(params[..., d:])  # (*batch, d, d)
        diagonal = positive(tf.linalg.diag_part(raw), MIN_STDDEV)
        return RowMajorNormal(params[..., :d], tf.linalg.set_diag(raw, diagonal))


class _SharedStddevHead(ActivatedHead):
    """A normal for every element, all of one standard deviation."""

    def __init__(self, event_shape, stddev, activation, **kwargs):
        super().__init__(event_shape, activation, **kwargs)
        if not 0 < stddev < math.inf:
            raise ValueError(
                f"`stddev` must be > 0 and finite. Received: stddev={stddev}."
            )
        self.stddev = float(stddev)

    @property
    def params_shape(self):
        return self.event_shape

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev}


@register("fixed_normal", family="head")
class FixedNormalHead(_SharedStddevHead):
    """A normal of a known standard deviation: squared error, in nats.

        -log p(x) = sum((x - mean)**2) / (2 stddev**2) + D log(stddev sqrt(2 pi))

    The network puts out `prod(event_shape)` numbers, the means before the activation.
    Samples are unbounded.

    Args:
        event_shape: the shape of one example.
        stddev: > 0, in the unit of x. Default 1.0.
        activation: of the mean. Default "sigmoid", so that it lies in [0, 1].

    Raises:
        ValueError: if `stddev` is not positive and finite.

    Example:
        >>> p = FixedNormalHead((2,), stddev=0.1).distribution(tf.zeros((1, 2)))
        >>> p.mean().numpy().tolist()
        [[0.5, 0.5]]
    """

    def __init__(self, event_shape, stddev=1.0, activation="sigmoid", **kwargs):
        super().__init__(event_shape, stddev, activation, **kwargs)

    def _distribution(self, params, training):
        return self._normal(params, tf.constant(self.stddev))


@register("learned_normal", family="head")
class LearnedNormalHead(_SharedStddevHead):
    """A normal whose one standard deviation is a weight, trained by the gradient.

        x ~ N(activation(params), exp(2 log_scale)), log_scale a trained scalar

    Args:
        event_shape: the shape of one example.
        stddev: where the standard deviation starts, > 0. Default 1.0.
        activation: of the mean. Default "sigmoid", so that it lies in [0, 1].

    Raises:
        ValueError: if `stddev` is not positive and finite.

    Example:
        >>> [w.name for w in LearnedNormalHead((2,)).trainable_weights]
        ['log_scale']
    """

    def __init__(self, event_shape, stddev=1.0, activation="sigmoid", **kwargs):
        super().__init__(event_shape, stddev, activation, **kwargs)
        start = keras.initializers.Constant(math.log(self.stddev))
        self.log_scale = weight(self, "log_scale", (), start)

    def _distribution(self, params, training):
        return self._normal(params, tf.exp(tf.convert_to_tensor(self.log_scale)))
