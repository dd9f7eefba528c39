"""Figures of models that draw several answers: completions, and next frames."""

from __future__ import annotations

import artefacts
import numpy as np
import pytest

import keras_genmodels as kgm
from keras_genmodels import registry
from keras_genmodels.evaluation import figures

X = np.random.default_rng(0).integers(0, 2, (3, 4, 4, 1)).astype("float32")


def grid(rows, columns):
    """The pictures of rows, each of them 48 pixels wide."""
    x = np.concatenate(rows)
    factor = 48 // x.shape[1]
    return kgm.pictures.grid(x.repeat(factor, 1).repeat(factor, 2), columns)


@pytest.fixture(scope="module")
def pixels():
    sizes = {"filters": 3, "layers": 1, "units": 4}
    return kgm.zoo.build("pixel_cnn", artefacts.SPEC, **sizes, seed=3)


@pytest.fixture(scope="module")
def moving():
    sizes = {"kernels": 2, "filters": (3, 4), "image_filters": (3,), "units": (5,)}
    return kgm.zoo.build("visual_dynamics", artefacts.FRAMES, latent_dim=3, **sizes)


def test_completions_stand_between_the_known_half_and_the_whole(pixels):
    mask = np.ones_like(X)
    mask[:, 2:] = 0.0
    made = [np.asarray(pixels.complete(X, mask, seed=seed)) for seed in (7, 8)]
    assert np.any(made[0] != made[1])
    expected = grid([np.where(mask == 1, X, 0.5), *made, X], 3)
    drawn = figures.completions(pixels, X, draws=2, seed=7)
    np.testing.assert_array_equal(drawn, expected)


def test_the_mean_of_futures_stands_below_them(moving):
    x = np.random.default_rng(1).uniform(size=(2, 3, 8, 8, 1)).astype("float32")
    first, truth = x[:, 0], x[:, 1]
    drawn = figures.next_frames(moving, first, truth, draws=3, of_mean=5)
    futures = np.asarray(moving.predict_next(first, 5, seed=0))
    rows = [first, *futures[:, :3].swapaxes(0, 1), futures.mean(axis=1), truth]
    np.testing.assert_array_equal(drawn, grid(rows, 2))


def test_they_are_found_by_name_and_refuse_other_models(pixels, moving):
    batch = {"x": X, "condition": np.zeros((3, 5), "float32")}
    assert registry.lookup("completions", "figure")(pixels, batch).ndim == 3
    with pytest.raises(ValueError, match=r"needs data with 'first_frame'"):
        registry.lookup("next_frames", "figure")(moving, batch)
    with pytest.raises(
        ValueError, match=r"needs a model with `predict_next`.*PixelCNN"
    ):
        figures.next_frames(pixels, X, X)
    with pytest.raises(ValueError, match=r"needs a model with `complete`.*VAE"):
        figures.completions(moving, X)
