"""Adversarial networks of two domains that share what the domains have in common."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models.checks import check_sample
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import call_declared
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair

# Derivations that need no y of the data, and what earlier versions called them.
DOMAINS = ("contours", "negative")
EARLIER = {"edges": "contours"}


@register("coupled_gan", family="model")
class CoupledGAN(GAN):
    """One latent becomes a pair of images, one of each domain, that belong together.

    No pair is ever judged as one: each image is judged alone. Those of a pair belong
    together because the generators share their first layers, which decide what is to be
    seen, and the critics their last ones. Real images of the second domain are the
    tensor "y" of the data, which are not paired with x; data without it are paired
    with a function of x, computed on the fly.

    Args:
        spec: of the dataset, of images: the first domain, and "y" of the same shape.
        generator: from "latent" to "x" and "other", linear, (height, width, channels)
            each.
        critics: of pairs, (batch, 2, height, width, channels), first and second domain:
            a critic with the view `Named("pair")` whose "score" is (batch, 2, 1), of
            each image alone.
        domain: of data without "y", the second one, a derivation of x: "contours" or
            "negative". Default None: contours, where there is no "y".
        **kwargs: as for `GAN`.

    Raises:
        ValueError: for what `GAN` refuses, a generator without the output "other", a
            "y" of another shape than x, an unknown domain, or one beside "y".

    Reference: Liu & Tuzel, "Coupled Generative Adversarial Networks", 2016, whose
    domains are made of two halves of the data.
    """

    def __init__(self, spec, generator, critics, domain=None, **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        check_sample(generator, spec, "other")
        self.domain = EARLIER.get(domain, domain)
        if "y" in spec.shapes:
            _check_second(spec, domain)
            return
        if self.domain is None:
            self.domain = "contours"
        if self.domain not in DOMAINS:
            raise ValueError(
                f"`domain` must be one of {list(DOMAINS)}: any other is the tensor 'y' "
                "of the data, as `y='edges'` or `domains` of `data.load` give it. "
                f"Received: domain={domain!r}."
            )

    @property
    def batch_tensors(self):
        second = ("y",) if "y" in self.spec.shapes else ()
        return *super().batch_tensors, *second

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
        """The batch, and "pair": x beside a picture of the other domain."""
        tensors = super().unpack(batch)
        x = tensors["x"]
        if self.domain is None:
            second = tensors["y"]
        else:
            second = registry.lookup(self.domain, "derivation")(x, None)
        return {**tensors, "pair": tf.stack([x, second], axis=1)}

    def _generated(self, tensors, training):
        outputs = call_declared(self.generator, tensors, training)
        shape = (-1, *self.spec.x_shape)
        images = [tf.reshape(outputs[name], shape) for name in ("x", "other")]
        pair = tf.sigmoid(tf.stack(images, axis=1))
        return {"pair": pair, "x": pair[:, 0]}

    def get_config(self):
        return {**super().get_config(), "domain": self.domain}


def _check_second(spec, domain):
    """Refuse a second domain of another shape than x, and one that is said twice."""
    if spec.shapes["y"] != spec.x_shape:
        raise ValueError(
            "`y` must have the shape of `x`, so that both domains share layers. "
            f"Received: {spec.shapes['y']} and {spec.x_shape} of {spec.name!r}."
        )
    if domain is not None:
        raise ValueError(
            "`domain` must be None where the data have 'y'. "
            f"Received: domain={domain!r}."
        )
