"""The settings of a run: a preset and what was asked for, checked before it starts."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_genmodels import checks, zoo
from keras_genmodels.annotations import check_type
from keras_genmodels.data import load_options
from keras_genmodels.zoo import arguments as recipe_arguments
from keras_genmodels.zoo.presets import PRESETS

_KEY_VALUES = {"--data": "data", "--fit-data": "fit_data", "--set": "arguments"}
AUTO = "auto"  # in place of a dtype policy: whichever is faster
_MOST = 2**31 - 1  # the largest seed: those of samples are int32
VALIDATION = 0.1  # share of the training split, where no preset stands against it


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
    validation: float | None = None,
) -> dict[str, Any]:
    """Make the settings of a run, as `config.json` holds them.

    What is not given comes from `zoo.preset(recipe, dataset)`.

    Args:
        recipe: one of `zoo.names()`.
        dataset: as for `data.load`: one of `data.names()`, or `folder:PATH`, ...
        epochs: passes over the training split, >= 1.
        batch_size: examples a step, >= 1.
        seed: of the weights, the order of the data and the noise, >= 0 and below
            2**31.
        arguments: of the recipe, over those of the preset.
        data: options of `data.load`, over those of the preset.
        fit_data: further ones of what is fitted alone, over those of the preset: a
            model may learn from longer clips, say, than it is measured on. What `data`
            asks for holds for both, whatever the preset fits.
        dtype: Keras dtype policy of the networks, such as "mixed_bfloat16", or "auto",
            for which `prepare` measures whether that or float32 is faster here.
        jit_compile: compile the training step with XLA.
        data_dir: where the data lies; as in `data.load`.
        validation: share of the training split, in [0, 1), that is not trained on and
            measured after each epoch. Default: 0 for a recipe and a data set that have
            a preset, whose released numbers were trained on the whole split; else 0.1.

    Raises:
        ValueError: for an unknown recipe, key or dtype, or a number out of range.
        TypeError: for a value of the wrong kind, or one that JSON cannot hold.

    Example:
        >>> configure("vae", "digits", epochs=3)["epochs"]
        3
    """
    check_type("jit_compile", jit_compile, "bool")
    preset = zoo.preset(recipe, dataset)
    config = {
        "recipe": recipe,
        "dataset": dataset,
        **_counts(preset, epochs=epochs, batch_size=batch_size),
        "seed": checks.integer("seed", checks.integer("seed", seed, 0), most=_MOST),
        "validation": _validation(recipe, dataset, validation),
        "dtype": _policy(dtype),
        "jit_compile": jit_compile,
        "data_dir": None
        if data_dir is None
        else str(Path(data_dir).expanduser().absolute()),
        **_options(preset, data or {}, fit_data or {}, arguments or {}),
    }
    check_keys(config)
    return config


def command_line(config: Mapping[str, Any]) -> str:
    """Write the command that trains this configuration again.

    Example:
        >>> command_line(configure("vae", "digits", epochs=2))[:43]
        'keras-genmodels train vae digits --epochs 2'
    """
    words = ["keras-genmodels", "train", config["recipe"], config["dataset"]]
    for key in ("epochs", "batch_size", "seed"):
        words += [f"--{key.replace('_', '-')}", str(config[key])]
    words += ["--validation", f"{config.get('validation', 0.0)}"]
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


def check_unchanged(config: Mapping[str, Any], path: Path) -> None:
    """Refuse settings that are not those of the command that a run was begun with.

    Where the data lie may change.

    Args:
        config: as `config.json` holds it.
        path: of the file, for the message.

    Raises:
        ValueError: naming what was changed.
    """
    if "command" not in config:  # of an earlier version
        return
    begun, now = map(_settings, (config["command"], command_line(config)))
    free = {"--data-dir", *(("--validation",) if "validation" not in config else ())}
    changed = [
        f"{key} {now.get(key)} in place of {begun.get(key)}"
        for key in {**begun, **now}
        if key not in free and begun.get(key) != now.get(key)
    ]
    if changed:
        raise ValueError(
            f"{path} must hold the settings that the run was begun with. "
            f"Received: {', '.join(changed)}. Put them back, or train a new run; a new "
            "number of epochs is given to `resume`."
        )


def _settings(command: str) -> dict[str, str]:
    """Read a command of `command_line`: recipe, dataset and each option to its word."""
    words = shlex.split(command)[2:]
    found: dict[str, str] = dict(zip(("recipe", "dataset"), words, strict=False))
    option = ""
    for word in words[2:]:
        if word.startswith("--"):
            option = word
            found |= {} if option in _KEY_VALUES else {option: "on"}
        elif option in _KEY_VALUES:
            name, _, value = word.partition("=")
            found[f"{option} {name}"] = value
        else:
            found[option] = word
    return found


def check_keys(config: Mapping[str, Any]) -> None:
    """Refuse a misspelt key, or a value of the wrong kind, before the data is loaded.

    Args:
        config: the recipe, and the keys of "arguments", "data" and "fit_data".

    Raises:
        ValueError: for a key that neither the recipe nor `data.load` knows.
        TypeError: for a value of the wrong kind.
    """
    recipe_arguments.check(config["recipe"], config.get("arguments", {}))
    for kind in ("data", "fit_data"):
        load_options.check_options(config.get(kind, {}), kind)


def _policy(dtype: str) -> str:
    """Require the name of a dtype policy of Keras, or `AUTO`."""
    import keras

    check_type("dtype", dtype, "str")
    if dtype == AUTO:
        return dtype
    try:
        keras.dtype_policies.get(dtype)
    except ValueError as error:
        raise ValueError(
            "`dtype` must be a dtype policy of Keras, such as 'mixed_bfloat16', or "
            f"{AUTO!r}. Received: dtype={dtype!r}."
        ) from error
    return dtype


def _validation(recipe: str, dataset: str, share: float | None) -> float:
    """Return the share of the training split that is kept for validation."""
    if share is None:
        return 0.0 if (recipe, dataset) in PRESETS else VALIDATION
    return checks.share("validation", share)


def _counts(preset: Mapping[str, Any], **asked: int | None) -> dict[str, int]:
    """Check whole numbers; one that is not given is the preset's."""
    found = {k: preset[k] if v is None else v for k, v in asked.items()}
    return {key: checks.integer(key, value, 1) for key, value in found.items()}


def _options(
    preset: Mapping[str, Any],
    data: Mapping[str, Any],
    fit_data: Mapping[str, Any],
    arguments: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:
    """Merge the options of a preset with those that were asked for."""
    fitted = {k: v for k, v in preset["fit_data"].items() if k not in data}
    merged = {
        "data": {**preset["data"], **data},
        "fit_data": {**fitted, **fit_data},
        "arguments": {**preset["arguments"], **arguments},
    }
    return {name: _plain(name, values) for name, values in merged.items()}


def _plain(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as `config.json` gives them back to a resumed run."""
    try:
        return json.loads(json.dumps(values))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"`{name}` must hold what JSON can: numbers, strings, lists, dicts, None. "
            f"Received: {values!r}."
        ) from error
