"""The extractor that was trained on nothing: a random network."""

from __future__ import annotations

import functools

import numpy as np

from keras_genmodels.evaluation.classifiers import FEATURES, Trained
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.registry import register

SIDE, WIDTHS, SEED = 64, (64, 128, 256), 0


@register("random_network", family="extractor")
@functools.cache
def random_network() -> Trained:
    """Random convolutions of images, scaled to 64x64x3: 448 features.

    They favour no class of objects and no data set, so that a game which pleases a
    classifier alone does not please them. The features are the means over all places of
    three layers, 64, 128 and 256, each of which halves the picture; the kernels are
    those of NumPy's generator, the same everywhere.

    Reference: Naeem, Oh, Uh, Choi, Yoo, "Reliable Fidelity and Diversity Metrics for
    Generative Models", 2020, for features of a network that is not trained.
    """
    import keras

    image = keras.Input((SIDE, SIDE, 3))
    hidden = keras.layers.Rescaling(2.0, -1.0)(image)
    means, kernels = [], []
    for width in WIDTHS:
        kernels.append(
            keras.layers.Conv2D(width, 3, 2, "same", use_bias=False, **CHANNELS_LAST)
        )
        hidden = keras.layers.LeakyReLU(0.2)(kernels[-1](hidden))
        means.append(keras.layers.GlobalAveragePooling2D(**CHANNELS_LAST)(hidden))
    features = keras.layers.Concatenate(name=FEATURES)(means)
    noise = np.random.default_rng(SEED)
    for layer in kernels:
        shape = layer.kernel.shape
        scale = np.sqrt(2.0 / np.prod(shape[:3]))
        layer.kernel.assign(scale * noise.normal(size=shape))
    card = {"name": "random_network", "test_accuracy": 0.0}
    return Trained(keras.Model(image, features), card, batch_size=128)
