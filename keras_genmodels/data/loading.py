"""The functions `load` and `names`: batches of a data set by its name."""

from __future__ import annotations

import dataclasses
import inspect
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_genmodels import registry
from keras_genmodels.annotations import check_arguments, parameters_of
from keras_genmodels.data import frames, reading
from keras_genmodels.data.combinations import Combinations
from keras_genmodels.data.options import Labels, Order, Pixels
from keras_genmodels.data.request import Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.validation import Validation

if TYPE_CHECKING:
    import tensorflow as tf

Size = int | tuple[int, int] | None
Colour = str | tuple[int, int, int] | None


def names() -> list[str]:
    """List the sorted names of the data sets that need no path.

    Beside them `load` takes `tfds:NAME`, `folder:PATH`, `captioned:PATH`,
    `paired:PATH`, `unpaired:A,B`, `videos:PATH`, `voxels:PATH`, `midi:PATH`,
    `calo:FILE` and `parallel:PATH`.

    Example:
        >>> "digits" in names()
        True
    """
    return registry.names("dataset")


def licence(name: str) -> str | None:
    """Return the terms under which a data set may be used, as its makers state them.

    Args:
        name: of the data set. None is returned for one without known terms, such as a
            person's own folder.

    Example:
        >>> licence("mnist"), licence("folder:my_pictures")
        ('CC BY-SA 3.0', None)
    """
    if name not in names():
        return None
    return getattr(registry.lookup(name, "dataset"), "licence", None)


def load(
    name: str,
    split: str = "train",
    batch_size: int = 128,
    seed: int = 0,
    *,
    data_dir: str | os.PathLike[str] | None = None,
    image_size: Size = None,
    crop: Size = None,
    greyscale: bool = False,
    binarise: str = "none",
    dequantise: bool = False,
    cache: str | os.PathLike[str] | None = None,
    prefetch: int = 2,
    shuffle: bool | None = None,
    drop_remainder: bool | None = None,
    num_examples: int | None = None,
    num_frames: int | None = None,
    stills: bool = False,
    frame_step: int | None = None,
    manual_dir: str | os.PathLike[str] | None = None,
    background: Colour = None,
    fps: float | None = None,
    reverse: bool = False,
    frontal: bool = False,
    max_words: int | None = None,
    partition: int = 0,
    exclude: Sequence[Mapping[str, Any]] = (),
    holdout: float = 0.0,
    holdout_of: Sequence[str] = (),
    combinations: str | None = None,
    num_labels: int | None = None,
    labelled_share: float = 0.25,
    validation: float = 0.0,
    source: str | None = None,
    y: str | None = None,
    domains: Mapping[str, Sequence[Any]] | None = None,
    pairs: bool = False,
    **unknown: Any,
) -> tuple[tf.data.Dataset, DatasetSpec]:
    """Load batches of a data set, ready for `model.fit`, and what they mean.

    Why: order and every random pixel are a pure function of `(seed, epoch)`, so that
    a run can be repeated, and continued in any epoch (see `set_epoch`). The data set
    counts the epochs it has begun: each `for` over it is the next epoch.

    A split other than "train" gives the same numbers in every pass: its random pixels
    are a property of each example, whatever the seed, the order and the batch size.

    Args:
        name: one of `names()`; `tfds:NAME` or `tfds:NAME/CONFIG`, any picture set
            that TensorFlow Datasets has prepared on disk; `folder:PATH`, your own
            pictures, whose sub-folders are the classes; `captioned:PATH`, pictures and
            sentences about them; `paired:PATH`, pictures and what they are to be made
            of; `unpaired:A,B`, two folders, or two other names, as the domains x and y;
            `videos:PATH`, your own clips; `voxels:PATH`, your own volumes; `midi:PATH`,
            your own tunes; `calo:FILE`, the published showers of CaloGAN; or
            `parallel:PATH`, your own sentences and their translations.
        split: "train", "test", or another split that the set has. A set that comes
            without "test" is cut in a fixed way, 80 and 20 per cent. "validation" with
            `validation` > 0 is the part of "train" that `validation` describes.
        batch_size: examples a batch, >= 1. Default: 128.
        seed: integer that orders "train" and draws its random pixels. Default: 0.
        data_dir: the folder of TFDS. Default: the environment's KERAS_GENMODELS_DATA,
            then TFDS's own.
        image_size: pixels to scale to, one number for squares or (height, width). A
            picture of other proportions keeps its centre. Default: as stored.
        crop: pixels of the centre to keep before scaling, one number or (height,
            width); must fit into every picture. Default: everything.
        greyscale: whether three channels become one. Default: False.
        binarise: what becomes of a pixel p in [0, 1]. "none": it stays. "dynamic": 1
            with probability p, drawn anew every epoch. "static": drawn once, the same
            for every seed. Default: "none".
        dequantise: whether uniform noise u in [0, 1) fills the steps between the 256
            greys: x = (255 p + u) / 256. Default: False.
        cache: a folder for the decoded and scaled pictures as memory-mapped arrays.
            It is keyed by everything that decides them, the source's content with it.
            Default: they are decoded by each `load` and live in memory as uint8; what
            takes long to make, such as `chairs`, is kept in the user's folder of
            caches, or that which the environment's KERAS_GENMODELS_CACHE names.
        prefetch: batches made ahead of time, >= 0. Default: 2.
        shuffle: whether each epoch has a new order. Default: only for "train".
        drop_remainder: whether a last, smaller batch is left out. Default: only for
            "train".
        num_examples: at most so many examples, the first ones; of two domains, of
            each. Default: all.
        num_frames: of a clip, or events of a tune, >= 1. In "train" it begins anywhere,
            drawn anew every epoch, unless its beginning is an attribute; in other
            splits as many clips as fit are cut out at even distances. Default: what is
            usual for the set.
        stills: whether the examples are single frames of the clips, as pictures
            (height, width, channels); each keeps the attributes of its clip, and the
            set is called `NAME_stills`. Default: False.
        frame_step: whether the examples are pairs of frames of a clip, so many frames
            apart, >= 1: x is the later one, and the tensor "first_frame" the earlier;
            the set is called `NAME_next`. Default: no pairs.
        manual_dir: the folder of an archive that a person has fetched, for sets that
            nobody may pass on. Default: looked for beside the folder of TFDS.
        background: the colour that your own pictures and clips lie on where they are
            transparent: a name such as "white", "#ff8000", or three levels 0..255.
            Default: black.
        fps: frames a second that your own films and animations are brought to, > 0:
            frames are repeated or left out, so that a clip lasts as long as before.
            Folders of pictures have no times and stay as they are. Default: the rate
            that most clips have; where they differ, a warning says which it is.
        reverse: whether "source" and x of `paired:PATH` and of sentences, or x and y of
            `unpaired:A,B` and `cycle_gan/NAME`, change places. Default: False.
        frontal: whether x of `chair_views` is the chair from its front, and the tensor
            "source" the view that the attributes tell of; "coefficients" are its shape
            and direction in numbers. Default: False.
        max_words: of a sentence of `multi30k` or `parallel:PATH`, >= 1: pairs with a
            longer one are left out. Default: none are.
        partition: which random division of `wine`, `breast_cancer` and `digits` into
            "train" and "test", >= 0. Default: 0, the usual one.
        exclude: combinations of attributes to leave out of training, such as
            `[{"action": "bend", "identity": "3"}]`; one that names some attributes
            only leaves out all that agree with it. Default: none.
        holdout: share of all combinations to leave out, in [0, 1), spread evenly over
            the classes and the same for every seed. Default: 0.
        holdout_of: the attributes whose combinations `holdout` counts. Default: all.
        combinations: "kept", what `exclude` and `holdout` leave; "left_out", just the
            rest, to see what a model makes of combinations that it never saw; "all".
            Default: "kept" in "train", "all" in other splits.
        num_labels: so many examples of "train" keep their labels, as many of each class
            of the first attribute; the `condition` of the others is all zeros. They are
            drawn by `seed`, and the first n of many are those of few. Other splits
            keep all labels. Default: all.
        labelled_share: with `num_labels`, how much of every batch is drawn from the
            labelled examples alone, all of them in turn, in (0, 1); the rest of the
            batches is one pass over all examples. Default: 0.25.
        validation: share of the training split, in [0, 1), that "train" leaves out and
            the split "validation" consists of: whole examples, chosen by a permutation
            that depends on the set alone, clips that have a frame in common together.
            `exclude` and `holdout` apply to both parts, `num_labels` to "train"; other
            splits stay as they are. Default: 0.
        source: the derivation that makes the tensor "source" of every picture, which a
            translator is to undo: "edges", "grey", "low_resolution", "hidden", "rain",
            "coloured", "composite", ... What it draws is random like pixels. Or the
            name of a further picture of the set, such as "layout". Default: none.
        y: the derivation that makes the tensor "y", a second domain: of another
            picture, for batches of x and y are not paired. Splits other than "train"
            have "truth", too, what it makes of x. Default: none.
        domains: `{attribute: (class of x, class of y)}`: x is of the one class, and the
            tensor "y" of the other, each in an order of its own; an epoch is a pass
            over x. Default: none.
        pairs: whether the two classes of `domains` come as pairs: "source" of the one,
            and x is the same picture in the other, for sets that can show it, such as
            `chair_views` and `lpc_sprites`. Default: False.
        **unknown: any other option is refused, with the nearest names.

    Returns:
        A `tf.data.Dataset` of known cardinality with batches `{"x": float32 in [0, 1]
        (batch, *spec.x_shape), "condition": float32 (batch, spec.condition_size)}` and
        every further tensor of `spec.tensors` by its name, and the `DatasetSpec`;
        `spec.x_shape` of clips is (time, height, width, channels).

    Raises:
        ValueError: for an unknown name, option or split, a value out of its range, or
            a set that is not on disk: the message says which command prepares it.
        TypeError: for an option of the wrong kind.

    Example:
        >>> train, spec = load("digits", batch_size=64, binarise="dynamic")
        >>> spec.x_shape, int(train.cardinality())
        ((16, 16, 1), 22)

    Reference: Uria, Murray & Larochelle, RNADE, 2013 (dequantisation). For speed a
    random number has 65,536 steps, and 255 in a split other than "train".
    """
    options = dict(locals())
    options |= options.pop("unknown")
    for place in ("name", "split", "batch_size", "seed"):
        del options[place]
    _check_options(options)
    train, kept = split == "train", Validation(validation, split)
    request = Request(
        kept.source, "", data_dir, image_size, crop, greyscale, num_examples, num_frames
    )
    own = {key: options[key] for key in reading.OF_SOME}
    request = dataclasses.replace(request, **own)
    flags = [train if flag is None else flag for flag in (shuffle, drop_remainder)]
    order = Order(seed, batch_size, *flags)
    pixels = Pixels(binarise, dequantise, resample=train)
    part = combinations or ("kept" if kept.source == "train" else "all")
    wanted = Combinations(exclude, holdout, holdout_of, part)
    labels = Labels(num_labels if train else None, labelled_share)
    arrays = reading.read(name, request, cache)
    arrays = dataclasses.replace(arrays, origin=np.arange(len(arrays.x)))
    rows = kept.rows(arrays, wanted.rows(arrays))
    arrays = arrays if rows is None else arrays.take(rows)
    arrays = frames.pictures(arrays, stills, frame_step) or arrays.clips(
        num_frames, at_random=train
    )
    arrays = arrays.first(kept.limit(num_examples))
    from keras_genmodels.data import pipeline  # late: a missing set is told at once
    from keras_genmodels.data.pairing import Pairing, with_source

    counterpart = reading.counterpart(name, request)
    if pairs:
        from keras_genmodels.data.truths import paired

        arrays, domains = paired(arrays, domains, counterpart), None
    arrays, source = with_source(arrays, source)
    pairing = Pairing(arrays, source, y, domains, counterpart, is_training=train)
    batches = pipeline.batches(
        arrays, request, order, pixels, labels, pairing, prefetch
    )
    steps = int(batches.cardinality())
    return batches, dataclasses.replace(pairing.spec, steps_per_epoch=steps)


def _check_options(given: Mapping[str, Any]) -> None:
    """Refuse an unknown option, and values of another kind or range than documented."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    kinds = inspect.signature(load).parameters
    known = [p for p in parameters_of(load) if kinds[p.name].kind is keyword]
    check_arguments(given, known, "option", "of load")
