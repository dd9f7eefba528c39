"""The metric of the shapes of showers, jets and tunes: distances of variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import wasserstein_distance

from keras_genmodels import checks, music
from keras_genmodels.data.simulation import jets, showers
from keras_genmodels.data.sources.calorimeter import UNIT as SHOWER_UNIT
from keras_genmodels.data.sources.jets import UNIT as JET_UNIT
from keras_genmodels.evaluation.batches import batches, cycled, num_rows
from keras_genmodels.evaluation.measures import jet_shapes, shower_shapes, tune_shapes
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.sampling import at_first_epoch, sample_batches

Shapes = dict[str, np.ndarray]


def shower_layers(x: np.ndarray) -> list[np.ndarray]:
    """Divide x of `calorimeter` into energies of its layers in GeV.

    Args:
        x: (n, 504).

    Returns:
        An array (n, rows, columns) for each layer, from the front.
    """
    parts = np.split(x, np.cumsum([layer.size for layer in showers.LAYERS])[:-1], 1)
    return [
        SHOWER_UNIT * part.reshape(-1, layer.rows, layer.columns)
        for part, layer in zip(parts, showers.LAYERS, strict=True)
    ]


def _of_showers(x: np.ndarray) -> Shapes:
    return shower_shapes.shapes(shower_layers(x), showers.THRESHOLD)


def _of_jets(x: np.ndarray) -> Shapes:
    return jet_shapes.shapes(JET_UNIT * x[..., 0], jets.PIXEL, jets.THRESHOLD)


def _of_tunes(x: np.ndarray) -> Shapes:
    return tune_shapes.shapes(np.stack([music.notes(tune) for tune in x]))


def _shapes_of(spec: Any) -> Callable[[np.ndarray], Shapes] | None:
    """Choose the function that describes the examples of a data set, or None."""
    names = [attribute.name for attribute in spec.attributes]
    if spec.x_shape == (showers.CELLS,) and names == ["energy"]:
        return _of_showers
    if music.is_tune(spec):
        return _of_tunes
    return _of_jets if spec.name == "jets" else None


def _is_described(model: Any, options: dict[str, Any]) -> bool:
    return _shapes_of(model.spec) is not None


@metric("shape_distance", needs=("sample", "spec"), default=_is_described)
def shape_distance(
    model: Any,
    dataset: Any,
    max_examples: int | None = None,
    splits: int = 10,
    seed: int = 0,
) -> dict[str, float]:
    """Measure how far variables of showers, jets or tunes are from those of real ones.

    The examples are divided into two halves, at random. A variable's distance of
    samples of the conditions of one half from the real other half is divided by the
    distance of the real halves from each other: a perfect model has 1. Both are means
    over several divisions; of classes the mean over them is taken.

        W1(made half, other half) / W1(real half, other half)

    Args:
        model: with `sample`, of `calorimeter`, `calo:FILE`, `jets` or tunes.
        dataset: batches of `{"x", "condition"}`; a sample is drawn for each example.
        max_examples: the first examples only, >= 4. Default: all.
        splits: divisions into halves, >= 1.
        seed: of the samples.

    Returns:
        `shape_distance`, the mean over the variables, `/largest`, the largest, and one
        of each variable by its name, as `measures.shower_shapes`,
        `measures.jet_shapes` and `measures.tune_shapes` have them; of showers and jets
        `/hits_error`, the difference of the shares of cells that are hit; of showers
        `/response_error`, the largest relative error of the mean energy in five ranges
        of the electron's; `/samples` and `/examples`.

    Raises:
        ValueError: for other data, fewer examples, or `splits` below 1.
    """
    checks.integer("splits", splits, 1)
    describe = _shapes_of(model.spec)
    if describe is None:
        raise ValueError(
            "`shape_distance` needs a model of 'calorimeter', 'calo:FILE', 'jets' or "
            f"tunes. Received: {model.spec.name!r}."
        )
    found = [*batches(model, at_first_epoch(dataset), max_examples)]
    x = np.concatenate([part for part, _ in found])
    condition = cycled([part for _, part in found], len(x))
    samples = sample_batches(model, num_rows(condition), condition, seed)
    made_x = np.concatenate([*samples])
    real, made = describe(x), describe(made_x)
    ratios = _ratios(real, made, _classes(model.spec, condition), splits)
    numbers = {**ratios, **_errors(real, made, model.spec, condition)}
    return {
        "shape_distance": float(np.mean([*ratios.values()])),
        "shape_distance/largest": max(ratios.values()),
        **{f"shape_distance/{name}": number for name, number in numbers.items()},
        "shape_distance/samples": len(made_x),
        "shape_distance/examples": len(x),
    }


def _errors(real: Shapes, made: Shapes, spec: Any, condition: Any) -> dict[str, float]:
    """The errors of means: of the cells that are hit, and of the energy's response."""
    errors = {}
    hits = [np.mean(s[name]) for name in real if "hits" in name for s in (real, made)]
    if hits:
        errors["hits_error"] = float(abs(np.mean(hits[::2]) - np.mean(hits[1::2])))
    if "energy" in real:
        asked = spec.labels(condition)["energy"]
        error = shower_shapes.response_error(made["energy"], real["energy"], asked)
        errors["response_error"] = error
    return errors


def _classes(spec: Any, condition: np.ndarray) -> list[np.ndarray]:
    """The rows of each class of the attribute, or all rows where there is not one."""
    if len(spec.categorical) != 1:
        return [np.arange(len(condition))]
    (attribute,) = spec.categorical
    labels = attribute.read(condition)
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def _ratios(
    real: Shapes, made: Shapes, classes: list[np.ndarray], splits: int
) -> dict[str, float]:
    """The distance of each variable over that of two real halves."""
    if min(map(len, classes)) < 4:
        raise ValueError(
            "`dataset` must hold at least four examples of each class. "
            f"Received: {min(map(len, classes))}."
        )
    rng = np.random.default_rng(0)
    distances = {name: np.zeros((2, len(classes))) for name in real}
    for place, rows in enumerate(classes):
        for _ in range(splits):
            one, other = np.array_split(rng.permutation(rows), 2)
            for name, sums in distances.items():
                for kind, values in enumerate((made[name], real[name])):
                    own = wasserstein_distance(values[one], real[name][other])
                    sums[kind, place] += own
    return {
        name: float(np.mean(made / np.maximum(real, 1e-12)))
        for name, (made, real) in distances.items()
    }
