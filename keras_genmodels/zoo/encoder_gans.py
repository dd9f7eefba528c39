"""Adversarial networks that find the latent of an example; a paper each.

They share the networks of DCGAN, as `gans` does, and what `adversaries.compiled` takes;
the moving average is of the weights of generator and encoder.
"""

from __future__ import annotations

import keras

from keras_genmodels import objectives, registry
from keras_genmodels.models import ALI, VAEGAN, BiGAN, Critic, Rebuilt
from keras_genmodels.registry import register
from keras_genmodels.zoo.adversaries import (
    FILTERS,
    UNITS,
    compiled,
    compiling,
    encoder,
    needed_condition,
    networks,
)
from keras_genmodels.zoo.arguments import handing_on
from keras_genmodels.zoo.gans import dcgan


@register("bigan", family="recipe")
@compiling
def bigan(
    spec,
    latent_dim=50,
    filters=FILTERS,
    units=UNITS,
    joint=(512,),
    seed=0,
    **players,
):
    """The critic judges pairs of an example and its latent, and an encoder is learned.

    Every latent of the encoder has mean 0 and variance 1 over a batch, as the prior's
    have: without that it runs away from the critic, and all examples have one code.

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
    model = BiGAN(spec, generator, finder, Critic(critic, "non_saturating"), seed=seed)
    return compiled(model, **players)


@register("ali", family="recipe")
@compiling
def ali(
    spec,
    latent_dim=50,
    filters=FILTERS,
    units=UNITS,
    joint=(512,),
    seed=0,
    **players,
):
    """BiGAN with an encoder that gives a distribution, and pairs with draws from it.

    The posterior is normal, and its draws have mean 0 and variance 1 over a batch, as
    the latents of `bigan` have.

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
    model = ALI(spec, generator, finder, Critic(critic, "non_saturating"), seed=seed)
    return compiled(model, **players)


@register("cvae_gan", family="recipe")
@compiling
def cvae_gan(
    spec,
    kl_weight=0.01,
    reconstruction=1.0,
    similarity=1.0,
    matching=0.001,
    class_weight=1.0,
    latent_dim=50,
    filters=FILTERS,
    units=UNITS,
    seed=0,
    **players,
):
    """A conditional VAE whose pictures are held against real ones by a critic, too.

    One critic judges samples of the prior and names their class; another judges rebuilt
    examples, and its features say how alike two pictures are.

    Reference: Bao et al., "CVAE-GAN: Fine-Grained Image Generation through Asymmetric
    Training", 2017; there one network judges both, and the classifier is one of its
    own; here encoder and generator share one loss, and pixels differ absolutely.
    """
    condition = needed_condition(spec, "cvae_gan")
    classes = {"classes": spec.condition_size}
    generator, critic = networks(
        spec, latent_dim, filters, units, condition, outputs=classes, features=True
    )
    _, judge = networks(spec, latent_dim, filters, units, condition, features=True)
    head = registry.get("normal", "head", event_shape=(latent_dim,))
    finder = encoder(spec, {"posterior": head.params_size}, filters, units, condition)
    attributes = [(a.start, a.stop) for a in spec.attributes]
    terms = [
        objectives.ClassTerm(attributes, class_weight),
        objectives.FeatureMatching(matching),
        objectives.Reconstruction(reconstruction, key="rebuilt"),
        objectives.Similarity(similarity, critic="rebuilt"),
        objectives.KLTerm(kl_weight),
    ]
    critics = [
        Critic(critic, name="generated"),
        Critic(judge, view=Rebuilt(), name="rebuilt"),
    ]
    model = VAEGAN(spec, generator, finder, critics, head, terms=terms, seed=seed)
    return compiled(model, **players)


@register("anogan", family="recipe")
@handing_on(dcgan, but=["objective"])
def anogan(spec, **arguments):
    """A DCGAN that has seen what is normal only: what it cannot rebuild is an anomaly.

    Train it without a class, `--data exclude=[{'label': 0}]`, and the metric
    `anomaly` searches the latent of each test example and scores what is missing.

    Reference: Schlegl et al., "Unsupervised Anomaly Detection with Generative
    Adversarial Networks to Guide Marker Discovery", 2017; normal latents, not uniform.
    """
    return dcgan(spec, "non_saturating", **arguments)


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
    outputs = {"posterior": keras.layers.Flatten(name="posterior")(pairs)}
    return keras.Model(network.input, outputs, name=network.name)
