"""The part of the training split that is kept for validation."""

import numpy as np
import pytest

from keras_genmodels import data


def examples(*arguments, **options):
    """All `x` and `condition` of a split, as bytes in the order of the set."""
    options = {"shuffle": False, "drop_remainder": False, **options}
    dataset, _ = data.load(*arguments, **options)
    return [
        (x.tobytes(), condition.tobytes())
        for batch in dataset.as_numpy_iterator()
        for x, condition in zip(batch["x"], batch["condition"], strict=True)
    ]


def parts(name, share, **options):
    return [
        examples(name, split, validation=share, **options)
        for split in ("train", "validation")
    ]


def test_both_parts_together_are_the_training_split():
    fitted, validation = parts("digits", 0.1)
    whole = examples("digits")
    assert len(validation) == round(0.1 * len(whole))
    assert sorted(fitted + validation) == sorted(whole)
    assert not set(fitted) & set(validation)
    assert fitted == [one for one in whole if one in set(fitted)]  # in its order


def test_the_parts_depend_on_nothing_but_the_set():
    first = parts("digits", 0.2)
    assert first == parts("digits", 0.2, seed=7, batch_size=3)
    larger = examples("digits", "validation", validation=0.3)
    assert set(first[1]) < set(larger)


def test_other_splits_stay_as_they_are():
    assert examples("digits", "test", validation=0.5) == examples("digits", "test")


def test_the_validation_part_is_the_same_in_every_pass():
    options = {"validation": 0.1, "binarise": "dynamic"}
    dataset, _ = data.load("digits", "validation", **options)
    passes = [np.concatenate([b["x"] for b in dataset]) for _ in range(2)]
    np.testing.assert_array_equal(*passes)


def test_few_labels_are_those_of_examples_that_are_trained_on():
    fitted, validation = parts("digits", 0.3, num_labels=20, batch_size=8)
    labelled = {x for x, condition in fitted if any(condition)}
    assert len(labelled) == 20
    assert not labelled & {x for x, _ in validation}
    assert all(any(condition) for _, condition in validation)


def test_what_is_excluded_is_in_neither_part():
    _, spec = data.load("digits")
    zero = spec.condition(label=0).tobytes()
    for one in parts("digits", 0.2, exclude=[{"label": 0}]):
        assert one
        assert zero not in {condition for _, condition in one}


def test_of_few_examples_the_parts_are_shares():
    fitted, validation = parts("digits", 0.25, num_examples=16)
    assert (len(fitted), len(validation)) == (12, 4)
    assert [len(one) for one in parts("digits", 0.01, num_examples=16)] == [15, 1]


def test_clips_are_divided_whole():
    options = {"num_examples": 32, "image_size": 8}
    fitted, validation = parts("moving_shapes", 0.25, **options)
    assert (len(fitted), len(validation)) == (24, 8)
    assert not set(fitted) & set(validation)


def test_no_frame_is_in_both_parts():
    """Sixteen motions of a chair show the same frames: they stay together."""
    options = {"stills": True, "image_size": 8}
    fitted, validation = parts("chairs", 0.1, **options)
    assert len(fitted) > 8 * len(validation) > 0
    fitted, validation = ({x for x, _ in one} for one in (fitted, validation))
    # Small pictures of different chairs may be alike by chance.
    assert len(fitted & validation) < 0.01 * len(validation)


@pytest.mark.parametrize(
    ("share", "error", "message"),
    [
        (
            1.0,
            ValueError,
            r"`validation` must be in \[0, 1\). Received: validation=1.0",
        ),
        (-0.1, ValueError, r"`validation` must be in \[0, 1\)"),
        ("all", TypeError, "`validation` must be a number"),
    ],
)
def test_a_share_out_of_range_is_refused(share, error, message):
    with pytest.raises(error, match=message):
        data.load("digits", validation=share)


def test_a_part_without_examples_is_refused():
    message = "`validation` must leave an example .* leaves none to 'validation'"
    with pytest.raises(ValueError, match=message):
        data.load("digits", "validation", validation=0.5, num_examples=1)


def test_a_set_without_a_validation_split_has_none_by_itself():
    with pytest.raises(ValueError, match="`split` must be one of"):
        data.load("digits", "validation")
