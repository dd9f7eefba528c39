"""Where the optional real data lies; what needs it skips, with the reason."""

from __future__ import annotations

import fcntl
import gc
import os
import pathlib
import shutil

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
# The files that take longest, begun first, so that all workers end at the same time.
LONGEST = (
    "test_saved_models",
    "test_demo_lecture",
    "test_cli",
    "test_zoo_data",
    "test_export",
    "test_demo_server",
    "test_demo_controls",
    "test_docs",
    "test_editing",
    "test_demo_layout",
    "test_gans",
    "test_continuity",
    "test_demo_browser",
    "test_models",
)
# TensorFlow's modules are millions of objects that are never freed; looking for some
# among them takes a twentieth of the time.
gc.set_threshold(100_000, 50, 100)
# Shapes are tiny here: with more threads, which wait for each other, TensorFlow takes a
# tenth longer. Programs that tests start inherit it.
for number in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(number, "1")
# What the files of tests share says what it saw, as they do, where it fails.
pytest.register_assert_rewrite(
    *sorted(
        path.stem
        for path in pathlib.Path(__file__).parent.glob("[!_]*.py")
        if not path.stem.startswith(("test_", "conftest"))
    )
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first, each with its tests in their order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def tfds_folder() -> pathlib.Path:
    """KERAS_GENMODELS_DATA if set, else ../shared/data/tfds beside the repository."""
    named = os.environ.get("KERAS_GENMODELS_DATA")
    return pathlib.Path(named) if named else ROOT.parent / "shared" / "data" / "tfds"


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> pathlib.Path:
    """A folder of this run that all its processes have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def _own_cache(shared):
    """What takes long to make is kept for this run only, not in the user's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_GENMODELS_CACHE", str(shared / "kept"))
        yield


def made_once(folder: pathlib.Path, make) -> pathlib.Path:
    """A folder that the first process makes and the others wait for."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            make(partial)
            partial.rename(folder)
    return folder


@pytest.fixture
def channels_first():
    """Keras set to channels first, as a program around ours may have it."""
    import keras

    given = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format(given)


@pytest.fixture(scope="session")
def mnist_dir() -> str:
    """The folder that holds the prepared MNIST of TensorFlow Datasets."""
    folder = tfds_folder()
    if not (folder / "mnist").is_dir():
        pytest.skip(f"MNIST is not in {folder}; KERAS_GENMODELS_DATA can name a folder")
    return str(folder)


@pytest.fixture(scope="session")
def runs(tmp_path_factory) -> pathlib.Path:
    """Where the runs of released numbers are, or come to be."""
    named = os.environ.get("KERAS_GENMODELS_RUNS")
    return pathlib.Path(named) if named else tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def weizmann_dir() -> str:
    """The folder of the film strips, which lies beside that of TensorFlow Datasets."""
    folder = tfds_folder().parent / "weizmann_actions"
    if not folder.is_dir():
        pytest.skip(f"The Weizmann actions are not in {folder}")
    return str(folder)


@pytest.fixture(autouse=True)
def _no_download(monkeypatch):
    """Sets that are fetched by themselves are not: no test uses a network."""
    monkeypatch.setattr(
        "keras_genmodels.data.archives.sprite_sheets.ARCHIVE", "file:///not/there.zip"
    )


@pytest.fixture(scope="module")
def digits():
    """Digits, 8 batches of 16, and their spec."""
    import keras_genmodels as kgm

    return kgm.data.load("digits", batch_size=16, num_examples=128, shuffle=False)


@pytest.fixture(scope="module")
def batches(digits):
    """The batches of `digits`, a file's own if it has some."""
    return digits[0]


@pytest.fixture(scope="module")
def spec(digits):
    """The spec of `digits`, a file's own if it has some."""
    return digits[1]


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A run of two epochs that nothing disturbed; tests copy it."""
    import runs

    from keras_genmodels import training

    out = tmp_path_factory.mktemp("runs") / "tiny"
    return training.train("vae", "digits", out=out, epochs=2, verbose=0, **runs.TINY)


@pytest.fixture
def run(finished, tmp_path):
    """A copy of `finished`, or of a file's own run of that name."""
    from keras_genmodels import training

    shutil.copytree(finished.path, tmp_path / "run")
    return training.Run.open(tmp_path / "run")


@pytest.fixture(scope="session")
def demo_folder(shared) -> pathlib.Path:
    """Small artefacts of every kind, as the demo shows them."""
    pytest.importorskip("gradio", reason="the demo's extra is not installed")
    import demo_models

    return made_once(shared / "demo_models", demo_models.make)


@pytest.fixture(scope="session")
def demo_index(demo_folder):
    """The loaded models of that folder."""
    import demo_models

    return demo_models.index(demo_folder)


@pytest.fixture(scope="session")
def temporary(tmp_path_factory) -> pathlib.Path:
    """Where a demo that writes files would write them."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="session")
def demo_log(tmp_path_factory) -> pathlib.Path:
    """The file of the errors that `small_demo` writes."""
    return tmp_path_factory.mktemp("log") / "errors.txt"


@pytest.fixture(scope="session")
def small_demo(demo_folder, temporary, demo_log):
    """The address of a running demo of that folder, one for all files of tests."""
    import demo_models

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        patch.setenv("GRADIO_TEMP_DIR", str(temporary))
        with demo_models.running(demo_folder, "--rate", "1000", log=demo_log) as url:
            yield url


@pytest.fixture(scope="session")
def browser():
    """A Chromium, one for all files of tests."""
    import browsing

    with browsing.opened() as browser:
        yield browser


@pytest.fixture
def visit(browser, address):
    """Opens a tab of the demo at the file's own `address`."""
    import browsing

    with browsing.visiting(browser, address) as call:
        yield call
