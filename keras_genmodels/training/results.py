"""What the model of a run is good for: figures, samples, an artefact."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels import data as datasets
from keras_genmodels import evaluation, export, pictures, registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.training import checkpoints, samples
from keras_genmodels.training.configuration import count
from keras_genmodels.training.run import Run


def restore(run: Run) -> keras.Model:
    """The model of a run as its newest whole checkpoint holds it.

    Raises:
        ValueError: if there is none yet.
    """
    found = checkpoints.newest(run.checkpoints)
    if found is None:
        raise ValueError(
            f"`run` must have finished an epoch. Received: {run.path}, which has no "
            f"whole checkpoint; `keras-genmodels resume {run.path}` makes one."
        )
    return checkpoints.load(found[0])


def load_data(
    config: Mapping[str, Any], split: str
) -> tuple[tf.data.Dataset, DatasetSpec]:
    """One split of a run's dataset, as `config.json` describes it."""
    return datasets.load(
        config["dataset"],
        split=split,
        batch_size=config["batch_size"],
        seed=config["seed"],
        data_dir=config["data_dir"],
        **config["data"],
    )


def measure(
    run: Run,
    metrics: Sequence[str] | None = None,
    split: str = "test",
    verbose: int = 0,
    **options: Any,
) -> dict[str, float]:
    """The figures of a run's model on its own data, by `evaluation.evaluate`.

    Args:
        run: from `Run.open`.
        metrics: names; by default every quick one that the model allows. The training
            split is loaded for those that take it.
        split: of the run's dataset.
        verbose: 1 shows progress bars.
        **options: of the metrics.

    Raises:
        ValueError: for an unknown metric, option or split, or a run without checkpoint.
    """
    config = run.config
    options = {**measure_options(config, verbose), **options}
    functions = [registry.lookup(name, "metric") for name in metrics or ()]
    if any("train" in inspect.signature(function).parameters for function in functions):
        options["train"], _ = load_data(config, "train")
    dataset, _ = load_data(config, split)
    return evaluation.evaluate(restore(run), dataset, metrics, **options)


def measure_options(config: Mapping[str, Any], verbose: int) -> dict[str, Any]:
    """What a run's data and terminal ask of `evaluation.evaluate`."""
    options = {"verbose": 1} if verbose == 1 else {}
    # Noise of one 256th makes a density of x one of whole pixel values.
    return {**options, "levels": 256} if config["data"].get("dequantise") else options


def draw(
    run: Run,
    path: str | Path | None = None,
    num_samples: int = samples.COUNT,
    seed: int = 0,
    condition: Mapping[str, Any] | None = None,
    figure: str | None = None,
) -> Path:
    """Write samples of a run's model, or another figure of it, as one PNG file.

    Args:
        run: from `Run.open`.
        path: of the file; by default `seed-N.png`, or the figure's name, among the
            run's samples.
        num_samples: how many, >= 1.
        seed: of the samples.
        condition: the class of every attribute, by name or index; by default the
            classes in turn, or what occurs together in the test split.
        figure: in place of samples: "reconstructions", "classes", "manifold" of a
            two-dimensional latent, "traversals" of one latent dimension at a time, or
            "pairs" of two domains.

    Returns:
        The path.

    Raises:
        ValueError: for `num_samples` < 1, an unknown attribute, class or figure, or a
            figure that the model does not offer.
    """
    count("num_samples", num_samples, 1)
    if figure is not None:
        return _draw_figure(run, path, figure)
    model = restore(run)
    if condition:
        rows, columns = _condition(model.spec, num_samples, condition), None
    else:
        examples = next(iter(load_data(run.config, "test")[0]))
        rows, columns = samples.conditions(model.spec, examples, num_samples)
    path = Path(path or run.samples / f"seed-{seed}.png")
    pictures.save_png(path, samples.picture(model, rows, columns, seed))
    return path


def _draw_figure(run: Run, path: str | Path | None, name: str) -> Path:
    """A registered figure of the run's model and a batch of its test split."""
    figure = registry.lookup(name, "figure")
    examples = next(iter(load_data(run.config, "test")[0]))
    path = Path(path or run.samples / f"{name}.png")
    pictures.save_png(path, figure(restore(run), examples))
    return path


def publish(run: Run, path: str | Path | None = None) -> Path:
    """Write a run's model as the next version of an artefact, by `export.save`.

    Args:
        run: from `Run.open`.
        path: the artefact's folder; by default `saved_models/` and the run's name.

    Returns:
        The folder of the version, `saved_models/vae-digits-1/1`.

    Raises:
        ValueError: if the run has no checkpoint yet.
    """
    model, config, report = restore(run), run.config, run.report or {}
    folder = Path(path or Path("saved_models") / run.path.resolve().name)
    versions = [int(p.name) for p in folder.glob("*") if p.name.isdecimal()]
    return export.save(
        model,
        folder / str(max(versions, default=0) + 1),
        metrics=report.get("metrics"),
        dataset=config["dataset"],
        seed=config["seed"],
        command=config["command"],
    )


def _condition(spec: DatasetSpec, rows: int, given: Mapping[str, Any]) -> Any:
    """As `spec.condition`, where a class that is called `5` is found by that name."""
    classes = {attribute.name: attribute.classes for attribute in spec.attributes}
    values = {
        name: str(value) if str(value) in classes.get(name, ()) else value
        for name, value in given.items()
    }
    return spec.condition(rows, **values)
