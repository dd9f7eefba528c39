"""Two sets of pictures as the two domains of one, whose examples are not paired."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keras_genmodels.data.attributes import UNKNOWN
from keras_genmodels.data.request import Arrays, Request


def joined(x: Arrays, y: Arrays, name: str, request: Request) -> Arrays:
    """Put two sets of pictures together; grey ones get three channels if need be.

    Args:
        x: a split of the set that becomes the domain x, whose labels are kept.
        y: the same split of the other one.
        name: of both together.
        request: gives the arrays a home.

    Raises:
        ValueError: for sets of anything but pictures in x, or of two sizes.
    """
    for part in (x, y):
        _check(part)
    heights, widths = zip(*(part.x.shape[1:3] for part in (x, y)), strict=True)
    if heights[0] != heights[1] or widths[0] != widths[1]:
        raise ValueError(
            "Pictures of two domains must have one size: give `image_size`. Received: "
            f"{x.x.shape[1:3]} of {x.spec.name!r} and {y.x.shape[1:3]} of "
            f"{y.spec.name!r}."
        )
    channels = max(part.x.shape[-1] for part in (x, y))
    counts = len(x.x), len(y.x)
    pictures = request.allocate(
        (sum(counts), heights[0], widths[0], channels), np.uint8
    )
    pictures[: counts[0]], pictures[counts[0] :] = x.x, y.x
    unknown = np.nan if x.labels.dtype.kind == "f" else UNKNOWN
    nothing = np.full((counts[1], x.labels.shape[1]), unknown, x.labels.dtype)
    spec = replace(x.spec, name=name, x_shape=pictures.shape[1:])
    labels = np.concatenate([x.labels, nothing])
    return Arrays(pictures, labels, spec, domain=np.repeat([*"xy"], counts))


def _check(part: Arrays) -> None:
    """Refuse a set of clips, of points, of two domains, or with further tensors."""
    held = {
        "two domains": part.domain is not None,
        "clips": part.sequences is not None,
        "numbers that are no pixels": part.x.dtype != np.uint8,
        f"further tensors {sorted(part.tensors)}": bool(part.tensors),
    }
    wrong = [what for what, there in held.items() if there]
    if wrong:
        raise ValueError(
            "Each of two domains must be a set of pictures alone. Received: "
            f"{part.spec.name!r}, which holds {wrong[0]}."
        )
