"""Parts of the demo without a page: what is checked, read, drawn and written."""

import ast
import base64
import io

import numpy as np
import pytest
from demo_models import png
from keras_genmodels_demo import (
    attributes,
    charts,
    checks,
    media,
    picture_tokens,
    snippets,
)
from PIL import Image

# --- numbers and names ---


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


def test_tokens_are_read_by_group():
    drawn = "d" + png()
    assert picture_tokens.parse(f"e1.s2|{drawn}|", groups=3) == [
        ["e1", "s2"],
        [drawn],
        [],
    ]


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
def test_a_token_of_another_form_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        picture_tokens.parse(text, most=2)


def test_a_choice_must_be_text():
    with pytest.raises(TypeError, match=r"A choice must be text. Received: int"):
        picture_tokens.parse(7)


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


def test_the_attributes_of_the_first_model_are_seen(demo_index):
    plain, asked = (demo_index.entries[name] for name in ("vae", "conditional_vae"))
    for first, is_seen in {plain: False, asked: True}.items():
        controls = attributes.Attributes([asked], first).controls.values()
        assert [control.visible for control in controls] == [is_seen] * 2


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


def test_long_text_is_a_literal_of_short_lines():
    text = "ab_-" * 100
    made = snippets.literal(text)
    assert ast.literal_eval(made) == text
    assert max(map(len, made.splitlines())) <= 88


def test_attributes_that_are_no_python_names_are_given_all_the_same():
    line = snippets.condition({"label": "3", "5 o'clock": ["a", "b"]}, "2")
    call = ast.parse(line).body[0].value
    assert [keyword.arg for keyword in call.keywords] == ["label", None]
