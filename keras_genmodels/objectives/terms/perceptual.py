"""The term of pictures in which a trained network sees the same."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.data.fitting import with_channels
from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms.reconstruction import of_fake, of_real
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("perceptual", family="term")
class Perceptual(Term, keras.layers.Layer):
    """A trained network sees the same in both: weight (f(t) - f(G))**2, the mean.

    A distance of what a network has learned to look at, and not of pixels. The network
    stands still: no step moves it, and dropout and batch normalisation are as outside
    of training. Its weights are part of the model's file.

    Args:
        network: f, a functional model of one picture, with one output unless `layer` is
            given; `zoo.borrowing.borrow` gives one. A network of colours sees grey
            pictures with their channel repeated, one of grey the mean of the colours.
        weight: of the term, >= 0. Default 1.
        key: of the generated pictures in the fake batch. Default "x".
        target: the tensor t of the real batch. Default "x".
        layer: of the network, whose output is compared. Default: its last one.
        name: of the metric. Default "perceptual".

    Raises:
        ValueError: for a negative weight, a network of several pictures or outputs, or
            without this layer; in a step, for tensors that are missing, or pictures of
            another size than the network's.

    Reference: Johnson, Alahi, Fei-Fei, "Perceptual Losses for Real-Time Style Transfer
    and Super-Resolution", 2016.
    """

    name = "perceptual"

    def __init__(
        self, network, weight=1.0, key="x", target="x", layer=None, name=None, **kwargs
    ):
        kwargs.setdefault("dtype", "float32")
        keras.layers.Layer.__init__(
            self, name=name or self.name, **{**kwargs, "trainable": False}
        )
        if name is not None:
            self.name = name
        self.weight = float(number("weight", weight, least=0))
        self.key = key
        self.target = target
        self.batch_tensors = () if target == "x" else (target,)
        self.network = _up_to(network, layer)
        self.network.trainable = False
        self.built = True

    def generator_loss(self, step):
        target, made = of_real(self, step, self.target), of_fake(self, step, self.key)
        return self.distance(target, made)

    def distance(self, target, made) -> tf.Tensor:
        """The cost of each picture, (batch,); no gradient goes to `target`.

        Args:
            target: pictures in [0, 1], (batch, height, width, channels).
            made: those that should look like them, likewise.
        """
        wanted = tf.stop_gradient(self.features(target))
        return self.weight * per_example(tf.square(wanted - self.features(made)))

    def features(self, pictures) -> tf.Tensor:
        """The output of the network for pictures in [0, 1], (batch, ...).

        Raises:
            ValueError: for pictures of another size than the network's.
        """
        (seen,) = keras.tree.flatten(self.network.input)
        pictures = with_channels(tf.cast(pictures, tf.float32), seen.shape[-1])
        if not pictures.shape[1:].is_compatible_with(seen.shape[1:]):
            raise ValueError(
                f"The network of the term {self.name!r} sees pictures of the shape "
                f"{tuple(seen.shape[1:])}. Received: {tuple(pictures.shape)}."
            )
        given = keras.tree.pack_sequence_as(self.network.input, [pictures])
        (features,) = keras.tree.flatten(self.network(given, training=False))
        return tf.cast(features, tf.float32)

    def get_config(self):
        network = keras.saving.serialize_keras_object(self.network)
        own = {"weight": self.weight, "key": self.key, "target": self.target}
        return {"network": network, **own, **self._own_name()}

    @classmethod
    def from_config(cls, config):
        network = keras.saving.deserialize_keras_object(config["network"])
        return cls(**{**config, "network": network})


def _up_to(network, layer):
    """The network to one output: that of a layer, or its own."""
    if layer is not None:
        return keras.Model(network.input, network.get_layer(layer).output)
    ends = {
        "inputs": keras.tree.flatten(network.input),
        "outputs": keras.tree.flatten(network.output),
    }
    for kind, found in ends.items():
        if len(found) != 1:
            raise ValueError(
                f"The network of a perceptual term must have one of `{kind}`; `layer` "
                f"chooses an output. Received: {network.name!r} with {len(found)}."
            )
    return network
