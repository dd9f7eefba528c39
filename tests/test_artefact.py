"""What an artefact offers, takes and gives, when it runs in this process."""

import json
import shutil
import subprocess
import sys

import artefacts
import numpy as np
import pytest
from artefacts import CLIPS, REFUSED, SPEC

import keras_genmodels as kgm
from keras_genmodels.export import layout, signature_io

PICTURES = np.zeros((2, 4, 4, 1), "float32")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return artefacts.export_all(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def vae(exported):
    return kgm.export.load(exported["vae"][1])


@pytest.fixture(scope="module")
def conditional(exported):
    return kgm.export.load(exported["conditional_vae"][1])


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return kgm.export.load(artefacts.export_clips(tmp_path_factory.mktemp("models")))


@pytest.mark.parametrize("recipe", artefacts.RECIPES)
def test_a_loaded_artefact_has_the_methods_of_its_model(recipe, exported):
    model, folder = exported[recipe]
    artefact = kgm.export.load(folder)
    assert artefact.spec == SPEC
    calls = artefacts.calls(
        recipe in ("conditional_vae", "cgan"), np.random.default_rng(0)
    )
    for name, given in calls.items():
        assert hasattr(artefact, name) == (
            hasattr(model, name) or name == "interpolate"
        )
        assert (name in dir(artefact)) == hasattr(artefact, name)
        if hasattr(model, name):
            expected = np.asarray(getattr(model, name)(**given))
            found = getattr(artefact, name)(**given)
            assert found.dtype == np.float32
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_an_artefact_needs_none_of_the_code_that_trained_it(exported):
    code = (
        "import sys, keras_genmodels.export as export\n"
        "print(export.load(sys.argv[1]).sample(2).shape)\n"
        "print(sorted(m for m in sys.modules if m.startswith('keras_genmodels.')))\n"
        "print('tensorflow_probability' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(exported["vae"][1])]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    shape, modules, probability = ran.stdout.splitlines()
    assert (shape, probability) == ("(2, 4, 4, 1)", "False")
    for part in (
        "distributions",
        "models",
        "networks",
        "objectives",
        "training",
        "zoo",
    ):
        assert f"keras_genmodels.{part}" not in modules


def test_a_walk_begins_and_ends_where_it_was_told(vae):
    start, end = np.float32([[0, 1], [2, 3]]), np.float32([[5, 5], [-1, 0]])
    walk = vae.interpolate(start, end, 4)
    assert walk.shape == (2, 4, 4, 4, 1)
    np.testing.assert_allclose(walk[:, 0], vae.decode(start), atol=1e-6)
    np.testing.assert_allclose(walk[:, -1], vae.decode(end), atol=1e-6)


def test_videos_are_generated_continued_and_read(clips):
    condition = CLIPS.condition(label=["b", "a"], size="large")
    assert clips.sample(condition=condition).shape == (2, 3, 4, 4, 1)
    assert clips.generate(condition, frames=5, seed=1).shape == (2, 5, 4, 4, 1)
    assert clips.generate(condition[:1], 2, n=4).shape == (4, 2, 4, 4, 1)
    assert clips.generate(condition).shape == (2, 3, 4, 4, 1)
    assert clips.continue_from(PICTURES, condition).shape == (2, 3, 4, 4, 1)
    longer = clips.continue_from(PICTURES + 0.5, condition[:1], frames=6)
    np.testing.assert_array_equal(longer[:, 0], PICTURES + 0.5)
    assert longer.shape == (2, 6, 4, 4, 1)
    found = clips.infer_attributes(PICTURES + 0.25)
    assert sorted(found) == ["label", "size"]
    np.testing.assert_allclose(found["size"], [[0.25, 0.75]] * 2)


def test_what_a_model_cannot_do_is_not_there(exported, vae):
    gan = kgm.export.load(exported["gan"][1])
    with pytest.raises(AttributeError, match=r"'gan' has no signature 'encode'. Known"):
        gan.encode(PICTURES)
    assert not hasattr(gan, "log_likelihood")
    with pytest.raises(ValueError, match=r"Unknown signature 'sampel' .*'sample'\?"):
        vae.run("sampel")
    assert vae.run("sample", count=2, seed=(0, 1))["x"].shape == (2, 4, 4, 1)
    assert repr(vae) == "<LoadedArtefact of 'vae' version 1>"


def test_one_row_stands_for_all(conditional):
    row = SPEC.condition(label="b", size="large")
    np.testing.assert_array_equal(
        conditional.sample(3, row, seed=5),
        conditional.sample(condition=np.repeat(row, 3, axis=0), seed=5),
    )
    assert conditional.reconstruct(PICTURES, row).shape == PICTURES.shape
    assert conditional.decode([[0.0, 1.0]], np.repeat(row, 3, axis=0)).shape[0] == 3


def test_lists_integers_and_any_seed_are_taken(vae):
    by_pair = vae.sample(2, seed=(0, 9))
    np.testing.assert_array_equal(vae.sample(np.int64(2), seed=np.int32(9)), by_pair)
    np.testing.assert_array_equal(vae.decode([[0, 1]]), vae.decode([[0.0, 1.0]]))
    ignored = vae.sample(2, SPEC.condition(2, label="a", size="small"), seed=9)
    np.testing.assert_array_equal(ignored, by_pair)  # no network looks at it


@pytest.mark.parametrize(("method", "given", "kind", "message"), REFUSED)
def test_what_cannot_be_is_refused_before_it_runs(method, given, kind, message, vae):
    with pytest.raises(kind, match=message):
        getattr(vae, method)(**given)


def test_a_condition_that_does_not_fit_is_refused(conditional):
    with pytest.raises(ValueError, match="Missing: 'condition'"):
        conditional.sample(3)
    row = SPEC.condition(2, label="b", size="large")
    with pytest.raises(ValueError, match=r"one row or `n`. Received: n=3, 2 rows"):
        conditional.sample(3, row)
    with pytest.raises(ValueError, match=r"`condition` .* \(n, 5\).*\(2, 4\)"):
        conditional.sample(condition=row[:, 1:])


def test_what_the_graph_refuses_is_a_value_error(clips, monkeypatch):
    monkeypatch.setattr(signature_io, "tensors", lambda form, given: given)
    given = {"condition": np.zeros((1, 5), "float32"), "seed": np.zeros(2, "int32")}
    with pytest.raises(ValueError, match="'generate' refused its inputs"):
        clips.run("generate", frames=np.int32(-1), **given)


def test_the_newest_version_is_loaded_or_the_one_that_is_named(exported, tmp_path):
    model, folder = exported["vae"]
    copy = shutil.copytree(folder, tmp_path / "vae")
    kgm.export.save(model, copy / "10")
    assert kgm.export.load(copy).version == 10
    assert kgm.export.load(str(copy / "1")).version == 1
    assert layout.versions(copy) == [1, 10]
    assert layout.next_version(copy).name == "11"


def test_a_card_that_does_not_fit_its_signatures_is_refused(exported, tmp_path):
    copy = shutil.copytree(exported["gan"][1], tmp_path / "gan")
    card = json.loads((copy / "card.json").read_text())
    card["signatures"] = [f for f in card["signatures"] if f["name"] != "decode"]
    (copy / "card.json").write_text(json.dumps(card))
    with pytest.raises(ValueError, match=r"card of 'gan' does not fit .*'decode'. The"):
        kgm.export.load(copy)


def test_what_is_no_artefact_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"an integer version in it. Received: .*none"):
        kgm.export.load(tmp_path / "none")
    (tmp_path / "name" / "1").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"with a card\.json in it"):
        kgm.export.load(tmp_path / "name")


@pytest.mark.parametrize("recipe", ["conditional_vae", "gan"])
def test_the_python_model_comes_back_with_its_weights(recipe, exported):
    model, folder = exported[recipe]
    again = kgm.export.rebuild(folder)
    given = artefacts.calls(recipe != "gan", np.random.default_rng(0))["sample"]
    np.testing.assert_array_equal(again.sample(**given), model.sample(**given))
    assert again.recipe == model.recipe


def test_a_model_of_no_recipe_cannot_be_rebuilt(tmp_path):
    folder = artefacts.export_clips(tmp_path)
    with pytest.raises(ValueError, match=r"a model of a recipe. Received: .*clips"):
        kgm.export.rebuild(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("saved_model.pb", b""),
        ("saved_model.pb", b"no protocol buffer"),
        ("saved_model.pb", "half"),
        ("variables/variables.index", b""),
        ("variables/variables.index", "half"),
        ("variables/variables.data-00000-of-00001", b""),
        ("variables/variables.data-00000-of-00001", "half"),
        ("variables/variables.data-00000-of-00001", None),
    ],
)
def test_a_damaged_model_is_refused_by_its_path(exported, tmp_path, name, content):
    copy = shutil.copytree(exported["gan"][1], tmp_path / "gan")
    path = layout.newest(copy)
    whole = (path / name).read_bytes()
    (path / name).unlink()
    if content is not None:
        half = whole[: len(whole) // 2]
        (path / name).write_bytes(half if content == "half" else content)
    with pytest.raises(ValueError, match=rf"must be that of a .*SavedModel.*{path}"):
        kgm.export.load(copy)


def test_a_model_in_a_folder_that_is_no_version_is_refused(exported, tmp_path):
    copy = shutil.copytree(exported["gan"][1], tmp_path / "gan")
    layout.newest(copy).rename(copy / "newest")
    with pytest.raises(ValueError, match=r"must end in an integer version.*newest"):
        kgm.export.load(copy / "newest")
