"""Whether what a model foretells is nearest to the right one of several options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_genmodels import checks
from keras_genmodels.evaluation.batches import named_batches
from keras_genmodels.evaluation.classifiers.seeded_weights import reseeded
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.linear_probe import given_train
from keras_genmodels.evaluation.metrics.translation import seeded_batches
from keras_genmodels.evaluation.sampling import at_first_epoch
from keras_genmodels.networks import convolutional

FILTERS = (16, 32, 64)
CODE = 64  # numbers that a picture is described by
READ_AT_ONCE = 256  # pictures
_HALF_A_LEVEL = 0.5 / 255  # of 256, by which a picture may differ from itself


@metric(
    "multiple_choice_accuracy",
    needs=("translate", "spec"),
    default=lambda model, options: False,
)
def multiple_choice_accuracy(
    model: Any,
    dataset: Any,
    train: Any = None,
    max_examples: int | None = None,
    steps: int = 2000,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    seed: int = 0,
) -> dict[str, float]:
    """Measure how often the last picture that is foretold is nearest to the right one.

    The model sees no options. Distances are Euclidean: between codes of an autoencoder
    that is trained here on the last pictures of the training series, and between
    pixels.

    Args:
        model: with `translate`, from a series of pictures to those after each of them.
        dataset: batches with "source", x and "options", (options, height, width,
            channels), of which one is the last of x; as `diagrams` has them.
        train: batches of the training split, which the autoencoder is fitted to.
        max_examples: the first examples of `dataset` only, >= 1. Default: all.
        steps: of the autoencoder's training, >= 1.
        batch_size: pictures a step, >= 1.
        learning_rate: of Adam, > 0; it falls to 0 along a cosine.
        seed: of the autoencoder, and of the model's noise.

    Returns:
        `multiple_choice_accuracy`, the share of series whose prediction has the code
        that is nearest to that of the right option; `/pixels`, the same of pixels;
        `/last` and `/last/pixels`, the same if the last picture of the source is taken
        for the prediction; `/NAME/CLASS`, by codes, of each class of each attribute;
        `/chance`, the share that guesses find; `/autoencoder_error`, the mean squared
        error of a pixel of the options; `/examples`.

    Raises:
        ValueError: if `train` is not given, or for batches without options, or whose
            options lack the right one.

    Reference: Ghosh et al., "Contextual RNN-GANs for Abstract Reasoning Diagram
    Generation", 2017; there the codes are those of a Siamese network.
    """
    checks.integer("steps", steps, 1)
    autoencoder = _autoencoder(model, train, steps, batch_size, learning_rate, seed)
    made, last, options, right, labels = _answers(model, dataset, max_examples, seed)
    name, results = "multiple_choice_accuracy", {}
    codes = _read(autoencoder, options, "code")
    for key, pictures in (("", made), ("/last", last)):
        chosen = _nearest(_read(autoencoder, pictures, "code"), codes)
        results[f"{name}{key}"] = float(np.mean(chosen == right))
        found = np.mean(_nearest(pictures, options) == right)
        results[f"{name}{key}/pixels"] = float(found)
        if not key:
            results |= _by_class(name, model.spec, labels, chosen == right)
    error = np.mean(np.square(_read(autoencoder, options, "x") - options))
    results[f"{name}/chance"] = 1 / options.shape[1]
    results[f"{name}/autoencoder_error"] = float(error)
    return {**results, f"{name}/examples": len(made)}


def _answers(model, dataset, max_examples, seed) -> tuple[Any, ...]:
    """Predictions, the last pictures given, options, which is right, and labels."""
    parts, conditions = [], []
    for batch, given, noise in seeded_batches(model, dataset, max_examples, seed):
        if not {"source", "options"} <= {*batch}:
            raise ValueError(
                "`dataset` must have 'source' and 'options'; of `diagrams` every split "
                f"but 'train' has them. Received: batches of {sorted(batch)}."
            )
        made = np.asarray(model.translate(batch["source"], given, seed=noise))
        right = _place(batch["x"][:, -1], batch["options"])
        parts.append((made[:, -1], batch["source"][:, -1], batch["options"], right))
        conditions.append(batch["condition"])
    arrays = map(np.concatenate, zip(*parts, strict=True))
    return *arrays, model.spec.labels(np.concatenate(conditions))


def _place(last: np.ndarray, options: np.ndarray) -> np.ndarray:
    """Find the option that is the last picture of each series, (n,)."""
    away = np.abs(options - last[:, None]).max(axis=(2, 3, 4))
    if np.any(away.min(axis=1) > _HALF_A_LEVEL):
        raise ValueError(
            "`dataset` must have the last picture of x among 'options'. Received: a "
            f"series whose options differ from it by {away.min(axis=1).max():.3f}."
        )
    return away.argmin(axis=1)


def _nearest(answers: np.ndarray, options: np.ndarray) -> np.ndarray:
    """Find the option that is nearest to each answer, (n,)."""
    away = (options - answers[:, None]).reshape(*options.shape[:2], -1)
    return np.linalg.norm(away, axis=-1).argmin(axis=1)


def _by_class(name, spec, labels, is_right) -> dict[str, float]:
    """The share of right answers of each class that occurs."""
    return {
        f"{name}/{attribute.name}/{attribute.classes[place]}": float(
            is_right[labels[attribute.name] == place].mean()
        )
        for attribute in spec.categorical
        for place in np.unique(labels[attribute.name])
    }


def _autoencoder(model, train, steps, batch_size, learning_rate, seed) -> keras.Model:
    """Train a network from a picture, "x", to its "code" and to itself again."""
    train = at_first_epoch(given_train(train, "the autoencoder"))
    pictures = np.concatenate([b["x"][:, -1] for b in named_batches(model, train)])
    shape = {"x": pictures.shape[1:]}
    encoder = convolutional.encoder(shape, {"code": CODE}, FILTERS)
    decoder = convolutional.decoder({"code": (CODE,)}, shape, FILTERS[::-1])
    code = encoder(encoder.input)["code"]
    again = keras.layers.Activation("sigmoid")(decoder({"code": code})["x"])
    network = reseeded(keras.Model(encoder.input, {"code": code, "x": again}), seed)
    network.compile(
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(learning_rate, steps)
        ),
        {"x": "binary_crossentropy", "code": None},
    )
    rows = np.random.RandomState(seed).randint(len(pictures), size=steps * batch_size)
    rows = rows.reshape(steps, batch_size)
    for own in rows:
        network.train_on_batch({"x": pictures[own]}, {"x": pictures[own]})
    return network


def _read(network: Callable, pictures: np.ndarray, key: str) -> np.ndarray:
    """One output of the autoencoder for pictures (..., height, width, channels)."""
    flat = pictures.reshape(-1, *pictures.shape[-3:])
    parts = [
        np.asarray(network({"x": flat[start : start + READ_AT_ONCE]})[key])
        for start in range(0, len(flat), READ_AT_ONCE)
    ]
    found = np.concatenate(parts)
    return found.reshape(*pictures.shape[:-3], *found.shape[1:])
