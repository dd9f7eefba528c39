"""Every picture set of TensorFlow Datasets (TFDS) that is prepared on disk.

Only folders are looked into: asking TFDS itself for a set that is missing takes
minutes without a network, and a prepared folder can be read without its builder.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_genmodels.data.files import locations as places
from keras_genmodels.data.request import TRAIN_SHARE, Arrays, Request, check_split
from keras_genmodels.data.spec import DatasetSpec, side_by_side
from keras_genmodels.registry import register, suggest

CHUNK = 512  # pictures read at once where all have one shape
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Public name -> the set's name in TFDS, with its configuration where it has several.
NAMED = {
    "mnist": "mnist",
    "fashion_mnist": "fashion_mnist",
    "kmnist": "kmnist",
    "emnist": "emnist/byclass",
    "cifar10": "cifar10",
    "svhn_cropped": "svhn_cropped",
    "lfw": "lfw",
    "celeb_a": "celeb_a",
}
# Sets whose pictures TFDS stores with rows and columns exchanged.
TRANSPOSED = ("emnist",)
# Class names where TFDS only counts.
CLASSES = {"emnist/byclass": "0123456789" + LETTERS + LETTERS.lower()}


@dataclasses.dataclass(frozen=True)
class _Layout:
    """Where an example of a set holds its picture and its labels.

    `classes` maps the path of a label, such as "attributes/Smiling", to its names.
    """

    picture: str
    classes: dict[str, list[str]]
    transposed: bool

    def attributes(self) -> dict[str, list[str]]:
        """Class names by the last part of the path, or all of it where two agree."""
        short = {path.split("/")[-1]: names for path, names in self.classes.items()}
        return short if len(short) == len(self.classes) else self.classes

    def pick(self, example: dict[str, Any]) -> tuple[Any, Any]:
        """(height, width, channels) uint8 and (attributes,) int32; runs in graphs."""
        import tensorflow as tf

        picture = example[self.picture]
        if self.transposed:
            picture = tf.transpose(picture, (1, 0, 2))
        labels = [tf.cast(_at(example, path), tf.int32) for path in self.classes]
        return picture, tf.stack(labels) if labels else tf.zeros(0, tf.int32)


@register("tfds", "dataset scheme")
def tfds_pictures(request: Request) -> Arrays:
    """`tfds:NAME` or `tfds:NAME/CONFIG`: the first picture and all its class labels.

    Every ClassLabel is an attribute with its class names, every boolean one with the
    classes "no" and "yes"; text, such as the names of `lfw`, is left out. A set
    without a "test" split is cut: the first 80 per cent are "train".

    Raises:
        ValueError: if the set is not on disk, holds no pictures of 8 bits, has no such
            split, or has examples without a label.
    """
    folder = find(request.target, request.data_dir)
    import tensorflow_datasets as tfds  # late: a missing set is told at once

    builder = tfds.builder_from_directory(folder)
    layout = _layout(request.target, builder.info.features)
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
    spec = DatasetSpec(
        f"tfds:{request.target}", x.shape[1:], side_by_side(layout.attributes())
    )
    return Arrays(x, found, spec)


def _fingerprint(request: Request) -> str:
    """What TFDS wrote about the prepared set: its version, shards and sizes."""
    info = pathlib.Path(find(request.target, request.data_dir)) / "dataset_info.json"
    return hashlib.sha256(info.read_bytes()).hexdigest()


tfds_pictures.fingerprint = _fingerprint


def _register_named(name: str, target: str) -> None:
    """Give a set of TFDS a name of its own."""

    def read(request: Request) -> Arrays:
        arrays = tfds_pictures(request.of(target))
        spec = dataclasses.replace(arrays.spec, name=name)
        return dataclasses.replace(arrays, spec=spec)

    read.__name__ = read.__qualname__ = name
    read.__doc__ = f"The set {target!r} of TensorFlow Datasets."
    read.fingerprint = lambda request: _fingerprint(request.of(target))
    register(name, "dataset")(read)


for _name, _target in NAMED.items():
    _register_named(_name, _target)


def find(name: str, data_dir: str | os.PathLike[str] | None = None) -> str:
    """The folder of the newest version of a prepared set.

    Args:
        name: NAME or NAME/CONFIG, as TFDS spells it.
        data_dir: where to look. Default: the environment's KERAS_GENMODELS_DATA, then
            TFDS's own folder (TFDS_DATA_DIR, or ~/tensorflow_datasets).

    Raises:
        ValueError: if it is in none of them, at once and without a network; or if it
            has several configurations and `name` chooses none.
    """
    if not re.fullmatch(r"\w+(/[\w.-]+)?", name):
        raise ValueError(
            f"`tfds:NAME` must be NAME or NAME/CONFIG. Received: 'tfds:{name}'."
        )
    roots = places.roots(data_dir)
    for root in roots:
        versions = _versions(root / name)
        configs = [c for c in _folders(root / name) if _versions(c)]
        if not versions and len(configs) > 1:
            raise ValueError(
                f"`tfds:{name}` must name one of the configurations "
                f"{[f'{name}/{c.name}' for c in configs]}."
            )
        if not versions and configs:
            versions = _versions(configs[0])
        if versions:
            return str(versions[-1])
    raise ValueError(_missing(name, roots))


def _missing(name: str, roots: list[pathlib.Path]) -> str:
    prepared = {f.name for root in roots for f in _folders(root) if _is_prepared(f)}
    there = suggest(name, list(prepared)) if prepared else "No set is there."
    return (
        f"The data set {name!r} is not on disk. Looked into: "
        f"{', '.join(str(root) for root in roots)}. {there} Prepare it once, with a "
        'network: python -c "import tensorflow_datasets as tfds; '
        f'tfds.builder({name!r}, data_dir={str(roots[0])!r}).download_and_prepare()"'
    )


def _is_prepared(folder: pathlib.Path) -> bool:
    return bool(_versions(folder)) or any(_versions(c) for c in _folders(folder))


def _folders(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(f for f in folder.iterdir() if f.is_dir()) if folder.is_dir() else []


def _versions(folder: pathlib.Path) -> list[pathlib.Path]:
    """Prepared versions, oldest first; 3.10.0 is newer than 3.9.0."""
    found = [
        f
        for f in _folders(folder)
        if re.fullmatch(r"\d+\.\d+\.\d+", f.name)
        and (f / "dataset_info.json").is_file()
    ]
    return sorted(found, key=lambda f: tuple(map(int, f.name.split("."))))


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
    classes = dict(_attributes(features))
    if name in CLASSES:
        classes = {key: list(CLASSES[name]) for key in classes}
    return _Layout(pictures[0], classes, name.split("/")[0] in TRANSPOSED)


def _attributes(features: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """The path of every class label and boolean, with its class names."""
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
    """The split in TFDS's language, cut to `num_examples`."""
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
    """Pictures in the stored order; their labels are appended to `labels`."""
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
