"""`load`: the one door from a data set's name to its batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras_genmodels import registry
from keras_genmodels.data import images, tfds_images  # noqa: F401
from keras_genmodels.data.request import Request
from keras_genmodels.data.spec import DatasetSpec

if TYPE_CHECKING:
    import tensorflow as tf

BINARISE = ("none", "dynamic", "static")


def names() -> list[str]:
    """The sorted names of the data sets that need no path; TensorFlow stays away."""
    return registry.names("dataset")


def load(
    name: str,
    split: str = "train",
    batch_size: int = 128,
    seed: int = 0,
    *,
    data_dir: str | None = None,
    image_size: int | tuple[int, int] | None = None,
    crop: int | tuple[int, int] | None = None,
    greyscale: bool = False,
    binarise: str = "none",
    dequantise: bool = False,
    cache: str | None = None,
    prefetch: int = 2,
    shuffle: bool | None = None,
    drop_remainder: bool | None = None,
    num_examples: int | None = None,
) -> tuple[tf.data.Dataset, DatasetSpec]:
    """Batches of a data set and what they mean."""
    from keras_genmodels.data import pipeline

    train = split == "train"
    request = Request(
        split=split,
        target=name.partition(":")[2],
        data_dir=data_dir,
        image_size=_pair(image_size),
        crop=_pair(crop),
        greyscale=greyscale,
        num_examples=num_examples,
    )
    arrays = registry.lookup(name, "dataset")(request)
    dataset = pipeline.batches(
        arrays,
        batch_size=batch_size,
        seed=seed,
        shuffle=train if shuffle is None else shuffle,
        drop_remainder=train if drop_remainder is None else drop_remainder,
        binarise=binarise,
        dequantise=dequantise,
        resample=train,
        prefetch=prefetch,
    )
    return dataset, arrays.spec


def _pair(size: int | tuple[int, int] | None) -> tuple[int, int] | None:
    return (size, size) if isinstance(size, int) else size
