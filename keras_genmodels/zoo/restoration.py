"""Adversarial networks that restore pictures; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, BlendingGAN, Critic
from keras_genmodels.models.views import Noisy, Reduced
from keras_genmodels.networks import blending, convolutional, super_resolution
from keras_genmodels.objectives.terms.reconstruction import Reconstruction
from keras_genmodels.zoo.gan_networks import INITIAL, clipped
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_tensors

_JUDGE = {"activation": "leaky_relu", "name": "critic", "centre": True, **INITIAL}


@recipe("aff_gan", kinds=IMAGES, learning_rate=1e-4, beta_1=0.5)
def aff_gan(
    spec: DatasetSpec,
    adversarial: float = 1.0,
    reconstruction: float = 0.0,
    noise: float = 0.1,
    noise_steps: int = 10_000,
    filters: Sequence[int] = (64, 64),
    blocks: int = 4,
    critic_filters: Sequence[int] = (64, 128, 256),
    seed: int = 0,
) -> GAN:
    """A small picture becomes a likely large one, whose cells have its pixels as means.

    The game minimises KL(q || p) among pictures that are consistent with the source,
    whatever the weights are: the likeliest of them, not the mean of all, which is what
    the squared error asks for, `adversarial=0, reconstruction=1`.

    Args:
        spec: of a data set whose batches have a smaller "source", as
            `source="low_resolution"` gives it.
        adversarial: weight of the critic, >= 0; 0 trains without one. Default 1.
        reconstruction: weight of the squared error, the mean over the picture, >= 0.
            Default 0: none.
        noise: standard deviation of the noise on what the critic sees, >= 0, in the
            first step. Default 0.1.
        noise_steps: of the critic, >= 1, along which the noise falls to 0. Default
            10000.
        filters: channels of the generator's blocks, then of each doubling, each >= 1;
            the last number stands for those that are missing. Default (64, 64).
        blocks: of the generator, >= 0. Default 4.
        critic_filters: channels of the critic's convolutions, each >= 1. Default (64,
            128, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without a smaller "source".

    Reference: Sonderby, Caballero, Theis, Shi, Huszar, "Amortised MAP Inference for
    Image Super-resolution", 2017. What the projection puts outside of [0, 1] is
    projected back so that the means stay, see `AffineProjection`; the critic has no
    batch normalisation.
    """
    source, x = needed_tensors(spec, "aff_gan", "source"), {"x": spec.x_shape}
    generator = super_resolution.upscaler(source, x, filters, blocks)
    critic = convolutional.encoder(x, {"score": 1}, critic_filters, **_JUDGE)
    view = Noisy(noise, noise_steps)
    critics = Critic(critic, "log_ratio", view=view, weight=adversarial)
    terms = [Reconstruction(reconstruction, power=2)] if reconstruction else ()
    return GAN(spec, generator, critics, terms=terms, output="clip", seed=seed)


@recipe("gp_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def gp_gan(
    spec: DatasetSpec,
    reconstruction: float = 999.0,
    clip: float = 0.01,
    critic_steps: int = 1,
    factor: int = 2,
    beta: float = 1.0,
    sigma: float = 1.0,
    filters: Sequence[int] = (32, 64, 128, 128),
    critic_filters: Sequence[int] = (32, 64, 128),
    seed: int = 0,
) -> BlendingGAN:
    """A composite is blended when it is small; an equation gives it its details back.

    The network makes a small picture without a seam, by the squared error and a
    Wasserstein critic; then, level by level, the Gaussian-Poisson equation finds the
    picture that has the differences of neighbours of the composite and the colours of
    the network.

    Args:
        spec: of a data set whose batches have "source", "mask" and "foreground", as
            `source="composite"` gives them.
        reconstruction: weight of the squared error of the small picture, the mean over
            it, against the critic's 1, >= 0. Default 999.
        clip: limit of the critic's weights, > 0. Default 0.01.
        critic_steps: of the critic for each of the generator, >= 1. Default 1.
        factor: how many times as high and wide a picture is as the network's, a power
            of 2, >= 1. Default 2.
        beta: weight of the network's colours in the equation, > 0. Default 1.
        sigma: of the blur behind which they are heeded, in pixels, > 0. Default 1.
        filters: channels of the network's halvings, each >= 1. Default (32, 64, 128,
            128).
        critic_filters: channels of the critic's convolutions, each >= 1. Default (32,
            64, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without a composite, or sides that are no multiples of
            `factor`.

    Reference: Wu, Zheng, Zhang, Huang, "GP-GAN: Towards Realistic High-Resolution Image
    Blending", 2017, whose weights 0.999 and 0.001 these are. The network is a U-Net
    that sees the mask, too, there one without skips that does not; the optimiser is
    Adam.
    """
    seen = needed_tensors(spec, "gp_gan", "source", "mask", "foreground")
    x = {"x": spec.x_shape}
    generator = blending.blender(seen, x, factor, filters, beta, sigma)
    small = {"x": generator.get_layer("low").input.shape[1:]}
    held = clipped(clip)
    critic = convolutional.encoder(
        small, {"score": 1}, critic_filters, **_JUDGE, **held
    )
    critics = Critic(critic, "wasserstein", view=Reduced(factor, "low"))
    terms = [Reconstruction(reconstruction, "low", power=2)]
    kwargs = {"terms": terms, "critic_steps": critic_steps, "output": "clip"}
    return BlendingGAN(spec, generator, critics, **kwargs, seed=seed)
