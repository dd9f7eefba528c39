"""The runs that a long table is made of, as folders that are filled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_genmodels import atomic_files, training
from keras_genmodels.charts import captioned
from keras_genmodels.evaluation.figures import sample_pictures as drawing
from keras_genmodels.training import schema

_DIVERGED = "diverged.txt"  # in a run's folder: its losses became NaN or infinite
_FIGURES = "figures.json"  # what was measured of a run beside its report
_COUNT, _COLUMNS = 20, 10  # samples of each run in a picture


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
        **settings: other arguments of `training.train` for a new run. Without
            `validation` it is fitted to the whole training split.
    """
    if (path / _DIVERGED).is_file():
        return None
    try:
        if (path / "config.json").is_file():
            return training.resume(path, epochs, verbose=0)
        settings = {"validation": 0.0, **settings, "epochs": epochs, "out": path}
        return training.train(recipe, dataset, verbose=0, **settings)
    except training.NonFiniteError as error:
        atomic_files.write_text(path / _DIVERGED, f"{error}\n")
        return None


def kept(
    run: training.Run, name: str, measure: Callable[[], dict[str, float]]
) -> dict[str, float]:
    """Measure a finished run, once.

    Args:
        run: that is finished; one that trains on is measured anew.
        name: of the figures, in the run's `figures.json`.
        measure: gives them.
    """
    path = run.path / _FIGURES
    known = schema.read_json(path) if path.is_file() else {}
    key = f"{name} after {run.report['epochs']} epochs"
    if key not in known:
        known[key] = measure()
        atomic_files.write_json(path, known)
    return known[key]


def summed_up(values: Sequence[float | None]) -> Any:
    """The one value, or the mean of several and their standard deviation."""
    there = [value for value in values if value is not None]
    if len(there) < 2:
        return there[0] if there else ""
    return f"{np.mean(there):.4g} ± {np.std(there, ddof=1):.2g}"


def side_by_side(runs: Mapping[str, training.Run | None]) -> np.ndarray:
    """Twenty samples of each run, of the same seed, with its name, three in a row.

    Args:
        runs: by name; the place of None, a run that diverged, is left white.
    """
    drawn = [None if run is None else _drawn(run) for run in runs.values()]
    first = next((p for p in drawn if p is not None), np.ones((96, 96, 1)))
    filled = [np.ones_like(first) if p is None else p for p in drawn]
    return captioned(filled, list(runs), columns=3)


def _drawn(run: training.Run) -> np.ndarray:
    model = training.restore(run)
    batch = next(iter(training.load_data(run.config, "test")[0]))
    condition, _ = drawing.conditions(model, batch, _COUNT)
    return drawing.picture(model, condition, _COLUMNS)
