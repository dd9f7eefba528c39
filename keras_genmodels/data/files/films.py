"""Films, decoded by FFmpeg frame by frame and in the size that is asked for."""

from __future__ import annotations

import math
import pathlib
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from keras_genmodels.data.fitting import check_crop
from keras_genmodels.data.request import Request
from keras_genmodels.pictures import BACKGROUND

# Formats of pixels, in FFmpeg's names, that have an alpha channel or a palette.
TRANSPARENT = re.compile(r"(yuva|gbrap|rgba|bgra|argb|abgr|ya\d|pal8|ayuv|vuya|uyva)")
# Codec -> the decoder that does not leave alpha out.
WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
# Scaling in all three channels alike, with anti-aliasing.
SCALING = "flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp"


@dataclass(frozen=True)
class Header:
    """Facts that a film tells before it is decoded.

    Args:
        size: height and width of a frame, upright.
        rate: frames a second on average; None if it is not told.
        steady: whether frames are at equal distances.
        transparent: whether frames have an alpha channel.
        decoder: what FFmpeg decodes it with, "" for its own choice.
    """

    size: tuple[int, int]
    rate: float | None
    steady: bool
    transparent: bool
    decoder: str


def header(path: pathlib.Path) -> Header:
    """Read the header of a film.

    Raises:
        OSError: if there is none.
    """
    words = [_ffmpeg(), "-hide_banner", "-nostdin", "-i", path]
    done = subprocess.run(words, capture_output=True, check=False)
    told = done.stderr.decode(errors="replace")
    line = re.search(r"Stream #.*?: Video: (?!.*attached pic).*", told)
    size = re.search(r", (\d+)x(\d+)", line[0]) if line else None
    if not size:
        raise OSError(told.strip()[-200:])
    # "h264 (High 10), yuv420p10le(tv, progressive), 320x240 [SAR 1:1]" without brackets
    plain = re.sub(r"\([^()]*\)|\[[^][]*\]", "", line[0]).partition("Video: ")[2]
    codec, pixels, *_ = (part.strip() for part in plain.split(","))
    has_alpha = re.search(r"alpha_mode\s*: 1", told, re.IGNORECASE)
    decoder = WITH_ALPHA.get(codec, "") if has_alpha else ""
    height, width = int(size[2]), int(size[1])
    if re.search(r"rotation of -?(90|270)\.", told):
        height, width = width, height
    rates = [re.search(rf" ([\d.]+) {unit}\b", plain) for unit in ("fps", "tbr")]
    rate, base = (found and found[1] for found in rates)
    transparent = bool(decoder or TRANSPARENT.match(pixels))
    return Header((height, width), _exact(rate), rate == base, transparent, decoder)


def frames(path: pathlib.Path, request: Request) -> Iterator[np.ndarray]:
    """Decode a film, one frame after another, uint8 (height, width, 3).

    FFmpeg crops and scales, so that no frame is here in full size, converts films of
    more than 8 bits, and repeats or leaves out frames for another frame rate.

    Args:
        path: the film.
        request: what frames are cropped and scaled to, their background, and the
            frames a second; None for all as they are stored.

    Raises:
        OSError: if it cannot be decoded to its end.
        ValueError: if it is smaller than `request.crop`.
    """
    found = header(path)
    if request.crop is not None:
        check_crop(request.crop, found.size)
    words = [_ffmpeg(), "-v", "error", "-nostdin"]
    words += ["-c:v", found.decoder] if found.decoder else []
    words += ["-i", path, "-map", "0:V:0", "-vf", ",".join(_filters(found, request))]
    words += ["-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "pam"]
    words += ["-pix_fmt", "rgba" if found.transparent else "rgb24", "-"]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors) as running,
    ):
        for frame in _pictures(running.stdout):
            yield _opaque(frame, request) if found.transparent else frame
        if running.wait():
            errors.seek(0)
            raise OSError(errors.read().decode(errors="replace").strip()[-200:])


def _ffmpeg() -> str:
    import imageio_ffmpeg

    return imageio_ffmpeg.get_ffmpeg_exe()


def _exact(rate: str | None) -> float | None:
    """Undo the rounding of a rate such as 23.98, which is 24 / 1.001."""
    if rate is None:
        return None
    shown = float(rate)
    exact = round(shown * 1.001) / 1.001
    return exact if "." in rate and abs(exact - shown) < 0.006 else shown


def _filters(found: Header, request: Request) -> Iterator[str]:
    """Yield FFmpeg's words for time, and for what `Request.fit` does but for grey."""
    same = found.rate and math.isclose(found.rate, request.fps or 0, rel_tol=2e-4)
    if request.fps and not (same and found.steady):
        yield f"fps={request.fps:.9g}"
    # Hidden colours must not run into visible ones when frames are scaled.
    yield "format=gbrap,premultiply=inplace=1" if found.transparent else "format=gbrp"
    middle = "floor((iw-ow)/2):floor((ih-oh)/2)"
    if request.crop is not None:
        height, width = request.crop
        yield f"crop={width}:{height}:{middle}"
    if request.image_size is not None:
        height, width = request.image_size
        kept = rf"max(1\,min(iw\,floor(ih*{width}/{height})))"
        kept += rf":max(1\,min(ih\,floor(iw*{height}/{width})))"
        yield f"crop={kept}:{middle}"
        yield f"scale={width}:{height}:{SCALING}"


def _pictures(stream: BinaryIO) -> Iterator[np.ndarray]:
    """Read pictures: lines such as "WIDTH 80" up to "ENDHDR", and then the pixels."""
    sizes: dict[bytes, int] = {}
    for line in iter(stream.readline, b""):
        key, _, value = line.strip().partition(b" ")
        if value.isdigit():
            sizes[key] = int(value)
        if key == b"ENDHDR":
            shape = (sizes[b"HEIGHT"], sizes[b"WIDTH"], sizes[b"DEPTH"])
            pixels = np.frombuffer(stream.read(math.prod(shape)), np.uint8)
            if pixels.size != math.prod(shape):
                raise OSError("it ends within a frame")
            yield pixels.reshape(shape)


def _opaque(frame: np.ndarray, request: Request) -> np.ndarray:
    """Lay a frame, whose colours are multiplied by its alpha, on the background."""
    behind = np.array(request.background or BACKGROUND)
    shown = (255 - frame[..., 3:].astype(int)) * behind
    return np.uint8(np.minimum(frame[..., :3] + (shown + 127) // 255, 255))
