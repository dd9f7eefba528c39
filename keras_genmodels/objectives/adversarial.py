"""The losses of critic and generator, from scores: per example, in nats.

A score is unbounded and larger for what looks more real; only an objective squashes it.
`sigmoid(score)` is the D(x) of the papers, the critic's probability that x is real.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.checks import share
from keras_genmodels.registry import register

softplus = tf.math.softplus  # -log sigmoid(-score)


def per_example(values: tf.Tensor) -> tf.Tensor:
    """The mean over everything but the batch: (n,), (n, 1) or (n, h, w, 1) to (n,)."""
    return tf.reduce_mean(values, axis=list(range(1, values.shape.rank)))


class AdversarialObjective(keras.layers.Layer):
    """The losses that critic and generator minimise, given the critic's scores.

    A subclass gives the cost of one real and one fake score to the critic, and that of
    a fake one to the generator, element by element. An encoder, which is to make the
    critic call real pairs of an example and a latent fake, has the generator's cost
    with the labels exchanged, unless the subclass gives another. Scores of patches are
    averaged over an example, so that a critic of patches has the same loss. It is a
    layer because some objectives have a state, which is saved with the model.

    A subclass whose generator's loss depends on the real scores, too, sets
    `generator_sees_real` and overrides `generator_loss`.

    Shapes: scores are (batch,), (batch, 1) or, of patches, (batch, height, width, 1);
    losses are (batch,), of the same number of real and fake examples.
    """

    measure_names: tuple[str, ...] = ()
    least_scores = 1  # numbers on the last axis of the critic's output
    generator_sees_real = False  # whether `generator_loss` needs the real scores
    tells_negatives = False  # whether its loss tells kinds of generated ones apart
    scales_rates = False  # whether `rate_factor` changes the players' learning rates

    def __init__(self, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.built = True

    def real_cost(self, scores):
        """The critic's cost of scores of real examples, element by element."""
        raise NotImplementedError

    def fake_cost(self, scores):
        """The critic's cost of scores of generated examples."""
        raise NotImplementedError

    def generator_cost(self, scores):
        """The generator's cost of scores of its examples."""
        raise NotImplementedError

    def encoder_cost(self, scores):
        """An encoder's cost of scores of the real pairs that it is part of."""
        return self.generator_cost(-scores)

    def critic_loss(self, real_scores, fake_scores) -> tf.Tensor:
        """The loss of the critic, (batch,)."""
        real = per_example(self.real_cost(real_scores))
        return real + per_example(self.fake_cost(fake_scores))

    def generator_loss(self, fake_scores, real_scores=None) -> tf.Tensor:
        """The loss of the generator, (batch,).

        Args:
            fake_scores: of generated examples.
            real_scores: of real ones, if `generator_sees_real`.
        """
        return per_example(self.generator_cost(fake_scores))

    def encoder_loss(self, real_scores) -> tf.Tensor:
        """The loss of an encoder, (batch,)."""
        return per_example(self.encoder_cost(real_scores))

    def update(self, real_scores, fake_scores):
        """Move the objective's own state after a critic's step; most have none."""
        pass  # AutoGraph cannot read a function that is a docstring alone

    def rate_factor(self) -> tf.Tensor:
        """Take the factor of both learning rates, if `scales_rates`.

        It is that of all updates since it was last taken.
        """
        raise NotImplementedError

    def measures(self, real_scores, fake_scores) -> dict[str, tf.Tensor]:
        """The values that become metrics, `measure_names`, (batch,) each."""
        return {}


@register("logistic", family="adversarial")
class Logistic(AdversarialObjective):
    """A critic trained by cross entropy; what the generator wants is left to terms.

        critic:     -log D(x) - log(1 - D(G(z)))
        generator:  0

    Args:
        label_smoothing: s in [0, 1); real examples are labelled 1 - s. One-sided: fake
            ones stay 0.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016, where the
    generator matches features of the critic instead.
    """

    def __init__(self, label_smoothing=0.0, **kwargs):
        super().__init__(**kwargs)
        self.label_smoothing = share("label_smoothing", label_smoothing)

    def real_cost(self, scores):
        return softplus(-scores) + self.label_smoothing * scores

    def fake_cost(self, scores):
        return softplus(scores)

    def generator_cost(self, scores):
        return tf.zeros_like(scores)

    def get_config(self):
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


@register("minimax", family="adversarial")
class Minimax(Logistic):
    """The zero-sum game: the generator minimises what the critic maximises.

        critic:     -log D(x) - log(1 - D(G(z)))
        generator:  log(1 - D(G(z)))

    The generator's gradient vanishes where the critic is sure of itself, at
    D(G(z)) near 0: the game saturates.

    Args:
        label_smoothing: s in [0, 1); real examples are labelled 1 - s. One-sided: fake
            ones stay 0.

    Reference: Goodfellow et al., "Generative Adversarial Nets", 2014; label smoothing:
    Salimans et al., "Improved Techniques for Training GANs", 2016.

    Example:
        >>> Minimax().generator_loss(tf.zeros((2, 1))).numpy().round(2)
        array([-0.69, -0.69], dtype=float32)
    """

    def generator_cost(self, scores):
        return -softplus(scores)


@register("non_saturating", family="adversarial")
class NonSaturating(Logistic):
    """The generator raises the log-probability of being taken for real.

        critic:     -log D(x) - log(1 - D(G(z)))
        generator:  -log D(G(z))

    The same fixed point as `minimax`, and a gradient where the generator is bad.

    Args:
        label_smoothing: s in [0, 1); real examples are labelled 1 - s. One-sided: fake
            ones stay 0.

    Reference: Goodfellow et al., "Generative Adversarial Nets", 2014, section 3; label
    smoothing: Salimans et al., "Improved Techniques for Training GANs", 2016.

    Example:
        >>> NonSaturating().generator_loss(tf.zeros((2, 1))).numpy().round(2)
        array([0.69, 0.69], dtype=float32)
    """

    def generator_cost(self, scores):
        return softplus(-scores)


@register("least_squares", family="adversarial")
class LeastSquares(AdversarialObjective):
    """Scores are regressed on labels: an example far on the right side still counts.

        critic:     (score(x) - b)**2 / 2 + (score(G(z)) - a)**2 / 2
        generator:  (score(G(z)) - c)**2 / 2

    Args:
        fake_label: a, a number. Default 0.
        real_label: b. Default 1; 0.9 is one-sided label smoothing.
        target: c, what the generator wants its examples to score. Default 1.

    Reference: Mao et al., "Least Squares Generative Adversarial Networks", 2017.
    """

    def __init__(self, fake_label=0.0, real_label=1.0, target=1.0, **kwargs):
        super().__init__(**kwargs)
        self.fake_label = float(fake_label)
        self.real_label = float(real_label)
        self.target = float(target)

    def real_cost(self, scores):
        return tf.square(scores - self.real_label) / 2

    def fake_cost(self, scores):
        return tf.square(scores - self.fake_label) / 2

    def generator_cost(self, scores):
        return tf.square(scores - self.target) / 2

    def encoder_cost(self, scores):
        return self.generator_cost(self.fake_label + self.real_label - scores)

    def get_config(self):
        own = {"fake_label": self.fake_label, "real_label": self.real_label}
        return {**super().get_config(), **own, "target": self.target}


@register("wasserstein", family="adversarial")
class Wasserstein(AdversarialObjective):
    """The dual of the earth mover's distance, for a critic of bounded gradient.

        critic:     score(G(z)) - score(x)
        generator:  -score(G(z))

    Something else must bound it: clipped weights, a gradient penalty or spectral
    normalisation. The negative critic's loss then estimates the distance.

    Reference: Arjovsky, Chintala, Bottou, "Wasserstein Generative Adversarial
    Networks", 2017.
    """

    def real_cost(self, scores):
        return -scores

    def fake_cost(self, scores):
        return scores

    def generator_cost(self, scores):
        return -scores


@register("hinge", family="adversarial")
class Hinge(AdversarialObjective):
    """The critic is a support vector machine with a margin of 1 on either side.

        critic:     max(0, 1 - score(x)) + max(0, 1 + score(G(z)))
        generator:  -score(G(z))

    Reference: Lim & Ye, "Geometric GAN", 2017. The norm of the last layer, part of a
    support vector machine's objective, is left to a regulariser of the network.
    """

    def real_cost(self, scores):
        return tf.nn.relu(1 - scores)

    def fake_cost(self, scores):
        return tf.nn.relu(1 + scores)

    def generator_cost(self, scores):
        return -scores


@register("boundary_seeking", family="adversarial")
class BoundarySeeking(Logistic):
    """The generator seeks the critic's decision boundary, D(G(z)) = 1/2.

        critic:     -log D(x) - log(1 - D(G(z)))
        generator:  (log D(G(z)) - log(1 - D(G(z))))**2 / 2 = score(G(z))**2 / 2

    Args:
        label_smoothing: s in [0, 1); real examples are labelled 1 - s.

    Reference: Hjelm et al., "Boundary-Seeking Generative Adversarial Networks", 2018;
    this is their objective for continuous data.
    """

    def generator_cost(self, scores):
        return tf.square(scores) / 2
