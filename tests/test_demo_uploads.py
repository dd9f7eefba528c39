"""Pictures that strangers send to the demo: decoded, or refused in a sentence."""

import base64
import io
import warnings
import zipfile

import numpy as np
import pytest
from PIL import Image

from keras_genmodels_demo import uploads

GREY, COLOUR = (4, 4, 1), (4, 6, 3)


def base64_of(picture: Image.Image, kind: str = "PNG", **options) -> str:
    file = io.BytesIO()
    picture.save(file, format=kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def test_a_picture_is_cut_and_scaled_to_the_model():
    wide = Image.new("RGB", (80, 40), (255, 0, 0))
    wide.paste((0, 0, 255), (0, 0, 20, 40))  # what is cut off
    x = uploads.decode(base64_of(wide), GREY)
    assert (x.shape, x.dtype) == (GREY, np.float32)
    np.testing.assert_allclose(x, 76 / 255, atol=0.02)  # red as grey
    assert uploads.decode(base64_of(wide, "WEBP"), COLOUR).shape == COLOUR


def test_what_is_transparent_is_black_and_what_is_turned_is_upright():
    clear = Image.new("RGBA", (4, 4), (255, 255, 255, 0))
    assert uploads.decode(base64_of(clear), GREY).max() == 0.0
    hidden = Image.new("LA", (4, 4), (255, 0))
    assert uploads.decode(base64_of(hidden), COLOUR).max() == 0.0
    turned = Image.new("L", (4, 4), 0)
    turned.paste(255, (0, 0, 4, 2))  # the upper half, before it is turned right
    exif = Image.Exif()
    exif[0x0112] = 6
    text = base64_of(turned, "JPEG", quality=100, exif=exif.tobytes())
    x = uploads.decode(text, GREY)[..., 0]
    assert x[:, 2:].min() > 0.9
    assert x[:, :2].max() < 0.1


def test_a_picture_of_16_bits_keeps_its_scale():
    deep = Image.fromarray(np.full((4, 4), 257 * 100, np.uint16))
    for shape in (GREY, (4, 4, 3)):
        np.testing.assert_allclose(uploads.decode(base64_of(deep), shape), 100 / 255)


@pytest.mark.parametrize("shape", [(28, 28, 1), (64, 64, 3)])
def test_a_drawn_picture_comes_back_from_its_token(shape):
    yy, xx = np.mgrid[: shape[0], : shape[1]] / shape[0]
    x = np.stack([yy, xx, 1 - yy], axis=-1)[..., : shape[-1]]
    text = uploads.encode(x)
    assert len(text) < 3000
    assert not set(text) & set("+/=.|")
    tolerance = 0.5 / 255 + 1e-6 if shape[-1] == 1 else 0.05
    np.testing.assert_allclose(uploads.decode(text, shape), x, atol=tolerance)


def bomb() -> str:
    return base64_of(Image.new("1", (10_000, 10_000)))


def truncated() -> str:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    whole = base64.b64decode(base64_of(Image.fromarray(noise), "JPEG"))
    return base64.b64encode(whole[: len(whole) // 2]).decode()


def scalable() -> str:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    return base64.b64encode(svg).decode()


def archive() -> str:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("../../evil.png", b"\x89PNG\r\n\x1a\n")
    return base64.b64encode(file.getvalue()).decode()


def animation(frames: int = 10_000) -> str:
    pictures = [Image.new("L", (2, 2), 255 * i) for i in range(2)]
    file, options = io.BytesIO(), {"save_all": True, "duration": 10}
    pictures[0].save(file, "GIF", append_images=pictures[1:], **options)
    data = file.getvalue()
    first = data.index(b"\x21\xf9", data.index(b"\x21\xf9") + 1)
    return base64.b64encode(data[:first] + data[first:-1] * frames + b";").decode()


def chunk_bomb() -> str:
    """A PNG whose compressed text would be huge."""
    from PIL import PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add_text("a", "b" * 3 * 2**20, zip=True)
    return base64_of(Image.new("L", (4, 4)), pnginfo=info)


HOSTILE = [
    (bomb, "at most 16 million pixels. Received: "),
    (truncated, "must be a whole file. Received: a damaged one"),
    (scalable, "must be a PNG, JPEG, WEBP, GIF or BMP file. Received: .* bytes of"),
    (archive, "must be a PNG, JPEG, WEBP, GIF or BMP file"),
    (
        chunk_bomb,
        "must be a whole file. Received: a damaged one .Decompressed data too",
    ),
    (animation, "must be a still one. Received: an animation"),
    (lambda: "A" * 6_000_000, "at most 4 MB. Received: 4.3 MB"),
    (
        lambda: "../../etc/passwd",
        "must be sent in base64. Received: '../../etc/passwd'",
    ),
    (lambda: "", "Received: 0 bytes of something else"),
]


@pytest.mark.parametrize(
    ("make", "message"),
    HOSTILE,
    ids=[make.__name__ + str(i) for i, (make, _) in enumerate(HOSTILE)],
)
def test_a_hostile_picture_is_refused_in_a_sentence(make, message):
    text = make()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=message):
            uploads.decode(text, GREY)


def test_a_picture_must_be_text():
    with pytest.raises(TypeError, match=r"must be sent as text. Received: dict"):
        uploads.decode({"path": "/etc/passwd"}, GREY)
