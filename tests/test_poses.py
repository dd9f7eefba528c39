"""The same thing from another side: `dr_gan`, its codes and its pictures."""

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


class TestDRGAN(cases.GameCase):
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
