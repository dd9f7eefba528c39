"""The layout of a terminal: figures in columns, wrapped text, and no chatter."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from types import ModuleType
from typing import Any


def quiet_import(name: str) -> ModuleType:
    """Import a module without what TensorFlow's libraries say when they are loaded.

    They write to the file descriptor of stderr, past every setting and past Python.
    What they said is shown if the import fails.

    Args:
        name: of the module, such as "keras_genmodels.training".
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            return importlib.import_module(name)
        except BaseException:
            said.seek(0)
            os.write(kept, said.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def by_metric(split: str, figures: Mapping[str, Any]) -> dict[str, str]:
    """Give each metric a row: its number, then what stands under `name/...` of it.

    Args:
        split: of the data, the first word of each row.
        figures: from `evaluation.evaluate`.

    Example:
        >>> by_metric("test", {"elbo": -90.5, "elbo/kl": 20.0, "elbo/examples": 7})
        {'test elbo': '  -90.5000  kl=20.0000  examples=7'}
    """
    rows: dict[str, str] = {}
    for key, value in figures.items():
        name, _, part = key.partition("/")
        row = f"{split} {name}"
        shown = f"{part}={number(value).strip()}" if part else number(value)
        rows[row] = f"{rows[row]}  {shown}" if row in rows else shown
    return rows


def number(value: Any) -> str:
    """Write a value at the right of a column; floats with four decimals."""
    return f"{value:10.4f}" if isinstance(value, float) else f"{value:>10}"


def table(rows: Mapping[str, Any]) -> str:
    """Lay out two columns: names, and what belongs to them.

    Example:
        >>> print(table({"run": "runs/a", "samples": "a.png"}))
        run      runs/a
        samples  a.png
    """
    width = max(map(len, rows))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())


def wrapped(text: str, indent: int) -> str:
    """Lay out a paragraph as wide as the terminal, indented by so many spaces."""
    width = max(40, shutil.get_terminal_size().columns - 1)
    space = " " * indent
    return textwrap.fill(text, width, initial_indent=space, subsequent_indent=space)
