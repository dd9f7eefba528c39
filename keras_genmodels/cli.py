"""The command line: train, resume, evaluate, sample, export, table, list, demo, ...

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
    registry,
    terminal,
)
from keras_genmodels.parsing import InputError, Parser, command, key_values, pairs

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
    options |= {key: getattr(arguments, key) for key in _SETTINGS}
    training = _import_training()
    with _input():
        job = training.prepare(arguments.recipe, arguments.dataset, **options)
    print(f"Training {arguments.recipe} on {arguments.dataset} in {job.run.path}")
    return _finish(training, job)


def _resume(arguments: argparse.Namespace) -> int:
    training = _import_training()
    with _input():
        run = training.Run.open(arguments.run)
        if training.is_finished(run, arguments.epochs):
            print(
                f"{run.path} is finished: {run.report['epochs']} epochs. "
                "A larger --epochs trains on."
            )
            return 0
        job = training.proceed(run, arguments.epochs)
    print(f"Going on in {run.path} after epoch {job.epoch} of {run.config['epochs']}")
    return _finish(training, job)


def _finish(training: Any, job: Any) -> int:
    try:
        report = job.finish(_verbose())
    except training.NonFiniteError as error:
        return _complain(
            f"training stopped: {error} The last good checkpoint is in "
            f"{job.run.checkpoints}; {job.run.page} shows how it went.",
            _FAILED,
        )
    except KeyboardInterrupt:
        return _complain(
            f"interrupted; `keras-genmodels resume {job.run.path}` goes on, "
            f"{job.run.page} shows how it went",
            _INTERRUPTED,
        )
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
    _add_training(commands)
    _add_using(commands)
    return parser


def _add_training(commands: Any) -> None:
    train = command(commands, "train", _train, "train a recipe on a dataset")
    train.add_argument("recipe", metavar="RECIPE", help="see `keras-genmodels list`")
    train.add_argument(
        "dataset", metavar="DATASET", help="a name, folder:PATH or videos:PATH"
    )
    train.add_argument("--epochs", type=int, metavar="N", help="default: the preset's")
    train.add_argument("--batch-size", type=int, metavar="N", help="likewise")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    train.add_argument("--out", metavar="RUN", help="default: runs/RECIPE-DATASET-N")
    key_values(train, "--set", "arguments of the recipe")
    key_values(train, "--data", "options of the dataset")
    key_values(train, "--fit-data", "further ones of what is fitted alone")
    train.add_argument(
        "--validation",
        type=float,
        metavar="X",
        help="share of the training split, in [0, 1), to measure each epoch and not to "
        "train on; default: 0 for a recipe and a dataset with a preset, as their "
        "released numbers were trained, else 0.1",
    )
    train.add_argument("--data-dir", metavar="D", help="where the datasets lie")
    train.add_argument(
        "--dtype", default="float32", choices=["float32", "mixed_bfloat16"]
    )
    train.add_argument("--jit-compile", action="store_true", help="compile by XLA")
    resume = command(commands, "resume", _resume, "go on with a run that was stopped")
    resume.add_argument("run", metavar="RUN")
    resume.add_argument("--epochs", type=int, metavar="N", help="a new number in all")


def _add_using(commands: Any) -> None:
    measure = command(commands, "evaluate", _evaluate, "measure the model of a run")
    measure.add_argument("run", metavar="RUN")
    measure.add_argument("--metrics", metavar="A,B", help="default: the quick ones")
    measure.add_argument("--split", default="test", help="default: test")
    measure.add_argument("--num-samples", type=int, metavar="N", help="of each metric")
    key_values(measure, "--data", "options of the data set other than the run's")
    key_values(measure, "--set", "options of the metrics")
    sample = command(commands, "sample", _sample, "draw samples into a file")
    sample.add_argument("run", metavar="RUN")
    sample.add_argument(
        "--count", type=int, default=64, metavar="N", help="default: 64"
    )
    sample.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    key_values(sample, "--condition", "class of each attribute, such as label=3")
    sample.add_argument(
        "--figure",
        metavar="NAME",
        help="another figure: classes, manifold, traversals, reconstructions, ...",
    )
    sample.add_argument(
        "--out",
        metavar="FILE",
        help=".png; of clips .webp, .gif or .png; default: in RUN/samples",
    )
    export = command(commands, "export", _export, "write a SavedModel with its card")
    export.add_argument("run", metavar="RUN")
    export.add_argument("--name", metavar="NAME", help="in saved_models/; default: RUN")
    export.add_argument("--out", metavar="DIR", help="instead: a folder of its own")
    export.add_argument("--half", action="store_true", help="weights in float16")
    export.add_argument("--metrics", metavar="A,B", help="measured for the card, too")
    table = command(commands, "table", _table, "make one of the lecture's tables")
    table.add_argument("name", metavar="NAME", help="see `keras-genmodels list`")
    table.add_argument("--out", metavar="DIR", help="default: tables/NAME")
    key_values(table, "--set", "options of the table, such as epochs=10")
    demonstrate.add_arguments(
        command(commands, "demo", _demo, "show the exported models in a browser")
    )
    command(commands, "list", _list, "show recipes, datasets, metrics and tables")
    describe = command(commands, "describe", _describe, "show all that a recipe uses")
    describe.add_argument("recipe", metavar="RECIPE")
    describe.add_argument("dataset", metavar="DATASET", nargs="?", help="builds it")
    describe.add_argument("--data-dir", metavar="D", help="where the datasets lie")


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
