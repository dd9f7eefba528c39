"""Heads whose distribution is a normal."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.registry import register

from .heads import Head, positive

tfd = tfp.distributions

MIN_STDDEV = 1e-5


@register("normal", family="head")
class NormalHead(Head):
    """A normal with a mean and a standard deviation for every element.

    The usual posterior of a VAE:

        loc, raw = params[..., 0], params[..., 1]
        x ~ N(loc, (softplus(raw) + 1e-5)**2), all elements independent

    The network puts out `2 * prod(event_shape)` numbers, `(*event_shape, 2)` in
    row-major order. Mean and sample are unbounded unless `activation` bounds the mean.

    Args:
        event_shape: the shape of one example.
        activation: what makes a mean of the first parameter: any Keras activation.
            Default "linear"; "sigmoid" for pictures in [0, 1].

    Example:
        >>> q = NormalHead((2,)).distribution(tf.zeros((3, 4)))
        >>> q.sample(5, seed=tf.constant([0, 1])).shape
        TensorShape([5, 3, 2])

    Reference: Kingma and Welling, "Auto-Encoding Variational Bayes", 2014. They put out
    log sigma**2; softplus grows linearly, so a wild step does not overflow.
    """

    @property
    def params_shape(self):
        return (*self.event_shape, 2)

    def _distribution(self, params, training):
        loc, raw = tf.unstack(params, axis=-1)  # (*batch, *event)
        return independent_normal(loc, positive(raw, MIN_STDDEV), self.event_shape)


def independent_normal(loc, stddev, event_shape):
    """Normals side by side as one event of shape `event_shape`."""
    return tfd.Independent(tfd.Normal(loc, stddev), len(event_shape))
