"""Games on photographs: how near their samples are, by more than one pair of eyes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras

from keras_genmodels import training
from keras_genmodels.evaluation import load_extractor
from keras_genmodels.evaluation.metrics.attribute_control import uses_condition
from keras_genmodels.registry import register
from keras_genmodels.tables.cells import finished, kept, side_by_side
from keras_genmodels.tables.gallery import extractor_of, known_recipes
from keras_genmodels.tables.table import Table

RECIPES = (
    *("dcgan", "lsgan", "wgan_gp", "sn_gan"),
    *("r1_gan", "r3_gan", "acgan", "projection_gan"),
)
_MEASURES = ["frechet_distance", "kernel_distance"]
_DISTANCES = {  # column -> what it is in the figures of an extractor
    "Fréchet distance": "frechet_distance",
    "real against real": "frechet_distance/floor",
    "kernel distance": "kernel_distance",
}
_BY_JUDGE = {
    **_DISTANCES,
    "precision": "precision_recall/precision",
    "recall": "precision_recall/recall",
    "classifier score": "classifier_score",
    "as asked": "control_accuracy",
}


@register("photographs", family="table")
def photographs(
    folder: Path,
    verbose: int = 0,
    dataset: str = "cifar10",
    recipes: Sequence[str] = RECIPES,
    judge: str | None = None,
    extractors: Sequence[str] = ("random_network",),
    num_samples: int = 10_000,
    epochs: int | None = None,
    seed: int = 0,
    dtype: str = "float32",
) -> Table:
    """Games on photographs, by the features of a classifier and of other networks.

    Each is a run in `runs/RECIPE` of the folder, by the recipe's preset; a finished one
    is not trained again, and one that was killed goes on. What was measured of a run is
    kept in its folder, too.

    Args:
        folder: of the table and its runs.
        verbose: 1 shows a progress bar, a step a recipe.
        dataset: of images with classes.
        recipes: rows, any of the zoo's for images.
        judge: the extractor that also reads classes, by name. Default: that of the data
            set, else "inception_v3".
        extractors: further ones, by name, for the distances alone.
        num_samples: of each recipe, >= 4, and of the test split at most.
        epochs: of each run, >= 1. Default: the presets'.
        seed: of each run.
        dtype: of each run's networks.

    Returns:
        A row for each recipe: by the judge's features the Frechet distance of samples
        to the test split, that of as many real training examples, and the kernel
        distance; precision, recall, the classifier score, and how often the class is
        the one that was asked for; the distances by other features; minutes of
        training. As a picture, twenty samples of each.

    Raises:
        ValueError: for an unknown recipe or extractor, and a judge that reads no
            classes.
    """
    chosen = known_recipes(recipes)
    for name in filter(None, (judge, *extractors)):
        load_extractor(name)
    bar = keras.utils.Progbar(len(chosen), verbose=verbose, unit_name="recipe")
    rows, runs, looked = [], {}, ""
    for name in chosen:
        path, settings = folder / "runs" / name, {"seed": seed, "dtype": dtype}
        run = runs[name] = finished(path, name, dataset, epochs, **settings)
        seen = {} if run is None else _by_judge(run, judge, num_samples)
        row = [seen.get(key, "") for key in _BY_JUDGE.values()]
        for other in extractors:
            found = {} if run is None else _distances(run, other, num_samples)
            row += [found.get(key, "") for key in _DISTANCES.values()]
        minutes = "" if run is None else run.report["training_seconds"] / 60
        rows.append([name, *row, minutes])
        looked = looked or extractor_of(seen)
        bar.add(1)
    further = [f"{column}, {name}" for name in extractors for column in _DISTANCES]
    return Table(
        f"Adversarial recipes on {dataset}",
        ["recipe", *_BY_JUDGE, *further, "minutes"],
        rows,
        f"Seed {seed}. Where no other is named, the features are those of {looked}; a "
        f"distance of {num_samples} samples, at most, depends on their number, and so "
        "does its floor.",
        side_by_side(runs),
    )


def _by_judge(run, judge, num_samples):
    """The figures by the extractor that reads classes, measured once."""
    options = {"extractor": judge, "num_samples": num_samples}

    def measured():
        metrics = [*_MEASURES, "precision_recall", "classifier_score"]
        if uses_condition(training.restore(run)):
            metrics.append("control_accuracy")
        return training.measure(run, metrics, **options)

    return kept(run, f"by {judge or 'the judge'}, {num_samples} samples", measured)


def _distances(run, extractor, num_samples):
    """The distances by the features of an extractor, measured once."""
    options = {"extractor": extractor, "num_samples": num_samples}
    name = f"distances by {extractor}, {num_samples} samples"
    return kept(run, name, lambda: training.measure(run, _MEASURES, **options))
