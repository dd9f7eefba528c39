"""Networks that are used as they are: not trained, and not as in training."""

from __future__ import annotations

import keras

from keras_genmodels.registry import register


@register("still", family="layer")
class Still(keras.layers.Layer):
    """A trained network as a layer of another one, whose training does not change it.

    Its weights are saved with the network that it is part of, and are none of its
    trainable ones. Dropout and batch normalisation are as outside of training, also in
    a training step. Gradients pass through it to its input.

    Args:
        network: a functional model; it stands still from now on.
        **kwargs: `name` and `dtype`; float32 by default.

    Shapes: those of the network.

    Example:
        >>> dense = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
        >>> Still(dense).trainable_weights
        []
    """

    def __init__(self, network, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**{**kwargs, "trainable": False})
        network.trainable = False
        self.network = network
        self.built = True

    def call(self, inputs):
        return self.network(inputs, training=False)

    def compute_output_spec(self, inputs):
        return self.network.compute_output_spec(inputs, training=False)

    def get_config(self):
        network = keras.saving.serialize_keras_object(self.network)
        return {**super().get_config(), "network": network}

    @classmethod
    def from_config(cls, config):
        network = keras.saving.deserialize_keras_object(config["network"])
        return cls(**{**config, "network": network})
