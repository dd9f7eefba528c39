"""Defaults that mean something: pictures chosen by what is known of the examples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from keras_genmodels_demo import picture_tokens
from keras_genmodels_demo.models_index import Entry

EACH = 3
SAMPLES_PAIR, SAMPLES_SUM = "s0.s1", "s0.s1.s2|s3.s4.s5|s6.s7.s8"


def richest_first(found: Mapping[str, Entry]) -> dict[str, Entry]:
    """Sort models: first those whose examples have many attributes and an encoder.

    A decoder with a condition comes after them: its attributes are not in its latents.
    """

    def rank(entry: Entry) -> tuple[bool, int]:
        known = _is_known(entry)
        return not known, -len(entry.spec.attributes) if known else 0

    return dict(sorted(found.items(), key=lambda item: rank(item[1])))


def pair(entry: Entry) -> str:
    """Choose two examples that differ in as many attributes as can be, or samples."""
    if not _is_known(entry):
        return SAMPLES_PAIR
    classes = _classes(entry)
    differing = (classes != classes[0]).sum(axis=1)
    # Of those that differ most, the one that looks most unlike the first.
    unlike = np.abs(entry.examples.x - entry.examples.x[0]).mean(axis=(1, 2, 3))
    other = int(np.lexsort((unlike, differing))[-1])
    return f"e0.e{other}" if differing[other] else SAMPLES_PAIR


def terms(entry: Entry) -> str:
    """Choose a, b and c of a - b + c that differ in one attribute, or samples.

    All of a have one class, all of b another, and are else as alike as the examples
    allow; c has the class of b. The answer should be c with the class of a.
    """
    if not _is_known(entry):
        return SAMPLES_SUM
    return entry.remember("terms", lambda: _terms(entry))


def meanings(entry: Entry, groups: list[list[str]]) -> list[str]:
    """Say which class the pictures of each group share, where a and b differ in it."""
    if not _is_known(entry) or any(t[0] != "e" for group in groups for t in group):
        return [""] * len(groups)
    classes = _classes(entry)
    rows = [classes[[int(token[1:]) for token in group]] for group in groups]
    told: list[list[str]] = [[] for _ in groups]
    for column, attribute in enumerate(entry.spec.attributes):
        shared = [set(row[:, column].tolist()) for row in rows]
        if any(len(one) > 1 for one in shared) or shared[0] == shared[1]:
            continue
        for one, lines in zip(shared, told, strict=True):
            lines.append(f"{attribute.name} {attribute.classes[min(one)]}")
    return [", ".join(lines) for lines in told]


def _is_known(entry: Entry) -> bool:
    """Find whether latents of examples with attributes can be compared."""
    plain = entry.offers("encode", "decode") and not entry.is_conditional("decode")
    return plain and bool(entry.examples) and bool(entry.spec.attributes)


def _classes(entry: Entry) -> np.ndarray:
    """Read the class of every attribute of every example, (examples, attributes)."""
    rows = entry.examples.condition
    columns = [rows[:, a.start : a.stop].argmax(axis=1) for a in entry.spec.attributes]
    return np.stack(columns, axis=1)


def _terms(entry: Entry) -> str:
    classes = _classes(entry)
    column, first, second = _most_visible(entry, classes)
    ones = np.flatnonzero(classes[:, column] == first)[:EACH]
    others = np.flatnonzero(classes[:, column] == second)
    chosen: list[int] = []
    for one in ones:  # each with the picture that is most like it in all else
        left = [i for i in others if i not in chosen]
        if len(left) < 2:
            break
        alike = (classes[left] == classes[one]).sum(axis=1)
        chosen.append(left[int(alike.argmax())])
    left = [i for i in others if i not in chosen]
    if not chosen:
        return SAMPLES_SUM
    groups = ones[: len(chosen)], chosen, left[:1]
    return "|".join(".".join(f"e{i}" for i in group) for group in groups)


def _most_visible(entry: Entry, classes: np.ndarray) -> tuple[int, int, int]:
    """Find the attribute and the two classes whose mean pictures differ most."""
    best, found = -1.0, (0, 0, 0)
    for column in range(classes.shape[1]):
        kinds, counts = np.unique(classes[:, column], return_counts=True)
        kinds = kinds[counts > 1]
        means = [entry.examples.x[classes[:, column] == k].mean(axis=0) for k in kinds]
        for i, one in enumerate(means):
            for j, other in enumerate(means):
                distance = float(((one - other) ** 2).mean())
                if i != j and distance > best:
                    best, found = distance, (column, int(kinds[i]), int(kinds[j]))
    return found


def on_offer(entry: Entry, most: int, *first: str) -> list[dict[str, str]]:
    """Offer examples: those that the defaults name, then the first of all."""
    tokens = [token for text in first for token in text.replace("|", ".").split(".")]
    named = [int(token[1:]) for token in tokens if token[:1] == "e"]
    return picture_tokens.offered(entry, most, named)
