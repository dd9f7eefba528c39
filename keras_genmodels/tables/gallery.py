"""Samples of every recipe side by side, and their distance from real pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from keras_genmodels import zoo
from keras_genmodels.registry import register, suggest
from keras_genmodels.tables.cells import finished, side_by_side
from keras_genmodels.tables.table import Table

RECIPES = (
    *("gan", "dcgan", "lsgan", "wgan", "wgan_gp", "geometric_gan", "f_gan", "bs_gan"),
    *("sn_gan", "r1_gan", "ebgan", "began", "cgan", "acgan", "infogan", "bigan"),
    *("ali", "cvae_gan", "anogan", "catgan", "improved_gan", "lapgan", "cogan"),
)
_FIGURES = {  # column -> what it is in a report
    "Fréchet distance": "frechet_distance",
    "real against real": "frechet_distance/floor",
    "samples": "frechet_distance/samples",
    "classifier score": "classifier_score",
    "least class": "class_coverage/smallest_share",
    "largest class": "class_coverage/largest_share",
    "as asked": "control_accuracy",
}


@register("gallery", family="table")
def gallery(
    folder: Path,
    verbose: int = 0,
    dataset: str = "digits",
    recipes: Sequence[str] | None = None,
    epochs: int | None = None,
    seed: int = 0,
    dtype: str = "float32",
) -> Table:
    """Samples of every adversarial recipe, and the figures of its report.

    Each is a run in `runs/RECIPE` of the folder, by the recipe's preset; a finished one
    is not trained again, and one that was killed goes on.

    Args:
        folder: of the table and its runs.
        verbose: 1 shows a progress bar, a step a recipe.
        dataset: of images with classes, such as "digits" or "mnist".
        recipes: rows, any of the zoo's for images. Default: `RECIPES`.
        epochs: of each run, >= 1. Default: the presets'.
        seed: of each run.
        dtype: of each run's networks; "mixed_bfloat16" is twice as fast where the
            processor has the instructions.

    Returns:
        A row for each recipe: the Frechet distance of its samples to the test split and
        that of as many real examples, the classifier score, the shares of the rarest
        and the most frequent class, and how often the class is the one that was asked
        for; as a picture, twenty samples of each.

    Raises:
        ValueError: for an unknown recipe.
    """
    chosen = known_recipes(RECIPES if recipes is None else recipes)
    bar = keras.utils.Progbar(len(chosen), verbose=verbose, unit_name="recipe")
    rows, runs, looked = [], {}, ""
    settings = {"seed": seed, "dtype": dtype}
    for name in chosen:
        path = folder / "runs" / name
        run = runs[name] = finished(path, name, dataset, epochs, **settings)
        numbers = {} if run is None else run.report["metrics"]
        rows.append([name, *(numbers.get(key, "") for key in _FIGURES.values())])
        looked = looked or extractor_of(numbers)
        bar.add(1)
    return Table(
        f"The adversarial recipes on {dataset}",
        ["recipe", *_FIGURES],
        rows,
        f"Seed {seed}. The features are those of {looked}; a distance depends on the "
        "number of samples, and so does its floor.",
        side_by_side(runs),
    )


def known_recipes(names: Sequence[str]) -> list[str]:
    """Names of recipes, of which each is checked.

    Raises:
        ValueError: for an unknown one.
    """
    for name in names:
        if name not in zoo.names():
            raise ValueError(f"Unknown recipe {name!r}. {suggest(name, zoo.names())}")
    return list(names)


def extractor_of(numbers: Mapping[str, Any]) -> str:
    """Name the classifier whose features a report's distances are of; "" for none."""
    mark = "frechet_distance/extractor:"
    found = [key.removeprefix(mark) for key in numbers if key.startswith(mark)]
    return f"the classifier `{found[0]}`" if found else ""
