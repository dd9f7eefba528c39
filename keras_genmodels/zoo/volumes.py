"""Adversarial networks of volumes; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic
from keras_genmodels.networks import volumes
from keras_genmodels.objectives import AccuracyGate
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import VOLUMES


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
