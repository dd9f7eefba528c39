"""The description of a recipe: its arguments, and its model on a data set."""

from __future__ import annotations

import inspect
import re
from typing import Any

from keras_genmodels import registry
from keras_genmodels.ranges import meanings_of
from keras_genmodels.zoo import arguments
from keras_genmodels.zoo.building import build, preset
from keras_genmodels.zoo.presets import PRESETS
from keras_genmodels.zoo.training_settings import TrainingSettings


def describe(name: str, dataset: str | None = None, **options: Any) -> dict[str, Any]:
    """Say what a recipe is, and, with a data set, everything that `train` would use.

    Args:
        name: of the recipe.
        dataset: a name of `data.load`. Its data are loaded with the preset's options
            and the model is built. Default None: only what holds for all data.
        **options: of `data.load` beside the preset's, such as `data_dir`.

    Returns:
        A dict with `name`, `paper`, `summary`, `arguments` (those of the recipe and of
        its training, with their defaults), `meanings` (of each argument) and `presets`
        (the data sets that it has a preset for). With a data set the arguments are
        those of the training, and there are also `dataset`, `training` (epochs, batch
        size, steps, options of the data) and what `anatomy.anatomy` says of the model:
        its networks with their layers' shapes, distributions, objectives, penalties,
        terms, and optimisers.

    Raises:
        ValueError: for an unknown recipe or data set, with the nearest names, or data
            that the recipe cannot be built for.

    Example:
        >>> describe("vae")["arguments"]["latent_dim"]
        50
        >>> describe("vae", "digits")["arguments"]["latent_dim"]
        8
    """
    text = inspect.getdoc(registry.lookup(name, "recipe"))
    known = arguments.defaults(name)
    of_training = meanings_of(TrainingSettings.__doc__)
    told = {
        "name": name,
        "paper": paper_of(text),
        "summary": " ".join(text.split("\n\n")[0].split()),
        "arguments": known,
        "meanings": {key: of_training.get(key) or _meaning(name, key) for key in known},
        "presets": sorted(data for recipe, data in PRESETS if recipe == name),
    }
    return told if dataset is None else {**told, **_on(name, dataset, options)}


def paper_of(text: str) -> str:
    r"""Find the reference of a docstring, on one line; empty if it has none.

    Example:
        >>> paper_of("One line.\n\nReference: Someone,\n1999.")
        'Someone, 1999.'
    """
    return " ".join(text.partition("Reference: ")[2].split("\n\n")[0].split())


def _meaning(name: str, argument: str) -> str:
    """Say what an argument of a recipe means; "as for `dcgan`" is looked up there."""
    text = inspect.getdoc(registry.lookup(name, "recipe"))
    meaning = meanings_of(text).get(argument, "")
    other = re.match(r"as for `(\w+)`", meaning)
    return _meaning(other[1], argument) if other else meaning


def _on(name: str, dataset: str, options: dict[str, Any]) -> dict[str, Any]:
    """Build the recipe's model on a data set, and describe it."""
    from keras_genmodels.data import load, load_options
    from keras_genmodels.zoo.anatomy import anatomy

    load_options.check_name(dataset)
    row = preset(name, dataset)
    fitted = {**row["data"], **row["fit_data"], **options}
    train, spec = load(dataset, "train", row["batch_size"], **fitted)
    steps = int(train.cardinality())
    if row["fit_data"]:
        spec = load(dataset, "test", row["batch_size"], **{**row["data"], **options})[1]
    chosen = arguments.with_decay(name, row["arguments"], row["epochs"] * steps)
    model = build(name, spec, preset=False, **chosen)
    return {
        "arguments": dict(model.recipe["arguments"]),
        "dataset": {
            "name": spec.name,
            "x_shape": spec.x_shape,
            "attributes": {a.name: len(a.classes) for a in spec.attributes},
        },
        "training": {
            "epochs": row["epochs"],
            "batch_size": row["batch_size"],
            "steps_per_epoch": steps,
            "data": {**row["data"], **options},
            "fit_data": row["fit_data"],
        },
        **anatomy(model),
    }
