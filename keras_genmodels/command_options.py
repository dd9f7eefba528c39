"""The commands of the command line: what each does in a line, and its options."""

from __future__ import annotations

from collections.abc import Callable

from keras_genmodels import demonstrate
from keras_genmodels.parsing import Parser, key_values


def _train(parser: Parser) -> None:
    parser.add_argument("recipe", metavar="RECIPE", help="see `keras-genmodels list`")
    parser.add_argument(
        "dataset", metavar="DATASET", help="a name, folder:PATH or videos:PATH"
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="default: the preset's")
    parser.add_argument("--batch-size", type=int, metavar="N", help="likewise")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    parser.add_argument("--out", metavar="RUN", help="default: runs/RECIPE-DATASET-N")
    key_values(parser, "--set", "arguments of the recipe")
    key_values(parser, "--data", "options of the dataset")
    key_values(parser, "--fit-data", "further ones of what is fitted alone")
    parser.add_argument(
        "--validation",
        type=float,
        metavar="X",
        help="share of the training split, in [0, 1), to measure each epoch and not to "
        "train on; default: 0 for a recipe and a dataset with a preset, as their "
        "released numbers were trained, else 0.1",
    )
    parser.add_argument("--data-dir", metavar="D", help="where the datasets lie")
    parser.add_argument(
        "--dtype",
        default="float32",
        choices=["float32", "mixed_bfloat16", "auto"],
        help="auto: whichever takes less time for a step; default: float32",
    )
    parser.add_argument("--jit-compile", action="store_true", help="compile by XLA")
    _workers(parser)


def _workers(parser: Parser) -> None:
    parser.add_argument(
        "--workers",
        metavar="HOST:PORT,...",
        help="of all processes that train this run together, the chief's first; "
        "default: what TF_CONFIG says, or this process alone",
    )
    parser.add_argument(
        "--index", type=int, metavar="I", help="of this process among them, from 0"
    )


def _resume(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--epochs", type=int, metavar="N", help="a new number in all")
    _workers(parser)


def _evaluate(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--metrics", metavar="A,B", help="default: the quick ones")
    parser.add_argument("--split", default="test", help="default: test")
    parser.add_argument("--num-samples", type=int, metavar="N", help="of each metric")
    key_values(parser, "--data", "options of the data set other than the run's")
    key_values(parser, "--set", "options of the metrics")


def _sample(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN")
    parser.add_argument(
        "--count", type=int, default=64, metavar="N", help="default: 64"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    key_values(parser, "--condition", "class of each attribute, such as label=3")
    parser.add_argument("--text", metavar="SENTENCE", help="that is to be drawn")
    parser.add_argument(
        "--figure",
        metavar="NAME",
        help="another figure: classes, manifold, traversals, reconstructions, ...",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help=".png; of clips .webp, .gif or .png; default: in RUN/samples",
    )


def _export(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--name", metavar="NAME", help="in saved_models/; default: RUN")
    parser.add_argument("--out", metavar="DIR", help="instead: a folder of its own")
    parser.add_argument("--half", action="store_true", help="weights in float16")
    parser.add_argument("--metrics", metavar="A,B", help="measured for the card, too")


def _push(parser: Parser) -> None:
    parser.add_argument(
        "source", metavar="RUN", help="a run, or a model in saved_models"
    )
    parser.add_argument("url", metavar="URL", help="hf://OWNER/NAME")
    parser.add_argument(
        "--half", action="store_true", help="weights in float16, of a run"
    )
    parser.add_argument(
        "--private", action="store_true", help="only the owner may read it"
    )


def _table(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="see `keras-genmodels list`")
    parser.add_argument("--out", metavar="DIR", help="default: tables/NAME")
    key_values(parser, "--set", "options of the table, such as epochs=10")


def _list(parser: Parser) -> None:
    """Add nothing: `list` has no options."""


def _describe(parser: Parser) -> None:
    parser.add_argument("recipe", metavar="RECIPE")
    parser.add_argument("dataset", metavar="DATASET", nargs="?", help="builds it")
    parser.add_argument("--data-dir", metavar="D", help="where the datasets lie")


# Command -> its line in `--help`, and the function that adds its options.
COMMANDS: dict[str, tuple[str, Callable[[Parser], None]]] = {
    "train": ("train a recipe on a dataset", _train),
    "resume": ("go on with a run that was stopped", _resume),
    "evaluate": ("measure the model of a run", _evaluate),
    "sample": ("draw samples into a file", _sample),
    "export": ("write a SavedModel with its card", _export),
    "push": ("upload a model to hf://OWNER/NAME", _push),
    "table": ("make one of the lecture's tables", _table),
    "demo": ("show the exported models in a browser", demonstrate.add_arguments),
    "list": ("show recipes, datasets, metrics and tables", _list),
    "describe": ("show all that a recipe uses", _describe),
}
