"""Every objective on a ring of eight modes: who finds them all, and who collapses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_genmodels import pictures, training
from keras_genmodels.charts import captioned
from keras_genmodels.registry import register, suggest
from keras_genmodels.tables.cells import finished
from keras_genmodels.tables.table import Table

_DATA = "gaussian_ring"
_POINTS = 2000
_SHARED = {"latent_dim": 2, "units": [128, 128, 128], "learning_rate": 5e-4}
_DIVERGENCES = (
    "kl",
    "reverse_kl",
    "pearson",
    "squared_hellinger",
    "jensen_shannon",
    "total_variation",
)
# Row by row, the recipe that plays an objective, and its own arguments.
ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "minimax": ("gan", {"objective": "minimax"}),
    "non_saturating": ("gan", {"objective": "non_saturating"}),
    "least_squares": ("gan", {"objective": "least_squares"}),
    "hinge": ("gan", {"objective": "hinge"}),
    "boundary_seeking": ("gan", {"objective": "boundary_seeking"}),
    "wasserstein": ("wgan", {"clip": 0.1}),
    "wasserstein_gp": ("wgan_gp", {"penalty": 0.1, "ema": 0.99}),
    "energy_based": ("ebgan", {}),
    "boundary_equilibrium": ("began", {}),
    **{f"f_{name}": ("f_gan", {"divergence": name}) for name in _DIVERGENCES},
}


@register("ring", family="table")
def ring(
    folder: Path,
    verbose: int = 0,
    objectives: Sequence[str] | None = None,
    seeds: int = 3,
    epochs: int = 60,
    batch_size: int = 256,
) -> Table:
    """Modes covered and good samples of every objective on `gaussian_ring`.

    All have the same two perceptrons, but for the critics of `ebgan` and `began`, which
    are autoencoders, and the latent and the units of `began`. Each cell is a run in
    `runs/OBJECTIVE-SEED` of the folder; a finished one is not trained again, one that
    was killed goes on, and one whose losses became NaN or infinite stands in the table
    as "diverged".

    Args:
        folder: of the table and its runs.
        verbose: 1 shows a progress bar, a step a cell.
        objectives: rows, among `ROWS`. Default: all of them.
        seeds: runs of each, from seed 0 up, >= 1.
        epochs: of each run, >= 1.
        batch_size: of each run, >= 1.

    Returns:
        A row for each objective with the modes that each seed covers, of 8, and the
        mean share of samples within 3 standard deviations of a mode; as a picture, the
        samples of seed 0.

    Raises:
        ValueError: for an unknown objective, or `seeds` below 1.
    """
    chosen = list(ROWS) if objectives is None else list(objectives)
    for name in chosen:
        if name not in ROWS:
            raise ValueError(f"Unknown objective {name!r}. {suggest(name, list(ROWS))}")
    if seeds < 1:
        raise ValueError(f"`seeds` must be >= 1. Received: seeds={seeds}.")
    bar = keras.utils.Progbar(len(chosen) * seeds, verbose=verbose, unit_name="run")
    rows, drawn = [], []
    for name in chosen:
        found = []
        for seed in range(seeds):
            found.append(_cell(folder / "runs", name, seed, epochs, batch_size))
            bar.add(1)
        rows.append(_row(name, found))
        drawn.append(_drawn(found[0]))
    return Table(
        "Every objective on a ring of eight modes",
        ["objective", "recipe", "modes covered", "good samples", "diverged"],
        rows,
        f"{seeds} seeds of {epochs} epochs each, in batches of {batch_size}; good "
        "samples are within 3 standard deviations of a mode, the mean over seeds.",
        captioned(drawn, chosen),
    )


def _cell(
    folder: Path, name: str, seed: int, epochs: int, batch_size: int
) -> training.Run | None:
    """One run, trained if it is not yet; None if it diverged."""
    recipe, own = ROWS[name]
    return finished(
        folder / f"{name}-{seed}",
        recipe,
        _DATA,
        epochs,
        batch_size=batch_size,
        seed=seed,
        arguments={**_SHARED, **own},
    )


def _row(name: str, found: Sequence[training.Run | None]) -> list[Any]:
    reports = [None if run is None else run.report["metrics"] for run in found]
    whole = [numbers for numbers in reports if numbers is not None]
    modes = [
        "-" if numbers is None else str(numbers["mode_coverage"]) for numbers in reports
    ]
    good = [numbers["mode_coverage/good"] for numbers in whole]
    share = float(np.mean(good)) if good else float("nan")
    return [name, ROWS[name][0], " ".join(modes), share, len(found) - len(whole)]


def _drawn(run: training.Run | None) -> np.ndarray:
    """Samples of a run as points in one picture; white if it diverged."""
    if run is None:
        return np.ones((256, 256, 1), np.float32)
    model = training.restore(run)
    return pictures.scatter(np.asarray(model.sample(_POINTS, seed=0)))
