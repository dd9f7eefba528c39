"""Pairs of sentences in two languages, as arrays of tokens."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from keras_genmodels.data.request import Arrays, Request, check_split
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.data.text import NOTHING, UNKNOWN, numbered, words_of

Pair = tuple[str, str]
LEAST = 2  # times that a word must occur in "train" to be known


def arrays_of(
    name: str,
    pairs: Sequence[Pair],
    words: tuple[Sequence[str], Sequence[str]],
    lengths: tuple[int, int],
    request: Request,
) -> Arrays:
    """Make a split of pairs: "source" and x, which change places with `reverse`.

    Args:
        name: of the data set.
        pairs: a sentence and its translation each, of known words.
        words: the vocabularies of both languages; the first of each is no word.
        lengths: words that tokens have room for, in either language.
        request: for the split.
    """
    tokens = [
        numbered([pair[side] for pair in pairs], words[side], lengths[side])
        for side in (0, 1)
    ]
    first, last = (1, 0) if request.reverse else (0, 1)
    source = Tensor("source", (lengths[first],), "tokens", words[first])
    own = {"kind": "tokens", "words": words[last]}
    spec = DatasetSpec(name, (lengths[last],), tensors=[source], **own)
    labels = np.empty((len(pairs), 0), np.int32)
    return Arrays(tokens[last], labels, spec, tensors={"source": tokens[first]})


def of_texts(
    name: str, parts: Mapping[str, Iterable[Pair]], request: Request
) -> Arrays:
    """Make a split of texts, whose words are those that "train" has at least twice.

    Pairs of which a sentence has no word, or more than `max_words`, are left out; any
    word that is not known becomes "<unk>".

    Args:
        name: of the data set.
        parts: the pairs of each split, "train" among them.
        request: for a split.

    Raises:
        ValueError: for an unknown split, or one of which no pair is left.
    """
    check_split(request.split, list(parts))
    most = request.max_words or np.inf
    told = {
        split: [said for said in map(_split, pairs) if _fits(said, most)]
        for split, pairs in parts.items()
    }
    chosen = told[request.split][: request.num_examples]
    if not chosen or not told["train"]:
        raise ValueError(
            f"The data set {name!r} must have a pair of sentences with at most "
            f"{most} words in {request.split!r} and in 'train'. Received: none."
        )
    words = tuple(_vocabulary(said[side] for said in told["train"]) for side in (0, 1))
    lengths = tuple(
        max(len(said[side]) for rows in told.values() for said in rows)
        for side in (0, 1)
    )
    known = [{*vocabulary} for vocabulary in words]
    pairs = [tuple(map(_replaced, said, known)) for said in chosen]
    return arrays_of(name, pairs, words, lengths, request)


def _split(pair: Pair) -> tuple[list[str], list[str]]:
    return words_of(pair[0]), words_of(pair[1])


def _fits(said, most) -> bool:
    return all(0 < len(words) <= most for words in said)


def _vocabulary(sentences: Iterable[list[str]]) -> tuple[str, ...]:
    """List what is no word, what is unknown, and words, the most frequent first."""
    counts = collections.Counter(word for words in sentences for word in words)
    known = [word for word, count in counts.items() if count >= LEAST]
    order = sorted(known, key=lambda word: (-counts[word], word))
    return (NOTHING, UNKNOWN, *(word for word in order if word != UNKNOWN))


def _replaced(words: Sequence[str], known: set[str]) -> str:
    return " ".join(word if word in known else UNKNOWN for word in words)
