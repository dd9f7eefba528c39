"""The adversarial network that carries pictures of one domain over to another."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.data.fitting import with_channels
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import named_condition, pictures_of
from keras_genmodels.registry import register


@register("domain_transfer", family="model")
class DomainTransfer(GAN):
    """A generator from a domain y to x, which leaves pictures of x as they are.

    A batch holds pictures "x" and "y" that do not belong together. The fake batch of a
    step holds, for critics and terms,

        "x"       G(y)
        "x_same"  G(x), of pictures that need no translation

    Args:
        spec: of a data set of images whose batches have "y", of the size of x.
        generator: network from "y", and what else `GAN` allows, to "x".
        critics: as for `GAN`; with `negatives=[Named("x_same")]` one judges both.
        **kwargs: as for `GAN`.

    Raises:
        ValueError: for what `GAN` refuses, a generator that does not declare "y", or a
            y of another size than x.

    Reference: Taigman, Polyak, Wolf, "Unsupervised Cross-Domain Image Generation",
    2017. Both kinds of pictures go through the generator as one batch, so that batch
    normalisation is the same for both, in training and outside.
    """

    translates = ("truth", "x")

    def __init__(self, spec, generator, critics, **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        if "y" not in self.generator.input:
            raise ValueError(
                "The generator of a domain transfer must declare 'y'. "
                f"Received: {sorted(self.generator.input)}."
            )
        if spec.shapes["y"][:-1] != tuple(spec.x_shape[:-1]):
            raise ValueError(
                "A domain transfer needs x and y of one size. "
                f"Received: {spec.x_shape} and {spec.shapes['y']}."
            )

    def translate(self, source, condition=None, seed=0) -> tf.Tensor:
        """The pictures of x that are made of pictures of y, with averaged weights.

        Args:
            source: pictures of y, (batch, *spec.shapes["y"]) in [0, 1].
            condition: as for `GAN.translate`.
            seed: an int or two ints, of the generator's noise, if it has any.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        source = pictures_of(source, self.spec.shapes["y"])
        given = {**named_condition(condition), "y": source}
        return self.sample(condition=given, seed=seed)

    def fake_batch(self, real, seed, training=False):
        """A generated batch of y, and of x itself as "x_same"."""
        inputs = self.generator_inputs(real, seed)
        same = with_channels(real["x"], self.spec.shapes["y"][-1])
        twice = {
            name: tf.concat([inputs[name], same if name == "y" else inputs[name]], 0)
            for name in self.generator.input
            if name != "seed"
        }
        outputs = self._generated({**twice, "seed": seed}, training)
        first = {name: tf.split(value, 2)[0] for name, value in outputs.items()}
        return {**inputs, **first, "x_same": tf.split(outputs["x"], 2)[1]}
