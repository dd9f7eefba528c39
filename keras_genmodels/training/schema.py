"""The forms of the files of a run, checked when they are read."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from keras_genmodels import checks
from keras_genmodels.annotations import check_type

Check = Callable[[str, Any], Any]


def _kind(annotation: str) -> Check:
    return partial(check_type, annotation=annotation)


def _command(name: str, value: Any) -> None:
    check_type(name, value, "str")
    shlex.split(value)


# Key -> its check; those of `_LATER` are not in every file.
_CONFIG: dict[str, Check] = {
    "recipe": _kind("str"),
    "dataset": _kind("str"),
    "epochs": partial(checks.integer, least=1),
    "batch_size": partial(checks.integer, least=1),
    "seed": partial(checks.integer, least=0),
    "validation": checks.share,
    "dtype": _kind("str"),
    "jit_compile": _kind("bool"),
    "data_dir": _kind("str | None"),
    "data": _kind("dict"),
    "fit_data": _kind("dict"),
    "arguments": _kind("dict"),
    "start_sha256": _kind("str"),
    "command": _command,
    "versions": _kind("dict"),
}
_REPORT: dict[str, Check] = {
    "epochs": partial(checks.integer, least=0),
    "metrics": _kind("dict"),
    "training_seconds": partial(checks.number, least=0),
}
_LATER = ("validation", "fit_data", "start_sha256", "command", "versions")


def read_config(path: Path) -> dict[str, Any]:
    """Read `config.json`.

    Raises:
        ValueError: naming the file, the key, what it must be and what came.
    """
    return _read(path, _CONFIG, "Put back what `train` wrote.")


def read_report(path: Path) -> dict[str, Any]:
    """Read `report.json`.

    Raises:
        ValueError: likewise.
    """
    return _read(path, _REPORT, "Delete it, and `resume` measures the model again.")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        ValueError: naming the file, if it holds something else.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} must be JSON. Received: {error}.") from error


def read_metrics(path: Path) -> list[dict[str, float]]:
    """Read the rows of a metrics file, numbers as numbers, without empty cells.

    There are none if there is no file.

    Raises:
        ValueError: if it does not hold numbers under a line of names, or a row has no
            `epoch` or no `seconds`.
    """
    if not path.is_file():
        return []
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = [_numbers(row) for row in csv.DictReader(file)]
        for row in rows:
            checks.integer("epoch", row.get("epoch"), 1)
            checks.number("seconds", row.get("seconds"), 0)
    except (csv.Error, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} must hold numbers under a line of names, `epoch` and `seconds` "
            f"among them. {error} Mend the line, or delete the file: training goes on "
            "without the rows."
        ) from error
    return rows


def _numbers(row: Mapping[str, str]) -> dict[str, float]:
    return {name: _number(name, text) for name, text in row.items() if text}


def _number(name: str | None, text: Any) -> float:
    """Read an integer as one, so that it is written as one again."""
    for kind in (int, float):
        try:
            return kind(text)
        except (TypeError, ValueError):
            continue
    raise ValueError(f"`{name}` must be a number. Received: {text!r}.")


def _read(path: Path, form: Mapping[str, Check], remedy: str) -> dict[str, Any]:
    content = read_json(path)
    needed = [key for key in form if key not in _LATER]
    if not isinstance(content, dict) or not set(needed) <= set(content):
        keys = sorted(content) if isinstance(content, dict) else type(content).__name__
        raise ValueError(
            f"{path} must have the keys {', '.join(map(repr, needed))}. "
            f"Received: {keys}. {remedy}"
        )
    for key in form.keys() & content.keys():
        try:
            form[key](key, content[key])
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path} is damaged: {error} {remedy}") from error
    return content
