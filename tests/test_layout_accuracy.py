"""Layouts that a segmenter finds again in the pictures that were made of them."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from keras_genmodels import evaluation
from keras_genmodels.data import DatasetSpec, Tensor

SIZE, COLOURS = 16, np.array([[0, 0, 0], [128, 0, 0], [0, 128, 0]]) / 255
SPEC = DatasetSpec("streets", (SIZE, SIZE, 1), (), (Tensor("source", (SIZE, SIZE, 3)),))


def scenes(count, seed):
    """Ground below a border, sky above it, and a square: classes (n, size, size)."""
    rng = np.random.default_rng(seed)
    classes = np.zeros((count, SIZE, SIZE), int)
    for scene in classes:
        scene[rng.integers(6, 11) :] = 1
        row, column = rng.integers(0, 12, 2)
        scene[row : row + 4, column : column + 4] = 2
    return classes


def painted(classes):
    """Each class in its grey."""
    return np.array([0.2, 0.5, 0.9], "float32")[classes][..., None]


def batches(count, seed):
    classes = scenes(count, seed)
    tensors = {"x": painted(classes), "source": COLOURS[classes].astype("float32")}
    tensors["condition"] = np.zeros((count, 0), "float32")
    return tf.data.Dataset.from_tensor_slices(tensors).batch(32)


class Painter:
    """A translator that knows each colour's grey, but paints some as another."""

    spec, translates = SPEC, ("source", "x")

    def __init__(self, wrong):
        self.painted_as = np.array([wrong.get(index, index) for index in range(3)])

    def translate(self, source, condition=None, seed=None):
        classes = np.abs(source[..., None, :] - COLOURS).sum(-1).argmin(-1)
        return painted(self.painted_as[classes])


def measured(model, **options):
    options = {"train": batches(64, 0), "steps": 250, "batch_size": 8} | options
    return evaluation.evaluate(model, batches(32, 1), ["layout_accuracy"], **options)


def test_what_was_painted_right_is_found_and_what_was_not_is_missed():
    found = measured(Painter({2: 1}))  # squares are painted as the ground is
    assert found["layout_accuracy/real"] > 0.95
    assert found["layout_accuracy/iou/real"] > 0.9
    assert found["layout_accuracy"] == pytest.approx(2 / 3, abs=0.05)
    squares = (scenes(32, 1) == 2).mean()
    assert found["layout_accuracy/pixels"] == pytest.approx(1 - squares, abs=0.05)
    assert found["layout_accuracy/iou"] < found["layout_accuracy"]
    assert found["layout_accuracy/classes"] == 3
    assert found["layout_accuracy/examples"] == 32


def test_it_needs_training_pictures_and_colours_that_are_classes():
    with pytest.raises(ValueError, match="`train` must be the training split"):
        measured(Painter({}), train=None)
    noise = np.random.default_rng(0).random((4, SIZE, SIZE, 3)).astype("float32")
    tensors = {"x": noise[..., :1], "source": noise, "condition": noise[:, 0, 0, :0]}
    many = tf.data.Dataset.from_tensor_slices(tensors).batch(4)
    with pytest.raises(
        ValueError, match=r"at most 256 colours.* Received: 1024 colours"
    ):
        measured(Painter({}), train=many)
