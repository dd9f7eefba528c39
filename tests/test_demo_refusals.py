"""What the demo refuses over HTTP, and how: bad values, files, strangers, too much."""

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

import demo_models
import pytest
from demo_http import indices, questions, send
from PIL import Image
from test_demo_uploads import HOSTILE

httpx = pytest.importorskip("httpx", reason="the demo's extra is not installed")
JOIN = "gradio_api/queue/join"


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


@pytest.fixture(scope="module")
def ask(address):
    return questions(address)


# --- what cannot be -------------------------------------------------------------------

WRONG = [
    ("sample", (["vae"], 1e300), "`seed` must be a number from 0 .*Received: 1"),
    ("sample", (["vae"], -1), "seed|Seed|minimum|less"),
    ("sample", (["vae"], 0, 10**6), "count|Pictures|maximum|greater"),
    ("sample", (["nothing"],), "not in the list of choices"),
    ("sample", ([],), "Choose one to 4 models"),
    ("sample", (["vae"], math.nan), "JSON, with finite numbers"),
    ("sample", (["vae"], 0, math.inf), "JSON, with finite numbers"),
    ("sample", (["vae"], {"a": 1}), r"kind: Models, Seed, .*Received: \[\['vae'\], {"),
    ("sample", (["vae"], 0, "many"), "6 values must be sent, each of its control's"),
    ("sample", (["vae"], 0, None), "6 values must be sent, each of its control's"),
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


def test_the_page_tells_no_path_of_the_server(address, demo_folder):
    assert str(demo_folder) not in httpx.get(address).text
    assert str(demo_folder) not in httpx.get(address + "config").text


def test_what_people_send_is_never_html(ask):
    for tab, *sent in (("manifold", "vae", "<img src=x>"), ("sample", ["<img src=x>"])):
        _, error = ask(tab, *sent)
        assert "&lt;img" in error
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


# --- what is logged -------------------------------------------------------------------


@pytest.fixture
def logged(demo_log):
    """How many bytes were written to the log since the test began."""
    before = demo_log.stat().st_size
    return lambda: demo_log.stat().st_size - before


@pytest.mark.parametrize("place", range(6))
def test_a_value_of_another_kind_is_told_and_not_logged(place, address, logged):
    """Or a stranger could fill the disk."""
    index, values = indices(address)["sample"], [["vae"], 0, 4, 1, "a", "small"]
    for wrong in ({"a": 1}, ["x"], 10**30):
        sent = [*values[:place], wrong, *values[place + 1 :]]
        found, error = send(address, index, sent)
        assert found is None
        assert re.search("must be|choices|maximum", error), error
    _, error = send(address, index, values[:place])
    assert "6 values must be sent, each of its control's kind: Models, Seed" in error
    assert logged() == 0


def test_a_message_does_not_repeat_all_that_was_sent(address, logged):
    for value in (10**5 * "x", [10**5 * "x"], 10**5 * ["x"]):
        _, error = send(address, indices(address)["sample"], [value])
        assert len(error) < 1000
    assert logged() == 0


def test_what_no_tab_asks_is_told_and_not_logged(address, logged):
    index = indices(address)
    _, error = send(address, index["shown"], [None])
    assert "`model` must be a name. Received: None" in error
    for number in (9999, -1, "x", None, [1], 0.5, index["js_fn"]):
        _, error = send(address, number, [])
        assert "`fn_index` must be the number of a part" in error
    api = f"{address}gradio_api/"
    body = {"session_hash": "s", "component_id": 9999, "fn_name": "x", "data": 1}
    answer = httpx.post(f"{api}component_server", json=body)
    assert "`component_id` must be" in answer.json()["detail"]
    asked = httpx.post(f"{api}call/js_fn_1", json={"data": ["", None]}).json()
    told = httpx.get(f"{api}call/js_fn_1/{asked['event_id']}").text
    assert "which the page does by itself" in told
    assert logged() == 0


@pytest.mark.parametrize("path", ["queue/data?session_hash=none", "call/sample/none"])
def test_an_error_of_gradio_is_one_line_of_the_log(path, address, logged):
    assert httpx.get(f"{address}gradio_api/{path}").status_code == 200
    assert 0 < logged() < 400


# --- limits ---------------------------------------------------------------------------


@pytest.mark.slow
def test_a_full_queue_and_a_hasty_client_are_told_politely(demo_folder):
    with demo_models.running(demo_folder, "--rate", "4", "--waiting", "1") as url:
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
