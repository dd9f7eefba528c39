"""Holes that are filled: the paste, the recipe, the measure."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data import DatasetSpec, Tensor
from keras_genmodels.models import GAN, Critic
from keras_genmodels.networks import classifier, dense, translation
from keras_genmodels.networks.inpainting import Paste, pasted

SMALL = {"filters": (3, 4), "critic_filters": (3, 4)}


@pytest.fixture(scope="module")
def digits():
    """Digits with holes, 8 batches of 16 with 20 labels in all, and their spec."""
    options = {"batch_size": 16, "num_examples": 128, "shuffle": False}
    loaded = kgm.data.load("digits", source="hidden", num_labels=20, **options)
    return loaded[0].cache(), loaded[1]  # other holes would be drawn in each epoch


def built(spec, **arguments):
    return kgm.zoo.build("cc_gan", spec, **{"preset": False, **SMALL, **arguments})


class TestCCGAN(cases.StateOfOthers, cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **kw: built(spec, seed=1, reconstruction=1.0, **kw)

    def draws(self, model):
        return False

    def test_latents_become_samples(self, build, spec):
        """Pictures with a hole do."""
        model, tensors = build(), cases.some_condition(spec, 3)
        source, mask = tensors["source"], tensors["mask"]
        x = model.translate(source, {"mask": mask})
        assert x.shape == (3, *spec.x_shape)
        np.testing.assert_array_equal(x, model.sample(condition=tensors))


# --- the paste ------------------------------------------------------------------------


def test_known_pixels_stay_and_the_others_are_made(spec, batches):
    batch = next(batches.as_numpy_iterator())
    model = built(spec)
    for weight in model.generator.weights:
        weight.assign(np.random.RandomState(0).normal(0.0, 0.5, weight.shape))
    x = model.translate(batch["source"], {"mask": batch["mask"]}).numpy()
    known = np.broadcast_to(batch["mask"] == 1, x.shape)
    np.testing.assert_array_equal(x[known], batch["x"][known])
    assert x[~known].std() > 0.05


def test_a_paste_is_a_weighted_sum():
    made, known = (
        np.full((1, 2, 2, 3), 0.2, "float32"),
        np.ones((1, 2, 2, 3), "float32"),
    )
    mask = np.float32([[1.0, 0.0], [0.5, 0.25]]).reshape(1, 2, 2, 1)
    found = Paste()(made, known, mask)
    assert found.shape == Paste().compute_output_spec(made, known, mask).shape
    expected = [[1.0, 0.2], [0.6, 0.4]]
    for channel in range(3):
        np.testing.assert_allclose(found[0, ..., channel], expected, atol=1e-6)


def test_what_is_known_gives_the_generator_no_gradient():
    shapes = {"source": (8, 8, 1), "mask": (8, 8, 1)}
    network = pasted(translation.unet(shapes, {"x": (8, 8, 1)}, (2, 2)))
    given = {"source": tf.fill((1, 8, 8, 1), 0.3), "mask": tf.ones((1, 8, 8, 1))}
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(network(given)["x"])
    for slope in tape.gradient(total, network.trainable_weights):
        np.testing.assert_array_equal(slope, np.zeros_like(slope))


# --- the recipe -----------------------------------------------------------------------


def test_the_evidence_for_classes_is_the_score():
    network = dense.mlp({"x": (4,)}, {"classes": 3}, (5,))
    outputs = classifier.with_evidence(network)({"x": tf.ones((2, 4))})
    expected = np.log(np.exp(outputs["classes"]).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(outputs["score"], expected, rtol=1e-5)


def test_without_the_game_labels_alone_move_the_classifier(spec, batches):
    model = built(spec, adversarial=0.0)
    blank = batches.map(lambda b: {**b, "condition": 0.0 * b["condition"]})
    before = cases.values(model.critics[0].trainable_weights)
    model.fit(blank, verbose=0)
    cases.check_stood_still(model.critics[0].trainable_weights, before)
    model.fit(batches, verbose=0)
    cases.check_moved(model.critics[0].trainable_weights, before)


@pytest.mark.parametrize("source", [None, "edges"])
def test_data_without_a_hole_are_refused(source):
    spec = kgm.data.load("digits", source=source)[1]
    with pytest.raises(ValueError, match=r"`cc_gan` needs the tensors .*'mask'"):
        built(spec)


def test_holes_are_filled_and_classes_learnt(spec, batches):
    """With the game and the distance: half of what is left open is found."""
    model = built(
        spec,
        reconstruction=20.0,
        filters=(8, 16, 16),
        critic_filters=(16, 32),
        learning_rate=3e-3,
    )
    model.fit(batches, epochs=20, verbose=0)
    names = ["hole_error", "classification_accuracy"]
    found = evaluation.evaluate(model, batches, names)
    assert found["hole_error/ratio"] < 0.7
    assert found["classification_accuracy"] > 0.9  # of those with a label
    assert found["hole_error/examples"] == 160  # labelled ones come again and again


# --- the measure ----------------------------------------------------------------------


def holes():
    """Pictures of 0.2 and 0.6, half of each hidden, and a model that fills in 0.5."""
    tensors = [Tensor(name, (2, 2, 1)) for name in ("source", "mask")]
    spec = DatasetSpec("d", (2, 2, 1), (), tensors)
    x = np.tile(np.float32([0.2, 0.6])[:, None, None, None], (1, 2, 2, 1))
    mask = np.tile(np.float32([1.0, 0.0])[:, None], (2, 2, 1, 1))
    batch = {"x": x, "mask": mask, "source": mask * x, "condition": x[:, 0, 0, :0]}
    inputs = {name: keras.Input((2, 2, 1), name=name) for name in ("source", "mask")}
    half = keras.layers.Rescaling(0.0, 0.5)(inputs["source"])
    made = Paste(name="x")(half, inputs["source"], inputs["mask"])
    critic = Critic(dense.mlp({"x": (2, 2, 1)}, {"score": 1}, (2,)))
    model = GAN(spec, keras.Model(inputs, {"x": made}), critic, output="clip")
    return model, batch


def test_the_error_in_a_hole_against_its_formula():
    model, batch = holes()
    data = tf.data.Dataset.from_tensor_slices(batch).batch(1)
    found = evaluation.evaluate(model, data, ["hole_error"])
    np.testing.assert_allclose(found["hole_error"], (0.3 + 0.1) / 2, rtol=1e-5)
    np.testing.assert_allclose(found["hole_error/of_mean"], 0.2, rtol=1e-5)
    np.testing.assert_allclose(found["hole_error/ratio"], 1.0, rtol=1e-5)
    assert found["hole_error/examples"] == 2
    assert "hole_error" in evaluation.evaluate(model, data)


def test_masks_that_hide_nothing_are_refused():
    model, batch = holes()
    batch = {**batch, "mask": np.ones_like(batch["mask"]), "source": batch["x"]}
    data = tf.data.Dataset.from_tensor_slices(batch).batch(2)
    with pytest.raises(ValueError, match="masks that hide a pixel"):
        evaluation.evaluate(model, data, ["hole_error"])
    bare = DatasetSpec("b", (2, 2, 1), (), [Tensor("source", (2, 2, 1))])
    model = kgm.zoo.build("pix2pix", bare, preset=False, filters=(2,))
    with pytest.raises(ValueError, match="needs the tensors"):
        evaluation.evaluate(model, data, ["hole_error"])


def test_a_saved_model_fills_holes(spec, tmp_path):
    model, tensors = built(spec), cases.some_condition(spec, 3)
    client = kgm.export.load(kgm.export.save(model, tmp_path / "fill" / "1"))
    source, given = tensors["source"], {"mask": tensors["mask"]}
    found = client.translate(source, given)
    np.testing.assert_allclose(found, model.translate(source, given), atol=1e-5)
    assert sorted(client.signatures) == ["classify", "sample", "translate"]
