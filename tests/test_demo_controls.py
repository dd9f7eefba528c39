"""Each control of the demo is used, tab by tab, and none is forgotten."""

import re

import numpy as np
import pytest
from browsing import TABS, changes, panel, pictures
from PIL import Image, ImageSequence


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


# --- what a person does with a control of a name --------------------------------------


def click(page, tab, name, value):
    role = "button" if value is None else value
    panel(page, tab).get_by_role(role, name=name, exact=True).first.click()


def choose(page, tab, name, value):
    panel(page, tab).get_by_label(name, exact=True).click()
    page.get_by_role("option", name=value, exact=True).click()


def fill(page, tab, name, value):
    panel(page, tab).get_by_label(name, exact=True).fill(value)
    page.keyboard.press("Tab")


def say(page, tab, name, value):
    panel(page, tab).get_by_label(name, exact=True).fill(value)
    page.keyboard.press("Enter")


def press(page, tab, name, value):
    panel(page, tab).get_by_label(name, exact=True).focus()
    page.keyboard.press(value)


def check(page, tab, name, value):
    panel(page, tab).get_by_label(name, exact=True).set_checked(value)


def upload(page, tab, name, value):
    panel(page, tab).get_by_label(name, exact=True).set_input_files(value)


BEGINNINGS = {"MP4": b"ftyp", "MID": b"MThd", "WAV": b"WAVE"}


def download(page, tab, name, value):
    """Keep a file: a picture has as many frames as it should; others begin right."""
    with page.expect_download() as waiting:
        click(page, tab, name, "link")
    path = waiting.value.path()
    assert waiting.value.suggested_filename.endswith(name.lower())
    if name in BEGINNINGS:
        assert BEGINNINGS[name] in path.read_bytes()[:32]
        return
    with Image.open(path) as film:
        assert film.format == name
        frames = [np.asarray(f.convert("L")) for f in ImageSequence.Iterator(film)]
    assert len(frames) == value
    assert len({frame.tobytes() for frame in frames}) > 1


PAD = "Drawing pad. Arrow keys move the pen, space puts it down and lifts it."
BRUSH = (
    "Picture to paint on. Arrow keys move the brush, space puts it down and lifts it."
)
PLANE = "The latent plane. Arrow keys move the point, Enter decodes it."
BELIEF = "D(G(z)), the critic's probability that a sample is real"
# A row: the control, what is done with it, with what, and what is seen then: a part of
# the link, which is another one; in brackets the pictures that are others; or a pattern
# of what the player says.
FILM = (".kgm-film canvas",)
CLASSES = [
    ("Label", choose, "b", "tiny_label=b"),
    ("Size", choose, "large", "tiny_size=large"),
]
TRIED = [
    ("change half-way", click, None, "change=label%3A+c"),
    ("every label", click, None, "vary=label"),
]
STEPS = [
    ("One frame on", click, None, FILM),
    ("One frame back", click, None, FILM),
]
ROWS = {
    "autoencode": [
        *CLASSES,
        ("Model", choose, "vae", "model=vae"),
        ("Example 3: a, small", click, None, "picture=e3"),
        ("Clear", click, None, "picture=d"),
        ("Invert", click, None, "picture=d"),
        ("Upload a picture", upload, "half.png", "picture=d"),
        (PAD, press, " ", "picture=d"),
        ("Measure log p(x), 500 samples", click, None, ()),
        ("Autoencode", click, None, ()),
    ],
    "manifold": [
        *CLASSES,
        ("Model", choose, "vae", "model=vae"),
        ("a corner", click, None, "point=-1.500%2C1.500"),
        ("the edge", click, None, "point=2.200%2C0.000"),
        ("the middle", click, None, "model=vae"),
        (PLANE, press, "ArrowUp", (".plane canvas",)),
        (PLANE, press, "Enter", "point=0.000%2C0."),
        ("Class a", click, None, (".plane canvas",)),
        ("examples", check, False, (".plane canvas",)),
        ("pictures", check, False, (".plane canvas",)),
        ("Decode", click, None, ()),
    ],
    "sample": [
        *CLASSES,
        ("Models", choose, "vae", "models=cgan&models=vae"),
        ("Another seed", click, None, "seed="),
        ("Seed", fill, "7", "seed=7"),
        ("range slider for Pictures", press, "ArrowRight", "count=41"),
        ("number input for Pictures", fill, "9", "count=9"),
        ("range slider for Temperature", press, "ArrowLeft", "temperature=0.95"),
        ("number input for Temperature", fill, "0.5", "temperature=0.5"),
        ("temperature 0.6", click, None, "temperature=0.6"),
        ("temperature 1.4", click, None, "temperature=1.4"),
        ("side by side", click, None, "models=gan"),
        ("Sample", click, None, ()),
    ],
    "interpolate": [
        ("Model", choose, "conditional_vae", "model=conditional_vae"),
        *CLASSES,
        ("Model", choose, "vae", "model=vae"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        ("Sample 2", click, None, ".s2"),
        ("Sample 9", click, None, ".s2.s9"),
        ("Remove picture 2 of The way", click, None, "points=e0.s2.s9"),
        ("Example 1: a, large", click, None, "points=e0.s2.s9.e1"),
        ("Upload a picture", upload, "half.png", "points=e0.s2.s9.e1.d"),
        ("lerp", check, True, "path=lerp"),
        ("slerp", check, True, "path=slerp"),
        ("both", check, True, "points"),
        ("there and back", click, None, "points=s0.s3.s0"),
        ("a long way", click, None, "points=s0.s1.s2.s3.s4.s0"),
        ("range slider for Pictures a leg", press, "ArrowLeft", "steps=7"),
        ("number input for Pictures a leg", fill, "3", "steps=3"),
        ("Play or pause", click, None, ()),
        ("Frame", fill, "3", re.compile("^frame 4 of ")),
        *STEPS,
        ("GIF", download, 5 * 2 + 1, ()),
        ("WEBP", download, 5 * 2 + 1, ()),
        ("MP4", download, None, ()),
        ("Interpolate", click, None, ()),
        ("Clear", click, None, ()),
    ],
    "arithmetic": [
        ("Model", choose, "conditional_vae", "model=conditional_vae"),
        ("Attribute vectors ▼", click, None, ()),
        ("range slider for a", press, "ArrowRight", "move_0=0.1"),
        ("number input for b", fill, "-1", "move_1=-1"),
        ("Attribute", choose, "size", "attribute=size"),
        ("number input for large", fill, "2", "move_1=2"),
        ("Choose for b", check, True, ()),
        ("Example 5: c, large", click, None, "e5"),
        ("Choose for c", check, True, ()),
        ("Sample 9", click, None, "s9"),
        ("Choose for a", check, True, ()),
        ("Upload a picture", upload, "half.png", ".d"),
        ("Remove picture 1 of a", click, None, "terms="),
        ("one sample each", click, None, "terms=s0%7Cs1%7Cs2"),
        ("three samples each", click, None, "terms=s0.s1.s2%7Cs3"),
        ("one attribute", click, None, "move_1=2"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        *CLASSES,
        ("Calculate", click, None, ()),
        ("Model", choose, "gan", "model=gan"),
        ("Clear", click, None, ()),
    ],
    "complete": [
        ("Example 3: a, small", click, None, "picture=e3"),
        *CLASSES,
        ("right", check, True, "part=right"),
        ("upper", check, True, "part=upper"),
        ("range slider for Hidden, percent", press, "ArrowRight", "share=55"),
        ("number input for Hidden, percent", fill, "25", "share=25"),
        ("range slider for Completions", press, "ArrowRight", "count=7"),
        ("number input for Completions", fill, "3", "count=3"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        ("the lower three quarters", click, None, "share=75"),
        ("all of it", click, None, "share=100"),
        ("lower", check, True, ()),
        ("the right half", click, None, "part=right"),
        ("Upload a picture", upload, "half.png", "picture=d"),
        ("Invert", click, None, "picture=d"),
        ("Model", choose, "pixel_cnn", "model=pixel_cnn"),
        ("Clear", click, None, "picture=b4-"),
        (PAD, press, " ", "picture=b4-"),
        ("Eraser", click, None, ()),
        ("Complete", click, None, ()),
    ],
    "translate": [
        ("Example 3: a, small", click, None, "source=e3"),
        (PAD, press, " ", "source=b8-"),
        ("Eraser", click, None, ()),
        (PAD, press, "ArrowLeft", "source=b8-"),
        ("Upload a picture", upload, "half.png", "source=b8-"),
        ("Photo", upload, "half.png", ".d"),
        ("Clear", click, None, "source=b8-"),
        ("Compare with", choose, "there_and_back", "compare=there_and_back"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        ("Model", choose, "there_and_back", "model=there_and_back"),
        ("back", check, True, "direction=back"),
        ("there", check, True, "model=there_and_back"),
        ("Invert", click, None, "source=d"),
        ("side by side", click, None, "model=pix2pix"),
        ("Translate", click, None, ()),
    ],
    "words": [
        ("Sentence", say, "a blue disc", "sentence=a+blue+disc"),
        ("range slider for Pictures", press, "ArrowRight", "count=9"),
        ("number input for Pictures", fill, "3", "count=3"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        ("red", click, None, "sentence=red"),
        ("a blue square", click, None, "sentence=a+blue+square"),
        ("a blue disc", click, None, "sentence=a+blue+disc"),
        ("Model", choose, "text_to_image", "model=text_to_image"),
        ("Draw", click, None, ()),
    ],
    "edit": [
        ("Example 3: a, small", click, None, "picture=e3"),
        ("Label", choose, "b", "coloured_label=b"),
        ("Size", choose, "large", "coloured_size=large"),
        (BRUSH, press, " ", ()),
        (BRUSH, press, "ArrowLeft", ()),
        (BRUSH, press, " ", "picture=e3~ff0000."),
        ("Undo", click, None, "picture=e3"),
        ("Width of the brush", fill, "5", ()),
        ("Colour", fill, "#00ff00", ()),
        (BRUSH, press, " ", ()),
        (BRUSH, press, " ", "picture=e3~00ff00."),
        ("range slider for Steps of the brush", press, "ArrowRight", "steps=70"),
        ("number input for Steps of the brush", fill, "20", "steps=20"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        ("Clear strokes", click, None, "picture=e3"),
        ("Upload a picture", upload, "half.png", "picture=d"),
        ("Model", choose, "painter", "model=painter"),
        ("a yellow one", click, None, "picture=e0~ffe030."),
        ("a red stroke", click, None, "model=painter&steps"),
        ("Edit", click, None, ()),
    ],
    "shapes": [
        ("between two", check, True, "kind=between+two"),
        ("a - b + c", check, True, "kind=a+-+b"),
        ("samples", check, True, "seed=0"),
        ("range slider for Samples", press, "ArrowRight", "count=4"),
        ("number input for Samples", fill, "2", "count=2"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        ("a sum", click, None, "kind=a+-+b"),
        ("from one to another", click, None, "kind=between+two"),
        ("Play or pause", click, None, ()),
        ("Frame", fill, "3", re.compile("^frame 4 of 24$")),
        *STEPS,
        ("GIF", download, 24, ()),
        ("WEBP", download, 24, ()),
        ("MP4", download, None, ()),
        ("Model", choose, "gan3d", ()),
        ("Draw", click, None, ()),
    ],
    "tunes": [
        ("Label", choose, "b", "tunes_label=b"),
        ("Size", choose, "large", "tunes_size=large"),
        ("range slider for Tunes", press, "ArrowRight", "count=4"),
        ("number input for Tunes", fill, "2", "count=2"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        ("one tune", click, None, "count=1"),
        ("MID", download, None, ()),
        ("WAV", download, None, ()),
        ("other tunes", click, None, "seed=1"),
        ("Model", choose, "tunes", ()),
        ("Write", click, None, ()),
    ],
    "next_frame": [
        ("Example 3: a, small", click, None, "frame=e3"),
        ("range slider for Futures", press, "ArrowRight", "count=7"),
        ("number input for Futures", fill, "3", "count=3"),
        ("Seed", fill, "7", "seed=7"),
        ("Another seed", click, None, "seed="),
        ("Play or pause", click, None, ()),
        ("Frame", fill, "1", re.compile("^frame 2 of 2$")),
        *STEPS,
        ("GIF", download, 2, ()),
        ("WEBP", download, 2, ()),
        ("MP4", download, None, ()),
        ("Upload a picture", upload, "half.png", "frame=d"),
        ("Invert", click, None, "frame=d"),
        (PAD, press, " ", "frame=d"),
        ("Eraser", click, None, ()),
        ("Clear", click, None, "frame=d"),
        ("Model", choose, "visual_dynamics", ()),
        ("Predict", click, None, ()),
    ],
    "video": [
        ("Label", choose, "left open", "clips_label=left+open"),
        ("Size", choose, "large", "clips_size=large"),
        ("range slider for Frames", press, "ArrowLeft", "frames=15"),
        ("number input for Frames", fill, "6", "frames=6"),
        ("Another seed", click, None, "seed="),
        ("Seed", fill, "7", "seed=7"),
        ("Example 1: a, large", click, None, "start=e1"),
        ("Upload a picture", upload, "half.png", "start=d"),
        ("Remove picture 1 of start", click, None, "seed=7"),
        ("from a picture", click, None, "start=e0"),
        ("Clear", click, None, "seed=7"),
        ("Change", choose, "size: small", "change=size%3A+small"),
        ("range slider for after frame", press, "ArrowLeft", "moment=7"),
        ("number input for after frame", fill, "3", "moment=3"),
        ("Vary", choose, "label", "vary=label"),
        *TRIED,
        *TRIED,  # an example can be taken again
        ("Play or pause", click, None, ()),
        ("Frame", fill, "3", re.compile("^frame 4 of ")),
        *STEPS,
        ("GIF", download, 6, ()),
        ("WEBP", download, 6, ()),
        ("MP4", download, None, ()),
        ("Generate", click, None, ()),
        ("Model", choose, "short", "model=short"),
    ],
    "game": [
        ("Run", choose, "gan", "model=gan"),
        (f"range slider for {BELIEF}", press, "ArrowRight", "score=0.06"),
        (f"number input for {BELIEF}", fill, "0.3", "score=0.3"),
        ("sure it is generated", click, None, "score=0.01"),
        ("undecided", click, None, "score=0.5"),
        ("fooled", click, None, "score=0.95"),
        ("Play or pause", click, None, ()),
        ("Frame", fill, "1", re.compile("^epoch 10$")),
        *STEPS,
        ("Compare", click, None, ()),
    ],
}
EVERYWHERE = {"Copy", "Copy link", "The same in Python", "Stop"}
NAMES = """tab => [...document.querySelectorAll(
    `#tab-${tab} :is(button, input, select, textarea, canvas[tabindex], a, summary)`)]
    .filter(one => one.offsetParent)
    .map(one => one.getAttribute("aria-label")
        || [...(one.labels || [])].map(label => label.textContent.trim()).join()
        || one.textContent.trim())"""


KINDS = (
    r"^(Example|Sample|Remove picture|Class) .*",
    r"^(range slider for|number input for) (?:[abc]|small|large)$",
)


def kinds(names):
    """Names without numbers and classes: one picture on offer is as good as another."""
    return {re.sub("|".join(KINDS), lambda m: m[1] or m[2], name) for name in names}


def others(page, selector, before):
    """Wait until the pictures at a selector are no longer those."""
    for _ in range(100):
        now = pictures(page, selector)
        if len(now) != len(before) or any(map(np.any, map(np.subtract, now, before))):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{selector} shows what it showed")


@pytest.mark.parametrize("tab", TABS)
def test_each_control_is_used(tab, visit, tmp_path):
    half = Image.new("L", (40, 40), 0)
    half.paste(255, (20, 0, 40, 40))
    half.save(tmp_path / "half.png")
    page = visit(tab)
    there = kinds(page.evaluate(NAMES, tab))
    for name, act, value, seen in ROWS[tab]:
        value = tmp_path / value if act is upload else value
        if isinstance(seen, str):
            link = changes(page, tab, lambda: act(page, tab, name, value), name)  # noqa: B023
            assert seen in link, name
            there |= kinds(page.evaluate(NAMES, tab))
            continue
        selector = f"#tab-{tab} {seen[0]}" if isinstance(seen, tuple) and seen else None
        before = pictures(page, selector) if selector else None
        act(page, tab, name, value)
        there |= kinds(page.evaluate(NAMES, tab))
        if selector:
            others(page, selector, before)
        elif seen:
            panel(page, tab).locator("output").filter(has_text=seen).wait_for()
    assert there - EVERYWHERE == kinds(name for name, *_ in ROWS[tab])
