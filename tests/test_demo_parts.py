"""Parts of the demo without a page: what is checked, read, drawn and written."""

import ast
import base64
import io
import re

import numpy as np
import pytest
from demo_models import png
from PIL import Image

from keras_genmodels_demo import (
    attributes,
    charts,
    checks,
    defaults,
    media,
    picture_tokens,
    snippets,
)
from keras_genmodels_demo.axes import Axis

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
    with pytest.raises(ValueError, match=r"Received: 'x+\.\.\.x+'\."):
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


def test_a_snippet_shows_no_password_of_the_server(demo_index):
    source = snippets.Source("http://ada:secret@localhost:8501")
    line = source.load(demo_index.entries["vae"])
    assert 'Client("http://***@localhost:8501", card="' in line


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
        + charts.lines({evil: [0.0, 1.0]}, evil, Axis.counting(2, evil), evil)
        + charts.bars([1.0], evil, evil, evil)
        + media.img(np.zeros((2, 2, 1)), evil)
    )
    assert "<img src=x" not in drawn


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.0, 1.0], (0, 0.2, 0.4, 0.6, 0.8, 1)),
        ([-0.3, 4.3], (-1, 0, 1, 2, 3, 4, 5)),
        ([3.0, 3.0], (2.4, 2.6, 2.8, 3, 3.2, 3.4, 3.6)),
    ],
)
def test_an_axis_has_round_numbers_around_all_values(values, ticks):
    axis = Axis.over(values, "nats")
    assert axis.ticks == pytest.approx(ticks)
    assert (axis.low, axis.high) == (axis.ticks[0], axis.ticks[-1])
    assert min(axis.share(values)) >= 0
    assert max(axis.share(values)) <= 1


def test_an_axis_may_begin_at_zero_count_or_keep_its_ends():
    assert Axis.over([3.0, 4.0], "length", zero=True).ticks == (0, 1, 2, 3, 4)
    assert Axis.counting(17, "epoch").ticks == (1, 5, 10, 17)
    assert Axis.counting(1, "epoch").ticks == (1,)
    axis = Axis.between(-2.5, 2.5, "latent")
    assert (axis.low, axis.high, axis.ticks) == (-2.5, 2.5, (-2, -1, 0, 1, 2))
    assert axis.plain()["ticks"][0] == ["\N{MINUS SIGN}2", pytest.approx(0.1)]


def test_a_curve_stands_between_two_axes_with_numbers_and_names():
    across = Axis.counting(3, "epoch")
    drawn = charts.lines({"loss": [0.0, 4.0, 2.0]}, "How it went", across, "nats")
    assert re.findall(r'points="(.*?)"', drawn) == ["0.0,100.00 150.0,0.00 300.0,50.00"]
    assert re.findall(r'left: [\d.]+%">(.*?)<', drawn) == ["1", "2", "3"]
    assert re.findall(r'bottom: [\d.]+%">(.*?)<', drawn) == list("01234")
    assert re.findall(r'class="[xy]-label">(.*?)<', drawn) == ["nats", "epoch"]


# --- defaults -------------------------------------------------------------------------


def test_the_default_of_an_interpolation_is_two_classes_that_differ(demo_index):
    entry = demo_index.entries["vae"]
    first, other = (int(token[1:]) for token in defaults.pair(entry).split("."))
    rows = entry.examples.condition
    for attribute in entry.spec.attributes:
        part = rows[[first, other], attribute.start : attribute.stop]
        assert part[0].argmax() != part[1].argmax()
    assert defaults.pair(demo_index.entries["gan"]) == "s0.s1"
    assert defaults.pair(demo_index.entries["conditional_vae"]) == "s0.s1"


def test_the_default_of_vector_arithmetic_differs_in_one_attribute(demo_index):
    entry = demo_index.entries["vae"]
    groups = picture_tokens.parse(defaults.terms(entry), groups=3, most=3)
    assert all(groups)
    tokens = [token for group in groups for token in group]
    assert len(set(tokens)) == len(tokens)  # c is none of b
    a, b, c = defaults.meanings(entry, groups)
    assert a
    assert b == c
    assert a.split()[0] == b.split()[0]
    assert a != b
    assert defaults.meanings(entry, [["s0"], ["s1"], ["s2"]]) == ["", "", ""]
    groups = picture_tokens.parse(
        defaults.terms(demo_index.entries["gan"]), groups=3, most=3
    )
    assert groups[0] == ["s0", "s1", "s2"]


def test_the_model_whose_examples_say_most_comes_first(demo_index):
    found = defaults.richest_first(demo_index.having("decode", "prior"))
    assert sorted(found) == sorted(demo_index.having("decode", "prior"))
    first = next(iter(found.values()))
    assert first.offers("encode")
    assert not first.is_conditional("decode")


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
