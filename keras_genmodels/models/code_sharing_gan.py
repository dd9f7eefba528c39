"""The adversarial network whose generator decodes what the critic has encoded, too."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import (
    call_declared,
    named_condition,
    named_examples,
)
from keras_genmodels.registry import register


@register("code_sharing_gan", family="model")
class CodeSharingGAN(GAN):
    """A GAN of an encoder, the critic but for its last layer, and a decoder.

    The generator's first half makes a code of the latent, and the second one, its layer
    "decoder", a picture of the code. The critic's features are codes of that size: to
    the fake batch of a step it adds, for terms to look at,

        "rebuilt"  the decoder's picture of the critic's features of the real example

    No gradient reaches the critic by it, and the decoder's batch statistics are those
    of generated codes alone.

    Args:
        spec: of the dataset.
        generator: as for `GAN`; a layer of it is a functional network named "decoder",
            from the input "features" to the output "x".
        critics: as for `GAN`; the first one's network puts out "features", too.
        **kwargs: as for `GAN`.

    Raises:
        ValueError: as `GAN`; for a generator without such a layer, or a critic without
            features of its size.

    Reference: Tan, Chan, Aguirre, Tanaka, "ArtGAN: Artwork Synthesis with Conditional
    Categorical GANs", 2017.
    """

    reconstructs_by = ("encoder",)  # the networks whose inputs `reconstruct` is given

    def __init__(self, spec, generator, critics, **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        layers = {layer.name: layer for layer in self.generator.layers}
        taken = getattr(layers.get("decoder"), "input", {})
        given = self.critics[0].network.output
        shapes = [t["features"].shape for t in (taken, given) if "features" in t]
        if len(shapes) < 2 or shapes[0][1:] != shapes[1][1:]:
            raise ValueError(
                "The generator must have a layer 'decoder' that sees 'features', and "
                "the first critic an output 'features' of the same shape. Received: a "
                f"generator with the layers {sorted(layers)}, and a critic with the "
                f"outputs {sorted(given)}; shapes: {[tuple(s[1:]) for s in shapes]}."
            )

    @property
    def encoder(self):
        """The network of the first critic, whose features are codes."""
        return self.critics[0].network

    def reconstruct(self, x, condition=None) -> tf.Tensor:
        """The decoder's pictures of the critic's features of examples.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].
            condition: (batch, condition_size) or a dict of named tensors, if the critic
                declares any.

        Returns:
            (batch, *spec.x_shape), in [0, 1].
        """
        tensors = {**named_condition(condition), **named_examples(x)}
        with self._averaged():
            return self._rebuilt(tensors, training=False)

    def fake_batch(self, real, seed, training=False):
        """A generated batch, and beside it the real one, "rebuilt"."""
        fake = super().fake_batch(real, seed, training)
        with keras.StatelessScope():  # the networks' state stays as it is
            return {**fake, "rebuilt": self._rebuilt(real, training)}

    def _rebuilt(self, tensors, training):
        seen = call_declared(self.encoder, tensors, training)
        decoder = self.generator.get_layer("decoder")
        code = {"features": tf.stop_gradient(seen["features"])}
        x = self.to_sample(call_declared(decoder, code, training)["x"])
        return tf.reshape(x, (-1, *self.spec.x_shape))
