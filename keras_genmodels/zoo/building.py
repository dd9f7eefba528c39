"""From a recipe's name to a built and compiled model."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.zoo import arguments as recipe_arguments
from keras_genmodels.zoo import training_settings
from keras_genmodels.zoo.presets import PRESETS

if TYPE_CHECKING:
    import keras

# The end of the name of clips that `data.load` gives as pictures: the option that does.
_PICTURES = {"_stills": "stills", "_next": "frame_step"}


def names() -> list[str]:
    """List the names of all recipes."""
    return registry.names("recipe")


def preset(name: str, dataset: str) -> dict[str, Any]:
    """Look up how long and on what a recipe is trained: `PRESETS`, its gaps filled.

    Args:
        name: of the recipe.
        dataset: a name of `data.load`.

    Returns:
        A dict with `epochs`, `batch_size`, `data` (options of `data.load`), `fit_data`
        (further ones of what is fitted) and `arguments` (of the recipe and of its
        training).

    Raises:
        ValueError: for an unknown recipe, with the nearest names.

    Example:
        >>> preset("vae", "mnist")["epochs"]
        450
    """
    registry.check_name(name, "recipe")
    row = PRESETS.get((name, dataset), {})
    return {
        "epochs": row.get("epochs", 50),
        "batch_size": row.get("batch_size", 128),
        "data": dict(row.get("data", {})),
        "fit_data": dict(row.get("fit_data", {})),
        "arguments": dict(row.get("arguments", {})),
    }


def build(
    name: str,
    spec: DatasetSpec,
    *,
    preset: bool = True,
    epochs: int | None = None,
    seed: int = 0,
    jit_compile: bool = False,
    dtype: str | None = None,
    **arguments: Any,
) -> keras.Model:
    """Build and compile the model of a recipe, as `train` does.

    Args:
        name: of the recipe, one of `names()`.
        spec: of the data set, from `data.load`.
        preset: whether arguments that are not given are those of the recipe's preset
            for the data set, where there is one, and the learning rate decays over the
            epochs; otherwise they are the recipe's defaults. Default: True.
        epochs: >= 1, over which the learning rate decays, unless `decay_steps` is
            given. Default: the preset's, or no decay with `preset=False`, or where
            `spec` does not know its `steps_per_epoch`.
        seed: of the initial weights and of the noise in training. Default: 0.
        jit_compile: compile the training step with XLA. Slower on a CPU.
        dtype: a Keras dtype policy for the networks, such as "mixed_bfloat16";
            distributions and losses stay in float32.
        **arguments: of the recipe and of its training (`TrainingSettings`);
            `describe(name)["arguments"]` lists them.

    Returns:
        A compiled model that remembers how it was made in `model.recipe`: its name,
        its arguments, and of a recipe that borrows from `start` the hash of that file.

    Raises:
        ValueError: for an unknown recipe or argument, with the nearest names, or
            `epochs` of a spec that does not know its steps.
        TypeError: for an argument of the wrong kind.

    Example:
        >>> from keras_genmodels import data
        >>> spec = data.load("digits")[1]
        >>> build("vae", spec, latent_dim=2).latent_dim
        2
    """
    recipe_arguments.check(name, arguments)
    chosen = {
        **recipe_arguments.defaults(name),
        **_usual(name, spec, preset, epochs),
        **arguments,
    }
    settings = {k: v for k, v in chosen.items() if k in training_settings.NAMES}
    own = {key: value for key, value in chosen.items() if key not in settings}
    model = _compiled(name, spec, seed, dtype, own, settings)
    model.jit_compile = jit_compile
    model.recipe = {"name": name, "arguments": _plain(chosen)}
    if chosen.get("start") is not None:
        from keras_genmodels.zoo.borrowing import content_hash

        model.recipe["start_sha256"] = content_hash(chosen["start"])
    return model


def _usual(
    name: str, spec: DatasetSpec, usual: bool, epochs: int | None
) -> dict[str, Any]:
    """Collect the arguments of the preset, and the decay over its epochs."""
    row = _preset_of(name, spec) if usual else {"epochs": None, "arguments": {}}
    steps = getattr(spec, "steps_per_epoch", None)
    if epochs is not None and (epochs < 1 or steps is None):
        raise ValueError(
            "`epochs` must be >= 1, and `spec` one that knows its `steps_per_epoch`, "
            f"from `data.load`. Received: epochs={epochs}, steps_per_epoch={steps}."
        )
    over = row["epochs"] if epochs is None else epochs
    return recipe_arguments.with_decay(
        name, row["arguments"], (over or 0) * (steps or 0)
    )


def _preset_of(name: str, spec: DatasetSpec) -> dict[str, Any]:
    """Look up the data set's preset; that of clips is not that of single frames."""
    clips = spec.name
    for suffix in _PICTURES:
        clips = clips.removesuffix(suffix)
    row = preset(name, clips)
    fits = all(
        bool(row["data"].get(option)) == spec.name.endswith(suffix)
        for suffix, option in _PICTURES.items()
    )
    return row if fits else preset(name, "")


def _compiled(name, spec, seed, dtype, own, settings) -> keras.Model:
    from keras_genmodels.zoo.optimisers import compile_model

    registry.load_all(
        *registry.SAVED
    )  # `keras.saving.load_model` knows every class from now
    function = registry.lookup(name, "recipe")
    with _policy(dtype):
        model = function(spec, seed=seed, **own)
        compile_model(model, training_settings.TrainingSettings(**settings))
    return model


@contextlib.contextmanager
def _policy(dtype: str | None) -> Iterator[None]:
    """Build under a dtype policy, then put the former one back."""
    import keras

    former = keras.config.dtype_policy()
    if dtype is not None:
        keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(former)


def _plain(value: Any) -> Any:
    """Convert a value to what JSON can hold: lists, and configs of Keras objects."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    import keras

    return keras.saving.serialize_keras_object(value)
