"""Recipes as functions, their arguments, their presets, and what is said of them."""

from __future__ import annotations

import inspect
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys

import cases
import numpy as np
import pytest

import keras_genmodels as kgm
from keras_genmodels import annotations, registry, training
from keras_genmodels.zoo import arguments, description
from keras_genmodels.zoo.presets import PRESETS

ROOT = pathlib.Path(__file__).parents[1]
CARDS = sorted((ROOT / "saved_models").glob("*/card.json"))
TINY = {"latent_dim": 3, "filters": (3, 4)}
NAMES = sorted(registry.entries("recipe"))  # those of the package alone


def signature(name):
    return inspect.signature(getattr(kgm.zoo, name)).parameters


# --- a recipe is a function -----------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_has_a_typed_signature_and_a_meaning_of_every_argument(name):
    function = getattr(kgm.zoo, name)
    parameters = inspect.signature(function).parameters
    first, *_, last = parameters
    assert (first, last) == ("spec", "seed")
    for parameter in parameters.values():
        assert parameter.kind is parameter.POSITIONAL_OR_KEYWORD, parameter
        assert parameter.annotation is not parameter.empty, parameter
    assert "return" in function.__annotations__
    section = inspect.getdoc(function).partition("Args:\n")[2].split("\n\n")[0]
    told = re.findall(r"^    (\w+): ((?:.|\n     )*)", section, re.MULTILINE)
    assert [argument for argument, _ in told] == [*parameters]
    for argument, words in told[1:]:
        assert re.search(r"Default\s", words), argument


def test_a_recipe_returns_a_model_that_is_not_compiled(spec):
    model = kgm.zoo.dcgan(spec, **TINY, seed=4)
    assert not model.compiled
    assert {"dcgan", "vae", "build"} <= set(dir(kgm.zoo))
    with pytest.raises(AttributeError, match="has no attribute 'dcgna'"):
        kgm.zoo.dcgna  # noqa: B018


def test_a_seed_is_that_of_the_weights_wherever_a_recipe_is_called(spec):
    state = random.getstate()
    called = kgm.zoo.lsgan(spec, **TINY, seed=4)
    assert random.getstate() == state
    built = kgm.zoo.build("lsgan", spec, preset=False, **TINY, seed=4)
    for one, other in zip(
        cases.values(called.generator.weights + called.critics[0].weights),
        cases.values(built.generator.weights + built.critics[0].weights),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
    other = kgm.zoo.lsgan(spec, **TINY, seed=5)
    assert np.any(called.generator.weights[0] != other.generator.weights[0])


# --- what `build` takes ---------------------------------------------------------------


def test_settings_of_the_training_go_to_the_optimisers(spec):
    options = {"learning_rate": 1e-2, "beta_1": 0.3, "epsilon": 1e-5}
    model = kgm.zoo.build("vae", spec, units=(8,), preset=False, **options)
    config = model.optimizer.get_config()
    assert config["learning_rate"] == pytest.approx(1e-2)
    assert (config["beta_1"], config["epsilon"]) == (0.3, 1e-5)
    assert options.items() <= model.recipe["arguments"].items()
    swapped = {"optimizer": "adam", "rate_warmup_steps": 10, "decay_steps": 20}
    model = kgm.zoo.build("wgan", spec, preset=False, **TINY, **swapped)
    generator, critic = model.generator_optimizer, model.critic_optimizer
    assert type(generator).__name__ == type(critic).__name__ == "Adam"
    for optimizer, step in ((generator, 10), (critic, 50)):  # five steps of the critic
        assert float(optimizer.learning_rate) == pytest.approx(1e-6)
        optimizer.iterations.assign(step)
        assert float(optimizer.learning_rate) == pytest.approx(5e-5)


WRONG = [
    ("vae", {"latent_dim": "abc"}, "must be an integer. Received: latent_dim='abc'."),
    ("vae", {"latent_dim": 2.5}, "must be an integer. Received: latent_dim=2.5."),
    ("vae", {"latent_dim": True}, "must be an integer. Received: latent_dim=True."),
    ("vae", {"units": 8}, "must be a sequence of integers. Received: units=8."),
    ("vae", {"units": (8, "a")}, "must be a sequence of integers."),
    ("vae", {"units": "88"}, "must be a sequence of integers. Received: units='88'."),
    ("vae", {"beta": "a"}, "must be a number. Received: beta='a'."),
    ("vae", {"learning_rate": "x"}, "`learning_rate` must be a number. Received: "),
    ("vae", {"activation": 3}, "must be a string. Received: activation=3."),
    ("f_gan", {"saturating": 1}, "must be True or False. Received: saturating=1."),
    ("began", {"normalisation": 1}, "must be a string or None. Received: norm"),
    ("dcgan", {"generator_learning_rate": "a"}, "must be a number or None."),
]


@pytest.mark.parametrize(("name", "given", "message"), WRONG)
def test_a_value_of_the_wrong_kind_is_named(spec, name, given, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        arguments.check(name, given)
    with pytest.raises(TypeError, match=re.escape(message)):
        kgm.zoo.build(name, spec, **given)
    with pytest.raises(TypeError, match=re.escape(message)):
        training.configure(name, "digits", arguments=given)


def test_what_an_annotation_does_not_say_is_allowed():
    arguments.check(
        "vae", {"prior": {"class_name": "a config"}, "units": [8], "beta": 1}
    )
    arguments.check("vae", {"latent_dim": np.int64(3), "beta": np.float32(0.5)})
    annotations.check_type("sizes", (1, None), "Sequence[int | None]")
    annotations.check_type("anything", object(), None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"learning_rate": -1}, "`learning_rate` must be >= 0. Received: learning_ra"),
        ({"decay_steps": -1}, "`decay_steps` must be >= 0. Received: decay_steps=-1."),
        ({"beta_1": 1.0}, r"`beta_1` must be in [0, 1). Received: beta_1=1.0."),
        ({"epsilon": 0}, "`epsilon` must be > 0. Received: epsilon=0."),
        ({"optimizer": "sgd"}, "`optimizer` must be 'adam' or 'rmsprop'. Received: "),
        ({"epochs": 0}, "`epochs` must be >= 1"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(spec, given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        kgm.zoo.build("vae", spec, **given)


@pytest.mark.parametrize("setting", ["ema", "generator_learning_rate"])
def test_a_model_with_one_optimiser_has_no_settings_of_players(spec, setting):
    assert setting not in kgm.zoo.describe("vae")["arguments"]
    assert setting in kgm.zoo.describe("dcgan")["arguments"]
    with pytest.raises(ValueError, match=f"`{setting}` must be left out"):
        kgm.zoo.build("vae", spec, **{setting: 0.5})


# --- presets --------------------------------------------------------------------------


def with_steps(spec, steps):
    """The spec as `data.load` gives it, which knows how many batches there are."""
    copy = kgm.data.DatasetSpec(spec.name, spec.x_shape, spec.attributes)
    object.__setattr__(copy, "steps_per_epoch", steps)
    return copy


def test_build_takes_the_preset_unless_it_is_told_otherwise(spec):
    usual = kgm.zoo.build("dcgan", spec, latent_dim=3).recipe["arguments"]
    assert usual["filters"] == [32, 64]
    assert (usual["ema"], usual["latent_dim"]) == (0.999, 3)
    own = kgm.zoo.build("dcgan", spec, ema=0.9, filters=(3, 4)).recipe["arguments"]
    assert (own["ema"], own["filters"]) == (0.9, [3, 4])
    bare = kgm.zoo.build("dcgan", spec, preset=False, latent_dim=3).recipe["arguments"]
    assert (bare["ema"], bare["filters"]) == (0.0, [64, 128, 256])


def test_the_rate_decays_over_the_epochs_where_the_steps_are_known(spec):
    known = with_steps(spec, 7)

    def decay(**options):
        model = kgm.zoo.build("dcgan", known, **TINY, **options)
        return model.recipe["arguments"]["decay_steps"]

    assert decay() == 200 * 7  # the preset has 200 epochs
    assert decay(epochs=3) == 3 * 7
    assert decay(decay_steps=5) == 5
    assert decay(preset=False) == 0
    assert decay(preset=False, epochs=3) == 3 * 7
    with pytest.raises(ValueError, match="`epochs` must be >= 1, and `spec` one that"):
        kgm.zoo.build("dcgan", with_steps(spec, None), **TINY, epochs=3)


def test_frames_of_clips_have_the_preset_of_frames():
    shape, row = (16, 16, 3), PRESETS["r1_gan", "lpc_sprites"]["arguments"]
    stills = kgm.data.DatasetSpec("lpc_sprites_stills", shape)
    small = {"filters": (3, 4), "units": (4,)}
    model = kgm.zoo.build("r1_gan", stills, **small)
    assert model.recipe["arguments"]["ema"] == row["ema"]
    whole = kgm.data.DatasetSpec("lpc_sprites", shape)
    model = kgm.zoo.build("r1_gan", whole, **small)
    assert model.recipe["arguments"]["ema"] == 0.0


@pytest.mark.parametrize("name", ["dcgan", "vae"])
def test_build_and_train_are_the_same_training(name, tmp_path):
    job = training.prepare(
        name, "digits", data={"num_examples": 256}, out=tmp_path / "run"
    )
    options = training.configure(name, "digits")["data"]
    size = training.configure(name, "digits")["batch_size"]
    train, spec = kgm.data.load("digits", "train", size, num_examples=256, **options)
    model = kgm.zoo.build(name, with_steps(spec, len(train)))
    assert model.recipe == job.model.recipe
    ours, theirs = (cases.values(m.trainable_weights) for m in (model, job.model))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("name", "dataset"), PRESETS)
def test_every_preset_has_arguments_that_its_recipe_takes(name, dataset):
    row = kgm.zoo.preset(name, dataset)
    arguments.check(name, row["arguments"])
    assert set(row["arguments"]) <= set(kgm.zoo.describe(name)["arguments"])


@pytest.mark.parametrize("card", CARDS, ids=lambda path: path.parent.name)
def test_every_released_card_names_arguments_of_its_recipe(card):
    told = json.loads(card.read_text(encoding="utf-8"))
    assert set(told["arguments"]) <= set(kgm.zoo.describe(told["recipe"])["arguments"])
    arguments.check(told["recipe"], told["arguments"])


@pytest.mark.slow
def test_a_released_model_is_built_from_its_card_and_not_from_a_preset():
    """What a card does not name is the recipe's default, and not the preset's."""
    model = kgm.export.rebuild(ROOT / "saved_models" / "mocogan_weizmann")
    card = json.loads((ROOT / "saved_models/mocogan_weizmann/card.json").read_text())
    assert card["arguments"].items() <= model.recipe["arguments"].items()
    film = kgm.export.rebuild(ROOT / "saved_models" / "video_vae_sprites")
    assert film.recipe["arguments"]["memory_noise"] == 0.0


# --- what is said of a recipe ---------------------------------------------------------


def test_a_recipe_is_described_with_the_meaning_of_its_arguments():
    told = kgm.zoo.describe("lsgan")
    assert told["name"] == "lsgan"
    assert told["arguments"]["filters"] == (64, 128, 256)
    assert told["arguments"]["beta_1"] == 0.5
    assert told["meanings"]["filters"].startswith("channels of the critic's conv")
    assert told["meanings"]["ema"].startswith("momentum in [0, 1)")
    assert all(told["meanings"].values())
    assert told["presets"] == ["digits", "mnist"]


def test_a_description_on_data_is_what_training_would_use():
    told = kgm.zoo.describe("wgan_gp", "digits")
    assert told["dataset"] == {
        "name": "digits",
        "x_shape": (16, 16, 1),
        "attributes": {"label": 10},
    }
    assert told["training"]["epochs"] == 200
    assert told["training"]["steps_per_epoch"] == 22
    assert told["arguments"]["decay_steps"] == 200 * 22
    assert told["model"] == "GAN"
    generator, critic = (told["networks"][k] for k in ("generator", "critic"))
    assert generator["inputs"] == {"latent": (None, 100)}
    assert generator["outputs"] == {"x": (None, 16, 16, 1)}
    assert critic["layers"][-1]["shape"] == (None, 1)
    assert sum(layer["weights"] for layer in critic["layers"]) == critic["weights"]
    assert told["distributions"] == {
        "latent_prior": "StandardNormalPrior(latent_dim=100)"
    }
    assert told["objectives"] == ["Wasserstein()"]
    assert told["penalties"][0].startswith("GradientPenalty(weight=10.0")
    generator, critic = told["optimisers"].values()
    assert (generator["beta_1"], generator["beta_2"]) == (0.0, 0.9)
    assert (generator["decay_steps"], critic["decay_steps"]) == (4400, 5 * 4400)
    assert (generator["ema"], critic["ema"]) == (0.999, 0.0)


@pytest.mark.parametrize("name", ["cvae_gan", "improved_gan", "lapgan", "vae"])
def test_every_part_of_a_model_is_described(name):
    told = kgm.zoo.describe(name, "digits")
    model = kgm.zoo.build(name, kgm.data.load("digits")[1])
    networks = told["networks"]
    for part in ("generator", "encoder", "decoder"):
        if hasattr(model, part):
            assert networks[part]["weights"] == getattr(model, part).count_params()
    critics = [n for n in networks if n.startswith("critic")]
    judging = {id(critic.network) for critic in getattr(model, "critics", ())}
    assert len(critics) == len(judging)
    assert told["optimisers"]
    assert told["objectives"]


def test_an_argument_is_explained_where_another_recipe_explains_it():
    assert description.meanings_of("A.\n\nArgs:\n    a: b,\n        c. Default 1.") == {
        "a": "b, c."
    }
    told = kgm.zoo.describe("video_vae_additive")["meanings"]
    assert told["memory"] == "units of the LSTM, >= 1."


def test_the_text_of_the_files_is_enough_for_every_argument():
    """The command line reads signatures without importing them."""
    for name, entry in registry.entries("recipe").items():
        assert [p.name for p in entry.parameters] == [*signature(name)]
        assert description.paper_of(entry.doc) == kgm.zoo.describe(name)["paper"]


# --- a new file -----------------------------------------------------------------------


@pytest.mark.slow
def test_a_recipe_is_one_new_file(tmp_path):
    """The page's own recipe, as a file in a copy of the package."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.partition("## Add a recipe")[2]
    code = re.search(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[1]
    copy = tmp_path / "keras_genmodels"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "keras_genmodels", copy, ignore=ignored)
    (copy / "zoo" / "smoothed_gan.py").write_text(code, encoding="utf-8")

    def command(*words):
        return subprocess.run(
            [sys.executable, "-m", "keras_genmodels", *words],
            cwd=tmp_path,
            env={"PYTHONPATH": str(tmp_path), "PATH": "", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )

    assert "\n  smoothed_gan\n" in command("list").stdout
    wrong = command("train", "smoothed_gan", "digits", "--set", "smoothing=some")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "`smoothing` must be a number. Received: smoothing='some'." in wrong.stderr
    told = command("describe", "smoothed_gan", "digits")
    assert "label_smoothing=0.1" in told.stdout, told.stderr
