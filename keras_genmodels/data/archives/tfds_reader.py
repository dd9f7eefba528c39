"""Picture sets that TensorFlow Datasets (TFDS) has prepared, as whole arrays."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_genmodels.data import two_domains
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

CHUNK = 512  # pictures read at once where all have one shape
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DOMAINS = ("trainA", "trainB")  # splits of a set of two domains
# Sets whose pictures TFDS stores with rows and columns exchanged.
TRANSPOSED = ("emnist",)
# Class names where TFDS only counts.
CLASSES = {"emnist/byclass": "0123456789" + LETTERS + LETTERS.lower()}


def read(request: Request, name: str) -> Arrays:
    """Read the first picture of every example and all its class labels.

    A set whose splits are "trainA" and "trainB", and so on, has two domains that are
    not paired, x and y.

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
    layout = _layout(request.target, builder.info.features)
    if not {*DOMAINS} <= {*builder.info.splits}:
        return _read(builder, request, layout, name)
    return _two_domains(builder, request, layout, name)


def _read(builder: Any, request: Request, layout: _Layout, name: str) -> Arrays:
    """Read a split."""
    split = _split(request, builder.info.splits)
    labels: list[np.ndarray] = []
    chunks = _chunks(builder, split, layout, request, labels)
    x = request.collect(chunks, builder.info.splits[split].num_examples)
    found = np.concatenate(labels)  # (n, attributes)
    if found.size and found.min() < 0:
        raise ValueError(
            f"Every example of `tfds:{request.target}` must have its labels. "
            f"Received: split={request.split!r}, which lacks some."
        )
    spec = DatasetSpec(name, x.shape[1:], side_by_side(layout.attributes()))
    return Arrays(x, found, spec)


def _two_domains(builder: Any, request: Request, layout: _Layout, name: str) -> Arrays:
    """Read "trainA" and "trainB", say, as two domains; a label says which, no more."""
    whole = [s.removesuffix("A") for s in builder.info.splits if s.endswith("A")]
    check_split(request.split, whole)
    layout = dataclasses.replace(layout, classes={})
    splits = [request.split + letter for letter in "AB"]
    parts = [
        _read(
            builder,
            dataclasses.replace(request, split=split, allocate=in_memory),
            layout,
            split,
        )
        for split in (splits[::-1] if request.reverse else splits)
    ]
    return two_domains.joined(*parts, name, request)


def fingerprint(request: Request) -> str:
    """Hash what TFDS wrote about the prepared set: its version, shards and sizes."""
    info = pathlib.Path(find(request.target, request.data_dir)) / "dataset_info.json"
    return hashlib.sha256(info.read_bytes()).hexdigest()


@dataclasses.dataclass(frozen=True)
class _Layout:
    """Paths of the picture and the labels in an example.

    `classes` maps the path of a label, such as "attributes/Smiling", to its names.
    """

    picture: str
    classes: dict[str, list[str]]
    transposed: bool

    def attributes(self) -> dict[str, list[str]]:
        """Map the last part of a path, or all of it where two agree, to class names."""
        short = {path.split("/")[-1]: names for path, names in self.classes.items()}
        return short if len(short) == len(self.classes) else self.classes

    def pick(self, example: dict[str, Any]) -> tuple[Any, Any]:
        """Return uint8 (height, width, channels) and int32 (attributes,) tensors."""
        import tensorflow as tf

        picture = example[self.picture]
        if self.transposed:
            picture = tf.transpose(picture, (1, 0, 2))
        labels = [tf.cast(_at(example, path), tf.int32) for path in self.classes]
        return picture, tf.stack(labels) if labels else tf.zeros(0, tf.int32)


def _layout(name: str, features: Any) -> _Layout:
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
    return _Layout(pictures[0], classes, name.split("/")[0] in TRANSPOSED)


def _attributes(features: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the path of every class label and boolean, with its class names."""
    import tensorflow_datasets as tfds

    for key, feature in features.items():
        if isinstance(feature, tfds.features.FeaturesDict):
            yield from _attributes(feature, f"{prefix}{key}/")
        elif isinstance(feature, tfds.features.ClassLabel) and feature.names:
            yield prefix + key, feature.names
        elif feature.shape == () and feature.np_dtype == np.bool_:
            yield prefix + key, ["no", "yes"]


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
    layout: _Layout,
    request: Request,
    labels: list[np.ndarray],
) -> Iterator[np.ndarray]:
    """Yield pictures in the stored order; their labels are appended to `labels`."""
    import tensorflow as tf
    import tensorflow_datasets as tfds

    def pick(example: dict[str, Any]) -> tuple[Any, Any]:
        picture, found = layout.pick(example)
        return request.fit(picture), found

    dataset = builder.as_dataset(
        split=split, read_config=tfds.ReadConfig(try_autocache=False)
    ).map(pick, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    alike = dataset.element_spec[0].shape.is_fully_defined()
    dataset = dataset.batch(CHUNK if alike else 1).prefetch(2)
    try:
        for pictures, found in dataset.as_numpy_iterator():
            labels.append(found)
            yield pictures
    except tf.errors.InvalidArgumentError as error:
        # The checks of `fit` that only the picture itself can answer.
        raise ValueError(error.message) from error
