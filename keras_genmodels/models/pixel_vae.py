"""The PixelVAE: a VAE whose decoder also sees the pixels before each one."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.network_inputs import call_declared, named_condition
from keras_genmodels.models.pixel_drawing import LAYER, check_layer, drawn, of_a_pixel
from keras_genmodels.models.vae import VAE
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("pixel_vae", family="model")
class PixelVAE(VAE):
    """A latent for a picture as a whole, and a PixelCNN for its details.

        p(x|z) = product over pixels i of p(x_i | x_1, ..., x_(i-1), z)

    A decoder that sees all pixels before one needs no latent: the KL falls to 0. Free
    bits, or a decoder that sees a few pixels only, keep the latent in use. Pictures are
    drawn pixel by pixel, `decode`'s, too.

    Args:
        spec: of a data set of images.
        encoder: as for `VAE`.
        decoder: network from "x" and "latent" to the output "likelihood", as
            `networks.autoregressive.given_latent` builds it.
        **kwargs: as for `VAE`.

    Raises:
        ValueError: as `VAE`, and for a decoder without the layers "spread" and
            "autoregressive", or a likelihood that ties pixels together.

    Reference: Gulrajani et al., "PixelVAE: A Latent Variable Model for Natural Images",
    2017.
    """

    def __init__(self, spec, encoder, decoder, *args, **kwargs):
        super().__init__(spec, encoder, decoder, *args, **kwargs)
        for name in ("spread", LAYER):
            check_layer(self.decoder, name)
        self._pixel_head = of_a_pixel(self.likelihood_head)

    def decode(self, z, condition=None, seed=0) -> tf.Tensor:
        """Draw pictures of latents, (batch, *spec.x_shape), in [0, 1].

        Args:
            z: (batch, latent_dim).
            condition: ignored, as the decoder declares none.
            seed: an int or two ints; the same seed gives the same pictures.
        """
        return self._drawn(tf.convert_to_tensor(z), seed_pair(seed))

    @tf.function(reduce_retracing=True, autograph=False)
    def _drawn(self, z, seed):
        told = call_declared(self.decoder.get_layer("spread"), {"latent": z})
        pixels = drawn(self._pixel_head, self.spec.x_shape, seed)
        layer = self.decoder.get_layer(LAYER)
        return layer.generate(told, tf.shape(z)[0], pixels)

    def sample_rows(self, n, tensors, seed):
        own = tf.random.experimental.stateless_fold_in(seed, 1)
        return self.decode(self.draw_latents(n, tensors, seed), seed=own)

    def call(self, batch, training=False):
        """The bound of a batch of named tensors, (batch,) nats."""
        batch = self.unpack(batch)
        return self.elbo(batch["x"], named_condition(batch))
