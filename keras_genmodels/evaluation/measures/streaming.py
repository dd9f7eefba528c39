"""Keras metrics of samples that come in batches, in constant memory."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels.evaluation.measures.frechet import Gaussian, frechet_between
from keras_genmodels.registry import register


@register("frechet_distance", family="running_metric")
class FrechetDistance(keras.metrics.Metric):
    """`frechet_distance` of two streams of features, in constant memory.

    Of either stream the count, the mean and the scatter are kept in float64 and merged
    batch by batch, so that the value depends on the batches by rounding alone.

        mean <- mean + delta b / (n + b),  scatter <- scatter + scatter_b
                                                      + delta delta' n b / (n + b)

    Args:
        feature_size: dimensions of a feature vector, >= 1.
        name: of the metric.
        dtype: as for every Keras metric; the state is float64 in any case.

    Example:
        >>> metric = FrechetDistance(feature_size=1)
        >>> metric.update_state([[0.0], [1.0], [2.0]], [[3.0], [4.0], [5.0]])
        >>> round(float(metric.result()), 6)
        9.0

    Reference: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to
    a Local Nash Equilibrium", 2017; merging: Chan, Golub, LeVeque, "Updating Formulae
    and a Pairwise Algorithm for Computing Sample Variances", 1979.
    """

    def __init__(self, feature_size, name="frechet_distance", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.feature_size = int(feature_size)
        self.real = self._stream("real")
        self.generated = self._stream("generated")

    def _stream(self, name):
        shapes = {
            "count": (),
            "mean": (self.feature_size,),
            "scatter": (self.feature_size, self.feature_size),
        }
        return {
            key: self.add_variable(shape, "zeros", "float64", name=f"{name}_{key}")
            for key, shape in shapes.items()
        }

    def update_state(self, real, generated):
        """Add features of real and of generated examples.

        Args:
            real: (n, feature_size).
            generated: (m, feature_size); m may differ from n, and either may be 0.
        """
        _merge(self.real, tf.cast(real, tf.float64))
        _merge(self.generated, tf.cast(generated, tf.float64))

    def result(self):
        """The distance, a float64 scalar; 0 before there are two of each."""
        state = [*self.real.values(), *self.generated.values()]
        value = tf.numpy_function(_distance, [v.value for v in state], tf.float64)
        return tf.ensure_shape(value, ())

    def get_config(self):
        return {**super().get_config(), "feature_size": self.feature_size}


@register("classifier_score", family="running_metric")
class ClassifierScore(keras.metrics.Metric):
    """`inception_score` of a stream of class probabilities, in constant memory.

    Args:
        num_classes: how many, >= 1.
        name: of the metric.
        dtype: as for every Keras metric; the state is float64 in any case.

    Example:
        >>> metric = ClassifierScore(num_classes=2)
        >>> metric.update_state([[1.0, 0.0]])
        >>> metric.update_state([[0.0, 1.0]])
        >>> round(float(metric.result()), 6)
        2.0

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016.
    """

    def __init__(self, num_classes, name="classifier_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = int(num_classes)
        self.count = self.add_variable((), "zeros", "float64", name="count")
        self.total = self.add_variable(
            (self.num_classes,), "zeros", "float64", name="total"
        )
        self.entropy = self.add_variable((), "zeros", "float64", name="entropy")

    def update_state(self, probabilities):
        """Add samples: (n, num_classes), each row with sum 1."""
        p = tf.cast(probabilities, tf.float64)
        self.count.assign_add(tf.cast(tf.shape(p)[0], tf.float64))
        self.total.assign_add(tf.reduce_sum(p, axis=0))
        self.entropy.assign_add(tf.reduce_sum(_entropy(p)))

    def result(self):
        """The score, a float64 scalar; 1, the worst, before the first batch."""
        mean = tf.math.divide_no_nan(self.total, self.count)
        intra = tf.math.divide_no_nan(self.entropy, self.count)
        return tf.exp(_entropy(mean) - intra)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}


def _merge(stream, features):
    """Add a batch to the count, mean and scatter of those before it."""
    count = tf.cast(tf.shape(features)[0], tf.float64)
    mean = tf.math.divide_no_nan(tf.reduce_sum(features, axis=0), count)
    centred = features - mean
    scatter = tf.matmul(centred, centred, transpose_a=True)
    delta, before = mean - stream["mean"], stream["count"].value
    share = tf.math.divide_no_nan(count, before + count)
    stream["scatter"].assign_add(
        scatter + before * share * tf.tensordot(delta, delta, 0)
    )
    stream["mean"].assign_add(share * delta)
    stream["count"].assign_add(count)


def _distance(*state):
    """From the state of both streams to the number; runs in NumPy, in float64."""
    real, generated = (
        Gaussian(mean, sums / max(count - 1, 1), int(count))
        for count, mean, sums in (state[:3], state[3:])
    )
    known = min(real.count, generated.count) >= 2
    return np.float64(frechet_between(real, generated) if known else 0.0)


def _entropy(p):
    return -tf.reduce_sum(tf.math.xlogy(p, p), axis=-1)
