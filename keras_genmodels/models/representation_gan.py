"""The adversarial network that shows the same thing with other attributes."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import call_declared, pictures_of
from keras_genmodels.registry import register


@register("representation_gan", family="model")
class RepresentationGAN(GAN):
    """A generator that brings a picture to a code, and draws the code anew.

    With `resampled` a fake batch shows the sources with other values of these
    attributes, which the critic is to read, while all else is to stay.

    Args:
        spec: of a data set whose batches have "source", the picture itself.
        generator: network from "source", "condition" and what else `GAN` allows, with
            an inner model "encoder" from "x" to "code", (batch, size).
        critics: as for `GAN`.
        **kwargs: as for `GAN`.

    Raises:
        ValueError: for what `GAN` refuses, or a generator without such an encoder.

    Reference: Tran, Yin, Liu, "Disentangled Representation Learning GAN for
    Pose-Invariant Face Recognition", 2017.
    """

    def __init__(self, spec, generator, critics, **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        names = [layer.name for layer in self.generator.layers]
        if "encoder" not in names or "source" not in self.generator.input:
            raise ValueError(
                "The generator must declare 'source' and hold a model 'encoder'. "
                f"Received: {sorted(self.generator.input)}, with {names}."
            )

    def represent(self, x) -> tf.Tensor:
        """The codes of pictures, with averaged weights, if any.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].

        Returns:
            float32 (batch, size).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        x = pictures_of(x, self.spec.shapes["source"], "x")
        with self._averaged():
            encoder = self.generator.get_layer("encoder")
            return call_declared(encoder, {"x": x})["code"]

    def edit(self, x, condition, seed=0) -> tf.Tensor:
        """The same pictures with other attributes.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].
            condition: (batch, condition_size), what they are to show; one row stands
                for all. Attributes that the generator does not look at stay.
            seed: an int or two ints, of the generator's noise.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        return self.translate(x, condition, seed)
