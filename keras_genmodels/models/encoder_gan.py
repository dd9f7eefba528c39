"""Adversarial models with an encoder from examples to latents."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.distributed_random import draw
from keras_genmodels.distributions import divergences
from keras_genmodels.models.checks import (
    available,
    check_encoder,
    check_size,
)
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import (
    call_declared,
    named_condition,
    named_examples,
)
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.registry import register


class EncoderGAN(GAN):
    """The base of adversarial models whose encoder is one player with the generator.

    Both take one optimiser step together. For every critic that declares "latent" and
    so judges pairs of an example and its latent, the generator is to make it call fake
    pairs real, and the encoder real pairs fake.

    A subclass gives `encode`, and `encoded`, the encoder's part of a fake batch.

    Args:
        spec: of the dataset.
        generator: network from "latent", and "condition" if it declares it, as for
            `GAN`.
        encoder: network from "x", and "condition" if it declares it.
        critics: a `Critic` or a list of them.
        **kwargs: `prior`, `terms`, `critic_steps` and the others of `GAN`.

    Metrics: those of `GAN`, and `encoder_loss`, the part of `generator_loss` that comes
    from real pairs.

    Raises:
        ValueError: as `GAN`; for an encoder that declares what a batch does not have, a
            generator without a latent, or if nothing would move the encoder: no critic
            that declares "latent", and no term.
    """

    code_name = "latent"  # of the encoder's output
    encoder_sees = ()  # names of what the model shows it beside the tensors of a batch

    def __init__(self, spec, generator, encoder, critics, **kwargs):
        super().__init__(spec, generator, critics, **kwargs)
        seen = available(spec, *self.encoder_sees)
        self.encoder = named(encoder, "encoder", seen, self.code_name)
        check_encoder(self)
        self.pair_critics = [c for c in self.critics if "latent" in c.network.input]
        own = ["encoder_loss"] if self.pair_critics else []
        self.track_terms(*self.term_names, *own)

    def encode(self, x, condition=None) -> tf.Tensor:
        """The latents of examples, with averaged weights if the optimiser keeps any.

        Args:
            x: (batch, *spec.x_shape) in [0, 1]; or a dict of named tensors for an
                encoder that does not declare "x", such as one of pictures of volumes.
            condition: (batch, condition_size) or a dict of named tensors, of what the
                encoder declares.

        Returns:
            (batch, latent_dim).
        """
        raise NotImplementedError

    def reconstruct(self, x, condition=None) -> tf.Tensor:
        """`decode(encode(x))`, (batch, *spec.x_shape), in [0, 1]."""
        return self.decode(self.encode(x, condition), condition)

    def encoded(self, real, seed, training) -> dict[str, tf.Tensor]:
        """Tensors that the encoder makes of a real batch: "code", its latents, ..."""
        raise NotImplementedError

    @property
    def generator_networks(self):
        return [self.generator, self.encoder]

    def fake_batch(self, real, seed, training=False):
        """A generated batch, and beside it the encoder's tensors of the real one."""
        fake = super().fake_batch(real, seed, training)
        return {**fake, **self.encoded(real, seed, training)}

    def step_tensors(self, real, fake, training):
        real = {**real, "latent": fake["code"]}
        return super().step_tensors(real, fake, training)

    def generator_terms(self, step):
        terms = super().generator_terms(step)
        cost = tf.zeros_like(terms["generator_loss"])
        for critic in self.pair_critics:
            scores = step.on_real(critic.name)["score"]
            cost += critic.weight * critic.objective.encoder_loss(scores)
        total = terms["generator_loss"] + cost
        return {**terms, "generator_loss": total, "encoder_loss": cost}

    def get_config(self):
        return super().get_config() | serialised({"encoder": self.encoder})


@register("bigan", family="model")
class BiGAN(EncoderGAN):
    """A generator and an encoder against critics that judge examples with latents.

        real pairs  (x, E(x)),  x from the data
        fake pairs  (G(z), z),  z from the prior

    Where no critic can tell the two joint distributions apart, E inverts G.

    Args:
        spec: of the dataset.
        generator: as for `EncoderGAN`.
        encoder: network to the output "latent", (batch, latent_dim).
        critics: as for `EncoderGAN`.
        **kwargs: as for `GAN`.

    Raises:
        ValueError: as `EncoderGAN`, and for an encoder that puts out no latent.

    Reference: Donahue, Krahenbuhl, Darrell, "Adversarial Feature Learning", 2017.
    """

    def __init__(self, spec, generator, encoder, critics, **kwargs):
        super().__init__(spec, generator, encoder, critics, **kwargs)
        check_size(self.encoder, "latent", self.latent_dim)

    def encode(self, x, condition=None):
        with self._averaged():
            inputs = {**named_condition(condition), **named_examples(x)}
            return call_declared(self.encoder, inputs)["latent"]

    def encoded(self, real, seed, training):
        return {"code": call_declared(self.encoder, real, training)["latent"]}


@register("ali", family="model")
class ALI(EncoderGAN):
    """A `BiGAN` whose encoder gives a distribution: real pairs are (x, z ~ q(z|x)).

    Where no critic can tell the pairs apart, q(z|x) is the true posterior of the model
    that prior and generator make.

    Args:
        spec: of the dataset.
        generator: as for `EncoderGAN`.
        encoder: network to the output "posterior", the parameters of q(z|x).
        critics: as for `EncoderGAN`.
        posterior: head of q(z|x): "normal" (diagonal), "multivariate_normal", ...
        **kwargs: as for `GAN`.

    Raises:
        ValueError: as `EncoderGAN`, and for an encoder that does not put out the
            parameters of the head.

    Reference: Dumoulin et al., "Adversarially Learned Inference", 2017.
    """

    code_name = "posterior"

    def __init__(self, spec, generator, encoder, critics, posterior="normal", **kwargs):
        super().__init__(spec, generator, encoder, critics, **kwargs)
        self.posterior_head = registry.get(
            posterior, "head", event_shape=(self.latent_dim,)
        )
        check_size(self.encoder, "posterior", self.posterior_head.params_size)

    def posterior(self, x, condition=None):
        """q(z|x), a TFP distribution over (latent_dim,) with batch shape (batch,)."""
        with self._averaged():
            inputs = {**named_condition(condition), **named_examples(x)}
            return self._posterior(inputs, training=False)

    def _posterior(self, tensors, training):
        params = call_declared(self.encoder, tensors, training)["posterior"]
        return self.posterior_head.distribution(params, training=training)

    def encode(self, x, condition=None):
        """The mean of q(z|x), (batch, latent_dim)."""
        return self.posterior(x, condition).mean()

    def encoded(self, real, seed, training):
        return {"code": _one_draw(self._posterior(real, training), seed)[0]}

    def get_config(self):
        return super().get_config() | serialised({"posterior": self.posterior_head})


@register("vae_gan", family="model")
class VAEGAN(ALI):
    """A GAN whose generator is a VAE's decoder, too: a step rebuilds real examples.

    To the fake batch of a step it adds, for terms and critics to look at,

        "rebuilt"  G(z ~ q(z|x)), (batch, *spec.x_shape)
        "kl"       KL(q(z|x) || p(z)), (batch,) nats

    Critics may judge x alone; the view `Rebuilt` shows a critic rebuilt examples in
    place of generated ones. A conditional one is this class with networks that declare
    "condition".

    Args:
        spec: of the dataset.
        generator: as for `EncoderGAN`.
        encoder: network to the output "posterior", the parameters of q(z|x).
        critics: as for `EncoderGAN`.
        **kwargs: as for `ALI`.

    Raises:
        ValueError: as `ALI`.

    Reference: Larsen et al., "Autoencoding beyond Pixels using a Learned Similarity
    Metric", 2016; encoder and decoder share one loss here.
    """

    def encoded(self, real, seed, training):
        posterior = self._posterior(real, training)
        z = _one_draw(posterior, seed)
        kl = divergences.kl(posterior, self.prior(real), z)
        rebuilt = self._generated({**real, "latent": z[0]}, training)["x"]
        return {"code": z[0], "rebuilt": rebuilt, "kl": kl}


@register("rebuilt", family="view")
class Rebuilt:
    """The view of a critic that judges rebuilt examples and not generated ones."""

    def __call__(self, tensors, seed):
        """The tensors, with "rebuilt" as "x" where they hold it; the seed is unused."""
        return {**tensors, "x": tensors.get("rebuilt", tensors["x"])}

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register("permuted", family="view")
class Permuted:
    """Shows a critic codes whose every number is that of another example.

    Real are the codes of examples; generated ones are the same numbers, those of each
    dimension in a random order of its own, as if dimensions were independent. A critic
    that declares "latent" learns the log-ratio of the two, whose mean over the codes is
    the total correlation of their dimensions. No gradient passes the permuted ones.

    Shapes: "code" and "latent" (batch, latent_dim).

    Reference: Kim & Mnih, "Disentangling by Factorising", 2018. The permuted codes are
    those of the same batch here, there of another one.
    """

    def __call__(self, tensors, seed):
        if "code" not in tensors:  # real examples, whose latent is their code
            return tensors
        columns = tf.transpose(tf.stop_gradient(tensors["code"]))
        order = tf.argsort(tf.random.stateless_uniform(tf.shape(columns), seed), axis=1)
        permuted = tf.gather(columns, order, batch_dims=1)
        return {**tensors, "latent": tf.transpose(permuted)}

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _one_draw(posterior, seed):
    """(1, batch, latent_dim), of other noise than the prior draws from the seed."""
    return draw(posterior, 1, tf.random.experimental.stateless_fold_in(seed, 1))
