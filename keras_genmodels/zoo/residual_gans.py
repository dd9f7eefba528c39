"""Adversarial networks of residual blocks, for photographs; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic
from keras_genmodels.models.augmentation import Augmented
from keras_genmodels.networks import residual, unnormalised
from keras_genmodels.objectives import AdversarialObjective
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_condition

FILTERS = (128, 128, 128)


@recipe("sn_resnet_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.0, beta_2=0.9)
def sn_resnet_gan(
    spec: DatasetSpec,
    objective: str | AdversarialObjective = "hinge",
    critic_steps: int = 5,
    latent_dim: int = 128,
    filters: Sequence[int] = FILTERS,
    attention: int = 0,
    augment: Sequence[str] = (),
    consistency: float = 0.0,
    seed: int = 0,
) -> GAN:
    """Residual networks, the critic's kernels divided by their spectral norms.

    Args:
        spec: of the data set, of images.
        objective: the game, by name, config or instance. Default "hinge".
        critic_steps: of the critic for each of the generator, >= 1. Default 5.
        latent_dim: numbers that the generator sees, >= 1. Default 128.
        filters: channels of the generator's doublings, each >= 1; the critic has them
            the other way round, and one block more. Default (128, 128, 128).
        attention: the side in pixels of the images, in both networks, that look at all
            of their places at once, >= 0; 0 for none. Default 0.
        augment: changes of what the critic sees, "colour", "translation" and "cutout",
            for data sets of few pictures. Default ().
        consistency: weight, >= 0, of the squared difference of the scores of a real
            picture and of the same picture changed, by `augment` or by all of these.
            Default 0: none.
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Miyato et al., "Spectral Normalization for Generative Adversarial
    Networks", 2018, whose networks for CIFAR-10 they are, the generator's with 256
    channels there; the five steps see the same real batch. `attention`: Zhang et al.,
    "Self-Attention Generative Adversarial Networks", 2019; `augment`: Zhao et al.,
    "Differentiable Augmentation for Data-Efficient GAN Training", 2020; `consistency`:
    Zhang et al., "Consistency Regularization for Generative Adversarial Networks",
    2020.
    """
    networks = _networks(spec, {}, latent_dim, filters, attention)
    style = augment, consistency
    return _game(spec, networks, objective, critic_steps, style, seed)


@recipe("projection_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.0, beta_2=0.9)
def projection_gan(
    spec: DatasetSpec,
    objective: str | AdversarialObjective = "hinge",
    critic_steps: int = 5,
    latent_dim: int = 128,
    filters: Sequence[int] = FILTERS,
    attention: int = 0,
    augment: Sequence[str] = (),
    consistency: float = 0.0,
    seed: int = 0,
) -> GAN:
    """The same with classes: they scale what is normalised, and are projected on.

    The generator's batch normalisation takes its scales from the condition. The
    critic's score is a linear one of its features, and an inner product of these with a
    linear map of the condition.

    Args:
        spec: of the data set, of images with attributes.
        objective: the game, by name, config or instance. Default "hinge".
        critic_steps: of the critic for each of the generator, >= 1. Default 5.
        latent_dim: numbers that the generator sees beside the condition, >= 1. Default
            128.
        filters: as for `sn_resnet_gan`. Default (128, 128, 128).
        attention: likewise, >= 0. Default 0.
        augment: likewise. Default ().
        consistency: likewise, >= 0. Default 0.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes.

    Reference: Miyato & Koyama, "cGANs with Projection Discriminator", 2018.
    """
    condition = needed_condition(spec, "projection_gan")
    networks = _networks(spec, condition, latent_dim, filters, attention)
    style = augment, consistency
    return _game(spec, networks, objective, critic_steps, style, seed)


@recipe("r3_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.0, beta_2=0.99)
def r3_gan(
    spec: DatasetSpec,
    penalty: float = 0.1,
    latent_dim: int = 64,
    filters: Sequence[int] = (64, 128, 256),
    blocks: int = 1,
    augment: Sequence[str] = (),
    consistency: float = 0.0,
    seed: int = 0,
) -> GAN:
    """Real pictures compared with made ones in pairs, and gradients held at both.

    Nothing else keeps the game in bounds: no normalisation, no spectral norm.

    Args:
        spec: of the data set, of images.
        penalty: weight of R1 and of R2, half the squared gradient norm at real and at
            generated pictures, >= 0. Default 0.1.
        latent_dim: numbers that the generator sees, >= 1. Default 64.
        filters: channels of the critic's sizes, each half of the one before; the
            generator mirrors them. Default (64, 128, 256).
        blocks: residual ones of each size, >= 0. Default 1.
        augment: as for `sn_resnet_gan`. Default ().
        consistency: likewise, >= 0. Default 0.
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Huang, Gokaslan, Kuleshov, Tompkin, "The GAN is dead; long live the GAN!
    A Modern Baseline GAN", 2024; smaller networks, constant weights, and pictures in
    [0, 1], where a gradient is twice what it is in [-1, 1].
    """
    generator = unnormalised.generator(
        {"latent": (latent_dim,)}, spec.x_shape, filters, blocks
    )
    critic = unnormalised.critic({"x": spec.x_shape}, filters, blocks)
    game = objectives.Relativistic(average=False)
    view, consistent = _changes(augment, consistency)
    penalties = [objectives.R1(penalty), objectives.R2(penalty), *consistent]
    critic = Critic(critic, game, penalties, view=view)
    return GAN(spec, generator, critic, seed=seed)


def _networks(spec, condition, latent_dim, filters, attention):
    """The residual generator and critic; both see the condition, if there is one."""
    generator = residual.generator(
        {"latent": (latent_dim,), **condition}, spec.x_shape, filters, attention
    )
    mirrored = (*filters[::-1], filters[0])
    seen = {"x": spec.x_shape, **condition}
    return generator, residual.critic(seen, mirrored, attention)


def _game(spec, networks, objective, critic_steps, changes, seed):
    generator, critic = networks
    view, penalties = _changes(*changes)
    critic = Critic(critic, objective, penalties, view=view)
    return GAN(spec, generator, critic, critic_steps=critic_steps, seed=seed)


def _changes(augment, consistency):
    """The view of the critic, if it has one, and what changes may cost it."""
    view = Augmented(augment) if augment else None
    if not consistency:
        return view, []
    return view, [objectives.Consistency(view or Augmented(), consistency)]
