"""Adversarial networks of two domains that share what the domains have in common."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models.checks import check_sample
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import call_declared
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("edges", family="domain")
def edges(x: tf.Tensor) -> tf.Tensor:
    """The edges of pictures: the largest of 3x3 pixels less the one in the middle."""
    return tf.nn.max_pool2d(x, 3, 1, "SAME") - x


@register("negative", family="domain")
def negative(x: tf.Tensor) -> tf.Tensor:
    """The negatives of pictures: 1 - x."""
    return 1.0 - x


@register("coupled_gan", family="model")
class CoupledGAN(GAN):
    """One latent becomes a pair of images, one of each domain, that belong together.

    No pair is ever judged as one: each image is judged alone. Those of a pair belong
    together because the generators share their first layers, which decide what is to be
    seen, and the critics their last ones. The second domain is a fixed function of x,
    computed on the fly.

    Args:
        spec: of the dataset, of images: the first domain.
        generator: from "latent" to "x" and "other", linear, (height, width, channels)
            each.
        critics: of pairs, (batch, 2, height, width, channels), first and second domain:
            a critic with the view `Named("pair")` whose "score" is (batch, 2, 1), of
            each image alone.
        domain: the second one: "edges" or "negative".
        **kwargs: as for `GAN`.

    Raises:
        ValueError: for what `GAN` refuses, a generator without the output "other", or
            an unknown domain.

    Reference: Liu & Tuzel, "Coupled Generative Adversarial Networks", 2016. There the
    domains are made from two halves of the data, here from the same images.
    """

    def __init__(self, spec, generator, critics, domain="edges", **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        check_sample(generator, spec, "other")
        self.domain = domain
        self.translated = registry.lookup(domain, "domain")

    def sample_pairs(self, n, seed=0) -> tf.Tensor:
        """Pairs of images of the two domains; the first ones are those of `sample`.

        Args:
            n: how many.
            seed: an int or two ints; the same seed gives the same pairs.

        Returns:
            float32 in [0, 1], (n, 2, *spec.x_shape).
        """
        return self.generate_pairs(self.prior().sample(n, seed=seed_pair(seed)))

    def generate_pairs(self, z) -> tf.Tensor:
        """The pairs of latents, (batch, latent_dim), with averaged weights, if any."""
        with self._averaged():
            return self._generated({"latent": z}, training=False)["pair"]

    def unpack(self, batch):
        """The batch, and "pair": x beside its picture in the other domain."""
        tensors = super().unpack(batch)
        x = tensors["x"]
        return {**tensors, "pair": tf.stack([x, self.translated(x)], axis=1)}

    def _generated(self, tensors, training):
        outputs = call_declared(self.generator, tensors, training)
        shape = (-1, *self.spec.x_shape)
        images = [tf.reshape(outputs[name], shape) for name in ("x", "other")]
        pair = tf.sigmoid(tf.stack(images, axis=1))
        return {"pair": pair, "x": pair[:, 0]}

    def get_config(self):
        return {**super().get_config(), "domain": self.domain}
