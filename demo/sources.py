"""Pictures that models are given: examples, drawn lines and uploads, also in links.

`e12` is the source of the model's example 12. `b32-` and base64 is a drawing of lines,
32 pixels wide, a bit a pixel. `d` and base64 is any other picture; after a dot it is
the photograph that the source was computed from: `b32-....d...`.
"""

from __future__ import annotations

import base64
import binascii
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from keras_genmodels import registry
from keras_genmodels.export import signature_io
from keras_genmodels_demo import checks, media, picture_tokens, uploads
from keras_genmodels_demo.models_index import Entry

_TOKEN = re.compile(
    r"e(\d{1,6})|(?:b(\d{1,4})-([\w-]*)|d([\w-]+))(?:\.d([\w-]+))?", re.ASCII
)
_LEAST_INK = 0.05  # of a scanned drawing, below which it is an empty sheet
# What each signature is given beside the picture.
_BESIDE = {
    "translate": {"seed"},
    "translate_back": {"seed"},
    "complete": {"mask", "condition", "seed"},
    "predict_next": {"count", "seed"},
    "edit": {"condition", "seed"},
    "paint": {"colours", "mask", "condition", "steps"},
}


@dataclass(frozen=True)
class Translation:
    """Signature of a model that makes pictures of another one.

    Args:
        signature: its name.
        source: name of the tensor that goes in.
        shape: (height, width, channels) of it.
        made: name of the tensor that comes out.
        made_shape: (height, width, channels) of it.
        examples: name of the tensor of the data that holds sources.
        truth: name of the one that holds the right answers to them.
    """

    signature: str
    source: str
    shape: tuple[int, int, int]
    made: str
    made_shape: tuple[int, int, int]
    examples: str
    truth: str


def translation(entry: Entry, signature: str = "translate") -> Translation | None:
    """Read what a signature makes pictures of; None if it asks for more than it may.

    Args:
        entry: the model.
        signature: "translate", "complete", "edit" or another that makes a picture.
    """
    if not entry.shows(signature):
        return None
    form, beside = entry.signatures[signature], _BESIDE[signature]
    given = {name: form for name, form in form["inputs"].items() if name not in beside}
    found = [
        (name, tuple(tensor["shape"][-3:]))
        for tensors in (given, form["outputs"])
        for name, tensor in tensors.items()
    ]
    sized = all(len(s) == 3 and None not in s and s[2] in (1, 3) for _, s in found)
    if len(given) != 1 or len(form["outputs"]) != 1 or not sized:
        return None
    if signature == "translate":
        names = signature_io.translates(entry.signatures, entry.spec)
    else:
        back = signature == "translate_back"
        names = ("y", "y_truth") if back else (found[0][0], "x")
    return Translation(signature, *found[0], *found[1], *names)


def examples(entry: Entry, asked: Translation) -> np.ndarray | None:
    """Find the sources among the examples of a model, (n, *shape), if they are kept."""
    return _kept(entry, asked.examples, asked.shape)


def truths(entry: Entry, asked: Translation) -> np.ndarray | None:
    """Find the right answers to them, (n, *made_shape), where they are known."""
    return _kept(entry, asked.truth, asked.made_shape)


def _kept(entry: Entry, name: str, shape: tuple[int, ...]) -> np.ndarray | None:
    known = entry.examples
    rows = known and (known.x if name == "x" else known.tensors.get(name))
    return None if rows is None or rows.shape[1:] != shape else rows


def derivation(entry: Entry, asked: Translation) -> str | None:
    """Find by which derivation the sources of a model's data were made of pictures.

    The command on the card says it: `--data source=edges`. None if it does not.
    """
    if asked.examples == "x":
        return None
    begin = f"{asked.examples}="
    words = shlex.split(entry.card["command"] or "")
    found = [w.removeprefix(begin) for w in words if w.startswith(begin)]
    return found[-1] if found and found[-1] in registry.names("derivation") else None


def is_line_drawing(entry: Entry, asked: Translation) -> bool:
    """Find whether sources are lines, each pixel all white or all black."""
    rows = examples(entry, asked)
    if asked.shape[-1] != 1 or rows is None or not len(rows):
        return asked.shape[-1] == 1 and derivation(entry, asked) == "edges"
    return entry.remember(
        ("lines", asked), lambda: bool(np.isin(rows, (0.0, 1.0)).all())
    )


def offered(entry: Entry, asked: Translation) -> list[dict[str, str]]:
    """List sources of examples as the page's thumbnails: token, address, label."""
    rows = examples(entry, asked)
    found = picture_tokens.offered(entry) if rows is not None else []
    for i, item in enumerate(found):
        item["uri"] = media.uri(media.png(rows[i]))
    return found


# --- as text --------------------------------------------------------------------------


def read(
    entry: Entry, asked: Translation, text: Any
) -> tuple[np.ndarray, np.ndarray | None]:
    """Read a control's value: the source, and the right answer if it is known.

    Args:
        entry: the model.
        asked: what it translates.
        text: tokens as above; "" is an empty sheet.

    Returns:
        (height, width, channels) in [0, 1], of the shapes of the translation.

    Raises:
        TypeError: if `text` is none.
        ValueError: for another form, an example that is not there, or a picture that
            cannot be.
    """
    if not isinstance(text, str):
        raise TypeError(f"A source must be text. Received: {checks.shown(text)}.")
    if not text:
        return np.zeros(asked.shape, np.float32), None
    found = _TOKEN.fullmatch(text)
    if not found:
        raise ValueError(
            "A source must be e, b or d and what belongs to it: 'e12'. "
            f"Received: {text[:20]!r}."
        )
    number, width, bits, picture, photograph = found.groups()
    if number is not None:
        return _example(entry, asked, int(number))
    truth = photograph and uploads.decode(photograph, asked.made_shape)
    if bits is None:
        return uploads.decode(picture, asked.shape), truth
    return unpacked(bits, int(width), asked.shape), truth


def _example(
    entry: Entry, asked: Translation, number: int
) -> tuple[np.ndarray, np.ndarray | None]:
    rows, answers = examples(entry, asked), truths(entry, asked)
    if rows is None:
        raise ValueError(f"{entry.name} has no examples. Draw or upload a source.")
    if number >= len(rows):
        raise ValueError(
            f"An example of {entry.name} must be in e0..e{len(rows) - 1}. "
            f"Received: 'e{number}'."
        )
    return rows[number], None if answers is None else answers[number]


def written(entry: Entry, asked: Translation, x: np.ndarray) -> str:
    """Write a source, (height, width, channels) in [0, 1], as a token."""
    return packed(x) if is_line_drawing(entry, asked) else "d" + uploads.encode(x)


def packed(x: np.ndarray) -> str:
    """Write a drawing of lines, (height, width, 1), as a token: a bit a pixel.

    Rows follow one another; the empty end is left out.
    """
    data = np.packbits(x[..., 0] > 0.5).tobytes().rstrip(b"\0")
    text = base64.urlsafe_b64encode(data).decode().rstrip("=")
    return f"b{x.shape[1]}-{text}"


def unpacked(bits: str, width: int, shape: tuple[int, int, int]) -> np.ndarray:
    """Read the drawing of a token, brought to a model's shape.

    Args:
        bits: base64, the address-safe one, of a bit a pixel.
        width: of the drawing in pixels; its height follows from the shape.
        shape: (height, width, 1) of the result.

    Raises:
        ValueError: for what is no such drawing, or a shape with colours.
    """
    height = round(width * shape[0] / shape[1])
    size = height * width
    try:
        data = base64.urlsafe_b64decode(bits + "=" * (-len(bits) % 4))
    except (binascii.Error, ValueError) as error:
        raise ValueError(
            f"A drawing must be sent in base64. Received: {bits[:20]!r}..."
        ) from error
    if not 0 < size <= 2**16 or len(data) > -(-size // 8) or shape[-1] != 1:
        raise ValueError(
            f"A drawing of lines must fit into {shape[0]} x {shape[1]} pixels without "
            f"colours. Received: {len(data)} bytes, {width} pixels wide."
        )
    whole = data.ljust(-(-size // 8), b"\0")
    values = np.unpackbits(np.frombuffer(whole, np.uint8), count=size)
    picture = Image.fromarray(255 * values.reshape(height, width))
    scaled = picture.resize((shape[1], shape[0]), Image.Resampling.NEAREST)
    return np.asarray(scaled, np.float32).reshape(shape) / 255.0


# --- uploads --------------------------------------------------------------------------


def lines(x: np.ndarray) -> np.ndarray:
    """Make light lines on black of a scanned drawing, whatever its ink and paper.

    A line is where a pixel differs from the paper, the commonest brightness, at least
    half as much as any does.

    Args:
        x: (height, width, 1) in [0, 1].
    """
    ink = np.abs(x - np.median(x))
    return np.float32(ink > max(0.5 * ink.max(), _LEAST_INK))


def receiver(find: Callable[[Any], Entry]) -> Callable[[Any], dict[str, str]]:
    """Make the function that the page asks when a person uploads a source.

    Args:
        find: from a model's name to it.

    Returns:
        A function from `{"picture": base64, "model": name, "direction": signature,
        "derive": whether the picture is a photograph of which the source is to be
        computed}` to `{"token": ...}`, or to `{"error": ...}`, a sentence.
    """

    def receive(sent: Any) -> dict[str, str]:
        try:
            if not isinstance(sent, dict):
                raise TypeError("A picture must be sent with the model's name.")
            entry = find(sent.get("model"))
            asked = translation(entry, _signature(entry, sent.get("direction")))
            if sent.get("derive"):
                return {"token": _derived(entry, asked, sent.get("picture"))}
            x = uploads.decode(sent.get("picture"), asked.shape)
        except (ValueError, TypeError) as error:
            return {"error": str(error)}
        x = lines(x) if is_line_drawing(entry, asked) else x
        return {"token": written(entry, asked, x)}

    return receive


def _signature(entry: Entry, name: Any) -> str:
    known = [signature for signature in _BESIDE if translation(entry, signature)]
    return checks.one_of("direction", name or "translate", known)


def _derived(entry: Entry, asked: Translation, picture: Any) -> str:
    """Compute the source of a photograph as that of the model's data was computed."""
    name = derivation(entry, asked)
    if name is None:
        raise ValueError(f"{entry.name} does not say how sources are computed.")
    from keras_genmodels.data import derived

    # What the link will bring back is what the source is computed from.
    text = uploads.encode(uploads.decode(picture, asked.made_shape))
    x = uploads.decode(text, asked.made_shape)
    source = np.asarray(derived.derive(name, x[None])["source"][0])
    return f"{written(entry, asked, source)}.d{text}"
