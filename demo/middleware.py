"""Middleware: which requests come in, how large, how often, and what a page may load.

Gradio offers more addresses than this application uses: uploads, files, proxies. What
is not needed is not there. The application never takes or gives a file by a path, so
every address of files answers 404, however it is spelt.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import math
import re
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect

from keras_genmodels_demo import checks

LOG = logging.getLogger("uvicorn.error")
MOST_BODY = 6 * 2**20
_API = r"/gradio_api"
ALLOWED = {
    "GET": re.compile(
        r"/|/(assets|static|svelte)(/\w[\w.-]*)+|/theme\.css|/favicon\.ico|/config/?|"
        r"/manifest\.json|/robots\.txt|/logout|"
        rf"{_API}/(info|app_id|startup-events|theme\.css|queue/data|queue/status|"
        r"user|login_check|token|heartbeat/\w+|call/[\w/]+)/?"
    ),
    "POST": re.compile(
        rf"/login/?|{_API}/(queue/join|component_server|cancel|reset|call/[\w/]+)/?"
    ),
}
# Requests that must name a part of the page, and by which key.
NAMING = {f"{_API}/queue/join": "fn_index", f"{_API}/component_server": "component_id"}
COUNTED = re.compile(rf"/login/?|{_API}/(queue/join|component_server|call/[\w/]+)/?")
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
        "style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'; object-src 'none'; "
        # The last, to which sites may be added.
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class RateLimit:
    """Limit of questions a second from each client, with a burst now and then.

    Args:
        rate: questions a second in the long run, > 0.
        burst: questions at once after a pause, >= 1.
        most_clients: how many are remembered; the longest silent is forgotten first.
    """

    def __init__(self, rate: float, burst: int, most_clients: int = 10_000):
        self.rate, self.burst, self.most_clients = rate, burst, most_clients
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def takes(self, client: str, now: float) -> bool:
        """Find whether one more question of a client, at `now` seconds, is allowed."""
        left, then = self._left.pop(client, (float(self.burst), now))
        left = min(self.burst, left + (now - then) * self.rate)
        self._left[client] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > self.most_clients:
            self._left.popitem(last=False)
        return left >= 1


class RequestFilter:
    """ASGI middleware that lets in what the application needs and nothing else.

    Args:
        app: what stands behind.
        rate: questions a second for each address.
        burst: questions at once for each address; by default those of 3 seconds.
        framed_by: other sites whose pages may show this one within them.
        hosts: names under which the application may be asked for, beside addresses in
            numbers; "*" is every name. It is what stops DNS rebinding: whoever owns a
            name can let it mean this machine in a visitor's browser.
        known: key, as in `NAMING`, to the values that name a part; by default any.
    """

    def __init__(
        self,
        app: Any,
        rate: float = 50.0,
        burst: int | None = None,
        framed_by: Sequence[str] = (),
        hosts: Collection[str] = ("*",),
        known: Mapping[str, Collection[int]] | None = None,
    ):
        burst = max(3, round(3 * rate)) if burst is None else burst
        self.app, self.limit = app, RateLimit(rate, burst)
        self.hosts, self.known = {host.lower() for host in hosts}, known or {}
        policy = " ".join([HEADERS["content-security-policy"], *framed_by])
        self.headers = {**HEADERS, "content-security-policy": policy}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request here, or hand it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None and scope["method"] == "POST":
            try:
                body = await _read(receive)
            except ClientDisconnect:
                return
            refusal = self._body_refusal(scope, body)
            receive = _again(body, receive)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        answer = _Answer(send, self.headers)
        try:
            await self.app(scope, receive, answer)
        except Exception as error:  # of a request that Gradio does not expect
            LOG.warning("%s %.80r: %.200r", scope["method"], scope["path"], error)
            LOG.debug("Its traceback", exc_info=True)
            await answer.finish()

    def _refusal(self, scope: Any) -> tuple[int, str] | None:
        """Find what is wrong with a request, by its head."""
        path, host = scope["path"], _hostname(scope)
        if not ("*" in self.hosts or host in self.hosts or _is_number(host)):
            return 421, (
                f"This server does not answer to the name {checks.shown(host)}. Who "
                "runs it can allow a name: keras-genmodels demo --allow-host NAME."
            )
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method not in ALLOWED or not ALLOWED[method].fullmatch(path):
            return 404, "There is nothing at this address."
        client = (scope.get("client") or ("unknown",))[0]
        if COUNTED.fullmatch(path) and not self.limit.takes(client, time.monotonic()):
            return 429, (
                "That was too much at once. Please wait a moment and try again; "
                f"{self.limit.rate:g} questions a second are answered."
            )
        return None

    def _body_refusal(self, scope: Any, body: bytes | None) -> tuple[int, str] | None:
        """Find what is wrong with the body of a request."""
        if body is None:
            return 413, f"At most {MOST_BODY // 2**20} MB can be sent at once."
        if scope["path"].startswith("/login") or not body:
            return None
        try:
            parsed = json.loads(body, parse_constant=_finite, parse_float=_finite)
            naming = _names_a_file(parsed)
        except (ValueError, RecursionError):
            return 400, "What is sent must be JSON, with finite numbers."
        if naming:
            return 400, "Files cannot be named in a request."
        if not isinstance(parsed, dict):
            return 400, f"A JSON object must be sent. Received: {checks.shown(parsed)}."
        key = NAMING.get(scope["path"].rstrip("/"))
        if key in self.known:
            value = parsed.get(key)
            if not isinstance(value, int) or value not in self.known[key]:
                return 400, (
                    f"`{key}` must be the number of a part of the page, as its config "
                    f"has it. Received: {checks.shown(value)}."
                )
        return None


def _hostname(scope: Any) -> str:
    """Find the name of this server in a request, without the port."""
    found = [value for key, value in scope.get("headers", ()) if key == b"host"]
    try:
        return urlsplit(f"//{found[0].decode('latin-1')}").hostname or ""
    except (IndexError, ValueError):
        return ""


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no number in JSON")
    return value


def _names_a_file(value: Any) -> bool:
    """Find whether Gradio would take a part of it for a file to be fetched or read."""
    if isinstance(value, dict):
        return "path" in value or any(map(_names_a_file, value.values()))
    return isinstance(value, list) and any(map(_names_a_file, value))


async def _read(receive: Any) -> bytes | None:
    """Read the body of a request, or None if it is too long, without the rest."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BODY:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes | None, receive: Any) -> Any:
    """Make a `receive` that gives the body that was read, then what comes after it."""
    waiting = [{"type": "http.request", "body": body or b"", "more_body": False}]

    async def once() -> Any:
        return waiting.pop() if waiting else await receive()

    return once


class _Answer:
    """A `send` that adds headers and knows how much of the answer there is."""

    def __init__(self, send: Any, headers: Mapping[str, str]):
        self.send, self.started, self.ended = send, False, False
        self.extra = [(key.encode(), value.encode()) for key, value in headers.items()]

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), *self.extra]
            message, self.started = {**message, "headers": headers}, True
        elif message["type"] == "http.response.body":
            self.ended = not message.get("more_body", False)
        await self.send(message)

    async def finish(self) -> None:
        """End an answer that broke off, or say that there is none."""
        if not self.started:
            await _answer(self.send, 500, "This could not be answered.")
        elif not self.ended:
            await self.send({"type": "http.response.body", "body": b""})


async def _answer(send: Any, status: int, text: str) -> None:
    body = json.dumps({"detail": text}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
