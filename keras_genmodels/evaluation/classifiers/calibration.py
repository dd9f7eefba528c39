"""Temperatures that make the probabilities of classifiers as good as they can be."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from scipy import optimize, special

from keras_genmodels import data


def best_temperatures(
    classifier: keras.Model, held_out: tf.data.Dataset, spec: data.DatasetSpec
) -> dict[str, float]:
    """Find by what to divide the logits of each attribute, from unseen examples.

    Args:
        classifier: to logits.
        held_out: batches that it was not trained on.
        spec: of the data.
    """
    read = [(classifier(b["x"], training=False), b["condition"]) for b in held_out]
    logits, conditions = (np.concatenate(parts) for parts in zip(*read, strict=True))
    columns = {a.name: slice(a.start, a.stop) for a in spec.attributes}
    return {
        name: _temperature(logits[:, own], conditions[:, own])
        for name, own in columns.items()
    }


def _temperature(logits: np.ndarray, one_hot: np.ndarray) -> float:
    """Find by what to divide the logits, (n, classes), for the least cross-entropy.

    As if one more example had been of every class by the same chance; where all are
    read right, no temperature would be low enough otherwise.
    """
    examples, classes = one_hot.shape
    truth = (examples * one_hot + 1 / classes) / (examples + 1)

    def cost(logarithm):
        scaled = logits / np.exp(logarithm)
        return np.mean(special.logsumexp(scaled, axis=1) - np.sum(scaled * truth, 1))

    found = optimize.minimize_scalar(cost, bounds=np.log([0.1, 10.0]), method="bounded")
    return round(float(np.exp(found.x)), 3)
