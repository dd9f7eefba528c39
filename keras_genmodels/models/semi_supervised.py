"""The adversarial network that is trained for the sake of its critic: a classifier."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.checks import check_inputs, check_size
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.network_inputs import examples
from keras_genmodels.registry import register


@register("semi_supervised_gan", family="model")
class SemiSupervisedGAN(GAN):
    """A GAN whose critic tells classes, learnt from few labels and many examples.

    An example without a label has a `condition` of zeros; `data.load(...,
    num_labels=100)` makes such batches. Terms, such as "supervised", weigh the labels.

    Args:
        spec: of the dataset, whose attributes are the classes.
        generator: as for `GAN`.
        critics: as for `GAN`; the first one, which must see "x" alone, has the output
            "classes", the logits of the classes, (batch, condition_size).
        **kwargs: as for `GAN`.

    Raises:
        ValueError: for what `GAN` refuses, data that do not have one attribute, or a
            critic without such an output or with other inputs.

    References: Salimans et al., "Improved Techniques for Training GANs", 2016;
    Springenberg, "Unsupervised and Semi-supervised Learning with Categorical Generative
    Adversarial Networks", 2016.
    """

    def __init__(self, spec, generator, critics, **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        if len(spec.attributes) != 1:
            raise ValueError(
                "A classifier needs a dataset with one attribute. Received: "
                f"{spec.name!r} with {[a.name for a in spec.attributes]}."
            )
        network = self.critics[0].network
        check_inputs(network, {"x": spec.x_shape})
        check_size(network, "classes", spec.condition_size)

    def classify(self, x) -> tf.Tensor:
        """The probability of every class, (batch, condition_size).

        Args:
            x: (batch, *spec.x_shape) in [0, 1].
        """
        return tf.nn.softmax(self.critics[0]({"x": examples(x)})["classes"])
