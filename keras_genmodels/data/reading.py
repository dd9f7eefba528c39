"""Whole arrays of a data set by its name, from its source or a cache."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from keras_genmodels import registry
from keras_genmodels.data.cache import cached
from keras_genmodels.data.counterparts import Counterpart
from keras_genmodels.data.files import locations
from keras_genmodels.data.request import Arrays, Request

Source = Callable[[Request], Arrays]
# Options that some data sets take: a function of one says so by `manual` or `takes`.
OF_SOME = (
    *("manual_dir", "background", "fps", "reverse", "frontal"),
    *("max_words", "partition"),
)


def read(
    name: str, request: Request, cache: str | os.PathLike[str] | None = None
) -> Arrays:
    """Read a split of a data set.

    Args:
        name: as for `load`.
        request: for the split.
        cache: a folder for the arrays. Default: the user's, of what takes long to make.

    Raises:
        ValueError: for an unknown name, or an option that the set does not take.
        TypeError: for a name that is no string.
    """
    source, request = find(name, request)
    taken = {*getattr(source, "takes", ())}
    taken |= {"manual_dir"} if getattr(source, "manual", False) else set()
    for key in OF_SOME:
        value = getattr(request, key)
        value = os.fspath(value) if isinstance(value, os.PathLike) else value
        if value not in (None, False, 0) and key not in taken:
            raise ValueError(
                f"The data set {name!r} takes no `{key}`. Received: {key}={value!r}."
            )
    if cache is None and getattr(source, "kept", False):
        cache = locations.cache_folder()
    if cache is None:
        return source(request)
    return cached(cache, name, request, source)


def counterpart(name: str, request: Request) -> Counterpart | None:
    """Return what makes the pictures of a set in another class, None if none does.

    Args:
        name: as for `load`.
        request: that the pictures were read by.
    """
    source, request = find(name, request)
    offered = getattr(source, "counterpart", None)
    return None if offered is None else replace(offered, request=request)


def find(name: str, request: Request) -> tuple[Source, Request]:
    """Return the function that reads a set, and the request with the name's target.

    Args:
        name: as for `load`.
        request: for a split.

    Raises:
        ValueError: for an unknown name.
        TypeError: for a name that is no string.
    """
    if not isinstance(name, str):
        raise TypeError(
            "`name` must be a string such as 'digits'. "
            f"Received: {name!r} of type {type(name).__name__}."
        )
    scheme, colon, target = name.partition(":")
    if colon:
        return registry.lookup(scheme, "dataset scheme"), request.of(target)
    try:
        return registry.lookup(name, "dataset"), request
    except ValueError as error:
        raise ValueError(
            f"{error} Any other: 'tfds:NAME' of TensorFlow Datasets, 'folder:PATH', "
            "'captioned:PATH', 'paired:PATH', 'unpaired:A,B', 'videos:PATH', "
            "'voxels:PATH', 'midi:PATH', 'calo:FILE', 'parallel:PATH'."
        ) from None
