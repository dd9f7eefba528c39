"""The lecture's tables of attribute-controlled video: the ablation and its rivals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_genmodels import training
from keras_genmodels.charts import captioned
from keras_genmodels.evaluation import load_classifier
from keras_genmodels.evaluation.clip_sampling import SAMPLES
from keras_genmodels.evaluation.figures import sample_pictures
from keras_genmodels.registry import register, suggest
from keras_genmodels.tables.cells import finished, kept, summed_up
from keras_genmodels.tables.table import Table

# Row to recipe: -C and +C stand for a prior without and with the condition, -S and +S
# for a latent space without and with structure.
ROWS: dict[str, str] = {
    "static": "video_vae_static",
    "-C-S": "video_vae_unconditional_unstructured",
    "+C-S": "video_vae_unstructured",
    "-C+S": "video_vae_unconditional",
    "+C+S": "video_vae",
    "mocogan": "mocogan",
    "vgan": "vgan",
    "deep_rotator": "deep_rotator",
}
_OURS = ("static", "-C-S", "+C-S", "-C+S", "+C+S")
_TEST = "real test clips"
_REAL = {_TEST: "test", "real training clips": "train"}  # row -> split
_SCORE = "video_inception_score"
_FIGURES = {  # column -> what it is in a report
    "I-Score": _SCORE,
    "of real test": f"{_SCORE}/share_of_real_test",
    "of real train": f"{_SCORE}/share_of_real_train",
    "Intra-Entropy": f"{_SCORE}/intra_entropy",
    "Inter-Entropy": f"{_SCORE}/inter_entropy",
    "sharpness": "sharpness",
    "jitter": "jitter",
    "diversity": "clip_diversity",
    "Fréchet ratio": "frechet_video_distance/ratio",
    "next frames, dB": "prediction_error/psnr",
}
_SCORES = {c: _FIGURES[c] for c in ("I-Score", "Intra-Entropy", "Inter-Entropy")}
_SHARES = ("sharpness", "jitter", "diversity", "Fréchet ratio")  # of test clips
_LEAVE_OUT = {"holdout", "exclude"}  # options of data that keep some from training
_PARTS = {"seen": "kept", "never seen": "left_out"}  # column -> combinations of data
_CLIPS = 4  # of each row in the picture


@register("weizmann", family="table")
def weizmann(
    folder: Path,
    verbose: int = 0,
    rows: Sequence[str] = (*_OURS, "mocogan"),
    seeds: int = 1,
    epochs: int | None = None,
    data: Mapping[str, Any] | None = None,
    dtype: str = "float32",
) -> Table:
    """The ablation of the video VAE on films of people, and its rival.

    Each cell is a run in `runs/ROW-SEED` of the folder; a finished one is not trained
    again, one that was killed goes on, and one whose losses became NaN or infinite is
    passed over.

    Args:
        folder: of the table and its runs.
        verbose: 1 shows a progress bar, a step a cell.
        rows: among `ROWS`.
        seeds: runs of each row, from seed 0 up, >= 1.
        epochs: of each run, >= 1. Default: the presets'.
        data: options of `data.load` for every run. Where `holdout` or `exclude` is
            among them, two columns more for each attribute say how often it is shown as
            asked in the combinations that training saw, and in just those that it never
            saw.
        dtype: of the networks of new runs, as `--dtype`.

    Returns:
        The real test clips, then a row for each model with the I-Score, its share of
        that of real clips and its two parts, how often each attribute is read as it was
        asked for, the sharpness as a share of real clips', how much frames jump as a
        multiple of real clips', the diversity among clips of one condition, the Frechet
        video distance as a multiple of real test clips', the peak signal-to-noise ratio
        of what follows a given first frame, the minutes of training, and the I-Score
        that was published; of several seeds, the mean and the standard deviation. What
        none of the rows has is left out. As a picture, clips of seed 0.

    Raises:
        ValueError: for an unknown row, `seeds` below 1, or a data set without a
            classifier.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018, whose classifier and data are others: only
    shares of real clips' scores can be held against each other.
    """
    published = {_TEST: 89.1, "+C+S": 70.1}
    wanted = {"epochs": epochs, "data": dict(data or {}), "dtype": dtype}
    return _table("weizmann_actions", folder, verbose, rows, published, seeds, wanted)


@register("chairs", family="table")
def chairs(
    folder: Path,
    verbose: int = 0,
    rows: Sequence[str] = (*_OURS, "deep_rotator"),
    seeds: int = 1,
    epochs: int | None = None,
    data: Mapping[str, Any] | None = None,
    dtype: str = "float32",
) -> Table:
    """The ablation of the video VAE on turning chairs, and its rival.

    Arguments, rows and columns are those of `weizmann`.
    """
    published = {_TEST: 4.01, "+C+S": 3.94}
    wanted = {"epochs": epochs, "data": dict(data or {}), "dtype": dtype}
    return _table("chairs", folder, verbose, rows, published, seeds, wanted)


@register("sprites", family="table")
def sprites(
    folder: Path,
    verbose: int = 0,
    rows: Sequence[str] = _OURS,
    seeds: int = 1,
    epochs: int | None = None,
    data: Mapping[str, Any] | None = None,
    dtype: str = "float32",
) -> Table:
    """The ablation of the video VAE on walking figures of games.

    Arguments, rows and columns are those of `weizmann`.
    """
    wanted = {"epochs": epochs, "data": dict(data or {}), "dtype": dtype}
    return _table("lpc_sprites", folder, verbose, rows, {}, seeds, wanted)


def _table(
    dataset: str,
    folder: Path,
    verbose: int,
    rows: Sequence[str],
    published: Mapping[str, float],
    seeds: int,
    wanted: Mapping[str, Any],
) -> Table:
    """The table of one data set; `wanted` are settings of every run."""
    for name in rows:
        if name not in ROWS:
            raise ValueError(f"Unknown row {name!r}. {suggest(name, list(ROWS))}")
    if seeds < 1:
        raise ValueError(f"`seeds` must be >= 1. Received: seeds={seeds}.")
    judge, data = load_classifier(dataset), wanted["data"]
    out = bool(data.keys() & _LEAVE_OUT)
    columns = _columns(judge, out)
    bar = keras.utils.Progbar(len(rows) * seeds, verbose=verbose, unit_name="run")
    figures, drawn, measured = {}, {}, {}
    for name in rows:
        found = []
        for seed in range(seeds):
            run = _cell(folder / "runs", name, dataset, seed, wanted)
            found.append({} if run is None else _numbers(run, judge, out))
            bar.add(1)
            if run is not None and seed == 0:
                drawn[name] = _drawn(run)
        measured = measured or found[0]
        figures[name] = {
            column: summed_up([one.get(key) for one in found])
            for column, key in columns.items()
        }
    columns = [c for c in columns if any(row[c] != "" for row in figures.values())]
    real = {row: _of_real_clips(measured, row, judge, out) for row in _REAL}
    lines = {**real, **figures}
    recipes = {**dict.fromkeys(_REAL, ""), **{name: ROWS[name] for name in rows}}
    return Table(
        f"Attribute-controlled video on {dataset}",
        ["row", "recipe", *columns, "published I-Score"],
        [
            [name, recipes[name], *_cells(line, columns), published.get(name, "")]
            for name, line in lines.items()
        ],
        _notes(dataset, judge, seeds, data),
        captioned(list(drawn.values()), list(drawn), columns=2) if drawn else None,
    )


def _cells(line: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    """The values of a line, "" where it has none."""
    return [line.get(column, "") for column in columns]


def _columns(judge: Any, out: bool) -> dict[str, str]:
    """Column -> what it is among the numbers of a run."""
    asked = {
        column: f"control_accuracy{part}/{a.name}"
        for a in judge.attributes
        for part, column in _asked(a.name, out).items()
    }
    return {**_FIGURES, **asked, "minutes": "minutes"}


def _asked(attribute: str, out: bool) -> dict[str, str]:
    """The columns of how often an attribute is shown as asked, by what is asked for."""
    parts = {f"/{part}": f"{attribute} as asked, {part}" for part in _PARTS}
    return {"": f"{attribute} as asked"} | (parts if out else {})


def _of_real_clips(
    measured: Mapping[str, float], row: str, judge: Any, out: bool
) -> dict[str, Any]:
    """The numbers of real clips, by column; `measured` are those of a run."""
    split = _REAL[row]
    ends = {column: f"{key}/real_{split}" for column, key in _SCORES.items()}
    found = {c: measured[key] for c, key in ends.items() if key in measured}
    if split == "train":
        return {**found, "of real train": 1.0}
    asked = {
        column: value
        for name, value in judge.test_accuracies.items()
        for column in _asked(name, out).values()
    }
    return {**dict.fromkeys(_SHARES, 1.0), "of real test": 1.0, **found, **asked}


def _cell(
    folder: Path,
    name: str,
    dataset: str,
    seed: int,
    wanted: Mapping[str, Any],
) -> training.Run | None:
    """One run, trained if it is not yet; None if it diverged."""
    path = folder / f"{name}-{seed}"
    return finished(path, ROWS[name], dataset, seed=seed, **wanted)


def _numbers(run: training.Run, judge: Any, out: bool) -> dict[str, float]:
    """The figures of a run; those that need its training clips are measured once."""
    beside = kept(run, "beside", lambda: training.measure(run, _more(judge)))
    minutes = run.report["training_seconds"] / 60
    numbers = {**run.report["metrics"], **beside, "minutes": minutes}
    if out and "control_accuracy" in numbers:
        numbers |= kept(run, "combinations", lambda: _by_combinations(run, judge))
    return numbers


def _more(judge: Any) -> list[str]:
    """Metrics of training clips, and diversity where every condition is drawn twice."""
    combinations = math.prod(len(a.classes) for a in judge.attributes)
    twice = ["clip_diversity"] if 2 * combinations <= SAMPLES else []
    return [_SCORE, "frechet_video_distance", *twice]


def _by_combinations(run: training.Run, judge: Any) -> dict[str, float]:
    """Measure how often each attribute is shown as asked, where training saw it or not.

    Asked for is what the clips of the test split show, in turn.
    """
    figures = {}
    for part, combinations in _PARTS.items():
        found = training.measure(
            run,
            ["control_accuracy"],
            data={"combinations": combinations},
            combinations="dataset",
        )
        for name in (a.name for a in judge.attributes):
            read = found[f"control_accuracy/{name}"]
            figures[f"control_accuracy/{part}/{name}"] = read
    return figures


def _drawn(run: training.Run) -> np.ndarray:
    """Clips of a run as rows of frames, of the first conditions of the test split."""
    model = training.restore(run)
    batch = next(iter(training.load_data(run.config, "test")[0]))
    condition, _ = sample_pictures.conditions(model, batch, _CLIPS)
    return sample_pictures.picture(model, condition)


def _notes(dataset: str, judge: Any, seeds: int, data: Mapping[str, Any]) -> str:
    """Say how the table was made."""
    many = "Seed 0" if seeds == 1 else f"{seeds} seeds, mean ± standard deviation"
    options = "".join(f", {key}={value}" for key, value in data.items())
    right = ", ".join(f"{k} {v:.1%}" for k, v in judge.test_accuracies.items())
    return (
        f"{many}{options}. Clips are read by the bundled classifier `{dataset}`, whose "
        f"own accuracy on real test clips is: {right}. Published numbers come from "
        "another classifier; compare shares of the real clips' scores, which are no "
        "bounds: drawn clips may be more typical than real ones."
    )
