"""Models of what a picture shows next; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import LearnedNormalHead, NormalHead
from keras_genmodels.models import VAE
from keras_genmodels.networks import cross_convolution
from keras_genmodels.objectives import ELBO
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_tensors
from keras_genmodels.zoo.vae_networks import warm_up

_START = 0.1  # standard deviation of a pixel before training


@recipe("visual_dynamics", kinds=IMAGES, learning_rate=1e-3)
def visual_dynamics(
    spec: DatasetSpec,
    latent_dim: int = 32,
    kernels: int = 16,
    size: int = 5,
    scales: int = 4,
    filters: Sequence[int] = (32, 64, 128),
    image_filters: Sequence[int] = (32, 32),
    units: Sequence[int] = (128,),
    beta: float = 1.0,
    warmup_steps: int = 0,
    seed: int = 0,
) -> VAE:
    """A picture's probable next ones: a latent says by which kernels its parts move.

    Args:
        spec: of a data set of images whose batches have "first_frame", as `moving_laws`
            has it.
        latent_dim: numbers of the latent, >= 1. Default 32.
        kernels: of each scale, and feature maps that they move, >= 1. Default 16.
        size: of a kernel in pixels, odd, >= 1. Default 5.
        scales: of the picture, each half as high and wide as the one before, >= 1.
            Default 4.
        filters: channels of the motion encoder's convolutions, each >= 1. Default (32,
            64, 128).
        image_filters: channels of the convolutions before and behind the cross
            convolutions, each >= 1. Default (32, 32).
        units: widths of the dense layers from the latent to the kernels, each >= 1.
            Default (128,).
        beta: weight of the KL divergence, >= 0. Default 1; where it is very large, the
            latent says nothing, and the mean of all next pictures is made.
        warmup_steps: steps, >= 0, over which that weight grows from 0. Default 0.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without "first_frame" of the shape of x, sides that are no
            multiples of 2**(scales - 1), or an even `size`.

    Reference: Xue, Wu, Bouman, Freeman, "Visual Dynamics: Probabilistic Future Frame
    Synthesis via Cross Convolutional Networks", 2016. Dense layers make the kernels
    here, and the convolutions behind them see 3x3 pixels; the standard deviation of a
    pixel is learned.
    """
    first, x = needed_tensors(spec, "visual_dynamics", "first_frame"), spec.x_shape
    if first["first_frame"] != x:
        raise ValueError(
            f"`visual_dynamics` needs a first frame of the shape {x} of x. "
            f"Received: {first['first_frame']}."
        )
    q_head = NormalHead((latent_dim,))
    encoder = cross_convolution.motion_encoder(
        {"x": x, **first}, {"posterior": q_head.params_size}, filters
    )
    decoder = cross_convolution.cross_decoder(
        {"latent": (latent_dim,), **first}, kernels, size, scales, image_filters, units
    )
    p_head = LearnedNormalHead(x, _START, activation="linear")
    objective = ELBO(warm_up(beta, warmup_steps))
    return VAE(spec, encoder, decoder, q_head, p_head, objective=objective, seed=seed)
