"""The runs that a long table is made of, as folders that are filled once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from keras_genmodels import training

_DIVERGED = "diverged.txt"  # in a run's folder: its losses became NaN or infinite


def finished(
    path: Path, recipe: str, dataset: str, epochs: int | None = None, **settings: Any
) -> training.Run | None:
    """The finished run of a folder, or None if its losses became NaN or infinite.

    It is trained if it is not there, and goes on if it was stopped.

    Args:
        path: of the run.
        recipe: of a new run.
        dataset: of a new run.
        epochs: in all. Default: the preset's, or what the run was begun with.
        **settings: other arguments of `training.train` for a new run.
    """
    if (path / _DIVERGED).is_file():
        return None
    try:
        if (path / "config.json").is_file():
            return training.resume(path, epochs, verbose=0)
        settings = {**settings, "epochs": epochs, "out": path}
        return training.train(recipe, dataset, verbose=0, **settings)
    except training.NonFiniteError as error:
        (path / _DIVERGED).write_text(f"{error}\n", encoding="utf-8")
        return None
