"""A training run from start to end, which may be stopped and resumed in between."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels import checkpoints, evaluation, workers
from keras_genmodels import data as datasets
from keras_genmodels.export import card
from keras_genmodels.training import callbacks, disk, page, schema
from keras_genmodels.training.results import measure_options
from keras_genmodels.training.run import Run

_PICTURES = 10  # of the model's samples, spread over a run
_STEPS_PER_EXECUTION = 16  # in one call of the graph: Python's part costs time
_OWN = ("data_dir", "command")  # which may differ from worker to worker


@dataclass(frozen=True)
class Job:
    """A run with its model and data in memory, ready for `finish`.

    Args:
        run: the folder; None in a worker that is not the chief, and writes nothing.
        config: the settings, as `config.json` holds them.
        model: compiled, as it was after `epoch`.
        train: what it is fitted to.
        test: what it is measured on.
        epoch: the number of finished epochs.
        validation: the part of the training split that is not trained on and measured
            after each epoch. Default: none.
    """

    run: Run | None
    config: Mapping[str, Any]
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
            What `report.json` holds; nothing in a worker that is not the chief.

        Raises:
            NonFiniteError: if a loss, a term or a weight is NaN or infinite. The last
                good checkpoint stays.
            WorkerLostError: if another worker stopped. Likewise.
            ValueError: if another process is training this run, or another worker
                trains something else.
            OSError: if the disk is full, or refuses otherwise; says what is safe.
        """
        if self.run is None:
            self.fit(0)
            return {}
        with disk.explained(self.run), self.run.lock():
            try:
                if self.epoch < self.config["epochs"]:
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
            NonFiniteError, WorkerLostError, ValueError: as `finish`.
        """
        strategy = self.model.distribute_strategy
        several = workers.are_several(strategy)
        self.model.steps_per_execution = 1 if several else _STEPS_PER_EXECUTION
        with workers.losses_named(), contextlib.ExitStack() as files:
            workers.check_agreement(
                strategy,
                settings={k: v for k, v in self.config.items() if k not in _OWN},
                data=len(self.train),
                epoch=self.epoch,
            )
            self.model.fit(
                self.train,
                validation_data=self.validation,
                initial_epoch=self.epoch,
                epochs=self.config["epochs"],
                verbose=verbose,
                callbacks=[*self._callbacks(files), *further],
            )

    def _callbacks(self, files: contextlib.ExitStack) -> list[keras.callbacks.Callback]:
        """List the clock first, then what may stop a run, and the checkpoints last."""
        if self.run is None:
            return [callbacks.StopOnNonFinite()]
        checkpoints.discard_after(self.run.checkpoints, self.epoch)
        writers = self._summary_writers(files)
        config, clock = self.config, callbacks.Clock()
        seed, samples = config["seed"], self.run.samples
        return [
            clock,
            callbacks.StopOnNonFinite(),
            evaluation.Evaluation(
                self.test,
                every=max(1, config["epochs"] // _PICTURES),
                folder=samples,
                writer=writers[0],
                seed=seed,
                **evaluation.cheap_look(self.model),
            ),
            callbacks.FirstPicture(samples, self.test, clock, seed),
            evaluation.CollapseAlarm(),
            callbacks.MetricsFile(self.run.metrics, clock, self.epoch),
            callbacks.Scalars(*writers),
            callbacks.Checkpoints(self.run.checkpoints),
        ]

    def _summary_writers(
        self, files: contextlib.ExitStack
    ) -> list[tf.summary.SummaryWriter]:
        """Open those of training, and of validation if there is any, until `files`."""
        parts = ["train"] if self.validation is None else ["train", "validation"]
        folders = [str(self.run.tensorboard / part) for part in parts]
        writers = list(map(tf.summary.create_file_writer, folders))
        for writer in writers:
            files.callback(writer.close)
        return writers

    def _measure(self, verbose: int) -> dict[str, Any]:
        config = self.config
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
