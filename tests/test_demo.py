"""The whole demo over HTTP: answers, snippets that run, strangers, limits."""

import base64
import concurrent.futures
import functools
import html
import http.client
import io
import json
import math
import re
import shutil
import socket
import urllib.parse

import demo_models
import numpy as np
import pytest
from artefacts import CLIPS, SPEC
from demo_http import indices, questions, send
from PIL import Image
from test_demo_uploads import HOSTILE

JOIN = "gradio_api/queue/join"
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


# --- what cannot be -------------------------------------------------------------------

WRONG = [
    ("sample", (["vae"], 1e300), "`seed` must be a number from 0 .*Received: 1"),
    ("sample", (["vae"], -1), "seed|Seed|minimum|less"),
    ("sample", (["vae"], 0, 10**6), "count|Pictures|maximum|greater"),
    ("sample", (["nothing"],), "not in the list of choices"),
    ("sample", ([],), "Choose one to 4 models"),
    ("sample", (["vae"], math.nan), "JSON, with finite numbers"),
    ("sample", (["vae"], 0, math.inf), "JSON, with finite numbers"),
    ("sample", (["vae"], 0, 4, 10**400), "JSON|temperature|greater|maximum|finite"),
    ("sample", (["vae"], 0, 4, 1, "d"), "not in the list of choices"),
    ("autoencode", ("vae", "e4000"), "must be in e0..e39. Received: 'e4000'"),
    ("autoencode", ("vae", "d" + "A" * 40), "must be a PNG, JPEG"),
    ("autoencode", ("vae", "../etc/passwd"), "must be e, s or d"),
    ("autoencode", ("vae", 7), "A choice must be text"),
    ("manifold", ("vae", "1e400,0"), "`point` must be a number from -10.0 to 10.0"),
    ("manifold", ("vae", "nan,nan"), "Received: nan"),
    ("manifold", ("vae", "<b>,0"), "two numbers with a comma"),
    ("interpolate", ("vae", 0, "s0"), "two pictures or more"),
    ("interpolate", ("vae", 0, "s0.s99"), "must be in s0..s23. Received: 's99'"),
    ("arithmetic", ("vae", 0, "s0||s1"), "one to three pictures for each"),
    ("video", ("clips", 4, 0, "", "label: z"), "not in the list of choices"),
    ("game", ("gan", 5), "maximum|greater|score"),
]


@pytest.mark.parametrize(("tab", "values", "message"), WRONG)
def test_what_cannot_be_is_told_and_the_server_lives(tab, values, message, ask):
    found, error = ask(tab, *values)
    assert found is None
    assert re.search(message, html.unescape(error)), error
    assert "Traceback" not in error
    assert ask("game")[1] is None


def test_what_people_send_is_never_html(ask):
    _, error = ask("manifold", "vae", "<img src=x onerror=alert(1)>")
    assert "<img" not in error


@pytest.fixture
def receive(address):
    """Send a picture as the page does."""
    config = httpx.get(address + "config").json()
    pad = next(
        c["id"]
        for c in config["components"]
        if "receive" in c["props"].get("server_fns", [])
    )

    def call(picture, model="vae"):
        body = {
            **{"session_hash": "s", "component_id": pad, "fn_name": "receive"},
            "data": {"picture": picture, "model": model},
        }
        return httpx.post(
            address + "gradio_api/component_server", json=body, timeout=60
        )

    return call


@pytest.mark.parametrize(
    ("make", "message"), HOSTILE, ids=[str(i) for i in range(len(HOSTILE))]
)
def test_hostile_pictures_are_refused_and_nothing_is_written(
    make, message, receive, ask, temporary
):
    answer = receive(make())
    text = answer.json().get("error") or answer.json()["detail"]
    assert re.search(message, text) or answer.status_code == 413
    assert [path for path in temporary.rglob("*") if path.is_file()] == []
    assert ask("game")[1] is None


def test_a_good_picture_becomes_a_word(receive):
    picture = Image.new("RGB", (50, 30), (255, 255, 255))
    file = io.BytesIO()
    picture.save(file, "JPEG")
    word = receive(base64.b64encode(file.getvalue()).decode()).json()["token"]
    assert word.startswith("d")
    assert "must be one of the names" in receive("x", model="nothing").json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=/etc/passwd",
        "gradio_api/file=..%2f..%2f..%2fetc%2fpasswd",
        "gradio_api/file%3D%2Fetc%2Fpasswd",
        "static/..%2f..%2f..%2fetc/passwd",
        "assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "svelte/..%2f..%2fapp.py",
        "gradio_api/proxy=http://127.0.0.1:1/",
        "theme.css/../../etc/passwd",
    ],
)
def test_no_file_can_be_fetched(path, address):
    host, port = address.removeprefix("http://").strip("/").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    connection.request("GET", "/" + path)  # as it stands, unlike what browsers do
    answer = connection.getresponse()
    assert answer.status in (403, 404)
    assert b"root:" not in answer.read()


def test_an_upload_under_a_name_of_its_own_is_not_taken(address, tmp_path):
    files = {"files": ("../../evil.png", b"\x89PNG", "image/png")}
    answer = httpx.post(address + "gradio_api/upload", files=files)
    assert answer.status_code == 404


def test_a_file_named_in_a_request_is_not_read(address, ask):
    stolen = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    _, error = ask("autoencode", "vae", stolen)
    assert error == "Files cannot be named in a request."


def test_it_answers_this_machine_only(address):
    host, port = address.removeprefix("http://").strip("/").split(":")
    assert host == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):  # at another address of it
        socket.create_connection(("127.0.0.2", int(port)), timeout=5)


# --- limits ---------------------------------------------------------------------------


def test_a_full_queue_and_a_hasty_client_are_told_politely(demo_folder):
    with demo_models.running(demo_folder, "--rate", "10", "--waiting", "1") as url:
        index = indices(url)["manifold"]
        values = ["vae", "0,0", "a", "small"]
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            jobs = [pool.submit(send, url, index, values) for _ in range(24)]
            errors = [job.result()[1] for job in jobs]
        assert None in errors
        assert any("Queue is full" in str(error) for error in errors)
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            knock = functools.partial(httpx.post, json={}, timeout=60)
            jobs = [pool.submit(knock, url + JOIN) for _ in range(64)]
            answers = [job.result() for job in jobs]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert "wait a moment" in refused[0].json()["detail"]


def test_without_the_password_nobody_comes_in(demo_folder):
    with (
        demo_models.running(demo_folder, "--auth", "ann:secret") as url,
        httpx.Client(base_url=url) as client,
    ):
        assert client.get("config").status_code == 401
        body = {"data": [], "fn_index": 0, "session_hash": "s"}
        assert client.post("gradio_api/queue/join", json=body).status_code == 401
        wrong = {"username": "ann", "password": "guess"}
        assert client.post("login", data=wrong).status_code == 400
        right = {"username": "ann", "password": "secret"}
        assert client.post("login", data=right).status_code == 200
        assert client.get("config").status_code == 200


def test_what_does_not_load_is_told_and_the_rest_works(demo_folder, tmp_path):
    shutil.copytree(demo_folder / "vae", tmp_path / "vae")
    shutil.copytree(demo_folder / "vae", tmp_path / "damaged")
    (tmp_path / "damaged" / "1" / "saved_model.pb").write_bytes(b"<b>no model")
    (tmp_path / "nonsense").mkdir()
    (tmp_path / "nonsense" / "card.json").write_text("<script>alert(1)</script>")
    with demo_models.running(tmp_path) as url:
        parts = httpx.get(url + "config").json()["components"]
        values = ["vae", "0,0", "a", "small"]
        assert send(url, indices(url)["manifold"], values)[1] is None
    page = json.dumps(parts)
    assert "2 cannot be used" in page
    told = [p["props"].get("value") for p in parts if p["type"] == "html"]
    reasons = [text for text in told if text and "<li><b>damaged</b>: " in text]
    # On the tabs of what it would do: pictures have four, and no clip or game.
    assert len(reasons) == 5
    assert "<script>alert" not in page
    assert "keras-genmodels train video_vae" in page


WRONG_STARTS = [
    ("--saved-models {tmp}/none", "must be a folder of exported models"),
    ("--port 70000", "must be a free address"),
    ("--auth ann", "`--auth` must be NAME:PASSWORD"),
    ("--rate 0", "`--rate` must be > 0. Received: 0.0"),
    ("--waiting 0", "`--waiting` must be > 0. Received: 0"),
]


@pytest.mark.parametrize(("words", "message"), WRONG_STARTS)
def test_a_start_that_cannot_be_costs_one_line(words, message, tmp_path, capsys):
    from keras_genmodels import cli

    given = words.format(tmp=tmp_path).split()
    if "--saved-models" not in given:
        given += ["--saved-models", str(tmp_path)]
    assert cli.main(["demo", *given]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert message in lines[0]
