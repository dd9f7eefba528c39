"""Variational autoencoders of clips, the largest of their paper and its beginning."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import Head
from keras_genmodels.models import VideoVAE
from keras_genmodels.networks import video
from keras_genmodels.objectives import SequenceELBO, Term
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import CLIPS, needed_condition
from keras_genmodels.zoo.vae_networks import warm_up
from keras_genmodels.zoo.video_networks import (
    frame_encoder,
    head_of_frames,
    plain_decoder,
    recurrent_prior,
    structured_vae,
)

FILTERS = (16, 32, 64, 128)
DECODER_FILTERS = (128, 96, 64, 32)


@recipe("video_vae", kinds=CLIPS, learning_rate=1e-3)
def video_vae(
    spec: DatasetSpec,
    latent_dim: int = 16,
    features: int = 128,
    memory: int = 256,
    filters: Sequence[int] = FILTERS,
    decoder_filters: Sequence[int] = DECODER_FILTERS,
    style: int = 64,
    backdrops: int = 128,
    components: int = 8,
    likelihood: str | Head = "optimal_normal",
    beta: float = 1.0,
    warmup_steps: int = 0,
    attribute_weight: float = 1.0,
    memory_noise: float = 0.0,
    terms: Sequence[str | Term] = (),
    seed: int = 0,
) -> VideoVAE:
    """Attribute-controlled video: an LSTM prior over a structured latent space.

    The prior sees the attributes, so that sampling follows them. The posterior merges
    them with each frame, and what is decoded is a content, the same in all frames, and
    a latent of each frame. It is the row +C+S of the paper's ablation; the others are
    the recipes of `video_ablation`.

    With a high learning rate in its first steps the mask of the decoder can close for
    good, and frames are then backdrop alone: let it grow by `rate_warmup_steps`.

    Args:
        spec: of the data set, of clips.
        latent_dim: numbers of a frame's latent, and of the content's, >= 1. Default 16.
        features: numbers that the encoder makes of a frame, >= 1. Default 128.
        memory: units of the LSTM, >= 1. Default 256.
        filters: channels of the encoder's convolutions, each >= 1. Default (16, 32, 64,
            128).
        decoder_filters: channels of the decoder's, each >= 1. Default (128, 96, 64,
            32).
        style: numbers that say how the figure looks, >= 1. Default 64.
        backdrops: learned pictures that a backdrop is a weighted sum of, >= 1. Default
            128.
        components: of the mixture of normals that is the prior, >= 1. Default 8.
        likelihood: head of a frame, by name, config or instance. Default
            "optimal_normal".
        beta: weight of the KL divergence, >= 0. Default 1.
        warmup_steps: steps, >= 0, over which that weight grows from 0. Default 0.
        attribute_weight: of the cross-entropy of the attributes that the encoder reads,
            >= 0, in nats a frame and attribute. Default 1.
        memory_noise: standard deviation, >= 0, of normal noise on what the LSTM sees of
            the latents in training. Default 0.
        terms: of the loss beside, by name, config or instance, such as
            "gradient_difference". Default none.
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018. The prior is a mixture of normals here, the
    content a latent of its own, the decoder draws a figure before a backdrop, and the
    means of pixels are linear in what it puts out, clipped to [0, 1] where they are
    shown.
    """
    condition = {"condition": (spec.condition_size,)}
    return structured_vae(
        spec,
        recurrent_prior(latent_dim, components, condition, memory),
        head_of_frames(spec, likelihood),
        {**condition, "hidden": (memory,)},
        (features, filters, decoder_filters, style, backdrops),
        beta,
        warmup_steps,
        attribute_weight=attribute_weight,
        memory_noise=memory_noise,
        terms=terms,
        seed=seed,
    )


@recipe("video_vae_additive", kinds=CLIPS, learning_rate=1e-3)
def video_vae_additive(
    spec: DatasetSpec,
    latent_dim: int = 16,
    features: int = 128,
    memory: int = 256,
    filters: Sequence[int] = FILTERS,
    decoder_filters: Sequence[int] = DECODER_FILTERS,
    style: int = 64,
    backdrops: int = 128,
    components: int = 8,
    likelihood: str | Head = "optimal_normal",
    beta: float = 1.0,
    warmup_steps: int = 0,
    attribute_weight: float = 1.0,
    memory_noise: float = 0.0,
    terms: Sequence[str | Term] = (),
    seed: int = 0,
) -> VideoVAE:
    """`video_vae` whose attributes each add a part of their own to the content.

    What a class adds to backdrop and style is the same whatever the other attributes
    are, which carries over to combinations that were never seen in training.

    Args:
        spec: of the data set, of clips, which has attributes.
        latent_dim: as for `video_vae`. Default 16.
        features: as for `video_vae`. Default 128.
        memory: as for `video_vae`. Default 256.
        filters: as for `video_vae`. Default (16, 32, 64, 128).
        decoder_filters: as for `video_vae`. Default (128, 96, 64, 32).
        style: as for `video_vae`. Default 64.
        backdrops: as for `video_vae`. Default 128.
        components: as for `video_vae`. Default 8.
        likelihood: as for `video_vae`. Default "optimal_normal".
        beta: as for `video_vae`. Default 1.
        warmup_steps: as for `video_vae`. Default 0.
        attribute_weight: as for `video_vae`. Default 1.
        memory_noise: as for `video_vae`. Default 0.
        terms: as for `video_vae`. Default none.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018; sums of what attributes add are ours.
    """
    condition = needed_condition(spec, "video_vae_additive")
    return structured_vae(
        spec,
        recurrent_prior(latent_dim, components, condition, memory),
        head_of_frames(spec, likelihood),
        {**condition, "hidden": (memory,)},
        (features, filters, decoder_filters, style, backdrops),
        beta,
        warmup_steps,
        added=("condition",),
        attribute_weight=attribute_weight,
        memory_noise=memory_noise,
        terms=terms,
        seed=seed,
    )


@recipe("vae_lstm", kinds=CLIPS, learning_rate=1e-3)
def vae_lstm(
    spec: DatasetSpec,
    latent_dim: int = 32,
    features: int = 128,
    memory: int = 256,
    filters: Sequence[int] = FILTERS,
    decoder_filters: Sequence[int] = DECODER_FILTERS,
    components: int = 8,
    likelihood: str | Head = "optimal_normal",
    beta: float = 1.0,
    warmup_steps: int = 0,
    seed: int = 0,
) -> VideoVAE:
    """A VAE of frames and an LSTM that predicts their latents, without attributes.

    The posterior looks at its own frame alone; that of the ablation's row -C-S,
    `video_vae_unconditional_unstructured`, sees the LSTM's state, too. It is where the
    video VAE starts from.

    Args:
        spec: of the data set, of clips.
        latent_dim: numbers of a frame's latent, >= 1. Default 32.
        features: as for `video_vae`. Default 128.
        memory: as for `video_vae`. Default 256.
        filters: as for `video_vae`. Default (16, 32, 64, 128).
        decoder_filters: as for `video_vae`. Default (128, 96, 64, 32).
        components: as for `video_vae`. Default 8.
        likelihood: as for `video_vae`. Default "optimal_normal".
        beta: as for `video_vae`. Default 1.
        warmup_steps: as for `video_vae`. Default 0.
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018; both parts are trained together here.
    """
    head = head_of_frames(spec, likelihood)
    return VideoVAE(
        spec,
        frame_encoder(spec, features, filters),
        video.inference({"features": (features,)}, {"posterior": 2 * latent_dim}),
        recurrent_prior(latent_dim, components, {}, memory),
        plain_decoder(latent_dim, head, decoder_filters),
        likelihood=head,
        objective=SequenceELBO(warm_up(beta, warmup_steps)),
        seed=seed,
    )
