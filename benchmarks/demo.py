"""How soon the demo answers, alone and under load, and whether its memory grows.

    python benchmarks/demo.py                      # the models of saved_models
    python benchmarks/demo.py --clients 20 --seconds 60 --saved-models DIR

It starts `keras-genmodels demo` in a process of its own. First every tab is asked once,
then again and again by one client: what a person alone sees. Then many clients ask all
tabs in turn, each question with a seed of its own. Times are those of `gradio_client`,
with everything between the button and the pictures but the browser. Memory is that of
the server's process, on Linux only. In the end it says which of the promises are held,
and its exit status is 1 if one is not.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import pathlib
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from gradio_client import Client

TABS = (
    "autoencode",
    "manifold",
    "sample",
    "interpolate",
    "arithmetic",
    "translate",
    "video",
    "game",
)
FIRST, PICTURES, CLIP, GROWTH = 2.0, 0.3, 1.0, 0.1  # seconds, and a share of memory
Seconds = dict[str, list[float]]


@contextlib.contextmanager
def demo(folder: str) -> Iterator[tuple[str, int]]:
    """A running demo: its address and the number of its process."""
    words = ("demo", "--saved-models", folder, "--port", "0", "--rate", "100000")
    process = subprocess.Popen(
        [sys.executable, "-m", "keras_genmodels", *words],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        found = (line for line in process.stdout if "The demo is at" in line)
        yield next(found).split()[4], process.pid
    finally:
        process.terminate()
        process.communicate(timeout=30)


def questions(client: Client) -> dict[str, list[Any]]:
    """Tab to what it is asked at the start, where a model is there to answer."""
    parts = {part["id"]: part["props"] for part in client.config["components"]}
    return {
        asked["api_name"]: [parts[i].get("value") for i in asked["inputs"]]
        for asked in client.config["dependencies"]
        if asked["api_name"] in TABS and asked["inputs"]
    }


def seeds(client: Client) -> dict[str, int | None]:
    """Tab to the place of its seed among what it is asked."""
    labels = {p["id"]: p["props"].get("label") for p in client.config["components"]}
    return {
        asked["api_name"]: next(
            (k for k, i in enumerate(asked["inputs"]) if labels[i] == "Seed"), None
        )
        for asked in client.config["dependencies"]
        if asked["api_name"] in TABS
    }


def ask(client: Client, tab: str, seed: int) -> float:
    """Seconds from the question to the answer."""
    values, place = list(questions(client)[tab]), seeds(client)[tab]
    if place is not None:
        values[place] = seed
    begun = time.perf_counter()
    client.predict(*values, api_name=f"/{tab}")
    return time.perf_counter() - begun


def alone(url: str, times: int) -> tuple[Seconds, Seconds]:
    """Measure how long one client waits for the first answer of each tab, and later."""
    client = Client(url, verbose=False)
    first, later = defaultdict(list), defaultdict(list)
    for tab in questions(client):
        first[tab].append(ask(client, tab, 0))
    for seed in range(1, times + 1):
        for tab in questions(client):
            later[tab].append(ask(client, tab, seed))
    return first, later


def together(
    url: str, process: int, clients: int, seconds: float
) -> tuple[Seconds, list[str], list[float]]:
    """Measure the waits and errors of many clients, and the memory in MiB by second.

    Args:
        url: of the demo.
        process: its number.
        clients: how many ask at once.
        seconds: for how long.
    """
    waited, errors, memory = defaultdict(list), [], []
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        rng = random.Random(number)
        try:
            mine = Client(url, verbose=False)
            while time.monotonic() < end:
                tab = rng.choice(list(questions(mine)))
                waited[tab].append(ask(mine, tab, rng.randrange(2**31)))
        except Exception as error:  # noqa: BLE001
            errors.append(repr(error))

    threads = [threading.Thread(target=client, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        memory.append(resident(process))
        time.sleep(1.0)
    return waited, errors, memory


def resident(process: int) -> float:
    """The memory of a process in MiB, as Linux counts it, or NaN."""
    status = pathlib.Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    found = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(found[0]) / 1024 if found else float("nan")


def table(title: str, waited: Seconds) -> str:
    """Percentiles in milliseconds, a row a tab."""
    rows = [
        f"{title:<28} {'count':>6} {'50 %':>7} {'95 %':>7} {'99 %':>7} {'worst':>7}"
    ]
    for tab, seconds in {**waited, "all": [*itertools.chain(*waited.values())]}.items():
        cuts = statistics.quantiles([*seconds, *seconds], n=100, method="inclusive")
        shown = (1000 * cuts[k] for k in (49, 94, 98))
        numbers = " ".join(f"{value:7.0f}" for value in (*shown, 1000 * max(seconds)))
        rows.append(f"  {tab:<26} {len(seconds):>6} {numbers}")
    return "\n".join(rows)


def ends(memory: list[float]) -> tuple[float, float]:
    """The memory when all clients had begun, and at the end."""
    begun = memory[len(memory) // 10 : len(memory) // 5 + 1]
    return statistics.median(begun), statistics.median(memory[-len(begun) :])


def promises(
    first: Seconds, later: Seconds, errors: list[str], growth: float
) -> dict[str, bool]:
    """The promised times, and whether they are kept; later answers by their medians."""
    slow = {tab: CLIP if tab == "video" else PICTURES for tab in later}
    medians = {tab: statistics.median(seconds) for tab, seconds in later.items()}
    return {
        f"first answers within {FIRST:g} s": max(map(max, first.values())) <= FIRST,
        f"later ones within {PICTURES:g} s, of clips {CLIP:g} s": all(
            medians[tab] <= limit for tab, limit in slow.items()
        ),
        "no error": not errors,
        f"memory within {GROWTH:.0%}": not growth > GROWTH,
    }


def main() -> int:
    """Run all of it and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--saved-models", default="saved_models", metavar="DIR")
    parser.add_argument("--clients", type=int, default=20, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S")
    parser.add_argument("--times", type=int, default=20, metavar="N")
    arguments = parser.parse_args()
    with demo(arguments.saved_models) as (url, process):
        first, later = alone(url, arguments.times)
        print(table("first answers, ms", first))
        print(table("one client, ms", later))
        waited, errors, memory = together(
            url, process, arguments.clients, arguments.seconds
        )
    print(table(f"{arguments.clients} clients, ms", waited))
    print(f"errors: {len(errors)} {errors[:3] or ''}")
    begun, ended = ends(memory)
    growth = ended / begun - 1
    print(f"memory: {begun:.0f} MiB, then {ended:.0f} MiB ({growth:+.1%})")
    held = promises(first, later, errors, growth)
    for promise, is_held in held.items():
        print(f"{'held' if is_held else 'MISSED'}: {promise}")
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
