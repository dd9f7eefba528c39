"""Images and clips side by side in one array, that array as a file, and files read."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_genmodels import atomic_files

if TYPE_CHECKING:
    from PIL import Image

# How the files of clips end, and what Pillow is told of them.
MOVING: dict[str, dict[str, Any]] = {".webp": {"lossless": True}, ".gif": {}}
STEPS = {".webp": 1, ".gif": 10}  # milliseconds in which they count time
BACKGROUND = (0, 0, 0)  # red, green and blue behind what is transparent: black


def grid(
    images: np.ndarray, columns: int | None = None, padding: int = 1
) -> np.ndarray:
    """Lay images side by side in one picture, row by row.

    Many small samples say more together than apart: this is the one place that decides
    how they are laid out.

    Args:
        images: floats in [0, 1] (values outside are clipped), of shape
            (n, height, width, channels), with 1 or 3 channels and n >= 1.
        columns: images a row, >= 1; by default as many as make the picture square.
        padding: white pixels between images and around them, >= 0.

    Returns:
        (H, W, channels) float32 in [0, 1]. Cells that no image fills are white.

    Raises:
        ValueError: for another shape, no image, `columns` < 1 or `padding` < 0.

    Example:
        >>> grid(np.zeros((6, 8, 8, 1)), columns=3, padding=0).shape
        (16, 24, 1)
    """
    images = np.asarray(images, np.float32)
    if images.ndim != 4 or not len(images) or images.shape[-1] not in (1, 3):
        raise ValueError(
            "`images` must have shape (n, height, width, channels) with n >= 1 and "
            f"1 or 3 channels. Received: shape {images.shape}."
        )
    columns = math.ceil(math.sqrt(len(images))) if columns is None else columns
    if columns < 1 or padding < 0:
        raise ValueError(
            "`columns` must be >= 1 and `padding` >= 0. "
            f"Received: columns={columns}, padding={padding}."
        )
    _, height, width, channels = images.shape
    rows = math.ceil(len(images) / columns)
    cells = np.ones((rows * columns, height + padding, width + padding, channels))
    cells[: len(images), :height, :width] = np.clip(images, 0.0, 1.0)
    cells = cells.reshape(rows, columns, *cells.shape[1:])
    cells = cells.transpose(0, 2, 1, 3, 4)  # (rows, height, columns, width, channels)
    picture = cells.reshape(rows * (height + padding), -1, channels)
    edge = ((padding, 0), (padding, 0), (0, 0))
    return np.pad(picture, edge, constant_values=1.0).astype(np.float32)


def film_strip(clips: np.ndarray, padding: int = 1) -> np.ndarray:
    """Lay the frames of clips side by side, a clip a row, to see motion on paper.

    Args:
        clips: floats in [0, 1], (n, time, height, width, channels), with 1 or 3
            channels, n and time >= 1; or one clip, without the first axis.
        padding: white pixels between frames and around them, >= 0.

    Returns:
        (H, W, channels) float32 in [0, 1].

    Raises:
        ValueError: for another shape.

    Example:
        >>> film_strip(np.zeros((2, 5, 8, 8, 3)), padding=0).shape
        (16, 40, 3)
    """
    clips = _clips(clips)
    return grid(clips.reshape(-1, *clips.shape[2:]), clips.shape[1], padding)


def save_png(path: str | Path, image: np.ndarray) -> None:
    """Write a (height, width, channels) image with values in [0, 1] as a PNG file.

    Args:
        path: the file; its folder is made if it is not there.
        image: floats in [0, 1], with 1 or 3 channels.

    Raises:
        ValueError: for another shape.
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[-1] not in (1, 3):
        raise ValueError(
            "`image` must have shape (height, width, channels) with 1 or 3 channels. "
            f"Received: shape {image.shape}."
        )
    _save(path, [image])


def encode_png(image: np.ndarray) -> bytes:
    """Encode an image as the content of a PNG file; the image as in `save_png`."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(_levels(image)).save(file, "PNG")
    return file.getvalue()


def save_clip(
    clips: np.ndarray, path: str | Path, fps: float = 10.0, columns: int | None = None
) -> None:
    """Write a clip, or several side by side, as a moving picture that plays for ever.

    WebP keeps every level; GIF is understood everywhere and knows 256 colours. Equal
    frames that follow each other are stored as one that is shown longer. WebP counts
    time in milliseconds, GIF in hundredths of a second.

    Args:
        clips: floats in [0, 1] (values outside are clipped), (n, time, height, width,
            channels), with 1 or 3 channels, n and time >= 1; or one clip, without the
            first axis.
        path: the file, `.webp` or `.gif`; its folder is made if it is not there. It is
            written whole or not at all.
        fps: frames per second, > 0 and <= 100.
        columns: clips a row, as in `grid`; one clip alone gets no border.

    Raises:
        ValueError: for another shape or suffix, or `fps` out of its range.
    """
    path = Path(path)
    if path.suffix.lower() not in MOVING:
        raise ValueError(
            f"`path` must end in {' or '.join(MOVING)}. Received: {str(path)!r}."
        )
    if not 0.0 < fps <= 100.0:
        raise ValueError(f"`fps` must be > 0 and <= 100. Received: fps={fps}.")
    clips = _clips(clips)
    padding = 0 if len(clips) == 1 else 1
    frames = [grid(images, columns, padding) for images in clips.swapaxes(0, 1)]
    step = STEPS[path.suffix.lower()]
    _save(path, frames, duration=step * max(1, round(1000 / fps / step)))


def _clips(clips: np.ndarray) -> np.ndarray:
    """(n, time, height, width, channels) of one clip or several."""
    given = np.asarray(clips, np.float32)
    clips = given[None] if given.ndim == 4 else given
    if clips.ndim != 5 or not clips.size or clips.shape[-1] not in (1, 3):
        raise ValueError(
            "`clips` must have shape (n, time, height, width, channels) or (time, "
            "height, width, channels), with n and time >= 1 and 1 or 3 channels. "
            f"Received: shape {given.shape}."
        )
    return clips


def _save(path: str | Path, frames: list[np.ndarray], duration: int = 0) -> None:
    """Write frames (height, width, channels) as one file, whole or not at all."""
    from PIL import Image

    path = Path(path)
    images = [Image.fromarray(_levels(frame)) for frame in frames]
    options: dict[str, Any] = {}
    if duration:
        options = {"save_all": True, "append_images": images[1:], "loop": 0}
        options |= {"duration": duration} | MOVING[path.suffix.lower()]
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_files.replacing(path) as partial:
        images[0].save(partial, **options)
        if duration and path.suffix.lower() == ".webp":
            _keep_time(partial, images[0].size, duration * len(images))


def _keep_time(path: Path, size: tuple[int, int], duration: int) -> None:
    """Make a WebP file of one still an animation again, which has a duration.

    The library that Pillow writes WebP with makes a still of a clip whose frames are
    all equal.
    """
    still = path.read_bytes()
    if still[12:16] != b"VP8L":
        return
    edges = b"".join((side - 1).to_bytes(3, "little") for side in size)
    frame = bytes(6) + edges + duration.to_bytes(3, "little") + b"\0" + still[12:]
    chunks = {b"VP8X": b"\2\0\0\0" + edges, b"ANIM": bytes(6), b"ANMF": frame}
    body = b"WEBP" + b"".join(
        name + len(data).to_bytes(4, "little") + data for name, data in chunks.items()
    )
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)


def _levels(image: np.ndarray) -> np.ndarray:
    """uint8 (height, width) of one channel, (height, width, 3) of three."""
    levels = np.rint(np.clip(image, 0.0, 1.0) * 255.0).astype(np.uint8)
    return levels[..., 0] if levels.shape[-1] == 1 else levels


def scatter(points: np.ndarray, size: int = 256) -> np.ndarray:
    """Mark points of the unit square in one picture.

    Args:
        points: (n, 2), horizontal and vertical place in [0, 1], upwards; points outside
            are left out.
        size: edge of the picture in pixels, >= 1.

    Returns:
        (size, size, 1) float32 in [0, 1]: black dots on white, of 3 by 3 pixels.

    Raises:
        ValueError: for another shape or `size` < 1.

    Example:
        >>> scatter(np.array([[0.5, 0.5]]), size=9).sum()
        np.float32(72.0)
    """
    points = np.asarray(points, np.float32)
    if points.ndim != 2 or points.shape[-1] != 2 or size < 1:
        raise ValueError(
            "`points` must have shape (n, 2) and `size` be >= 1. "
            f"Received: shape {points.shape}, size={size}."
        )
    inside = ((points >= 0.0) & (points <= 1.0)).all(axis=1)
    places = np.rint(points[inside] * (size - 1)).astype(int)
    picture = np.ones((size + 2, size + 2, 1), np.float32)
    for down in range(3):
        for right in range(3):
            picture[size - 1 - places[:, 1] + down, places[:, 0] + right] = 0.0
    return picture[1:-1, 1:-1]


def is_deep(picture: Image.Image) -> bool:
    """Tell whether the pixels of an open picture are greys of 16 bits."""
    # Some versions of Pillow read them as integers of 32 bits.
    read_wide = picture.mode == "I" and picture.format in ("PNG", "PPM")
    return picture.mode.startswith("I;16") or read_wide


def opaque(
    picture: Image.Image, mode: str, background: tuple[int, int, int] | None = None
) -> Image.Image:
    """Convert an open picture to 8 bits a channel, upright and not transparent.

    The colours of transparent pixels are arbitrary: they are hidden by laying the
    picture on a background, and not by leaving the alpha channel out.

    Args:
        picture: as Pillow opens it, of any mode with 8 or 16 bits; 65,535 of 16 bits
            becomes 255.
        mode: "L" for one channel, "RGB" for three.
        background: red, green and blue of what is behind it, 0..255. Default: black.

    Example:
        >>> from PIL import Image
        >>> clear = Image.new("LA", (1, 1), (200, 0))
        >>> opaque(clear, "RGB", (0, 0, 255)).getpixel((0, 0))
        (0, 0, 255)
    """
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    if is_deep(picture):
        upright = _shallow(upright)
    if not upright.has_transparency_data:
        return upright.convert(mode)
    flat = Image.new("RGBA", upright.size, (*(background or BACKGROUND), 255))
    flat.alpha_composite(upright.convert("RGBA"))
    return flat.convert(mode)


def _shallow(picture: Image.Image) -> Image.Image:
    """Scale greys of 16 bits to 8; the one that stands for transparency gets alpha."""
    from PIL import Image

    levels = np.asarray(picture).astype(np.uint32)
    shallow = Image.fromarray(np.uint8((levels * 255 + 32767) // 65535))
    if "transparency" in picture.info:
        alpha = np.uint8(255 * (levels != picture.info["transparency"]))
        shallow.putalpha(Image.fromarray(alpha))
    return shallow
