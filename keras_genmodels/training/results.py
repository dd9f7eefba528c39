"""Results of a run: the numbers of its model, and an artefact."""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels import (
    atomic_files,
    checkpoints,
    evaluation,
    export,
    registry,
)
from keras_genmodels import data as datasets
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import layout, model_index, showcase
from keras_genmodels.training.borrowed_features import BorrowedFeatures, is_place
from keras_genmodels.training.configuration import check_keys, command_line
from keras_genmodels.training.run import Run

SAVED_MODELS = Path("saved_models")
_NOISES = {"binarise", "dequantise"}  # what training does to pictures, not people


def restore(run: Run) -> keras.Model:
    """Load the model of a run from its newest whole checkpoint.

    Raises:
        ValueError: if there is none yet.
    """
    found = checkpoints.newest(run.checkpoints)
    if found is None:
        raise ValueError(
            f"`run` must have finished an epoch. Received: {run.path}, which has no "
            f"whole checkpoint; `{run.resume_command}` makes one."
        )
    return checkpoints.load(found[0])


def load_data(
    config: Mapping[str, Any], split: str
) -> tuple[tf.data.Dataset, DatasetSpec]:
    """Load one split of a run's dataset, as `config.json` describes it.

    "train" is what the run is fitted to, without the share of the training split that
    it keeps for validation; "validation" is that share.
    """
    return datasets.load(
        config["dataset"],
        split=split,
        batch_size=config["batch_size"],
        seed=config["seed"],
        data_dir=config["data_dir"],
        validation=config.get("validation", 0.0),
        **config["data"],
    )


def measure(
    run: Run,
    metrics: Sequence[str] | None = None,
    split: str = "test",
    verbose: int = 0,
    data: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, float]:
    """Measure a run's model on its own data, by `evaluation.evaluate`.

    Args:
        run: from `Run.open`.
        metrics: names; by default every quick one that the model allows. The training
            split is loaded for those that take it.
        split: of the run's dataset.
        verbose: 1 shows progress bars.
        data: options of `data.load` that are others than the run's, such as
            `{"combinations": "left_out"}`.
        **options: of the metrics. An `extractor` may be a place, the folder of a run or
            a `.keras` file of a classifier, whose features are taken.

    Raises:
        ValueError: for an unknown metric, option or split, a run without checkpoint, or
            a place where no classifier lies.
    """
    config, data = run.config, data or {}
    check_keys({"recipe": config["recipe"], "data": data})
    config = {**config, "data": {**config["data"], **data}}
    options = {**measure_options(config, verbose), **options}
    if is_place(options.get("extractor")):
        options["extractor"] = BorrowedFeatures(options["extractor"])
    functions = [registry.lookup(name, "metric") for name in metrics or ()]
    if any("train" in inspect.signature(function).parameters for function in functions):
        options["train"], _ = load_data(config, "train")
    dataset, _ = load_data(config, split)
    return evaluation.evaluate(restore(run), dataset, metrics, **options)


def measure_options(config: Mapping[str, Any], verbose: int) -> dict[str, Any]:
    """Collect the options of `evaluation.evaluate` that a run's data ask for."""
    options: dict[str, Any] = {"verbose": 1} if verbose == 1 else {}
    if config["data"].get("exclude"):
        options["anomalies"] = config["data"]["exclude"]
    # Noise of one 256th makes a density of x one of whole pixel values.
    return {**options, "levels": 256} if config["data"].get("dequantise") else options


def publish(
    run: Run,
    path: str | Path | None = None,
    name: str | None = None,
    half: bool = False,
    metrics: Sequence[str] = (),
    verbose: int = 0,
) -> Path:
    """Write a run's model as the next version of an artefact, by `export.save`.

    Beside it lie examples of the test split and the run's history, for people and for
    the demo.

    Args:
        run: from `Run.open`.
        path: the artefact's folder; by default `saved_models/` and the name, where the
            table of contents and the server's configuration are written anew, too.
        name: of the artefact in `saved_models/`; by default the run's.
        half: whether the weights are kept in float16.
        metrics: measured on the test split for the card, beside those of the report.
        verbose: 1 shows progress bars.

    Returns:
        The folder of the version, `saved_models/vae-digits-1/1`.

    Raises:
        ValueError: if the run has no checkpoint yet, both `path` and `name` are given,
            `name` is no name for a folder and an address, or as `export.save`.
    """
    name = _artefact_name(run, path, name)
    folder = Path(path or SAVED_MODELS / name).expanduser()
    _check_folder(folder)
    if path is None:
        model_index.read(SAVED_MODELS)  # what is wrong there is said before the work
    config, figures = run.config, dict((run.report or {}).get("metrics") or {})
    if metrics:
        figures |= measure(run, metrics, verbose=verbose)
    model = restore(run)
    written = _save_next(
        model,
        folder,
        metrics=figures,
        dataset=config["dataset"],
        seed=config["seed"],
        # An artefact travels; where the data lay does not.
        command=command_line({**config, "data_dir": None}),
        half=half,
    )
    try:
        with atomic_files.locked(folder):
            _exhibit(run, model.spec, folder)
        if path is None:
            model_index.write(SAVED_MODELS)
    except OSError as error:
        raise OSError(
            f"The model is whole in {written}; what lies beside it could not be "
            f"written ({error}). Export again when it can."
        ) from error
    return written


def _save_next(model: keras.Model, folder: Path, **facts: Any) -> Path:
    """Export as the next version, the one after it where another process was first."""
    while True:
        with contextlib.suppress(layout.VersionTakenError):
            return export.save(model, layout.next_version(folder), **facts)


def _artefact_name(run: Run, path: str | Path | None, name: str | None) -> str:
    if name is None:
        return run.path.resolve().name
    if path is not None:
        raise ValueError(
            "`path` and `name` must not both be given. "
            f"Received: path={path}, name={name}."
        )
    if not re.fullmatch(r"\w[\w.-]*", name, re.ASCII):
        raise ValueError(
            "`name` must be letters, digits, '_', '-' and '.', and begin with none of "
            f"the latter two. Received: name={name!r}."
        )
    return name


def _check_folder(folder: Path) -> None:
    """Refuse a folder whose name its card could not bear, before the work."""
    try:
        layout.check_name(folder.absolute().name)
    except ValueError as error:
        raise ValueError(f"{error} `--name` or `--out` gives another.") from error


def _exhibit(run: Run, spec: DatasetSpec, folder: Path) -> None:
    """Write examples of the data and the run's history beside its artefact."""
    if spec.is_image or spec.is_clip:
        options = run.config["data"].items()
        plain = {key: value for key, value in options if key not in _NOISES}
        dataset, _ = load_data({**run.config, "data": plain}, "test")
        wanted = showcase.MOST_EXAMPLES // run.config["batch_size"] + 1
        batches = list(dataset.take(wanted).as_numpy_iterator())
        tensors = {k: np.concatenate([b[k] for b in batches]) for k in batches[0]}
        x, condition = (tensors.pop(key) for key in ("x", "condition"))
        showcase.write_examples(folder, x, condition, tensors)
    pictures = {
        int(path.stem.removeprefix("epoch-")): path
        for path in run.samples.glob("epoch-*[0-9].png")
    }
    showcase.write_history(folder, run.metrics, pictures)
