"""Adversarial networks that find the latent of an example; a paper each.

They share the networks of DCGAN, as `gans` does; the moving average is of the weights
of generator and encoder.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras

from keras_genmodels import objectives, registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import NormalHead
from keras_genmodels.models import ALI, GAN, VAEGAN, BiGAN, Critic, Permuted, Rebuilt
from keras_genmodels.networks import convolutional, dense
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.zoo.gan_networks import (
    FILTERS,
    UNITS,
    encoder,
    networks,
)
from keras_genmodels.zoo.gans import dcgan
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, NO_CLIPS, needed_condition


@recipe("bigan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def bigan(
    spec: DatasetSpec,
    latent_dim: int = 50,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    joint: Sequence[int] = (512,),
    seed: int = 0,
) -> BiGAN:
    """The critic judges pairs of an example and its latent, and an encoder is learned.

    Every latent of the encoder has mean 0 and variance 1 over a batch, as the prior's
    have: without that it runs away from the critic, and all examples have one code.

    Args:
        spec: of the data set.
        latent_dim: numbers that the generator sees and the encoder finds, >= 1. Default
            50.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        joint: widths of the critic's dense layers, each >= 1, in which an image's
            features meet the latent. Default (512,).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Donahue, Krahenbuhl, Darrell, "Adversarial Feature Learning", 2017; the
    networks of DCGAN, normal latents in place of uniform ones, and the latent joins the
    critic after its convolutions.
    """
    latent = {"latent": (latent_dim,)}
    generator, critic = networks(
        spec, latent_dim, filters, units, critic_sees=latent, joint=joint
    )
    finder = encoder(spec, {"latent": latent_dim}, filters, units)
    finder = _standardised(finder, "latent")
    return BiGAN(spec, generator, finder, Critic(critic, "non_saturating"), seed=seed)


@recipe("ali", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def ali(
    spec: DatasetSpec,
    latent_dim: int = 50,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    joint: Sequence[int] = (512,),
    seed: int = 0,
) -> ALI:
    """BiGAN with an encoder that gives a distribution, and pairs with draws from it.

    The posterior is normal, and its draws have mean 0 and variance 1 over a batch, as
    the latents of `bigan` have.

    Args:
        spec: of the data set.
        latent_dim: numbers that the generator sees and the encoder finds, >= 1. Default
            50.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        joint: as for `bigan`. Default (512,).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Dumoulin et al., "Adversarially Learned Inference", 2017; the networks of
    DCGAN, and the latent joins the critic after its convolutions.
    """
    latent = {"latent": (latent_dim,)}
    generator, critic = networks(
        spec, latent_dim, filters, units, critic_sees=latent, joint=joint
    )
    parts = {"mean": latent_dim, "share": latent_dim}
    finder = _standardised(encoder(spec, parts, filters, units), "mean")
    finder = _posterior(finder)
    return ALI(spec, generator, finder, Critic(critic, "non_saturating"), seed=seed)


@recipe("cvae_gan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def cvae_gan(
    spec: DatasetSpec,
    kl_weight: float = 0.01,
    reconstruction: float = 1.0,
    similarity: float = 1.0,
    matching: float = 0.001,
    class_weight: float = 1.0,
    asymmetric: bool = True,
    latent_dim: int = 50,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> VAEGAN:
    """A conditional VAE whose generator matches features of a critic and a classifier.

    Training is asymmetric: the critic learns to tell real examples from generated and
    rebuilt ones, and the classifier to name the class of real ones, but the generator
    answers neither. It matches the critic's mean features, and the classifier's mean
    features of each class, so that it has a gradient where both are sure.

    Args:
        spec: of the data set, which has attributes.
        kl_weight: of the KL divergence from the prior, >= 0. Default 0.01.
        reconstruction: weight of the absolute difference of pixels, >= 0. Default 1.
        similarity: weight of the squared difference between the features of an example
            and of the rebuilt one, the critic's and the classifier's, >= 0. Default 1.
        matching: weight of the squared difference between the mean features of real and
            of generated examples, >= 0: all by the critic's, and those of each class by
            the classifier's. Default 0.001.
        class_weight: of the cross-entropy of the classes, >= 0. Default 1.
        asymmetric: False for the game of other GANs, where the generator also wants
            the critic to call its examples real, and the classifier to name the class
            that was asked for. Default True.
        latent_dim: numbers that the generator sees beside the condition, >= 1. Default
            50.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes.

    Reference: Bao et al., "CVAE-GAN: Fine-Grained Image Generation through Asymmetric
    Training", 2017; the networks of DCGAN, pixels differ absolutely, and the critic
    sees real examples twice, with generated and with rebuilt ones.
    """
    condition = needed_condition(spec, "cvae_gan")
    generator, critic = networks(
        spec, latent_dim, filters, units, condition, features=True
    )
    classifier = _classifier(spec, filters, units)
    outputs = {**critic.output, **classifier(critic.input)}
    network = keras.Model(critic.input, outputs, name="critic")
    head = registry.get("normal", "head", event_shape=(latent_dim,))
    finder = encoder(spec, {"posterior": head.params_size}, filters, units, condition)
    attributes = [(a.start, a.stop) for a in spec.attributes]
    class_term = objectives.Supervised if asymmetric else objectives.ClassTerm
    features = {"output": "class_features"}
    terms = [
        class_term(attributes, class_weight, name="class"),
        objectives.FeatureMatching(matching),
        objectives.ClassFeatureMatching(matching, **features),
        objectives.Reconstruction(reconstruction, key="rebuilt"),
        objectives.Similarity(similarity, critic="rebuilt"),
        objectives.Similarity(similarity, critic="rebuilt", **features),
        objectives.KLTerm(kl_weight),
    ]
    game = objectives.Logistic if asymmetric else objectives.NonSaturating
    critics = [
        Critic(network, game(), name="generated"),
        Critic(network, game(), view=Rebuilt(), name="rebuilt"),
    ]
    return VAEGAN(spec, generator, finder, critics, head, terms=terms, seed=seed)


@recipe("factor_vae", kinds=IMAGES, learning_rate=1e-3, beta_1=0.9)
def factor_vae(
    spec: DatasetSpec,
    gamma: float = 10.0,
    latent_dim: int = 10,
    filters: Sequence[int] = (32, 64),
    units: Sequence[int] = (256,),
    critic_units: Sequence[int] = (256, 256, 256),
    seed: int = 0,
) -> VAEGAN:
    """A VAE whose latents a critic cannot tell from independent ones.

    The critic looks at latents alone, and its score estimates how far they depend on
    each other, which the encoder pays for on top of the bound of the VAE.

    Args:
        spec: of the data set, of images.
        gamma: weight of the total correlation, >= 0. Default 10.
        latent_dim: numbers of the latent, >= 1. Default 10.
        filters: as for `conv_vae`. Default (32, 64).
        units: as for `conv_vae`. Default (256,).
        critic_units: widths of the critic's hidden layers, each >= 1. Default (256,
            256, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Kim & Mnih, "Disentangling by Factorising", 2018; the networks of
    `conv_vae`, a critic of three layers in place of six, and one batch in place of two.
    """
    latent, head = {"latent": (latent_dim,)}, NormalHead((latent_dim,))
    generator = convolutional.decoder(
        latent, {"x": spec.x_shape}, filters[::-1], units[::-1], name="generator"
    )
    finder = convolutional.encoder(
        {"x": spec.x_shape}, {"posterior": head.params_size}, filters, units
    )
    judge = dense.mlp(latent, {"score": 1}, critic_units, "leaky_relu", name="critic")
    critic = Critic(judge, "log_ratio", view=Permuted(), weight=gamma)
    terms = [objectives.CrossEntropy(), objectives.KLTerm()]
    return VAEGAN(spec, generator, finder, critic, head, terms=terms, seed=seed)


@recipe("anogan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def anogan(
    spec: DatasetSpec,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """A DCGAN that has seen what is normal only: what it cannot rebuild is an anomaly.

    Train it without a class, `--data exclude=[{'label': 0}]`, and the metric
    `anomaly` searches the latent of each test example and scores what is missing.

    Args:
        spec: of the data set.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Schlegl et al., "Unsupervised Anomaly Detection with Generative
    Adversarial Networks to Guide Marker Discovery", 2017; normal latents, not uniform.
    """
    return dcgan(spec, "non_saturating", latent_dim, filters, units, seed)


def _classifier(spec, filters, units):
    """Build a network from "x" to "classes", logits, and "class_features"."""
    sizes = {"classes": spec.condition_size}
    network = encoder(spec, sizes, filters, units, features=True, name="classifier")
    outputs = {
        "classes": network.output["classes"],
        "class_features": network.output["features"],
    }
    return keras.Model(network.input, outputs, name="classifier")


def _standardised(network, key):
    """The network with an output normalised over the batch."""
    layer = keras.layers.BatchNormalization(center=False, scale=False)
    outputs = {**network.output, key: layer(network.output[key])}
    return keras.Model(network.input, outputs, name=network.name)


def _posterior(network):
    """The network with parameters of the head "normal", from "mean" and "share".

    Of a latent's variance over all examples, 1, the sigmoid of "share" is the
    posterior's own, and the rest is that of the means.
    """
    share = keras.ops.clip(network.output["share"], -8.0, 8.0)
    stddev, spread = (
        keras.ops.exp(keras.ops.log_sigmoid(x) / 2) for x in (share, -share)
    )
    mean = network.output["mean"] * spread
    pairs = keras.ops.stack([mean, keras.ops.log(keras.ops.expm1(stddev))], axis=-1)
    flatten = keras.layers.Flatten(name="posterior", **CHANNELS_LAST)
    outputs = {"posterior": flatten(pairs)}
    return keras.Model(network.input, outputs, name=network.name)
