"""Recipes of several adversarial networks that learn one after another."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from keras_genmodels import objectives, registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic, Ensemble
from keras_genmodels.models.earlier_members import Earlier, MixtureCritic, add_critic
from keras_genmodels.zoo.arguments import check_own
from keras_genmodels.zoo.gan_networks import FILTERS, UNITS, clipped, networks
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import NO_CLIPS


@recipe("ada_gan", learning_rate=2e-4, beta_1=0.5, decay_steps=0)
def ada_gan(
    spec: DatasetSpec,
    of: str = "gan",
    members: int = 5,
    epochs_a_stage: int = 20,
    rule: str = "star",
    options: dict | None = None,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> Ensemble:
    """A boosted mixture: each member learns what the mixture of those before lacks.

    Args:
        spec: of the data set.
        of: the recipe of a member, one of a `GAN`. Default "gan".
        members: of the mixture, >= 1. Default 5.
        epochs_a_stage: that each of them learns, >= 1. A training of members *
            epochs_a_stage epochs has them all; in a shorter one the last do not learn,
            and in a longer one the very last goes on. Default 20.
        rule: "star", the weights of the paper, or its rival "bagging", by which all
            rows are as likely. Default "star".
        options: arguments of the recipe `of`, by name. Default None: its own.
        filters: channels of the critic between data and mixture, each >= 1; for images.
            Default (64, 128, 256).
        units: its widths, each >= 1, mirrored, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Tolstikhin, Gelly, Bousquet, Simon-Gabriel, Schoelkopf, "AdaGAN: Boosting
    Generative Models", 2017; mixture weights are equal, the paper's heuristic. There
    the critic of data and mixture is trained before a member, and weighs all examples;
    here it learns with the member, and weighs those of each batch.
    """
    build = _member_recipe(of, options)
    found = [build(spec, seed=seed + number) for number in range(members)]
    for member in found[1:] if rule == "star" else ():
        _, critic = networks(spec, 1, filters, units, critic_normalisation=None)
        add_critic(member, MixtureCritic(critic))
    return Ensemble(spec, found, epochs_a_stage, rule, seed=seed)


@recipe(
    "go_gan", kinds=NO_CLIPS, optimizer="rmsprop", learning_rate=5e-5, decay_steps=0
)
def go_gan(
    spec: DatasetSpec,
    stages: int = 2,
    epochs_a_stage: int = 20,
    margin: float = 1.0,
    ranking: float = 1.0,
    clip: float = 0.01,
    critic_steps: int = 5,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> Ensemble:
    """The gang of GANs: a later stage is ranked above the generators of earlier ones.

    The first stage is a Wasserstein GAN whose critic wants no more than a margin. A
    later one goes on from its weights, and its critic keeps the generators of earlier
    stages as further examples, with wider margins. Samples are those of the last
    generator that has begun.

    Args:
        spec: of the data set.
        stages: of the training, >= 1. Default 2.
        epochs_a_stage: that each of them takes, >= 1; the last one goes on as long as
            the training does. Default 20.
        margin: by which real examples are to score higher than this stage's, > 0; k + 1
            times as much than those of k stages ago. Default 1.
        ranking: weight of earlier generators in the critic's loss, >= 0. Default 1.
        clip: the greatest absolute value of the critic's weights, > 0. Default 0.01.
        critic_steps: of the critic for each of the generator, >= 1. Default 5.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Juefei-Xu, Boddeti, Savvides, "Gang of GANs: Generative Adversarial
    Networks with Maximum Margin Ranking", 2017; clipped weights as for `wgan`, whose
    networks and optimiser it has. How far scores are apart depends on `clip`: where no
    pair keeps a margin, the first stage is that of `wgan`.
    """

    def member(stage: int) -> GAN:
        style = {"critic_normalisation": None, **clipped(clip)}
        generator, critic = networks(spec, latent_dim, filters, units, **style)
        earlier = [Earlier(age) for age in range(1, stage + 1)]
        objective = objectives.MarginRanking(margin, ranking)
        critics = Critic(critic, objective, negatives=earlier)
        return GAN(
            spec, generator, critics, critic_steps=critic_steps, seed=seed + stage
        )

    members = [member(stage) for stage in range(stages)]
    options = {"mixture": "last", "continued": True, "seed": seed}
    return Ensemble(spec, members, epochs_a_stage, **options)


def _member_recipe(name: str, options: dict[str, Any] | None) -> Any:
    """Look up a recipe and fix its arguments, which are held against what it takes."""
    check_own(name, options or {})
    return functools.partial(registry.lookup(name, "recipe"), **(options or {}))
