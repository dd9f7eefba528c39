"""From an example back to the latent that a model would make it from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from keras_genmodels.registry import suggest
from keras_genmodels.seeds import seed_pair

_DECAYS, _EPSILON = (0.9, 0.999), 1e-7  # of Adam
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
        self.steps = default if steps is None else steps
        self.restarts = restarts if self.start == "prior" else 1
        self.learning_rate = learning_rate
        self.feature_weight = feature_weight
        for name, least in {"steps": 0, "restarts": 1}.items():
            if getattr(self, name) < least:
                raise ValueError(
                    f"`{name}` must be >= {least}. "
                    f"Received: {name}={getattr(self, name)}."
                )
        if not learning_rate > 0:
            raise ValueError(
                f"`learning_rate` must be > 0. Received: learning_rate={learning_rate}."
            )
        if not 0 <= feature_weight <= 1:
            raise ValueError(
                "`feature_weight` must be in [0, 1]. "
                f"Received: feature_weight={feature_weight}."
            )
        critics = getattr(model, "critics", [])
        self._describe = critics[0].describing() if critics else None
        self._of_x_alone = bool(critics) and "latent" not in critics[0].network.input

    def __call__(
        self, x: Any, condition: Any = None, seed: int | tuple[int, int] = 0
    ) -> Inversion:
        """The inversion of a batch; see `invert`."""
        x = tf.convert_to_tensor(x, tf.float32)
        if condition is not None:
            condition = tf.convert_to_tensor(condition, tf.float32)
        found = self._search(x, condition, seed_pair(seed))
        return Inversion(*(tensor.numpy() for tensor in found))

    @tf.function(reduce_retracing=True)
    def _search(self, x, condition, seed):
        batch, copies = tf.shape(x)[0], self.restarts
        wide = {"x": _repeated(x, copies)}
        if condition is not None:
            wide["condition"] = _repeated(condition, copies)
        z = self._begin(x, wide, condition, seed)
        if self.steps:
            z = self._descend(wide, z)
        costs = self._explain(wide, z)["cost"]
        best = tf.argmin(tf.reshape(costs, (copies, batch)), 0, tf.int32)
        rows = best * batch + tf.range(batch)
        z = tf.gather(z, rows)
        found = self._explain({key: tf.gather(t, rows) for key, t in wide.items()}, z)
        order = ("x", "residual", "features", "cost")
        return (z, *(found[key] for key in order))

    def _begin(self, x, wide, condition, seed):
        """Where to start, (restarts * batch, latent_dim)."""
        if self.start == "encoder":
            return tf.convert_to_tensor(self.model.encode(x, condition))
        prior = self.model.prior(wide.get("condition"))
        count = [] if prior.batch_shape.rank else [tf.shape(wide["x"])[0]]
        return prior.sample(count, seed=seed)

    def _explain(self, given, z, described=None):
        """What latents make, and what that leaves of the examples, (rows,) each."""
        made = self.model.decode(z, given.get("condition"))
        residual = _distance(given["x"], made)
        features = tf.zeros_like(residual)
        if self._describe is not None:
            if described is None:
                described = self._describe({**given, "latent": z})
            seen = self._describe({**given, "latent": z, "x": made})
            features = _distance(described, seen)
        share = self.feature_weight
        cost = (1 - share) * residual + share * features
        return {"x": made, "residual": residual, "features": features, "cost": cost}

    def _descend(self, given, z):
        """The best latents on the way of Adam down the cost, row by row."""
        described = self._describe(given) if self._of_x_alone else None
        near, far = _DECAYS

        def step(i, z, mean, square, best, lowest):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(z)
                cost = self._explain(given, z, described)["cost"]
            slope = tape.gradient(cost, z)
            better = cost < lowest
            best = tf.where(better[:, None], z, best)
            mean = near * mean + (1 - near) * slope
            square = far * square + (1 - far) * tf.square(slope)
            count = tf.cast(i + 1, tf.float32)
            size = tf.sqrt(square / (1 - far**count)) + _EPSILON
            z = z - self.learning_rate * mean / (1 - near**count) / size
            return i + 1, z, mean, square, best, tf.minimum(cost, lowest)

        zero, lowest = tf.zeros_like(z), tf.fill(tf.shape(z)[:1], float("inf"))
        state = (0, z, zero, zero, z, lowest)
        _, last, _, _, best, lowest = tf.while_loop(
            lambda i, *_: i < self.steps, step, state, parallel_iterations=1
        )
        better = self._explain(given, last, described)["cost"] < lowest
        return tf.where(better[:, None], last, best)


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
    """The start that was asked for, or that the model offers."""
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
    """(copies * batch, ...), the whole batch again and again."""
    return tf.tile(tensor, [copies] + [1] * (tensor.shape.rank - 1))


def _distance(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """The sum of |a - b| over everything but the batch."""
    return tf.reduce_sum(tf.abs(a - b), axis=list(range(1, a.shape.rank)))
