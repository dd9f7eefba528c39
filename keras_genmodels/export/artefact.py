"""The methods of an exported model, whoever runs its signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.text import tokens as numbers_of
from keras_genmodels.export import signature_io
from keras_genmodels.export.method_arguments import Seed, counted, named, one_row, pair
from keras_genmodels.export.signature_method import SignatureMethod
from keras_genmodels.registry import suggest


class Artefact:
    """An exported model with the methods of the Python model that it was.

    `load` gives one that runs here, `Client` one that runs in a server; what they take,
    refuse and return is the same. A method is there if the model has the signature of
    its name, so that `hasattr(artefact, "encode")` asks whether there is an encoder.
    `run` reaches every signature by name, methods or not.

    Everything given may be an array, a tensor or a nested list; one row stands for all
    where others have more. Everything returned is a NumPy array. `x` is float32 in
    [0, 1], (batch, *x_shape); latents are (batch, latent_dim), those of clips (batch,
    time, latent_dim); `condition` is (batch, condition_size), as `spec.condition` makes
    it, or a dict of named tensors such as `{"source": pictures}`, of which a model
    ignores those that it does not look at; a seed is an int or two, and the
    same seed gives the same answer.

    Args:
        name: of the model.
        signatures: name to form of each, as `signature_io.parse` gives them.
        version: of the model.
        card: of the model, if there is one.

    Attributes:
        spec: what the card says of the data, a `DatasetSpec`; None without a card.

    Raises (every method):
        ValueError: for a missing input, another shape, or values that the model
            refuses.
        TypeError: for inputs that hold no numbers, or no integers where they belong.
    """

    def __init__(
        self,
        name: str,
        signatures: Mapping[str, signature_io.Form],
        version: int | None = None,
        card: Mapping[str, Any] | None = None,
    ):
        self.name, self.version, self.card = name, version, card
        self.signatures = dict(signatures)
        self.spec = None
        if card is not None:
            spec = {"name": card["dataset"], **card["spec"]}
            self.spec = DatasetSpec.from_dict(spec)

    def run(self, signature: str, **given: Any) -> dict[str, np.ndarray]:
        """Run a signature by name, on tensors by name.

        Raises:
            ValueError: for an unknown signature, with the nearest names.
        """
        if signature not in self.signatures:
            raise ValueError(
                f"Unknown signature {signature!r} of the model {self.name!r}. "
                f"{suggest(signature, list(self.signatures))}"
            )
        form = self.signatures[signature]
        return self._answer(form, signature_io.tensors(form, given))

    def _answer(
        self, form: signature_io.Form, tensors: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        raise NotImplementedError

    @property
    def translates(self) -> tuple[str, str]:
        """The names of the tensors that `translate` is given and that it should give.

        As `signature_io.translates` reads them; without a card "source" and "x".
        """
        return signature_io.translates(self.signatures, self.spec)

    # --- pictures ---------------------------------------------------------------------

    @SignatureMethod
    def sample(
        self,
        n: int | None = None,
        condition: Any = None,
        seed: Seed = 0,
    ) -> np.ndarray:
        """Samples from the prior, (n, *x_shape); `n` is the rows of `condition`."""
        return self.run("sample", **counted(n, condition), seed=pair(seed))["x"]

    @SignatureMethod
    def encode(self, x: Any, condition: Any = None) -> np.ndarray:
        """The codes of `x`, (batch, latent_dim)."""
        return self.run("encode", x=x, **named(condition))["latent"]

    @SignatureMethod
    def decode(self, z: Any, condition: Any = None) -> np.ndarray:
        """The samples of latents, (batch, *x_shape)."""
        return self.run("decode", latent=z, **named(condition))["x"]

    @SignatureMethod
    def reconstruct(self, x: Any, condition: Any = None) -> np.ndarray:
        """`decode(encode(x))`, (batch, *x_shape)."""
        return self.run("reconstruct", x=x, **named(condition))["x"]

    @SignatureMethod
    def translate(
        self, source: Any, condition: Any = None, seed: Seed = 0
    ) -> np.ndarray:
        """The pictures that are made of sources, (batch, height, width, channels)."""
        given = {**named(condition), "source": source}
        (made,) = self.run("translate", **given, seed=pair(seed)).values()
        return made

    @SignatureMethod
    def from_text(
        self, sentence: str, count: int = 1, condition: Any = None, seed: Seed = 0
    ) -> np.ndarray:
        """The pictures of a sentence, (count, *x_shape), by the words of the card.

        What else the model needs, such as a box, is one row of `condition`.
        """
        if self.spec is None:
            raise ValueError(
                f"`from_text` needs the card of the model {self.name!r}, which has its "
                "words. Received: card=None."
            )
        (tokens,) = numbers_of(self.spec, [sentence])
        given = {"tokens": tokens, "count": count, "seed": pair(seed)}
        return self.run("from_text", **given, **one_row(condition))["x"]

    @SignatureMethod
    def edit(self, x: Any, condition: Any, seed: Seed = 0) -> np.ndarray:
        """The same pictures with other attributes, (batch, *x_shape)."""
        return self.run("edit", x=x, **named(condition), seed=pair(seed))["x"]

    @SignatureMethod
    def transfer(self, source: Any, donor: Any) -> np.ndarray:
        """Pictures with the thing of other ones, (batch, *x_shape)."""
        return self.run("transfer", source=source, donor=donor)["x"]

    @SignatureMethod
    def paint(
        self, x: Any, colours: Any, mask: Any, condition: Any = None, steps: int = 100
    ) -> np.ndarray:
        """Pictures that follow strokes of colour where mask is 1, (batch, *x_shape)."""
        given = {"x": x, "colours": colours, "mask": mask, **named(condition)}
        return self.run("paint", **given, steps=steps)["x"]

    @SignatureMethod
    def represent(self, x: Any) -> np.ndarray:
        """The codes of pictures, (batch, size)."""
        return self.run("represent", x=x)["code"]

    @SignatureMethod
    def project(self, x: Any) -> np.ndarray:
        """The latents in which a network of the model sees the same as in pictures."""
        return self.run("project", x=x)["latent"]

    @SignatureMethod
    def translate_back(self, source: Any, seed: Seed = 0) -> np.ndarray:
        """The pictures of the domain x made of pictures of y, (batch, *x_shape)."""
        return self.run("translate_back", source=source, seed=pair(seed))["x"]

    @SignatureMethod
    def interpolate(
        self, start: Any, end: Any, steps: int, condition: Any = None
    ) -> np.ndarray:
        """Walks between latents, both ends included, (batch, steps, *x_shape)."""
        given = {"start": start, "end": end, "steps": steps, **named(condition)}
        return self.run("interpolate", **given)["x"]

    @SignatureMethod
    def log_likelihood(
        self,
        x: Any,
        condition: Any = None,
        num_samples: int = 5000,
        seed: Seed = 0,
    ) -> np.ndarray:
        """The importance-weighted bound on log p(x), (batch,) nats."""
        given = {"x": x, **named(condition), "num_samples": num_samples}
        answer = self.run("log_likelihood", **given, seed=pair(seed))
        return answer["log_likelihood"]

    @SignatureMethod
    def elbo(
        self,
        x: Any,
        condition: Any = None,
        num_samples: int = 1,
        seed: Seed = 0,
    ) -> np.ndarray:
        """The evidence lower bound, (batch,) nats; `run` gives its two terms, too."""
        given = {"x": x, **named(condition), "num_samples": num_samples}
        return self.run("elbo", **given, seed=pair(seed))["elbo"]

    @SignatureMethod
    def log_prob(self, x: Any, condition: Any = None) -> np.ndarray:
        """The exact log p(x), (batch,) nats."""
        return self.run("log_prob", x=x, **named(condition))["log_prob"]

    @SignatureMethod
    def complete(
        self, x: Any, mask: Any, condition: Any = None, seed: Seed = 0
    ) -> np.ndarray:
        """Pictures whose pixels of mask 0 are drawn anew, (batch, *x_shape)."""
        given = {"x": x, "mask": mask, **named(condition)}
        return self.run("complete", **given, seed=pair(seed))["x"]

    @SignatureMethod
    def predict_next(
        self,
        first_frame: Any,
        count: int = 1,
        condition: Any = None,
        seed: Seed = 0,
    ) -> np.ndarray:
        """Pictures that may follow others, (batch, count, *x_shape)."""
        given = {"first_frame": first_frame, **named(condition), "count": count}
        return self.run("predict_next", **given, seed=pair(seed))["x"]

    @SignatureMethod
    def classify(self, x: Any) -> np.ndarray:
        """Probabilities of every attribute's classes, (batch, condition_size)."""
        (seen,) = self.signatures["classify"]["inputs"]
        return self.run("classify", **{seen: x})["probabilities"]

    @SignatureMethod
    def sample_pairs(self, n: int, seed: Seed = 0) -> np.ndarray:
        """The same thing in two domains, (n, 2, *x_shape)."""
        answer = self.run("sample_pairs", count=n, seed=pair(seed))
        return np.stack([answer["x"], answer["other"]], axis=1)

    # --- videos -----------------------------------------------------------------------

    @SignatureMethod
    def generate(
        self,
        condition: Any = None,
        frames: int | None = None,
        seed: Seed = 0,
        n: int | None = None,
    ) -> np.ndarray:
        """Videos, (n, frames, height, width, channels); default: as long as the data's.

        `n` is the rows of `condition`, or how many videos one row stands for.
        """
        given = {**counted(n, condition), "frames": self._frames(frames)}
        return self.run("generate", **given, seed=pair(seed))["x"]

    @SignatureMethod
    def continue_from(
        self,
        first_frame: Any,
        condition: Any = None,
        frames: int | None = None,
        seed: Seed = 0,
    ) -> np.ndarray:
        """Videos that begin with given pictures, (batch, height, width, channels)."""
        given = {"first_frame": first_frame, **named(condition)}
        given["frames"] = self._frames(frames)
        return self.run("continue_from", **given, seed=pair(seed))["x"]

    @SignatureMethod
    def infer_attributes(self, first_frame: Any) -> dict[str, np.ndarray]:
        """Attribute to the probabilities of its classes, (batch, classes)."""
        return self.run("infer_attributes", first_frame=first_frame)

    def _frames(self, frames: int | None) -> int | None:
        """So many, or by default as many as `sample` gives."""
        shape = self.signatures["sample"]["outputs"]["x"]["shape"]
        return shape[1] if frames is None else frames

    # --- itself -----------------------------------------------------------------------

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if hasattr(self, name)]

    def __repr__(self) -> str:
        version = "" if self.version is None else f" version {self.version}"
        return f"<{type(self).__name__} of {self.name!r}{version}>"
