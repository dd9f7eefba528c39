"""Few labels: which examples keep theirs, and that every batch sees some."""

import math
from collections import Counter

import numpy as np
import pytest
from cases import everything, rows

from keras_genmodels import data
from keras_genmodels.data.labels import FewLabels
from keras_genmodels.data.options import Labels, Order
from keras_genmodels.data.request import Arrays

FEW = {"num_labels": 20, "batch_size": 40, "num_examples": 400}


def labelled(batch):
    """The examples that have a label, and it: bytes of x -> class."""
    known = batch["condition"].sum(axis=1) == 1
    assert np.all(batch["condition"].sum(axis=1)[~known] == 0)
    classes = batch["condition"].argmax(axis=1)
    pairs = zip(rows(batch["x"]), classes, known, strict=True)
    return {x: int(c) for x, c, k in pairs if k}


def test_a_fixed_balanced_subset_has_labels():
    batches, _ = data.load("digits", **FEW)
    first, second = (labelled(everything(batches)) for _ in range(2))
    assert first == second
    np.testing.assert_array_equal(np.bincount(list(first.values())), [2] * 10)
    whole, _ = data.load("digits", drop_remainder=False)
    truth = labelled(everything(whole))
    assert all(truth[x] == label for x, label in first.items())


def test_the_subset_is_drawn_by_the_seed_and_grows():
    found = {
        (seed, n): labelled(
            everything(data.load("digits", **FEW | {"num_labels": n, "seed": seed})[0])
        )
        for seed, n in ((0, 20), (0, 10), (0, 23), (1, 20))
    }
    assert set(found[0, 10]) < set(found[0, 20]) < set(found[0, 23])
    assert len(found[0, 23]) == 23
    assert set(found[0, 20]) != set(found[1, 20])


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_every_batch_sees_labels_and_every_epoch_all_examples(share):
    batches, _ = data.load("digits", **FEW, labelled_share=share, drop_remainder=False)
    own = round(share * 40)
    count = -(-400 // (40 - own))
    found = list(batches.as_numpy_iterator())
    assert len(found) == count == int(batches.cardinality())
    for batch in found[:-1]:
        assert batch["x"].shape == (40, 16, 16, 1)
        with_label = batch["condition"].sum(axis=1) > 0
        assert own <= with_label.sum() <= own + 20
        halves = with_label[:20].sum(), with_label[20:].sum()
        assert min(halves) >= own // 2 - 1  # evenly over the batch
    whole = everything(batches)
    every, known = Counter(rows(whole["x"])), labelled(whole)
    assert len(every) == 400
    assert {every[x] for x in every if x not in known} == {1}
    again = count * own / 20  # and once as one of all
    assert {every[x] - 1 for x in known} <= {math.floor(again), math.ceil(again)}


def test_order_is_a_function_of_seed_and_epoch():
    ours, theirs = (data.load("digits", **FEW, seed=3)[0] for _ in range(2))
    first, second = (everything(ours) for _ in range(2))
    assert np.any(first["x"] != second["x"])
    data.set_epoch(theirs, 1)
    again = everything(theirs)
    for key in ("x", "condition"):
        np.testing.assert_array_equal(second[key], again[key])


def test_a_fixed_order_and_a_last_batch():
    options = {"shuffle": False, "drop_remainder": False, "batch_size": 30}
    batches, _ = data.load("digits", **FEW | options)
    first, second = (everything(batches) for _ in range(2))
    np.testing.assert_array_equal(first["x"], second["x"])
    sizes = [len(batch["x"]) for batch in batches]
    assert sizes == [30] * (400 // 22) + [400 % 22 + 8]


def test_other_splits_keep_their_labels():
    test, _ = data.load("digits", "test", num_labels=20)
    assert np.all(everything(test)["condition"].sum(axis=1) == 1)


def test_several_attributes_are_known_or_unknown_together():
    spec = data.DatasetSpec(
        "pairs", (2,), data.side_by_side({"first": "ab", "second": "xyz"})
    )
    labels = np.stack([np.arange(12) % 2, np.arange(12) % 3], axis=1)
    arrays = Arrays(np.zeros((12, 2), "float32"), labels, spec)
    few = FewLabels(arrays, np.arange(12), Labels(4), Order(0, 6, True, True))
    known = few.hidden(arrays).labels >= 0
    assert known.sum(axis=0).tolist() == [4, 4]
    assert np.all(known[:, 0] == known[:, 1])


def test_data_without_labels_have_none_to_keep():
    arrays = Arrays(
        np.zeros((4, 2), "float32"),
        np.zeros((4, 0), int),
        data.DatasetSpec("plain", (2,)),
    )
    message = "`num_labels` must be None where .* num_labels=2 for 'plain'"
    with pytest.raises(ValueError, match=message):
        FewLabels(arrays, np.arange(4), Labels(2), Order(0, 2, True, True))


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"num_labels": 0}, ValueError, "`num_labels` must be >= 1.*num_labels=0"),
        (
            {"num_labels": 9},
            ValueError,
            r"`num_labels` must be in 10\.\.\d+.*10 cl.*=9",
        ),
        ({"num_labels": 500}, ValueError, r"must be in 10\.\.\d+, .*num_labels=500"),
        ({"num_labels": 10.0}, TypeError, "`num_labels` must be an integer"),
        (
            {"labelled_share": 1},
            ValueError,
            r"`labelled_share` must be in \(0, 1\).*=1",
        ),
        ({"batch_size": 1}, ValueError, "`batch_size` must be >= 2 where .*=1"),
    ],
)
def test_impossible_labels(options, kind, message):
    with pytest.raises(kind, match=message):
        data.load("digits", **FEW | options)
