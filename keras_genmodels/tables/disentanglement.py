"""Which objectives give each factor of the data a latent of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_genmodels import registry, training
from keras_genmodels.charts import captioned
from keras_genmodels.registry import register, suggest
from keras_genmodels.tables.cells import finished, kept, summed_up
from keras_genmodels.tables.table import Table

ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "beta 1": ("conv_vae", {"beta": 1.0, "latent_dim": 10}),
    "beta 4": ("conv_vae", {"beta": 4.0, "latent_dim": 10}),
    "beta 8": ("conv_vae", {"beta": 8.0, "latent_dim": 10}),
    "beta-TC 6": ("beta_tc_vae", {"beta": 6.0}),
    "FactorVAE 10": ("factor_vae", {"gamma": 10.0}),
}
_DATA = {  # data set -> options that make it small pictures
    "chair_views": {"image_size": 32},
    "lpc_sprites": {"image_size": 32, "stills": True},
}
_NAME = "disentanglement"
_FIGURES = {  # column -> what it is among the figures
    "MIG": f"{_NAME}/mig",
    "SAP": f"{_NAME}/sap",
    "DCI": _NAME,
    "completeness": f"{_NAME}/completeness",
    "informativeness": f"{_NAME}/informativeness",
    "FactorVAE score": f"{_NAME}/factor_vae",
    "reconstruction error": "reconstruction_error",
}


@register("disentanglement", family="table")
def disentanglement(
    folder: Path,
    verbose: int = 0,
    dataset: str = "chair_views",
    rows: Sequence[str] = tuple(ROWS),
    seeds: int = 3,
    epochs: int = 5,
    batch_size: int = 64,
    data: Mapping[str, Any] | None = None,
) -> Table:
    """How far each latent stands for one attribute, by objective.

    All have the networks of `conv_vae` and ten latents. Each cell is a run in
    `runs/ROW-SEED` of the folder; a finished one is not trained again, one that was
    killed goes on, and one whose losses became NaN or infinite is passed over.

    Args:
        folder: of the table and its runs.
        verbose: 1 shows a progress bar, a step a run.
        dataset: of pictures with two attributes at least.
        rows: among `ROWS`.
        seeds: runs of each row, from seed 0 up, >= 1.
        epochs: of each run, >= 1.
        batch_size: of each run, >= 1.
        data: options of `data.load`. Default: those that make pictures of 32 pixels of
            "chair_views" and "lpc_sprites", of other sets none.

    Returns:
        A row for each objective with the measures of the metric `disentanglement` and
        the error of reconstructions; of several seeds, the mean and the standard
        deviation. As a picture, the latents of seed 0 one at a time.

    Raises:
        ValueError: for an unknown row, or `seeds` below 1.
    """
    for name in rows:
        if name not in ROWS:
            raise ValueError(f"Unknown row {name!r}. {suggest(name, list(ROWS))}")
    if seeds < 1:
        raise ValueError(f"`seeds` must be >= 1. Received: seeds={seeds}.")
    options = _DATA.get(dataset, {}) if data is None else dict(data)
    wanted = {"batch_size": batch_size, "data": options}
    bar = keras.utils.Progbar(len(rows) * seeds, verbose=verbose, unit_name="run")
    lines, drawn = [], {}
    for name in rows:
        recipe, own = ROWS[name]
        found = []
        for seed in range(seeds):
            path = folder / "runs" / f"{name.replace(' ', '-')}-{seed}"
            settings = {**wanted, "seed": seed, "arguments": own}
            run = finished(path, recipe, dataset, epochs, **settings)
            found.append({} if run is None else _numbers(run))
            if run is not None and seed == 0:
                drawn[name] = _traversals(run)
            bar.add(1)
        cells = [
            summed_up([one.get(key) for one in found]) for key in _FIGURES.values()
        ]
        lines.append([name, recipe, *cells])
    many = "Seed 0" if seeds == 1 else f"{seeds} seeds, mean ± standard deviation"
    return Table(
        f"Disentanglement on {dataset}",
        ["row", "recipe", *_FIGURES],
        lines,
        f"{many}, {epochs} epochs. Codes are the means of q(z|x) of test pictures.",
        captioned(list(drawn.values()), list(drawn), columns=2) if drawn else None,
    )


def _numbers(run: training.Run) -> dict[str, float]:
    return kept(
        run, _NAME, lambda: training.measure(run, [_NAME, "reconstruction_error"])
    )


def _traversals(run: training.Run) -> np.ndarray:
    """Latents of the run's model one at a time, from the code of a test picture."""
    figure = registry.lookup("traversals", "figure")
    examples = next(iter(training.load_data(run.config, "test")[0]))
    return figure(training.restore(run), examples)
