"""A client against a double of TensorFlow Serving, over REST and over gRPC."""

import base64
import concurrent.futures
import json
import math
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

import artefacts
import numpy as np
import pytest
import tensorflow as tf
from artefacts import CLIPS, REFUSED, SPEC
from serving_double import Double

import keras_genmodels as kgm
from keras_genmodels.export import Client, client

PROTOCOLS = ("rest", "grpc")
PATIENCE = 3.0  # seconds; the next answer has to come in them on a busy machine, too


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    artefacts.export_all(folder)
    artefacts.export_clips(folder)
    shutil.copytree(folder / "vae" / "1", folder / "vae" / "2")
    return folder


@pytest.fixture(scope="module")
def server(folder):
    labels = {"vae": {"stable": 1}}
    versions = {"vae": [1, 2]}
    with Double(*folder.iterdir(), versions=versions, labels=labels) as double:
        yield double


@pytest.fixture
def double(server):
    """The server, its records empty, and without a fault when the test has ended."""
    server.requests.clear()
    yield server
    server.faults.clear()


@pytest.fixture(params=PROTOCOLS)
def connect(request, double):
    """Open a client of one protocol; all are closed at the end."""
    opened = []

    def connect(name, **options):
        opened.append(Client(getattr(double, request.param), name, **options))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


@pytest.mark.parametrize("recipe", artefacts.RECIPES)
def test_a_client_has_the_methods_of_the_artefact(recipe, connect, folder):
    here, there = kgm.export.load(folder / recipe), connect(recipe)
    calls = artefacts.calls(
        recipe in ("conditional_vae", "cgan"), np.random.default_rng(0)
    )
    for name, given in calls.items():
        assert hasattr(there, name) == hasattr(here, name)
        if hasattr(here, name):
            found = getattr(there, name)(**given)
            assert found.dtype == np.float32
            # JSON carries every float32 exactly, as the protos do.
            np.testing.assert_array_equal(found, getattr(here, name)(**given))


def test_videos_are_generated_continued_and_read(connect, folder):
    here, there = kgm.export.load(folder / "clips"), connect("clips")
    condition = CLIPS.condition(label=["b", "a"], size="large")
    frame = np.random.default_rng(0).uniform(size=(2, 4, 4, 1)).astype("float32")
    for method, given in {
        "generate": {"condition": condition, "frames": 4, "seed": 3},
        "continue_from": {"first_frame": frame, "condition": condition, "frames": 3},
    }.items():
        expected = getattr(here, method)(**given)
        np.testing.assert_array_equal(getattr(there, method)(**given), expected)
    expected, found = here.infer_attributes(frame), there.infer_attributes(frame)
    assert sorted(found) == sorted(expected)
    for name, probabilities in expected.items():
        np.testing.assert_array_equal(found[name], probabilities)


@pytest.mark.parametrize(("method", "given", "kind", "message"), REFUSED)
def test_what_cannot_be_is_refused_before_it_travels(
    method, given, kind, message, connect, double
):
    vae = connect("vae")
    double.requests.clear()
    with pytest.raises(kind, match=message):
        getattr(vae, method)(**given)
    assert not double.requests


def test_the_card_says_what_the_server_does_not(connect, folder):
    by_card = connect(None, card=folder / "conditional_vae")
    assert by_card.name == "conditional_vae"
    assert by_card.spec == SPEC
    assert connect("conditional_vae").spec is None
    condition = by_card.spec.condition(label="c", size="large")
    assert by_card.sample(2, condition).shape == (2, 4, 4, 1)
    with pytest.raises(ValueError, match=r"card of 'gan' does not fit .*'encode'"):
        connect("vae", card=kgm.export.card.read(folder / "gan"))


def test_versions_stand_side_by_side(connect):
    assert connect("vae").version == 2
    assert connect("vae", version=1).version == 1
    assert connect("vae", version="stable").version == 1
    for version in (7, "canary"):
        with pytest.raises(kgm.export.NotServedError, match=r"NOT_FOUND|40|INVALID"):
            connect("vae", version=version)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_address_says_which_model(protocol, double):
    base = f"{getattr(double, protocol)}/v1/models/vae"
    for tail, version in {"": 2, "/": 2, "/versions/1": 1, "/labels/stable": 1}.items():
        with Client(base + tail) as vae:
            assert (vae.name, vae.version) == ("vae", version)
            assert vae.sample(1).shape == (1, 4, 4, 1)
    assert repr(vae) == "<Client of 'vae' version 1>"


def test_an_unknown_model_is_named(connect):
    message = r"Servable not found for request: Latest\(vea\)"
    with pytest.raises(kgm.export.NotServedError, match=message):
        connect("vea")


def test_rest_sends_columns_and_nothing_else(double):
    with Client(double.rest, "conditional_vae", version=1) as model:
        model.sample(condition=SPEC.condition(label="a", size="small"), seed=4)
    path, body = double.requests[-1]
    assert path == "/v1/models/conditional_vae/versions/1:predict"
    assert json.loads(body) == {
        "signature_name": "sample",
        "inputs": {"condition": [[1.0, 0.0, 0.0, 1.0, 0.0]], "seed": [0, 4]},
    }


def test_what_only_the_server_refuses_is_a_value_error(connect):
    vae = connect("vae")
    vae.signatures["sample"]["inputs"]["count"]["shape"] = [1]
    with pytest.raises(ValueError, match=r"Cannot feed value of shape \[1\]"):
        vae.run("sample", count=[1], seed=(0, 0))
    del vae.signatures["sample"]["inputs"]["seed"]
    vae.signatures["sample"]["inputs"]["count"]["shape"] = []
    with pytest.raises(ValueError, match=r"seed"):
        vae.run("sample", count=1)


# --- faults ---------------------------------------------------------------------------


def answer(value, rows=1):
    """A REST answer to `sample`, all of whose elements are this value."""
    x = np.full((rows, 4, 4, 1), value, object)
    return 200, json.dumps({"outputs": x.tolist()})


def tensor(x):
    """A change of a gRPC answer: `x` is this array."""
    return lambda answer: answer.outputs["x"].CopyFrom(tf.make_tensor_proto(x))


def vast(answer):
    """Let one number stand for 10**12 of them, as protobuf can."""
    tensor(np.float32(0))(answer)
    for size in (10**4, 10**4, 10**4):
        answer.outputs["x"].tensor_shape.dim.add(size=size)


def torn(answer):
    """Leave out the end of a tensor."""
    answer.outputs["x"].tensor_content = b"\0"


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        ("hang", "ServingTimeoutError", f"No answer from .* within {PATIENCE} s"),
        ("hang up", "ServerUnavailableError", "No answer .*connection broke"),
        ("half close", "ServerUnavailableError", "No answer .*connection broke"),
        ("cut off", "ServerUnavailableError", "No answer .*connection broke"),
        ("busy", "ServerUnavailableError", "answered 503: the server is shutting down"),
        ("no JSON", "ServingError", "must answer with JSON. Received: '<html>welcome"),
        ("no outputs", "ServingError", r"outputs of 'sample'. Received: {'predict"),
        ("other shape", "ServingError", r"as its metadata says. `x` .*\(1, 2\)"),
        ("endless", "ServingError", "at most 100000 bytes, .*larger `max_bytes`"),
        (answer("0.5"), "ServingError", "`x` must hold numbers. Received: .*'0.5'"),
        (answer(True), "ServingError", "`x` must hold numbers. Received: .*True"),
        (answer(None), "ServingError", "`x` must hold numbers. Received: .*None"),
        (answer(math.nan), "ServingError", "finite numbers of float32. .*16 others"),
        (answer(-math.inf), "ServingError", "finite numbers of float32. .*16 others"),
        (answer(1e39), "ServingError", "finite numbers of float32. .*16 others"),
        (answer(10**30), "ServingError", "`x` must hold numbers"),
        (answer(0.5, rows=2), "ServingError", r"\(1, 4, 4, 1\). Received: \(2, 4,"),
        ((200, 10**5 * "["), "ServingError", r"answer with JSON. Received: '\[\[\["),
        ((200, 10**4 * "9"), "ServingError", "answer with JSON. Received: '999"),
        ((200, 90 * "[" + 90 * "]"), "ServingError", r"outputs of .*Received: \[\["),
        ((400, 10**5 * "["), "ValueError", r"answered 400: \[\[\["),
        ((500, '{"error": null}'), "ServingError", 'answered 500: {"error": null}'),
        ((502, ""), "ServingError", "answered 502: Bad Gateway"),
    ],
    ids=lambda value: f"{value}"[:20],
)
def test_each_fault_of_a_rest_server_is_named(fault, kind, message, double):
    limits = {"timeout": PATIENCE, "retries": 0, "max_bytes": 100_000}
    with Client(double.rest, "vae", **limits) as vae:
        double.faults.append(fault)
        with pytest.raises((kgm.export.ServingError, ValueError), match=message) as got:
            vae.sample(1)
        assert type(got.value).__name__ == kind
        assert isinstance(got.value, TimeoutError) == (fault == "hang")
        assert vae.sample(1).shape == (1, 4, 4, 1)  # and it goes on


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        (
            "hang",
            "ServingTimeoutError",
            f"No answer from grpc://.* within {PATIENCE} s",
        ),
        ("busy", "ServerUnavailableError", "UNAVAILABLE: the server is shutting down"),
        (tensor([["a"]]), "ServingError", "`x` must hold numbers"),
        (tensor(np.full((1, 4, 4, 1), np.nan)), "ServingError", "finite numbers"),
        (tensor(np.zeros((2, 4, 4, 1))), "ServingError", r"\(1, 4, 4, 1\). Received: "),
        (vast, "ServingError", "at most 268435456 bytes, .*larger `max_bytes`"),
        (torn, "ServingError", "must answer with tensors. Received: 'x', "),
    ],
)
def test_each_fault_of_a_grpc_server_is_named(fault, kind, message, double):
    with Client(double.grpc, "vae", timeout=PATIENCE, retries=0) as vae:
        double.faults.append(fault)
        with pytest.raises(kgm.export.ServingError, match=message) as caught:
            vae.sample(1)
        assert type(caught.value).__name__ == kind
        assert vae.sample(1).shape == (1, 4, 4, 1)


@pytest.mark.parametrize(("protocol", "most"), [("rest", 20_000), ("grpc", 10_000)])
def test_an_answer_is_read_to_its_limit_and_asked_for_once(protocol, most, double):
    with Client(getattr(double, protocol), "vae", max_bytes=most) as vae:
        assert len(vae.sample(50)) == 50
        double.requests.clear()
        message = f"at most {most} bytes, of which more came. Ask for fewer rows"
        with pytest.raises(kgm.export.ServingError, match=message):
            vae.sample(1000)
        assert len(double.requests) == 1
        assert len(vae.sample(50)) == 50


def test_as_many_rows_and_frames_come_as_were_asked_for(double):
    """A server with another model than the metadata said would answer so."""
    with Client(double.rest, "clips") as clips:
        condition = CLIPS.condition(2, label="a", size="small")
        for rows, frames in ((1, 4), (2, 3)):
            x = np.zeros((rows, frames, 4, 4, 1)).tolist()
            double.faults.append((200, json.dumps({"outputs": x})))
            message = rf"\(2, 4, 4, 4, 1\). Received: \({rows}, {frames}, "
            with pytest.raises(kgm.export.ServingError, match=message):
                clips.generate(condition, frames=4)
    with Client(double.rest, "vae") as vae:
        x = np.zeros((1, 4, 4, 4, 1)).tolist()
        double.faults.append((200, json.dumps({"outputs": x})))
        with pytest.raises(kgm.export.ServingError, match=r"\(1, 5, 4, 4, 1\). Rec"):
            vae.interpolate([[0.0, 0.0]], [[1.0, 1.0]], steps=5)


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        '{"model_spec": {"version": Infinity}}',
        '{"model_spec": {"version": "1"}, "metadata": {"signature_def": '
        '{"signature_def": {"sample": {"inputs": {"x": {"dtype": "DT_STRING"}}}}}}}',
    ],
)
def test_metadata_that_is_none_is_the_servers_fault(text, double):
    double.faults.append((200, text))
    message = "must answer with the (metadata|signatures) of a model"
    with pytest.raises(kgm.export.ServingError, match=message):
        Client(double.rest, "vae")


def test_grpc_metadata_that_is_none_is_the_servers_fault(double):
    def change(answer):
        answer.metadata["signature_def"].value = b"\xff"

    double.faults.append(change)
    message = "must answer with the signatures of a model"
    with pytest.raises(kgm.export.ServingError, match=message):
        Client(double.grpc, "vae")


@pytest.mark.parametrize("fault", ["drip", "drip head"])
def test_a_server_that_drips_is_cut_in_time(fault, double):
    """However many bytes came: the time-out of a socket begins anew with each."""
    with Client(double.rest, "vae", timeout=PATIENCE / 2) as vae:
        vae.sample(1)
        double.faults.append(fault)
        begun = time.monotonic()
        with pytest.raises(kgm.export.ServingTimeoutError, match="within"):
            vae.sample(1)
        assert time.monotonic() - begun < PATIENCE
        assert vae.sample(1).shape == (1, 4, 4, 1)


def test_pauses_between_tries_stop_growing(monkeypatch):
    pauses = []
    monkeypatch.setattr(client.time, "sleep", pauses.append)
    with pytest.raises(kgm.export.ServerUnavailableError, match="Tried 41 times"):
        Client("http://127.0.0.1:9", "vae", retries=40)
    assert len(pauses) == 40
    assert max(pauses) <= 12.8


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.001)


@pytest.mark.parametrize("fault", ["hang up", "half close", "cut off", "busy"])
def test_what_may_pass_is_tried_again(fault, double, quick):
    with Client(double.rest, "vae", retries=2) as vae:
        expected = vae.sample(1, seed=4)
        double.requests.clear()
        double.faults.extend([fault] * 2)
        np.testing.assert_array_equal(vae.sample(1, seed=4), expected)
        assert len(double.requests) == 3
        double.faults.extend([fault] * 3)
        message = "No answer|503.* Tried 3 times"
        with pytest.raises(kgm.export.ServerUnavailableError, match=message):
            vae.sample(1)
        assert not double.faults


def test_grpc_tries_again_too(double, quick):
    with Client(double.grpc, "vae", retries=1) as vae:
        double.faults.append("busy")
        assert vae.sample(1).shape == (1, 4, 4, 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_time_out_is_not_tried_again(protocol, double):
    with Client(getattr(double, protocol), "vae", timeout=PATIENCE, retries=3) as vae:
        double.requests.clear()
        double.faults.append("hang")
        begun = time.monotonic()
        with pytest.raises(kgm.export.ServingTimeoutError):
            vae.sample(1)
        assert time.monotonic() - begun < 2 * PATIENCE
        assert len(double.requests) == 1


@pytest.mark.parametrize("scheme", ["http", "grpc"])
def test_a_server_that_is_not_there_is_unavailable(scheme, quick):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]  # nobody listens on it
        message = rf"{scheme}://127.0.0.1:{port}.* Tried 2 times"
        with pytest.raises(kgm.export.ServerUnavailableError, match=message):
            Client(f"{scheme}://127.0.0.1:{port}", "vae", retries=1)


@pytest.mark.parametrize("scheme", ["http", "grpc"])
def test_a_server_that_half_closes_at_once_is_unavailable(scheme):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass

        threading.Thread(target=serve, daemon=True).start()
        port = listening.getsockname()[1]
        with pytest.raises(kgm.export.ServingError, match=f"{port}"):
            Client(f"{scheme}://127.0.0.1:{port}", "vae", timeout=5, retries=0)


# --- many requests --------------------------------------------------------------------


def test_a_connection_is_used_again(double):
    with Client(double.rest, "vae") as vae:
        double.connections = 0
        for seed in range(5):
            vae.sample(1, seed=seed)
        assert double.connections == 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_threads_share_a_client(protocol, double):
    with Client(getattr(double, protocol), "vae") as vae:
        expected = [vae.sample(2, seed=seed) for seed in range(24)]
        double.connections = 0
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda seed: vae.sample(2, seed=seed), range(24)))
        assert double.connections <= 6
    np.testing.assert_array_equal(found, expected)


# --- addresses, and what a client needs -----------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"url": "localhost:8501", "name": "a"}, "`url` must be http://HOST:PORT"),
        ({"url": "ftp://host", "name": "a"}, "`url` must be http://HOST:PORT"),
        ({"url": "http://host/v2/a"}, "path of `url` must be /v1/models/NAME, "),
        ({"url": "http://host/v1/models/a:predict"}, "path of `url` must be"),
        ({"url": "http://host"}, "`url` must name a model"),
        ({"url": "http://host/v1/models/a", "name": "b"}, "`name` .* 'b' and 'a'"),
        (
            {"url": "http://h/v1/models/a/versions/1", "version": 2},
            "`version` .* 2 and 1",
        ),
        ({"url": "http://h", "name": "a", "timeout": 0}, "`timeout` must be > 0"),
        ({"url": "http://h", "name": "a", "timeout": math.nan}, "`timeout` must be"),
        ({"url": "http://h", "name": "a", "timeout": "9"}, "`timeout` must be a num"),
        ({"url": "http://h", "name": "a", "retries": -1}, "`retries` must be >= 0"),
        ({"url": "http://h", "name": "a", "retries": 0.5}, "must be an integer"),
        ({"url": "http://h", "name": "a", "max_bytes": 0}, "`max_bytes` must be >= 1"),
        ({"url": "http://host:70000", "name": "a"}, "`url` must be http://HOST:PORT"),
        ({"url": "http://:8501", "name": "a"}, "`url` must be http://HOST:PORT"),
        ({"url": "http://[host", "name": "a"}, "`url` must be http://HOST:PORT"),
        ({"url": b"http://host", "name": "a"}, "`url` must be text"),
    ],
)
def test_an_address_that_cannot_be_is_refused(given, message):
    with pytest.raises((ValueError, TypeError), match=message):
        Client(**given)


@pytest.mark.parametrize(
    "url",
    [
        "http://ada:secret@localhost:8501",
        "http://ada:secret@localhost:port/v1/models/a",
        "http://ada:secret@localhost/v2/a",
        "http://ada:sec/ret@localhost/v1/models/a",
        "http://ada:12#sec@ret@localhost/v1/models/a",
        "http://ada:sec?ret@localhost/v1/models/a",
        "http://localhost/v1/models/a?key=secret",
        "http://localhost/v1/models/a#secret",
        "grpc://ada:secret@localhost:8500/v1/models/a",
        "ada:secret@localhost:8501",
        "ftp://ada:secret@localhost",
    ],
)
def test_no_refusal_shows_a_password(url):
    with pytest.raises(ValueError, match=r"`url`.*\*\*\*") as caught:
        Client(url)
    assert not re.search("sec|ret@|ada", str(caught.value))


def test_a_password_is_sent_and_never_shown(double, quick):
    url = double.rest.replace("//", "//ada:s%C3%A9cret@")
    with Client(url, "vae", retries=0) as vae:
        assert vae.sample(1).shape == (1, 4, 4, 1)
        sent = base64.b64decode(double.account.removeprefix("Basic ")).decode()
        assert sent == "ada:s\u00e9cret"
        assert vae.url == f"{double.rest}/v1/models/vae"
        for fault in ("busy", "hang up", "no JSON", "other shape", (401, "no")):
            double.faults.append(fault)
            with pytest.raises(kgm.export.ServingError) as caught:
                vae.sample(1)
            assert "cret" not in str(caught.value)


def test_a_client_of_rest_needs_no_tensorflow(double):
    code = (
        "import sys, keras_genmodels.export as export\n"
        f"with export.Client({double.rest!r}, 'vae') as vae:\n"
        "    print(vae.sample(2, seed=1).shape)\n"
        "print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["(2, 4, 4, 1)", "[]"]


def test_grpc_says_which_extra_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_serving.apis", None)
    message = re.escape('pip install -e ".[serve]"')
    with pytest.raises(ImportError, match=message):
        Client("grpc://localhost:8500", "vae")
