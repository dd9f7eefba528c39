"""Edits by search in the latents of a model: constraints, and what is seen alike.

They need no training of their own: any model with latents can be asked.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.models.constraints import Colour, Constraint, mean_where
from keras_genmodels.models.inversion import invert
from keras_genmodels.models.latent_search import searched, seen_again
from keras_genmodels.models.network_inputs import examples
from keras_genmodels.objectives.terms.perceptual import Perceptual

# What `follow` does where nothing else is said.
CLOSENESS, KEEPING, LEARNING_RATE = 0.001, 1.0, 0.2


class Painted(NamedTuple):
    """A picture that was painted on, or edited by another constraint.

    `x` (batch, *x_shape), the picture with the edit carried over to it; `made`
    (batch, *x_shape), what the model makes with the constraints; `before`, what it made
    without; `latent` (batch, latent_dim), of `made`.
    """

    x: tf.Tensor
    made: tf.Tensor
    before: tf.Tensor
    latent: tf.Tensor


def paint(model: Any, x: Any, colours: Any, mask: Any, **options: Any) -> Painted:
    """Follow strokes of colour: `follow` with the one constraint `Colour`.

    Args:
        model: as for `follow`.
        x: (batch, *x_shape) in [0, 1].
        colours: likewise, what is painted.
        mask: (batch, height, width, 1), 1 where it is painted and 0 elsewhere.
        **options: as for `follow`.

    Returns:
        A `Painted`.

    Raises:
        ValueError: as `follow`, and for colours outside [0, 1], or a mask of other
            values than 0 and 1 or of another shape.
        TypeError: for integers where floats belong.
    """
    return follow(model, x, [Colour.checked(colours, mask)], **options)


def follow(
    model: Any,
    x: Any,
    constraints: Sequence[Constraint],
    condition: Any = None,
    steps: int = 100,
    closeness: float = CLOSENESS,
    keeping: float = KEEPING,
    learning_rate: float = LEARNING_RATE,
    seed: int | tuple[int, int] = 0,
    **inversion: Any,
) -> Painted:
    """Follow constraints with a picture that the model could have made.

        z* = argmin sum of constraints(G(z)) + keeping mean_{rest} |G(z) - G(z0)|
             + closeness |z - z0|**2 / latent_dim

    with z0 the latent that `invert` finds for x, and the rest what no constraint is
    about. The edit is carried over to x itself by what changes between G(z0) and G(z*);
    where a constraint is, x becomes G(z*).

    Args:
        model: with `decode` and `prior`, of pictures.
        x: (batch, *x_shape) in [0, 1].
        constraints: `Colour`, `Sketch`, `Drag` or others of the kind, at least one.
        condition: (batch, condition_size), if the model looks at it.
        steps: of Adam, >= 0. Default 100.
        closeness: weight of the distance in the latents, >= 0. Default 0.001.
        keeping: weight of what changes where no constraint is, >= 0. Default 1.
        learning_rate: of Adam, > 0, in units of the latent. Default 0.2.
        seed: of the inversion's draws.
        **inversion: options of `Inverter`, such as `start`.

    Returns:
        A `Painted`.

    Raises:
        ValueError: for pictures outside [0, 1], no constraint, or numbers out of their
            range.
        TypeError: for integers where floats belong.

    Reference: Zhu, Krahenbuhl, Shechtman, Efros, "Generative Visual Manipulation on the
    Natural Image Manifold", 2016; there the edit is carried over by optical flow.
    """
    checks.not_empty("constraints", constraints)
    steps = checks.integer("steps", steps, 0)
    for name, value in {"closeness": closeness, "keeping": keeping}.items():
        checks.number(name, value, least=0)
    checks.number("learning_rate", learning_rate, above=0)
    x = examples(x)
    start = invert(model, x, condition, seed, **inversion)
    z0 = tf.convert_to_tensor(start.latent)
    weights = {"closeness": closeness, "keeping": keeping}
    weights["learning_rate"] = learning_rate
    return followed(model, x, constraints, condition, z0, steps, **weights)


def followed(
    model: Any,
    x: tf.Tensor,
    constraints: Sequence[Constraint],
    condition: Any,
    start: tf.Tensor,
    steps: int | tf.Tensor,
    closeness: float = CLOSENESS,
    keeping: float = KEEPING,
    learning_rate: float = LEARNING_RATE,
) -> Painted:
    """Search for the latents of `follow` from latents that are known; runs in a graph.

    Args:
        model: as for `follow`, like what else has its name there.
        x: pictures.
        constraints: what is to be.
        condition: that the model looks at, if it does.
        start: z0, (batch, latent_dim), from which the search goes on.
        steps: of Adam.
        closeness: weight of the distance in the latents.
        keeping: weight of what changes where no constraint is.
        learning_rate: of Adam.
    """
    before = model.decode(start, condition)
    free = functools.reduce(tf.maximum, [one.mask for one in constraints])

    def cost(z):
        made = model.decode(z, condition)
        asked = sum(constraint(made, before) for constraint in constraints)
        kept = mean_where(1.0 - free, tf.abs(made - before))
        away = tf.reduce_mean(tf.square(z - start), axis=1)
        return asked + keeping * kept + closeness * away

    z = searched(cost, start, steps, learning_rate)
    made = model.decode(z, condition)
    carried = tf.clip_by_value(x + made - before, 0.0, 1.0)
    return Painted(tf.where(free > 0, made, carried), made, before, z)


def project(
    model: Any,
    x: Any,
    by: keras.Model,
    condition: Any = None,
    steps: int = 100,
    learning_rate: float = 0.05,
    seed: int | tuple[int, int] = 0,
    **inversion: Any,
) -> tf.Tensor:
    """Find latents of pictures in which a trained network sees the same.

        z* = argmin mean (f(x) - f(G(z)))**2,  from where `invert` ends

    With a network that tells people apart, an edit from there keeps the person.

    Args:
        model: with `decode` and `prior`, of pictures.
        x: (batch, *x_shape) in [0, 1].
        by: f, a network of one picture with one output, which is not trained from now
            on; `zoo.borrowing.borrow` gives one.
        condition: (batch, condition_size), if the model looks at it.
        steps: of Adam, >= 0. Default 100.
        learning_rate: of Adam, > 0, in units of the latent. Default 0.05.
        seed: of the inversion's draws.
        **inversion: options of `Inverter`, such as `start`.

    Returns:
        (batch, latent_dim).

    Raises:
        ValueError: for pictures outside [0, 1], a network of several pictures or
            outputs, or numbers out of their range.

    Reference: Antipov, Baccouche, Dugelay, "Face Aging with Conditional Generative
    Adversarial Networks", 2017.
    """
    steps = checks.integer("steps", steps, 0)
    checks.number("learning_rate", learning_rate, above=0)
    x = examples(x)
    z0 = tf.convert_to_tensor(invert(model, x, condition, seed, **inversion).latent)
    see = Perceptual(by).features
    cost = seen_again(see, x, lambda z: model.decode(z, condition))
    return searched(cost, z0, steps, learning_rate)
