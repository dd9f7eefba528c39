"""A person's own pairs of pictures: `paired:PATH`, a source and its target each."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import (
    image_files,
    listing,
    locations,
    pairs,
    split_folders,
)
from keras_genmodels.data.files.pairs import Pair
from keras_genmodels.data.request import Arrays, Request, in_memory
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.registry import register


@register("paired", "dataset scheme")
def paired_pictures(request: Request) -> Arrays:
    """Your own pictures and what they are to be made of, in `paired:PATH`: x is the
    target, and the tensor "source" what a translator sees.

    Either every file holds both side by side, the source on the left; or two
    sub-folders, `source` and `target`, hold files of equal names, whatever their
    endings. `reverse` exchanges the two. Splits and classes are sub-folders as those of
    `folder:PATH`, inside of `source` and `target` or around them; so are pictures read
    and files skipped. Either side has one channel if all its pictures are grey.

    Raises:
        ValueError: if PATH is no folder, holds fewer than two pairs, a name that only
            one side has, a pair of two sizes, or pairs of several sizes while
            `image_size` is not given.
    """
    root = locations.named_folder(request, "paired")
    files = listing.files_below(root)
    channels = {f: count for f in files if (count := image_files.channels(f))}
    known = {pair.path: pair for pair in pairs.found(root, channels)}
    layout = split_folders.Layout.of(root, known)
    labelled = any(layout.label_of(path) for path in known)
    known = {p: pair for p, pair in known.items() if layout.holds(p, labelled)}
    bad = {*files} - {file for pair in known.values() for file in pair.files}
    if len(known) < 2:
        raise ValueError(
            f"The folder {str(root)!r} must hold at least two pairs of pictures. "
            f"Received: {len(known)}, and {len(bad)} other files."
        )
    chosen = [known[path] for path in layout.chosen(list(known), request)]
    x, source, read = _read(chosen, _modes(known.values(), channels), request)
    bad |= {file for pair in {*chosen} - {*read} for file in pair.files}
    listing.warn_skipped(root, sorted(bad), len(files), "pairs of pictures")
    classes = sorted({layout.label_of(path) for path in known}) if labelled else []
    labels = [
        [classes.index(layout.label_of(p.path))] if labelled else [] for p in read
    ]
    attributes = side_by_side({"label": classes} if labelled else {})
    tensors = [Tensor("source", source.shape[1:])]
    spec = DatasetSpec(f"paired:{root.name}", x.shape[1:], attributes, tensors)
    return Arrays(x, np.array(labels, np.int32), spec, tensors={"source": source})


paired_pictures.fingerprint = locations.fingerprint_of("paired")
paired_pictures.takes = ("background", "reverse")


def _modes(known: Iterable[Pair], channels: dict[pathlib.Path, int]) -> list[str]:
    """Return the mode of each file of a pair: "L" where all are grey."""
    columns = zip(*(pair.files for pair in known), strict=True)
    return [image_files.mode(channels[file] for file in files) for files in columns]


def _read(
    chosen: list[Pair], modes: list[str], request: Request
) -> tuple[np.ndarray, np.ndarray, list[Pair]]:
    """Read targets and sources, exchanged if need be, and say whose could be read."""
    sources: list[np.ndarray] = []
    read: list[Pair] = []

    def targets() -> Iterator[np.ndarray]:
        for pair in chosen:
            try:
                pictures = [
                    image_files.read(file, mode, request.background)
                    for file, mode in zip(pair.files, modes, strict=True)
                ]
            except image_files.UNREADABLE:
                continue
            sides = [request.fit(side[None]).numpy() for side in pair.divided(pictures)]
            source, target = sides[::-1] if request.reverse else sides
            sources.append(source)
            read.append(pair)
            yield target

    x = request.collect(targets(), len(chosen))
    return x, request.into(in_memory).collect(sources, len(sources)), read
