"""Pages about a run: `report.html`, which needs no other file, and `curves.png`."""

from __future__ import annotations

import base64
import html
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_genmodels import atomic_files, charts, pictures, terminal, zoo
from keras_genmodels.training import callbacks, schema
from keras_genmodels.training.run import Run

MOST_PICTURES = 12  # of samples over time
_CHART = (480, 320)  # pixels: can be read on a telephone
_SHARP = 2  # pixels for each of these
_TYPES = {".png": "image/png", ".webp": "image/webp"}
_TEMPLATE = string.Template((Path(__file__).parent / "page.html").read_text("utf-8"))


def write(run: Run, terms: Sequence[str], error: BaseException | None = None) -> None:
    """Write what is known of a run: the curves as a picture, and all of it as a page.

    Args:
        run: that has ended, or was stopped.
        terms: names of what is measured in training; other columns of `metrics.csv`
            were measured on the test split.
        error: that stopped the run.
    """
    lines = _lines(schema.read_metrics(run.metrics), terms)
    light, dark = ([_chart(*one, dark) for one in lines.items()] for dark in (0, 1))
    if light:
        columns = 1 if len(light) == 1 else 2
        pictures.save_png(run.curves, pictures.grid(np.stack(light), columns, 0))
    config = run.config
    recipe = zoo.describe(config["recipe"])
    parts = {
        "title": html.escape(f"{config['recipe']} on {config['dataset']}"),
        "summary": html.escape(recipe["summary"]),
        "paper": html.escape(recipe["paper"]),
        "state": html.escape(_state(run, error)),
        "command": _command(config["command"]),
        "numbers": _section("Numbers", _numbers(run)),
        "curves": _section("Curves", _curves(light, dark, list(lines))),
        "samples": _section("Samples over time", _samples(run)),
        "others": _section("Other pictures", _others(run)),
        "configuration": _table(_settings(config)),
        "versions": _table(config.get("versions", {})),
    }
    atomic_files.write_text(run.page, _TEMPLATE.substitute(parts))


def _lines(
    rows: Sequence[Mapping[str, float]], terms: Sequence[str]
) -> dict[str, dict[str, tuple[list[float], list[float]]]]:
    """Collect each number's lines: a name to (epochs, values) of each data."""
    known = dict.fromkeys(key for row in rows for key in row)
    names = [k for k in known if "/" not in k or k in terms]
    names = [k for k in names if k not in ("epoch", "seconds")]
    lines: dict[str, Any] = {}
    for key in names:
        name = key.removeprefix(callbacks.VALIDATION)
        data = "train" if name in terms else "test"
        data = data if name == key else "validation"
        points = [(row["epoch"], row[key]) for row in rows if key in row]
        if np.isfinite([value for _, value in points]).any():
            epochs, values = zip(*points, strict=True)
            lines.setdefault(name, {})[data] = (list(epochs), list(values))
    order = [*(name for name in terms if name in lines), *lines]
    return {name: lines[name] for name in dict.fromkeys(order)}


def _chart(name: str, lines: Mapping[str, Any], dark: int) -> np.ndarray:
    options = {"size": _CHART, "scale": _SHARP, "dark": bool(dark)}
    return charts.curves(lines, "epoch", name, **options)


def _state(run: Run, error: BaseException | None) -> str:
    """Say how far the run is, and how it goes on."""
    rows, epochs = schema.read_metrics(run.metrics), run.config["epochs"]
    done = f"{rows[-1]['epoch'] if rows else 0} of {epochs} epochs"
    seconds = f"{sum(row['seconds'] for row in rows):.0f} seconds of training"
    if error is None:
        return f"Finished: {done}, {seconds}."
    why = "Interrupted" if isinstance(error, KeyboardInterrupt) else f"Stopped: {error}"
    return (
        f"{why.rstrip('.')}. {done.capitalize()} are done, {seconds}. "
        f"{run.resume_command} goes on."
    )


def _numbers(run: Run) -> str:
    """Tabulate the report's numbers, each with what belongs to it."""
    rows: dict[str, list[str]] = {}
    for key, value in ((run.report or {}).get("metrics") or {}).items():
        name, _, part = key.partition("/")
        shown = terminal.number(value).strip()
        rows.setdefault(name, ["", ""])
        if part:
            rows[name][1] += f"{part} {shown}, "
        else:
            rows[name][0] = shown
    if not rows:
        return ""
    cells = "".join(
        f"<tr><th>{html.escape(name)}</th><td><b>{html.escape(number)}</b> "
        f"<small>{html.escape(more.rstrip(', '))}</small></td></tr>"
        for name, (number, more) in rows.items()
    )
    epochs = run.report["epochs"]
    return (
        f"<p>On the test split, after {epochs} epochs.</p>"
        f'<table class="numbers">{cells}</table>'
    )


def _command(command: str) -> str:
    """Mark the options, which a line must not break after their dashes."""
    return re.sub(r"(--[\w-]+)", r"<span>\1</span>", html.escape(command))


def _curves(
    light: Sequence[np.ndarray], dark: Sequence[np.ndarray], names: Sequence[str]
) -> str:
    shown = []
    for name, *charts_ in zip(names, light, dark, strict=True):
        bright, black = (_data(pictures.encode_png(c), ".png") for c in charts_)
        text = html.escape(f"{name} over the epochs")
        shown.append(
            '<picture><source media="(prefers-color-scheme: dark)" '
            f'srcset="{black}"><img alt="{text}" src="{bright}"></picture>'
        )
    return f'<div class="charts">{"".join(shown)}</div>' if shown else ""


def _samples(run: Run) -> str:
    """Show samples of the same latents from the first picture to the last."""
    paths = [*run.samples.glob("step-*[0-9].*"), *_of_epochs(run)]
    if len(paths) > MOST_PICTURES:
        places = np.linspace(0, len(paths) - 1, MOST_PICTURES)
        paths = [paths[place] for place in np.rint(places).astype(int)]
    return _figures((path, _caption(path)) for path in paths)


def _others(run: Run) -> str:
    """Show the last epoch's reconstructions, strips and the like."""
    last = _of_epochs(run)[-1:]
    paths = [p for one in last for p in sorted(run.samples.glob(f"{one.stem}-*.png"))]
    return _figures(
        (path, f"{path.stem.removeprefix(one.stem + '-')}, {_caption(one)}")
        for one in last
        for path in paths
    )


def _of_epochs(run: Run) -> list[Path]:
    """Find the pictures of samples in the order of their epochs."""
    found = {
        int(match[1]): path
        for path in run.samples.glob("epoch-*")
        if (match := re.fullmatch(r"epoch-(\d+)\.(png|webp)", path.name))
    }
    return [found[epoch] for epoch in sorted(found)]


def _caption(path: Path) -> str:
    kind, _, number = path.stem.partition("-")
    return f"epoch {int(number)}" if kind == "epoch" else f"after {int(number)} steps"


def _figures(shown: Iterable[tuple[Path, str]]) -> str:
    figures = [
        f'<figure><img alt="{html.escape(text)}" '
        f'src="{_data(path.read_bytes(), path.suffix)}">'
        f"<figcaption>{html.escape(text)}</figcaption></figure>"
        for path, text in shown
        if path.suffix in _TYPES
    ]
    return f'<div class="samples">{"".join(figures)}</div>' if figures else ""


def _data(content: bytes, suffix: str) -> str:
    return f"data:{_TYPES[suffix]};base64,{base64.b64encode(content).decode()}"


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten the configuration, without what the page shows elsewhere."""
    rows: dict[str, Any] = {}
    for key, value in config.items():
        if key in ("command", "versions"):
            continue
        inner = value if isinstance(value, dict) else {"": value}
        rows |= {f"{key} {name}".strip(): one for name, one in inner.items()}
    return rows


def _table(rows: Mapping[str, Any]) -> str:
    cells = "".join(
        f"<tr><th>{html.escape(str(name))}</th><td>{html.escape(str(value))}</td></tr>"
        for name, value in rows.items()
    )
    return f"<table>{cells}</table>"


def _section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>" if content else ""
