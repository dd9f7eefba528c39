"""Variational autoencoders of latents in levels."""

from __future__ import annotations

import math
from collections.abc import Sequence

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import Head, HierarchicalPrior
from keras_genmodels.models import VAE
from keras_genmodels.networks import ladder
from keras_genmodels.objectives import ELBO
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES
from keras_genmodels.zoo.vae_networks import perceptual_term, warm_up


@recipe("ladder_vae", kinds=IMAGES, learning_rate=1e-3)
def ladder_vae(
    spec: DatasetSpec,
    latents: Sequence[int] = (16, 8, 4),
    filters: int = 64,
    blocks: int = 1,
    likelihood: str | Head = "discretised_logistic",
    beta: float = 1.0,
    warmup_steps: int = 0,
    free_bits: float = 0.0,
    perceptual: float = 0.0,
    start: str | None = None,
    seed: int = 0,
) -> VAE:
    """Latent maps of several sizes: the small ones say what the larger ones are like.

    The smallest map is drawn from N(0, I), and each other given all above it, by
    convolutions. What the encoder says of a map is a normal that is multiplied by that.

    Args:
        spec: of the data set, of images.
        latents: channels of the latent maps, each >= 1, from the top down, two or more;
            the top one is the picture halved so many times. Default (16, 8, 4).
        filters: channels of every convolution, >= 1. Default 64.
        blocks: residual ones of each size in each network, >= 0. Default 1.
        likelihood: as for `vae`. Default "discretised_logistic".
        beta: weight of the KL divergence, >= 0. Default 1.
        warmup_steps: steps, >= 0, over which that weight grows from 0. Default 0.
        free_bits: nats of the whole divergence, >= 0, that cost nothing. Default 0.
        perceptual: as for `conv_vae`, >= 0. Default 0.
        start: likewise. Default None.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for fewer than two maps, or a `perceptual` without a `start` that
            holds a classifier.

    Reference: Sonderby, Raiko, Maaloe, Sonderby, Winther, "Ladder Variational
    Autoencoders", 2016; the residual convolutions of Kingma et al., "Improving
    Variational Inference with Inverse Autoregressive Flow", 2016, without its flow, and
    the prior of a map has layers of its own that see all maps above.
    """
    if len(latents) < 2:
        raise ValueError(
            "`latents` must be the channels of two or more maps. "
            f"Received: latents={tuple(latents)}."
        )
    p_head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    levels = ladder.level_shapes(spec.x_shape[:2], latents)
    sizes = [math.prod(level) for level in levels]
    style = {"filters": filters, "blocks": blocks}
    encoder = ladder.encoder(spec.x_shape, latents, **style)
    decoder = ladder.decoder(levels, p_head.map_shape, **style)
    given = [
        ladder.level_prior(levels[:place], levels[place], **style)
        for place in range(1, len(levels))
    ]
    prior = HierarchicalPrior(sum(sizes), sizes, networks=given)
    objective = ELBO(warm_up(beta, warmup_steps), free_bits)
    term = perceptual_term(perceptual, start)
    parts = "normal", p_head, prior, objective, term
    return VAE(spec, encoder, decoder, *parts, seed=seed)
