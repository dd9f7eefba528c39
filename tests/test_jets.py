"""Pictures of jets: their physics, and the numbers that describe them."""

from __future__ import annotations

import numpy as np
import pytest

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data.simulation import jets as simulator
from keras_genmodels.evaluation.measures import jet_shapes


@pytest.fixture(scope="module")
def drawn():
    """Pictures of QCD and of W bosons in GeV, and the numbers of both."""
    rng = np.random.RandomState(0)
    pictures = [simulator.jets(np.full(1500, kind), rng) for kind in (0, 1)]
    return pictures, [jet_shapes.shapes(p, 0.1, 0.3) for p in pictures]


def test_w_bosons_have_their_mass_and_qcd_any(drawn):
    qcd, boson = (shapes["mass"] for shapes in drawn[1])
    assert np.median(boson) == pytest.approx(80.4, abs=3)
    near = [np.mean(abs(mass - 80) < 10) for mass in (qcd, boson)]
    assert near[1] > 0.7 > 0.3 > near[0]
    assert np.ptp(np.percentile(qcd, [5, 95])) > 60


def test_momenta_are_those_asked_for(drawn):
    for pictures, shapes in zip(*drawn, strict=True):
        total = pictures.sum(axis=(1, 2))
        assert total.max() < 300
        assert np.mean(total > 245) > 0.9
        assert np.all(shapes["momentum"] <= total + 1e-6)
        middle = np.percentile(total, [10, 90])  # of a flat spectrum
        assert middle[0] < 262
        assert middle[1] > 285


def test_two_prongs_are_told_from_one(drawn):
    qcd, boson = (shapes["tau21"] for shapes in drawn[1])
    assert np.median(boson) < np.median(qcd) - 0.1
    assert min(qcd.min(), boson.min()) >= 0


def test_pictures_are_sparse_and_oriented(drawn):
    for pictures in drawn[0]:
        assert pictures[pictures > 0].min() >= 0.3
        assert 0.02 < np.mean(pictures > 0) < 0.08
        mean = pictures.mean(axis=0)
        right = pictures[:, :, 13:].sum(axis=(1, 2)) - pictures[:, :, :12].sum((1, 2))
        assert np.mean(right > -0.5) > 0.9  # what is below 0.3 GeV counted, too
        assert mean[11:14, 11:14].max() == mean.max()
        assert mean[:, 13:].sum() > mean[:, :12].sum()
        assert mean[13:].sum() > 1.5 * mean[:12].sum()
    boson, qcd = (pictures.mean(axis=0) for pictures in drawn[0][::-1])
    below = slice(16, 20), slice(11, 14)  # the second quark of a W boson
    assert boson[below].sum() > 1.5 * qcd[below].sum()


def test_gluons_are_as_many_as_the_running_coupling_says():
    """The mean number is an integral over the Lund plane; five standard errors."""
    count, momentum, colour = 40_000, 100.0, 4 / 3
    owner, share, angle = simulator._emitted(
        np.full(count, momentum),
        np.ones(count),
        np.full(count, colour),
        np.random.RandomState(0),
    )
    across = share * angle * momentum
    assert share.max() <= 0.5
    assert angle.max() <= 1
    assert across.min() >= 1
    side = np.log(momentum / 2)
    v = np.linspace(0, side, 20_001)  # the logarithm of the momentum across, in GeV
    coupling = 12 * np.pi / (23 * 2 * (v + np.log(1 / 0.2)))
    mean = np.trapezoid(2 * colour * coupling / np.pi * (side - v), v)
    assert len(owner) / count == pytest.approx(mean, abs=5 * np.sqrt(mean / count))


def test_momentum_is_conserved():
    rng = np.random.RandomState(0)
    owner = np.repeat(np.arange(3), [4, 0, 2])
    taken, left = simulator._shared(owner, rng.uniform(0, 0.5, 6), rng.rand(6), 3)
    np.testing.assert_allclose(np.bincount(owner, taken, 3) + left, 1)
    parton, momentum, _ = simulator._hadrons(
        np.array([5.0, 200.0]), np.zeros((2, 2)), rng
    )
    np.testing.assert_allclose(np.bincount(parton, momentum), [5, 200])


def test_batches_hold_momenta_as_shares_of_300_gev():
    batches, spec = kgm.data.load("jets", "test", 300, num_examples=300)
    batch = next(iter(batches))
    total = 300 * batch["x"].numpy().sum(axis=(1, 2, 3))
    assert total.min() > 200
    assert total.max() < 300
    kinds = spec.labels(batch["condition"])["kind"]
    assert spec.attributes[0].classes == ("QCD", "W")
    assert 0.3 < kinds.mean() < 0.7
    found = jet_shapes.shapes(300 * batch["x"].numpy()[..., 0], 0.1, 0.3)
    assert np.mean(abs(found["mass"][kinds == 1] - 80) < 10) > 0.7


def test_shapes_by_hand():
    """Two particles of p and 2 p at a distance d have the mass 2 p sqrt(cosh d - 1)."""
    pictures = np.zeros((3, 5, 5))
    pictures[0, 2, [1, 3]] = 20.0, 10.0
    pictures[1, [0, 4], 2] = 10.0, 10.0
    found = jet_shapes.shapes(pictures, 0.1, 15.0)
    mass = [np.sqrt(2 * 200 * (np.cosh(0.2) - 1)), np.sqrt(200 * (1 - np.cos(0.4))), 0]
    np.testing.assert_allclose(found["mass"], mass, atol=1e-5)
    np.testing.assert_allclose(found["momentum"], [30, 20 * np.cos(0.2), 0], atol=1e-6)
    np.testing.assert_allclose(found["tau21"], 0, atol=1e-6)
    np.testing.assert_allclose(found["peak"], [20, 10, 0])
    np.testing.assert_allclose(found["hits"], [1 / 25, 0, 0])


def test_subjettiness_of_three_points():
    """Two axes leave the one that is nearer to another between both."""
    pictures = np.zeros((1, 11, 11))
    pictures[0, 5, [0, 8, 10]] = 1.0
    found = jet_shapes.shapes(pictures, 0.1, 0.5)["tau21"]
    mean = 18 / 3
    tau1 = (mean + (8 - mean) + (10 - mean)) * 0.1
    np.testing.assert_allclose(found, 0.2 / tau1)


class Sampler:
    def __init__(self, spec, swapped):
        self.spec, self.swapped = spec, swapped

    def sample(self, n, condition, seed):
        kinds = self.spec.labels(condition)["kind"]
        rng = np.random.RandomState(seed)
        kinds = 1 - kinds if self.swapped else kinds
        return np.float32(simulator.jets(kinds, rng) / 300)[..., None]


def test_the_distance_is_within_classes():
    """Jets of the other class are far, though both together are the same."""
    options = {"num_examples": 600, "shuffle": False, "drop_remainder": False}
    batches, spec = kgm.data.load("jets", "test", 200, **options)
    right, wrong = (
        evaluation.evaluate(Sampler(spec, swapped), batches, ["shape_distance"])
        for swapped in (False, True)
    )
    assert right["shape_distance"] < 2
    assert right["shape_distance/largest"] < 4
    assert wrong["shape_distance/mass"] > 3 * right["shape_distance/mass"]
    assert "shape_distance/response_error" not in right
