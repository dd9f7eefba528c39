"""Pose units, and what turns them."""

from __future__ import annotations

import keras

from keras_genmodels.networks.conditioning import named_inputs

_MAP = {"use_bias": False, "kernel_initializer": "identity"}  # begins standing still


def turn(pose_dim: int, actions: tuple[int, int], condition_size: int) -> keras.Model:
    """A linear map of the pose for each action: a tensor of three ways.

        pose' = sum over actions a of c_a W_a pose

    Args:
        pose_dim: units of the pose.
        actions: (start, stop) of the one-hot in the condition that chooses the map; an
            empty range is one map for all.
        condition_size: of the dataset.

    Returns:
        A functional model from "pose" and "condition" to "pose", (batch, pose_dim).

    Reference: Yang, Reed, Yang, Lee, "Weakly-supervised Disentangling with Recurrent
    Transformations for 3D View Synthesis", 2015.
    """
    start, stop = actions
    if start == stop:
        tensors = named_inputs({"pose": (pose_dim,)})
        turned = keras.layers.Dense(pose_dim, **_MAP)
        return keras.Model(tensors, {"pose": turned(tensors["pose"])}, name="turn")
    tensors = named_inputs({"pose": (pose_dim,), "condition": (condition_size,)})
    maps = [
        keras.layers.Dense(pose_dim, **_MAP)(tensors["pose"])
        for _ in range(start, stop)
    ]
    chosen = keras.ops.expand_dims(tensors["condition"][:, start:stop], -1)
    pose = keras.ops.sum(keras.ops.stack(maps, axis=1) * chosen, axis=1)
    return keras.Model(tensors, {"pose": pose}, name="turn")
