"""Adversarial networks of volumes; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import NormalHead
from keras_genmodels.models import GAN, VAEGAN, Critic
from keras_genmodels.networks import convolutional, volumes
from keras_genmodels.objectives import AccuracyGate
from keras_genmodels.objectives.terms.reconstruction import KLTerm, Reconstruction
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import VOLUMES, needed_tensors


@recipe(
    "gan3d",
    kinds=VOLUMES,
    learning_rate=2e-4,
    generator_learning_rate=1e-3,
    beta_1=0.5,
)
def gan3d(
    spec: DatasetSpec,
    most: float = 0.8,
    latent_dim: int = 64,
    filters: Sequence[int] = (16, 32, 64),
    seed: int = 0,
) -> GAN:
    """Volumes of voxels, by a critic that waits for a generator that it beats.

    Args:
        spec: of a data set of volumes.
        most: accuracy, in [0, 1], up to which the critic learns; 1 lets it always.
            Default 0.8.
        latent_dim: numbers that the generator sees, >= 1. Default 64.
        filters: channels of the critic's convolutions, each >= 1; the generator mirrors
            them. Default (16, 32, 64).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data that are no volumes, or whose sides cannot be halved once
            for each of `filters`.

    Reference: Wu et al., "Learning a Probabilistic Latent Space of Object Shapes via 3D
    Generative-Adversarial Modeling", 2016, with volumes of half the side, a quarter of
    the channels and less, and rates of 5 to 1, there 250 to 1.
    """
    x = {"x": spec.x_shape}
    generator = volumes.decoder(
        {"latent": (latent_dim,)}, x, filters[::-1], name="generator"
    )
    critic = volumes.encoder(x, {"score": 1}, filters, features=True, name="critic")
    return GAN(spec, generator, Critic(critic, AccuracyGate(most=most)), seed=seed)


@recipe(
    "vae_gan3d",
    kinds=VOLUMES,
    learning_rate=2e-4,
    generator_learning_rate=1e-3,
    beta_1=0.5,
)
def vae_gan3d(
    spec: DatasetSpec,
    kl: float = 1e-3,
    reconstruction: float = 20.0,
    adversarial: float = 1.0,
    most: float = 0.8,
    latent_dim: int = 64,
    filters: Sequence[int] = (16, 32, 64),
    encoder_filters: Sequence[int] = (32, 64, 128),
    seed: int = 0,
) -> VAEGAN:
    """A volume is found from one picture of it, by an encoder of pictures.

    Args:
        spec: of a data set of volumes whose batches have "source", a picture of each,
            as `source="view"` of `chair_voxels` gives it.
        kl: weight of the divergence of latents from the prior, in nats, >= 0. Default
            0.001.
        reconstruction: weight of the squared error of a voxel, the mean, >= 0. Default
            20.
        adversarial: weight of the critic, >= 0. Default 1.
        most: as for `gan3d`. Default 0.8.
        latent_dim: numbers that the generator sees and the encoder finds, >= 1. Default
            64.
        filters: as for `gan3d`. Default (16, 32, 64).
        encoder_filters: channels of the encoder's convolutions, each >= 1. Default (32,
            64, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: as `gan3d`, and for data without "source".

    Reference: Wu et al., "Learning a Probabilistic Latent Space of Object Shapes via 3D
    Generative-Adversarial Modeling", 2016, its 3D-VAE-GAN. Weights are those of means
    here; encoder and generator take one step together.
    """
    x, source = {"x": spec.x_shape}, needed_tensors(spec, "vae_gan3d", "source")
    generator = volumes.decoder(
        {"latent": (latent_dim,)}, x, filters[::-1], name="generator"
    )
    critic = volumes.encoder(x, {"score": 1}, filters, features=True, name="critic")
    found = {"posterior": NormalHead((latent_dim,)).params_size}
    return VAEGAN(
        spec,
        generator,
        _encoder_of_pictures(source, found, encoder_filters),
        Critic(critic, AccuracyGate(most=most), weight=adversarial),
        terms=[KLTerm(kl), Reconstruction(reconstruction, "rebuilt", power=2)],
        seed=seed,
    )


def _encoder_of_pictures(source, outputs, filters):
    """An encoder of the picture "source", which convolutions know as "x"."""
    seen = keras.Input(source["source"], name="source")
    style = {"activation": "leaky_relu", "normalisation": "batch", "centre": True}
    inner = convolutional.encoder(
        {"x": source["source"]}, outputs, filters, name="pictures", **style
    )
    return keras.Model({"source": seen}, inner({"x": seen}), name="encoder")
