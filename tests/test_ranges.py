"""Numbers are held against the ranges that docstrings state."""

import ast

import pytest

from keras_genmodels import data, ranges, registry, zoo
from keras_genmodels.annotations import check_arguments, parameters_of
from keras_genmodels.ranges import Range
from keras_genmodels.zoo import arguments
from keras_genmodels.zoo.presets import PRESETS

FREE = {  # which say it in words
    ("infogan", "latent_dim"),
    ("began", "power"),
    ("pix2pix", "field"),
    ("al_cgan", "field"),
    ("cycle_gan", "field"),
    ("dual_gan", "field"),
    ("gene_gan", "field"),
}


@pytest.mark.parametrize(
    ("meaning", "expected"),
    [
        ("numbers of the code, >= 1.", Range(least=1)),
        ("of the search, > 0.", Range(above=0)),
        ("widths, each >= 2, mirrored", Range(least=2)),
        ("samples to draw, >= 1 a code.", Range(least=1)),
        ("steps, >= 0, over which it grows", Range(least=0)),
        ("momentum in [0, 1) of the average", Range(least=0, below=1)),
        ("a share of it, in (0, 1]", Range(above=0, most=1)),
        ("in (-0.5, 2.5)", Range(above=-0.5, below=2.5)),
        ("numbers, >= their number", Range()),
        ("of the layers", Range()),
    ],
)
def test_a_range_is_read_from_what_is_said(meaning, expected):
    assert ranges.stated(meaning) == expected


def numbers():
    """Every number that a recipe takes, and the default as it is written."""
    return [
        pytest.param(entry.name, parameter, id=f"{entry.name}-{parameter.name}")
        for entry in registry.entries("recipe").values()
        for parameter in entry.parameters
        if {"int", "float"} & {*(parameter.annotation or "").replace("[", " ").split()}
        and parameter.name != "seed"
    ]


@pytest.mark.parametrize(("recipe", "parameter"), numbers())
def test_every_number_of_a_recipe_states_its_range(recipe, parameter):
    stated = ranges.stated(parameter.meaning)
    assert (stated == Range()) == ((recipe, parameter.name) in FREE)
    if parameter.default[0] in "(0123456789":
        stated.check(parameter.name, ast.literal_eval(parameter.default))


@pytest.mark.parametrize(("recipe", "dataset"), PRESETS)
def test_presets_are_in_range(recipe, dataset):
    arguments.check(recipe, PRESETS[recipe, dataset].get("arguments", {}))


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"latent_dim": 0}, ValueError, "`latent_dim` must be >= 1"),
        ({"units": (8, 0)}, ValueError, "`units` must be >= 1. Received: units=0"),
        ({"beta": float("inf")}, ValueError, "`beta` must be finite"),
        ({"beta": float("nan")}, ValueError, "`beta` must be >= 0. Received: beta=nan"),
        ({"warmup_steps": 2**63}, ValueError, r"`warmup_steps` must be below 2\*\*63"),
        ({"learning_rate": -1}, ValueError, "`learning_rate` must be >= 0"),
        ({"learning_rate": float("inf")}, ValueError, "`learning_rate` must be finite"),
        ({"ema": 1}, ValueError, r"`ema` must be in \[0, 1\)"),
        ({"units": {}}, TypeError, "`units` must be a sequence of integers"),
        ({"latent_dim": float("inf")}, TypeError, "`latent_dim` must be an integer"),
    ],
)
def test_a_recipe_refuses_what_is_out_of_range(given, error, message):
    with pytest.raises(error, match=message):
        zoo.build("vae", data.DatasetSpec("tiny", (4, 4, 1)), **given)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"greyscale": "abc"}, TypeError, "`greyscale` must be True or False"),
        ({"shuffle": "abc"}, TypeError, "`shuffle` must be True or False or None"),
        ({"stills": 1}, TypeError, "`stills` must be True or False"),
        ({"prefetch": -1}, ValueError, "`prefetch` must be >= 0"),
        ({"num_frames": 0}, ValueError, "`num_frames` must be >= 1"),
        ({"labelled_share": 1}, ValueError, r"`labelled_share` must be in \(0, 1\)"),
        ({"exclude": 3}, TypeError, "`exclude` must be a sequence"),
        ({"holdout": float("nan")}, ValueError, r"`holdout` must be in \[0, 1\)"),
    ],
)
def test_load_refuses_what_its_signature_does_not_allow(given, error, message):
    with pytest.raises(error, match=message):
        data.load("digits", **given)


def test_a_function_without_a_file_states_its_ranges_likewise():
    def table(folder, rows: int = 3):
        """Make a table.

        Args:
            folder: of it.
            rows: of it, >= 2.
        """

    known = parameters_of(table)[1:]
    with pytest.raises(ValueError, match="`rows` must be >= 2"):
        check_arguments({"rows": 1}, known, "option", "of the table")


def test_the_same_argument_as_for_another_recipe_has_its_range():
    with pytest.raises(ValueError, match="`filters` must be >= 1"):
        arguments.check("cgan", {"filters": (0,)})
