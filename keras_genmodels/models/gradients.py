"""Gradients of one player's weights, and the step down them."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf


def tape_of(variables: Sequence[keras.Variable]) -> tf.GradientTape:
    """A tape that watches these variables and no others, so that none else costs.

    It can be entered more than once.
    """
    tape = tf.GradientTape(watch_accessed_variables=False)
    with tape:
        tape.watch([variable.value for variable in variables])
    return tape


def still(network: keras.Model) -> keras.StatelessScope:
    """A scope in which a network's variables give no gradient and stay as they are.

    What goes into the network has its gradient all the same.
    """
    fixed = [(v, tf.stop_gradient(v.value)) for v in network.variables]
    return keras.StatelessScope(fixed)


def descend(
    optimizer: keras.optimizers.Optimizer,
    tape: tf.GradientTape,
    loss: tf.Tensor,
    variables: Sequence[keras.Variable],
) -> None:
    """Take one step of an optimiser down a loss that the tape has recorded.

    No weight moves before every gradient is there. TensorFlow's own order says so too,
    but its graph optimiser loses a part of it where a penalty takes gradients of
    gradients, and a bias could move before the penalty had read it.

    Args:
        optimizer: of the variables.
        tape: from `tape_of(variables)`.
        loss: a scalar.
        variables: the weights that move.
    """
    with tape:
        scaled = optimizer.scale_loss(loss)
    # Where nothing depends on a weight, as of a critic of weight 0, it stays.
    zero = tf.UnconnectedGradients.ZERO
    values = [variable.value for variable in variables]
    found = tape.gradient(scaled, values, unconnected_gradients=zero)
    gradients = tf.tuple(found, control_inputs=[loss])
    optimizer.apply(gradients, variables)


def built_optimizer(
    identifier: object, variables: Sequence[keras.Variable], policy: str
) -> keras.optimizers.Optimizer:
    """The optimiser of one player, for a model that has several.

    Args:
        identifier: a name, a config or an instance.
        variables: the weights that it moves; its state is made for them at once.
        policy: name of the networks' dtype policy; for "mixed_float16" losses are
            scaled, as Keras does for a model of one optimiser.
    """
    optimizer = keras.optimizers.get(identifier)
    scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    if policy == "mixed_float16" and not scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(variables)
    return optimizer
