"""Inversion: the search of the latent that a model would make an example from.

Gradients of the model are needed for it; other parts reach it by `model.inverter`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.distributions.priors import sample_shape
from keras_genmodels.models.latent_search import best_latents
from keras_genmodels.models.network_inputs import examples
from keras_genmodels.registry import suggest
from keras_genmodels.seeds import seed_pair

STARTS = ("encoder", "prior")


class Inversion(NamedTuple):
    """The latents that were found, and what they do not explain.

    `latent` (batch, latent_dim); `x` (batch, *x_shape), what the model makes of them;
    `residual` (batch,), the sum of |x - G(z)| over an example's numbers; `features`
    (batch,), the sum of |f(x) - f(G(z))| over what the first critic sees in them, 0 for
    a model without critics; `cost` (batch,), the weighted sum of the two.
    """

    latent: np.ndarray
    x: np.ndarray
    residual: np.ndarray
    features: np.ndarray
    cost: np.ndarray


class Inverter:
    """`invert` for many batches: compiled once.

    Args:
        model: with `decode` and `prior`, and whatever the start needs.
        start: "encoder", where the encoder says; "prior", at draws from the prior.
            Default: the encoder of a model that has one.
        steps: of Adam from there, >= 0. Default: 0 from the encoder, 200 from draws.
        restarts: draws of the prior to start from, >= 1; the best end counts.
        learning_rate: of Adam, > 0, in units of the latent.
        feature_weight: lambda of the cost, in [0, 1].

    Raises:
        ValueError: for an unknown start, "encoder" with a model that has none, or a
            number out of its range.
    """

    def __init__(
        self,
        model: Any,
        start: str | None = None,
        steps: int | None = None,
        restarts: int = 2,
        learning_rate: float = 0.05,
        feature_weight: float = 0.1,
    ) -> None:
        self.model = model
        self.start = _start(model, start)
        default = 0 if self.start == "encoder" else 200
        self.steps = checks.integer("steps", default if steps is None else steps, 0)
        restarts = checks.integer("restarts", restarts, 1)
        self.restarts = restarts if self.start == "prior" else 1
        self.learning_rate = checks.number("learning_rate", learning_rate, above=0)
        self.feature_weight = checks.number("feature_weight", feature_weight, 0, 1)
        critics = getattr(model, "critics", [])
        self._feature_fn = critics[0].feature_fn() if critics else None
        self._features_of_x_alone = (
            bool(critics) and "latent" not in critics[0].network.input
        )

    @property
    def has_features(self) -> bool:
        """Whether the cost compares features of a critic, beside the examples."""
        return self._feature_fn is not None

    def __call__(
        self, x: Any, condition: Any = None, seed: int | tuple[int, int] = 0
    ) -> Inversion:
        """Invert a batch; see `invert`."""
        x = examples(x)
        if condition is not None:
            condition = tf.convert_to_tensor(condition, tf.float32)
        found = self._search(x, condition, seed_pair(seed))
        return Inversion(*(tensor.numpy() for tensor in found))

    @tf.function(reduce_retracing=True, autograph=False)
    def _search(self, x, condition, seed):
        batch, copies = tf.shape(x)[0], self.restarts
        wide = {"x": _repeated(x, copies)}
        if condition is not None:
            wide["condition"] = _repeated(condition, copies)
        z = self._initial_latents(x, wide, condition, seed)
        if self.steps:
            z = self._gradient_descent(wide, z)
        costs = self._compared(wide, z)["cost"]
        best = tf.argmin(tf.reshape(costs, (copies, batch)), 0, tf.int32)
        rows = best * batch + tf.range(batch)
        z = tf.gather(z, rows)
        found = self._compared({key: tf.gather(t, rows) for key, t in wide.items()}, z)
        order = ("x", "residual", "features", "cost")
        return (z, *(found[key] for key in order))

    def _initial_latents(self, x, wide, condition, seed):
        """Draw or encode the latents to start from, (restarts * batch, latent_dim)."""
        if self.start == "encoder":
            return tf.convert_to_tensor(self.model.encode(x, condition))
        prior = self.model.prior(wide.get("condition"))
        count = tf.shape(wide["x"])[0]
        return prior.sample(sample_shape(prior, count), seed=seed)

    def _compared(self, given, z, features_of_x=None):
        """Decode latents and compare with the examples, (rows,) each."""
        made = self.model.decode(z, given.get("condition"))
        residual = _distance(given["x"], made)
        features = tf.zeros_like(residual)
        if self._feature_fn is not None:
            if features_of_x is None:
                features_of_x = self._feature_fn({**given, "latent": z})
            seen = self._feature_fn({**given, "latent": z, "x": made})
            features = _distance(features_of_x, seen)
        share = self.feature_weight
        cost = (1 - share) * residual + share * features
        return {"x": made, "residual": residual, "features": features, "cost": cost}

    def _gradient_descent(self, given, z):
        """Minimise the cost; return the best latents on the way, row by row."""
        features_of_x = self._feature_fn(given) if self._features_of_x_alone else None

        def cost(z):
            return self._compared(given, z, features_of_x)["cost"]

        return best_latents(cost, z, self.steps, self.learning_rate)


def invert(
    model: Any,
    x: Any,
    condition: Any = None,
    seed: int | tuple[int, int] = 0,
    **options: Any,
) -> Inversion:
    """Find the latents that a model makes pictures nearest to given ones from.

    A GAN has no way back from a picture to its latent. Gradient descent finds one,

        z* = argmin (1 - lambda) sum |x - G(z)| + lambda sum |f(x) - f(G(z))|

    with f the last hidden layer of the first critic, or the output "features" of its
    network; an encoder says one at once, and descent can start there, too. The best
    latent on the way counts, for each example by itself.

    Args:
        model: with `decode` and `prior`; a GAN usually, but any model with latents.
        x: (batch, *x_shape) in [0, 1].
        condition: (batch, condition_size), if the model looks at it.
        seed: of the draws from the prior, an int or two ints.
        **options: of `Inverter`: `start`, `steps`, `restarts`, `learning_rate`,
            `feature_weight`.

    Returns:
        An `Inversion`; the same seed gives the same one.

    Raises:
        ValueError: as `Inverter`.

    Example:
        >>> from keras_genmodels import data, zoo
        >>> test, spec = data.load("digits", "test", batch_size=4)
        >>> model = zoo.build("gan", spec, units=(8,))
        >>> invert(model, next(iter(test))["x"], steps=2).latent.shape
        (4, 64)

    Reference: Schlegl et al., "Unsupervised Anomaly Detection with Generative
    Adversarial Networks to Guide Marker Discovery", 2017; several starts here, and the
    latents are not held in the prior's range.
    """
    return Inverter(model, **options)(x, condition, seed)


def _start(model: Any, start: str | None) -> str:
    """Choose the start that was asked for, or that the model offers."""
    has_encoder = hasattr(model, "encode")
    if start is None:
        return "encoder" if has_encoder else "prior"
    if start not in STARTS:
        raise ValueError(f"Unknown start {start!r}. {suggest(start, list(STARTS))}")
    if start == "encoder" and not has_encoder:
        raise ValueError(
            "`start` may be 'encoder' for a model with `encode` only. "
            f"Received: {type(model).__name__}, which has none."
        )
    return start


def _repeated(tensor: tf.Tensor, copies: int) -> tf.Tensor:
    """Repeat a whole batch, (copies * batch, ...)."""
    return tf.tile(tensor, [copies] + [1] * (tensor.shape.rank - 1))


def _distance(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Sum |a - b| over everything but the batch."""
    return tf.reduce_sum(tf.abs(a - b), axis=list(range(1, a.shape.rank)))
