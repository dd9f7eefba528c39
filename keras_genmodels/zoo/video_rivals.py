"""Models of clips that VideoVAE is measured against, a paper each."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import Head
from keras_genmodels.models import GAN, Critic, DeepRotator, views
from keras_genmodels.networks import clips, convolutional, rotation
from keras_genmodels.zoo.gan_networks import INITIAL
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import CLIPS
from keras_genmodels.zoo.video_networks import head_of_frames

FILTERS = (32, 64, 128, 256)
_MAKER = {"activation": "relu", "normalisation": "batch", **INITIAL}
_JUDGE = {"activation": "leaky_relu", "normalisation": "batch", **INITIAL}
_TURNER = {"activation": "leaky_relu", "kernel_initializer": "he_normal"}


@recipe("mocogan", kinds=CLIPS, learning_rate=2e-4, beta_1=0.5)
def mocogan(
    spec: DatasetSpec,
    class_weight: float = 1.0,
    content_dim: int = 50,
    motion_dim: int = 10,
    filters: Sequence[int] = FILTERS,
    seed: int = 0,
) -> GAN:
    """Content that stays and motion that a recurrent network makes, two critics.

    One critic judges a random frame, the other the clip; where the data has attributes
    the generator sees them and the clip's critic reads them.

    Args:
        spec: of the data set, of clips.
        class_weight: of the cross-entropy of the attributes, >= 0. Default 1.
        content_dim: numbers of the latent that a clip's frames share, >= 1. Default 50.
        motion_dim: numbers of the noise of each frame, >= 1. Default 10.
        filters: channels of the critics' convolutions, each >= 1; the generator mirrors
            them. Default (32, 64, 128, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set of anything but clips.

    Reference: Tulyakov et al., "MoCoGAN: Decomposing Motion and Content for Video
    Generation", 2018; all attributes are given, where the paper draws one category, the
    recurrent layer begins at zeros, where its first state is drawn, and the noise added
    to the critics' inputs is left out.
    """
    frames, *image_shape = spec.x_shape
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
    return GAN(spec, generator, critics, terms=[term] if attributes else [], seed=seed)


@recipe("vgan", kinds=CLIPS, learning_rate=2e-4, beta_1=0.5)
def vgan(
    spec: DatasetSpec,
    sparsity: float = 0.1,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    seed: int = 0,
) -> GAN:
    """Two streams: a moving foreground, a still background, and the mask between them.

    Args:
        spec: of the data set, of clips.
        sparsity: weight of the mask's mean, >= 0. Default 0.1.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: channels of the critic's convolutions, each >= 1; the generator mirrors
            them. Default (32, 64, 128, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set of anything but clips.

    Reference: Vondrick, Pirsiavash, Torralba, "Generating Videos with Scene Dynamics",
    2016; the mask's size is its mean here, not its sum.
    """
    latent = {"latent": (latent_dim,)}
    generator = clips.two_streams(latent, spec.x_shape, filters[::-1], **_MAKER)
    critic = clips.critic({"x": spec.x_shape}, {"score": 1}, filters, **_JUDGE)
    term = objectives.MaskSparsity(sparsity)
    return GAN(spec, generator, Critic(critic), terms=[term], seed=seed)


@recipe("deep_rotator", kinds=CLIPS, learning_rate=5e-4)
def deep_rotator(
    spec: DatasetSpec,
    action: str = "direction",
    identity_dim: int = 256,
    pose_dim: int = 64,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = (256,),
    likelihood: str | Head = "fixed_normal",
    stage_steps: int = 1000,
    seed: int = 0,
) -> DeepRotator:
    """Recurrent view synthesis, first one view ahead, then two, four, eight, ...

    Args:
        spec: of the data set, of clips.
        action: the attribute that says how the next view differs. Default "direction".
        identity_dim: numbers of the code that all views share, >= 1. Default 256.
        pose_dim: numbers of the code that turns, >= 1. Default 64.
        filters: channels of the encoder's convolutions, each >= 1; the decoder mirrors
            them. Default (32, 64, 128, 256).
        units: widths of its dense layers, each >= 1, mirrored likewise. Default (256,).
        likelihood: head of a frame, by name, config or instance. Default
            "fixed_normal".
        stage_steps: steps, >= 1, until more views are predicted. Default 1000.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set of anything but clips, or without the attribute.

    Reference: Yang, Reed, Yang, Lee, "Weakly-supervised Disentangling with Recurrent
    Transformations for 3D View Synthesis", 2015; one optimiser through all stages of
    the curriculum, each of `stage_steps` steps, and linear means of the pixels, clipped
    to [0, 1] where they are shown.
    """
    frames, *frame_shape = spec.x_shape
    head = head_of_frames(spec, likelihood)
    ranges = {a.name: (a.start, a.stop) for a in spec.attributes}
    code = {"identity": identity_dim, "pose": pose_dim}
    return DeepRotator(
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


def _curriculum(frames: int, stage_steps: int):
    """1, 2, 4, ... views ahead until all are reached, a schedule of the step."""
    views = [1]
    while views[-1] < frames - 1:
        views.append(min(2 * views[-1], frames - 1))
    boundaries = [stage_steps * (i + 1) for i in range(len(views) - 1)]
    return keras.optimizers.schedules.PiecewiseConstantDecay(
        boundaries, [float(view) for view in views]
    )
