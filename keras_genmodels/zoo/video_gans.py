"""Adversarial models of clips, a paper each."""

from __future__ import annotations

from keras_genmodels import objectives
from keras_genmodels.models import GAN, Critic, views
from keras_genmodels.networks import clips, convolutional
from keras_genmodels.registry import register
from keras_genmodels.zoo.adversaries import INITIAL, compiled

_FILTERS = (32, 64, 128, 256)
_MAKER = {"activation": "relu", "normalisation": "batch", **INITIAL}
_JUDGE = {"activation": "leaky_relu", "normalisation": "batch", **INITIAL}


@register("mocogan", family="recipe")
def mocogan(
    spec,
    class_weight=1.0,
    content_dim=50,
    motion_dim=10,
    filters=_FILTERS,
    learning_rate=2e-4,
    ema=0.0,
    seed=0,
):
    """Content that stays and motion that a recurrent network makes, two critics.

    One critic judges a random frame, the other the clip; where the data has attributes
    the generator sees them and the clip's critic reads them.

    Reference: Tulyakov et al., "MoCoGAN: Decomposing Motion and Content for Video
    Generation", 2018; all attributes are given, where the paper draws one category,
    and the noise added to the critics' inputs is left out.
    """
    frames, *image_shape = _clip(spec, "mocogan")
    generator = clips.motion_and_content(
        {
            "latent": (content_dim + frames * motion_dim,),
            "condition": (spec.condition_size,),
        },
        spec.x_shape,
        content_dim,
        filters[::-1],
        **_MAKER,
    )
    images = convolutional.encoder(
        {"x": tuple(image_shape)},
        {"score": 1},
        filters,
        centre=True,
        name="image_critic",
        **_JUDGE,
    )
    classes = {"classes": spec.condition_size} if spec.condition_size else {}
    videos = clips.critic(
        {"x": spec.x_shape}, {"score": 1, **classes}, filters, **_JUDGE
    )
    critics = [Critic(images, view=views.RandomFrame()), Critic(videos)]
    attributes = [(a.start, a.stop) for a in spec.attributes]
    term = objectives.ClassTerm(attributes, class_weight, critic=1)
    terms = [term] if attributes else []
    model = GAN(spec, generator, critics, terms=terms, seed=seed)
    return compiled(model, learning_rate, ema)


@register("vgan", family="recipe")
def vgan(
    spec,
    sparsity=0.1,
    latent_dim=100,
    filters=_FILTERS,
    learning_rate=2e-4,
    ema=0.0,
    seed=0,
):
    """Two streams: a moving foreground, a still background, and the mask between them.

    Reference: Vondrick, Pirsiavash, Torralba, "Generating Videos with Scene Dynamics",
    2016; the mask's size is its mean here, not its sum.
    """
    _clip(spec, "vgan")
    latent = {"latent": (latent_dim,)}
    generator = clips.two_streams(latent, spec.x_shape, filters[::-1], **_MAKER)
    critic = clips.critic({"x": spec.x_shape}, {"score": 1}, filters, **_JUDGE)
    term = objectives.MaskSparsity(sparsity)
    model = GAN(spec, generator, Critic(critic), terms=[term], seed=seed)
    return compiled(model, learning_rate, ema)


def _clip(spec, recipe):
    """The shape of x, for a recipe that only knows clips."""
    if len(spec.x_shape) != 4:
        raise ValueError(
            f"`{recipe}` needs clips, (time, height, width, channels). "
            f"Received: {spec.name!r} of the shape {tuple(spec.x_shape)}."
        )
    return spec.x_shape
