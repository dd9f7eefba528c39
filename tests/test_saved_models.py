"""The models that are committed in `saved_models/`, and the page that serves them."""

import json
import pathlib
import re
import shutil
import subprocess
import sys

import forked
import jsonschema
import numpy as np
import pytest
from google.protobuf import text_format
from serving_double import Double
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.config import model_server_config_pb2

import keras_genmodels as kgm
from keras_genmodels.export import card as cards
from keras_genmodels.export import (
    examples,
    layout,
    local,
    model_index,
    showcase,
    signature_builders,
)
from keras_genmodels_demo import models_index

ROOT = pathlib.Path(__file__).parents[1]
FOLDER = ROOT / "saved_models"
NAMES = sorted(path.parent.name for path in FOLDER.glob(f"*/{cards.FILE}"))
PAGE = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
SERVED = [
    block
    for block in re.findall(r"^```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    if ("localhost:850" in block or "export.load(" in block) and "hf://" not in block
]
CONFIGS = re.findall(r"^```proto\n(config \{\n.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
each = pytest.mark.parametrize("name", NAMES)
ENTRIES = {n: models_index.Entry(FOLDER / n, models_index.local) for n in NAMES}

MAKERS = {  # of the examples beside the models of a data set
    "chairs": None,
    "lpc_sprites": "video_vae_sprites",
    "mnist": "acgan_mnist",
    "moving_laws": None,
    "weizmann_actions": "video_vae_weizmann",
}


@each
def test_the_card_is_sound_and_the_size_holds(name):
    card = json.loads((FOLDER / name / cards.FILE).read_text(encoding="utf-8"))
    jsonschema.validate(card, json.loads(cards.SCHEMA.read_text(encoding="utf-8")))
    path = layout.newest(FOLDER / name)
    cards.check_fits(card, local.signatures(path))
    assert card["version"] == int(path.name)
    assert all(card[field] for field in ("command", "licence", "metrics", "summary"))
    assert layout.size(path) <= model_index.LARGEST
    assert (path / "assets.extra" / "tf_serving_warmup_requests").is_file()


@each
def test_nothing_that_it_computes_is_bound_to_a_device(name):
    """It runs on what there is, CPU or GPU; weights alone are read by the CPU."""
    file = layout.newest(FOLDER / name) / "saved_model.pb"
    graph = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    [graph] = [meta.graph_def for meta in graph.meta_graphs]
    bound = {
        f.signature.name for f in graph.library.function for n in f.node_def if n.device
    }
    assert {name.rpartition("_")[0] for name in bound} == {
        "__inference__traced_save",
        "__inference__traced_restore",
    }
    assert {node.op for node in graph.node if node.device} <= {"Const"}


def test_the_contents_are_those_of_the_cards():
    found = model_index.read(FOLDER)
    assert layout.size(FOLDER) <= model_index.LARGEST_IN_ALL
    if found:
        written = (FOLDER / model_index.CONTENTS).read_text(encoding="utf-8")
        assert written == model_index.contents(found)
        written = (FOLDER / model_index.CONFIG).read_text(encoding="utf-8")
        assert written == model_index.config(found)


def test_the_demo_shows_them_all():
    index = models_index.ModelsIndex(FOLDER, models_index.local)
    index.open(lambda line: None)
    assert index.refused == {}
    assert sorted(index.entries) == NAMES


@pytest.mark.parametrize(
    "name",
    [n for n in NAMES if ENTRIES[n].offers("encode")],
)
def test_its_examples_are_drawn_by_a_model_and_are_no_data(name, tmp_path):
    """Chairs are drawn by the package itself, so that these may be passed on, too."""
    beside = showcase.read_examples(FOLDER / name)
    if (maker := MAKERS[cards.read(FOLDER / name)["dataset"]]) is None:
        assert len(beside) >= 100
        return
    shutil.copy(FOLDER / name / cards.FILE, tmp_path)
    showcase.draw_examples(tmp_path, kgm.export.load(FOLDER / maker))
    again = showcase.read_examples(tmp_path)
    np.testing.assert_array_equal(beside.condition, again.condition)
    np.testing.assert_allclose(beside.x, again.x, atol=1.5 / 255)


@pytest.mark.parametrize(
    "name",  # of the three video VAEs one is enough, but for a release
    [
        pytest.param(
            name,
            marks=pytest.mark.slow if name.startswith("video_vae") else (),
        )
        for name in NAMES
    ],
)
def test_the_model_equals_its_python_original(name):
    artefact, model = kgm.export.load(FOLDER / name), kgm.export.rebuild(FOLDER / name)
    offered = {
        signature.name: signature for signature in signature_builders.offered(model)
    }
    assert sorted(offered) == sorted(artefact.signatures)
    for key, form in artefact.signatures.items():
        given = examples.inputs(form, artefact.spec, rows=2)
        expected = offered[key].function(*(given[n] for n in offered[key].inputs))
        for output, value in artefact.run(key, **given).items():
            np.testing.assert_allclose(
                value, expected[output], rtol=1e-5, atol=1e-5, err_msg=f"{key}/{output}"
            )


@pytest.mark.parametrize(
    "names",
    [NAMES[:3], pytest.param(NAMES[3:], marks=pytest.mark.slow)],
    ids=["few", "the others"],
)
def test_the_models_load_in_a_clean_process(names, tmp_path):
    jobs, requests = [], {}
    for name in names:
        artefact = kgm.export.load(FOLDER / name)
        for key, form in artefact.signatures.items():
            job = {"key": f"{name}.{key}", "signature": key, **form}
            jobs.append({**job, "model": str(layout.newest(FOLDER / name))})
            given = examples.inputs(form, artefact.spec)
            requests |= {f"{name}.{key}/{k}": value for k, value in given.items()}
    files = [tmp_path / file for file in ("jobs.json", "requests.npz", "answers.npz")]
    files[0].write_text(json.dumps(jobs))
    np.savez(files[1], **requests)
    client = ROOT / "tests" / "clients" / "without_package.py"
    command = [sys.executable, "-I", str(client), *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-3000:]
    answers = np.load(files[2])
    for job in jobs:
        for output in job["outputs"]:
            assert np.isfinite(answers[f"{job['key']}/{output}"]).all(), job["key"]


@pytest.fixture(scope="module")
def server():
    wanted = {name for block in SERVED for name in re.findall(r"models/(\w+)", block)}
    missing = sorted(wanted - set(NAMES))
    if missing or not wanted:
        pytest.skip(f"saved_models/ has not yet: {', '.join(missing) or 'any model'}")
    folders = [FOLDER / name for name in sorted(wanted)]
    versions = {folder.name: layout.versions(folder) for folder in folders}
    with Double(*folders, versions=versions) as double:
        yield double


@pytest.mark.parametrize("block", SERVED)
def test_the_examples_of_the_page_are_answered(block, server, tmp_path):
    block = block.replace("http://localhost:8501", server.rest)
    block = block.replace("grpc://localhost:8500", server.grpc)
    block = block.replace("localhost:8500", server.grpc.removeprefix("grpc://"))
    if "curl " not in block:
        (tmp_path / "saved_models").symlink_to(FOLDER)
        ran = forked.run("-c", block, folder=tmp_path)
        assert ran.returncode == 0, ran.stderr[-3000:]
        return
    import requests

    for line in filter(lambda line: line.startswith("curl "), block.splitlines()):
        body, url = re.search(r"-d '(.*)'", line), re.search(r"http\S+", line)[0]
        method = "POST" if body else "GET"
        answer = requests.request(method, url, data=body and body[1], timeout=60)
        assert answer.status_code == 200, f"{line}: {answer.text}"


def test_the_page_asks_for_every_signature():
    asked = set(re.findall(r'ask\("models/\w+", "(\w+)"', "".join(SERVED)))
    for name in NAMES:
        offered = {form["name"] for form in cards.read(FOLDER / name)["signatures"]}
        assert offered <= asked, name


@pytest.mark.parametrize("block", CONFIGS)
def test_the_configurations_of_the_page_are_read(block):
    models = model_server_config_pb2.ModelConfigList()
    for model in text_format.Parse(block, models).config:
        assert model.base_path == f"{model_index.MOUNTED}/{model.name}"
