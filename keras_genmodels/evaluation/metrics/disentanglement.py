"""Whether the latents of a model stand for one attribute of the data each."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.measures import disentanglement as measures
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.linear_probe import (
    encoded,
    given_train,
)


@metric("disentanglement", needs=("encode", "spec"), default=lambda *_: False)
def disentanglement(
    model: Any,
    dataset: Any,
    train: Any = None,
    max_examples: int | None = 5000,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure whether each latent stands for one attribute, in four ways.

    The codes are those of `model.encode`, for a VAE the means of q(z|x). Attributes of
    one class alone in the data are left out.

    Args:
        model: with `encode`, whose `spec` has two attributes at least.
        dataset: the batches to judge, the test split.
        train: the batches to fit classifiers to.
        max_examples: the first of either split, >= 1; None for all. Default 5000.
        seed: of draws and trees.
        verbose: 1 shows a progress bar.

    Returns:
        `disentanglement`, that of the importances of Eastwood & Williams, with
        `/completeness` and `/informativeness`; `/mig`, the mutual information gap;
        `/sap`, separated attribute predictability; `/factor_vae`, the score of
        FactorVAE's paper; all in [0, 1]. `/mig/NAME` for each attribute, and
        `/examples`, `/dimensions`.

    Raises:
        ValueError: if `train` is not given, or the data have fewer than two attributes.
    """
    given_train(train, "the classifiers")
    fit, fit_labels = encoded(model, train, max_examples, verbose)
    test, test_labels = encoded(model, dataset, max_examples, verbose)
    known = [n for n, v in test_labels.items() if len(np.unique(v)) > 1]
    if len(known) < 2:
        raise ValueError(
            "`disentanglement` needs data with two attributes at least. "
            f"Received: {model.spec.name!r}, with {known}."
        )
    factors, test_factors = (
        np.stack([labels[name] for name in known], axis=1)
        for labels in (fit_labels, test_labels)
    )
    both = fit, factors, test, test_factors
    importance, right = measures.importances(*both, seed=seed)
    gaps = measures.mutual_information_gap(test, test_factors)
    sap = measures.separated_attribute_predictability(*both)
    name = "disentanglement"
    return {
        name: measures.disentanglement(importance),
        f"{name}/completeness": measures.completeness(importance),
        f"{name}/informativeness": float(right.mean()),
        f"{name}/mig": float(gaps.mean()),
        f"{name}/sap": float(sap.mean()),
        f"{name}/factor_vae": measures.factor_vae_score(test, test_factors, seed=seed),
        **{f"{name}/mig/{n}": float(g) for n, g in zip(known, gaps, strict=True)},
        f"{name}/examples": len(test),
        f"{name}/dimensions": test.shape[1],
    }
