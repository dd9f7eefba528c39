"""The adversarial autoencoder whose encoder looks through its critic's eyes."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.models.encoder_gan import VAEGAN
from keras_genmodels.models.network_inputs import call_declared
from keras_genmodels.registry import register


@register("introspective_gan", family="model")
class IntrospectiveGAN(VAEGAN):
    """A `VAEGAN` whose encoder is a head on the features of the first critic.

    One network of convolutions serves two ends: it tells real pictures from others, and
    what it has learned to look at is what pictures are encoded by. Only the game moves
    it; the head moves with the generator.

    Args:
        spec: of the dataset.
        generator: as for `EncoderGAN`.
        encoder: network from "features" to the output "posterior".
        critics: as for `GAN`; the first one's network puts out "features", too.
        **kwargs: as for `ALI`.

    Raises:
        ValueError: as `ALI`, and for a first critic without features, or an encoder
            that declares anything else.

    Reference: Brock, Lim, Ritchie, Weston, "Neural Photo Editing with Introspective
    Adversarial Networks", 2017.
    """

    encoder_sees = ("features",)

    def __init__(self, spec, generator, encoder, critics, **kwargs):
        super().__init__(spec, generator, encoder, critics, **kwargs)
        declared, shown = self.encoder.input, self.critics[0].network.output
        if set(declared) != {"features"} or "features" not in shown:
            raise ValueError(
                "The encoder must declare 'features' alone, which the first critic "
                f"puts out. Received: an encoder of {sorted(declared)}, and a critic "
                f"with the outputs {sorted(shown)}."
            )

    def _posterior(self, tensors, training):
        with keras.StatelessScope():  # the critic's state stays as it is
            outputs = call_declared(self.critics[0].network, tensors, training)
        features = tf.stop_gradient(outputs["features"])
        return super()._posterior({**tensors, "features": features}, training)
