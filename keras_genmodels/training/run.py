"""The folder of one training run: its name, its files, and the lock on it."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_genmodels import atomic_files
from keras_genmodels.export import card
from keras_genmodels.training import configuration, schema

CONFIG = "config.json"
_RUNS = Path("runs")


@dataclass(frozen=True)
class Run:
    """A run folder: everything that a training run reads back or leaves behind.

    One folder says what was trained (`config.json`), how it went (`metrics.csv`,
    `curves.png`, `tensorboard/`, `samples/`), where it stands (`checkpoints/`) and how
    good it is (`report.json`); nothing else is needed to go on with it, measure it or
    export it. `report.html` shows all of it on one page.

    Args:
        path: the folder; `open` and `create` check it.

    Example:
        >>> Run(Path("runs/vae-digits-1")).metrics.name
        'metrics.csv'
    """

    path: Path

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """Open the run in a folder.

        Raises:
            ValueError: if the folder holds no run, its `config.json` or `report.json`
                is damaged, or the settings are not those that it was begun with.

        Warns:
            RuntimeWarning: if it was begun with other versions of the libraries.
        """
        run = cls(Path(path).expanduser())
        if not (run.path / CONFIG).is_file():
            raise ValueError(
                f"`run` must be the folder of a run, with a {CONFIG} in it. "
                f"Received: {run.path}."
            )
        run.report  # noqa: B018 - a damaged one is refused here
        configuration.check_unchanged(run.config, run.path / CONFIG)
        _compare_versions(run)
        return run

    @classmethod
    def create(cls, path: str | Path | None, config: Mapping[str, Any]) -> Run:
        """Make the folder of a new run and write its `config.json`.

        Args:
            path: the folder; None takes the first free `runs/RECIPE-DATASET-N`.
            config: what is written; at least `recipe` and `dataset`.

        Raises:
            ValueError: if the folder is taken or cannot be written.
        """
        try:
            folder = _make_default(config) if path is None else _make(path)
            try:
                atomic_files.write_json(folder / CONFIG, config)
            except OSError:
                with contextlib.suppress(OSError):
                    folder.rmdir()  # which is empty: the disk is full, say
                raise
        except OSError as error:
            raise ValueError(_unwritable(path or _RUNS, error.strerror)) from error
        return cls(folder)

    @property
    def config(self) -> dict[str, Any]:
        """The settings of the run, as `config.json` holds them."""
        return schema.read_config(self.path / CONFIG)

    @property
    def report(self) -> dict[str, Any] | None:
        """The figures of the trained model, or None before the run is finished."""
        path = self.path / "report.json"
        return schema.read_report(path) if path.is_file() else None

    @property
    def resume_command(self) -> str:
        """The command that goes on with the run, as it can be typed."""
        return shlex.join(["keras-genmodels", "resume", str(self.path)])

    @property
    def page(self) -> Path:
        """The report as a page for people."""
        return self.path / "report.html"

    @property
    def curves(self) -> Path:
        return self.path / "curves.png"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.csv"

    @property
    def tensorboard(self) -> Path:
        return self.path / "tensorboard"

    @property
    def samples(self) -> Path:
        return self.path / "samples"

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Replace `config.json` whole."""
        atomic_files.write_json(self.path / CONFIG, config)

    def write_report(self, report: Mapping[str, Any]) -> None:
        """Replace `report.json` whole."""
        atomic_files.write_json(self.path / "report.json", report)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run against a second process; a killed process lets go by itself.

        Raises:
            ValueError: if another process is training this run.
        """
        with atomic_files.locked(self.path / "lock", wait=False) as held:
            if held is False:
                raise ValueError(
                    f"`run` must not be in training. Received: {self.path}, which "
                    "another process is training now."
                )
            yield


def _compare_versions(run: Run) -> None:
    """Warn where a run was begun with other libraries than these."""
    here = card.versions()
    begun = run.config.get("versions", {})
    others = [
        f"{name} {version}, here {here[name]}"
        for name, version in begun.items()
        if name != "python" and here.get(name, version) != version
    ]
    if others:
        warnings.warn(
            f"{run.path} was begun with {'; '.join(others)}. Its numbers may differ "
            "from those of a run that was not resumed.",
            RuntimeWarning,
            stacklevel=3,
        )


def check_free(path: str | Path | None) -> None:
    """Refuse a folder that no run can be made in, before the heavy work begins.

    Args:
        path: the folder that is wanted; None stands for `runs/`.

    Raises:
        ValueError: if it holds a run or anything else, or its parent is not writable.
    """
    above = _RUNS if path is None else Path(path).expanduser()
    if path is not None and not str(path):
        raise ValueError("`out` must be the name of a folder. Received: out=''.")
    if path is not None:
        _check_empty(above)
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        raise ValueError(_unwritable(path or _RUNS, f"{above} is no folder"))
    if not os.access(above, os.W_OK | os.X_OK):
        raise ValueError(_unwritable(path or _RUNS, f"{above} is read-only"))


def _check_empty(path: Path) -> None:
    if (path / CONFIG).exists():
        raise ValueError(
            f"`out` must be a new folder. Received: {path}, which holds a run already. "
            f"Go on with it by `{Run(path).resume_command}`, or give another `out`."
        )
    if path.is_dir() and any(path.iterdir()):
        raise ValueError(
            f"`out` must be a new or an empty folder. Received: {path}, which is not."
        )


def _make(path: str | Path) -> Path:
    path = Path(path).expanduser()
    _check_empty(path)
    path.mkdir(parents=True, exist_ok=True)
    return path


def _make_default(config: Mapping[str, Any]) -> Path:
    """Make the first free `runs/RECIPE-DATASET-N`."""
    _RUNS.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.]+", "-", f"{config['recipe']}-{config['dataset']}").strip("-")
    number = 1
    while True:
        with contextlib.suppress(FileExistsError):
            path = _RUNS / f"{name}-{number}"
            path.mkdir()
            return path
        number += 1


def _unwritable(path: str | Path, reason: str | None) -> str:
    return f"`out` must be a folder that can be written. Received: {path} ({reason})."
