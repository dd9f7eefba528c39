"""Batches: their order, their random pixels, and what `load` refuses."""

import subprocess
import sys
import time

import cases
import conftest
import keras
import numpy as np
import pytest
import tensorflow as tf
from cases import DatasetCase, everything

from keras_genmodels import data

POINTS = ("gaussian_grid", "gaussian_ring", "wine", "breast_cancer")


class TestDatasets(DatasetCase):
    """Those on this machine; 2,000 examples of 16x16 pixels at most."""

    @pytest.fixture(params=data.names())
    def load(self, request, tmp_path_factory):
        folder = conftest.tfds_folder()
        options = {
            "batch_size": 64,
            "num_examples": 2000,
            "data_dir": folder if folder.is_dir() else None,
            "cache": tmp_path_factory.getbasetemp() / "cache",
        }
        if request.param == "chair_voxels":
            options["num_examples"] = 500  # of few voxels some chairs are alike
        elif request.param in cases.PHYSICS:
            options["num_examples"] = 200
        elif request.param not in POINTS:
            options["image_size"] = 16
        if request.param == "chairs":
            options["num_examples"] = 4000  # all styles occur

        def load(split, **more):
            try:
                return data.load(request.param, split, **options | more)
            except ValueError as error:
                if "is not on disk" not in str(error):
                    raise
                pytest.skip(f"the data set {request.param!r} is not on this machine")

        return load


def test_digits_are_scikit_learns():
    from sklearn.datasets import load_digits

    both = [everything(data.load("digits", s, drop_remainder=False)[0]) for s in SPLITS]
    assert [len(part["x"]) for part in both] == [1437, 360]
    x = np.concatenate([part["x"] for part in both])
    labels = np.concatenate([part["condition"] for part in both]).sum(axis=0)
    np.testing.assert_array_equal(labels, np.bincount(load_digits().target))
    assert x.mean() == pytest.approx(load_digits().images.mean() / 16, abs=1e-3)


SPLITS = ("train", "test")


def test_mnist_is_mnist(mnist_dir):
    batches, spec = data.load("mnist", "test", 1000, data_dir=mnist_dir)
    test = everything(batches)
    assert test["x"].shape == (10000, 28, 28, 1)
    known = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    np.testing.assert_array_equal(test["condition"].sum(axis=0), known)
    assert test["x"].mean(dtype=np.float64) == pytest.approx(0.13251, abs=1e-5)
    assert spec.attributes[0].classes == tuple("0123456789")


def test_ring_has_eight_equal_modes():
    batches, spec = data.load("gaussian_ring", drop_remainder=False)
    ring = everything(batches)
    modes = spec.labels(ring["condition"])["mode"]
    assert np.ptp(np.bincount(modes)) < 0.1 * len(modes) / 8
    for mode in range(8):
        x = ring["x"][modes == mode]
        angle = mode * np.pi / 4
        centre = [0.5 + 0.35 * np.cos(angle), 0.5 + 0.35 * np.sin(angle)]
        np.testing.assert_allclose(x.mean(axis=0), centre, atol=0.004)
        np.testing.assert_allclose(x.std(axis=0), 0.02, atol=0.003)


def test_set_epoch_reaches_through_what_was_made_of_a_dataset():
    train, _ = data.load("digits", num_examples=256)
    epochs = [everything(train)["x"] for _ in range(3)]
    derived = train.map(lambda batch: batch | {"y": batch["x"]}).take(1)
    for epoch in (2, 0, 1):
        data.set_epoch(derived, epoch)
        np.testing.assert_array_equal(everything(derived)["y"], epochs[epoch][:128])
    data.set_epoch(train, 0)
    np.testing.assert_array_equal(everything(train)["x"], epochs[0])
    with pytest.raises(ValueError, match=r"`epoch` must be >= 0\. Received: epoch=-1"):
        data.set_epoch(train, -1)
    with pytest.raises(ValueError, match=r"`dataset` must come from `data\.load`"):
        data.set_epoch(tf.data.Dataset.range(3), 1)


class Recorder(keras.Model):
    """Remembers the batches that `fit` feeds it."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def train_step(self, batch):
        self.seen.append(batch["x"].numpy())
        return {"batches": len(self.seen)}


def test_fit_sees_a_new_order_every_epoch():
    train, _ = data.load("digits", num_examples=256)
    model = Recorder()
    model.compile(run_eagerly=True)
    model.fit(train, epochs=3, shuffle=False, verbose=0)
    expected, _ = data.load("digits", num_examples=256)
    expected = np.concatenate([everything(expected)["x"] for _ in range(3)])
    np.testing.assert_array_equal(np.concatenate(model.seen), expected)


def test_plain_options():
    train, _ = data.load("digits", "train", 100, shuffle=False, prefetch=0)
    first, second = (everything(train)["x"] for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert len(first) == 1400
    test, _ = data.load("digits", "test", 100, drop_remainder=True, shuffle=True)
    assert test.element_spec["x"].shape == (100, 16, 16, 1)
    assert np.any(everything(test)["x"] != everything(test)["x"])
    assert (
        len(everything(data.load("digits", num_examples=10, batch_size=3)[0])["x"]) == 9
    )


def passes(split, count=2, **options):
    """The pixels of so many passes in a fixed order, a split of digits whole."""
    options |= {"shuffle": False, "drop_remainder": False}
    batches, _ = data.load("digits", split, **options)
    return [everything(batches)["x"] for _ in range(count)]


def test_dynamic_pixels_are_drawn_every_epoch():
    p = passes("train", 1)[0]
    first, second = passes("train", binarise="dynamic")
    np.testing.assert_array_equal(first, passes("train", 1, binarise="dynamic")[0])
    assert np.any(first != second)
    check_binary(first, p)
    check_binary(second, p)


def check_binary(drawn, p):
    """Pixels are 1 with probability `p`: a z-test of each grey level.

    Error rate: some 200 levels, none more than 6 standard deviations off, 4e-7.
    """
    assert set(np.unique(drawn)) == {0.0, 1.0}
    for level in np.unique(p):
        pixels = drawn[p == level]
        allowed = 6 * np.sqrt(level * (1 - level) / pixels.size)
        assert abs(pixels.mean() - level) <= allowed + (0 < level < 1) / pixels.size


def test_static_pixels_are_drawn_once_for_all():
    first, second = passes("train", binarise="static")
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, passes("train", binarise="static", seed=1)[0])
    check_binary(first, passes("train", 1)[0])


@pytest.mark.parametrize("option", [{"binarise": "dynamic"}, {"dequantise": True}])
def test_evaluation_gives_the_same_pixels_twice(option):
    first, second = passes("test", **option)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, passes("test", seed=5, **option)[0])
    other, _ = data.load("digits", "test", 7, **option)
    np.testing.assert_array_equal(first, everything(other)["x"])


@pytest.mark.parametrize("split", SPLITS)
def test_dequantised_pixels_fill_their_bins(split):
    grey = np.round(passes(split, 1)[0] * 255)
    first, second = passes(split, dequantise=True)
    assert np.any(first != second) == (split == "train")
    u = first.astype(np.float64) * 256 - grey
    assert u.min() >= 0.0
    assert u.max() <= 1.0
    assert u.mean() == pytest.approx(0.5, abs=0.01)
    assert u.var() == pytest.approx(1 / 12, abs=0.002)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        (
            {"name": "digit"},
            ValueError,
            "Unknown dataset 'digit'.*mean 'digits'.*folder:",
        ),
        ({"name": "tfd:x"}, ValueError, "Unknown dataset scheme 'tfd'.*mean 'tfds'"),
        ({"name": 3}, TypeError, "`name` must be a string.*Received: 3 of type int"),
        ({"split": "tests"}, ValueError, r"one of \['train', 'test'\].*'tests'"),
        ({"batch_size": 0}, ValueError, "`batch_size` must be >= 1.*batch_size=0"),
        ({"batch_size": 2.0}, TypeError, "`batch_size` must be an integer.*float"),
        ({"batch_size": 1438}, ValueError, "`batch_size` must be <= 1437.*=1438"),
        ({"binarise": "yes"}, ValueError, "'none', 'dynamic' or 'static'.*='yes'"),
        ({"binarize": "none"}, ValueError, "option 'binarize'.*mean 'binarise'"),
        (
            {"binarise": "static", "dequantise": True},
            ValueError,
            "`dequantise` must be",
        ),
        ({"image_size": 0}, ValueError, "`image_size` must be >= 1.*image_size=0"),
        ({"image_size": (1, 2, 3)}, ValueError, r"one number or \(height, width\)"),
        (
            {"crop": 9},
            ValueError,
            r"`crop` must fit.*\(9, 9\) for pictures of \(8, 8\)",
        ),
        ({"seed": 0.5}, TypeError, "`seed` must be an integer.*seed=0.5"),
        ({"seed": 2**63}, ValueError, r"`seed` must be below 2\*\*63"),
        ({"prefetch": -1}, ValueError, "`prefetch` must be >= 0.*prefetch=-1"),
        ({"num_examples": 0}, ValueError, "`num_examples` must be >= 1"),
        (
            {"name": "gaussian_ring", "image_size": 4, "dequantise": True},
            ValueError,
            r"suit .* 'gaussian_ring'.*\(2,\).* \['image_size', 'dequantise'\]",
        ),
    ],
)
def test_a_wrong_option_is_refused(options, kind, message):
    with pytest.raises(kind, match=message):
        data.load(**{"name": "digits"} | options)


def test_a_set_that_is_not_on_disk_fails_at_once(tmp_path, monkeypatch):
    (tmp_path / "cifar100" / "3.0.2").mkdir(parents=True)
    (tmp_path / "cifar100" / "3.0.2" / "dataset_info.json").write_text("{}")
    (tmp_path / "something_else").mkdir()
    start = time.monotonic()
    with pytest.raises(ValueError, match="'cifar10' is not on disk") as caught:
        data.load("cifar10", data_dir=tmp_path)
    assert time.monotonic() - start < 2.0
    message = str(caught.value)
    assert (
        f"Looked into: {tmp_path}. Did you mean 'cifar100'? Known: 'cifar100'."
        in message
    )
    assert f"tfds.builder('cifar10', data_dir='{tmp_path}')" in message
    monkeypatch.setenv("KERAS_GENMODELS_DATA", str(tmp_path / "named"))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "own"))
    both = f"Looked into: {tmp_path / 'named'}, {tmp_path / 'own'}."
    with pytest.raises(ValueError, match="'no_such_set' is not on disk") as caught:
        data.load("tfds:no_such_set")
    assert both in str(caught.value)


def test_names_need_no_tensorflow():
    code = (
        "import sys; from keras_genmodels import data; data.names();"
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
