"""A model as a SavedModel in TensorFlow Serving's layout, and its card beside it."""

from __future__ import annotations

import os
import pathlib
import shutil
import tempfile
from collections.abc import Mapping
from typing import Any

from keras_genmodels.export import card


def save(
    model: Any,
    path: str | pathlib.Path,
    metrics: Mapping[str, Any] | None = None,
    dataset: str | None = None,
    seed: int | None = None,
    command: str | None = None,
) -> pathlib.Path:
    """Write `model` as a SavedModel with one signature a method, and its card.

    The artefact runs where neither this package nor Keras nor TFP is installed. Both
    are written aside and moved to their places when they are whole, so a folder that
    TensorFlow Serving watches never shows half a model.

    Args:
        model: a built model of this package; its methods decide on the signatures.
        path: `<folder>/<name>/<version>`, the version an integer above those that are
            there. The card is `<folder>/<name>/card.json`, that of the newest version.
        metrics: what was measured, for the card; finite numbers.
        dataset: what the model was trained on. Default: the name in its spec.
        seed: that it was trained with. Default: `model.seed`.
        command: that trained it, as it can be typed again.

    Returns:
        The path of the SavedModel.

    Raises:
        TypeError: if `model` is no model of this package.
        ValueError: if `path` does not end in an integer, is taken or below a version
            that is there, or cannot be written; or if the card would not be sound.

    Example:
        >>> import tempfile
        >>> from keras_genmodels import data, zoo
        >>> model = zoo.build("vae", data.load("digits")[1], units=(8,))
        >>> path = save(model, f"{tempfile.mkdtemp()}/digits-vae/1")
        >>> sorted(file.name for file in path.parent.iterdir())
        ['1', 'card.json']
    """
    import keras

    from keras_genmodels.export import signatures

    path = pathlib.Path(path)
    _check_free(path)
    archive, forms = keras.export.ExportArchive(), []
    for signature in signatures.offered(model):
        archive.add_endpoint(signature.name, signature.function)
        forms.append(signature.form())
    facts = {
        "name": path.absolute().parent.name,
        "version": int(path.name),
        **_origin(model),
        "dataset": model.spec.name if dataset is None else dataset,
        "seed": getattr(model, "seed", None) if seed is None else seed,
        "metrics": dict(metrics or {}),
        "versions": card.versions(),
        "command": command,
        "spec": model.spec.to_dict(),
        "signatures": forms,
    }
    card.check(facts)
    _write(archive, card.dumps(facts), path)
    return path


def _origin(model: Any) -> dict[str, Any]:
    recipe = getattr(model, "recipe", None) or {"name": None, "arguments": {}}
    return {"recipe": recipe["name"], "arguments": dict(recipe["arguments"])}


def _check_free(path: pathlib.Path) -> None:
    """Refuse a path that TensorFlow Serving would not serve, or that is taken."""
    if not (path.name.isascii() and path.name.isdecimal()):
        raise ValueError(
            "`path` must end in an integer version, as in 'saved_models/name/1'. "
            f"Received: {path}."
        )
    found = path.parent.glob("[0-9]*") if path.parent.is_dir() else ()
    newest = max((int(p.name) for p in found if p.name.isdecimal()), default=-1)
    if path.exists() or int(path.name) <= newest:
        raise ValueError(
            f"`path` must be a new version, above {newest}. Received: {path}. "
            f"{path.parent / str(newest + 1)} is free."
        )


def _write(archive: Any, text: str, path: pathlib.Path) -> None:
    """Write both aside, then move them; undo the first move if the second fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            whole = pathlib.Path(folder, "model"), pathlib.Path(folder, card.FILE)
            archive.write_out(str(whole[0]), verbose=False)
            whole[1].write_text(text, encoding="utf-8")
            os.rename(whole[0], path)
            try:
                os.replace(whole[1], path.parent / card.FILE)
            except OSError:
                shutil.rmtree(path)
                raise
    except OSError as error:
        raise ValueError(
            "`path` must be in a folder that can be written. "
            f"Received: {path} ({error})."
        ) from error
