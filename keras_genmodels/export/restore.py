"""From an artefact back to the Python model that it was."""

from __future__ import annotations

import pathlib
from typing import Any


def rebuild(path: str | pathlib.Path) -> Any:
    """The Keras model that an artefact was exported from, with the artefact's weights.

    For what signatures do not offer: distributions, metrics, further training of what
    an artefact holds. Weights that no signature uses, such as those of critics, are new
    ones, and so is every optimiser's state.

    Args:
        path: as for `load`.

    Returns:
        A built and compiled model, as `zoo.build` makes it.

    Raises:
        ValueError: as `load` does, or if the model was made by no recipe.

    Example:
        >>> import tempfile
        >>> from keras_genmodels import data, export, zoo
        >>> model = zoo.build("vae", data.load("digits")[1], units=(8,))
        >>> path = export.save(model, f"{tempfile.mkdtemp()}/digits-vae/1")
        >>> export.rebuild(path).prior().event_shape
        TensorShape([8])
    """
    from keras_genmodels import zoo
    from keras_genmodels.export import local, signature_builders, weights

    artefact = local.load(path)
    card = artefact.card
    if card["recipe"] is None:
        raise ValueError(
            f"`path` must be that of a model of a recipe. Received: {path}, whose card "
            "names none."
        )
    settings = {"preset": False, "seed": card["seed"] or 0}
    model = zoo.build(card["recipe"], artefact.spec, **settings, **card["arguments"])
    with weights.settled(model):
        used = weights.Kept(model).used_by(signature_builders.offered(model))
    for index, value in zip(used, artefact.weights, strict=True):
        model.variables[index].assign(value)
    return model
