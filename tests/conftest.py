"""Where the optional real data lies; what needs it skips, with the reason."""

from __future__ import annotations

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]


def tfds_folder() -> pathlib.Path:
    """KERAS_GENMODELS_DATA if set, else ../shared/data/tfds beside the repository."""
    named = os.environ.get("KERAS_GENMODELS_DATA")
    return pathlib.Path(named) if named else ROOT.parent / "shared" / "data" / "tfds"


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Features of real examples are kept in a folder of the tests, not the user's."""
    folder = str(tmp_path_factory.mktemp("cache"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_GENMODELS_CACHE", folder)
        yield folder


@pytest.fixture(scope="session")
def mnist_dir() -> str:
    """The folder that holds the prepared MNIST of TensorFlow Datasets."""
    folder = tfds_folder()
    if not (folder / "mnist").is_dir():
        pytest.skip(f"MNIST is not in {folder}; KERAS_GENMODELS_DATA can name a folder")
    return str(folder)
