"""Priors of latents: that of a VAE, the noise of a GAN."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.registry import register

from .heads import positive, weight
from .normal import MIN_STDDEV, independent_normal

tfd = tfp.distributions


class Prior(keras.layers.Layer):
    """A distribution over latents of shape `(latent_dim,)`.

    A sub-class says `distribution`, which builds a new distribution on every call,
    inside the gradient tape of the step that asks. All its weights exist from the
    start, in float32.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        **kwargs: `name`, `dtype` and `trainable` of `keras.layers.Layer`.

    Raises:
        ValueError: if `latent_dim` is below 1.
    """

    def __init__(self, latent_dim, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.latent_dim = checks.integer("latent_dim", latent_dim, least=1)
        self.built = True

    def distribution(self, condition=None, posterior=None):
        """The prior as a `tfd.Distribution` with event shape `(latent_dim,)`.

        Args:
            condition: float32 `(batch, condition_size)`, for priors that look at it.
            posterior: a callable, x to `tfd.Distribution`, for priors made of it.

        Returns:
            A distribution of batch shape `()` or `(batch,)`.
        """
        raise NotImplementedError

    def combine(self, posterior):
        """Bring what an encoder says of the latents together with this prior.

        Args:
            posterior: of the head, batch shape `(batch,)`.

        Returns:
            q(z|x), of the same shapes; by default as the encoder says.
        """
        return posterior

    def update(self, z):
        """See a training batch of latents, `(batch, latent_dim)`; most need not."""

    def get_config(self):
        return {**super().get_config(), "latent_dim": self.latent_dim}


def sample_shape(prior: tfd.Distribution, n) -> list:
    """The shape to ask a prior for, for `n` latents: it may have a row for each.

    Args:
        prior: of batch shape `()` or `(n,)`.
        n: how many, a number or a tensor.
    """
    return [] if prior.batch_shape.rank else [n]


@register("standard_normal", family="prior")
class StandardNormalPrior(Prior):
    """Independent normals of mean 0 and variance 1: z ~ N(0, I).

    Args:
        latent_dim: the number of latents, an integer >= 1.

    Example:
        >>> z = StandardNormalPrior(2).distribution().sample(3, seed=(0, 1))
        >>> z.shape
        TensorShape([3, 2])
    """

    def distribution(self, condition=None, posterior=None):
        zeros = tf.zeros((self.latent_dim,))
        return independent_normal(zeros, tf.ones_like(zeros))


@register("uniform", family="prior")
class UniformPrior(Prior):
    """Independent uniforms on [-1, 1]: the noise of some GANs.

    The density is 0 outside, so that the KL of a normal posterior to it is infinite.

    Args:
        latent_dim: the number of latents, an integer >= 1.

    Example:
        >>> float(UniformPrior(2).distribution().prob([0.5, -0.5]))
        0.25
    """

    def distribution(self, condition=None, posterior=None):
        ones = tf.ones((self.latent_dim,))
        return tfd.Independent(tfd.Uniform(-ones, ones), 1)


class _MixturePrior(Prior):
    """A prior with components, whose first weights follow a seed."""

    def __init__(self, latent_dim, num_components, seed, **kwargs):
        super().__init__(latent_dim, **kwargs)
        self.num_components = checks.integer("num_components", num_components, least=1)
        self.seed = int(seed)

    def get_config(self):
        own = {"num_components": self.num_components, "seed": self.seed}
        return {**super().get_config(), **own}


@register("mixture", family="prior")
class MixturePrior(_MixturePrior):
    """A learned mixture of diagonal normals, for latents that fall into groups.

        p(z) = sum_k pi_k N(z; mean_k, diag(stddev_k)**2)

    pi, mean and stddev are weights. They start equal, at draws from N(0, I), and at 1.
    There is no closed form of the KL to it: `kl` wants samples of the posterior.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        num_components: K >= 1. Default 50.
        seed: of the first means, an integer. Default 0.

    Raises:
        ValueError: if `num_components` is below 1.

    Example:
        >>> p = MixturePrior(2, num_components=3).distribution()
        >>> p.log_prob(tf.zeros((5, 2))).shape
        TensorShape([5])
    """

    def __init__(self, latent_dim, num_components=50, seed=0, **kwargs):
        super().__init__(latent_dim, num_components, seed, **kwargs)
        shape = (self.num_components, self.latent_dim)
        spread = keras.initializers.RandomNormal(stddev=1.0, seed=self.seed)
        one = keras.initializers.Constant(float(tfp.math.softplus_inverse(1.0)))
        self.logits = weight(self, "logits", shape[:1], "zeros")
        self.loc = weight(self, "loc", shape, spread)
        self.raw_stddev = weight(self, "raw_stddev", shape, one)

    def distribution(self, condition=None, posterior=None):
        stddev = positive(tf.convert_to_tensor(self.raw_stddev), MIN_STDDEV)
        return tfd.MixtureSameFamily(
            tfd.Categorical(logits=tf.convert_to_tensor(self.logits)),
            independent_normal(tf.convert_to_tensor(self.loc), stddev),
        )


@register("vamp", family="prior")
class VampPrior(_MixturePrior):
    """The mixture of the posteriors of learned pseudo-inputs.

        p(z) = 1/K sum_k q(z | u_k)

    The best prior for the ELBO is the aggregated posterior; this is one over K inputs
    that are learned with everything else, so that prior and encoder work together.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        x_shape: the shape of one input of the encoder.
        num_components: K >= 1. Default 500.
        seed: of the first pseudo-inputs, an integer. Default 0.

    Raises:
        ValueError: if `num_components` is below 1; from `distribution`, if `posterior`
            is None.

    Example:
        >>> prior = VampPrior(2, x_shape=(2,), num_components=3)
        >>> p = prior.distribution(posterior=lambda x: independent_normal(x, 1.0))
        >>> p.log_prob(tf.zeros((5, 2))).shape
        TensorShape([5])

    Reference: Tomczak and Welling, "VAE with a VampPrior", 2018. Their pseudo-inputs
    are clipped to [0, 1]; ours are sigmoids of weights, with a gradient everywhere.
    """

    def __init__(self, latent_dim, x_shape, num_components=500, seed=0, **kwargs):
        super().__init__(latent_dim, num_components, seed, **kwargs)
        self.x_shape = tuple(int(n) for n in x_shape)
        spread = keras.initializers.RandomNormal(stddev=1.0, seed=self.seed)
        shape = (self.num_components, *self.x_shape)
        self.pseudo_logits = weight(self, "pseudo_logits", shape, spread)

    @property
    def pseudo_inputs(self):
        """The inputs of the encoder, `(num_components, *x_shape)` in [0, 1]."""
        return tf.sigmoid(tf.convert_to_tensor(self.pseudo_logits))

    def distribution(self, condition=None, posterior=None):
        if posterior is None:
            raise ValueError(
                "`posterior` must be a callable, x to distribution, for a VampPrior is "
                "made of it. Received: posterior=None."
            )
        equal = tfd.Categorical(logits=tf.zeros((self.num_components,)))
        return tfd.MixtureSameFamily(equal, posterior(self.pseudo_inputs))

    def get_config(self):
        return {**super().get_config(), "x_shape": list(self.x_shape)}
