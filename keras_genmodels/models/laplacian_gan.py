"""The adversarial networks of an image pyramid, a pair of players at each level."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import call_declared
from keras_genmodels.registry import register


@register("laplacian_gan", family="model")
class LaplacianGAN(GAN):
    """Generators that refine an image level by level, each with a critic of its own.

        x_k+1 = d(x_k)                        the real pyramid, x_0 = x, d halves
        G_k(z_k, x_k+1) = u(x_k+1) + h_k      u doubles, h_k is the difference image
        sample: x_K = G_K(z_K), then x_k = clip(G_k(z_k, x_k+1)) down to x_0

    Each generator is trained as a conditional GAN of its level, given the *real* image
    above; only samples go through all levels. d is the mean of 2x2 pixels. All
    generators are one player here and all critics the other, with an optimiser each: no
    weight is shared, so that is the same as to train every level by itself.

    Args:
        spec: of the dataset, of images.
        generator: from "latent" to "x" through all levels, whose layers "level_0" (the
            full image), "level_1", ... are networks from "latent" and "coarse" to "x";
            the last one is from "latent" alone. `networks.pyramid.generator` makes it.
            Its latent is those of the levels side by side, the full image's first.
        critics: one a level, the full image's first; those of the others have the
            views `Named("level_1")`, `Named("level_2")`, ...
        output: as for `GAN`; an image is a sum of levels, in pixels.
        **kwargs: as for `GAN`.

    Raises:
        ValueError: for what `GAN` refuses, or where a critic has no level.

    Reference: Denton et al., "Deep Generative Image Models using a Laplacian Pyramid of
    Adversarial Networks", 2015. As there, a critic is shown the sum of the doubled and
    the difference image.
    """

    def __init__(self, spec, generator, critics, output="clip", **kwargs):
        super().__init__(spec, generator, critics, output=output, **kwargs)
        found = {layer.name: layer for layer in generator.layers}
        names = [f"level_{k}" for k in range(len(self.critics))]
        if not set(names) <= set(found):
            raise ValueError(
                f"`generator` must have a layer for each of {len(names)} critics: "
                f"{names}. Received: {sorted(found)}."
            )
        self.levels = [found[name] for name in names]

    def unpack(self, batch):
        """The batch, and its image at every level below the first: "level_1", ..."""
        tensors = super().unpack(batch)
        image = tensors["x"]
        for k in range(1, len(self.levels)):
            image = tf.nn.avg_pool2d(image, 2, 2, "SAME")
            tensors[f"level_{k}"] = image
        return tensors

    def fake_batch(self, real, seed, training=False):
        """A fake image at every level, each made of the real one of the next."""
        tensors = self.generator_inputs(real, seed)
        sizes = [level.input["latent"].shape[-1] for level in self.levels]
        parts = tf.split(tensors["latent"], sizes, axis=-1)
        for k, (level, latent) in enumerate(zip(self.levels, parts, strict=True)):
            coarse = real.get(f"level_{k + 1}")
            inputs = {**tensors, "latent": latent, "coarse": coarse}
            image = call_declared(level, inputs, training)["x"]
            tensors["x" if k == 0 else f"level_{k}"] = image
        return tensors
