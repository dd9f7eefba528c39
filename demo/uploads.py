"""Pictures that strangers send, decoded with care and never written anywhere.

A picture comes as base64 text in a request. It is refused by its length before it is
decoded, by its kind before Pillow looks further, and by its number of pixels before any
of them is. A file's name is never sent, so there is none to be trusted.
"""

from __future__ import annotations

import base64
import binascii
import io
import threading
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from keras_genmodels import pictures
from keras_genmodels_demo import media

KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MOST_BYTES = 4 * 2**20
MOST_PIXELS = 16_000_000
_DRAFT = (1024, 1024)
_SLOTS = threading.BoundedSemaphore(2)  # pictures decoded at once, for their memory


class _Refusal(ValueError):
    """Refusal of a file by what its head says."""


def decode(text: Any, shape: tuple[int, int, int]) -> np.ndarray:
    """Decode a sent picture to an array that a model takes.

    The middle of the picture is cut to the shape's proportions and scaled to its size;
    transparent parts become black, colours become grey where the model knows grey only.

    Args:
        text: the file in base64, also the address-safe one.
        shape: (height, width, channels) of the result, 1 or 3 channels.

    Returns:
        float32 in [0, 1] of that shape.

    Raises:
        TypeError: if `text` is none.
        ValueError: for what is no picture, or one too large, animated or damaged.
    """
    data = _bytes(text)
    try:
        with _SLOTS, Image.open(io.BytesIO(data), formats=KINDS) as picture:
            _check(picture)
            picture.draft("RGB", _DRAFT)  # a JPEG is decoded no larger than needed
            picture.load()
            flat = pictures.opaque(picture, "L" if shape[-1] == 1 else "RGB")
    except _Refusal:
        raise
    except UnidentifiedImageError as error:
        raise ValueError(
            f"The picture must be a {', '.join(KINDS[:-1])} or {KINDS[-1]} file. "
            f"Received: {len(data)} bytes of something else."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(_too_many("more")) from error
    except Exception as error:  # what a decoder raises depends on how it is fooled
        raise ValueError(
            "The picture must be a whole file. "
            f"Received: a damaged one ({error!s:.80})."
        ) from error
    return _fitted(flat, shape)


def encode(x: np.ndarray) -> str:
    """Encode a picture of a model's size as short text that `decode` reads back.

    Grey pictures are kept exactly. Colour pictures are kept as WebP of high quality:
    the text stands in permalinks.
    """
    picture, file = media.image(x), io.BytesIO()
    if picture.mode == "L":
        picture.save(file, format="PNG", optimize=True)
    else:
        picture.save(file, format="WEBP", quality=90, method=6)
    return base64.urlsafe_b64encode(file.getvalue()).decode().rstrip("=")


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError(
            f"A picture must be sent as text. Received: {type(text).__name__}."
        )
    if len(text) > MOST_BYTES * 4 // 3 + 4:
        raise ValueError(
            f"The picture's file must have at most {MOST_BYTES // 2**20} MB. "
            f"Received: {len(text) * 3 / 4 / 2**20:.1f} MB."
        )
    plain = text.replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(
            f"A picture must be sent in base64. Received: {text[:20]!r}..."
        ) from error


def _check(picture: Image.Image) -> None:
    """Refuse by what the head of the file says, before a pixel is decoded."""
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _Refusal(_too_many(f"{width} x {height}"))
    if getattr(picture, "is_animated", False):
        raise _Refusal("The picture must be a still one. Received: an animation.")


def _too_many(what: str) -> str:
    millions = MOST_PIXELS // 1_000_000
    return f"The picture must have at most {millions} million pixels. Received: {what}."


def _fitted(picture: Image.Image, shape: tuple[int, int, int]) -> np.ndarray:
    height, width, _ = shape
    if picture.size != (width, height):
        picture = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(picture, np.float32).reshape(shape) / 255.0
