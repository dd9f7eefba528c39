"""Sentences as numbers of their words, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor

NOT_SAID = -1
NOTHING, UNKNOWN = "", "<unk>"  # what fills a sentence up, and any unknown word


def tokens(
    spec: DatasetSpec, sentences: Sequence[str], name: str = "caption"
) -> np.ndarray:
    """Number the words of sentences, as the batches of a data set have them.

    Args:
        spec: of a data set whose batches have tokens.
        sentences: of words that the set knows; letters may be large, and points and
            commas are left out.
        name: of the tensor, such as "source" or "x". Default "caption".

    Returns:
        int32 (n, length), filled up behind the last word with the number of no word.

    Raises:
        ValueError: for a data set without this tensor, a word that it does not know,
            with the nearest ones, or too many words.
        TypeError: for a single string in place of a list.

    Example:
        >>> import keras_genmodels as kgm
        >>> train, spec = kgm.data.load("scenes", num_examples=1, batch_size=1)
        >>> kgm.data.sentences(spec, kgm.data.tokens(spec, ["A small red disc."]))
        ['a small red disc']
    """
    if isinstance(sentences, str):
        raise TypeError(
            f"`sentences` must be a list of strings. Received: {sentences!r}."
        )
    told = _of_tokens(spec, name)
    return numbered(sentences, told.words, told.shape[0])


def sentences(spec: DatasetSpec, tokens: Any, name: str = "caption") -> list[str]:
    """Write the sentences that tokens stand for.

    Args:
        spec: of a data set whose batches have tokens.
        tokens: int (n, length).
        name: of the tensor. Default "caption".

    Raises:
        ValueError: for a data set without this tensor, or numbers of no word.
        TypeError: for numbers that are no integers.
    """
    told = _of_tokens(spec, name)
    told.check(np.asarray(tokens))
    return [
        " ".join(word for word in (told.words[number] for number in row) if word)
        for row in np.asarray(tokens)
    ]


def stated(
    spec: DatasetSpec, tokens: Any, name: str = "caption"
) -> dict[str, np.ndarray]:
    """Read what sentences say of the attributes: numbers of classes.

    A set whose sentences can be read has a function in its file from a sentence to
    `{attribute: class}`, registered in the family "statements" under the set's name.

    Args:
        spec: of the data set.
        tokens: int (n, length).
        name: of the tensor. Default "caption".

    Returns:
        Attribute to int (n,), -1 where the sentence leaves it open.

    Raises:
        ValueError: for a set whose sentences nothing reads.
    """
    known = registry.names("statements")
    if spec.name not in known:
        raise ValueError(
            f"Nothing says what the sentences of {spec.name!r} mean. Those of "
            f"{', '.join(map(repr, known))} can be read."
        )
    read = registry.lookup(spec.name, "statements")
    found = [read(sentence) for sentence in sentences(spec, tokens, name)]
    return {
        a.name: np.array(
            [a.classes.index(s[a.name]) if a.name in s else NOT_SAID for s in found]
        )
        for a in spec.attributes
    }


def words_of(sentence: str) -> list[str]:
    """Split a sentence into its words, in small letters and without points.

    Example:
        >>> words_of("A small, red disc.")
        ['a', 'small', 'red', 'disc']
    """
    return re.findall(r"[^\s.,!?;:\"]+", sentence.lower())


def numbered(sentences: Sequence[str], words: Sequence[str], length: int) -> np.ndarray:
    """Number words by their places in a vocabulary, int32 (n, length).

    Raises:
        ValueError: for a word that is not in it, or more than `length` words.
    """
    places = {word: place for place, word in enumerate(words)}
    found = np.zeros((len(sentences), length), np.int32)
    for row, sentence in zip(found, sentences, strict=True):
        said = words_of(sentence)
        for word in said:
            if word not in places:
                raise ValueError(
                    f"Unknown word {word!r} in {sentence!r}. "
                    f"{registry.suggest(word, [w for w in words if w])}"
                )
        if len(said) > length:
            raise ValueError(
                f"A sentence must have at most {length} words. "
                f"Received: {len(said)} in {sentence!r}."
            )
        row[: len(said)] = [places[word] for word in said]
    return found


def _of_tokens(spec: DatasetSpec, name: str) -> Tensor:
    """Find the tensor of tokens of a set; that of x has the name of its kind."""
    found = {t.name: t for t in spec.tensors if t.kind == "tokens"}
    if spec.words:
        found["x"] = Tensor("tokens", spec.x_shape, "tokens", spec.words)
    if name not in found:
        raise ValueError(
            f"The data set {spec.name!r} must have tokens {name!r}. "
            f"Received: {sorted(found)}."
        )
    return found[name]
