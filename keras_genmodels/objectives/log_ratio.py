"""The game whose generator minimises a divergence from the critic's estimate of it."""

from __future__ import annotations

from keras_genmodels.objectives.adversarial import Logistic
from keras_genmodels.registry import register


@register("log_ratio", family="adversarial")
class LogRatio(Logistic):
    """The generator minimises KL(q || p), which a logistic critic estimates.

        critic:     -log D(x) - log(1 - D(G(z)))
        generator:  log(1 - D(G(z))) - log D(G(z)) = -score(G(z))

    The best critic's score is log p(x) / q(x), whose negative mean over q is KL(q || p)
    of the generator's distribution q from that of the data, p: it looks for likely
    examples, and leaves out what it cannot make. The estimate is of use where both have
    a density; noise on both, as the view `Noisy` adds it, sees to that.

    Args:
        label_smoothing: s in [0, 1); real examples are labelled 1 - s. Default 0.

    Reference: Sonderby et al., "Amortised MAP Inference for Image Super-resolution",
    2017.

    Example:
        >>> import tensorflow as tf
        >>> LogRatio().generator_loss(tf.constant([[2.0]])).numpy().tolist()
        [-2.0]
    """

    def generator_cost(self, scores):
        return -scores
