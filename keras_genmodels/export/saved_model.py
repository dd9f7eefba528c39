"""A model as a SavedModel in TensorFlow Serving's layout, and its card beside it."""

from __future__ import annotations

import os
import pathlib
import shutil
import tempfile
from collections.abc import Mapping
from typing import Any

from keras_genmodels import atomic_files
from keras_genmodels.data.loading import licence
from keras_genmodels.export import card, layout

_ASIDE = ".export-"  # begins the name of a folder that becomes a version


def save(
    model: Any,
    path: str | pathlib.Path,
    metrics: Mapping[str, Any] | None = None,
    dataset: str | None = None,
    seed: int | None = None,
    command: str | None = None,
    half: bool = False,
) -> pathlib.Path:
    """Write `model` as a SavedModel with one signature a method, and its card.

    The artefact runs where neither this package nor Keras nor TFP is installed. It
    holds the weights that its signatures use, no others, and requests that warm up a
    server. It computes in float32, also what was trained in mixed precision. All is
    written aside and moved to its place when it is whole, so a folder that TensorFlow
    Serving watches never shows half a model.

    Args:
        model: a built model of this package; its methods decide on the signatures.
        path: `<folder>/<name>/<version>`, the version an integer above those that are
            there. The card is `<folder>/<name>/card.json`, that of the newest version.
        metrics: what was measured, for the card; finite numbers.
        dataset: what the model was trained on. Default: the name in its spec.
        seed: that it was trained with. Default: `model.seed`.
        command: that trained it, as it can be typed again.
        half: keep matrices and kernels in float16, about half the size. Samples are
            compared with those of the exact weights, and the card says by how much
            they differ.

    Returns:
        The path of the SavedModel.

    Raises:
        TypeError: if `model` is no model of this package.
        ValueError: if `path` does not end in an integer, is taken or below a version
            that is there, or cannot be written; if the card would not be sound; or if
            `half` changes a pixel of more than eight of 64 samples by 8 levels of 255
            or more, or is asked of a model that makes none.

    Example:
        >>> import tempfile
        >>> from keras_genmodels import data, zoo
        >>> model = zoo.build("vae", data.load("digits")[1], units=(8,))
        >>> path = save(model, f"{tempfile.mkdtemp()}/digits-vae/1")
        >>> sorted(file.name for file in path.parent.iterdir())
        ['1', 'card.json']
    """
    from keras_genmodels.export import signature_builders, weights

    path = pathlib.Path(path).expanduser()
    layout.check_free(path)
    with weights.settled(model):
        model = weights.in_float32(model)
        kept = weights.Kept(model, half)
        offered = signature_builders.offered(model, kept.reading)
        if half and not hasattr(model, "sample"):
            raise ValueError(
                "`half` must be False for a model that makes no samples, by which "
                f"rounded weights are judged. Received: {type(model).__name__}."
            )
        facts = {
            "name": path.absolute().parent.name,
            "version": int(path.name),
            **_origin(model, dataset, seed),
            "metrics": dict(metrics or {}),
            "versions": card.versions(),
            "command": command,
            "spec": model.spec.to_dict(),
            "signatures": [signature.form() for signature in offered],
        }
        if half:
            exact = signature_builders.offered(model)
            facts["half"] = weights.compare(exact[0], offered[0], model.spec)
        card.check(facts)
        _write(_module(offered, kept.used_by(offered)), facts, path)
    return path


def _origin(model: Any, dataset: str | None, seed: int | None) -> dict[str, Any]:
    """Where a model comes from: its recipe, its data, its seed."""
    from keras_genmodels import zoo

    recipe = getattr(model, "recipe", None) or {"name": None, "arguments": {}}
    known = recipe["name"] in zoo.names()
    name = model.spec.name if dataset is None else dataset
    return {
        "recipe": recipe["name"],
        "summary": zoo.describe(recipe["name"])["summary"] if known else None,
        "arguments": dict(recipe["arguments"]),
        "dataset": name,
        "licence": licence(name),
        "seed": getattr(model, "seed", None) if seed is None else seed,
    }


def _module(offered: list[Any], used: Mapping[int, Any]) -> Any:
    """The signatures as they were traced, and the weights by their numbers.

    A `tf.function` would be traced once more to be saved, which takes as long again.
    """
    import tensorflow as tf

    module = tf.Module()
    module.weights = list(used.values())
    known = {id(weight) for weight in module.weights}
    module.others = []  # what functions read beside them
    for signature in offered:
        setattr(module, signature.name, signature.traced)
        for variable in signature.traced.variables:
            if id(variable) not in known:
                known.add(id(variable))
                module.others.append(variable)
    return module


def _write(module: Any, facts: dict[str, Any], path: pathlib.Path) -> None:
    """Write all aside, then move it; undo the first move if the second fails.

    Exports to one folder wait for each other. What one left there that was killed is
    removed.
    """
    from keras_genmodels.export import warmup

    card.dumps(facts)  # what JSON cannot hold is refused before anything is written
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_files.locked(path.parent):
            layout.check_free(path)
            for left in path.parent.glob(f"{_ASIDE}*"):
                shutil.rmtree(left)
            with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=path.parent) as folder:
                whole = pathlib.Path(folder, "model"), pathlib.Path(folder, card.FILE)
                _save(module, facts["signatures"], whole[0])
                warmup.write(whole[0], facts)
                facts["bytes"] = layout.size(whole[0])
                whole[1].write_text(card.dumps(facts), encoding="utf-8")
                _publish(*whole, path)
    except Exception as error:
        refused = atomic_files.refusal(error)
        if refused is None:
            raise
        raise ValueError(
            "`path` must be in a folder that can be written. "
            f"Received: {path} ({refused}). Nothing was changed there."
        ) from error


def _save(module: Any, forms: list[dict[str, Any]], path: pathlib.Path) -> None:
    """Write the SavedModel; its first signature is the one by default."""
    import tensorflow as tf

    signatures = {form["name"]: getattr(module, form["name"]) for form in forms}
    signatures["serving_default"] = signatures[forms[0]["name"]]
    tf.saved_model.save(module, str(path), signatures=signatures)


def _publish(model: pathlib.Path, facts: pathlib.Path, path: pathlib.Path) -> None:
    """Move a model and its card to their places, both or none."""
    os.rename(model, path)
    try:
        os.replace(facts, path.parent / card.FILE)
    except OSError:
        shutil.rmtree(path)
        raise
