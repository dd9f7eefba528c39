"""Adversarial networks from pictures to pictures; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic
from keras_genmodels.models.views import Mismatched
from keras_genmodels.networks import translation
from keras_genmodels.objectives.terms.reconstruction import Reconstruction
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_tensors


@recipe("pix2pix", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def pix2pix(
    spec: DatasetSpec,
    reconstruction: float = 100.0,
    adversarial: float = 1.0,
    field: int = 16,
    dropout: float = 0.5,
    dropout_blocks: int = 1,
    normalisation: str = "batch",
    filters: Sequence[int] = (32, 64, 128, 128),
    critic_filters: Sequence[int] = (32, 64, 128, 128),
    seed: int = 0,
) -> GAN:
    """A picture becomes another; critics of patches judge the pair, and L1 the rest.

    Without the critic the network paints the mean of what might be, with grey colours
    and soft edges; without L1 it heeds the source less.

    Args:
        spec: of a data set whose batches have "source", as `source="edges"` gives it.
        reconstruction: weight of |x - G|, the mean over the picture, >= 0. Default 100.
        adversarial: weight of the critic, >= 0; 0 trains by L1 alone. Default 1.
        field: edge, in pixels, of the patches that are judged: 7, 16, 34 or 70.
            Default 16.
        dropout: rate of the generator's noise, which is there when it is used, too, in
            [0, 1). Default 0.5.
        dropout_blocks: so many of the first doublings have it, >= 0. Each one more is
            noise of half the size, which decides less of the whole. Default 1.
        normalisation: of the generator's hidden layers, "batch" or "instance". Default
            "batch".
        filters: channels of the generator's halvings, each >= 1. Default (32, 64, 128,
            128).
        critic_filters: channels of the critic's convolutions, each >= 1. Default (32,
            64, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without "source", or another `field`.

    Reference: Isola, Zhu, Zhou, Efros, "Image-to-Image Translation with Conditional
    Adversarial Networks", 2017. There the first 3 of 7 doublings have noise, here of 4
    the first. Their batches are of one picture, which is normalised by its own
    statistics when the network is used, too; here they are larger, and a picture is
    normalised by the moving statistics. By its own, with `normalisation="instance"`,
    one chair has several colours: nothing says the same to all of its parts.
    """
    source, x = needed_tensors(spec, "pix2pix", "source"), {"x": spec.x_shape}
    noise = {"dropout": dropout, "dropout_blocks": dropout_blocks}
    generator = translation.unet(
        source, x, filters, **noise, normalisation=normalisation
    )
    critic = translation.patches({**x, **source}, field, critic_filters)
    critics = Critic(critic, "non_saturating", weight=adversarial)
    return GAN(
        spec, generator, critics, terms=[Reconstruction(reconstruction)], seed=seed
    )


@recipe("al_cgan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def al_cgan(
    spec: DatasetSpec,
    mismatched: bool = True,
    latent_dim: int = 8,
    field: int = 34,
    filters: Sequence[int] = (32, 64),
    blocks: int = 4,
    critic_filters: Sequence[int] = (32, 64, 128, 128),
    seed: int = 0,
) -> GAN:
    """A layout is painted as attributes say: by day or by night, in fog or in snow.

    Attributes and noise enter at full size, a channel each. The critic knows real
    pictures with another layout, and with other attributes, as fake ones.

    Args:
        spec: of a data set whose batches have "source", as `source="layout"` gives it;
            attributes enter where it has any.
        mismatched: whether the critic is shown those. Default True.
        latent_dim: numbers of the noise, >= 1. Default 8.
        field: as for `pix2pix`. Default 34.
        filters: channels of the generator at full size, then of each halving, each
            >= 1. Default (32, 64).
        blocks: residual ones in the middle, >= 0. Default 4.
        critic_filters: channels of the critic's convolutions, each >= 1. Default (32,
            64, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without "source", or another `field`.

    Reference: Karacan, Akata, Erdem, Erdem, "Learning to Generate Images of Outdoor
    Scenes from Attributes and Semantic Layouts", 2016; the critic judges patches.
    """
    x, seen = {"x": spec.x_shape}, needed_tensors(spec, "al_cgan", "source")
    if spec.condition_size:
        seen["condition"] = (spec.condition_size,)
    vectors = [name for name in seen if name != "source"]
    generator = translation.residual(
        {**seen, "latent": (latent_dim,)},
        x,
        filters,
        blocks,
        "batch",
        planes=[*vectors, "latent"],
    )
    critic = translation.patches({**x, **seen}, field, critic_filters, planes=vectors)
    negatives = [Mismatched(name) for name in seen] if mismatched else ()
    critics = Critic(critic, "non_saturating", negatives=negatives)
    return GAN(spec, generator, critics, seed=seed)
