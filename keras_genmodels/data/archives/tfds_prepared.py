"""Archives that a person has fetched, prepared once by TensorFlow Datasets (TFDS)."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable
from typing import Any

from keras_genmodels.data.archives.tfds_folders import find
from keras_genmodels.data.files import listing, locations
from keras_genmodels.data.request import Request


def prepared(name: str, request: Request, archive: Callable[[], pathlib.Path]) -> Any:
    """Return the TFDS builder of a set, from disk or prepared from an unpacked archive.

    What was prepared once is read from then on, whatever becomes of the archive.

    Args:
        name: NAME or NAME/CONFIG of a builder in `tfds_builders`.
        request: says where prepared sets lie; the first place is written to.
        archive: finds the folder of the archive, or raises a ValueError.

    Raises:
        ValueError: if the set is not prepared and its archive is not there, at once, or
            if a file of the archive is not what it should be.
    """
    stored = None
    with contextlib.suppress(ValueError):
        stored = find(name, request.data_dir)
    if stored is None:
        return _prepare(name, request, archive())
    import tensorflow_datasets as tfds

    return tfds.builder_from_directory(stored)


def examples(builder: Any) -> Any:
    """Return a `tf.data.Dataset` of all that is stored, in a fixed order."""
    from keras_genmodels.data.archives.tfds_builders import SPLIT

    return builder.as_dataset(split=SPLIT, shuffle_files=False)


def fingerprint(builder: Any) -> str:
    """Hash the name, size and time of what TFDS wrote about a prepared set."""
    return listing.fingerprint([pathlib.Path(builder.data_dir) / "dataset_info.json"])


def _prepare(name: str, request: Request, folder: pathlib.Path) -> Any:
    import tensorflow_datasets as tfds

    from keras_genmodels.data.archives import tfds_builders  # noqa: F401 - registers

    place = locations.roots(request.data_dir)[0]
    builder = tfds.builder(name, data_dir=place, file_format="tfrecord")
    manual = tfds.download.DownloadConfig(manual_dir=str(folder))
    builder.download_and_prepare(download_config=manual)
    return builder
