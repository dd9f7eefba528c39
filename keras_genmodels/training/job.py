"""A training run from start to end, which may be stopped and resumed in between."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels import checks, evaluation, zoo
from keras_genmodels import data as datasets
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import card
from keras_genmodels.training import callbacks, checkpoints, disk, page, schema
from keras_genmodels.training.configuration import command_line, configure
from keras_genmodels.training.results import load_data, measure_options
from keras_genmodels.training.run import Run, check_free

_PICTURES = 10  # of the model's samples, spread over a run
_STEPS_PER_EXECUTION = 16  # in one call of the graph: Python's part costs time


@dataclass(frozen=True)
class Job:
    """A run with its model and data in memory, ready for `finish`.

    Args:
        run: the folder.
        model: compiled, as it was after `epoch`.
        train: what it is fitted to.
        test: what it is measured on.
        epoch: the number of finished epochs.
        validation: the part of the training split that is not trained on and measured
            after each epoch. Default: none.
    """

    run: Run
    model: keras.Model
    train: tf.data.Dataset
    test: tf.data.Dataset
    epoch: int
    validation: tf.data.Dataset | None = None

    def finish(self, verbose: int = 2) -> dict[str, Any]:
        """Train the epochs that are left, write `report.json` and the page of it.

        The page is written, too, where training is interrupted or stops at a number
        that is not finite.

        Args:
            verbose: of `fit`: 0 silent, 1 a progress bar, 2 a line an epoch.

        Returns:
            What `report.json` holds.

        Raises:
            NonFiniteError: if a loss, a term or a weight is NaN or infinite. The last
                good checkpoint stays.
            ValueError: if another process is training this run.
            OSError: if the disk is full, or refuses otherwise; says what is safe.
        """
        with disk.explained(self.run), self.run.lock():
            try:
                if self.epoch < self.run.config["epochs"]:
                    self.fit(verbose)
                report = self._measure(verbose)
            except (KeyboardInterrupt, callbacks.NonFiniteError) as error:
                page.write(self.run, self.model.term_names, error)
                raise
            self.run.write_report(report)
            page.write(self.run, self.model.term_names)
        return report

    def fit(
        self, verbose: int = 2, further: Sequence[keras.callbacks.Callback] = ()
    ) -> None:
        """Train the epochs that are left; `finish` does, and measures the model, too.

        Args:
            verbose: as for `finish`.
            further: Keras callbacks after those of a run, to watch it from outside.

        Raises:
            NonFiniteError: as `finish`.
        """
        checkpoints.discard_after(self.run.checkpoints, self.epoch)
        parts = ["train"] if self.validation is None else ["train", "validation"]
        folders = [str(self.run.tensorboard / part) for part in parts]
        writers = list(map(tf.summary.create_file_writer, folders))
        self.model.steps_per_execution = _STEPS_PER_EXECUTION
        try:
            self.model.fit(
                self.train,
                validation_data=self.validation,
                initial_epoch=self.epoch,
                epochs=self.run.config["epochs"],
                verbose=verbose,
                callbacks=[*self._callbacks(*writers), *further],
            )
        finally:
            for writer in writers:
                writer.close()

    def _callbacks(
        self, writer: tf.summary.SummaryWriter, *others: tf.summary.SummaryWriter
    ) -> list[keras.callbacks.Callback]:
        """List the clock first, then what may stop a run, and the checkpoints last."""
        config, clock = self.run.config, callbacks.Clock()
        seed, samples = config["seed"], self.run.samples
        return [
            clock,
            callbacks.StopOnNonFinite(),
            evaluation.Evaluation(
                self.test,
                every=max(1, config["epochs"] // _PICTURES),
                folder=samples,
                writer=writer,
                seed=seed,
                **evaluation.cheap_look(self.model),
            ),
            callbacks.FirstPicture(samples, self.test, clock, seed),
            evaluation.CollapseAlarm(),
            callbacks.MetricsFile(self.run.metrics, clock, self.epoch),
            callbacks.Scalars(writer, *others),
            callbacks.Checkpoints(self.run.checkpoints),
        ]

    def _measure(self, verbose: int) -> dict[str, Any]:
        config = self.run.config
        rows = schema.read_metrics(self.run.metrics)
        begun = time.perf_counter()
        datasets.set_epoch(self.test, 0)
        options = measure_options(config, verbose)
        figures = evaluation.evaluate(self.model, self.test, **options)
        return {
            "recipe": config["recipe"],
            "dataset": config["dataset"],
            "epochs": max(self.epoch, config["epochs"]),
            "metrics": figures,
            "training_seconds": round(sum(row["seconds"] for row in rows), 3),
            "evaluation_seconds": round(time.perf_counter() - begun, 3),
            "versions": card.versions(),
            "command": config["command"],
        }


def prepare(
    recipe: str, dataset: str, *, out: str | Path | None = None, **settings: Any
) -> Job:
    """Check everything, load the data, build the model and make the run folder.

    Nothing is written before all of it is known to be right.

    Args:
        recipe: one of `zoo.names()`.
        dataset: one of `data.names()`, or `tfds:NAME`, or `folder:PATH`.
        out: the run folder, new or empty. Default: the first free
            `runs/RECIPE-DATASET-N`.
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
    check_free(out)
    train, validation, test, spec = _data(config)
    config["arguments"] = _decaying(config, len(train))
    model = _build(config, spec)
    config = {**config, "command": command_line(config), "versions": card.versions()}
    return Job(Run.create(out, config), model, train, test, 0, validation)


def proceed(run: Run, epochs: int | None = None) -> Job:
    """Go on where a run stopped: its newest whole checkpoint, its data, its settings.

    The weights at the end are bit for bit those of a run that was never stopped, on the
    same machine and without `jit_compile`: a checkpoint holds the optimisers and the
    random states, and the order of the data depends on the seed and the epoch only.

    Args:
        run: from `Run.open`.
        epochs: the new number of epochs in all; default: that of the run.

    Raises:
        ValueError: if `epochs` is below what is done, the data is not there, or another
            process is training the run.
    """
    config = run.config
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
    model = checkpoints.load(path) if path else _build(config, spec)
    config["command"] = command_line(config)
    with disk.explained(run), run.lock():
        run.write_config(config)
    return Job(run, model, train, test, epoch, validation)


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


def _decaying(config: Mapping[str, Any], steps: int) -> dict[str, Any]:
    """Add the learning rate's decay over the run to arguments that do not say it."""
    return {"decay_steps": config["epochs"] * steps, **config["arguments"]}


def _build(config: Mapping[str, Any], spec: DatasetSpec) -> keras.Model:
    try:
        return zoo.build(
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
