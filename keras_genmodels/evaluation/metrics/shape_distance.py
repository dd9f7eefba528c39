"""The metric of the shapes of showers and of jets: distances of single variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import wasserstein_distance

from keras_genmodels import checks
from keras_genmodels.data.simulation import jets, showers
from keras_genmodels.data.sources.calorimeter import UNIT as SHOWER_UNIT
from keras_genmodels.data.sources.jets import UNIT as JET_UNIT
from keras_genmodels.evaluation.batches import batches, cycled, num_rows
from keras_genmodels.evaluation.measures import jet_shapes, shower_shapes
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


def _shapes_of(spec: Any) -> Callable[[np.ndarray], Shapes] | None:
    """Choose the function that describes the examples of a data set, or None."""
    names = [attribute.name for attribute in spec.attributes]
    if spec.x_shape == (showers.CELLS,) and names == ["energy"]:
        return _of_showers
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
    """Measure how far variables of generated showers or jets are from the real ones.

    The examples are divided into two halves, at random. A variable's distance of
    samples of the conditions of one half from the real other half is divided by the
    distance of the real halves from each other: a perfect model has 1. Both are means
    over several divisions; of classes the mean over them is taken.

        W1(made half, other half) / W1(real half, other half)

    Args:
        model: with `sample`, of `calorimeter`, `calo:FILE` or `jets`.
        dataset: batches of `{"x", "condition"}`; a sample is drawn for each example.
        max_examples: the first examples only, >= 4. Default: all.
        splits: divisions into halves, >= 1.
        seed: of the samples.

    Returns:
        `shape_distance`, the mean over the variables, `/largest`, the largest, and one
        of each variable by its name, as `measures.shower_shapes` and
        `measures.jet_shapes` have them; `/hits_error`, the difference of the shares of
        cells that are hit; of showers `/response_error`, the largest relative error of
        the mean energy in five ranges of the electron's; `/samples` and `/examples`.

    Raises:
        ValueError: for other data, fewer examples, or `splits` below 1.
    """
    checks.integer("splits", splits, 1)
    describe = _shapes_of(model.spec)
    if describe is None:
        raise ValueError(
            "`shape_distance` needs a model of 'calorimeter', 'calo:FILE' or 'jets'. "
            f"Received: {model.spec.name!r}."
        )
    found = [*batches(model, at_first_epoch(dataset), max_examples)]
    x = np.concatenate([part for part, _ in found])
    condition = cycled([part for _, part in found], len(x))
    samples = sample_batches(model, num_rows(condition), condition, seed)
    made_x = np.concatenate([*samples])
    real, made = describe(x), describe(made_x)
    ratios = _ratios(real, made, _classes(model.spec, condition), splits)
    results = {f"shape_distance/{name}": ratio for name, ratio in ratios.items()}
    hits = [np.mean([v for k, v in s.items() if "hits" in k]) for s in (real, made)]
    results["shape_distance/hits_error"] = float(abs(hits[0] - hits[1]))
    if "energy" in real:
        asked = model.spec.labels(condition)["energy"]
        error = shower_shapes.response_error(made["energy"], real["energy"], asked)
        results["shape_distance/response_error"] = error
    return {
        "shape_distance": float(np.mean([*ratios.values()])),
        "shape_distance/largest": max(ratios.values()),
        **results,
        "shape_distance/samples": len(made_x),
        "shape_distance/examples": len(x),
    }


def _classes(spec: Any, condition: np.ndarray) -> list[np.ndarray]:
    """The rows of each class, or all rows where there are none."""
    if not spec.categorical:
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
