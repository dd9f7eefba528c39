"""The adversarial network whose encoder learns, beside the game, to invert it."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.checks import check_size
from keras_genmodels.models.encoder_gan import EncoderGAN
from keras_genmodels.models.gradients import still
from keras_genmodels.models.input_methods import needs_input
from keras_genmodels.models.network_inputs import (
    call_declared,
    condition_tensor,
    examples,
)
from keras_genmodels.registry import register


@register("editing_gan", family="model")
class EditingGAN(EncoderGAN):
    """A generator, critics, and an encoder that learns from what the generator makes.

    The encoder has no part in the game: what it is shown of generated examples stands
    still, and no gradient of its own terms reaches the generator. To the fake batch of
    a step the model adds, for terms to read,

        "found"    E(G(z)), the latent that the encoder finds, (batch, latent_dim)
        "again"    G(E(G(z))), by a generator that stands still, if a term reads it
        "classes"  logits of the real example's attributes, for a conditional generator

    Args:
        spec: of the dataset.
        generator: as for `EncoderGAN`.
        encoder: network from "x" to "latent", (batch, latent_dim), and for a generator
            that declares "condition" to "classes", (batch, condition_size), too.
        critics: as for `GAN`.
        terms: at least one, which the encoder learns from: "latent_distance",
            "self_reconstruction", ...
        **kwargs: as for `GAN`.

    Raises:
        ValueError: as `EncoderGAN`, and for an encoder without a latent, or without
            classes where the generator is conditional.

    Reference: Perarnau et al., "Invertible Conditional GANs for Image Editing", 2016,
    and Luo et al., "Learning Inverse Mapping by Autoencoder based Generative
    Adversarial Nets", 2017, whose encoders are trained after the game.
    """

    def __init__(self, spec, generator, encoder, critics, **kwargs):
        super().__init__(spec, generator, encoder, critics, **kwargs)
        check_size(self.encoder, "latent", self.latent_dim)
        self.is_conditional = "condition" in self.generator.input
        if self.is_conditional:
            check_size(self.encoder, "classes", spec.condition_size)

    def encode(self, x, condition=None):
        """The latents that make examples, (batch, latent_dim)."""
        return self._read(x)["latent"]

    def represent(self, x) -> tf.Tensor:
        """`encode`, by the name that every model of codes has."""
        return self.encode(x)

    @needs_input("condition")
    def edit(self, x, condition, seed=0) -> tf.Tensor:
        """The same pictures with other attributes.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].
            condition: (batch, condition_size), what they are to show; one row stands
                for all. An attribute whose columns are all 0 stays as the encoder reads
                it.
            seed: is not read: nothing is drawn.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        read = self._read(x)
        asked = tf.cast(condition_tensor(condition), tf.float32)
        seen, parts = self._classes(read), []
        for a in self.spec.attributes:
            wanted = asked[:, a.start : a.stop]
            stays = tf.reduce_all(wanted == 0, axis=1, keepdims=True)
            parts.append(tf.where(stays, seen[:, a.start : a.stop], wanted))
        z = self.latents_to_edit(examples(x), read["latent"], seen)
        return self.decode(z, tf.concat(parts, axis=1))

    def latents_to_edit(self, x, found, seen) -> tf.Tensor:
        """The latents that an edit begins with, (batch, latent_dim).

        Args:
            x: the pictures.
            found: the latents that the encoder finds.
            seen: (batch, condition_size), the classes that it reads.
        """
        return found

    def _read(self, x):
        with self._averaged():
            return call_declared(self.encoder, {"x": examples(x)})

    def _classes(self, read):
        """The classes that the encoder finds the likeliest, (batch, condition_size)."""
        logits = read["classes"]
        parts = [
            tf.one_hot(tf.argmax(logits[:, a.start : a.stop], axis=1), len(a.classes))
            for a in self.spec.attributes
        ]
        return tf.concat(parts, axis=1)

    def encoded(self, real, seed, training):
        outputs = call_declared(self.encoder, real, training)
        kept = {"classes": outputs["classes"]} if self.is_conditional else {}
        return {"code": outputs["latent"], **kept}

    def fake_batch(self, real, seed, training=False):
        fake = super().fake_batch(real, seed, training)
        shown = {**fake, "x": tf.stop_gradient(fake["x"])}
        found = call_declared(self.encoder, shown, training)["latent"]
        fake["found"] = found
        if all(getattr(term, "key", None) != "again" for term in self.added_terms):
            return fake
        with still(self.generator):
            again = self._generated({**fake, "latent": found}, training=False)["x"]
        return {**fake, "again": again}
