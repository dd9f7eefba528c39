"""Index of the exported models of a folder: cards at once, functions when asked."""

from __future__ import annotations

import pathlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import card, layout, showcase
from keras_genmodels_demo import checks

MOST_REMEMBERED = 64
OF_LATENTS = frozenset({"x", "latent", "condition", "count", "seed"})


class Unavailable(Exception):
    """Error of a model that cannot be used; the message says why."""


class Entry:
    """Exported model, known by its card, loaded when it is first asked something.

    Args:
        folder: `saved_models/<name>`, with the card and the versions.
        opener: from this entry to its `export.Artefact`, which runs the signatures.

    Raises:
        ValueError: if the card is not sound, or there is no version.
    """

    def __init__(self, folder: pathlib.Path, opener: Callable[[Entry], Any]):
        self.card = card.read(folder)
        self.name: str = folder.name
        self.spec = DatasetSpec.from_dict(
            {"name": self.card["dataset"], **self.card["spec"]}
        )
        self.path = layout.newest(folder)
        self.examples = self._fitting(showcase.read_examples(folder))
        self.history = showcase.read_history(folder)
        self.signatures = {form["name"]: form for form in self.card["signatures"]}
        self._opener, self._lock, self._model = opener, threading.Lock(), None
        self._known: dict[Any, Any] = {}

    def _fitting(self, examples: showcase.Examples | None) -> Any:
        """Refuse examples of other pictures than the model's, or of other classes."""
        wanted = self.frame_shape, (self.spec.condition_size,)
        found = examples and (examples.x.shape[1:], examples.condition.shape[1:])
        if found and found != wanted:
            raise ValueError(
                f"x and condition in {showcase.EXAMPLES} must have rows of the shapes "
                f"{wanted}. Received: {found}."
            )
        return examples

    # --- what the card says -----------------------------------------------------------

    @property
    def title(self) -> str:
        """Join name, recipe and data set, as a person reads them."""
        recipe = self.card["recipe"] or "own model"
        return f"{self.name} ({recipe} on {self.spec.name})"

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """Give (height, width, channels) of a picture, or of a frame of a clip."""
        return self.spec.x_shape[-3:]

    @property
    def latent_dim(self) -> int:
        """Count the latents that `decode` takes."""
        return self.inputs("decode")["latent"]["shape"][-1]

    def inputs(self, signature: str) -> dict[str, Any]:
        """Map the named tensors that a signature takes to `{"dtype", "shape"}`."""
        return self.signatures[signature]["inputs"]

    def offers(self, *signatures: str) -> bool:
        """Find whether the model has all of these signatures."""
        return set(signatures) <= set(self.signatures)

    def shows(self, *signatures: str, video: bool = False) -> bool:
        """Find whether it offers these signatures, of pictures or of clips."""
        kind = self.spec.is_clip if video else self.spec.is_image
        return self.offers(*signatures) and kind

    def latents(self, *signatures: str) -> bool:
        """Find whether it shows these, given pictures, latents and a condition alone.

        A model that is given further pictures, such as a first frame, has its own tab.
        """
        return self.shows(*signatures) and all(
            OF_LATENTS.issuperset(self.inputs(name)) for name in signatures
        )

    @property
    def draws(self) -> bool:
        """Find whether it samples from nothing but noise and a condition."""
        known = {"count", "condition", "seed"}
        return self.offers("sample") and known.issuperset(self.inputs("sample"))

    def is_conditional(self, signature: str) -> bool:
        """Find whether a signature asks for a condition."""
        return "condition" in self.inputs(signature)

    # --- what the model does ----------------------------------------------------------

    def open(self) -> None:
        """Load the model, or reach its server.

        Raises:
            Unavailable: with the reason, if that fails.
        """
        with self._lock:
            if self._model is None:
                try:
                    self._model = self._opener(self)
                except Exception as error:
                    raise self._unavailable(error) from error

    def call(self, signature: str, **inputs: Any) -> dict[str, np.ndarray]:
        """Run a signature on named inputs; its named outputs.

        What the signature does not take, such as a condition, is left out.

        Raises:
            Unavailable: if the model cannot be loaded or reached.
            ValueError, TypeError: for inputs that the signature does not take.
        """
        self.open()
        try:
            return self._model.run(signature, **inputs)
        except (ValueError, TypeError):
            raise
        except Exception as error:
            raise self._unavailable(error) from error

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """Make something once for each key; the oldest of many are forgotten.

        Args:
            key: what it is, hashable.
            make: makes it, from this model alone.
        """
        with self._lock:
            if key in self._known:
                return self._known[key]
        made = make()
        with self._lock:
            self._known[key] = made
            while len(self._known) > MOST_REMEMBERED:
                del self._known[next(iter(self._known))]
        return made

    def _unavailable(self, error: Exception) -> Unavailable:
        """Tell in one line what a broken file or a server that is gone does."""
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return Unavailable(f"{self.name}: {lines[0][:300]}")


class ModelsIndex:
    """Models of a folder that can be shown, and why others cannot.

    Args:
        folder: `saved_models`.
        opener: what makes a model run, see `Entry`.

    Raises:
        ValueError: if the folder is not there.
    """

    def __init__(self, folder: str | pathlib.Path, opener: Callable[[Entry], Any]):
        self.folder = pathlib.Path(folder).expanduser()
        if not self.folder.is_dir():
            raise ValueError(
                "`saved_models` must be a folder of exported models. "
                f"Received: {folder}, which is not there."
            )
        self.entries: dict[str, Entry] = {}
        self.lost: dict[str, Entry] = {}  # sound cards whose models do not load
        self.refused: dict[str, str] = {}
        for path in sorted(self.folder.iterdir()):
            if (path / card.FILE).is_file():
                self._take(path, opener)

    def _take(self, path: pathlib.Path, opener: Callable[[Entry], Any]) -> None:
        try:
            self.entries[path.name] = Entry(path, opener)
        except (ValueError, OSError) as error:
            self.refused[path.name] = " ".join(str(error).split())[:300]

    def open(self, told: Callable[[str], None]) -> None:
        """Load every model; those that fail leave the index, with the reason.

        Args:
            told: is given a line a model.
        """
        for name, entry in list(self.entries.items()):
            try:
                entry.open()
                told(f"  {entry.title}")
            except Unavailable as error:
                self.refused[name] = str(error).removeprefix(f"{name}: ")
                self.lost[name] = self.entries.pop(name)
                told(f"  {name} cannot be used: {self.refused[name]}")

    def fitting(self, fits: Callable[[Entry], bool]) -> dict[str, Entry]:
        """Find the models of which something holds, by their names."""
        return {name: entry for name, entry in self.entries.items() if fits(entry)}

    def having(self, *signatures: str, video: bool = False) -> dict[str, Entry]:
        """Find the models of pictures, or of clips, that offer these signatures."""
        return self.fitting(lambda entry: entry.shows(*signatures, video=video))

    def find(self, name: Any, *signatures: str, video: bool = False) -> Entry:
        """Find the model by this name, if it offers the signatures.

        Raises:
            ValueError: for another name; the message has the nearest ones.
        """
        return checks.item("model", name, self.having(*signatures, video=video))


def conditional(found: Mapping[str, Entry], signature: str) -> list[Entry]:
    """Keep the models of which a signature asks for a condition."""
    return [entry for entry in found.values() if entry.is_conditional(signature)]


def local(entry: Entry) -> Any:
    """Load what runs a model of the folder in this process."""
    from keras_genmodels import export

    return export.load(entry.path)


def served(url: str) -> Callable[[Entry], Any]:
    """Make what runs the models of a TensorFlow Serving."""
    from keras_genmodels import export

    def open_one(entry: Entry) -> Any:
        return export.Client(url, card=entry.path.parent)

    return open_one
