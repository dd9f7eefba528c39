"""Media: pictures, clips and sounds that a page shows without fetching a file."""

from __future__ import annotations

import base64
import html
import io
import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
from PIL import Image

ACCENT = (13, 148, 136)
KINDS = {
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "MP4": "video/mp4",
    "WAV": "audio/wav",
    "MIDI": "audio/midi",
}


def levels(x: np.ndarray) -> np.ndarray:
    """Round floats in [0, 1] to 0..255; what is outside is clipped."""
    return np.rint(np.clip(x, 0.0, 1.0) * 255.0).astype(np.uint8)


def image(x: np.ndarray) -> Image.Image:
    """Turn a (height, width, 1 or 3) array in [0, 1] into a picture."""
    values = levels(x)
    return Image.fromarray(values[..., 0] if values.shape[-1] == 1 else values)


def png(x: np.ndarray, scale: int = 1) -> bytes:
    """Write a (height, width, channels) array in [0, 1] as a PNG file.

    Args:
        x: floats, with 1 or 3 channels.
        scale: pixels a pixel, >= 1: small pictures are for looking at.
    """
    picture = image(x)
    if scale > 1:
        size = picture.width * scale, picture.height * scale
        picture = picture.resize(size, Image.Resampling.NEAREST)
    return _written(picture, "PNG", compress_level=3)


def uri(data: bytes, kind: str = "PNG") -> str:
    """Make an address that carries a file."""
    return f"data:{KINDS[kind]};base64,{base64.b64encode(data).decode()}"


def img(x: np.ndarray, alt: str, extra: str = "") -> str:
    """Write one picture as HTML.

    Args:
        x: (height, width, channels) in [0, 1].
        alt: what it shows, for who cannot see it.
        extra: further attributes.
    """
    height, width = x.shape[:2]
    return (
        f'<img src="{uri(png(x))}" width="{width}" height="{height}" '
        f'alt="{html.escape(alt)}" {extra}>'
    )


def figures(cells: Sequence[tuple[np.ndarray, str, str]], columns: int) -> str:
    """Show pictures with captions side by side, as HTML.

    Args:
        cells: a picture, (height, width, channels) in [0, 1], what it shows for who
            cannot see it, and its caption, HTML.
        columns: in a row, >= 1.
    """
    shown = (
        f"<figure>{img(x, alt)}<figcaption>{caption}</figcaption></figure>"
        for x, alt, caption in cells
    )
    return (
        f'<div class="kgm-figures" style="--columns: {columns}">{"".join(shown)}</div>'
    )


def heat(values: np.ndarray, alt: str) -> str:
    """Show values in [0, 1] as the strength of one colour over the page's, as HTML.

    Args:
        values: (height, width).
        alt: what it shows.
    """
    height, width = values.shape
    colour = np.full((height, width, 4), (*ACCENT, 0), np.uint8)
    colour[..., 3] = levels(np.sqrt(np.clip(values, 0.0, 1.0)))
    address = uri(_written(Image.fromarray(colour), "PNG"))
    return (
        f'<img src="{address}" width="{width}" height="{height}" '
        f'alt="{html.escape(alt)}">'
    )


def sheet(clips: np.ndarray) -> str:
    """Join clips into one picture, a row a clip and a column a frame, as an address.

    Args:
        clips: (clips, frames, height, width, channels) in [0, 1].

    Returns:
        An address: a PNG of few pixels or few colours, else a WebP of high quality.
    """
    count, frames, height, width, channels = clips.shape
    picture = clips.transpose(0, 2, 1, 3, 4)  # (clips, height, frames, width, channels)
    picture = image(picture.reshape(count * height, frames * width, channels))
    if channels == 1 or picture.width * picture.height <= 256 * 1024:
        return uri(_written(picture, "PNG", compress_level=3))
    return uri(_written(picture, "WEBP", quality=92, method=2), "WEBP")


def animation(
    frames: Sequence[np.ndarray], kind: str, fps: float, scale: int = 1
) -> bytes:
    """Write a clip as an animated WebP or GIF file, for ever repeated.

    Args:
        frames: (height, width, channels) arrays in [0, 1].
        kind: "WEBP" or "GIF".
        fps: frames a second.
        scale: a whole factor by which frames are enlarged, smoothly.
    """
    first, *others = [_enlarged(frame, scale) for frame in frames]
    options = {"lossless": True, "method": 2} if kind == "WEBP" else {}
    return _written(
        first,
        kind,
        save_all=True,
        append_images=others,
        duration=round(1000 / fps),
        loop=0,
        **options,
    )


def ffmpeg() -> str | None:
    """Find the program that writes MP4, on the path or in a wheel."""
    found = shutil.which("ffmpeg")
    if found is None:
        try:
            import imageio_ffmpeg
        except ImportError:
            return None
        found = imageio_ffmpeg.get_ffmpeg_exe()
    return found


def mp4(frames: Sequence[np.ndarray], fps: float, scale: int = 1) -> bytes | None:
    """Write a clip as an MP4 file, through pipes; None where there is no ffmpeg.

    Args:
        frames: (height, width, channels) arrays in [0, 1].
        fps: frames a second.
        scale: a whole factor, smoothly; the edges must come out even.
    """
    program = ffmpeg()
    if program is None:
        return None
    pictures = [_enlarged(frame, scale).convert("RGB") for frame in frames]
    width, height = pictures[0].size
    command = (
        f"-loglevel error -f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {fps} "
        "-i pipe:0 -c:v libx264 -pix_fmt yuv420p -crf 12 "
        "-movflags frag_keyframe+empty_moov -f mp4 pipe:1"
    )
    raw = b"".join(picture.tobytes() for picture in pictures)
    done = subprocess.run(
        [program, *command.split()], input=raw, capture_output=True, timeout=30
    )
    return done.stdout if done.returncode == 0 else None


def _enlarged(frame: np.ndarray, scale: int) -> Image.Image:
    """Enlarge a frame smoothly by a whole factor."""
    picture = image(frame)
    size = picture.width * scale, picture.height * scale
    return picture.resize(size, Image.Resampling.BICUBIC) if scale > 1 else picture


def _written(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, format=kind, **options)
    return file.getvalue()
