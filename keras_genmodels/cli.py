"""The command line: train, resume, evaluate, sample, export, push, table, ...

Nothing heavy is imported before the arguments are read: `--help` answers at once.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from keras_genmodels import (
    __version__,
    demonstrate,
    early_checks,
    listing,
    publishing,
    registry,
    terminal,
    workers,
)
from keras_genmodels.command_options import COMMANDS
from keras_genmodels.parsing import InputError, Parser, command, pairs

_BAD_INPUT, _FAILED, _INTERRUPTED = 2, 1, 130
_SETTINGS = ("epochs", "batch_size", "seed", "out", "dtype", "jit_compile", "data_dir")
_SETTINGS += ("validation",)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code, 2 for input that cannot be right."""
    with warnings.catch_warnings():
        warnings.filterwarnings("always", category=RuntimeWarning, module=__package__)
        warnings.showwarning = _show_warning
        try:
            arguments = _parser().parse_args(argv)
            return arguments.command(arguments)
        except InputError as error:
            return _complain(error, _BAD_INPUT)
        except KeyboardInterrupt:
            return _complain("interrupted", _INTERRUPTED)


# --- commands -------------------------------------------------------------------------


def _train(arguments: argparse.Namespace) -> int:
    options = {
        "arguments": pairs("--set", arguments.set),
        "data": pairs("--data", arguments.data),
        "fit_data": pairs("--fit-data", arguments.fit_data),
    }
    with _input():
        early_checks.check_training(arguments.recipe, arguments.dataset, **options)
        own = workers.find(arguments.workers, arguments.index)
    options |= {key: getattr(arguments, key) for key in _SETTINGS}
    training = _import_training()
    with _input():
        options["strategy"] = _joined(own)
        job = training.prepare(arguments.recipe, arguments.dataset, **options)
    where = f"in {job.run.path}" if job.run else f"as {own}"
    if arguments.dtype == "auto":
        where += f", in {job.config['dtype']}"
    print(f"Training {arguments.recipe} on {arguments.dataset} {where}")
    return _finish(training, job)


def _joined(own: workers.Workers | None) -> Any:
    """Wait for the other workers, if there are any; their strategy, or None."""
    if own is None:
        return None
    print(f"This is {own}; waiting for the others", flush=True)
    return own.strategy()


def _resume(arguments: argparse.Namespace) -> int:
    with _input():
        own = workers.find(arguments.workers, arguments.index)
    training = _import_training()
    with _input():
        run = training.Run.open(arguments.run)
        if training.is_finished(run, arguments.epochs):
            print(
                f"{run.path} is finished: {run.report['epochs']} epochs. "
                "A larger --epochs trains on."
            )
            return 0
        job = training.proceed(run, arguments.epochs, strategy=_joined(own))
    print(f"Going on in {run.path} after epoch {job.epoch} of {run.config['epochs']}")
    return _finish(training, job)


def _finish(training: Any, job: Any) -> int:
    try:
        report = job.finish(_verbose())
    except training.NonFiniteError as error:
        told = job.run and (
            f"The last good checkpoint is in {job.run.checkpoints}; {job.run.page} "
            "shows how it went."
        )
        return _complain(f"training stopped: {error} {told or ''}", _FAILED)
    except workers.WorkerLostError as error:
        told = job.run and (
            f"`{job.run.resume_command}`, with --workers and --index in each worker, "
            "goes on after the last epoch."
        )
        return _complain(f"training stopped: {error} {told or ''}", _FAILED)
    except OSError as error:
        return _complain(f"training stopped: {error.strerror or error}", _FAILED)
    except ValueError as error:  # workers do not agree, or the run is in training
        return _complain(f"training stopped: {error}", _FAILED)
    except KeyboardInterrupt:
        told = job.run and (
            f"; `{job.run.resume_command}` goes on, {job.run.page} shows how it went"
        )
        return _complain(f"interrupted{told or ''}", _INTERRUPTED)
    if job.run is None:
        print("Trained; the chief measures the model and writes the run")
        return 0
    drawn = sorted(job.run.samples.glob("epoch-*[0-9].*"))
    rows = {
        **terminal.by_metric("test", report["metrics"]),
        "training seconds": terminal.number(report["training_seconds"]),
        **({"samples": drawn[-1]} if drawn else {}),
        "report": job.run.page,
        "run": job.run.path,
    }
    print(terminal.table(rows))
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    options = pairs("--set", arguments.set)
    if arguments.num_samples is not None:
        options["num_samples"] = arguments.num_samples
    names = arguments.metrics.split(",") if arguments.metrics else None
    data = pairs("--data", arguments.data)
    with _input():
        early_checks.check_metrics(names or (), options, data)
    training = _import_training()
    with _input():
        run = training.Run.open(arguments.run)
        figures = training.measure(
            run, names, arguments.split, _verbose(), data, **options
        )
    print(terminal.table(terminal.by_metric(arguments.split, figures)))
    return 0


def _sample(arguments: argparse.Namespace) -> int:
    condition = pairs("--condition", arguments.condition)
    with _input():
        if arguments.figure is not None:
            registry.check_name(arguments.figure, "figure")
    training = _import_training()
    with _input():
        run = training.Run.open(arguments.run)
        path = training.draw(
            run,
            arguments.out,
            arguments.count,
            arguments.seed,
            condition,
            arguments.figure,
            arguments.text,
        )
    print(path)
    return 0


def _export(arguments: argparse.Namespace) -> int:
    options = {key: getattr(arguments, key) for key in ("name", "half")}
    options["metrics"] = arguments.metrics.split(",") if arguments.metrics else ()
    with _input():
        early_checks.check_metrics(options["metrics"], {}, {})
    training = _import_training()
    with _input():
        run = training.Run.open(arguments.run)
        path = training.publish(run, arguments.out, verbose=_verbose(), **options)
    print(path)
    return 0


def _push(arguments: argparse.Namespace) -> int:
    with _input():
        print(publishing.push(arguments, _verbose()))
    return 0


def _table(arguments: argparse.Namespace) -> int:
    options = pairs("--set", arguments.set)
    with _input():
        early_checks.check_table(arguments.name, options)
    tables = terminal.quiet_import("keras_genmodels.tables")
    with _input():
        path = tables.make(arguments.name, arguments.out, _verbose(), **options)
    print((path / "table.md").read_text(encoding="utf-8"))
    print(path)
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    with _input():
        return demonstrate.run(arguments)


def _list(arguments: argparse.Namespace) -> int:
    print(listing.everything())
    return 0


def _describe(arguments: argparse.Namespace) -> int:
    with _input():
        early_checks.check_training(arguments.recipe, arguments.dataset)
    options = {"data_dir": arguments.data_dir} if arguments.data_dir else {}
    zoo = terminal.quiet_import("keras_genmodels.zoo")
    terminal.quiet_import("tensorflow")
    with _input():
        told = zoo.describe(arguments.recipe, arguments.dataset, **options)
    print(listing.described(told))
    return 0


# --- what was typed -------------------------------------------------------------------


def _parser() -> Parser:
    parser = Parser(
        prog="keras-genmodels",
        description="Train, measure, show and export generative models.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (summary, add_options) in COMMANDS.items():
        add_options(command(commands, name, _HANDLERS[name], summary))
    return parser


_HANDLERS = {
    "train": _train,
    "resume": _resume,
    "evaluate": _evaluate,
    "sample": _sample,
    "export": _export,
    "push": _push,
    "table": _table,
    "demo": _demo,
    "list": _list,
    "describe": _describe,
}


# --- what is shown --------------------------------------------------------------------


def _import_training() -> Any:
    return terminal.quiet_import("keras_genmodels.training")


@contextlib.contextmanager
def _input() -> Iterator[None]:
    """Answer what is refused in here by one line, without a traceback."""
    try:
        yield
    except (ValueError, TypeError, OSError) as error:
        raise InputError(str(error)) from error


def _complain(message: object, code: int) -> int:
    print(f"keras-genmodels: {' '.join(str(message).split())}", file=sys.stderr)
    return code


def _show_warning(message, category, filename, lineno, file=None, line=None) -> None:
    _complain(f"warning: {message}", 0)


def _verbose() -> int:
    """Choose a progress bar on a terminal, a line an epoch elsewhere."""
    return 1 if sys.stdout.isatty() else 2
