"""The demo's parts without a page: what is taken, refused, remembered and drawn."""

import ast
import asyncio
import base64
import io
import json
import pathlib
import warnings
import zipfile

import numpy as np
import pytest
from demo_models import png
from PIL import Image

from demo import attributes, charts, checks, choices, gate, media, snippets, uploads
from demo.shelf import Entry, Shelf, Unavailable
from keras_genmodels.export import exhibits

DEMO = pathlib.Path(__file__).parents[1] / "demo"
GREY, COLOUR = (4, 4, 1), (4, 6, 3)


def base64_of(picture: Image.Image, kind: str = "PNG", **options) -> str:
    file = io.BytesIO()
    picture.save(file, format=kind, **options)
    return base64.b64encode(file.getvalue()).decode()


# --- layering -------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(DEMO.glob("*.py")), ids=lambda path: path.name)
def test_the_demo_knows_artefacts_and_latents_only(file):
    allowed = {"export", "latents", "registry", "data.spec"}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            root, _, rest = name.partition(".")
            if root == "keras_genmodels":
                assert any(rest.startswith(part) for part in allowed), name
            assert root not in ("tensorflow", "keras", "tensorflow_probability"), name


# --- numbers and names ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (float("nan"), ValueError, "`n` must be a number from 0 to 9. Received: nan."),
        (float("inf"), ValueError, "from 0 to 9. Received: inf"),
        (1e300, ValueError, "from 0 to 9. Received: 1e.300"),
        (10**400, ValueError, "from 0 to 9. Received: 1000.*[.]{3}"),
        (-1, ValueError, "Received: -1"),
        (1.5, ValueError, "must be a whole number from 0 to 9. Received: 1.5"),
        (True, TypeError, "must be a number. Received: True"),
        ("7", TypeError, "must be a number. Received: '7'"),
        (None, TypeError, "must be a number. Received: None"),
        ([3], TypeError, r"must be a number. Received: \[3\]"),
    ],
)
def test_a_number_that_cannot_be_is_refused(value, kind, message):
    with pytest.raises(kind, match=message):
        checks.whole("n", value, 0, 9)


def test_numbers_that_can_be_are_taken():
    assert checks.whole("n", 3.0, 0, 9) == 3
    assert checks.seed(2**31 - 1) == 2**31 - 1
    assert checks.number("t", 0, 0, 2) == 0.0


def test_an_unknown_name_is_met_with_the_nearest():
    assert checks.one_of("model", "vae", ["vae", "gan"]) == "vae"
    with pytest.raises(ValueError, match=r"Received: 'vea'.*Did you mean 'vae'"):
        checks.one_of("model", "vea", ["vae", "gan"])
    with pytest.raises(ValueError, match=r"Received: 'x{56}\.\.\."):
        checks.one_of("model", "x" * 100_000, ["vae"])
    with pytest.raises(TypeError, match=r"`model` must be a name. Received: \[\]"):
        checks.one_of("model", [], ["vae"])


# --- pictures of strangers ------------------------------------------------------------


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
    turned = Image.new("L", (4, 4), 0)
    turned.paste(255, (0, 0, 4, 2))  # the upper half, before it is turned right
    exif = Image.Exif()
    exif[0x0112] = 6
    text = base64_of(turned, "JPEG", quality=100, exif=exif.tobytes())
    x = uploads.decode(text, GREY)[..., 0]
    assert x[:, 2:].min() > 0.9
    assert x[:, :2].max() < 0.1


@pytest.mark.parametrize("shape", [(28, 28, 1), (64, 64, 3)])
def test_a_drawn_picture_comes_back_from_its_word(shape):
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


# --- words ----------------------------------------------------------------------------


def test_words_are_read_by_group():
    drawn = "d" + png()
    assert choices.words(f"e1.s2|{drawn}|", groups=3) == [["e1", "s2"], [drawn], []]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("e1|e2", r"1 groups of at most 2 pictures. Received: \[1, 1\]"),
        ("e1.e2.e3", r"Received: \[3\]"),
        ("../etc", "Received: 'etc'|must be e, s or d"),
        ("e-1", "must be e, s or d"),
        ("e1<script>", "must be e, s or d"),
        ("x1", "must be e, s or d and what belongs to it"),
        ("e١", "must be e, s or d"),  # noqa: RUF001
    ],
)
def test_a_word_of_another_form_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        choices.words(text, most=2)


def test_a_choice_must_be_text():
    with pytest.raises(TypeError, match=r"A choice must be text. Received: int"):
        choices.words(7)


# --- the shelf ------------------------------------------------------------------------

CARD = {
    **{"name": "stub", "recipe": "vae", "arguments": {}, "dataset": "tiny"},
    **{"seed": 0, "metrics": {}, "versions": {}, "command": None},
    "spec": {
        "x_shape": [4, 4, 1],
        "condition_size": 3,
        "attributes": [
            {"name": "label", "classes": list("abc"), "start": 0, "stop": 3}
        ],
    },
    "signatures": [
        {
            "name": "sample",
            "inputs": {
                "count": {"dtype": "int32", "shape": []},
                "seed": {"dtype": "int32", "shape": [2]},
            },
            "outputs": {"x": {"dtype": "float32", "shape": [None, 4, 4, 1]}},
        }
    ],
}


@pytest.fixture
def folder(tmp_path):
    for name in ("stub", "other"):
        (tmp_path / name / "2").mkdir(parents=True)
        (tmp_path / name / "10").mkdir()
        (tmp_path / name / "card.json").write_text(json.dumps(CARD))
    (tmp_path / "other" / "card.json").write_text("{")
    (tmp_path / "notes").mkdir()
    return tmp_path


def test_a_shelf_takes_what_is_sound_and_says_what_is_not(folder):
    shelf = Shelf(folder, lambda entry: None)
    assert list(shelf.entries) == ["stub"]
    assert shelf.entries["stub"].path.name == "10"
    assert "must be JSON" in shelf.refused["other"]


def test_a_model_that_does_not_load_leaves_the_shelf_with_its_reason(folder):
    def opener(entry: Entry):
        raise RuntimeError("weights are gone\nand a long trace")

    shelf, told = Shelf(folder, opener), []
    with pytest.raises(Unavailable, match=r"^stub: weights are gone$"):
        shelf.entries["stub"].call("sample", count=1, seed=(0, 0))
    shelf.open(told.append)
    assert not shelf.entries
    assert list(shelf.lost) == ["stub"]
    assert shelf.refused["stub"] == "weights are gone"
    assert any("stub cannot be used: weights are gone" in line for line in told)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(
        ValueError, match=r"must be a folder of exported models.*nowhere"
    ):
        Shelf(tmp_path / "nowhere", lambda entry: None)


def test_a_model_remembers_what_it_made_and_not_too_much(folder):
    entry, made = Shelf(folder, lambda entry: None).entries["stub"], []
    for key in [*range(100), 99, 0]:
        assert entry.remember(key, lambda key=key: made.append(key) or key) == key
    assert made == [*range(100), 0]


# --- conditions and links -------------------------------------------------------------


def test_classes_in_turn_go_round_attribute_by_attribute():
    spec = {
        "x_shape": [4, 4, 1],
        "condition_size": 5,
        "attributes": [
            {"name": "label", "classes": list("abc"), "start": 0, "stop": 3},
            {"name": "size", "classes": ["s", "l"], "start": 3, "stop": 5},
        ],
    }
    from keras_genmodels.data.spec import DatasetSpec

    class Stub:
        pass

    stub = Stub()
    stub.spec = DatasetSpec.from_dict({"name": "tiny", **spec})
    rows = attributes.rows(stub, dict.fromkeys(("label", "size"), attributes.EACH), 7)
    assert "".join(rows["label"]) == "abcabca"
    assert "".join(rows["size"]) == "sssllls"
    rows = attributes.rows(stub, {"label": "c", "size": attributes.EACH}, 3)
    assert rows == {"label": ["c", "c", "c"], "size": ["s", "l", "s"]}


def test_the_attributes_of_the_first_model_are_seen(demo_shelf):
    plain, asked = (demo_shelf.entries[name] for name in ("vae", "conditional_vae"))
    for first, is_seen in {plain: False, asked: True}.items():
        controls = attributes.Attributes([asked], first).controls.values()
        assert [control.visible for control in controls] == [is_seen] * 2


# --- pictures and charts --------------------------------------------------------------


def test_a_sheet_holds_clips_in_rows_and_frames_in_columns():
    clips = np.zeros((2, 3, 4, 5, 1))
    clips[1, 2] = 1.0
    data = base64.b64decode(media.sheet(clips).partition(",")[2])
    with Image.open(io.BytesIO(data)) as picture:
        found = np.asarray(picture)
    assert found.shape == (8, 15)
    assert found[4:, 10:].min() == 255
    assert found.sum() == 255 * 20


@pytest.mark.parametrize("kind", ["WEBP", "GIF"])
def test_an_animation_holds_every_frame(kind):
    frames = [np.full((4, 4, 1), level) for level in (0.0, 0.5, 1.0)]
    with Image.open(io.BytesIO(media.animation(frames, kind, 5, scale=3))) as film:
        assert (film.n_frames, film.size) == (3, (12, 12))
        for i, level in enumerate((0, 128, 255)):
            film.seek(i)
            assert abs(film.convert("L").getpixel((6, 6)) - level) <= 2
            assert film.info["duration"] == 200


def test_an_mp4_is_made_where_there_is_ffmpeg():
    if media.ffmpeg() is None:
        pytest.skip("there is no ffmpeg here; the wheel imageio-ffmpeg has one")
    frames = [np.full((4, 4, 3), level) for level in (0.0, 1.0)]
    assert b"ftyp" in media.mp4(frames, 5, scale=8)[:32]


def test_names_in_charts_are_text_and_never_html():
    evil = "<img src=x onerror=alert(1)>"
    drawn = (
        charts.probabilities({evil: 0.5}, evil)
        + charts.shares({evil: 1.0}, "nats")
        + charts.lines({evil: [0.0, 1.0]}, evil)
        + charts.bars([1.0], evil)
        + media.img(np.zeros((2, 2, 1)), evil)
    )
    assert "<img src=x" not in drawn


# --- the door -------------------------------------------------------------------------


async def _inner(scope, receive, send):
    body = (await receive())["body"] if scope["method"] == "POST" else b""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def knock(path, body=b"", method="POST", gate_=None, client="1.2.3.4", chunks=1):
    """What the door answers: status and body."""
    size = max(1, -(-len(body) // chunks))
    parts = [body[i : i + size] for i in range(0, len(body), size)] or [b""]
    messages = [
        {"type": "http.request", "body": part, "more_body": i + 1 < len(parts)}
        for i, part in enumerate(parts)
    ]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method, "client": (client, 1)}
    asyncio.run((gate_ or gate.Gate(_inner))(scope, receive, send))
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent), sent[0]


JOIN = "/gradio_api/queue/join"


def test_what_the_application_needs_passes_unchanged():
    body = json.dumps({"data": ["x" * 1000, 1.5, None], "fn_index": 0}).encode()
    assert knock(JOIN, body, chunks=7)[:2] == (200, body)
    assert knock("/", method="GET")[0] == 200
    headers = dict(knock("/assets/index-1.js", method="GET")[2]["headers"])
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file=../../etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("GET", "/file=/etc/passwd"),
        ("GET", "/gradio_api/proxy=http://example.org"),
        ("GET", "/static/../../etc/passwd"),
        ("GET", "/assets//etc/passwd"),
        ("GET", "/monitoring"),
        ("GET", "/docs"),
        ("GET", "/gradio_api/openapi.json"),
        ("POST", "/gradio_api/stream/1"),
        ("POST", "/gradio_api/vibe-edit"),
        ("DELETE", "/"),
        ("OPTIONS", "/"),
    ],
)
def test_what_it_does_not_need_is_not_there(method, path):
    status, body, _ = knock(path, method=method)
    assert status == 404
    assert json.loads(body)["detail"] == "There is nothing at this address."


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"x" * (gate.MOST_BODY + 1), 413, "At most 6 MB"),
        (b"{", 400, "must be JSON"),
        (b'{"data": [NaN]}', 400, "finite numbers"),
        (b'{"data": [1e999]}', 400, "finite numbers"),
        (b"[" * 100_000, 400, "must be JSON"),
        (b"\xff\xfe", 400, "must be JSON"),
        (b'{"data": [{"path": "/etc/passwd"}]}', 400, "Files cannot be named"),
        (b'{"data": [[{"a": {"p\\u0061th": "x"}}]]}', 400, "Files cannot be named"),
    ],
    ids=lambda value: None,
)
def test_what_cannot_be_meant_is_refused(body, status, message):
    found, answer, _ = knock(JOIN, body, chunks=5)
    assert found == status
    assert message in json.loads(answer)["detail"]


def test_a_client_that_asks_too_much_waits_and_others_do_not():
    door = gate.Gate(_inner, rate=1, burst=3)
    statuses = [knock(JOIN, b"{}", gate_=door)[0] for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert knock(JOIN, b"{}", gate_=door, client="5.6.7.8")[0] == 200
    assert knock("/", method="GET", gate_=door)[0] == 200
    assert "wait a moment" in json.loads(knock(JOIN, b"{}", gate_=door)[1])["detail"]


def test_an_allowance_fills_again_and_forgets_the_silent():
    allowance = gate.Allowance(rate=2, burst=2, most_clients=2)
    assert [allowance.takes("a", 0.0) for _ in range(3)] == [True, True, False]
    assert allowance.takes("a", 0.6)
    assert not allowance.takes("a", 0.7)
    assert allowance.takes("b", 0.7)
    assert allowance.takes("c", 0.7)  # "a" is forgotten
    assert allowance.takes("a", 0.7)


# --- snippets -------------------------------------------------------------------------


def test_long_text_is_a_literal_of_short_lines():
    text = "ab_-" * 100
    made = snippets.literal(text)
    assert ast.literal_eval(made) == text
    assert max(map(len, made.splitlines())) <= 88


def test_attributes_that_are_no_python_names_are_given_all_the_same():
    line = snippets.condition({"label": "3", "5 o'clock": ["a", "b"]}, "2")
    call = ast.parse(line).body[0].value
    assert [keyword.arg for keyword in call.keywords] == ["label", None]


def test_examples_beside_a_model_are_on_offer(folder):
    exhibits.write_examples(folder / "stub", np.ones((30, 4, 4, 1)), np.eye(30, 3))
    entry = Shelf(folder, lambda entry: None).entries["stub"]
    offered = choices.offered(entry)
    assert [item["word"] for item in offered[:2]] == ["e0", "e1"]
    assert offered[2]["label"] == "Example 2: c"
    assert offered[3]["label"] == "Example 3"
    assert len(offered) == choices.SAMPLES
    with pytest.raises(ValueError, match=r"must be in e0\.\.e29. Received: 'e30'"):
        choices.example(entry, "e30")
