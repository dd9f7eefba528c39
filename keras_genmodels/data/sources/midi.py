"""A person's own tunes: `midi:PATH`, whose sub-folders are the classes."""

from __future__ import annotations

import numpy as np

from keras_genmodels import music
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import labelled_files, listing, locations
from keras_genmodels.data.files.labelled_files import LabelledFiles
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

USUAL = 48  # events of a tune
# What mido and NumPy raise for a file that is no tune.
UNREADABLE = (OSError, ValueError, EOFError, KeyError, IndexError)


@register("midi", "dataset scheme")
def own_tunes(request: Request) -> Arrays:
    """Your own tunes in `midi:PATH`, as 48 events or `num_frames`, each of 4 numbers.

    An event is a note: its length, pitch, loudness, and the gap since the event before
    (`keras_genmodels.music`); notes of all tracks are one after another, those of drums
    are left out. A file with no note is skipped, as one that cannot be read. Classes,
    splits and a table of attributes are as those of `folder:PATH`. Reading needs the
    extra `music`.

    Raises:
        ValueError: if PATH is no folder, holds fewer than two tunes, or a table that
            does not fit them.
        ImportError: without the extra.
    """
    root = locations.named_folder(request, "midi")
    files = labelled_files.found(root)
    known = [file for file in files if file.suffix.lower() in music.FILES]
    own = LabelledFiles.of(root, files, known, "tune")
    chosen, tunes = own.layout.chosen([*own.rows], request), {}
    for file in chosen:
        try:
            tune = music.read_midi(file)
        except UNREADABLE:
            continue
        if len(tune):
            tunes[file] = tune
    bad = own.bad | ({*chosen} - {*tunes})
    listing.warn_skipped(root, sorted(bad), len(files), "tunes")
    classes, labels = own.labelled([*tunes])
    sequences = Sequences.successive(
        [len(tune) for tune in tunes.values()],
        usual=USUAL,
        anywhere=True,
        names=[listing.name_below(file, root) for file in tunes],
    )
    x = np.concatenate([*tunes.values()])
    spec = DatasetSpec(f"midi:{root.name}", x.shape[1:], side_by_side(classes))
    return Arrays(x, labels, spec, sequences)


own_tunes.fingerprint = locations.fingerprint_of("midi")
