"""An artefact that runs in this process, on TensorFlow alone."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels.export import card as cards
from keras_genmodels.export import hub, layout, signature_io
from keras_genmodels.export.artefact import Artefact


class LoadedArtefact(Artefact):
    """A SavedModel in this process; `load` makes one."""

    def __init__(self, path: pathlib.Path, card: Mapping[str, Any]):
        import tensorflow as tf

        signatures = {form["name"]: form for form in card["signatures"]}
        super().__init__(card["name"], signatures, int(path.name), card)
        try:
            self._model = tf.saved_model.load(str(path))
        except Exception as error:  # whatever TensorFlow meets in damaged files
            raise ValueError(
                "`path` must be that of a whole SavedModel. "
                f"Received: {path} ({type(error).__name__}: {error})."
            ) from error

    @property
    def weights(self) -> list[Any]:
        """The kept weights of the model, as TensorFlow's variables, in order."""
        return list(self._model.weights)

    def _answer(
        self, form: signature_io.Form, tensors: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        import tensorflow as tf

        given = {name: tf.constant(array) for name, array in tensors.items()}
        try:
            answer = self._model.signatures[form["name"]](**given)
        except tf.errors.InvalidArgumentError as error:
            raise ValueError(
                f"The signature {form['name']!r} refused its inputs: {error.message}"
            ) from error
        return {name: tensor.numpy() for name, tensor in answer.items()}


def load(path: str | pathlib.Path) -> LoadedArtefact:
    """An exported model with the methods of the Python model that it was.

    It needs TensorFlow and nothing of the code that trained the model.

    Args:
        path: of an artefact, `saved_models/<name>`, whose newest version is taken, or
            of one of its versions, `saved_models/<name>/<version>`; or the address of
            one on the Hugging Face Hub, `hf://owner/name` or
            `hf://owner/name@revision`, as `hub.download` takes it.

    Returns:
        An `Artefact`: `sample`, and `encode`, `decode`, ... as the model has them.

    Raises:
        ValueError: if there is no such version, no sound card, or a card that does not
            fit the signatures.
        OSError: if the Hub refuses, or is out of reach.
        ImportError: for an address on the Hub, if `huggingface_hub` is not installed.

    Example:
        >>> import tempfile
        >>> from keras_genmodels import data, export, zoo
        >>> model = zoo.build("vae", data.load("digits")[1], units=(8,))
        >>> path = export.save(model, f"{tempfile.mkdtemp()}/digits-vae/1")
        >>> export.load(path.parent).sample(4, seed=1).shape
        (4, 16, 16, 1)
    """
    path = hub.download(path) if hub.is_url(path) else pathlib.Path(path).expanduser()
    if not (path / "saved_model.pb").is_file():
        path = layout.newest(path)
    layout.check_version(path)
    facts = cards.read(path.absolute().parent)
    found = signatures(path)
    if int(path.name) == facts.get("version", int(path.name)):
        cards.check_fits(facts, found)
    facts = {**facts, "signatures": list(found.values())}
    cards.check(facts)
    return LoadedArtefact(path, facts)


def signatures(path: str | pathlib.Path) -> dict[str, signature_io.Form]:
    """Name to form of every signature of a SavedModel, without loading its weights.

    Args:
        path: `saved_models/<name>/<version>`.

    Raises:
        ValueError: if there is no SavedModel.
    """
    from google.protobuf import json_format, message
    from tensorflow.core.protobuf import saved_model_pb2

    file = pathlib.Path(path) / "saved_model.pb"
    try:
        saved = saved_model_pb2.SavedModel.FromString(file.read_bytes())
        graph = saved.meta_graphs[0]
    except (IndexError, OSError, message.DecodeError) as error:
        raise ValueError(
            "`path` must be that of a SavedModel, saved_models/NAME/VERSION. "
            f"Received: {path} ({error})."
        ) from error
    return signature_io.parse(
        {
            name: json_format.MessageToDict(form, preserving_proto_field_name=True)
            for name, form in graph.signature_def.items()
        }
    )
