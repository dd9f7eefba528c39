"""Sentences of a small grammar in German and English, in pairs."""

from __future__ import annotations

import zlib

import numpy as np

from keras_genmodels.data import phrase_grammar as grammar
from keras_genmodels.data.parallel_text import arrays_of
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.registry import register

COUNTS = {"train": 4_000, "test": 1_000}
TEST_SHARE = 5  # one meaning in so many is of the test split


@register("phrases", "dataset")
def phrases(request: Request) -> Arrays:
    """German sentences and their English translations, 16 words at most: 4,000 pairs
    for training, 1,000 for test; no attributes, no download.

    "source" is the German sentence and x the English one, as tokens; with the option
    `reverse` the other way round. A grammar says who did what to which thing, and
    mostly how they are, where and when. Many translations are right: most words have
    synonyms in either language, the time stands first or last, and some English
    sentences are passive. Which one a pair has is drawn. All meanings differ, so that
    no sentence is in both splits.
    """
    check_split(request.split, list(COUNTS))
    count = request.limit(COUNTS[request.split])
    pairs = list(_pairs(request.split, count))
    return arrays_of("phrases", pairs, grammar.words(), grammar.LENGTHS, request)


phrases.takes = ("reverse",)
phrases.licence = "Apache-2.0, made by this package"


def _pairs(split, count):
    """Yield `count` pairs of sentences, German and English, of as many meanings."""
    rng = np.random.RandomState([SPLIT_SEED, list(COUNTS).index(split)])
    seen = set()
    while len(seen) < count:
        meaning = grammar.draw_meaning(rng)
        key = " ".join(meaning.values())
        in_test = zlib.crc32(key.encode()) % TEST_SHARE == 0
        if key not in seen and in_test == (split == "test"):
            seen.add(key)
            yield grammar.german(meaning, rng), grammar.english(meaning, rng)
