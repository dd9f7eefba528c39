"""The demo as it is installed: from the wheel alone, and as a Hugging Face Space."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile

import demo_models
import pytest
from demo_http import questions
from packaging.requirements import Requirement

import keras_genmodels
from keras_genmodels import demonstrate

httpx = pytest.importorskip("httpx", reason="the demo's extra is not installed")
ROOT = pathlib.Path(__file__).parents[1]
MOST_BYTES = 12 * 10**6


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built of a copy of what it is made of: the clone is left as it is."""
    copy = tmp_path_factory.mktemp("sources") / "copy"
    copy.mkdir()
    for name in ("keras_genmodels", "demo", "saved_models"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    folder = tmp_path_factory.mktemp("wheels")
    words = [
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--quiet",
        "-w",
    ]
    command = [sys.executable, "-m", "pip", *words, str(folder), str(copy)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert made.returncode == 0, made.stderr[-3000:]
    [path] = folder.glob("*.whl")
    return path


def test_the_wheel_holds_two_packages_and_few_models(wheel):
    with zipfile.ZipFile(wheel) as file:
        sizes = {info.filename: info.file_size for info in file.infolist()}
    tops = {name.split("/")[0] for name in sizes if ".dist-info" not in name}
    assert tops == {"keras_genmodels", "keras_genmodels_demo"}
    place = "keras_genmodels/saved_models/"
    models = {name: size for name, size in sizes.items() if name.startswith(place)}
    names = {name.removeprefix(place).split("/")[0] for name in models}
    assert names == {"acgan_mnist", "vae_2d_mnist", "video_vae_chairs"}
    assert sum(models.values()) <= MOST_BYTES
    for name in names:
        kept = {p for p in (ROOT / "saved_models" / name).rglob("*") if p.is_file()}
        paths = {path.relative_to(ROOT / "saved_models").as_posix() for path in kept}
        assert paths == {p.removeprefix(place) for p in models if f"/{name}/" in p}
    assert "keras_genmodels_demo/static/kgm.js" in sizes
    assert "keras_genmodels_demo/tabs/video.py" in sizes


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The programs of a new environment: the wheel and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    scheme = {"base": str(folder), "platbase": str(folder)}
    home = pathlib.Path(sysconfig.get_path("purelib", "venv", vars=scheme))
    programs = pathlib.Path(sysconfig.get_path("scripts", "venv", vars=scheme))
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    words = ["install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, *words, str(wheel)], check=True, env=clean(), timeout=300)
    home.joinpath("dependencies.pth").write_text(sysconfig.get_path("purelib"))
    where = "import keras_genmodels_demo as d; print(d.__file__)"
    command = [programs / "python", "-c", where]
    found = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=clean()
    )
    assert found.stdout.startswith(str(home)), found.stderr
    return programs


def clean(**more):
    """The environment without what points into the clone."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | more


@pytest.mark.slow
def test_the_wheel_alone_shows_its_own_models(installed, tmp_path):
    command = [str(installed / "keras-genmodels"), "demo", "--port", "0"]
    said = []
    with demo_models.started(command, clean(), tmp_path, said) as url:
        ask = questions(url)
        assert "Generative models, alive" in httpx.get(url).text
        for tab in ("sample", "manifold", "video", "game"):
            found, error = ask(tab, timeout=120)
            assert error is None, tab
            assert found[-1]["code"]
    assert f"There is no folder {demonstrate.FOLDER} here" in said[0]
    assert sum("these models are the package's" in line for line in said) == 1


def test_models_of_the_folder_come_before_those_of_the_package(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved_models").mkdir()
    assert demonstrate._folder(None) == "saved_models"
    assert demonstrate._folder("others") == "others"
    assert capsys.readouterr().out == ""


# --- a Space --------------------------------------------------------------------------


@pytest.fixture
def space(tmp_path):
    """A copy of the folder under another name, and changed."""
    folder = tmp_path / "space"
    shutil.copytree(ROOT / "demo", folder)
    page = folder / "page.py"
    page.write_text(page.read_text().replace("Generative models, alive", "My own page"))
    return folder


def test_the_folder_is_a_space_as_it_stands(space, installed):
    """Its own files run, not those installed; other sites may show it in a frame."""
    environment = clean(GRADIO_SERVER_PORT="0", SPACE_ID="somebody/space")
    command, said = [str(installed / "python"), "app.py"], []
    with demo_models.started(command, environment, space, said) as url:
        url = url.replace("0.0.0.0", "127.0.0.1")
        page = httpx.get(url)
        assert "My own page" in page.text
        policy = page.headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'self' https://huggingface.co")
        assert questions(url)("sample", ["acgan_mnist"])[1] is None
    assert "0.0.0.0" in said[-1]


def test_the_header_of_the_space_is_one():
    head = (ROOT / "demo" / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    header = dict(line.split(": ", 1) for line in head.splitlines())
    assert (header["sdk"], header["app_file"]) == ("gradio", "app.py")
    assert len(header["short_description"]) <= 60
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    [gradio] = set(re.findall(r'"(gradio>=.*?)"', setup))
    assert Requirement(gradio).specifier.contains(header["sdk_version"])
    [python] = re.findall(r'python_requires="(.*?)"', setup)
    wanted = header["python_version"].strip('"')
    assert Requirement(f"python{python}").specifier.contains(wanted)


def test_the_space_asks_for_this_release():
    lines = (ROOT / "demo" / "requirements.txt").read_text().splitlines()
    [line] = [line for line in lines if not line.startswith("#")]
    assert line == f"keras_genmodels[demo]=={keras_genmodels.__version__}"


def test_options_come_before_the_variables_of_gradio(monkeypatch):
    from keras_genmodels import cli

    seen = []
    monkeypatch.setattr(demonstrate, "run", lambda a: seen.append((a.host, a.port)))
    monkeypatch.delenv("GRADIO_SERVER_NAME", raising=False)
    monkeypatch.delenv("GRADIO_SERVER_PORT", raising=False)
    cli.main(["demo"])
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "8123")
    cli.main(["demo"])
    cli.main(["demo", "--host", "localhost", "--port", "9000"])
    assert seen == [("127.0.0.1", 7860), ("0.0.0.0", 8123), ("localhost", 9000)]
