"""The ablation of the video VAE: without its prior's condition (C), its structure (S).

    row      recipe                                  C    S    memory
    static   video_vae_static                        no   no   no
    -C-S     video_vae_unconditional_unstructured    no   no   yes
    +C-S     video_vae_unstructured                  yes  no   yes
    -C+S     video_vae_unconditional                 no   yes  yes
    +C+S     `video.video_vae`                       yes  yes  yes

Without C the prior does not see the attributes. Without S the posterior does not, and a
frame is decoded from its latent alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import Head
from keras_genmodels.models import VideoVAE
from keras_genmodels.objectives import Term
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import CLIPS
from keras_genmodels.zoo.video import DECODER_FILTERS, FILTERS
from keras_genmodels.zoo.video_networks import (
    head_of_frames,
    recurrent_prior,
    structured_vae,
    unstructured_vae,
)


@recipe("video_vae_static", kinds=CLIPS, learning_rate=1e-3)
def video_vae_static(
    spec: DatasetSpec,
    latent_dim: int = 16,
    features: int = 128,
    filters: Sequence[int] = FILTERS,
    decoder_filters: Sequence[int] = DECODER_FILTERS,
    components: int = 8,
    likelihood: str | Head = "optimal_normal",
    beta: float = 1.0,
    warmup_steps: int = 0,
    attribute_weight: float = 1.0,
    terms: Sequence[str | Term] = (),
    seed: int = 0,
) -> VideoVAE:
    """A VAE of frames that are independent of one another: no C, no S, no memory.

    Args:
        spec: of the data set, of clips.
        latent_dim: as for `video_vae`. Default 16.
        features: as for `video_vae`. Default 128.
        filters: as for `video_vae`. Default (16, 32, 64, 128).
        decoder_filters: as for `video_vae`. Default (128, 96, 64, 32).
        components: as for `video_vae`. Default 8.
        likelihood: as for `video_vae`. Default "optimal_normal".
        beta: as for `video_vae`. Default 1.
        warmup_steps: as for `video_vae`. Default 0.
        attribute_weight: as for `video_vae`. Default 1.
        terms: as for `video_vae`. Default none.
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018; as for `video_vae`.
    """
    return unstructured_vae(
        spec,
        recurrent_prior(latent_dim, components, {}, memory=0),
        head_of_frames(spec, likelihood),
        {},
        (features, filters, decoder_filters),
        beta,
        warmup_steps,
        attribute_weight=attribute_weight,
        terms=terms,
        seed=seed,
    )


@recipe("video_vae_unconditional_unstructured", kinds=CLIPS, learning_rate=1e-3)
def video_vae_unconditional_unstructured(
    spec: DatasetSpec,
    latent_dim: int = 16,
    features: int = 128,
    memory: int = 256,
    filters: Sequence[int] = FILTERS,
    decoder_filters: Sequence[int] = DECODER_FILTERS,
    components: int = 8,
    likelihood: str | Head = "optimal_normal",
    beta: float = 1.0,
    warmup_steps: int = 0,
    attribute_weight: float = 1.0,
    memory_noise: float = 0.0,
    terms: Sequence[str | Term] = (),
    seed: int = 0,
) -> VideoVAE:
    """The video VAE without C and without S: the memory alone joins the frames.

    Args:
        spec: of the data set, of clips.
        latent_dim: as for `video_vae`. Default 16.
        features: as for `video_vae`. Default 128.
        memory: as for `video_vae`. Default 256.
        filters: as for `video_vae`. Default (16, 32, 64, 128).
        decoder_filters: as for `video_vae`. Default (128, 96, 64, 32).
        components: as for `video_vae`. Default 8.
        likelihood: as for `video_vae`. Default "optimal_normal".
        beta: as for `video_vae`. Default 1.
        warmup_steps: as for `video_vae`. Default 0.
        attribute_weight: as for `video_vae`. Default 1.
        memory_noise: as for `video_vae`. Default 0.
        terms: as for `video_vae`. Default none.
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018; as for `video_vae`.
    """
    return unstructured_vae(
        spec,
        recurrent_prior(latent_dim, components, {}, memory=memory),
        head_of_frames(spec, likelihood),
        {"hidden": (memory,)},
        (features, filters, decoder_filters),
        beta,
        warmup_steps,
        attribute_weight=attribute_weight,
        memory_noise=memory_noise,
        terms=terms,
        seed=seed,
    )


@recipe("video_vae_unstructured", kinds=CLIPS, learning_rate=1e-3)
def video_vae_unstructured(
    spec: DatasetSpec,
    latent_dim: int = 16,
    features: int = 128,
    memory: int = 256,
    filters: Sequence[int] = FILTERS,
    decoder_filters: Sequence[int] = DECODER_FILTERS,
    components: int = 8,
    likelihood: str | Head = "optimal_normal",
    beta: float = 1.0,
    warmup_steps: int = 0,
    attribute_weight: float = 1.0,
    memory_noise: float = 0.0,
    terms: Sequence[str | Term] = (),
    seed: int = 0,
) -> VideoVAE:
    """The video VAE without S: the prior sees the attributes, and nothing is shared.

    Args:
        spec: of the data set, of clips.
        latent_dim: as for `video_vae`. Default 16.
        features: as for `video_vae`. Default 128.
        memory: as for `video_vae`. Default 256.
        filters: as for `video_vae`. Default (16, 32, 64, 128).
        decoder_filters: as for `video_vae`. Default (128, 96, 64, 32).
        components: as for `video_vae`. Default 8.
        likelihood: as for `video_vae`. Default "optimal_normal".
        beta: as for `video_vae`. Default 1.
        warmup_steps: as for `video_vae`. Default 0.
        attribute_weight: as for `video_vae`. Default 1.
        memory_noise: as for `video_vae`. Default 0.
        terms: as for `video_vae`. Default none.
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018; as for `video_vae`.
    """
    condition = {"condition": (spec.condition_size,)}
    return unstructured_vae(
        spec,
        recurrent_prior(latent_dim, components, condition, memory=memory),
        head_of_frames(spec, likelihood),
        {"hidden": (memory,)},
        (features, filters, decoder_filters),
        beta,
        warmup_steps,
        attribute_weight=attribute_weight,
        memory_noise=memory_noise,
        terms=terms,
        seed=seed,
    )


@recipe("video_vae_unconditional", kinds=CLIPS, learning_rate=1e-3)
def video_vae_unconditional(
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
    """The video VAE without C: structured latents whose prior sees no attributes.

    Args:
        spec: of the data set, of clips.
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

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018; as for `video_vae`.
    """
    return structured_vae(
        spec,
        recurrent_prior(latent_dim, components, {}, memory),
        head_of_frames(spec, likelihood),
        {"condition": (spec.condition_size,), "hidden": (memory,)},
        (features, filters, decoder_filters, style, backdrops),
        beta,
        warmup_steps,
        attribute_weight=attribute_weight,
        memory_noise=memory_noise,
        terms=terms,
        seed=seed,
    )
