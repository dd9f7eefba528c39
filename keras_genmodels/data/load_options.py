"""The names and options that `load` takes, checked without reading any data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_genmodels import registry
from keras_genmodels.annotations import check_arguments, parameters_of
from keras_genmodels.data.loading import load, names

_OF_A_RUN = {
    *("name", "split", "batch_size", "seed", "data_dir", "validation", "unknown"),
}


def check_name(name: str) -> None:
    """Refuse the name of a data set, or the scheme before a colon, that is not known.

    Args:
        name: as for `load`.

    Raises:
        ValueError: with the nearest names.

    Example:
        >>> check_name("digits")
        >>> check_name("folder:my/pictures")
    """
    scheme, colon, _ = name.partition(":")
    if colon:
        registry.check_name(scheme, "dataset scheme")
    elif name not in names():
        registry.check_name(name, "dataset")


def check_options(given: Mapping[str, Any], kind: str = "data") -> None:
    """Refuse options that `load` does not take, or values of the wrong kind.

    Args:
        given: option to value.
        kind: how they are called, for the message. Default: "data".

    Raises:
        ValueError: for an unknown option, with the nearest ones.
        TypeError: for a value of the wrong kind.

    Example:
        >>> check_options({"num_frames": "many"})
        Traceback (most recent call last):
        TypeError: `num_frames` must be an integer or None. Received: ...
    """
    known = [p for p in parameters_of(load) if p.name not in _OF_A_RUN]
    check_arguments(given, known, "key", f"in `{kind}`")
