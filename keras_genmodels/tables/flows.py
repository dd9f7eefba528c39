"""Richer posteriors and priors of one network: what each gains in likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from keras_genmodels import training
from keras_genmodels.registry import register, suggest
from keras_genmodels.tables.cells import finished, summed_up
from keras_genmodels.tables.table import Table

POSTERIORS = ("normal", "multivariate_normal", "iaf", "planar")
PRIORS = ("standard_normal", "mixture", "real_nvp", "autoregressive", "hierarchical")
# What it needs of the posterior, whose normals it multiplies.
_ONLY_NORMAL = ("hierarchical",)
_MEASURE = "log_likelihood"


@register("flows", family="table")
def flows(
    folder: Path,
    verbose: int = 0,
    dataset: str = "mnist",
    posteriors: Sequence[str] = POSTERIORS,
    priors: Sequence[str] = PRIORS,
    seeds: int = 3,
    epochs: int = 100,
    batch_size: int = 128,
    arguments: Mapping[str, Any] | None = None,
) -> Table:
    """The log-likelihood of a dense VAE, posterior by prior.

    All cells have the networks of `vae`, binary pixels that are drawn anew in every
    epoch, and the same rate. Each is a run in `runs/POSTERIOR-PRIOR-SEED` of the
    folder; a finished one is not trained again, one that was killed goes on, and one
    whose losses became NaN or infinite is passed over. The prior "hierarchical", which
    multiplies normals, stands beside the posterior "normal" alone.

    Args:
        folder: of the table and its runs.
        verbose: 1 shows a progress bar, a step a run.
        dataset: of pictures.
        posteriors: rows, names of heads.
        priors: columns, names of priors.
        seeds: runs of each cell, from seed 0 up, >= 1.
        epochs: of each run, >= 1.
        batch_size: of each run, >= 1.
        arguments: of the recipe `vae`, the same for all. Default: its own, with a rate
            of 0.002.

    Returns:
        A row for each posterior with the importance-weighted log p(x) of the test split
        under each prior, in nats, as the report of a run has it; of several seeds, the
        mean and the standard deviation.

    Raises:
        ValueError: for an unknown posterior or prior, or `seeds` below 1.

    References: Burda, Grosse, Salakhutdinov, "Importance Weighted Autoencoders", 2016,
    whose network it is; Rezende & Mohamed, "Variational Inference with Normalizing
    Flows", 2015.
    """
    for known, names in ((POSTERIORS, posteriors), (PRIORS, priors)):
        for name in names:
            if name not in known:
                message = f"Unknown name {name!r}. {suggest(name, list(known))}"
                raise ValueError(message)
    if seeds < 1:
        raise ValueError(f"`seeds` must be >= 1. Received: seeds={seeds}.")
    shared = {"learning_rate": 2e-3} if arguments is None else dict(arguments)
    pixels = {"binarise": "dynamic", "dequantise": False}
    wanted = {"batch_size": batch_size, "data": pixels}
    bar = keras.utils.Progbar(
        len(posteriors) * len(priors) * seeds, verbose=verbose, unit_name="run"
    )
    rows, reports = [], []
    for posterior in posteriors:
        cells = []
        for prior in priors:
            own = {**shared, "posterior": posterior, "prior": prior}
            found = []
            for seed in range(seeds):
                if posterior == "normal" or prior not in _ONLY_NORMAL:
                    path = folder / "runs" / f"{posterior}-{prior}-{seed}"
                    settings = {**wanted, "seed": seed, "arguments": own}
                    found.append(finished(path, "vae", dataset, epochs, **settings))
                bar.add(1)
            reports += [run.report["metrics"] for run in found if run is not None]
            cells.append(summed_up([_nats(run) for run in found]))
        rows.append([posterior, *cells])
    return Table(
        f"The log-likelihood of a dense VAE on {dataset}, in nats",
        ["posterior", *priors],
        rows,
        _notes(reports, seeds, epochs),
    )


def _nats(run: training.Run | None) -> float | None:
    return None if run is None else run.report["metrics"][_MEASURE]


def _notes(reports: Sequence[Mapping[str, Any]], seeds: int, epochs: int) -> str:
    """Say how the table was made."""
    many = "Seed 0" if seeds == 1 else f"{seeds} seeds, mean ± standard deviation"
    if not reports:
        return f"{many}, {epochs} epochs; all runs diverged."
    samples, examples = (
        reports[0][f"{_MEASURE}/{key}"] for key in ("num_samples", "examples")
    )
    return (
        f"{many}, {epochs} epochs. log p(x) of {examples} test pictures, importance "
        f"weighted by {samples} samples."
    )
