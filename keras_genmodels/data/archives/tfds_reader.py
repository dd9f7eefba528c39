"""Picture sets that TensorFlow Datasets (TFDS) has prepared, as whole arrays."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_genmodels.data import label_maps, two_domains
from keras_genmodels.data.archives.tfds_folders import find
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import (
    TRAIN_SHARE,
    Arrays,
    Request,
    check_split,
    in_memory,
)
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor

CHUNK = 512  # pictures read at once where all have one shape
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DOMAINS = ("trainA", "trainB")  # splits of a set of two domains
# How the names of maps of the class of each pixel begin.
MAPS = ("layout", "segmentation")
# Sets whose pictures TFDS stores with rows and columns exchanged.
TRANSPOSED = ("emnist",)
# Names of whole numbers of years, which have a class a decade.
YEARS, DECADE = ("age",), 10
DECADES = [*(f"{start}-{start + 9}" for start in range(0, 90, DECADE)), "90 and more"]
# Class names where TFDS only counts.
CLASSES = {"emnist/byclass": "0123456789" + LETTERS + LETTERS.lower()}


def read(request: Request, name: str) -> Arrays:
    """Read the first picture of every example and all its class labels.

    A map of the class of each pixel becomes the tensor "layout", in colours. A set
    whose splits are "trainA" and "trainB", and so on, has two domains that are not
    paired, x and y.

    Args:
        request: its `target` is NAME or NAME/CONFIG, as TFDS spells it.
        name: what the set is called in the spec.

    Raises:
        ValueError: if the set is not on disk, holds no pictures of 8 bits, has no such
            split, or has examples without a label.
    """
    folder = find(request.target, request.data_dir)
    import tensorflow_datasets as tfds  # late: a missing set is told at once

    builder = tfds.builder_from_directory(folder)
    parts = _parts(request.target, builder.info.features)
    if not {*DOMAINS} <= {*builder.info.splits}:
        return _read(builder, request, parts, name)
    return _two_domains(builder, request, parts, name)


def _read(builder: Any, request: Request, parts: _Parts, name: str) -> Arrays:
    """Read a split."""
    split = _split(request, builder.info.splits)
    labels: list[np.ndarray] = []
    maps: list[np.ndarray] = []
    chunks = _chunks(builder, split, parts, request, (labels, maps))
    count = builder.info.splits[split].num_examples
    x = request.collect(chunks, count)
    found = np.concatenate(labels)  # (n, attributes)
    if found.size and found.min() < 0:
        raise ValueError(
            f"Every example of `tfds:{request.target}` must have its labels. "
            f"Received: split={request.split!r}, which lacks some."
        )
    tensors = {}
    if parts.maps is not None:
        coloured = map(label_maps.coloured, maps)
        tensors["layout"] = request.into(in_memory).collect(coloured, count)
    kinds = tuple(Tensor(key, value.shape[1:]) for key, value in tensors.items())
    spec = DatasetSpec(name, x.shape[1:], side_by_side(parts.attributes()), kinds)
    return Arrays(x, found, spec, tensors=tensors)


def _two_domains(builder: Any, request: Request, parts: _Parts, name: str) -> Arrays:
    """Read "trainA" and "trainB", say, as two domains; a label says which, no more."""
    whole = [s.removesuffix("A") for s in builder.info.splits if s.endswith("A")]
    check_split(request.split, whole)
    parts = dataclasses.replace(parts, classes={}, maps=None)
    splits = [request.split + letter for letter in "AB"]
    domains = [
        _read(
            builder,
            dataclasses.replace(request, split=split, allocate=in_memory),
            parts,
            split,
        )
        for split in (splits[::-1] if request.reverse else splits)
    ]
    return two_domains.joined(*domains, name, request)


def fingerprint(request: Request) -> str:
    """Hash what TFDS wrote about the prepared set: its version, shards and sizes."""
    info = pathlib.Path(find(request.target, request.data_dir)) / "dataset_info.json"
    return hashlib.sha256(info.read_bytes()).hexdigest()


@dataclasses.dataclass(frozen=True)
class _Parts:
    """Paths of the picture and the labels in an example.

    `classes` maps the path of a label, such as "attributes/Smiling", to its names;
    `maps` is the path of the classes of pixels, if there are any.
    """

    picture: str
    classes: dict[str, list[str]]
    maps: str | None
    transposed: bool

    def attributes(self) -> dict[str, list[str]]:
        """Map the last part of a path, or all of it where two agree, to class names."""
        short = {path.split("/")[-1]: names for path, names in self.classes.items()}
        return short if len(short) == len(self.classes) else self.classes

    def pick(self, example: dict[str, Any], request: Request) -> tuple[Any, ...]:
        """Return a picture, its int32 (attributes,) labels, and its map, if any.

        The picture and the map are uint8, (height, width, channels), as requested.
        """
        import tensorflow as tf

        picture = example[self.picture]
        if self.transposed:
            picture = tf.transpose(picture, (1, 0, 2))
        labels = [_label(path, _at(example, path)) for path in self.classes]
        labels = tf.stack(labels) if labels else tf.zeros(0, tf.int32)
        found = request.fit(picture), labels
        if self.maps is None:
            return found
        plain = dataclasses.replace(request, greyscale=False)
        return *found, plain.fit(example[self.maps], method="nearest")


def _label(path: str, value: Any) -> Any:
    """Return the number of a class, int32."""
    import tensorflow as tf

    number = tf.cast(value, tf.int32)
    if path.split("/")[-1] in YEARS:
        return tf.minimum(number // DECADE, len(DECADES) - 1)
    return number


def _parts(name: str, features: Any) -> _Parts:
    import tensorflow_datasets as tfds

    pictures = [
        key
        for key, feature in features.items()
        if isinstance(feature, tfds.features.Image) and feature.np_dtype == np.uint8
    ]
    if not pictures:
        raise ValueError(
            f"`tfds:{name}` must hold pictures of 8 bits. Received: {sorted(features)}."
        )
    # Sorted: TFDS reads features from a mapping whose order differs between processes.
    classes = dict(sorted(_attributes(features)))
    if name in CLASSES:
        classes = {key: list(CLASSES[name]) for key in classes}
    maps = [key for key in pictures if key.startswith(MAPS)]
    (picture, *_) = [key for key in pictures if key not in maps] or pictures
    maps = next(
        (key for key in maps if key != picture and features[key].shape[-1] == 1), None
    )
    return _Parts(picture, classes, maps, name.split("/")[0] in TRANSPOSED)


def _attributes(features: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the path of every class label, boolean and age, with its class names."""
    import tensorflow_datasets as tfds

    for key, feature in features.items():
        if isinstance(feature, tfds.features.FeaturesDict):
            yield from _attributes(feature, f"{prefix}{key}/")
        elif isinstance(feature, tfds.features.ClassLabel) and feature.names:
            yield prefix + key, feature.names
        elif feature.shape == () and feature.np_dtype == np.bool_:
            yield prefix + key, ["no", "yes"]
        elif key in YEARS and feature.shape == () and feature.np_dtype.kind in "iu":
            yield prefix + key, DECADES


def _at(example: Any, path: str) -> Any:
    for key in path.split("/"):
        example = example[key]
    return example


def _split(request: Request, splits: Any) -> str:
    """Write the split in the notation of TFDS, cut to `num_examples`."""
    own = {name: (name, 0, splits[name].num_examples) for name in splits}
    if "test" not in own and "train" in own:
        whole = splits["train"].num_examples
        middle = int(TRAIN_SHARE * whole)
        own |= {"train": ("train", 0, middle), "test": ("train", middle, whole)}
    check_split(request.split, list(own))
    name, start, stop = own[request.split]
    return f"{name}[{start}:{start + request.limit(stop - start)}]"


def _chunks(
    builder: Any,
    split: str,
    parts: _Parts,
    request: Request,
    others: tuple[list[np.ndarray], ...],
) -> Iterator[np.ndarray]:
    """Yield pictures in the stored order; `others` get their labels and their maps."""
    import tensorflow as tf
    import tensorflow_datasets as tfds

    dataset = builder.as_dataset(
        split=split, read_config=tfds.ReadConfig(try_autocache=False)
    ).map(
        lambda example: parts.pick(example, request),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    alike = dataset.element_spec[0].shape.is_fully_defined()
    dataset = dataset.batch(CHUNK if alike else 1).prefetch(2)
    try:
        for pictures, *found in dataset.as_numpy_iterator():
            for other, values in zip(others, found, strict=False):
                other.append(values)
            yield pictures
    except tf.errors.InvalidArgumentError as error:
        # The checks of `fit` that only the picture itself can answer.
        raise ValueError(error.message) from error
