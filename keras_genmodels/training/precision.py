"""Choice of the precision that a model trains faster in, by a few of its steps."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

POLICIES = ("float32", "mixed_bfloat16")
GAIN = 0.95  # share of float32's time at which mixed precision is worth its rounding
ROUNDS, SECONDS = 20, 5.0  # at most, of both precisions together
LEAST_ROUNDS, CLEAR = 3, 1.5  # after which a factor of so much is beyond doubt


def faster(
    build: Callable[[str], keras.Model],
    batch: Mapping[str, Any],
    jit_compile: bool = False,
) -> tuple[str, dict[str, float]]:
    """Take steps in float32 and in mixed precision by turns, and compare the best.

    The steps are whole ones on a real batch, and their graphs are made first. The best
    of each is compared, since other work on the machine only ever adds to a step.

    Args:
        build: makes the compiled model under a dtype policy; it is thrown away.
        batch: named tensors, as `fit` is given.
        jit_compile: whether the step is compiled by XLA.

    Returns:
        The name of the policy, "float32" unless "mixed_bfloat16" takes at most 0.95 of
        its time, and the seconds of the best step by policy.
    """
    steps = {
        policy: tf.function(build(policy).train_step, jit_compile=jit_compile)
        for policy in POLICIES
    }
    for step in steps.values():
        step(batch)
    found: dict[str, list[float]] = {policy: [] for policy in POLICIES}
    begun = time.perf_counter()
    for taken in itertools.count(1):
        for policy, step in steps.items():
            before = time.perf_counter()
            for value in step(batch).values():
                value.numpy()  # a step is over when its numbers are there
            found[policy].append(time.perf_counter() - before)
        best = {policy: min(seconds) for policy, seconds in found.items()}
        exact, mixed = (best[policy] for policy in POLICIES)
        clear = max(exact, mixed) > CLEAR * min(exact, mixed)
        if taken >= ROUNDS or time.perf_counter() - begun > SECONDS:
            break
        if clear and taken >= LEAST_ROUNDS:
            break
    return POLICIES[mixed <= GAIN * exact], best
