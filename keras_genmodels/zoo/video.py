"""Models of videos, a paper each."""

from __future__ import annotations

import inspect

from keras_genmodels import registry
from keras_genmodels.distributions import RecurrentPrior
from keras_genmodels.models import VideoVAE
from keras_genmodels.networks import convolutional, dense, video
from keras_genmodels.objectives import SequenceELBO
from keras_genmodels.registry import register
from keras_genmodels.zoo.optimisers import adam
from keras_genmodels.zoo.vaes import warm_up


@register("video_vae", family="recipe")
def video_vae(
    spec,
    conditional=True,
    structured=True,
    static=False,
    additive=False,
    latent_dim=16,
    features=128,
    memory=256,
    filters=(16, 32, 64, 128),
    decoder_filters=(128, 96, 64, 32),
    style=64,
    backdrops=128,
    components=8,
    likelihood="optimal_normal",
    beta=1.0,
    warmup_steps=0,
    attribute_weight=1.0,
    memory_noise=0.0,
    terms=(),
    learning_rate=1e-3,
    decay_steps=0,
    rate_warmup_steps=0,
    seed=0,
):
    """Attribute-controlled video: an LSTM prior over a structured latent space.

    `conditional` shows the attributes to the prior, so that sampling follows them.
    `structured` merges them into the posterior and splits what is decoded into a
    content, the same in all frames, and a latent of each frame; without it a frame is
    decoded from its latent alone. `static` takes the memory away: frames are
    independent. The four of `conditional` and `structured` are the paper's ablation.
    With `additive` each attribute adds its own part to what all frames share, which
    carries over to combinations that were never seen; it needs attributes, structure
    and memory.

    The learning rate grows for `rate_warmup_steps`: with hasty first steps the mask of
    the decoder can close for good, and frames are then backdrop alone.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018. The prior is a mixture of normals here, the
    content a latent of its own, the decoder draws a figure before a backdrop, and the
    means of pixels are linear in what it puts out, clipped to [0, 1] where they are
    shown.
    """
    if additive and (static or not structured or not spec.attributes):
        raise ValueError(
            "`additive` must be False without attributes, structure or memory. "
            f"Received: additive={additive}, structured={structured}, static={static} "
            f"and {len(spec.attributes)} attributes."
        )
    asked = {"condition": (spec.condition_size,)}
    sees = asked if structured else {}
    prior = _prior(latent_dim, components, asked if conditional else {}, static, memory)
    state = {} if static else {"hidden": (memory,)}
    head = head_of_frames(spec, likelihood)
    decoder, content = _plain(latent_dim, head, decoder_filters), None
    if structured:
        decoder, content = _layered(
            latent_dim, head, decoder_filters, style, backdrops, asked, static, additive
        )
    model = VideoVAE(
        spec,
        _encoder(spec, features, filters),
        video.inference(
            {"features": (features,), **sees, **state},
            {"posterior": 2 * latent_dim},
            features,
        ),
        prior,
        decoder,
        content,
        likelihood=head,
        objective=SequenceELBO(warm_up(beta, warmup_steps)),
        attribute_weight=attribute_weight,
        memory_noise=memory_noise,
        terms=terms,
        seed=seed,
    )
    model.compile(adam(learning_rate, decay_steps, rate_warmup_steps))
    return model


@register("vae_lstm", family="recipe")
def vae_lstm(
    spec,
    latent_dim=32,
    features=128,
    memory=256,
    filters=(16, 32, 64, 128),
    decoder_filters=(128, 96, 64, 32),
    components=8,
    likelihood="optimal_normal",
    beta=1.0,
    warmup_steps=0,
    learning_rate=1e-3,
    decay_steps=0,
    seed=0,
):
    """A VAE of frames and an LSTM that foresees their latents, without attributes.

    The posterior looks at its own frame alone. It is where the video VAE starts from.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018; both parts are trained together here.
    """
    head = head_of_frames(spec, likelihood)
    model = VideoVAE(
        spec,
        _encoder(spec, features, filters),
        video.inference({"features": (features,)}, {"posterior": 2 * latent_dim}),
        _prior(latent_dim, components, {}, False, memory),
        _plain(latent_dim, head, decoder_filters),
        likelihood=head,
        objective=SequenceELBO(warm_up(beta, warmup_steps)),
        seed=seed,
    )
    model.compile(adam(learning_rate, decay_steps))
    return model


def head_of_frames(spec, likelihood):
    """The head of a frame. The mean of normals is linear, and so is what is drawn.

    Behind a sigmoid a backdrop that is surely black, or white, has no gradient left,
    and nothing is ever drawn before it.
    """
    shape = {"event_shape": tuple(spec.x_shape[1:])}
    if isinstance(likelihood, str):
        known = inspect.signature(registry.lookup(likelihood, "head")).parameters
        shape |= {"activation": "linear"} if "activation" in known else {}
    return registry.get(likelihood, "head", **shape)


def _encoder(spec, features, filters):
    """From a frame to features, and to its attributes where there are any."""
    outputs = {"features": features, "attributes": spec.condition_size}
    outputs = {key: size for key, size in outputs.items() if size}
    return convolutional.encoder({"x": spec.x_shape[1:]}, outputs, filters, centre=True)


def _prior(latent_dim, components, asked, static, units):
    """A recurrent prior, or, where it is static, one of independent steps."""
    head = registry.lookup("normal_mixture", "head")((latent_dim,), components)
    memory, state = None, {"hidden": (1,)}
    if not static:
        memory = video.memory({"latent": (latent_dim,), **asked}, units)
        state = {"hidden": (units,)}
    network = dense.mlp(
        {**state, **asked}, {"prior": head.params_size}, (128,), "relu", "prior"
    )
    return RecurrentPrior(network, memory, head, latent_dim)


def _plain(latent_dim, head, filters):
    """A frame from its latent alone."""
    latent = {"latent": (latent_dim,)}
    return convolutional.decoder(latent, {"likelihood": head.map_shape}, filters)


def _layered(latent_dim, head, filters, style, backdrops, asked, static, additive):
    """A figure before a backdrop, and the network of what stays the same in a clip."""
    seen = asked if static else {"content": (latent_dim,), **asked}
    added = tuple(asked) if additive else ()
    content = video.content(seen, head.map_shape, style, (256, backdrops), added=added)
    inputs = {"latent": (latent_dim,), "style": (style,), "backdrop": head.map_shape}
    return video.layered_decoder(inputs, head.map_shape, filters), content
