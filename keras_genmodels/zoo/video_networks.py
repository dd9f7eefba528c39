"""The networks and the two arrangements that the recipes of clips share."""

from __future__ import annotations

import inspect

from keras_genmodels import registry
from keras_genmodels.distributions import RecurrentPrior
from keras_genmodels.models import VideoVAE
from keras_genmodels.networks import convolutional, dense, video
from keras_genmodels.objectives import SequenceELBO
from keras_genmodels.zoo.vae_networks import warm_up


def head_of_frames(spec, likelihood):
    """Find the head of a frame; the mean of normals is linear in the decoder's output.

    Behind a sigmoid a backdrop that is surely black, or white, has no gradient left,
    and nothing is ever drawn before it.

    Args:
        spec: of the data set, of clips.
        likelihood: a head, by name, config or instance.
    """
    shape = {"event_shape": tuple(spec.x_shape[1:])}
    if isinstance(likelihood, str):
        known = inspect.signature(registry.lookup(likelihood, "head")).parameters
        shape |= {"activation": "linear"} if "activation" in known else {}
    return registry.get(likelihood, "head", **shape)


def frame_encoder(spec, features, filters):
    """Build the network from a frame to features, and to its attributes, if any.

    Args:
        spec: of the data set, of clips.
        features: numbers of the output "features".
        filters: channels of the convolutions.
    """
    outputs = {"features": features, "attributes": spec.condition_size}
    outputs = {key: size for key, size in outputs.items() if size}
    return convolutional.encoder({"x": spec.x_shape[1:]}, outputs, filters, centre=True)


def recurrent_prior(latent_dim, components, condition, memory):
    """Build a prior of latents in turn; without a memory its steps are independent.

    Args:
        latent_dim: numbers of a frame's latent.
        components: of the mixture that each latent is drawn from.
        condition: what it sees beside the memory, name to shape.
        memory: units of its recurrent network; 0 makes all steps independent.
    """
    head = registry.lookup("normal_mixture", "head")((latent_dim,), components)
    recurrent, state = None, {"hidden": (1,)}
    if memory:
        recurrent = video.memory({"latent": (latent_dim,), **condition}, memory)
        state = {"hidden": (memory,)}
    network = dense.mlp(
        {**state, **condition}, {"prior": head.params_size}, (128,), "relu", "prior"
    )
    return RecurrentPrior(network, recurrent, head, latent_dim)


def plain_decoder(latent_dim, head, filters):
    """Build the network from a latent alone to a frame.

    Args:
        latent_dim: numbers of a frame's latent.
        head: of a frame.
        filters: channels of the convolutions.
    """
    latent = {"latent": (latent_dim,)}
    return convolutional.decoder(latent, {"likelihood": head.map_shape}, filters)


def unstructured_vae(spec, prior, head, sees, sizes, beta, warmup_steps, **settings):
    """Build a VideoVAE that decodes each frame from its latent alone.

    Args:
        spec: of the data set, of clips.
        prior: a `RecurrentPrior`.
        head: of a frame.
        sees: what the posterior sees beside a frame's features, name to shape.
        sizes: `features`, `filters` and `decoder_filters`.
        beta: weight of the KL divergence.
        warmup_steps: steps over which that weight grows from 0.
        **settings: as for `VideoVAE`.
    """
    features, filters, decoder_filters = sizes
    decoder = plain_decoder(prior.latent_dim, head, decoder_filters)
    return VideoVAE(
        spec,
        frame_encoder(spec, features, filters),
        _inference(prior.latent_dim, features, sees),
        prior,
        decoder,
        likelihood=head,
        objective=SequenceELBO(warm_up(beta, warmup_steps)),
        **settings,
    )


def structured_vae(
    spec, prior, head, sees, sizes, beta, warmup_steps, added=(), **settings
):
    """Build a VideoVAE with a content for all frames: a figure before a backdrop.

    Args:
        spec: of the data set, of clips.
        prior: a `RecurrentPrior`.
        head: of a frame.
        sees: what the posterior sees beside a frame's features, name to shape.
        sizes: `features`, `filters`, `decoder_filters`, `style` and `backdrops`.
        beta: weight of the KL divergence.
        warmup_steps: steps over which that weight grows from 0.
        added: inputs that add to the content's outputs, as for `video.content`.
        **settings: as for `VideoVAE`.
    """
    features, filters, decoder_filters, style, backdrops = sizes
    latent = {"latent": (prior.latent_dim,)}
    # Not used. Initial weights follow from the order in which networks are made, and
    # released figures are of an order with this decoder in it.
    plain_decoder(prior.latent_dim, head, decoder_filters)
    content = video.content(
        {"content": (prior.latent_dim,), "condition": (spec.condition_size,)},
        head.map_shape,
        style,
        (256, backdrops),
        added=added,
    )
    inputs = {**latent, "style": (style,), "backdrop": head.map_shape}
    decoder = video.layered_decoder(inputs, head.map_shape, decoder_filters)
    return VideoVAE(
        spec,
        frame_encoder(spec, features, filters),
        _inference(prior.latent_dim, features, sees),
        prior,
        decoder,
        content,
        likelihood=head,
        objective=SequenceELBO(warm_up(beta, warmup_steps)),
        **settings,
    )


def _inference(latent_dim, features, sees):
    """Build the network from features, and what else is seen, to the posterior."""
    inputs = {"features": (features,), **sees}
    return video.inference(inputs, {"posterior": 2 * latent_dim}, features)
