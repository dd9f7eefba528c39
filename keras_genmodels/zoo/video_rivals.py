"""Models of clips that VideoVAE is measured against, a paper each."""

from __future__ import annotations

import keras

from keras_genmodels import objectives
from keras_genmodels.models import GAN, Critic, DeepRotator, views
from keras_genmodels.networks import clips, convolutional, rotation
from keras_genmodels.registry import register
from keras_genmodels.zoo.adversaries import INITIAL, compiled, compiling
from keras_genmodels.zoo.optimisers import adam
from keras_genmodels.zoo.video import head_of_frames

_FILTERS = (32, 64, 128, 256)
_MAKER = {"activation": "relu", "normalisation": "batch", **INITIAL}
_JUDGE = {"activation": "leaky_relu", "normalisation": "batch", **INITIAL}
_TURNER = {"activation": "leaky_relu", "kernel_initializer": "he_normal"}


@register("mocogan", family="recipe")
@compiling
def mocogan(
    spec,
    class_weight=1.0,
    content_dim=50,
    motion_dim=10,
    filters=_FILTERS,
    seed=0,
    **players,
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
    critics = [
        Critic(images, view=views.RandomFrame(), name="frames"),
        Critic(videos, name="clips"),
    ]
    attributes = [(a.start, a.stop) for a in spec.attributes]
    term = objectives.ClassTerm(attributes, class_weight, critic="clips")
    terms = [term] if attributes else []
    model = GAN(spec, generator, critics, terms=terms, seed=seed)
    return compiled(model, **players)


@register("vgan", family="recipe")
@compiling
def vgan(
    spec,
    sparsity=0.1,
    latent_dim=100,
    filters=_FILTERS,
    seed=0,
    **players,
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
    return compiled(model, **players)


@register("deep_rotator", family="recipe")
def deep_rotator(
    spec,
    action="direction",
    identity_dim=256,
    pose_dim=64,
    filters=(32, 64, 128, 256),
    units=(256,),
    likelihood="fixed_normal",
    stage_steps=1000,
    learning_rate=5e-4,
    decay_steps=0,
    seed=0,
):
    """Recurrent view synthesis, first one view ahead, then two, four, eight, ...

    Reference: Yang, Reed, Yang, Lee, "Weakly-supervised Disentangling with Recurrent
    Transformations for 3D View Synthesis", 2015; one optimiser through all stages of
    the curriculum, each of `stage_steps` steps, and linear means of the pixels, clipped
    to [0, 1] where they are shown.
    """
    frames, *frame_shape = _clip(spec, "deep_rotator")
    head = head_of_frames(spec, likelihood)
    ranges = {a.name: (a.start, a.stop) for a in spec.attributes}
    code = {"identity": identity_dim, "pose": pose_dim}
    model = DeepRotator(
        spec,
        convolutional.encoder(
            {"x": tuple(frame_shape)}, code, filters, units, centre=True, **_TURNER
        ),
        rotation.turn(pose_dim, ranges.get(action, (0, 0)), spec.condition_size),
        convolutional.decoder(
            {name: (size,) for name, size in code.items()},
            {"likelihood": head.map_shape},
            filters[::-1],
            units[::-1],
            **_TURNER,
        ),
        head,
        _curriculum(frames, stage_steps),
        seed=seed,
    )
    model.compile(adam(learning_rate, decay_steps))
    return model


def _curriculum(frames: int, stage_steps: int):
    """1, 2, 4, ... views ahead until all are reached, a schedule of the step."""
    views = [1]
    while views[-1] < frames - 1:
        views.append(min(2 * views[-1], frames - 1))
    boundaries = [stage_steps * (i + 1) for i in range(len(views) - 1)]
    return keras.optimizers.schedules.PiecewiseConstantDecay(
        boundaries, [float(view) for view in views]
    )


def _clip(spec, recipe):
    """The shape of x, for a recipe that only knows clips."""
    if not spec.is_clip:
        raise ValueError(
            f"`{recipe}` needs clips, (time, height, width, channels). "
            f"Received: {spec.name!r} of the shape {tuple(spec.x_shape)}."
        )
    return spec.x_shape
