"""The epochs, data and arguments that each recipe is trained with, side by side.

A row gives what differs from 50 epochs of batches of 128: `epochs`, `batch_size`,
`data` (options of `data.load`), `fit_data` (further ones of what is fitted alone) and
`arguments` (of the recipe and of its training). `decay_steps` 0 keeps the learning rate
constant, as the released model was trained; elsewhere it decays over all epochs.
"""

from __future__ import annotations

from keras_genmodels.zoo.presets import (
    adversarial,
    bayesian,
    clips,
    editing,
    likelihood,
    physics,
    poses,
    prediction,
    restoration,
    sequences,
    text,
    translation,
    volumes,
)

PRESETS = {
    **likelihood.PRESETS,
    **adversarial.PRESETS,
    **translation.PRESETS,
    **restoration.PRESETS,
    **clips.PRESETS,
    **prediction.PRESETS,
    **text.PRESETS,
    **poses.PRESETS,
    **editing.PRESETS,
    **volumes.PRESETS,
    **sequences.PRESETS,
    **physics.PRESETS,
    **bayesian.PRESETS,
}
