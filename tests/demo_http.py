"""Questions to a running demo over HTTP, as a page asks them."""

import json
import time

import pytest

httpx = pytest.importorskip("httpx", reason="the demo's extra is not installed")


def indices(address):
    """The name of a question to the number that it is asked by."""
    config = httpx.get(address + "config").json()
    return {d["api_name"]: d["id"] for d in config["dependencies"]}


def questions(address):
    """A function that asks a tab by its name: the values that come back, or an error.

    What is not given is as it is at the start.
    """
    config = httpx.get(address + "config").json()
    known = indices(address)
    components = {c["id"]: c for c in config["components"]}

    def call(tab, *values, timeout=60):
        inputs = next(d for d in config["dependencies"] if d["api_name"] == tab)[
            "inputs"
        ]
        first = [components[i]["props"].get("value") for i in inputs]
        data = [*values, *first[len(values) :]]
        return send(address, known[tab], data, timeout)

    return call


def send(address, index, data, timeout=60):
    """Join the queue and wait for the end: (values, None) or (None, error)."""
    session = f"s{time.monotonic_ns()}"
    body = json.dumps({"data": data, "fn_index": index, "session_hash": session})
    api = address + "gradio_api/queue/"
    headers = {"content-type": "application/json"}
    joined = httpx.post(api + "join", content=body, headers=headers, timeout=timeout)
    if joined.status_code != 200:
        return None, joined.json()["detail"]
    with httpx.stream(
        "GET", api + "data", params={"session_hash": session}, timeout=timeout
    ) as stream:
        for line in stream.iter_lines():
            message = json.loads(line[6:]) if line.startswith("data: ") else {}
            if message.get("msg") == "process_completed":
                output = message["output"]
                if message["success"]:
                    return output["data"], None
                return None, output.get("error") or "no reason"
    raise AssertionError("the queue closed without an answer")
