"""Adversarial networks between domains of which no pairs are known; a paper each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic, CycleGAN, Transfiguration
from keras_genmodels.models.views import Named
from keras_genmodels.networks import convolutional, translation
from keras_genmodels.networks.splitting import remover
from keras_genmodels.objectives import Nothing, Parallelogram
from keras_genmodels.objectives.terms.feature_matching import FeatureMatching
from keras_genmodels.objectives.terms.reconstruction import Reconstruction
from keras_genmodels.zoo.domain_critics import domains_of, patch_critics
from keras_genmodels.zoo.gan_networks import clipped
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES


@recipe("cycle_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def cycle_gan(
    spec: DatasetSpec,
    cycle: float = 10.0,
    identity: float = 0.5,
    replay_pool: int = 50,
    field: int = 16,
    filters: Sequence[int] = (16, 32),
    blocks: int = 4,
    critic_filters: Sequence[int] = (32, 64, 128, 128),
    seed: int = 0,
) -> CycleGAN:
    """Two translators that undo each other, so that what they need not change stays.

    Args:
        spec: of a data set whose batches have "y", as `domains=` or `unpaired:` gives.
        cycle: weight of |x - back(there(x))| and the same of y, the means over the
            pictures, >= 0; 0 leaves the critics alone. Default 10.
        identity: share of `cycle` that weighs |x - back(x)|, of a picture that needs no
            translation, >= 0; it is left out where the domains differ in channels.
            Default 0.5.
        replay_pool: pictures of earlier steps that each critic sees again, >= 0.
            Default 50.
        field: edge, in pixels, of the patches that are judged: 7, 16, 34 or 70.
            Default 16.
        filters: channels of the translators at full size, then of each halving, each
            >= 1. Default (16, 32).
        blocks: residual ones in the middle, >= 0. Default 4.
        critic_filters: channels of the critics' convolutions, each >= 1. Default (32,
            64, 128, 128).
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for data without "y", or another `field`.

    Reference: Zhu, Park, Isola, Efros, "Unpaired Image-to-Image Translation using
    Cycle-Consistent Adversarial Networks", 2017; networks of a quarter of the channels,
    and the rate decays from the beginning.
    """
    x, y = domains_of(spec, "cycle_gan")
    there = translation.residual(x, y, filters, blocks, name="x_to_y")
    back = translation.residual(y, x, filters, blocks, name="y_to_x")
    critics = patch_critics(
        spec, "least_squares", field, critic_filters, "instance", replay_pool
    )
    terms = _round_trips(cycle)
    if x["x"] == y["y"] and identity:
        terms += [
            Reconstruction(cycle * identity, f"{domain}_same", domain, name="identity")
            for domain in ("x", "y")
        ]
    return CycleGAN(spec, there, back, critics, terms=terms, seed=seed)


@recipe(
    "disco_gan",
    kinds=IMAGES,
    learning_rate=2e-4,
    generator_learning_rate=4e-4,
    beta_1=0.5,
)
def disco_gan(
    spec: DatasetSpec,
    cycle: float = 100.0,
    matching: float = 9.0,
    normalisation: str = "layer",
    filters: Sequence[int] = (32, 64, 128),
    critic_filters: Sequence[int] = (32, 64, 128, 128),
    seed: int = 0,
) -> CycleGAN:
    """Two domains' common factor, found by networks with a narrow middle.

    All that is kept of a picture passes through a few numbers, and both round trips
    must find it again: what the domains share, such as the direction that an object
    looks in, is kept, and what they do not share is made anew.

    Args:
        spec: of a data set whose batches have "y", as `domains=` or `unpaired:` gives.
        cycle: weight of the squared error of either round trip, the mean over the
            picture, >= 0. Default 100.
        matching: weight of the squared difference of the critics' mean features, the
            mean over these, >= 0. Default 9.
        normalisation: of the translators' hidden layers, "layer" or "batch". Default
            "layer".
        filters: channels of each halving, each >= 1; the doublings mirror them. The
            narrower the middle, the less is kept of where things are. Default (32, 64,
            128).
        critic_filters: channels of the critics' convolutions, each >= 1. Default (32,
            64, 128, 128).
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for data without "y".

    Reference: Kim et al., "Learning to Discover Cross-Domain Relations with Generative
    Adversarial Networks", 2017. Features of the last hidden layer are matched, there
    those of all; the critics' rate is half of the translators', which there move twice
    as often, and the round trip weighs ten times as much. The translators' layers are
    normalised over the channels of each place: a batch's statistics are of other
    pictures in a round trip than in a translation.
    """
    x, y = domains_of(spec, "disco_gan")
    there = translation.bottleneck(x, y, filters, normalisation, name="x_to_y")
    back = translation.bottleneck(y, x, filters, normalisation, name="y_to_x")
    style = {
        "activation": "leaky_relu",
        "normalisation": "batch",
        **translation.INITIAL,
    }
    critics = [
        Critic(
            convolutional.encoder(
                {"x": shape}, {"score": 1}, critic_filters, features=True, **style
            ),
            view=Named(domain),
            name=f"critic_{domain}",
        )
        for domain, shape in (*x.items(), *y.items())
    ]
    terms = _round_trips(cycle, power=2)
    size = math.prod(critics[0].network.output["features"].shape[1:])
    terms += [
        FeatureMatching(matching / size, critic=critic.name) for critic in critics
    ]
    return CycleGAN(spec, there, back, critics, terms=terms, seed=seed)


@recipe("dual_gan", kinds=IMAGES, optimizer="rmsprop", learning_rate=2e-4)
def dual_gan(
    spec: DatasetSpec,
    cycle: float = 20.0,
    clip: float = 0.1,
    field: int = 16,
    dropout: float = 0.5,
    normalisation: str = "layer",
    filters: Sequence[int] = (32, 64, 128, 128),
    critic_filters: Sequence[int] = (32, 64, 128, 128),
    critic_steps: int = 3,
    seed: int = 0,
) -> CycleGAN:
    """Two translators with skips and noise, in a Wasserstein game.

    Args:
        spec: of a data set whose batches have "y", as `domains=` or `unpaired:` gives.
        cycle: weight of |x - back(there(x))| and the same of y, the means over the
            pictures, >= 0. Default 20.
        clip: the critics' weights stay in [-clip, clip], > 0. Default 0.1.
        field: as for `cycle_gan`: 7, 16, 34 or 70. Default 16.
        dropout: rate of the translators' noise, which is there when they are used,
            too, in [0, 1). Default 0.5.
        normalisation: as for `disco_gan`. Default "layer".
        filters: channels of each halving, each >= 1; the doublings mirror them.
            Default (32, 64, 128, 128).
        critic_filters: channels of the critics' convolutions, each >= 1. Default (32,
            64, 128, 128).
        critic_steps: of the critics for each of the translators, >= 1. Default 3.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without "y", or another `field`.

    Reference: Yi, Zhang, Tan, Gong, "DualGAN: Unsupervised Dual Learning for
    Image-to-Image Translation", 2017, with a larger rate and layers that are normalised
    over the channels of each place.
    """
    x, y = domains_of(spec, "dual_gan")
    style = {"dropout": dropout, "normalisation": normalisation}
    there = translation.unet(x, y, filters, **style, name="x_to_y")
    back = translation.unet(y, x, filters, **style, name="y_to_x")
    critics = _clipped_critics(spec, clip, field, critic_filters)
    return CycleGAN(
        spec,
        there,
        back,
        critics,
        terms=_round_trips(cycle),
        critic_steps=critic_steps,
        seed=seed,
    )


@recipe("gene_gan", kinds=IMAGES, optimizer="rmsprop", learning_rate=2e-4)
def gene_gan(
    spec: DatasetSpec,
    reconstruction: float = 20.0,
    nothing: float = 1.0,
    parallelogram: float = 0.01,
    share: float = 0.25,
    clip: float = 0.1,
    field: int = 16,
    normalisation: str = "layer",
    filters: Sequence[int] = (64, 128, 128),
    critic_filters: Sequence[int] = (32, 64, 128, 128),
    critic_steps: int = 1,
    seed: int = 0,
) -> Transfiguration:
    """A thing is taken off one picture and put on another, from unpaired sets of both.

    Every picture is split into two parts, of which one is the thing. Joined crosswise,
    pictures with the thing lose it and others gain it; a critic of each set judges
    both, and joined again as they were they are the pictures that they were.

    Args:
        spec: of a data set whose batches have "y", the pictures with the thing, as
            `domains=` or `unpaired:` gives; x are those without.
        reconstruction: weight of |x - x_again| and the same of y, the means over the
            pictures, >= 0. Default 20.
        nothing: weight of |e|, the mean, of the thing that is found on pictures that
            have none, >= 0. Default 1.
        parallelogram: weight of |x + y - x_made - y_made|, the mean, >= 0. Default
            0.01.
        share: of the channels in the middle that is the thing's, in (0, 1). Default
            0.25.
        clip: the critics' weights stay in [-clip, clip], > 0. Default 0.1.
        field: as for `cycle_gan`: 7, 16, 34 or 70. Default 16.
        normalisation: of the hidden layers of splitter and joiner, "layer" or "batch".
            Default "layer".
        filters: channels of each halving, each >= 1; the doublings mirror them.
            Default (64, 128, 128).
        critic_filters: channels of the critics' convolutions, each >= 1. Default (32,
            64, 128, 128).
        critic_steps: of the critics for each of the others, >= 1. Default 1.
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for data without "y", or a share that leaves a part no channels.

    Reference: Zhou et al., "GeneGAN: Learning Object Transfiguration and Attribute
    Subspace from Unpaired Data", 2017; layers are normalised over the channels of each
    place, and the critics judge patches.
    """
    domains_of(spec, "gene_gan")
    critics = _clipped_critics(spec, clip, field, critic_filters)
    return Transfiguration(
        spec,
        remover("y", spec.shapes["y"], filters, share, normalisation),
        critics,
        terms=[
            Reconstruction(reconstruction, "x_again"),
            Reconstruction(reconstruction, "y_again", target="y"),
            Nothing(nothing),
            Parallelogram(parallelogram),
        ],
        critic_steps=critic_steps,
        seed=seed,
    )


def _round_trips(cycle, power=1):
    """Both domains' distance to what comes back of them."""
    return [
        Reconstruction(cycle, f"{domain}_again", domain, power, name="cycle")
        for domain in ("x", "y")
    ]


def _clipped_critics(spec, clip, field, filters):
    """Critics of a Wasserstein game whose weights stay in [-clip, clip]."""
    style = {"normalisation": None, **clipped(clip)}
    return patch_critics(spec, "wasserstein", field, filters, **style)
