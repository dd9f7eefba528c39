"""The game whose critic ranks examples by margins, earlier generators' last."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.adversarial import AdversarialObjective, per_example
from keras_genmodels.registry import register


@register("margin_ranking", family="adversarial")
class MarginRanking(AdversarialObjective):
    """Real examples are to score higher than generated ones by a margin.

        critic:     [score(G) + e - score(x)]_+
                    + ranking * sum over k of [score(G_k) + (k + 1) e - score(x)]_+
        generator:  -score(G)

    G_1, G_2, ... are the critic's `negatives`: the generator of one stage ago, of two,
    ... The older it is, the wider its margin, so that score(x) > score(G) > score(G_1)
    > ... A pair that keeps its margin costs nothing; where none does, the game is that
    of Wasserstein. As there, something else must bound the critic's gradient.

    Row i of the real batch is paired with row i of the generated ones; of patches, each
    with that of its place.

    Args:
        margin: e, > 0. Default 1.
        ranking: weight of the negatives, >= 0. Default 1.

    Raises:
        ValueError: for a number out of its range.

    Reference: Juefei-Xu, Boddeti, Savvides, "Gang of GANs: Generative Adversarial
    Networks with Maximum Margin Ranking", 2017, who have two stages; more of them
    continue the series of margins here.

    Example:
        >>> x, fake, old = tf.constant([1.0]), tf.constant([0.5]), tf.constant([-0.5])
        >>> MarginRanking().critic_loss(x, fake, old).numpy()
        array([1.], dtype=float32)
    """

    tells_negatives = True

    def __init__(self, margin=1.0, ranking=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = float(number("margin", margin, above=0))
        self.ranking = float(number("ranking", ranking, least=0))

    def critic_loss(self, real_scores, *fake_scores):
        """The loss of the critic, (batch,).

        Args:
            real_scores: of real examples.
            *fake_scores: of generated ones, then of every kind of negatives.
        """
        costs = [
            per_example(tf.nn.relu(scores + age * self.margin - real_scores))
            for age, scores in enumerate(fake_scores, 1)
        ]
        return costs[0] + self.ranking * sum(costs[1:])

    def generator_cost(self, scores):
        return -scores

    def get_config(self):
        own = {"margin": self.margin, "ranking": self.ranking}
        return {**super().get_config(), **own}
