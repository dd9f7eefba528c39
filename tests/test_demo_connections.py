"""Connections to the demo's server: slow ones, and what a proxy says."""

import asyncio
import concurrent.futures
import socket
import time

import demo_models
import pytest

httpx = pytest.importorskip("httpx", reason="the demo's extra is not installed")

from keras_genmodels_demo import middleware, server  # noqa: E402 - it needs Gradio

PATIENCE, LONG = 0.5, 64 * 2**20


async def application(scope, receive, send):
    """Answer with the client's address, later, or with more than buffers hold."""
    if scope["type"] != "http":
        return
    more = scope["method"] == "POST"
    while more:
        message = await receive()
        more = message.get("more_body", False)
    if scope["path"] == "/later":
        await asyncio.sleep(3 * PATIENCE)
    body = LONG * b"x" if scope["path"] == "/long" else scope["client"][0].encode()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(server, "PATIENCE", PATIENCE)
    with demo_models.serving(application) as url:
        yield url


def connected(url):
    host, port = url.removeprefix("http://").strip("/").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


# --- slow clients ---------------------------------------------------------------------

WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
STARTED = {
    "nothing": (b"", False),
    "a head": (b"GET / HTTP/1.1\r\nHost: a", True),
    "a body": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n", True),
    "a body that is not read": (WHOLE[:-2] + b"Content-Length: 9999\r\n\r\n", True),
    "a second head": (WHOLE + WHOLE[:-4], True),
}


@pytest.mark.parametrize("begun", STARTED)
def test_a_request_that_does_not_end_is_cut(begun, impatient):
    """However many bytes come."""
    started, drips = STARTED[begun]
    with connected(impatient) as client:
        client.sendall(started)
        client.settimeout(0.05)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                if drips:
                    client.sendall(b"a")
                if not client.recv(4096):
                    return
            except TimeoutError:
                pass
            except ConnectionError:
                return
    pytest.fail("the server still waits")


def test_a_client_that_does_not_read_is_cut(impatient):
    with connected(impatient) as client:
        client.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(4 * PATIENCE)
        found = 0
        try:
            while part := client.recv(2**20):
                found += len(part)
        except ConnectionError:
            pass
    assert found < LONG


def test_an_answer_may_take_its_time(impatient):
    assert httpx.get(f"{impatient}later").text == "127.0.0.1"
    found, begun = 0, time.monotonic()
    with httpx.stream("GET", f"{impatient}long") as slow:
        for part in slow.iter_raw(2**20):
            found += len(part)
            time.sleep(0.03)
    assert found == LONG
    assert time.monotonic() - begun > 3 * PATIENCE


def test_many_slow_clients_leave_room_for_others(impatient):
    held = [connected(impatient) for _ in range(200)]
    try:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: httpx.get(impatient).text, range(16)))
        assert answers == ["127.0.0.1"] * 16
        for client in held:
            assert client.recv(1) == b""
    finally:
        for client in held:
            client.close()


# --- proxies --------------------------------------------------------------------------


def test_a_header_is_no_address_of_a_client():
    """Or every question could come from another one, beside any limit."""
    limited = middleware.RequestFilter(application, rate=0.001, burst=3)
    with demo_models.serving(limited) as url:
        statuses = [
            httpx.post(
                f"{url}gradio_api/queue/join",
                json={},
                headers={"X-Forwarded-For": f"10.0.0.{i}"},
            ).status_code
            for i in range(5)
        ]
    assert statuses == [200, 200, 200, 429, 429]


def test_a_proxy_that_is_named_is_believed(monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1")
    with demo_models.serving(application) as url:
        headers = {"X-Forwarded-For": "10.0.0.1"}
        assert httpx.get(url, headers=headers).text == "10.0.0.1"
