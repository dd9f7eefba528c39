"""The settings of a run: preset and wishes in one dict, checked before it starts."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_genmodels import zoo
from keras_genmodels.data import load_options
from keras_genmodels.zoo import arguments as recipe_arguments

_KEY_VALUES = {"--data": "data", "--fit-data": "fit_data", "--set": "arguments"}


def configure(
    recipe: str,
    dataset: str,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    arguments: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    fit_data: Mapping[str, Any] | None = None,
    dtype: str = "float32",
    jit_compile: bool = False,
    data_dir: str | Path | None = None,
) -> dict[str, Any]:
    """The settings of a run, as `config.json` holds them.

    What is not given comes from `zoo.preset(recipe, dataset)`.

    Args:
        recipe: one of `zoo.names()`.
        dataset: one of `data.names()`, or `tfds:NAME`, or `folder:PATH`.
        epochs: passes over the training split, >= 1.
        batch_size: examples a step, >= 1.
        seed: of the weights, the order of the data and the noise, >= 0.
        arguments: of the recipe, over those of the preset.
        data: options of `data.load`, over those of the preset.
        fit_data: further ones of what is fitted alone, over those of the preset: a
            model may learn from longer clips, say, than it is measured on. What `data`
            asks for holds for both, whatever the preset fits.
        dtype: Keras dtype policy of the networks, such as "mixed_bfloat16".
        jit_compile: compile the training step with XLA.
        data_dir: where the data lies; as in `data.load`.

    Raises:
        ValueError: for an unknown recipe or key, or a number out of range.
        TypeError: for a number of the wrong kind, or a value that JSON cannot hold.

    Example:
        >>> configure("vae", "digits", epochs=3)["epochs"]
        3
    """
    preset = zoo.preset(recipe, dataset)
    fitted = {k: v for k, v in preset["fit_data"].items() if k not in (data or {})}
    epochs = preset["epochs"] if epochs is None else epochs
    batch_size = preset["batch_size"] if batch_size is None else batch_size
    config = {
        "recipe": recipe,
        "dataset": dataset,
        "epochs": count("epochs", epochs, 1),
        "batch_size": count("batch_size", batch_size, 1),
        "seed": count("seed", seed, 0),
        "dtype": dtype,
        "jit_compile": jit_compile,
        "data_dir": None if data_dir is None else str(Path(data_dir).absolute()),
        "data": _plain("data", {**preset["data"], **(data or {})}),
        "fit_data": _plain("fit_data", {**fitted, **(fit_data or {})}),
        "arguments": _plain("arguments", {**preset["arguments"], **(arguments or {})}),
    }
    check_keys(config)
    return config


def command_line(config: Mapping[str, Any]) -> str:
    """The command that trains this configuration again.

    Example:
        >>> command_line(configure("vae", "digits", epochs=2))[:43]
        'keras-genmodels train vae digits --epochs 2'
    """
    words = ["keras-genmodels", "train", config["recipe"], config["dataset"]]
    for key in ("epochs", "batch_size", "seed"):
        words += [f"--{key.replace('_', '-')}", str(config[key])]
    if config["dtype"] != "float32":
        words += ["--dtype", config["dtype"]]
    if config["jit_compile"]:
        words += ["--jit-compile"]
    if config["data_dir"] is not None:
        words += ["--data-dir", config["data_dir"]]
    for option, key in _KEY_VALUES.items():
        pairs = [f"{name}={value}" for name, value in config.get(key, {}).items()]
        words += [option, *pairs] if pairs else []
    return shlex.join(words)


def count(name: str, value: Any, least: int) -> int:
    """The value, if it is an integer and not below `least`.

    Raises:
        TypeError: for anything but an integer.
        ValueError: for one that is too small.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"`{name}` must be an integer. Received: {name}={value!r}.")
    if value < least:
        raise ValueError(f"`{name}` must be >= {least}. Received: {name}={value}.")
    return value


def check_keys(config: Mapping[str, Any]) -> None:
    """Refuse a misspelt key, or a value of the wrong kind, before the data is loaded.

    Args:
        config: its recipe, and those of "arguments", "data" and "fit_data" to look at.

    Raises:
        ValueError: for a key that neither the recipe nor `data.load` knows.
        TypeError: for a value of the wrong kind.
    """
    recipe_arguments.check(config["recipe"], config.get("arguments", {}))
    for kind in ("data", "fit_data"):
        load_options.check_options(config.get(kind, {}), kind)


def _plain(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as `config.json` gives them back, the same for a resumed run."""
    try:
        return json.loads(json.dumps(values))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"`{name}` must hold what JSON can: numbers, strings, lists, dicts, None. "
            f"Received: {values!r}."
        ) from error
