"""Networks of trained models, which other recipes borrow and leave as they are."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import keras

from keras_genmodels import checkpoints, registry

_MAKING = (
    "`keras-genmodels train classifier DATASET` makes a run that features can be "
    "borrowed from."
)


def borrow(start: str | Path | None, part: str = "features") -> keras.Model:
    """Load a network of a trained model, to be used and not trained.

    Its weights become part of the new model's own file, so that `start` is needed
    once: a checkpoint, an exported model and a run that is resumed do without.

    Args:
        start: the folder of a run, of which the newest checkpoint is taken, or a
            `.keras` file.
        part: a network of the model by its name, such as "encoder"; or an output or a
            layer of a classifier, or of a model with one network, by its name: the
            network up to there. Default "features".

    Returns:
        A functional model from named tensors to named tensors, which is not trainable.
        Give it to `Perceptual`, or wrap it in `networks.still.Still` inside another
        network.

    Raises:
        ValueError: if `start` is not there, holds no model, or one without that part.

    Example:
        >>> borrow("no/such/run")
        Traceback (most recent call last):
        ValueError: `start` must be the folder of a run, or a .keras file. Received: ...
    """
    path = model_file(start)
    registry.load_all(*registry.SAVED)
    try:
        model = keras.saving.load_model(path, compile=False)
    except (ValueError, TypeError, OSError, KeyError) as error:
        raise ValueError(
            f"`start` must hold a model that can be loaded. Received: {path} ({error})."
        ) from error
    networks = {k: v for k, v in vars(model).items() if isinstance(v, keras.Model)}
    network = networks[part] if part in networks else _up_to(model, part, path)
    network.trainable = False
    return network


def model_file(start: str | Path | None) -> Path:
    """Find the file of a trained model.

    Args:
        start: as for `borrow`.

    Raises:
        ValueError: if there is none; the message names what was given.
    """
    if start is None:
        raise ValueError(
            "`start` must be the folder of a run, or a .keras file. "
            f"Received: start=None. {_MAKING}"
        )
    path = Path(start).expanduser()
    if path.is_file() and path.suffix == ".keras":
        return path
    found = checkpoints.newest(path / "checkpoints") if path.is_dir() else None
    if found is None:
        why = "which has no checkpoint" if path.is_dir() else "which is not there"
        why = "which is another file" if path.is_file() else why
        raise ValueError(
            "`start` must be the folder of a run, or a .keras file. "
            f"Received: start={str(start)!r}, {why}. {_MAKING}"
        )
    return found[0]


def content_hash(start: str | Path) -> str:
    """Compute the SHA-256 of the file that `borrow` reads.

    Raises:
        ValueError: as `model_file`.
    """
    with open(model_file(start), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _up_to(model: Any, part: str, path: Path) -> keras.Model:
    """The classifier's network, or a plain one, up to an output or a layer."""
    network = getattr(model, "network", model)
    inputs, outputs = _ends(network, path)
    layers = {layer.name: layer for layer in network.layers}
    if part not in {**outputs, **layers}:
        raise ValueError(
            f"`start` must hold a model with the output or layer {part!r}. "
            f"Received: {path}, with {[*outputs, *layers]}."
        )
    found = outputs[part] if part in outputs else layers[part].output
    if isinstance(inputs, dict):
        return keras.Model(inputs, {part: found}, name=network.name)
    seen = keras.Input(inputs.shape[1:], name="x")
    inner = keras.Model(inputs, found, name=f"{network.name}_{part}")
    made = keras.layers.Identity(name=part)(inner(seen))
    return keras.Model({"x": seen}, {part: made}, name=network.name)


def _ends(network: Any, path: Path) -> tuple[Any, dict[str, Any]]:
    """The inputs of a functional model, one or by their names, and named outputs."""
    try:
        if isinstance(network, keras.Sequential):
            inputs, outputs = network.inputs[0], network.outputs[0]
        else:
            inputs, outputs = network.input, network.output
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            "`start` must hold a functional Keras model, or a classifier of this "
            f"package. Received: {path}, of the class {type(network).__name__}."
        ) from None
    if isinstance(inputs, list | tuple):
        raise ValueError(
            "`start` must hold a model of one picture. "
            f"Received: {path}, whose model has {len(inputs)} inputs without names."
        )
    return inputs, outputs if isinstance(outputs, dict) else {}
