"""A person's own sentences and their translations: `parallel:PATH`."""

from __future__ import annotations

import pathlib

from keras_genmodels.data.files import listing, sentence_files
from keras_genmodels.data.parallel_text import of_texts
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.registry import register

FORMS = "`parallel:FILE`, of lines with a tab in each, or `parallel:A,B`, of two files"


@register("parallel", "dataset scheme")
def own_translations(request: Request) -> Arrays:
    """Your own sentences and their translations in `parallel:FILE`, a pair a line with
    a tab between them, or in `parallel:A,B`, two files of as many lines.

    "source" is the first and x the second, as tokens; with the option `reverse` the
    other way round. 80 per cent are for training, the rest for test; no first sentence
    is in both. Known are the words that training has at least twice; small letters and
    large ones are the same, and points are left out. The option `max_words` leaves out
    pairs with a longer sentence. Files that end in .gz are unpacked.

    Raises:
        ValueError: if there is no such file, lines are no pairs, or two files differ in
            length.
    """
    files = _files(request)
    pairs = sentence_files.pairs(files)
    firsts = list(dict.fromkeys(first for first, _ in pairs))
    parts = {}
    for split in ("train", "test"):
        rows = Request(split).fixed_split(len(firsts))
        chosen = {firsts[row] for row in rows}
        parts[split] = [pair for pair in pairs if pair[0] in chosen]
    return of_texts(f"parallel:{files[0].name}", parts, request)


own_translations.fingerprint = lambda request: listing.fingerprint(_files(request))
own_translations.takes = ("reverse", "max_words")


def _files(request: Request) -> list[pathlib.Path]:
    """Find the one or two files that the name gives."""
    files = [pathlib.Path(name).expanduser() for name in request.target.split(",")]
    missing = [str(file) for file in files if not file.is_file()]
    if missing or len(files) > 2:
        raise ValueError(
            f"The name must be {FORMS}, that exist. "
            f"Received: 'parallel:{request.target}'."
        )
    return [file.resolve() for file in files]
