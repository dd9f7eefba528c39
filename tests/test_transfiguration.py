"""A thing that is taken off one picture and put on another."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.models import Critic, Transfiguration
from keras_genmodels.models.views import Named
from keras_genmodels.networks import translation
from keras_genmodels.objectives import Nothing, Parallelogram, Reconstruction

SMALL = {"preset": False, "filters": (3, 4), "critic_filters": (3, 3, 3), "seed": 1}


@pytest.fixture(scope="module")
def shapes():
    """Pictures of moving shapes, red ones as x and blue ones as y."""
    options = {"batch_size": 8, "num_examples": 48, "shuffle": False, "image_size": 8}
    domains = {"colour": ["red", "blue"]}
    return kgm.data.load("moving_shapes", stills=True, domains=domains, **options)


@pytest.fixture
def batches(shapes):
    return shapes[0]


@pytest.fixture
def spec(shapes):
    return shapes[1]


def built(spec, **options):
    return kgm.zoo.build("gene_gan", spec, **{**SMALL, **options})


class TestGeneGAN(cases.StateOfOthers, cases.ModelCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built(spec, **options)

    @pytest.fixture
    def still(self):
        """A Wasserstein critic's last bias, which raises all scores alike."""
        return {"score/bias"}

    def draws(self, model):
        return False


# --- a model whose answers are known --------------------------------------------------

SHAPE = (2, 2, 2)
SPEC = DatasetSpec("d", SHAPE, tensors=(Tensor("y", SHAPE),))


def channels():
    """The background is the first channel, the thing the second one."""
    x = keras.Input(SHAPE, name="x")
    kept = keras.layers.Identity(name="background")(x[..., :1])
    thing = keras.layers.Identity(name="object")(x[..., 1:])
    splitter = keras.Model(
        {"x": x}, {"background": kept, "object": thing}, name="splitter"
    )
    parts = {
        name: keras.Input((2, 2, 1), name=name) for name in ("background", "object")
    }
    joined = keras.layers.Concatenate(name="x")(list(parts.values()))
    joiner = keras.Model(parts, {"x": joined}, name="joiner")
    y = keras.Input(SHAPE, name="y")
    found = splitter({"x": y})
    nothing = keras.layers.Rescaling(0.0)(found["object"])
    made = joiner({"background": found["background"], "object": nothing})
    return keras.Model({"y": y}, made, name="generator")


def model_of(generator, terms=()):
    critics = [
        Critic(translation.patches({"x": SHAPE}, 7, (3,)), view=Named(name), name=name)
        for name in ("x", "y")
    ]
    return Transfiguration(SPEC, generator, critics, terms=terms, output="clip")


def level(background, thing, rows=3):
    return np.tile(np.float32([background, thing]), (rows, 2, 2, 1))


def test_things_move_and_all_else_stays():
    model = model_of(channels())
    x, y = level(0.2, 0.1), level(0.6, 0.9)
    np.testing.assert_allclose(model.translate(y), level(0.6, 0.0))
    np.testing.assert_allclose(model.transfer(x, y), level(0.2, 0.9))
    np.testing.assert_allclose(model.transfer(x, y[:1], 0.5), level(0.2, 0.45))
    np.testing.assert_allclose(model.transfer(x[:1], y), level(0.2, 0.9))


def test_a_step_holds_what_moved_and_what_was_joined_again():
    model = model_of(channels())
    real = {"x": tf.constant(level(0.2, 0.1)), "y": tf.constant(level(0.6, 0.9))}
    fake = model.fake_batch(real, cases.as_seed(0))
    wanted = {
        "x": level(0.6, 0.0),
        "y": level(0.2, 0.9),
        "x_again": level(0.2, 0.0),
        "y_again": level(0.6, 0.9),
        "object": np.full((3, 2, 2, 1), 0.1),
    }
    for name, value in wanted.items():
        np.testing.assert_allclose(fake[name], value, atol=1e-6)
    step = model.step_tensors(real, fake, training=False)
    costs = {
        2 * 0.05: Reconstruction(2.0, "x_again"),
        0.0: Reconstruction(2.0, "y_again", target="y"),
        3 * 0.1: Nothing(3.0),
        4 * 0.05: Parallelogram(4.0),
    }
    for cost, term in costs.items():
        np.testing.assert_allclose(term.generator_loss(step), [cost] * 3, atol=1e-5)


def test_parts_of_the_generator_learn_from_both_domains(spec, batches):
    """The generator's own call is of y alone; the step moves all of its weights."""
    model = built(spec)
    names = {layer.name for layer in model.generator.layers}
    assert {"splitter", "joiner"} <= names
    parts = [model.generator.get_layer(name) for name in ("splitter", "joiner")]
    inner = sum(len(part.trainable_weights) for part in parts)
    assert len(model.generator_variables) == inner


def test_a_thing_moves_between_random_networks_as_its_parts_say(spec, batches):
    model, batch = built(spec), next(iter(batches))
    parts = [model.generator.get_layer(name) for name in ("splitter", "joiner")]
    for weight in model.generator_variables:
        weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    splitter, joiner = parts
    x, y = (splitter({"x": batch[name]}) for name in ("x", "y"))
    crossed = {"background": x["background"], "object": y["object"]}
    wanted = tf.sigmoid(joiner(crossed)["x"])
    made = model.transfer(batch["x"], batch["y"])
    np.testing.assert_allclose(made, wanted, atol=1e-5)
    assert np.abs(made - model.transfer(batch["x"], batch["x"])).max() > 1e-3


def test_an_export_moves_things_as_the_model_does(spec, batches, tmp_path):
    model, batch = built(spec), next(iter(batches.as_numpy_iterator()))
    kgm.export.save(model, tmp_path / "things" / "1")
    artefact = kgm.export.load(tmp_path / "things")
    moved = artefact.transfer(batch["x"], batch["y"][:1])
    wanted = model.transfer(batch["x"], batch["y"][:1])
    np.testing.assert_allclose(moved, wanted, atol=1e-5)
    removed = artefact.translate(batch["y"])
    np.testing.assert_allclose(removed, model.translate(batch["y"]), atol=1e-5)


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_a_share_that_leaves_a_part_nothing_is_refused(spec, share):
    with pytest.raises(ValueError, match="`share` must leave both parts some of 4"):
        built(spec, share=share)


def test_data_without_a_second_domain_are_refused():
    with pytest.raises(ValueError, match=r"`gene_gan` needs the tensors \['y'\]"):
        built(DatasetSpec("d", SHAPE))


def test_a_generator_without_the_parts_is_refused():
    y = keras.Input(SHAPE, name="y")
    plain = keras.Model({"y": y}, {"x": keras.layers.Conv2D(2, 1)(y)})
    with pytest.raises(ValueError, match="hold the models 'splitter' and 'joiner'"):
        model_of(plain)


def test_domains_of_different_shapes_are_refused():
    spec = DatasetSpec("d", (2, 2, 3), tensors=(Tensor("y", SHAPE),))
    y = keras.Input(SHAPE, name="y")
    generator = keras.Model({"y": y}, {"x": keras.layers.Conv2D(3, 1)(y)})
    critic = Critic(translation.patches({"x": (2, 2, 3)}, 7, (3,)), view=Named("x"))
    with pytest.raises(ValueError, match="between pictures of one shape"):
        Transfiguration(spec, generator, critic)


@pytest.mark.parametrize(
    ("source", "donor", "kind", "message"),
    [
        (level(0.2, 0.1), level(0.6, 2.0), ValueError, r"`donor`.*\[0, 1"),
        (level(0.2, 0.1)[:, :1], level(0.6, 0.9), ValueError, "`source` must have"),
        (level(0.2, 0.1), level(0, 1).astype(int), TypeError, "`donor`"),
        (level(0.2, 0.1), level(0.6, 0.9, rows=2), ValueError, "must have 3 rows"),
    ],
)
def test_pictures_that_cannot_be_are_refused(source, donor, kind, message):
    with pytest.raises(kind, match=message):
        model_of(channels()).transfer(source, donor)
