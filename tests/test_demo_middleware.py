"""Requests that the demo's middleware lets through, and those that it refuses."""

import asyncio
import concurrent.futures
import json
import re

import pytest

from keras_genmodels_demo import middleware


async def _inner(scope, receive, send):
    body = (await receive())["body"] if scope["method"] == "POST" else b""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def post(
    path, body=b"", method="POST", filter_=None, client="1.2.3.4", chunks=1, host=None
):
    """Send a request through the filter: status, body, first message."""
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
    scope["headers"] = [] if host is None else [(b"host", host.encode())]
    answering = (filter_ or middleware.RequestFilter(_inner))(scope, receive, send)
    # The browser of other files has a loop in this thread, which two cannot share.
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, answering).result()
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent), sent[0]


JOIN = "/gradio_api/queue/join"


def test_what_the_application_needs_passes_unchanged():
    body = json.dumps({"data": ["x" * 1000, 1.5, None], "fn_index": 0}).encode()
    assert post(JOIN, body, chunks=7)[:2] == (200, body)
    assert post("/", method="GET")[0] == 200
    headers = dict(post("/assets/index-1.js", method="GET")[2]["headers"])
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
    status, body, _ = post(path, method=method)
    assert status == 404
    assert json.loads(body)["detail"] == "There is nothing at this address."


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"x" * (middleware.MOST_BODY + 1), 413, "At most 6 MB"),
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
    found, answer, _ = post(JOIN, body, chunks=5)
    assert found == status
    assert message in json.loads(answer)["detail"]


def test_a_client_that_asks_too_much_waits_and_others_do_not():
    limited = middleware.RequestFilter(_inner, rate=1, burst=3)
    statuses = [post(JOIN, b"{}", filter_=limited)[0] for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert post(JOIN, b"{}", filter_=limited, client="5.6.7.8")[0] == 200
    assert post("/", method="GET", filter_=limited)[0] == 200
    assert (
        "wait a moment" in json.loads(post(JOIN, b"{}", filter_=limited)[1])["detail"]
    )


def test_a_limit_fills_again_and_forgets_the_silent():
    limit = middleware.RateLimit(rate=2, burst=2, most_clients=2)
    assert [limit.takes("a", 0.0) for _ in range(3)] == [True, True, False]
    assert limit.takes("a", 0.6)
    assert not limit.takes("a", 0.7)
    assert limit.takes("b", 0.7)
    assert limit.takes("c", 0.7)  # "a" is forgotten
    assert limit.takes("a", 0.7)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:7860", 200),
        ("LOCALHOST", 200),
        ("127.0.0.1:7860", 200),
        ("192.168.1.5", 200),
        ("[::1]:7860", 200),
        ("demo.example.org:443", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("evil.example#127.0.0.1", 421),
        ("[::1", 421),
        ("", 421),
        (None, 421),
    ],
)
def test_a_name_that_anybody_can_give_this_machine_is_none(host, status):
    """Whoever owns a name can let it mean 127.0.0.1 in a visitor's browser."""
    named = middleware.RequestFilter(_inner, hosts=["localhost", "demo.Example.org"])
    for method, path in (("GET", "/"), ("POST", JOIN)):
        found, body, _ = post(path, b"{}", method, named, host=host)
        assert found == status
        assert (b"--allow-host NAME" in body) == (status == 421)
    assert post("/", method="GET", host=host)[0] == 200  # "*" is every name


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (JOIN, {"fn_index": 2}, "`fn_index` must be .*Received: 2"),
        (JOIN, {"fn_index": "1"}, "`fn_index` must be .*Received: '1'"),
        (JOIN, {}, "`fn_index` must be .*Received: None"),
        (JOIN + "/", {"fn_index": {"a": 1}}, "Received: {'a': 1}"),
        (JOIN, [1], r"A JSON object must be sent. Received: \[1\]"),
        ("/gradio_api/component_server", {"component_id": 1}, "`component_id` must"),
    ],
)
def test_what_names_no_part_of_the_page_is_refused(path, body, message):
    known = {"fn_index": [0, 1], "component_id": [5]}
    knowing = middleware.RequestFilter(_inner, known=known)
    status, answer, _ = post(path, json.dumps(body).encode(), filter_=knowing)
    assert status == 400
    assert re.search(message, json.loads(answer)["detail"])
    assert post(JOIN, b'{"fn_index": 1}', filter_=knowing)[0] == 200


@pytest.mark.parametrize("begun", [False, True])
def test_an_error_behind_it_ends_the_answer_and_leaves_a_line(begun, caplog):
    async def broken(scope, receive, send):
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise KeyError("session " * 100)

    status, body, _ = post("/", method="GET", filter_=middleware.RequestFilter(broken))
    assert (status, bool(body)) == ((200, False) if begun else (500, True))
    [record] = [one for one in caplog.records if one.levelname == "WARNING"]
    assert len(record.getMessage()) < 300
