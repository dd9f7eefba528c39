"""The adversarial network that takes a thing off one picture and puts it on another."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import call_declared, in_rows, pictures_of
from keras_genmodels.registry import register


@register("transfiguration", family="model")
class Transfiguration(GAN):
    """A splitter of pictures into a thing and all else, and a joiner of the two.

        (A, u) = splitter(y),  (B, e) = splitter(x)
        y_made = joiner(B, u)      x with the thing of y, judged among pictures of y
        x_made = joiner(A, 0)      y without its thing, judged among pictures of x

    A batch holds pictures "x" without a thing, glasses say, and pictures "y" with it,
    which do not belong together. For critics and terms the fake batch of a step holds

        "x", "y"              x_made, y_made
        "x_again", "y_again"  joiner(B, 0), joiner(A, u)
        "object"              e, which is to be nothing

    Args:
        spec: of a data set of images whose batches have "y", of the shape of x.
        generator: network from "y" to "x", y without its thing, that holds two models:
            "splitter", from "x" to "background" and "object", and "joiner", from these
            two to "x".
        critics: with the views `Named("x")` and `Named("y")`, say.
        **kwargs: as for `GAN`.

    Raises:
        ValueError: for what `GAN` refuses, domains of different shapes, or a generator
            without these two models.

    Reference: Zhou et al., "GeneGAN: Learning Object Transfiguration and Attribute
    Subspace from Unpaired Data", 2017.
    """

    translates = ("truth", "x")

    def __init__(self, spec, generator, critics, **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        if spec.shapes.get("y") != tuple(spec.x_shape):
            raise ValueError(
                "A thing moves between pictures of one shape. "
                f"Received: {spec.x_shape} and {spec.shapes.get('y')}."
            )
        parts = {layer.name: layer for layer in self.generator.layers}
        if not {"splitter", "joiner"} <= set(parts) or "y" not in self.generator.input:
            raise ValueError(
                "The generator must declare 'y' and hold the models 'splitter' and "
                f"'joiner'. Received: {sorted(self.generator.input)}, with "
                f"{list(parts)}."
            )

    # --- things that move -------------------------------------------------------------

    def translate(self, source, condition=None, seed=0) -> tf.Tensor:
        """Take the thing off pictures of y, with averaged weights, if any.

        Args:
            source: pictures of y, (batch, *spec.shapes["y"]) in [0, 1].
            condition: is not read; other translators declare further tensors.
            seed: is not read: nothing is drawn.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        source = pictures_of(source, self.spec.shapes["y"])
        return self.sample(condition={"y": source}, seed=seed)

    def transfer(self, source, donor, strength=1.0) -> tf.Tensor:
        """Put the thing of other pictures on pictures, with averaged weights, if any.

        Args:
            source: pictures, (batch, *spec.x_shape) in [0, 1], whose own thing, if they
                have one, gives way.
            donor: pictures of y, likewise; one stands for all.
            strength: by which the thing is multiplied: 0 leaves none, and between 0 and
                1 it is less of one.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        source = pictures_of(source, self.spec.x_shape)
        donor = pictures_of(donor, self.spec.x_shape, "donor")
        given, _ = in_rows({"source": source, "donor": donor}, None)
        with self._averaged():
            background, _ = self._split(given["source"], training=False)
            _, thing = self._split(given["donor"], training=False)
            return self._joined(background, strength * thing, training=False)

    # --- training ---------------------------------------------------------------------

    def fake_batch(self, real, seed, training=False):
        """All that the two networks make of a batch."""
        both = tf.concat([real["x"], real["y"]], axis=0)
        backgrounds, things = self._split(both, training)
        (plain, owner), (nothing, thing) = tf.split(backgrounds, 2), tf.split(things, 2)
        zeros = tf.zeros_like(thing)
        made = self._joined(
            tf.concat([owner, plain, plain, owner], axis=0),
            tf.concat([zeros, thing, zeros, thing], axis=0),
            training,
        )
        names = ("x", "y", "x_again", "y_again")
        made = dict(zip(names, tf.split(made, len(names)), strict=True))
        return {**self.generator_inputs(real, seed), **made, "object": nothing}

    def _split(self, x, training):
        """The backgrounds and the things of pictures."""
        splitter = self.generator.get_layer("splitter")
        outputs = call_declared(splitter, {"x": x}, training)
        return outputs["background"], outputs["object"]

    def _joined(self, background, thing, training):
        """The pictures of backgrounds and things, (batch, *spec.x_shape)."""
        parts = {"background": background, "object": thing}
        joiner = self.generator.get_layer("joiner")
        x = call_declared(joiner, parts, training)["x"]
        return tf.reshape(self.to_sample(x), (-1, *self.spec.x_shape))
