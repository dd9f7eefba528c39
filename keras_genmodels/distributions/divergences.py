"""How far one distribution is from another, in nats."""

import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions


def kl(q, p, z=None):
    """The Kullback-Leibler divergence KL(q || p).

    Exact where TFP knows the pair, an unbiased estimate at samples of q elsewhere, so
    that an objective need not ask which prior and posterior it was given:

        KL(q || p) = E_q[log q(z) - log p(z)]  ~  mean over samples of the same at z

    Args:
        q: the distribution the expectation is under, batch shape `(batch,)`.
        p: the other distribution, batch shape `(batch,)` or `()`.
        z: samples of q, `(batch, d)` or `(samples, batch, d)`; read only where there is
            no closed form. Let gradients flow through it: draw it from q.

    Returns:
        float32 `(batch,)`, nats. The closed form is >= 0, the estimate may be negative.

    Raises:
        ValueError: if the pair has no closed form and `z` is None.

    Example:
        >>> q, p = tfd.Normal(1.0, 1.0), tfd.Normal(0.0, 1.0)
        >>> float(kl(q, p))
        0.5
    """
    try:
        return tfd.kl_divergence(q, p)
    except NotImplementedError:
        if z is None:
            raise ValueError(
                "`z` must hold samples of q, for this pair has no closed form. "
                f"Received: z=None, q={q.name}, p={p.name}."
            ) from None
    ratio = q.log_prob(z) - p.log_prob(z)  # (*samples, *batch)
    samples = ratio.shape.rank - q.batch_shape.rank
    return tf.reduce_mean(ratio, axis=list(range(samples)))


def is_by_dimension(*distributions):
    """Whether all are normals side by side, as `kl_by_dimension` needs them."""
    return all(
        isinstance(one, tfd.Independent) and isinstance(one.distribution, tfd.Normal)
        for one in distributions
    )


def kl_by_dimension(q, p):
    """KL(q || p) by latent dimension, `(batch, d)` nats, for normals side by side.

    Raises:
        TypeError: if q or p is not an `Independent` of a `Normal`.
    """
    for name, side in (("q", q), ("p", p)):
        if not is_by_dimension(side):
            raise TypeError(
                f"`{name}` must be an Independent(Normal), whose dimensions have a KL "
                f"of their own. Received: {name}={side.name}."
            )
    return tfd.kl_divergence(q.distribution, p.distribution)


@tfd.RegisterKL(tfd.MultivariateNormalTriL, tfd.Independent)
def _kl_full_covariance_independent(q, p, name=None):
    """KL of a full-covariance normal to normals side by side."""
    if not isinstance(p.distribution, tfd.Normal) or p.event_shape.rank != 1:
        raise NotImplementedError(f"No closed form for {q.name} and {p.name}.")
    loc, scale = p.distribution.loc, p.distribution.scale
    return tfd.kl_divergence(q, tfd.MultivariateNormalDiag(loc, scale), name=name)
