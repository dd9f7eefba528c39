"""The folder of saved models: its configuration, its contents, its cards' schema."""

import json
import shutil

import artefacts
import jsonschema
import pytest
from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2
from test_card import card_with, spec_with

import keras_genmodels as kgm
from keras_genmodels.export import card as cards
from keras_genmodels.export import model_index

SCHEMA = json.loads(cards.SCHEMA.read_text(encoding="utf-8"))
FACTS = {
    "dataset": "mnist",
    "metrics": {"elbo": -85.25, "elbo/examples": 100},
    "command": "keras-genmodels train vae mnist --seed 0",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved_models")
    artefacts.export_all(folder, **FACTS)
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "saved_models")


def test_the_configuration_is_what_a_server_reads(folder):
    model_index.write(folder)
    text = (folder / "models.config").read_text()
    parsed = text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    models = parsed.model_config_list.config
    assert [model.name for model in models] == sorted(artefacts.RECIPES)
    for model in models:
        assert model.base_path == f"/models/{model.name}"
        assert model.model_platform == "tensorflow"
    empty = model_server_config_pb2.ModelServerConfig()
    assert not text_format.Parse(model_index.config({}), empty).model_config_list.config


@pytest.mark.parametrize("name", ['we"ird', "a b", 'a"\n}  config {\n', "é"])
def test_a_name_stands_in_the_configuration_as_it_is(name):
    text = model_index.config({name: ...}, base='/mo"dels')
    parsed = text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    (model,) = parsed.model_config_list.config
    assert (model.name, model.base_path) == (name, f'/mo"dels/{name}')


def test_a_card_writes_one_row_into_the_contents():
    facts = {"dataset": "a\n| b |", "command": "c\n\n# d", "summary": "e\r\nf"}
    before = model_index.contents({}).splitlines()
    lines = model_index.contents({"tiny": card_with(**facts)}).splitlines()
    assert len(lines) == len(before) + 1
    (row,) = set(lines) - set(before)
    assert row.replace(r"\|", "").count("|") == 7


def test_the_contents_have_a_row_for_each_model(folder):
    model_index.write(folder)
    (folder / "notes").mkdir()  # what has no card is passed over
    model_index.write(folder)
    lines = (folder / "README.md").read_text().splitlines()
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| [")}
    assert sorted(rows) == sorted(artefacts.RECIPES)
    cells = [cell.strip() for cell in rows["vae"].strip("|").split(" | ")]
    assert cells[0] == "[`vae`](vae)"
    assert cells[1].startswith("`vae`: ")
    assert cells[2] == "`mnist`, CC BY-SA 3.0"
    assert cells[3] == f"{cards.read(folder / 'vae')['bytes'] / 1e6:.1f} MB"
    assert cells[4] == "elbo -85.25"
    assert cells[5] == f"`{FACTS['command']}`"


def test_the_contents_say_what_float16_changes(folder):
    card = json.loads((folder / "vae" / "card.json").read_text())
    half = {"samples": 64, "others": 1, "largest_difference": 0.01034}
    (folder / "vae" / "card.json").write_text(json.dumps({**card, "half": half}))
    model_index.write(folder)
    text = (folder / "README.md").read_text()
    assert "MB, float16: 63 of 64 samples differ by up to 0.0103 |" in text
    assert text.count("float16:") == 1


def test_a_card_of_another_folder_or_model_is_refused(folder):
    shutil.copytree(folder / "gan", folder / "gun")
    with pytest.raises(ValueError, match=r"that of the folder. Received: 'gan'"):
        model_index.write(folder)
    shutil.rmtree(folder / "gun")
    card = json.loads((folder / "vae" / "card.json").read_text())
    del card["signatures"][1]
    (folder / "vae" / "card.json").write_text(json.dumps(card))
    with pytest.raises(ValueError, match="card of 'vae' does not fit the model's sign"):
        model_index.write(folder)


def test_what_is_too_large_is_said(folder, monkeypatch):
    for recipe in set(artefacts.RECIPES) - {"cgan"}:
        shutil.rmtree(folder / recipe)
    monkeypatch.setattr(model_index, "LARGEST", 100)
    with pytest.warns(RuntimeWarning, match=r"cgan.1 has .* MB.*`--half` makes it"):
        model_index.write(folder)
    monkeypatch.setattr(model_index, "LARGEST", 10**9)
    monkeypatch.setattr(model_index, "LARGEST_IN_ALL", 1000)
    with pytest.warns(RuntimeWarning, match=r"saved_models has .* among sources\.$"):
        model_index.write(folder)


def test_the_schema_is_one_and_takes_what_is_exported(folder):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for name in artefacts.RECIPES:
        card = json.loads((folder / name / "card.json").read_text())
        jsonschema.validate(card, SCHEMA)
        assert card["licence"] == "CC BY-SA 3.0"
    jsonschema.validate(card_with(), SCHEMA)
    half = {
        "samples": 64,
        "others": 0,
        "largest_difference": 0.01,
        "mean_difference": 0.001,
    }
    jsonschema.validate(card_with(half=half, recipe=None, seed=None), SCHEMA)


@pytest.mark.parametrize(
    "card",
    [
        {"name": "tiny"},
        card_with(metrics=None),
        card_with(seed="0"),
        card_with(name="a/b"),
        card_with(half={}),
        card_with(spec={}),
        spec_with(x_shape=[4, 0]),
        card_with(signatures=["sample"]),
        card_with(signatures=[]),
        card_with(signatures=card_with()["signatures"] * 2),
    ],
)
def test_the_schema_refuses_what_is_not_sound(card):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(card, SCHEMA)


def test_the_schema_travels_with_the_package():
    setup = (cards.SCHEMA.parents[2] / "setup.py").read_text()
    assert '"keras_genmodels.export": ["*.json"]' in setup


def test_a_licence_is_that_of_the_makers():
    from keras_genmodels.data.loading import licence

    known = {name for name in kgm.data.names() if licence(name)}
    assert {"celeb_a", "chairs", "digits", "mnist", "weizmann_actions"} <= known
    assert licence("chairs") == "Apache-2.0, made by this package"
    assert licence("celeb_a") == "non-commercial research only"
    assert licence("folder:mnist") is licence("lfw") is None
