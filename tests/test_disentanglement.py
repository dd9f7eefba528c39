"""Disentanglement of codes whose answer is known: perfect, rotated, noise."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from keras_genmodels import evaluation
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation.measures import disentanglement as measures

SIZES = (3, 4, 5)


def drawn(count, kind, seed):
    """Factors, (n, 3), and codes of five dimensions that know them in some way."""
    noise = np.random.default_rng(seed)
    factors = np.stack([noise.integers(0, size, count) for size in SIZES], axis=1)
    values = factors / np.array(SIZES) * np.sqrt(12) + 0.02 * noise.normal(
        size=(count, 3)
    )
    rest = noise.normal(size=(count, 2)) * 0.01
    codes = np.concatenate([values, rest], axis=1)
    if kind == "rotated":
        turn, _ = np.linalg.qr(np.random.default_rng(9).normal(size=(3, 3)))
        codes[:, :3] = (codes[:, :3] - codes[:, :3].mean(axis=0)) @ turn
    if kind == "noise":
        codes = noise.normal(size=(count, 5))
    return codes, factors


@pytest.fixture(scope="module", params=["perfect", "rotated", "noise"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def found(kind):
    train, test = drawn(2000, kind, 1), drawn(2000, kind, 2)
    importance, right = measures.importances(*train, *test)
    return {
        "mig": measures.mutual_information_gap(*test).mean(),
        "sap": measures.separated_attribute_predictability(*train, *test).mean(),
        "disentanglement": measures.disentanglement(importance),
        "completeness": measures.completeness(importance),
        "informativeness": right.mean(),
        "factor_vae": measures.factor_vae_score(*test),
    }


LEAST = {  # of the perfect code
    "mig": 0.95,
    "sap": 0.3,  # a single line tells two of several classes apart
    "disentanglement": 0.95,
    "completeness": 0.95,
    "informativeness": 0.99,
    "factor_vae": 0.99,
}
MOST = {  # of the rotated code, which knows as much
    "mig": 0.35,
    "sap": 0.2,
    "disentanglement": 0.6,
    "completeness": 0.6,
    "informativeness": 1.0,
    "factor_vae": 1.0,  # which a rotation need not lower: each factor stills one most
}
NOTHING = {  # of the code of noise, which knows nothing
    "mig": 0.02,
    "sap": 0.05,
    "disentanglement": 0.05,
    "completeness": 0.05,
    "informativeness": 0.35,
    "factor_vae": 0.45,
}


def test_a_perfect_code_is_told_from_a_rotated_one_and_from_noise(kind, found):
    if kind == "perfect":
        assert all(found[name] >= LEAST[name] for name in found), found
    else:
        most = MOST if kind == "rotated" else NOTHING
        assert all(found[name] <= most[name] for name in found), found
    if kind == "rotated":
        assert found["informativeness"] > 0.9


def test_the_gap_of_two_known_tables_by_hand():
    """A code that is the first factor, and one that is it half of the time."""
    factor = np.repeat([0, 1], 400)
    half = np.where(np.arange(800) % 2 == 0, factor, 1 - factor)
    codes = np.stack([factor, half], axis=1) + 0.0
    gap = measures.mutual_information_gap(codes, factor[:, None])
    np.testing.assert_allclose(gap, 1.0, atol=1e-12)
    twice = np.stack([factor, factor], axis=1) + 0.0
    np.testing.assert_allclose(
        measures.mutual_information_gap(twice, factor[:, None]), 0.0, atol=1e-12
    )


def test_importances_by_hand():
    assert measures.disentanglement(np.eye(3)) == pytest.approx(1)
    assert measures.disentanglement(np.ones((3, 3))) == pytest.approx(0)
    split = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert measures.disentanglement(split) == pytest.approx(1)
    assert measures.completeness(split) == pytest.approx(
        (2 * (1 - np.log(2) / np.log(3)) + 1) / 3
    )


def test_the_metric_reads_the_attributes_of_the_data():
    attributes = side_by_side({f"f{k}": range(n) for k, n in enumerate(SIZES)})

    class Knows:
        """A model whose code is in the picture."""

        spec = DatasetSpec("codes", (1, 5, 1), attributes)

        def encode(self, x, condition=None):
            return tf.reshape(x, (-1, 5))

    def dataset(seed):
        codes, factors = drawn(800, "perfect", seed)
        x = (codes - codes.min()) / np.ptp(codes)
        condition = np.concatenate(
            [np.eye(n)[f] for n, f in zip(SIZES, factors.T, strict=True)], axis=1
        )
        rows = {"x": x.reshape(-1, 1, 5, 1), "condition": condition}
        rows = {k: v.astype("float32") for k, v in rows.items()}
        return tf.data.Dataset.from_tensor_slices(rows).batch(100)

    found = evaluation.evaluate(
        Knows(), dataset(1), ["disentanglement"], train=dataset(2)
    )
    assert found["disentanglement"] > 0.9
    assert found["disentanglement/mig"] == pytest.approx(
        np.mean([found[f"disentanglement/mig/f{k}"] for k in range(3)])
    )
    assert found["disentanglement/examples"] == 800
    with pytest.raises(ValueError, match=r"`train` must be the training split"):
        evaluation.evaluate(Knows(), dataset(1), ["disentanglement"])


def test_codes_and_factors_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"must be \(n, dimensions\) and \(n, count\)"):
        measures.mutual_information_gap(np.zeros((4, 2)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"one value of the factors \[1\]"):
        measures.factor_vae_score(np.zeros((2, 2)), np.array([[0, 0], [1, 0]]))
