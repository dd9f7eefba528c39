"""Models of sequences; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import CoupledLogisticMixtureHead
from keras_genmodels.models import GAN, AutoregressiveModel, Critic
from keras_genmodels.networks import recurrent
from keras_genmodels.networks.recurrent_density import recurrent_density
from keras_genmodels.objectives import AccuracyGate
from keras_genmodels.objectives.terms.feature_matching import FeatureMatching
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import SEQUENCES, needed_condition


@recipe("c_rnn_gan", kinds=SEQUENCES, learning_rate=2e-4, beta_1=0.5)
def c_rnn_gan(
    spec: DatasetSpec,
    matching: float = 1.0,
    most: float = 0.8,
    noise: int = 4,
    units: Sequence[int] = (128, 128),
    critic_units: Sequence[int] = (128, 128),
    conditional: bool = False,
    seed: int = 0,
) -> GAN:
    """Tunes by memories that are fed noise and hear their last note.

    The critic goes through a tune both ways, judges every note in its place, and waits
    while it wins.

    Args:
        spec: of a data set of sequences, such as `jsb_chorales`.
        matching: weight of the features that the generator matches, >= 0. Default 1.
        most: accuracy, in [0, 1], up to which the critic learns; 1 lets it always.
            Default 0.8.
        noise: numbers that each step is fed, >= 1. Default 4.
        units: of the generator's memories, each >= 1. Default (128, 128).
        critic_units: of the critic's, in either direction, each >= 1. Default (128,
            128).
        conditional: whether both are told the condition. Default False.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data that are no sequences, or for no condition where one is
            wanted.

    Reference: Mogren, "C-RNN-GAN: Continuous Recurrent Neural Networks with Adversarial
    Training", 2016. There, 350 units; whoever wins by far waits, and not the critic
    alone; features are matched in place of the game and not beside it; and the
    generator first learns to predict.
    """
    told = needed_condition(spec, "c_rnn_gan") if conditional else {}
    steps, _ = spec.x_shape
    x = {"x": spec.x_shape}
    generator = recurrent.generator({"latent": (steps * noise,), **told}, x, units)
    critic = recurrent.critic({**x, **told}, critic_units)
    return GAN(
        spec,
        generator,
        Critic(critic, AccuracyGate(most=most)),
        terms=[FeatureMatching(matching)] if matching else [],
        seed=seed,
    )


@recipe("mdn_rnn", kinds=SEQUENCES, learning_rate=1e-3)
def mdn_rnn(
    spec: DatasetSpec,
    num_components: int = 10,
    units: Sequence[int] = (128, 128),
    conditional: bool = False,
    seed: int = 0,
) -> AutoregressiveModel:
    """Tunes by likelihood: memories say how likely every note is after the others.

    What a game of sequences, such as `c_rnn_gan`, is held against. A note is drawn from
    a mixture, whose components say how its numbers go together.

    Args:
        spec: of a data set of sequences, such as `jsb_chorales`.
        num_components: of the mixture, >= 1. Default 10.
        units: of the memories, each >= 1. Default (128, 128).
        conditional: whether they are told the condition. Default False.
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for data that are no sequences, or for no condition where one is
            wanted.

    Reference: Graves, "Generating Sequences With Recurrent Neural Networks", 2013;
    mixtures of rounded logistics in place of normals, 256 levels of each number, so
    that a number that is always the same has no infinite density.
    """
    told = needed_condition(spec, "mdn_rnn") if conditional else {}
    head = CoupledLogisticMixtureHead(spec.x_shape, num_components)
    inputs = {"x": spec.x_shape, **told}
    network = recurrent_density(inputs, head.map_shape[-1], units)
    return AutoregressiveModel(spec, network, head, seed=seed)
