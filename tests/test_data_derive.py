"""Derivations of pictures that are in no data set."""

import numpy as np
import pytest

import keras_genmodels as kgm
from keras_genmodels.data.derived import derive


def test_any_picture_becomes_the_source_that_the_data_would_hold():
    options = {"batch_size": 8, "num_examples": 8, "shuffle": False}
    batches, _ = kgm.data.load("digits", source="edges", **options)
    batch = next(iter(batches))
    found = derive("edges", batch["x"])
    assert set(found) == {"source"}
    np.testing.assert_array_equal(found["source"], batch["source"])


def test_what_is_random_follows_the_seed_and_the_row():
    x = np.ones((6, 8, 8, 1), "float32")
    one, same, other = (derive("hidden", x, seed=seed) for seed in (0, 0, 1))
    assert set(one) == {"source", "mask"}
    np.testing.assert_array_equal(one["mask"], same["mask"])
    assert (one["mask"] != other["mask"]).numpy().any()
    assert len({mask.tobytes() for mask in one["mask"].numpy()}) > 1


def test_an_unknown_derivation_is_met_with_the_nearest():
    with pytest.raises(ValueError, match=r"Unknown derivation 'edgs'.*'edges'"):
        derive("edgs", np.zeros((1, 8, 8, 1), "float32"))
