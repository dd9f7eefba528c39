"""Frames of clips as examples of their own: single ones, and one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from keras_genmodels.checks import integer
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import SPLIT_SEED, Arrays, rows_of
from keras_genmodels.data.tensors import Tensor


def pictures(arrays: Arrays, alone: bool, frame_step: int | None) -> Arrays | None:
    """Frames of clips as pictures, as the options of `load` ask; None if none does.

    Args:
        arrays: of the data set.
        alone: `stills`.
        frame_step: as for `load`.

    Raises:
        ValueError: if both are asked for, and as `stills` and `following`.
    """
    if frame_step is None:
        return stills(arrays) if alone else None
    if alone:
        raise ValueError("`stills` and `frame_step` must not both be given.")
    return following(arrays, integer("frame_step", frame_step, least=1))


def stills(arrays: Arrays) -> Arrays:
    """Each frame of clips as an example of its own, with what is known of it.

    A frame that several clips show comes once, as one of the first of them, and the
    attributes that a frame does not have (`Sequences.clip_attributes`), such as the
    direction of a turn, are left out; so are further tensors, which belong to clips.
    The order is random and fixed, as that of `Arrays.clips`.

    Raises:
        ValueError: if the examples are no clips.
    """
    clip, (shown,) = _moments(arrays, "stills", [0])
    return _pictures(arrays, "stills", clip, shown)


def following(arrays: Arrays, step: int) -> Arrays:
    """Two frames of a clip as an example: "first_frame", and `x` after it.

    What is said of `stills` holds for them.

    Args:
        arrays: clips.
        step: frames from the one to the other, >= 1.

    Raises:
        ValueError: if the examples are no clips, or none is so long.
    """
    clip, (before, after) = _moments(arrays, "frame_step", [0, step])
    if not len(clip):
        raise ValueError(
            "`frame_step` must be less than the frames of the longest clip, "
            f"{arrays.sequences.lengths.max()}. Received: frame_step={step}."
        )
    found = _pictures(arrays, "next", clip, after)
    spec = replace(found.spec, tensors=(Tensor("first_frame", found.x.shape[1:]),))
    tensors = {"first_frame": rows_of(arrays.x, before)}
    return replace(found, spec=spec, tensors=tensors)


def _moments(
    arrays: Arrays, option: str, places: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Find frames that clips show at some places after each other, in a fixed order.

    Args:
        arrays: clips.
        option: of `load` that asks, for the message.
        places: from any frame of a clip on, the first one 0.

    Returns:
        The first clip that shows them, (n,), and the frames at each place, (places, n).
    """
    if arrays.sequences is None:
        raise ValueError(
            f"`{option}` needs a set of clips. Received: {arrays.spec.name!r}, whose "
            f"examples have the shape {arrays.spec.x_shape}."
        )
    frames, lengths = arrays.sequences.frames, arrays.sequences.lengths
    starts = np.arange(max(0, frames.shape[1] - places[-1]))
    there = starts + places[-1] < lengths[:, None]  # (clips, starts)
    shown = [frames[:, starts + place][there] for place in places]
    shown, first = np.unique(np.stack(shown), axis=1, return_index=True)
    clip = np.nonzero(there)[0][first]
    order = np.random.RandomState(SPLIT_SEED).permutation(len(clip))
    return clip[order], shown[:, order]


def _pictures(
    arrays: Arrays, suffix: str, clip: np.ndarray, shown: np.ndarray
) -> Arrays:
    """Take frames as examples, with the attributes that single frames have."""
    names = [a.name for a in arrays.spec.attributes]
    kept = [n for n in names if n not in arrays.sequences.clip_attributes]
    spec = replace(
        arrays.spec,
        name=f"{arrays.spec.name}_{suffix}",
        attributes=side_by_side(
            {a.name: a.values for a in arrays.spec.attributes if a.name in kept}
        ),
        tensors=(),
    )
    columns = [names.index(name) for name in kept]
    return Arrays(
        rows_of(arrays.x, shown),
        arrays.labels[clip][:, columns],
        spec,
        domain=None if arrays.domain is None else arrays.domain[clip],
        origin=None if arrays.origin is None else arrays.origin[shown],
    )
