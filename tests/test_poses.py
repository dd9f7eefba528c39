"""The same thing from another side: `dr_gan`, its codes, and fronts of `ff_gan`."""

from __future__ import annotations

import cases
import numpy as np
import pytest

import keras_genmodels as kgm

SMALL = {"latent_dim": 2, "code_dim": 3, "filters": (3, 4), "critic_filters": (3, 4)}
POSES = ("path",)


@pytest.fixture(scope="module")
def shapes():
    """Frames of moving shapes, each its own source, 6 batches of 8, and their spec."""
    options = {"batch_size": 8, "num_examples": 48, "shuffle": False, "image_size": 8}
    return kgm.data.load("moving_shapes", stills=True, source="same", **options)


@pytest.fixture
def batches(shapes):
    return shapes[0]


@pytest.fixture
def spec(shapes):
    return shapes[1]


def built(spec, **options):
    given = {"preset": False, "poses": POSES, "seed": 1, **SMALL}
    return kgm.zoo.build("dr_gan", spec, **{**given, **options})


class TestDRGAN(cases.StateOfOthers, cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built(spec, **options)


def lively(model):
    """The model with weights at which all that it is given counts."""
    for weight in model.generator.trainable_weights:
        weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    return model


def test_the_source_is_the_picture_itself(batches):
    for batch in batches.as_numpy_iterator():
        np.testing.assert_array_equal(batch["x"], batch["source"])


def test_only_what_is_asked_for_changes_the_picture(spec, batches):
    model = lively(built(spec))
    x = next(batches.as_numpy_iterator())["x"][:2]
    asked = {"shape": "disc", "colour": "red", "path": "up"}
    one, same, other = (
        model.edit(x, spec.condition(1, **{**asked, **changed}), seed=3).numpy()
        for changed in ({}, {"colour": "blue"}, {"path": "down"})
    )
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-3
    condition = spec.condition(1, **asked)
    np.testing.assert_array_equal(one, model.translate(x, condition, seed=3))


def test_fakes_are_asked_for_other_poses_of_the_same_things(spec, batches):
    model = built(spec)
    real = model.unpack(next(iter(batches)))
    fake = model.fake_batch(real, (0, 5))
    ours, theirs = (spec.labels(b["condition"].numpy()) for b in (real, fake))
    np.testing.assert_array_equal(ours["shape"], theirs["shape"])
    np.testing.assert_array_equal(ours["colour"], theirs["colour"])
    assert (ours["path"] != theirs["path"]).any()
    np.testing.assert_array_equal(fake["source"], real["x"])


def test_a_code_is_that_of_the_picture_alone(spec, batches, tmp_path):
    model = lively(built(spec))
    x = next(batches.as_numpy_iterator())["x"]
    codes = model.represent(x).numpy()
    assert codes.shape == (8, 3)
    assert codes.std(axis=0).min() > 0
    kgm.export.save(model, tmp_path / "shapes" / "1")
    artefact = kgm.export.load(tmp_path / "shapes")
    np.testing.assert_allclose(artefact.represent(x), codes, atol=1e-5)
    condition = spec.condition(1, shape="disc", colour="red", path="up")
    np.testing.assert_allclose(
        artefact.edit(x[:2], condition.repeat(2, axis=0), seed=4),
        model.edit(x[:2], condition, seed=4),
        atol=1e-5,
    )
    with pytest.raises(ValueError, match=r"`x` must have the shape \(None, 8, 8, 3\)"):
        model.represent(np.zeros((1, 4, 4, 3), np.float32))


def test_attributes_that_are_not_there_are_refused(spec):
    with pytest.raises(ValueError, match=r"`dr_gan` needs attributes \['azimuth'"):
        built(spec, poses=("azimuth",))
    with pytest.raises(ValueError, match="must declare 'source' and hold a model"):
        kgm.models.RepresentationGAN(spec, *_plain(spec))


def _plain(spec):
    """A generator without an encoder, and a critic."""
    model = kgm.zoo.build("dcgan", spec, preset=False, latent_dim=2, filters=(3,))
    return model.generator, model.critics


# --- the front ------------------------------------------------------------------------

FRONT = {"filters": (3, 4), "critic_filters": (3, 4), "code_dim": 3, "identity": 0}


@pytest.fixture(scope="module")
def chairs():
    """Views of 24 chairs of the test split with their fronts, 3 batches of 8."""
    options = {"batch_size": 8, "num_examples": 24, "shuffle": False, "image_size": 16}
    return kgm.data.load("chair_views", "test", frontal=True, **options)


def fronting(spec, **options):
    given = {"preset": False, "seed": 1, **FRONT}
    return kgm.zoo.build("ff_gan", spec, **{**given, **options})


class TestFFGAN(cases.VariantCase):
    @pytest.fixture
    def batches(self, chairs):
        return chairs[0]

    @pytest.fixture
    def build(self, chairs):
        return lambda **options: fronting(chairs[1], **options)

    def draws(self, model):
        return False


def test_fronts_are_those_of_the_chairs_that_are_seen(chairs):
    """They mirror themselves, and what is measured tells where a view is from."""
    batches, spec = chairs
    batch = cases.everything(batches)
    assert spec.shapes["source"] == spec.x_shape == (16, 16, 3)
    x, source = batch["x"], batch["source"]
    assert np.abs(x - x[:, :, ::-1]).mean() < 0.01
    assert np.abs(source - source[:, :, ::-1]).mean() > 0.05
    labels = spec.labels(batch["condition"])
    step = 2 * np.pi * labels["azimuth"] / 31
    measured = batch["coefficients"]
    assert measured.shape == (24, 11)
    assert 0 <= measured[:, :9].min() <= measured[:, :9].max() <= 1
    np.testing.assert_allclose(measured[:, 9], np.sin(step), atol=1e-6)
    np.testing.assert_allclose(measured[:, 10], np.cos(step), atol=1e-6)
    options = {"batch_size": 8, "num_examples": 24, "shuffle": False, "image_size": 16}
    plain, _ = kgm.data.load("chair_views", "test", **options)
    np.testing.assert_array_equal(cases.everything(plain)["x"], source)


def test_a_front_is_its_own_front():
    options = {"batch_size": 128, "num_examples": 128, "image_size": 8}
    batches, spec = kgm.data.load("chair_views", "test", frontal=True, **options)
    batch = next(batches.as_numpy_iterator())
    ahead = spec.labels(batch["condition"])["azimuth"] == 0
    assert ahead.any()
    np.testing.assert_array_equal(batch["x"][ahead], batch["source"][ahead])


def test_coefficients_are_read_off_the_source_and_symmetry_costs(chairs):
    batches, spec = chairs
    model = lively(fronting(spec, symmetry=2.0, regression=3.0))
    real = model.unpack(next(iter(batches)))
    fake = model.fake_batch(real, cases.as_seed(0))
    step = model.step_tensors(real, fake, training=False)
    terms = {term.name: term.generator_loss(step).numpy() for term in model.added_terms}
    x, read = fake["x"].numpy(), fake["coefficients"].numpy()
    assert np.abs(read - real["coefficients"]).max() > 0.01
    wanted = 3 * ((read - real["coefficients"]) ** 2).numpy().mean(axis=1)
    np.testing.assert_allclose(terms["regression"], wanted, rtol=1e-4)
    wanted = 2 * np.abs(x - x[:, :, ::-1]).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(terms["symmetry"], wanted, rtol=1e-4)
    found = kgm.evaluation.evaluate(model, batches, ["asymmetry"])
    made = np.concatenate([model.translate(b["source"]) for b in batches])
    wanted = np.abs(made - made[:, :, ::-1]).mean()
    np.testing.assert_allclose(found["asymmetry"], wanted, rtol=1e-4)
    assert found["asymmetry/real"] < 0.01


def test_fronts_need_their_data_and_a_network_that_knows_things(spec, chairs):
    message = r"`ff_gan` needs .*'coefficients'\] of a batch.*frontal=True"
    with pytest.raises(ValueError, match=message):
        fronting(spec)
    with pytest.raises(ValueError, match=r"^`start` must be .*Received: start=None"):
        fronting(chairs[1], identity=1.0)
    with pytest.raises(ValueError, match="'digits' takes no `frontal`"):
        kgm.data.load("digits", frontal=True)
