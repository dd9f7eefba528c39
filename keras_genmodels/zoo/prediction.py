"""Models of what a picture shows next; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import LearnedNormalHead, NormalHead
from keras_genmodels.models import GAN, VAE, Critic
from keras_genmodels.networks import cross_convolution, frame_prediction
from keras_genmodels.objectives import ELBO
from keras_genmodels.objectives.terms.reconstruction import Reconstruction
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import CLIPS, IMAGES, needed_tensors
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


@recipe(
    "context_rnn_gan", kinds=CLIPS, learning_rate=5e-4, generator_learning_rate=2e-3
)
def context_rnn_gan(
    spec: DatasetSpec,
    reconstruction: float = 1000.0,
    power: float = 2.0,
    adversarial: float = 1.0,
    generator_context: bool = True,
    critic_context: bool = True,
    filters: Sequence[int] = (16, 32, 64),
    units: Sequence[int] = (256,),
    code_dim: int = 128,
    critic_filters: Sequence[int] = (8, 16, 32),
    critic_units: int = 128,
    seed: int = 0,
) -> GAN:
    """The next diagram of a series, and a critic that has seen the ones before it.

    At every step the generator's memory has read the diagrams so far and draws the
    next; the critic's memory has read the same, and judges whether it is the one that
    comes next.

    Args:
        spec: of a data set of clips whose batches have "source", the pictures before
            those of x, as `diagrams` has it.
        reconstruction: weight of |x - G|**p, the mean over the series, >= 0. Default
            1000.
        power: p, >= 1. Default 2.
        adversarial: weight of the critic, >= 0; 0 trains by the p-norm alone. Default
            1.
        generator_context: whether the generator has a memory; without, it sees the last
            diagram alone. Default True.
        critic_context: whether the critic has one; without, it judges each diagram by
            itself, which the paper calls RNN-GAN. Default True.
        filters: channels of the generator's halvings, each >= 1. Default (16, 32, 64).
        units: of the generator's memories, each >= 1. Default (256,).
        code_dim: numbers of a diagram's code, >= 1. Default 128.
        critic_filters: channels of the critic's convolutions, each >= 1. Default (8,
            16, 32).
        critic_units: of the critic's memory, >= 1. Default 128.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without "source" of the shape of x.

    Reference: Ghosh, Kulharia, Mukerjee, Namboodiri, Bansal, "Contextual RNN-GANs for
    Abstract Reasoning Diagram Generation", 2017. There a Siamese network that was
    trained before makes the codes of diagrams; here encoders learn with the players.
    """
    source, x = needed_tensors(spec, "context_rnn_gan", "source"), spec.x_shape
    if source["source"] != x:
        raise ValueError(
            f"`context_rnn_gan` needs a source of the shape {x} of x. "
            f"Received: {source['source']}."
        )
    generator = frame_prediction.predictor(
        source, {"x": x}, filters, units, code_dim, generator_context
    )
    seen = {"x": x, **(source if critic_context else {})}
    critic = frame_prediction.context_critic(
        seen, critic_filters, critic_units, code_dim
    )
    terms = [Reconstruction(reconstruction, power=power)]
    critics = Critic(critic, "non_saturating", weight=adversarial)
    return GAN(spec, generator, critics, terms=terms, seed=seed)
