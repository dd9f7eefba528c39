"""Walks and arithmetic on latents, seen by an eye: of made up models and of a GAN."""

import types

import numpy as np
import pytest
import tensorflow as tf
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from keras_genmodels import data, evaluation, latents, zoo
from keras_genmodels.data.spec import DatasetSpec


class Plane:
    """Latents are angles on a circle; what becomes of them is said by a function."""

    spec = DatasetSpec("gaussian_ring", (2,))

    def __init__(self, decode):
        self.decode = lambda z, condition=None: decode(np.asarray(z, np.float32))

    def prior(self, condition=None):
        def sample(shape, seed):
            angles = np.random.default_rng(0).uniform(0, 3, [*shape])
            return tf.constant(np.stack([np.cos(angles), np.sin(angles)], -1))

        return types.SimpleNamespace(sample=sample, batch_shape=tf.TensorShape([]))


def test_equal_arcs_are_equal_steps():
    found = evaluation.evaluate(Plane(lambda z: z), None, ["smoothness"], steps=9)
    assert found["smoothness"] == pytest.approx(1.0, abs=1e-3)
    assert found["smoothness/worst_walk"] == pytest.approx(1.0, abs=1e-3)
    assert found["smoothness/walks"] == 50
    assert found["smoothness/steps"] == 9
    assert found["smoothness/extractor:gaussian_ring"] == 2


def test_a_change_of_slides_is_one_large_step():
    """From left to right in one jump; a walk on one side stands still."""
    found = evaluation.smoothness(Plane(np.sign), steps=9, num_walks=40)
    ends = Plane(np.sign).prior().sample([2, 40], 0).numpy()
    jumps = (ends[0, :, 0] > 0) != (ends[1, :, 0] > 0)
    assert 0 < jumps.mean() < 1
    assert found["smoothness"] == pytest.approx(1 + 7 * jumps.mean())
    assert found["smoothness/worst_walk"] == pytest.approx(8.0)


def test_step_lengths_follow_the_walk():
    walk = np.array([[[0.0], [1.0]], [[3.0], [1.0]], [[2.0], [5.0]]])
    assert evaluation.step_lengths(walk).tolist() == [[3.0, 0.0], [1.0, 4.0]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_walks": 0}, "num_walks=0"),
        ({"steps": 2}, "steps=2"),
        ({"path": "slurp"}, "path='slurp'"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=f"Received: .*{message}"):
        evaluation.smoothness(Plane(np.sign), **options)


# --- a GAN that has learned digits for some seconds -----------------------------------


@pytest.fixture(scope="module")
def gan():
    train, spec = data.load("digits", "train", 64)
    model = zoo.build("gan", spec, preset=False, seed=0, latent_dim=16)
    model.fit(train, epochs=50, verbose=0)
    return model


def test_interpolation_by_slerp_is_smooth(gan):
    """No step is a jump: the largest is a small part of the way between two digits."""
    found = evaluation.evaluate(gan, data.load("digits", "test")[0], ["smoothness"])
    assert found["smoothness"] < 3  # of 32 for a jump
    assert found["smoothness/worst_walk"] < 8
    assert found["smoothness/largest_step"] < 0.5
    assert found["smoothness/extractor:digits"] == 64


@pytest.fixture(scope="module")
def thickness():
    """The probability that a stroke is thick, by a reader who saw real digits only."""
    x = np.concatenate([b["x"] for b in data.load("digits", "train")[0]])
    ink = x.mean(axis=(1, 2, 3))
    reader = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    reader.fit(x.reshape(len(x), -1), ink > np.median(ink))
    return lambda x: reader.predict_proba(np.reshape(x, (len(x), -1)))[:, 1]


@pytest.fixture(scope="module")
def strokes(gan, thickness):
    """Latents, and how thick the digit is that each becomes."""
    z = gan.prior().sample(2000, seed=(0, 1)).numpy()
    thick = thickness(gan.generate(z))
    assert 0.2 < (thick > 0.5).mean() < 0.8
    return z, thick


def test_an_attribute_vector_changes_the_attribute(gan, thickness, strokes):
    """Of latents that it was not made of; before, all of them are read otherwise."""
    z, thick = strokes
    vector = latents.attribute_vector(z[:1000], thick[:1000] > 0.5)
    z, thick = z[1000:], thick[1000:] > 0.5
    assert (thickness(gan.generate(z[~thick] + 1.5 * vector)) > 0.5).mean() >= 0.8
    assert (thickness(gan.generate(z[thick] - 1.5 * vector)) < 0.5).mean() >= 0.8


def test_arithmetic_on_means_of_three_gives_what_was_asked(gan, thickness, strokes):
    """Thick digits minus thin ones plus other thin ones are thick.

    They are clear examples, as those are that a person picks, and count where the sum
    began thin.
    """
    z, thick = strokes
    rng = np.random.default_rng(0)

    def means(pool):
        return pool[rng.integers(len(pool), size=(400, 3))].mean(axis=1)

    with_it, without = z[thick > 0.9], z[thick < 0.1]
    others = means(without)
    asked = latents.arithmetic(means(with_it), means(without), others)
    before, after = (thickness(gan.generate(latent)) for latent in (others, asked))
    assert (before < 0.5).mean() > 0.5
    assert (after[before < 0.5] > 0.5).mean() >= 0.8
