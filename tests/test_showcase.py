"""What lies beside an artefact for people: examples and history."""

import artefacts
import numpy as np
import pytest
from PIL import Image

import keras_genmodels as kgm
from keras_genmodels.export import showcase


def test_examples_come_back_as_they_were_shown(tmp_path):
    x = np.random.default_rng(0).uniform(-0.1, 1.1, (7, 4, 5, 3))
    condition = np.eye(7, 2, dtype="float32")
    assert showcase.write_examples(tmp_path, x, condition) == 7
    examples = showcase.read_examples(tmp_path)
    assert len(examples) == 7
    assert examples.x.dtype == np.float32
    np.testing.assert_allclose(examples.x, np.clip(x, 0, 1), atol=0.5 / 255 + 1e-6)
    np.testing.assert_array_equal(examples.condition, condition)


def test_of_clips_the_first_frames_are_kept(tmp_path):
    x = np.linspace(0, 1, 2 * 3 * 4 * 4).reshape(2, 3, 4, 4, 1)
    showcase.write_examples(tmp_path, x, np.zeros((2, 0)))
    found = showcase.read_examples(tmp_path).x
    np.testing.assert_allclose(found, x[:, 0], atol=0.5 / 255 + 1e-6)


@pytest.mark.parametrize(("edge", "count"), [(2, 500), (64, 122), (256, 7)])
def test_there_are_no_more_examples_than_fit(edge, count, tmp_path):
    x = np.zeros((600, 2, 2, 3)) if edge == 2 else np.zeros((130, edge, edge, 3))
    assert showcase.write_examples(tmp_path, x, np.zeros((len(x), 1))) == count


def test_points_are_no_pictures(tmp_path):
    with pytest.raises(
        ValueError, match=r"pictures or clips.*Received: shape \(3, 2\)"
    ):
        showcase.write_examples(tmp_path, np.zeros((3, 2)), np.zeros((3, 0)))


def test_what_is_not_there_is_none_and_what_is_broken_is_told(tmp_path):
    assert showcase.read_examples(tmp_path) is None
    assert showcase.read_history(tmp_path) is None
    (tmp_path / showcase.EXAMPLES).write_bytes(b"PK no archive")
    with pytest.raises(ValueError, match=r"examples\.npz must hold the arrays 'x'"):
        showcase.read_examples(tmp_path)
    np.savez(tmp_path / showcase.EXAMPLES, x=np.array([object()]), condition=1)
    with pytest.raises(ValueError, match=r"must hold the arrays.*pickle"):
        showcase.read_examples(tmp_path)


@pytest.fixture
def run(tmp_path):
    """A run's losses and pictures."""
    losses = tmp_path / "metrics.csv"
    rows = [f"{epoch},{epoch / 10}" for epoch in range(1, 101)]
    losses.write_text("\n".join(["epoch,loss", *rows]) + "\n")
    pictures = {}
    for epoch in range(1, 101):
        pictures[epoch] = tmp_path / f"epoch-{epoch:04d}.png"
        Image.new("L", (2, 2), epoch).save(pictures[epoch])
    return losses, pictures


def test_history_keeps_the_losses_and_some_pictures_from_first_to_last(run, tmp_path):
    artefact = tmp_path / "artefact"
    artefact.mkdir()
    showcase.write_history(artefact, *run)
    history = showcase.read_history(artefact)
    assert history.losses["loss"] == [epoch / 10 for epoch in range(1, 101)]
    assert len(history.pictures) == showcase.MOST_PICTURES
    assert list(history.pictures)[:: showcase.MOST_PICTURES - 1] == [1, 100]
    for epoch, path in history.pictures.items():
        with Image.open(path) as picture:
            assert picture.getpixel((0, 0)) == epoch
    showcase.write_history(artefact, run[0], {3: run[1][3]})
    assert list(showcase.read_history(artefact).pictures) == [3]


def test_what_an_epoch_did_not_measure_is_not_a_number(tmp_path):
    (tmp_path / showcase.HISTORY).mkdir()
    lines = "epoch,loss,distance\n1,0.5,\n2,0.4,0.3\n"
    (tmp_path / showcase.HISTORY / "metrics.csv").write_text(lines)
    losses = showcase.read_history(tmp_path).losses
    assert losses["loss"] == [0.5, 0.4]
    np.testing.assert_equal(losses["distance"], [np.nan, 0.3])


def test_a_loss_that_is_no_number_is_told(tmp_path):
    (tmp_path / showcase.HISTORY).mkdir()
    (tmp_path / showcase.HISTORY / "metrics.csv").write_text("epoch,loss\n1,high\n")
    with pytest.raises(ValueError, match=r"metrics\.csv must hold numbers.*'high'"):
        showcase.read_history(tmp_path)


def test_examples_may_be_drawn_by_a_model_that_does_as_it_is_asked(tmp_path):
    artefacts.export_all(tmp_path)
    model = kgm.export.load(tmp_path / "cgan")
    assert showcase.draw_examples(tmp_path / "vae", model, seed=3) == 500
    examples = showcase.read_examples(tmp_path / "vae")
    labels = model.spec.labels(examples.condition)
    assert [int(n) for n in np.bincount(labels["label"])] == [167, 167, 166]
    first = model.sample(condition=examples.condition[:63], seed=(3, 0))
    np.testing.assert_allclose(examples.x[:63], first, atol=0.5 / 255 + 1e-6)
    with pytest.raises(ValueError, match=r"must draw what is asked for.*asks for none"):
        showcase.draw_examples(tmp_path / "cgan", kgm.export.load(tmp_path / "vae"))
