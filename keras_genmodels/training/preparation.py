"""From settings, or from a run folder, to a job that is ready to train."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels import checkpoints, checks, workers, zoo
from keras_genmodels import data as datasets
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import card
from keras_genmodels.training import disk, precision
from keras_genmodels.training.configuration import AUTO, command_line, configure
from keras_genmodels.training.job import Job
from keras_genmodels.training.results import load_data
from keras_genmodels.training.run import Run, check_free
from keras_genmodels.zoo import arguments as recipe_arguments


def prepare(
    recipe: str,
    dataset: str,
    *,
    out: str | Path | None = None,
    strategy: tf.distribute.Strategy | None = None,
    **settings: Any,
) -> Job:
    """Check everything, load the data, build the model and make the run folder.

    Nothing is written before all of it is known to be right.

    Args:
        recipe: one of `zoo.names()`.
        dataset: as for `data.load`: one of `data.names()`, or `folder:PATH`, ...
        out: the run folder, new or empty. Default: the first free
            `runs/RECIPE-DATASET-N`.
        strategy: that the model is trained under, such as that of `workers.Workers`.
            Default: one device.
        **settings: as for `configure`: `epochs`, `batch_size`, `seed`, `arguments`,
            `data`, `fit_data`, `dtype`, `jit_compile`, `data_dir`, `validation`.

    Raises:
        ValueError: for an unknown name or key, a number out of range, data that is not
            there, or a folder that is taken or not writable.
        TypeError: for an argument of the wrong kind.

    Example:
        >>> job = prepare("vae", "digits", epochs=1, out="my-run")  # doctest: +SKIP
        >>> report = job.finish()  # doctest: +SKIP
    """
    config = configure(recipe, dataset, **settings)
    _check_workers(strategy, config)
    if workers.writes(strategy):
        check_free(out)
    train, validation, test, spec = _data(config)
    if config["dtype"] == AUTO:
        config["dtype"] = _faster_dtype(config, train, spec)
    config["arguments"] = recipe_arguments.with_decay(
        config["recipe"], config["arguments"], config["epochs"] * len(train)
    )
    with _scope(strategy):
        model = _build(config, spec)
    if "start_sha256" in model.recipe:  # of the file that networks were borrowed from
        config["start_sha256"] = model.recipe["start_sha256"]
    config = {**config, "command": command_line(config), "versions": card.versions()}
    run = Run.create(out, config) if workers.writes(strategy) else None
    return Job(run, config, model, train, test, 0, validation)


def proceed(
    run: Run,
    epochs: int | None = None,
    *,
    strategy: tf.distribute.Strategy | None = None,
) -> Job:
    """Go on where a run stopped: its newest whole checkpoint, its data, its settings.

    The weights at the end are bit for bit those of a run that was never stopped, on the
    same machine and without `jit_compile`: a checkpoint holds the optimisers and the
    random states, and the order of the data depends on the seed and the epoch only.
    What the recipe borrowed from `start` is in the checkpoint, too.

    Args:
        run: from `Run.open`.
        epochs: the new number of epochs in all; default: that of the run.
        strategy: as for `prepare`; of workers, each reads the run folder.

    Raises:
        ValueError: if `epochs` is below what is done, the data is not there, another
            process is training the run, or there is no checkpoint yet and the recipe's
            `start` is gone or has changed.
    """
    config = run.config
    _check_workers(strategy, config)
    if epochs is not None:
        config["epochs"] = checks.integer("epochs", epochs, 1)
    found = checkpoints.newest(run.checkpoints)
    path, epoch = found or (None, 0)
    if config["epochs"] < epoch:
        raise ValueError(
            f"`epochs` must be >= {epoch}, which are done. "
            f"Received: epochs={config['epochs']}."
        )
    train, validation, test, spec = _data(config)
    with _scope(strategy):
        model = checkpoints.load(path) if path else _build(config, spec)
    config["command"] = command_line(config)
    if not workers.writes(strategy):
        run = None
    else:
        with disk.explained(run), run.lock():
            run.write_config(config)
    return Job(run, config, model, train, test, epoch, validation)


def is_finished(run: Run, epochs: int | None = None) -> bool:
    """Tell whether a run has nothing left to do: all epochs trained and reported.

    Args:
        run: from `Run.open`.
        epochs: how many are asked for, >= 1; by default those of the run.

    Raises:
        ValueError: if `epochs` is below 1.
    """
    report = run.report
    wanted = (
        run.config["epochs"] if epochs is None else checks.integer("epochs", epochs, 1)
    )
    return report is not None and report["epochs"] >= wanted


def train(recipe: str, dataset: str, *, verbose: int = 2, **options: Any) -> Run:
    """Train a new run: `prepare` with the same arguments, then `finish`."""
    job = prepare(recipe, dataset, **options)
    job.finish(verbose)
    return job.run


def resume(path: str | Path, epochs: int | None = None, *, verbose: int = 2) -> Run:
    """Go on with a run folder to its end; a finished run is left as it is."""
    run = Run.open(path)
    if not is_finished(run, epochs):
        proceed(run, epochs).finish(verbose)
    return run


def _scope(
    strategy: tf.distribute.Strategy | None,
) -> contextlib.AbstractContextManager[Any]:
    return contextlib.nullcontext() if strategy is None else strategy.scope()


def _check_workers(
    strategy: tf.distribute.Strategy | None, config: Mapping[str, Any]
) -> None:
    """Refuse settings that several workers cannot train by."""
    if not workers.are_several(strategy):
        return
    replicas = strategy.num_replicas_in_sync
    if config["batch_size"] < replicas:
        raise ValueError(
            f"`batch_size` must be >= {replicas}, the devices of all workers, which "
            f"share each batch. Received: batch_size={config['batch_size']}."
        )
    if config["jit_compile"]:
        raise ValueError(
            "`jit_compile` must be False with several workers. "
            "Received: jit_compile=True."
        )
    if config["dtype"] == AUTO:
        raise ValueError(
            "`dtype` must be named with several workers, which need not all find the "
            f"same one faster. Received: dtype={AUTO!r}."
        )


def _faster_dtype(
    config: Mapping[str, Any], train: tf.data.Dataset, spec: DatasetSpec
) -> str:
    """Measure in which precision steps on the first batch are faster."""
    batch = next(iter(train))
    datasets.set_epoch(train, 0)  # the first one is still to come
    chosen, _ = precision.faster(
        lambda dtype: _build({**config, "dtype": dtype}, spec),
        batch,
        config["jit_compile"],
    )
    return chosen


def _data(
    config: Mapping[str, Any],
) -> tuple[tf.data.Dataset, tf.data.Dataset | None, tf.data.Dataset, DatasetSpec]:
    """Load the data for training, validation and test, and the spec for the model.

    Validation data are like what is fitted, so that their losses can be compared.
    """
    fitted = {**config, "data": {**config["data"], **config.get("fit_data", {})}}
    train, _ = load_data(fitted, "train")
    validation = None
    if config.get("validation"):
        validation, _ = load_data(fitted, "validation")
    return train, validation, *load_data(config, "test")


def _build(config: Mapping[str, Any], spec: DatasetSpec) -> keras.Model:
    try:
        model = zoo.build(
            config["recipe"],
            spec,
            preset=False,  # whose arguments are in the configuration
            seed=config["seed"],
            jit_compile=config["jit_compile"],
            dtype=config["dtype"],
            **config["arguments"],
        )
    except (MemoryError, OverflowError, tf.errors.ResourceExhaustedError) as error:
        raise ValueError(
            "`arguments` must be those of a model that fits into memory. "
            f"Received: {config['arguments']} ({type(error).__name__})."
        ) from error
    begun, now = config.get("start_sha256"), model.recipe.get("start_sha256")
    if begun not in (None, now):
        raise ValueError(
            "`start` must hold the model that the run was begun with, for there is no "
            "checkpoint to go on from. Received: "
            f"{config['arguments']['start']}, whose SHA-256 is {now}, not {begun}."
        )
    return model
