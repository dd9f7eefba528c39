"""The adversarial network whose pictures are enlarged by an equation."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.checks import check_sample
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import in_rows
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("blending_gan", family="model")
class BlendingGAN(GAN):
    """A GAN that learns small, well-blended pictures, of which larger ones are made.

    Args:
        spec: of the dataset.
        generator: as for `GAN`, with a further output "low": what critics and terms see
            as its picture, of as many numbers as `spec.x_shape`, in [0, 1].
        critics: as for `GAN`.
        **kwargs: as for `GAN`.

    Raises:
        ValueError: for what `GAN` refuses, or a generator without such an output.

    Reference: Wu, Zheng, Zhang, Huang, "GP-GAN: Towards Realistic High-Resolution Image
    Blending", 2017.
    """

    def __init__(self, spec, generator, critics, **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        check_sample(self.generator, spec, "low", linear=False)

    def low_resolution(self, source, condition=None, seed=0) -> tf.Tensor:
        """The small pictures that the network alone makes of sources, pixels repeated.

        Args:
            source: as for `translate`.
            condition: as for `translate`.
            seed: as for `translate`.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).
        """
        given = condition if isinstance(condition, dict) else {"condition": condition}
        tensors, _ = in_rows({**given, "source": source}, None)
        with self._averaged():
            made = self._generated({**tensors, "seed": seed_pair(seed)}, training=False)
        return tf.reshape(made["low"], (-1, *self.spec.x_shape))
