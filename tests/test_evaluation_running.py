"""Metrics of streams: whatever the batches, the value is that of all examples."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_genmodels import evaluation

RNG = np.random.default_rng(0)
REAL = RNG.normal(loc=30.0, size=(90, 5))
FAKE = RNG.normal(loc=30.5, size=(70, 5)) @ RNG.normal(size=(5, 5))
P = RNG.dirichlet(np.ones(4), size=90)


def in_batches(metric, arrays, size):
    for start in range(0, max(map(len, arrays)), size):
        metric.update_state(*(array[start : start + size] for array in arrays))
    return metric


ROWS = {
    "frechet_distance": (
        lambda: evaluation.FrechetDistance(5),
        (REAL, FAKE),
        lambda: evaluation.frechet_distance(REAL, FAKE),
        0.0,
    ),
    "classifier_score": (
        lambda: evaluation.ClassifierScore(4),
        (P,),
        lambda: evaluation.inception_score(P),
        1.0,
    ),
}


@pytest.fixture(params=sorted(ROWS))
def row(request):
    return ROWS[request.param]


@pytest.mark.parametrize("size", [1, 7, 32, 100])
def test_the_value_does_not_depend_on_the_batches(row, size):
    make, arrays, expected, _ = row
    metric = in_batches(make(), arrays, size)
    assert float(metric.result()) == pytest.approx(expected(), rel=1e-10)


def test_it_starts_again_after_a_reset(row):
    make, arrays, expected, nothing = row
    metric = in_batches(make(), [array[:20] for array in arrays], 5)
    metric.reset_state()
    assert float(metric.result()) == nothing
    in_batches(metric, arrays, 40)
    assert float(metric.result()) == pytest.approx(expected(), rel=1e-10)


def test_it_passes_through_json(row):
    make, arrays, expected, _ = row
    metric = make()
    config = json.loads(json.dumps(keras.metrics.serialize(metric)))
    twin = keras.metrics.deserialize(config)
    assert type(twin) is type(metric)
    assert twin.get_config() == metric.get_config()
    in_batches(twin, arrays, 40)
    assert float(twin.result()) == pytest.approx(expected(), rel=1e-10)


def test_it_works_in_a_graph(row):
    make, arrays, expected, _ = row
    metric = make()

    @tf.function
    def update(*batch):
        metric.update_state(*batch)
        return metric.result()

    values = [update(*(tf.constant(array[i::2]) for array in arrays)) for i in (0, 1)]
    assert float(values[1]) == pytest.approx(expected(), rel=1e-10)
    assert float(values[0]) != float(values[1])


def test_one_stream_may_be_longer_than_the_other():
    metric = evaluation.FrechetDistance(5)
    metric.update_state(REAL, FAKE[:0])
    assert float(metric.result()) == 0.0
    metric.update_state(REAL[:0], FAKE)
    expected = evaluation.frechet_distance(REAL, FAKE)
    assert float(metric.result()) == pytest.approx(expected, rel=1e-10)
