"""Showers in a calorimeter: their physics, published files, and the metric of them."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from scipy.special import gammainc
from scipy.stats import wasserstein_distance

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data.simulation import showers as simulator
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation.measures import shower_shapes

SIDES = [(3, 96), (12, 12), (12, 6)]


def drawn(energy, count=400, seed=0):
    """Showers of one energy in GeV."""
    return simulator.showers(np.full(count, energy), np.random.RandomState(seed))


def layers_of(cells):
    parts = np.split(cells, [288, 432], axis=1)
    return [part.reshape(-1, *sides) for part, sides in zip(parts, SIDES, strict=True)]


def test_the_medium_is_that_of_lead_and_argon():
    """Thicknesses in radiation lengths add up: 2 mm of 5.61, 4 mm of 140.0."""
    lengths = 2 / (63.7 / 11.35) + 4 / (195.5 / 1.396)
    assert 6 / simulator.MEDIUM.radiation_length == pytest.approx(lengths)
    assert simulator.MEDIUM.frequency == pytest.approx(1 / lengths)
    assert 30 < 480 * lengths / 6 < 32  # radiation lengths of the whole calorimeter


def test_the_maximum_lies_deeper_by_the_logarithm_of_the_energy():
    """A radiation length for each factor e; the mean of 20,000 is right to 0.03.

    A wrong refusal is rarer than one in a million.
    """
    rng = np.random.RandomState(0)
    found = []
    for energy in (3.0, 3.0 * np.e, 3.0 * np.e**3):
        depth, shape, _ = simulator.longitudinal(np.full(20_000, energy), rng)
        assert shape.min() > 1
        found.append(np.exp(np.mean(np.log(depth))))
    assert found[1] - found[0] == pytest.approx(1, abs=0.1)
    assert found[2] - found[1] == pytest.approx(2, abs=0.1)


def test_the_layers_share_the_energy_by_the_profile():
    """The mean share of the front, by the gamma distributions that were drawn."""
    energies = np.full(3000, 20.0)
    depth, shape, _ = simulator.longitudinal(energies, np.random.RandomState(1))
    front = 90 / simulator.MEDIUM.radiation_length
    expected = gammainc(shape, (shape - 1) / depth * front).mean()
    cells = drawn(20.0, 1500)
    share = (cells[:, :288].sum(axis=1) / 20.0).mean()
    assert share == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize("energy", [2.0, 20.0, 80.0])
def test_the_sum_is_the_energy_with_a_sampling_resolution(energy):
    """10 % over the root of GeV; five standard errors of 400 showers."""
    total = drawn(energy).sum(axis=1) / energy
    width = 0.1 / np.sqrt(energy)
    assert total.mean() == pytest.approx(1.0, abs=0.01 + 5 * width / 20)
    assert total.std() == pytest.approx(width, rel=5 / np.sqrt(2 * 400) + 0.05)


def test_showers_grow_with_energy_and_are_symmetric():
    slow, fast = drawn(2.0), drawn(80.0)
    assert (slow[slow > 0]).min() >= 1e-3
    hits = [(cells > 0).mean() for cells in (slow, fast)]
    assert 0.02 < hits[0] < 0.1
    assert 0.15 < hits[1] < 0.4
    front, middle, back = (layer.mean(axis=0) for layer in layers_of(fast))
    assert back.sum() < 0.02 * middle.sum()
    columns = front.sum(axis=0)
    assert columns[[47, 48]].min() > 0.9 * columns.max()  # the axis is between them
    np.testing.assert_allclose(columns[:48].sum(), columns[48:].sum(), rtol=0.05)
    assert columns[44:52].sum() > 0.9 * columns.sum() > columns[47:49].sum()


def test_batches_tell_the_energy_in_gev():
    batches, spec = kgm.data.load("calorimeter", "test", 200, num_examples=200)
    batch = next(iter(batches))
    energy = spec.labels(batch["condition"])["energy"]
    assert 1 <= energy.min() < 10
    assert 90 < energy.max() <= 100
    total = 100 * batch["x"].numpy().sum(axis=1)
    np.testing.assert_allclose(total, energy, atol=0.6 * np.sqrt(energy.max()))
    assert np.corrcoef(total, energy)[0, 1] > 0.99
    fewer, _ = kgm.data.load(
        "calorimeter", "test", 10, num_examples=10, shuffle=False, cache=None
    )
    np.testing.assert_array_equal(next(iter(fewer))["x"], batch["x"][:10])


# --- files of a person's own ----------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    """Ten showers as CaloGAN publishes them: cells in MeV, energies in GeV."""
    energies = np.linspace(1.0, 100.0, 10)
    cells = simulator.showers(energies, np.random.RandomState(0))
    with h5py.File(tmp_path / "eplus.hdf5", "w") as opened:
        opened["energy"] = energies[:, None]
        for place, layer in enumerate(layers_of(1000 * cells)):
            opened[f"layer_{place}"] = layer
    return tmp_path / "eplus.hdf5", energies, cells


def test_published_files_are_read(file):
    path, energies, cells = file
    found = []
    for split, count in (("train", 8), ("test", 2)):
        batches, spec = kgm.data.load(f"calo:{path}", split, count, shuffle=False)
        (batch,) = batches
        for x, energy in zip(
            batch["x"], spec.labels(batch["condition"])["energy"], strict=True
        ):
            row = int(np.abs(energies - energy).argmin())
            np.testing.assert_allclose(100 * x, cells[row], rtol=1e-5)
            found.append(row)
    assert sorted(found) == list(range(10))
    assert spec.name == "calo:eplus"
    assert kgm.zoo.build("calo_gan", spec, preset=False, filters=(2, 2, 2))


def test_other_files_are_refused(file, tmp_path):
    with pytest.raises(ValueError, match=r"`calo:FILE` must name a file.*'calo:/no'"):
        kgm.data.load("calo:/no")
    (tmp_path / "words.txt").write_text("none")
    with pytest.raises(ValueError, match="must be an HDF5 file of"):
        kgm.data.load(f"calo:{tmp_path / 'words.txt'}")
    with h5py.File(file[0], "a") as opened:
        del opened["layer_2"]
        opened["layer_2"] = np.zeros((10, 12, 12))
    with pytest.raises(ValueError, match=r"must hold \[\(10, 3, 96\).*\(10, 12, 12\)"):
        kgm.data.load(f"calo:{file[0]}")
    with h5py.File(file[0], "a") as opened:
        del opened["layer_2"]
        opened["layer_2"] = np.zeros((10, 12, 6))
        opened["energy"][0] = 200.0
    with pytest.raises(ValueError, match="energies from 1 to 100 GeV"):
        kgm.data.load(f"calo:{file[0]}")


# --- numbers of showers ---------------------------------------------------------------


def test_shapes_by_hand():
    front = np.array([[[0.0, 3.0, 0.0, 1.0]], [[0.0, 0.0, 0.0, 0.0]]])
    back = np.array([[[2.0], [2.0]], [[0.0], [4.0]]])
    found = shower_shapes.shapes([front, back], 1.5)
    np.testing.assert_allclose(found["energy"], [8, 4])
    np.testing.assert_allclose(found["depth"], [0.5, 1])
    np.testing.assert_allclose(found["width_0"], [np.sqrt(0.75), 0])
    np.testing.assert_allclose(found["hits_0"], [0.25, 0])
    np.testing.assert_allclose(found["hits_1"], [1, 0.5])
    asked = np.array([1.0, 2.0, 10.0, 20.0])
    made = asked * [1.0, 1.0, 0.9, 0.9]
    error = shower_shapes.response_error(made, asked, asked, bins=2)
    assert error == pytest.approx(0.1)


class Sampler:
    """Draws from the simulator, with energies that are wrong by a factor."""

    def __init__(self, spec, factor):
        self.spec, self.factor = spec, factor

    def sample(self, n, condition, seed):
        energies = self.spec.labels(condition)["energy"]
        rng = np.random.RandomState(seed)
        return self.factor * np.float32(simulator.showers(energies, rng) / 100)


@pytest.fixture(scope="module")
def showers():
    options = {"num_examples": 600, "shuffle": False, "drop_remainder": False}
    return kgm.data.load("calorimeter", "test", 200, **options)


def test_the_simulator_is_as_far_from_itself_as_real_halves_are(showers):
    """A variable's ratio of 600 showers is above 3 in fewer than 1 of 1,000 trials."""
    batches, spec = showers
    found = evaluation.evaluate(Sampler(spec, 1.0), batches, ["shape_distance"])
    assert 0.5 < found["shape_distance"] < 2
    assert found["shape_distance/largest"] < 4
    assert found["shape_distance/response_error"] < 0.02
    assert found["shape_distance/hits_error"] < 0.01
    assert found["shape_distance/samples"] == found["shape_distance/examples"] == 600
    wrong = evaluation.evaluate(Sampler(spec, 0.8), batches, ["shape_distance"])
    assert wrong["shape_distance/energy"] > 1.5 * found["shape_distance/energy"]
    assert wrong["shape_distance/response_error"] == pytest.approx(0.2, abs=0.02)
    assert wrong["shape_distance/depth"] < 4  # is of shares


def test_a_ratio_is_that_of_two_distances(showers):
    """Of samples that are all 0 a distance is the mean of the real halves."""
    batches, spec = showers
    found = evaluation.evaluate(
        Sampler(spec, 0.0), batches, ["shape_distance"], splits=1
    )
    x = np.concatenate([batch["x"] for batch in batches.as_numpy_iterator()])
    total = 100 * np.float64(x).sum(axis=1)
    one, other = np.array_split(np.random.default_rng(0).permutation(600), 2)
    expected = total[other].mean() / wasserstein_distance(total[one], total[other])
    assert found["shape_distance/energy"] == pytest.approx(expected, rel=1e-4)


def test_other_models_are_refused(showers):
    spec = DatasetSpec("others", (504,))
    batches = [{"x": np.zeros((4, 504), np.float32)}]
    with pytest.raises(ValueError, match=r"needs a model of 'calorimeter'.*'others'"):
        evaluation.evaluate(Sampler(spec, 1.0), batches, ["shape_distance"])
    with pytest.raises(ValueError, match=r"at least four examples.*Received: 3"):
        evaluation.evaluate(
            Sampler(showers[1], 1.0), showers[0], ["shape_distance"], max_examples=3
        )
