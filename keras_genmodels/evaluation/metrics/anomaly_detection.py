"""Detection of anomalies: examples of a class that a model was not trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_genmodels.data.combinations import Combinations
from keras_genmodels.evaluation.batches import attribute_columns, batches
from keras_genmodels.evaluation.measures.roc import roc_area, roc_area_standard_error
from keras_genmodels.evaluation.metrics import metric


@metric(
    "anomaly",
    needs=("decode", "inverter", "prior", "spec"),
    default=lambda model, options: "anomalies" in options,
)
def anomaly(
    model: Any,
    dataset: Any,
    anomalies: Sequence[Mapping[str, Any]] = (),
    start: str | None = None,
    steps: int | None = None,
    restarts: int = 2,
    learning_rate: float = 0.05,
    feature_weight: float = 0.1,
    max_examples: int | None = 1000,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure how well the cost of inversion tells an unseen class from the others.

    The score of an example is the cost of its best latent, as `model.inverter`
    finds it: by search, or at once through an encoder.

        score = (1 - lambda) sum |x - G(z)| + lambda sum |f(x) - f(G(z))|

    Args:
        model: with `decode`, `prior` and `inverter`, trained without the anomalies; see
            `exclude` of `data.load`.
        dataset: batches of `{"x", "condition"}` with anomalies and others.
        anomalies: what counts as one, as for `exclude`: `[{"label": 0}]`, say.
        start: "encoder" or "prior", as for `models.Inverter`.
        steps: of the search from there, >= 0, as for `models.Inverter`.
        restarts: draws of the prior to start from, >= 1.
        learning_rate: of the search, > 0.
        feature_weight: lambda, in [0, 1].
        max_examples: judge these first examples only, >= 1; None judges all.
        seed: of the search.
        verbose: 1 shows a progress bar.

    Returns:
        `anomaly`, the area under the ROC curve in [0, 1], 0.5 by chance; its
        `/standard_error`; `/residual` and `/features`, the area for either part of the
        score alone (features only where there is a critic); `/positives`, how many
        anomalies there were, `/examples`, and the `/steps` of the search.

    Raises:
        ValueError: as `models.Inverter`; if `anomalies` is not given, names what the
            data do not have, or leaves all or no examples as anomalies.

    References: Schlegl et al., "Unsupervised Anomaly Detection with Generative
    Adversarial Networks to Guide Marker Discovery", 2017; through an encoder: Zenati et
    al., "Efficient GAN-Based Anomaly Detection", 2018; the standard error: Hanley &
    McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic
    (ROC) Curve", 1982.
    """
    _check_named(model, anomalies)  # before a long search
    inverter = model.inverter(
        start=start,
        steps=steps,
        restarts=restarts,
        learning_rate=learning_rate,
        feature_weight=feature_weight,
    )
    found, conditions = [], []
    parts = enumerate(batches(model, dataset, max_examples, verbose))
    for index, (x, condition) in parts:
        found.append(inverter(x, condition, seed=(seed, index)))
        conditions.append(attribute_columns(condition))
    positive = _anomalous(model.spec, np.concatenate(conditions), anomalies)
    _check_both(positive, anomalies)
    return {
        **_areas(found, positive, inverter.has_features),
        "anomaly/positives": int(positive.sum()),
        "anomaly/examples": len(positive),
        "anomaly/steps": inverter.steps,
    }


def _areas(found: Sequence[Any], positive: np.ndarray, features: bool) -> dict:
    """Compute the area under the ROC curve of the cost, and of each of its parts."""
    area = {
        name: roc_area(positive, np.concatenate([getattr(f, name) for f in found]))
        for name in ("cost", "residual", *(["features"] if features else []))
    }
    cost = area.pop("cost")
    return {
        "anomaly": cost,
        "anomaly/standard_error": roc_area_standard_error(cost, positive),
        **{f"anomaly/{part}": value for part, value in area.items()},
    }


def _check_named(model: Any, anomalies: Sequence[Mapping[str, Any]]) -> None:
    """Refuse anomalies that are not given, or that the data do not have."""
    if not anomalies:
        raise ValueError(
            "`anomalies` must name classes, as in [{'label': 0}]. "
            f"Received: anomalies={anomalies!r}."
        )
    no_rows = np.zeros((0, model.spec.condition_size), np.float32)
    _anomalous(model.spec, no_rows, anomalies)


def _anomalous(
    spec: Any, condition: np.ndarray, anomalies: Sequence[Mapping[str, Any]]
) -> np.ndarray:
    """Find the rows that are anomalies, bool (n,)."""
    labels = np.stack(list(spec.labels(condition).values()), axis=1)
    return Combinations(anomalies).excluded(labels, spec)


def _check_both(positive: np.ndarray, anomalies: Sequence[Mapping[str, Any]]) -> None:
    if positive.all() or not positive.any():
        raise ValueError(
            "`dataset` must hold anomalies and others among the examples that are "
            f"judged. Received: {int(positive.sum())} of {len(positive)} examples are "
            f"of {anomalies!r}."
        )
