"""A person's own pictures with sentences about them: `captioned:PATH`."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import (
    caption_files,
    image_files,
    listing,
    locations,
    split_folders,
)
from keras_genmodels.data.files.listing import name_below
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.data.text import numbered, words_of
from keras_genmodels.registry import register


@register("captioned", "dataset scheme")
def captioned_pictures(request: Request) -> Arrays:
    """Your own pictures in `captioned:PATH` and sentences about them, as the tensor
    "caption"; a picture with several is there once with each of them.

    The sentences are in `captions.csv` with the columns `file` and `caption`; in a JSON
    file as COCO's or as those of Karpathy's splits of Flickr8k and COCO; in Flickr8k's
    own file, which ends in `.token.txt`; or in a text file beside every picture, of its
    name, a sentence a line, as for the pictures of CUB. Pictures without any are passed
    over. The words that the set knows are those of all sentences; small letters and
    large ones are the same. Splits and classes are sub-folders as those of
    `folder:PATH`, and every picture is in one split with all of its sentences.

    Raises:
        ValueError: if PATH is no folder, holds fewer than two pictures with sentences,
            pictures of several sizes while `image_size` is not given, or a file of
            sentences that cannot be read.
    """
    root = locations.named_folder(request, "captioned")
    files = listing.files_below(root)
    channels = {f: count for f in files if (count := image_files.channels(f))}
    told = caption_files.found(root, channels)
    said = {f: told[name] for f in channels if (name := name_below(f, root)) in told}
    layout = split_folders.Layout.of(root, said)
    labelled = any(layout.label_of(path) for path in said)
    said = {f: s for f, s in said.items() if layout.holds(f, labelled)}
    if len(said) < 2:
        raise ValueError(
            f"The folder {str(root)!r} must hold at least two pictures with sentences. "
            f"Received: {len(said)}, of {len(channels)} pictures."
        )
    chosen = layout.chosen([*said], request)
    mode = image_files.mode(channels[file] for file in said)
    read: list[pathlib.Path] = []  # of each row, its picture
    x = request.collect(
        _pictures(chosen, said, mode, request, read), sum(len(said[f]) for f in chosen)
    )
    listing.warn_skipped(root, sorted({*chosen} - {*read}), len(files), "pictures")
    rows = [sentence for file in dict.fromkeys(read) for sentence in said[file]]
    classes = sorted({layout.label_of(path) for path in said}) if labelled else []
    labels = [[classes.index(layout.label_of(f))] if labelled else [] for f in read]
    caption = _tensor([s for sentences in said.values() for s in sentences])
    spec = DatasetSpec(
        f"captioned:{root.name}",
        x.shape[1:],
        side_by_side({"label": classes} if labelled else {}),
        [caption],
    )
    tokens = {"caption": numbered(rows, caption.words, caption.shape[0])}
    return Arrays(x, np.array(labels, np.int32), spec, tensors=tokens)


captioned_pictures.fingerprint = locations.fingerprint_of("captioned")
captioned_pictures.takes = ("background",)


def _tensor(sentences: list[str]) -> Tensor:
    """Describe tokens of all words of sentences; the number 0 is no word."""
    split = [words_of(sentence) for sentence in sentences]
    words = ("", *sorted({word for said in split for word in said}))
    return Tensor("caption", (max(map(len, split)),), "tokens", words)


def _pictures(
    files: list[pathlib.Path],
    said: dict[pathlib.Path, list[str]],
    mode: str,
    request: Request,
    read: list[pathlib.Path],
) -> Iterator[np.ndarray]:
    """Yield each picture as often as it has sentences; `read` names each row's."""
    for file in files:
        try:
            picture = image_files.read(file, mode, request.background)
        except image_files.UNREADABLE:
            continue
        count = len(said[file])
        read.extend([file] * count)
        yield np.repeat(request.fit(picture[None]).numpy(), count, axis=0)
