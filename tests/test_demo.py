"""Every tab of the demo over HTTP: what it answers, and snippets that run."""

import base64
import io
import re
import urllib.parse

import demo_models
import numpy as np
import pytest
from artefacts import CLIPS, SPEC
from demo_http import questions
from PIL import Image

httpx = pytest.importorskip("httpx", reason="the demo's extra is not installed")


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


@pytest.fixture(scope="module")
def ask(address):
    return questions(address)


def pictures(text):
    """The pictures within HTML, (height, width) each, in [0, 1]."""
    found = re.findall(r'<img src="data:image/(?:png|webp);base64,([^"]+)"', text)
    return [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(data))), np.float32) / 255
        for data in found
    ]


def run(code, tmp_path, monkeypatch):
    """What a snippet leaves behind."""
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, "snippet", "exec"), names)
    return names


def close(found, x):
    found, x = np.squeeze(found), np.squeeze(x)
    np.testing.assert_allclose(found, x, atol=0.5 / 255 + 1e-5)


# --- each tab, and the same in Python -------------------------------------------------


def test_sample_shows_what_the_models_sample(ask, demo_index, tmp_path, monkeypatch):
    (shown, below), error = ask("sample", ["vae", "gan"], 5, 6, 1)
    assert error is None
    found = pictures(shown)
    for i, name in enumerate(("vae", "gan")):
        x = demo_index.entries[name].call("sample", count=6, seed=(0, 5))["x"]
        close(found[6 * i : 6 * i + 6], x)
    names = run(below["code"], tmp_path, monkeypatch)
    close(found[6:], names["x"])
    assert (tmp_path / "vae.png").is_file()
    assert below["link"] == "?tab=sample&models=vae&models=gan&seed=5&count=6"


def test_sample_asks_for_a_class(ask, demo_index, tmp_path, monkeypatch):
    values = (["conditional_vae"], 1, 4, 0.5, "b", "each in turn")
    (shown, below), error = ask("sample", *values)
    assert error is None
    names = run(below["code"], tmp_path, monkeypatch)
    close(pictures(shown), names["x"])
    labels = SPEC.labels(names["condition"])
    assert labels["label"].tolist() == [1] * 4
    assert labels["size"].tolist() == [0, 1, 0, 1]
    assert re.findall(r'alt="[^"]*: (\w+), (\w+)"', shown)[1] == ("b", "large")
    assert "tiny_label=b" in below["link"]


def test_autoencode_shows_the_code_and_what_it_costs(
    ask, demo_index, tmp_path, monkeypatch
):
    (shown, below), error = ask("autoencode", "vae", "e3")
    assert error is None
    x = demo_index.entries["vae"].examples.x[3]
    found = pictures(shown)
    close(found[0], x)
    names = run(below["code"], tmp_path, monkeypatch)
    close(found[1], names["rebuilt"][0])
    bound = float(names["bound"]["elbo"][0])
    assert f"<b>ELBO {bound:.1f} nats</b>" in shown
    parts = [float(names["bound"][k][0]) for k in ("reconstruction", "kl")]
    assert bound == pytest.approx(-sum(parts), abs=1e-3)
    assert all(f"<b>{part:.1f} nats</b>" in shown for part in parts)
    entry = demo_index.entries["vae"]
    nats = entry.call("log_likelihood", x=x[None], num_samples=500, seed=(1, 0))
    assert names["measured"][0] == pytest.approx(nats["log_likelihood"][0], abs=0.5)


def test_autoencode_takes_a_drawn_picture(ask, tmp_path, monkeypatch):
    word = "d" + demo_models.png()
    (shown, below), error = ask("autoencode", "vae", word)
    assert error is None
    drawn = np.zeros((4, 4))
    drawn[:, :2] = 1.0
    close(pictures(shown)[0], drawn)
    close(run(below["code"], tmp_path, monkeypatch)["x"], drawn)
    assert urllib.parse.parse_qs(below["link"][1:])["picture"] == [word]


def test_autoencode_compares_the_classes(ask, demo_index):
    (shown, _), error = ask("autoencode", "conditional_vae", "e0")
    assert error is None
    entry = demo_index.entries["conditional_vae"]
    chances = re.findall(r'scope="row">(\w), (\w+)<', shown)
    assert len(chances) == 5  # of six
    labels = [(a, b) for a in "abc" for b in ("small", "large")]
    columns = {"label": [a for a, _ in labels], "size": [b for _, b in labels]}
    bounds = entry.call(
        "elbo",
        x=entry.examples.x[:1].repeat(6, axis=0),
        condition=SPEC.condition(6, **columns),
        num_samples=16,
        seed=(0, 0),
    )["elbo"]
    assert chances[0] == labels[int(bounds.argmax())]


def test_the_manifold_decodes_the_very_point(ask, demo_index, tmp_path, monkeypatch):
    (shown, below), error = ask("manifold", "vae", "0.500,-1.250")
    assert error is None
    x = demo_index.entries["vae"].call("decode", latent=[[0.5, -1.25]])["x"]
    close(pictures(shown), x)
    names = run(below["code"], tmp_path, monkeypatch)
    close(names["x"], x)
    assert names["plane"].shape == (24 * 5 + 1, 24 * 5 + 1, 1)
    side = names["side"]
    assert names["z"][0].tolist() == [side[0], side[-1]]  # the upper left corner


def test_interpolate_walks_from_the_first_to_the_last(ask, tmp_path, monkeypatch):
    word = "d" + demo_models.png()
    values = ("vae", 3, f"s0.e2.{word}", "both", 4)
    (film, strips, below), error = ask("interpolate", *values)
    assert error is None
    names = run(below["code"], tmp_path, monkeypatch)
    assert film["frames"] == 7
    assert [clip["label"] for clip in film["clips"]] == ["lerp", "slerp"]
    walks = [names["model"].decode(names[path]) for path in ("lerp", "slerp")]
    order = [0, 1, 2, 3, 3, 4, 5, 6]  # where two legs meet, the picture is shown twice
    close(pictures(strips), np.concatenate([walk[order] for walk in walks]))
    assert (tmp_path / "walk.webp").is_file()
    sheet = Image.open(io.BytesIO(base64.b64decode(film["sheet"].partition(",")[2])))
    assert sheet.size == (7 * 4, 2 * 4)
    for kind in ("webp", "gif"):
        data = base64.b64decode(film["files"][kind].partition(",")[2])
        assert Image.open(io.BytesIO(data)).n_frames == 7


@pytest.mark.parametrize("name", ["gan", "conditional_vae"])
def test_arithmetic_adds_the_means(name, ask, tmp_path, monkeypatch):
    (shown, below), error = ask("arithmetic", name, 2, "s0.s1|s2|s3.s4.s5")
    assert error is None
    names = run(below["code"], tmp_path, monkeypatch)
    a, b, c = names["z"][:2].mean(0), names["z"][2], names["z"][3:].mean(0)
    np.testing.assert_allclose(names["answer"], a - b + c, rtol=1e-5, atol=1e-6)
    found = pictures(shown)
    assert len(found) == 4 + 6
    close(found[-1], names["x"])


def test_arithmetic_moves_along_an_attribute(ask, tmp_path, monkeypatch):
    values = ("vae", 0, "e0|e1|e2", "size", 0, 1.5)
    (shown, below), error = ask("arithmetic", *values)
    assert error is None
    names = run(below["code"], tmp_path, monkeypatch)
    close(pictures(shown)[-1], names["x"])
    assert "large +1.5" in shown
    assert "move_1=1.5" in below["link"]


ASKED = {
    "by its attributes": ("clips", 5, 7),
    "from a picture": ("clips", 5, 7, "e1"),
    "with a change": ("clips", 6, 7, "", "label: c", 2),
    "one after another": ("clips", 4, 7, "", "nothing", 8, "label"),
    "with all of it": ("clips", 6, 7, "e1", "size: large", 3, "label"),
    "left open": ("clips", 3, 7, "e1", "nothing", 8, "nothing", "left open"),
}


@pytest.mark.parametrize("values", ASKED.values(), ids=ASKED)
def test_clips_are_as_they_were_asked_for(values, ask, tmp_path, monkeypatch):
    (film, told, below), error = ask("video", *values)
    assert error is None
    clips = np.stack(run(below["code"], tmp_path, monkeypatch)["clips"])
    assert film["frames"] == values[1]
    assert clips.shape == (len(film["clips"]), values[1], 4, 4, 1)
    data = base64.b64decode(film["sheet"].partition(",")[2])
    sheet = np.asarray(Image.open(io.BytesIO(data)), np.float32) / 255
    rows = clips[..., 0].transpose(0, 2, 1, 3).reshape(sheet.shape)
    close(sheet, rows)
    assert ("read from the first frame" in told) == ("e1" in values)
    assert (tmp_path / "clips.webp").is_file()
    changes = values[4:5] not in [(), ("nothing",)]
    assert ("after frame" in told) == changes


def test_a_model_of_one_length_draws_no_longer_clips(ask, tmp_path, monkeypatch):
    length, values = CLIPS.x_shape[0], ("short", 6, 7, "e1", "nothing", 2, "label")
    (film, told, below), error = ask("video", *values)
    assert error is None
    names = run(below["code"], tmp_path, monkeypatch)
    assert film["frames"] == length
    assert f"<dt>frames</dt><dd>{length}</dd>" in told
    data = base64.b64decode(film["sheet"].partition(",")[2])
    sheet = np.asarray(Image.open(io.BytesIO(data)), np.float32) / 255
    rows = np.stack(names["clips"])[..., 0].transpose(0, 2, 1, 3)
    close(sheet, rows.reshape(sheet.shape))
    (film, _, below), error = ask("video", "short", 2)
    assert error is None
    assert film["frames"] == 2
    clip = run(below["code"], tmp_path, monkeypatch)["clips"][0]
    assert clip.shape == (2, 4, 4, 1)


def test_the_game_replays_a_run(ask, tmp_path, monkeypatch, capsys):
    (gradients, film, below), error = ask("game", "gan", 0.05)
    assert error is None
    assert "19.0 times the first" in gradients
    assert film["epochs"] == [1, 10, 20]
    assert film["curves"]["critic_loss"][3] == 0.25
    names = run(below["code"], tmp_path, monkeypatch)
    assert names["generator_loss"] == film["curves"]["generator_loss"]
    assert [int(picture[0, 0]) for picture in names["samples"]] == [10, 100, 200]
    told = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert float(told["Minimax"]) == pytest.approx(0.05, abs=1e-5)
    assert float(told["NonSaturating"]) == pytest.approx(0.95, abs=1e-5)
