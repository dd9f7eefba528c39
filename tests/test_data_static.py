"""Digits whose pixels were drawn once: both forms of the files, and the real ones."""

import numpy as np
import pytest
from cases import everything
from conftest import tfds_folder

from keras_genmodels import data

COUNTS = {"train": 7, "valid": 3, "test": 4}


def load(split, **options):
    found = data.load("binarized_mnist", split, **{"batch_size": 2, **options})
    return everything(found[0])["x"], found[1]


@pytest.fixture(scope="module")
def bits():
    noise = np.random.default_rng(0)
    return {part: noise.integers(0, 2, (n, 784)) for part, n in COUNTS.items()}


@pytest.fixture
def folder(tmp_path, request, bits):
    for part, rows in bits.items():
        name = tmp_path / f"binarized_mnist_{part}.amat"
        if request.param == "text":
            np.savetxt(name, rows, "%d")
    if request.param == "packed":
        packed = {part: np.packbits(rows, axis=1) for part, rows in bits.items()}
        np.savez(tmp_path / "binarized_mnist.npz", **packed)
    return tmp_path


@pytest.mark.parametrize("folder", ["text", "packed"], indirect=True)
def test_both_forms_of_the_files_are_read(folder, bits):
    options = {"manual_dir": folder, "shuffle": False, "drop_remainder": False}
    for split, parts in {"train": ("train", "valid"), "test": ("test",)}.items():
        x, spec = load(split, **options)
        expected = np.concatenate([bits[part] for part in parts])
        np.testing.assert_array_equal(x.reshape(len(x), -1), expected)
        assert (spec.x_shape, spec.condition_size) == ((28, 28, 1), 0)


@pytest.mark.parametrize("folder", ["text"], indirect=True)
def test_files_that_lack_or_hold_other_numbers_are_named(folder):
    (folder / "binarized_mnist_test.amat").write_text("0 1 2\n")
    with pytest.raises(
        ValueError, match=r"test.amat must hold rows of 784 .* rows of 3"
    ):
        load("test", manual_dir=folder)
    (folder / "binarized_mnist_test.amat").unlink()
    with pytest.raises(ValueError, match=r"is not on disk.*binarized_mnist_test.amat"):
        load("train", manual_dir=folder)


def test_the_real_ones_are_as_bright_as_they_are_known_to_be():
    folder = tfds_folder().parent / "binarized_mnist"
    if not folder.is_dir():
        pytest.skip(f"The binarised digits are not in {folder}")
    options = {"manual_dir": folder, "batch_size": 1000, "drop_remainder": False}
    for split, count, mean in (("train", 60_000, 0.13066), ("test", 10_000, 0.13251)):
        x, _ = load(split, **options)
        assert x.shape == (count, 28, 28, 1)
        assert set(np.unique(x)) == {0.0, 1.0}
        assert float(x.mean()) == pytest.approx(mean, abs=2e-5)
