"""Tokens that name chosen pictures in a control's value and in a permalink.

`e12` is the model's example 12, `s3` the third sample of a seed, and `d` followed by
base64 is a picture that was drawn or uploaded. `e1.s3` is a choice of two, and
`e1.e2|s3|` one of three groups of which the last is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from keras_genmodels_demo import media, uploads
from keras_genmodels_demo.models_index import Entry

SAMPLES = 24  # on offer for each seed, and as many examples
FEWER = 12  # examples on offer beside samples
_TOKEN = re.compile(r"([es])(\d{1,6})|d([\w-]+={0,2})", re.ASCII)


def parse(text: Any, groups: int = 1, most: int = 8) -> list[list[str]]:
    """Parse the tokens of each group.

    Args:
        text: as above.
        groups: how many there must be.
        most: tokens a group.

    Raises:
        TypeError: if `text` is none.
        ValueError: for a token of another form, or too many of anything.
    """
    if not isinstance(text, str):
        raise TypeError(f"A choice must be text. Received: {type(text).__name__}.")
    parts = [[token for token in part.split(".") if token] for part in text.split("|")]
    if len(parts) != groups or max(map(len, parts)) > most:
        raise ValueError(
            f"A choice must have {groups} groups of at most {most} pictures. "
            f"Received: {[len(part) for part in parts]}."
        )
    for token in (token for part in parts for token in part):
        if not _TOKEN.fullmatch(token):
            raise ValueError(
                "A chosen picture must be e, s or d and what belongs to it: 'e12'. "
                f"Received: {token[:20]!r}."
            )
    return parts


def offered(
    entry: Entry, most: int = SAMPLES, named: Sequence[int] = ()
) -> list[dict[str, str]]:
    """List examples of a model as the page's thumbnails: token, address, label.

    Args:
        entry: the model.
        most: how many of the first examples.
        named: numbers of examples that come before them.
    """
    found = []
    count = len(entry.examples or ())
    for i in dict.fromkeys([*named, *range(min(count, most))]):
        label = f"Example {i}" + (
            f": {_classes(entry, i)}" if _classes(entry, i) else ""
        )
        address = media.uri(media.png(entry.examples.x[i]))
        found.append({"token": f"e{i}", "uri": address, "label": label})
    return found


def _classes(entry: Entry, i: int) -> str:
    """Join the classes of an example."""
    row = entry.examples.condition[i]
    return ", ".join(
        a.classes[int(row[a.start : a.stop].argmax())]
        for a in entry.spec.attributes
        if row[a.start : a.stop].any()
    )


def receiver(find: Callable[[Any], Entry]) -> Callable[[Any], dict[str, str]]:
    """Make the function that the page asks when a person uploads a picture.

    Args:
        find: from a model's name to it.

    Returns:
        A function from `{"picture": base64, "model": name}` to `{"token": ...}`, or to
        `{"error": ...}`, a sentence.
    """

    def receive(sent: Any) -> dict[str, str]:
        try:
            if not isinstance(sent, dict):
                raise TypeError("A picture must be sent with the model's name.")
            entry = find(sent.get("model"))
            x = uploads.decode(sent.get("picture"), entry.frame_shape)
        except (ValueError, TypeError) as error:
            return {"error": str(error)}
        return {"token": "d" + uploads.encode(x)}

    return receive


def example(entry: Entry, token: str) -> np.ndarray:
    """Find the picture of an `e` or `d` token, (height, width, channels) in [0, 1].

    Raises:
        ValueError: for an example that is not there, a picture that cannot be, or `s`.
    """
    kind, content = token[0], token[1:]
    if kind == "d":
        return uploads.decode(content, entry.frame_shape)
    if not entry.examples:
        raise ValueError(f"{entry.name} has no examples. Draw or upload a picture.")
    count = len(entry.examples)
    if kind != "e" or int(content) >= count:
        raise ValueError(
            f"An example of {entry.name} must be in e0..e{count - 1}. "
            f"Received: {token[:20]!r}."
        )
    return entry.examples.x[int(content)]


def latents(
    entry: Entry,
    chosen: Sequence[str],
    drawn: Callable[[], np.ndarray],
    condition: np.ndarray | None,
) -> np.ndarray:
    """Find the latents behind chosen tokens, (len(chosen), latent_dim).

    Args:
        entry: with `encode`, if a token is no sample.
        chosen: tokens of one group.
        drawn: gives the latents of all samples on offer, (SAMPLES, latent_dim).
        condition: (1, condition_size) for the encoder, if it asks for one.

    Raises:
        ValueError: for a sample that is not on offer, and as `example`.
    """
    samples = drawn() if any(token[0] == "s" for token in chosen) else ()
    others = [token for token in chosen if token[0] != "s"]
    encoded = iter(())
    if others:
        x = np.stack([example(entry, token) for token in others])
        rows = None if condition is None else condition.repeat(len(x), axis=0)
        encoded = iter(entry.call("encode", x=x, condition=rows)["latent"])
    found = []
    for token in chosen:
        if token[0] == "s" and int(token[1:]) >= len(samples):
            raise ValueError(
                f"A sample must be in s0..s{SAMPLES - 1}. Received: {token[:20]!r}."
            )
        found.append(samples[int(token[1:])] if token[0] == "s" else next(encoded))
    return np.stack(found)
