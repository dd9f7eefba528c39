"""Adversarial networks between pictures, with borrowed networks; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic, DomainTransfer
from keras_genmodels.models.views import Named
from keras_genmodels.networks import convolutional, symmetric
from keras_genmodels.networks.feature_decoder import feature_decoder
from keras_genmodels.objectives.terms.perceptual import Perceptual
from keras_genmodels.objectives.terms.reconstruction import Reconstruction
from keras_genmodels.objectives.terms.smoothness import Smoothness
from keras_genmodels.zoo.borrowing import borrow
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_tensors


@recipe("dtn", kinds=IMAGES, learning_rate=1e-3, beta_1=0.5)
def dtn(
    spec: DatasetSpec,
    start: str | None = None,
    constancy: float = 15.0,
    identity: float = 15.0,
    smoothness: float = 0.0,
    normalisation: str = "batch",
    filters: Sequence[int] = (128, 64, 32),
    critic_filters: Sequence[int] = (32, 64, 128),
    seed: int = 0,
) -> DomainTransfer:
    """Pictures of another domain become ones of x in which a classifier sees the same.

    The generator decodes the features f(y) of a classifier of the other domain, which
    is borrowed and not trained. A critic tells real pictures, G(y) and G(x) apart.
    Without the constancy of the features, what is made need not be of y's class.

    Args:
        spec: of a data set whose batches have "y", as `y="coloured"` gives it.
        start: a run folder, or a `.keras` file, of a classifier of pictures like y: of
            `classifier` with `sees="source"`, say. Default None, which is refused.
        constancy: weight of (f(y) - f(G(y)))**2, the mean, >= 0. Default 15.
        identity: weight of (x - G(x))**2, the mean, >= 0. Default 15.
        smoothness: weight of the total variation of G(y), >= 0. Default 0.
        normalisation: of the decoder's hidden layers, "batch" or "layer". Default
            "batch".
        filters: channels of the decoder, each >= 1. Default (128, 64, 32).
        critic_filters: channels of the critic's convolutions, each >= 1. Default (32,
            64, 128).
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for data without "y", or no `start` with the features of such
            pictures.

    Reference: Taigman, Polyak, Wolf, "Unsupervised Cross-Domain Image Generation",
    2017; the features are means and maxima over all places here.
    """
    y, x = needed_tensors(spec, "dtn", "y"), {"x": spec.x_shape}
    generator = feature_decoder(borrow(start), y, x, filters, normalisation)
    style = {"activation": "leaky_relu", "normalisation": "batch", "centre": True}
    critic = convolutional.encoder(x, {"score": 3}, critic_filters, **style)
    terms = [
        Perceptual(borrow(start), constancy, target="y", name="constancy"),
        Reconstruction(identity, "x_same", power=2, name="identity"),
        *([Smoothness(smoothness)] if smoothness else []),
    ]
    critics = Critic(critic, "which", negatives=[Named("x_same")])
    return DomainTransfer(spec, generator, critics, terms=terms, seed=seed)


@recipe("id_cgan", kinds=IMAGES, learning_rate=2e-3, beta_1=0.5)
def id_cgan(
    spec: DatasetSpec,
    start: str | None = None,
    reconstruction: float = 1.0,
    perceptual: float = 1.0,
    adversarial: float = 0.0066,
    layer: str = "stage_2",
    filters: Sequence[int] = (32, 32, 32, 16),
    critic_filters: Sequence[int] = (32, 64),
    seed: int = 0,
) -> GAN:
    """Rain is taken away from pictures, as pixels, features and a critic want it.

    Args:
        spec: of a data set whose batches have "source", as `source="rain"` gives it.
        start: a run folder, or a `.keras` file, of a network of pictures like x: of
            `classifier`, say. Default None, which is refused unless `perceptual` is 0.
        reconstruction: weight of (x - G)**2, the mean, >= 0. Default 1.
        perceptual: weight of the squared difference of the borrowed network's features,
            the mean, >= 0. Default 1.
        adversarial: weight of the critic, >= 0. Default 0.0066.
        layer: of the borrowed network, whose output is compared. Default "stage_2".
        filters: channels of the first half of the generator, each >= 1. Default (32,
            32, 32, 16).
        critic_filters: channels of the critic's convolutions, each >= 1. Default (32,
            64).
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for data without "source", or no `start` where it is needed.

    Reference: Zhang, Sindagi, Patel, "Image De-raining Using a Conditional Generative
    Adversarial Network", 2017, with half the channels. The features are those of a
    classifier of the data here, of VGG there.
    """
    source, x = needed_tensors(spec, "id_cgan", "source"), {"x": spec.x_shape}
    generator = symmetric.symmetric(source, x, filters)
    critic = symmetric.pyramid_patches({**x, **source}, critic_filters)
    terms = [Reconstruction(reconstruction, power=2)]
    if perceptual:
        terms += [Perceptual(borrow(start, layer), perceptual)]
    critics = Critic(critic, "non_saturating", weight=adversarial)
    return GAN(spec, generator, critics, terms=terms, seed=seed)
