"""Adversarial networks that translate sentences; a paper each."""

from __future__ import annotations

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic, SequenceGAN
from keras_genmodels.networks import sequence_translation
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import TOKENS, needed_tensors


@recipe("cs_gan", kinds=TOKENS, learning_rate=3e-3)
def cs_gan(
    spec: DatasetSpec,
    adversarial: float = 20.0,
    critic_share: float = 0.7,
    teacher_forcing: float = 0.3,
    likelihood_epochs: int = 20,
    critic_epochs: int = 2,
    num_rollouts: int = 2,
    word_size: int = 32,
    units: int = 64,
    dropout: float = 0.1,
    filters: int = 32,
    seed: int = 0,
) -> SequenceGAN:
    """Translations of sentences, rewarded by a critic and by BLEU.

    Args:
        spec: of a data set of sentences and their translations, such as `phrases`.
        adversarial: weight of the reward in the game, >= 0; 0 is the ablation, maximum
            likelihood for as long. Default 20.
        critic_share: how much of the reward is the critic's, in [0, 1]; the rest is the
            BLEU of the sentence. Default 0.7.
        teacher_forcing: weight of the likelihood in the game, >= 0. Default 0.3.
        likelihood_epochs: of maximum likelihood before the game, >= 0. Default 20.
        critic_epochs: the last ones of these, in which the critic learns, >= 0. Default
            2.
        num_rollouts: times that each beginning of a sentence is finished at random, to
            see what it is worth, >= 1. Default 2.
        word_size: numbers that stand for a word, >= 1. Default 32.
        units: of the memories, even, >= 2. Default 64.
        dropout: share of numbers that a step leaves out, in [0, 1). Default 0.1.
        filters: of the critic, of each of its three widths, >= 1. Default 32.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data that are no sentences, or have no "source".

    Reference: Yang et al., "Improving Neural Machine Translation with Conditional
    Sequence Generative Adversarial Nets", 2018. Here the networks are small, the
    baseline of the rewards is no constant but what the words before were worth, and of
    a translation every word is the likeliest, without a search.
    """
    source = needed_tensors(spec, "cs_gan", "source")
    words = {"x": len(spec.words), "source": len(spec.tensor("source").words)}
    size = {"word_size": word_size, "units": units, "dropout": dropout}
    encoder = sequence_translation.encoder(source, words["source"], **size)
    read = {**source, "memory": tuple(encoder.output["memory"].shape[1:])}
    decoder = sequence_translation.decoder(read, words["x"], **size)
    critic = sequence_translation.critic(
        {**source, "x": spec.x_shape}, words, filters, word_size=word_size, units=units
    )
    return SequenceGAN(
        spec,
        encoder,
        decoder,
        Critic(critic),
        likelihood_epochs,
        critic_epochs,
        adversarial,
        teacher_forcing,
        critic_share,
        num_rollouts,
        seed=seed,
    )
