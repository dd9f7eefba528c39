"""Models on the Hugging Face Hub: a double of it, asked by the real library."""

import contextlib
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from hub_double import LICENCES, Hub

import keras_genmodels as kgm
from keras_genmodels import cli, training
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import hub, hub_readme

TINY = shlex.split(
    "train vae digits --epochs 1 --batch-size 8 --set latent_dim=2 'units=(8,)' "
    "--data num_examples=32"
)
URL = "hf://ada/digits-vae"
ROOT = Path(__file__).parents[1]
SAVED = sorted(path.parent for path in ROOT.glob("saved_models/*/card.json"))


@contextlib.contextmanager
def fresh_library():
    """Let `huggingface_hub` read the environment anew, as it does when imported."""

    def loaded():
        return [m for m in sys.modules if m.partition(".")[0] == "huggingface_hub"]

    before = {name: sys.modules.pop(name) for name in loaded()}
    yield
    for name in loaded():
        del sys.modules[name]
    sys.modules.update(before)


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A user who is logged in as ada, with nothing downloaded yet."""
    for key in ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_PROGRESS_BARS"):
        monkeypatch.setenv(key, "1")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)  # the demo's package sets it
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")  # the double speaks LFS
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_TOKEN", "hf_ada")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # where nobody listens
    with fresh_library():
        yield monkeypatch


@pytest.fixture
def double(environment):
    with Hub() as running:
        environment.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "tiny"
    assert cli.main([*TINY, "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def artefact(run, tmp_path_factory):
    """The folder of an artefact with one version."""
    folder = tmp_path_factory.mktemp("saved_models") / "vae"
    return training.publish(training.Run.open(run), folder).parent


@pytest.fixture
def command(capsys):
    """Run a command; returns its exit code and the lines of stdout and stderr."""

    def call(*words):
        capsys.readouterr()
        code = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return call


# --- there and back -------------------------------------------------------------------


def test_a_run_is_pushed_and_loaded_by_its_address(double, command, run):
    code, lines, err = command("push", run, URL)
    assert (code, err) == (0, [])
    sha, files = double.repositories["ada/digits-vae"].at("main")
    assert lines == [f"{URL}@{sha}"]
    wanted = {"README.md", "card.json", "examples.npz", "history/metrics.csv"}
    assert wanted | {"1/saved_model.pb", ".gitattributes"} <= set(files)
    assert ("PUT", f"/objects/{max(double.objects)}") in double.requests  # over LFS

    model = kgm.export.load(URL)
    assert model.card["name"] == "digits-vae"
    expected = training.restore(training.Run.open(run))
    drawn = model.sample(4, seed=1)
    np.testing.assert_allclose(drawn, expected.sample(4, seed=1), atol=1e-5)
    assert kgm.export.rebuild(URL).recipe["name"] == "vae"


def test_what_was_downloaded_is_kept(double, artefact, environment):
    hub.upload(artefact, URL)
    first = hub.download(URL)
    double.requests.clear()
    assert hub.download(URL) == first
    assert not [path for _, path in double.requests if "/resolve/" in path]
    environment.setattr(double, "broken", True)
    assert hub.download(URL) == first


def test_each_upload_is_a_revision(double, artefact, tmp_path):
    earlier = hub.upload(artefact, URL)
    folder = shutil.copytree(artefact, tmp_path / "vae")
    (folder / "1").rename(folder / "2")
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "version": 2}))
    (folder / "README.md").write_text("---\nlicense: mit\n---\nMine.\n")
    (folder / ".partial").write_text("hidden")
    later = hub.upload(folder, URL)
    assert (hub.download(URL) / "README.md").read_text().endswith("Mine.\n")
    assert hub.download(URL) == hub.download(later) != hub.download(earlier)
    assert not (hub.download(URL) / "1").exists()  # what is gone is gone there, too
    assert (hub.download(earlier) / "1" / "saved_model.pb").is_file()
    repository = double.repositories["ada/digits-vae"]
    assert ".partial" not in repository.at("main")[1]
    repository.tags["v1"] = earlier.partition("@")[2]
    assert hub.download(f"{URL}@v1") == hub.download(earlier)


def test_what_others_put_into_the_repository_stays(double, artefact):
    hub.upload(artefact, URL)
    repository = double.repositories["ada/digits-vae"]
    repository.commit({**repository.at("main")[1], "notes.txt": b"a", "history/x": b""})
    hub.upload(artefact, URL)
    files = repository.at("main")[1]
    assert "notes.txt" in files
    assert "history/x" not in files
    assert not (hub.download(URL) / "notes.txt").exists()


def test_an_artefact_is_pushed_as_it_is(double, command, artefact):
    code, lines, err = command("push", artefact, URL, "--private")
    assert (code, err) == (0, [])
    repository = double.repositories["ada/digits-vae"]
    assert repository.private
    files = repository.at("main")[1]
    assert files["card.json"] == (artefact / "card.json").read_bytes()
    assert hub.download(lines[0]).is_dir()


# --- the page of the model ------------------------------------------------------------


def test_the_page_has_a_header_the_numbers_and_a_program_that_runs(double, artefact):
    hub.upload(artefact, URL)
    page = (hub.download(URL) / "README.md").read_text()
    card = json.loads((artefact / "card.json").read_text())
    header = yaml.safe_load(page.split("---\n")[1])
    assert header == {
        "license": "cc-by-4.0",
        "library_name": "keras_genmodels",
        "tags": ["tensorflow", "generative-model", "vae", "image"],
    }
    assert card["summary"] in page
    assert f"`{card['command']}`" in page
    assert f"| `elbo` | {card['metrics']['elbo']:.6g} |" in page
    names: dict = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names)
    assert names["x"].shape == (8, 16, 16, 1)


@pytest.mark.parametrize(
    ("licence", "header"),
    [
        ("CC BY-SA 3.0", {"license": "cc-by-sa-3.0"}),
        ("Apache-2.0, made by this package", {"license": "apache-2.0"}),
        ("research use", {"license": "other", "license_name": "research-use"}),
        (None, {"license": "unknown"}),
    ],
)
def test_a_licence_is_one_that_the_hub_knows(licence, header, artefact):
    card = json.loads((artefact / "card.json").read_text())
    page = hub_readme.text({**card, "licence": licence}, "ada/x")
    found = yaml.safe_load(page.split("---\n")[1])
    assert {k: v for k, v in found.items() if k.startswith("license")} == header


@pytest.mark.parametrize("folder", SAVED, ids=lambda folder: folder.name)
def test_the_program_of_a_conditional_model_names_classes(folder):
    card = kgm.export.card.read(folder)
    page = hub_readme.text(card, "ada/x")
    assert yaml.safe_load(page.split("---\n")[1])["license"] in LICENCES
    (sample,) = (form for form in card["signatures"] if form["name"] == "sample")
    asked = re.search(r"condition = model\.(spec\.condition\(.*\))\n", page)
    assert bool(asked) == ("condition" in sample["inputs"])
    if asked:
        spec = DatasetSpec.from_dict({"name": card["dataset"], **card["spec"]})
        assert eval(asked[1], {"spec": spec}).shape == (8, spec.condition_size)


def test_the_program_of_a_model_that_asks_for_more_shows_what(artefact):
    card = kgm.export.card.read(artefact)
    (sample,) = (form for form in card["signatures"] if form["name"] == "sample")
    sample["inputs"] = {"source": {}, "seed": {}}
    page = hub_readme.text(card, "ada/x")
    assert 'print(model.signatures["sample"]["inputs"])' in page


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "hf://ada",
        "hf://ada/a/b",
        "hf://ada/x@",
        "hf://ada/-x",
        "hf://ada/x--y",
        "hf://ada/x.",
        "hf:/ada/x",
        "hf://@v1",
    ],
)
def test_an_address_must_be_one(url, command, artefact):
    with pytest.raises(ValueError, match=r"must be hf://OWNER/NAME or .* Received"):
        hub.parse(url)
    code, lines, err = command("push", artefact, url)
    assert (code, lines, len(err)) == (2, [], 1)
    assert "`url` must be hf://OWNER/NAME" in err[0]


@pytest.mark.parametrize(
    ("url", "token", "error", "message"),
    [
        ("hf://ada/nothing", "hf_ada", ValueError, "repository that is there"),
        ("hf://ada/nothing", "", ValueError, "repository that is there"),
        ("hf://ada/secret", "hf_bob", ValueError, "that the token may read"),
        ("hf://ada/vae@v7", "hf_ada", ValueError, "a revision .* 'hf://ada/vae@v7'"),
        ("hf://ada/empty", "hf_ada", ValueError, "an exported model, with a card.json"),
        ("hf://ada/vae", "hf_eve", PermissionError, "answered 401: `hf auth login`"),
    ],
)
def test_a_download_is_refused_in_a_sentence(
    url, token, error, message, double, artefact, environment
):
    hub.upload(artefact, "hf://ada/vae")
    hub.upload(artefact, "hf://ada/secret", private=True)
    hub.upload(artefact, "hf://ada/empty")
    double.repositories["ada/empty"].commit({"notes.txt": b"a"})
    environment.setenv("HF_TOKEN", token)
    with pytest.raises(error, match=message):
        kgm.export.load(url)


@pytest.mark.parametrize(
    ("words", "token", "message"),
    [
        (URL, "", "An upload needs a token of the Hub, which `hf auth login`"),
        (URL, "hf_bob", "must have the right to do this with hf://ada/digits-vae"),
        (URL, "hf_eve", "must have the right to do this .* answered 401"),
        (f"{URL}@v1", "hf_ada", "an upload is a new revision of its own"),
        (f"{URL} --half", "hf_ada", "`--half` must stand with a run"),
        ("hf://ada/open --private", "hf_ada", "`private` must be False"),
    ],
)
def test_an_upload_is_refused_in_a_line(
    words, token, message, double, command, artefact, environment
):
    hub.upload(artefact, "hf://ada/open")
    before = len(double.repositories["ada/open"].commits)
    environment.setenv("HF_TOKEN", token)
    code, lines, err = command("push", artefact, *words.split())
    assert (code, lines, len(err)) == (2, [], 1)
    assert re.search(message, err[0])
    assert len(double.repositories["ada/open"].commits) == before
    assert set(double.repositories) == {"ada/open"}


def test_a_hub_that_fails_is_told(double, command, artefact):
    double.broken = True
    code, lines, err = command("push", artefact, URL)
    assert (code, lines) == (2, [])
    assert err == [
        f"keras-genmodels: The Hub must answer for {URL}. Received: status 500."
    ]


def test_a_hub_out_of_reach_is_told(environment, command, artefact):
    with pytest.raises(ConnectionError, match=f"within reach for {URL}.*refused"):
        kgm.export.load(URL)
    code, lines, err = command("push", artefact, URL)
    assert (code, lines, len(err)) == (2, [], 1)
    assert "The Hub must be within reach" in err[0]


def test_a_hub_that_the_user_switched_off_is_told(environment, artefact):
    environment.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ConnectionError, match="within reach for hf://ada/digits-vae"):
        kgm.export.load(URL)
    with pytest.raises(ConnectionError, match="within reach for hf://ada/digits-vae"):
        hub.upload(artefact, URL)


def test_a_folder_that_is_neither_run_nor_artefact_is_refused(
    environment, command, tmp_path
):
    code, lines, err = command("push", tmp_path, URL)
    assert (code, lines, len(err)) == (2, [], 1)
    assert str(tmp_path) in err[0]


def test_without_the_library_the_extra_is_named(monkeypatch, command, artefact):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ImportError, match=r"pip install 'keras_genmodels\[hub\]'"):
        kgm.export.load(URL)
    code, lines, err = command("push", artefact, URL)
    assert (code, lines, len(err)) == (2, [], 1)
    assert "which the extra `hub` brings" in err[0]


def test_the_library_is_imported_when_an_address_is_used():
    code = (
        "import sys, keras_genmodels.export.hub as hub, keras_genmodels.cli\n"
        "assert hub.parse('hf://ada/x') == ('ada/x', None)\n"
        "print([m for m in ('huggingface_hub', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
