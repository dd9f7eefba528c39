"""What all models of two players have in common."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm

GAMES = {
    "gan": ("digits", {"latent_dim": 3, "units": (8,)}),
    "bayesian_gan": ("wine", {"units": (4,), "critic_units": (5,), "critic_steps": 1}),
    "cs_gan": (
        "phrases",
        {"likelihood_epochs": 0, "num_rollouts": 1, "units": 6, "filters": 3},
    ),
}


@pytest.mark.parametrize("player", ["critic", "generator"])
@pytest.mark.parametrize("recipe", GAMES)
def test_a_player_pays_for_its_weights_as_they_ask(recipe, player):
    """Half the square of a weight moves it by its rate times itself."""
    dataset, small = GAMES[recipe]
    batches, spec = kgm.data.load(dataset, batch_size=8, shuffle=False)
    batch, moved = next(iter(batches)), {}
    for cost in (0.0, 0.5):
        model = kgm.zoo.build(recipe, spec, preset=False, seed=1, **small)
        model.compile(*(keras.optimizers.SGD(0.1) for _ in range(2)))
        if recipe == "cs_gan":
            model.begin_epoch(0)
        weight = max(
            getattr(model, f"{player}_variables"), key=lambda v: np.prod(v.shape)
        )
        before = weight.numpy()
        if cost:
            weight.regularizer = keras.regularizers.L2(cost)
        tf.function(model.train_step)(batch)
        moved[cost] = weight.numpy() - before
    assert np.any(before)
    np.testing.assert_allclose(moved[0.5] - moved[0.0], -0.1 * before, atol=1e-5)
