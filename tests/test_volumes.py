"""Volumes: voxels of chairs, their pictures, the game whose critic waits, `gan3d`."""

from __future__ import annotations

import cases
import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

import keras_genmodels as kgm
from keras_genmodels.data.rendering import chair_shapes
from keras_genmodels.data.rendering.voxels import filled, surface
from keras_genmodels.evaluation import classifiers
from keras_genmodels.evaluation.classifiers import attributes_training
from keras_genmodels.evaluation.figures import sample_pictures
from keras_genmodels.networks import volumes
from keras_genmodels.objectives import AccuracyGate
from keras_genmodels.volumes import turning, views

SMALL = {"preset": False, "latent_dim": 3, "filters": (3, 4)}


@pytest.fixture(scope="module")
def chairs():
    """Chairs of 8 voxels a side, 6 batches of 8, and their spec."""
    options = {"batch_size": 8, "num_examples": 48, "shuffle": False, "image_size": 8}
    return kgm.data.load("chair_voxels", "test", **options)


@pytest.fixture(scope="module")
def seen():
    """The spec of chairs whose batches have a view as their source."""
    options = {"num_examples": 8, "batch_size": 8, "image_size": 8, "source": "view"}
    return kgm.data.load("chair_voxels", "test", **options)[1]


def found(spec, **options):
    small = {**SMALL, "encoder_filters": (3, 4), "seed": 1}
    return kgm.zoo.build("vae_gan3d", spec, **small, **options)


@pytest.fixture
def batches(chairs):
    return chairs[0]


@pytest.fixture
def spec(chairs):
    return chairs[1]


class TestGAN3D(cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: kgm.zoo.build(
            "gan3d", spec, seed=1, **SMALL, **options
        )


class TestVAEGAN3D(cases.VariantCase):
    @pytest.fixture
    def batches(self):
        options = {"batch_size": 8, "num_examples": 48, "shuffle": False}
        return kgm.data.load(
            "chair_voxels", "test", image_size=8, source="view", **options
        )[0]

    @pytest.fixture
    def build(self, seen):
        return lambda **options: found(seen, **options)


# --- voxels ---------------------------------------------------------------------------


def test_cells_whose_middles_lie_in_a_body_are_filled():
    body = chair_shapes.box((-0.5, -0.25, 0.0), (0.5, 0.25, 0.75))
    wanted = np.zeros((8, 8, 8), bool)
    wanted[2:6, 3:5, 4:7] = True
    np.testing.assert_array_equal(filled([body], 8, grown=0.0), wanted)
    wanted[1:7, 2:6, 3:8] = True  # half a cell all round reaches the next middles
    np.testing.assert_array_equal(filled([body], 8, grown=0.501), wanted)


def test_a_chair_is_one_piece_and_keeps_its_parts():
    batches, spec = kgm.data.load("chair_voxels", "test", 64, num_examples=64)
    batch = next(batches.as_numpy_iterator())
    assert spec.kind == "volume"
    assert spec.x_shape == (32, 32, 32, 1)
    assert set(np.unique(batch["x"])) == {0.0, 1.0}
    pieces = [ndimage.label(x[..., 0])[1] for x in batch["x"]]
    assert pieces == [1] * 64
    labels = spec.labels(batch["condition"])
    # Right and left alike; a pedestal is narrow in the middle of its height.
    np.testing.assert_array_equal(batch["x"], batch["x"][:, ::-1])
    low = batch["x"][:, :, 9, :, 0].sum(axis=(1, 2))
    pedestal = labels["legs"] == list(spec.attributes[0].classes).index("pedestal")
    depth = batch["x"][:, 15:17, 9, :, 0].sum(axis=(1, 2))
    assert (depth[pedestal] > 0).all()
    assert (low > 0).all()


def test_the_surface_of_a_cell_is_its_six_sides():
    volume = np.zeros((4, 4, 4))
    volume[1, 2, 3] = 1.0
    faces = surface(volume)
    assert faces.shape == (6, 4, 3)
    normals = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    outwards = faces.mean(axis=1) - faces.mean(axis=(0, 1))
    assert (np.einsum("fk,fk->f", normals, outwards) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 0.25)
    np.testing.assert_allclose(faces.min(axis=(0, 1)), [-0.5, 0.0, 0.5])
    np.testing.assert_allclose(faces.max(axis=(0, 1)), [0.0, 0.5, 1.0])
    volume[2, 2, 3] = 1.0  # neighbours hide a side of each other
    assert len(surface(volume)) == 10
    assert len(surface(np.zeros((4, 4, 4)))) == 0


def test_volumes_are_seen_from_the_front_and_turn():
    """A bar to the right of the middle is to the right, and behind it to the left."""
    volume = np.zeros((1, 8, 8, 8, 1))
    volume[0, 6, 2:6, 3:5] = 1.0
    front, behind = views(volume, (0.0, 180.0), size=32)[0, ..., 0]
    dark = [np.argwhere(picture < 0.9)[:, 1].mean() for picture in (front, behind)]
    assert dark[0] > 20
    assert dark[1] < 12
    assert turning(volume, 5).shape == (1, 5, 64, 64, 1)
    assert (views(np.zeros_like(volume)) == 1).all()


def test_samples_of_volumes_are_drawn(spec):
    model = kgm.zoo.build("gan3d", spec, **SMALL)
    empty = np.zeros((4, 0), np.float32)
    assert sample_pictures.drawable(spec)
    still = sample_pictures.picture(model, empty)
    assert still.ndim == 3
    moving = sample_pictures.picture(model, empty, moving=True)
    assert moving.shape == (24, *still.shape)


# --- the game -------------------------------------------------------------------------


def test_a_critic_that_is_right_too_often_waits():
    game = AccuracyGate("least_squares", most=0.7)
    real, fake = tf.constant([[1.0], [2.0]]), tf.constant([[-1.0], [1.0]])
    loss = game.critic_loss(real, fake)
    assert (loss.numpy() > 0).all()
    np.testing.assert_allclose(game.measures(real, fake)["accuracy"], [0.75, 0.75])
    game.update(real, fake)  # 3 of 4 are right
    assert float(game.accuracy) == 0.75
    np.testing.assert_array_equal(game.critic_loss(real, fake), [0.0, 0.0])
    assert (game.generator_loss(fake).numpy() > 0).any()
    game.update(-real, fake)
    np.testing.assert_allclose(game.critic_loss(real, fake), loss)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"most": 1.5}, "`most` must be .*Received: most=1.5"),
        ({"objective": "boundary_equilibrium"}, "`objective` must be one without a st"),
    ],
)
def test_a_gate_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        AccuracyGate(**arguments)


def test_sides_that_cannot_be_halved_so_often_are_refused():
    with pytest.raises(ValueError, match="must be multiples of 4 for 2 doublings"):
        volumes.decoder({"latent": (2,)}, {"x": (6, 8, 8, 1)}, (4, 3))


def test_pictures_are_no_volumes():
    _, digits = kgm.data.load("digits", batch_size=8, num_examples=8)
    with pytest.raises(ValueError, match=r"`gan3d` needs volumes, \(depth, height"):
        kgm.zoo.build("gan3d", digits)


# --- volumes of pictures --------------------------------------------------------------


def test_a_view_shows_its_chair():
    """From the side that is seen, the covered pixels are those of the voxels."""
    batches, _ = kgm.data.load("chair_voxels", "test", 24, num_examples=24)
    batch = next(batches.as_numpy_iterator())
    assert batch["view"].shape == (24, 32, 32, 3)
    turns = tuple(np.arange(31) * 360.0 / 31)
    overlaps = []
    for x, view in zip(batch["x"], batch["view"], strict=True):
        seen = views(x[None], turns, size=32)[0, ..., 0] < 0.97
        covered = view.min(axis=-1) < 0.97
        either = (seen | covered).sum(axis=(1, 2))
        overlaps.append(((seen & covered).sum(axis=(1, 2)) / either).max())
    assert np.median(overlaps) > 0.75


def test_a_volume_is_found_from_a_picture_alone(seen, tmp_path):
    model = found(seen)
    view = np.random.RandomState(0).rand(2, 32, 32, 3).astype(np.float32)
    z = model.encode({"source": view})
    assert z.shape == (2, 3)
    x = model.reconstruct({"source": view})
    np.testing.assert_array_equal(x, model.decode(z))
    kgm.export.save(model, tmp_path / "found" / "1")
    artefact = kgm.export.load(tmp_path / "found")
    assert set(artefact.signatures["reconstruct"]["inputs"]) == {"source"}
    np.testing.assert_allclose(
        artefact.run("reconstruct", source=view)["x"], x, atol=1e-5
    )


class Known:
    """Finds the volumes that it was told, of whatever pictures."""

    batch_tensors = ("x", "source")

    def __init__(self, spec, volumes):
        self.spec, self.volumes = spec, volumes

    def reconstruct(self, x, condition=None):
        return self.volumes

    def sample(self, n=None, condition=None, seed=0):
        return self.volumes[:n]


def test_overlap_is_intersection_over_union(seen):
    right = np.zeros((2, 8, 8, 8, 1), np.float32)
    right[:, 2:4, 2:4, 2:4] = 1.0
    made = np.zeros_like(right)
    made[:, 2:4, 2:4, 2:6] = 0.9
    view = np.zeros((2, 32, 32, 3), np.float32)
    view[1] = 1.0
    condition = np.zeros((2, seen.condition_size), np.float32)
    condition[:, [a.start for a in seen.attributes]] = 1.0
    batch = {"x": right, "view": view, "source": view, "condition": condition}
    dataset = tf.data.Dataset.from_tensors(batch)
    train = tf.data.Dataset.from_tensors({**batch, "x": made, "source": view[::-1]})
    scores = kgm.evaluation.evaluate(
        Known(seen, made), dataset, ["voxel_overlap"], train=train
    )
    assert scores["voxel_overlap"] == 0.5
    assert scores["voxel_overlap/nearest"] == 0.5
    assert scores["voxel_overlap/examples"] == 2


def test_pieces_are_counted(spec):
    volumes = np.zeros((3, 8, 8, 8, 1), np.float32)
    volumes[0, 1:3, 1:3, 1:3] = 1.0  # one piece of 8
    volumes[1, 1:3, 1:3, 1:3] = 1.0
    volumes[1, 6, 6, 6:] = 1.0  # and another of 2
    scores = kgm.evaluation.evaluate(
        Known(spec, volumes), None, ["largest_piece"], num_samples=3
    )
    np.testing.assert_allclose(scores["largest_piece"], (1 + 0.8 + 0) / 3)
    np.testing.assert_allclose(scores["largest_piece/whole"], 1 / 3)
    np.testing.assert_allclose(scores["largest_piece/filled"], 18 / 3 / 512)
    flat = Known(kgm.data.DatasetSpec("flat", (8, 8, 1)), volumes)
    with pytest.raises(ValueError, match="`largest_piece` needs a model of volumes"):
        kgm.evaluation.evaluate(flat, None, ["largest_piece"])


# --- a judge of volumes ---------------------------------------------------------------


def a_judge(side=8):
    network = attributes_training.network((side, side, side, 1), 5, "volume")
    card = {
        "name": "solids",
        "kind": "volume",
        "attributes": {"legs": ["three", "four"], "seat": ["round", "square", "none"]},
        "x_shape": [side, side, side, 1],
        "test_accuracy": 0.5,
        "test_accuracies": {"legs": 0.6, "seat": 0.7},
        "temperatures": {"legs": 1.0, "seat": 2.0},
    }
    return classifiers.VolumeClassifier(network, card)


def test_a_judge_reads_every_attribute_of_a_volume():
    judge = a_judge()
    x = np.random.RandomState(0).uniform(size=(3, 8, 8, 8, 1)).astype(np.float32)
    read = {name: one.probabilities(x) for name, one in judge.judges().items()}
    logits = judge.network(x).numpy()
    for name, (start, stop, temperature) in {
        "legs": (0, 2, 1.0),
        "seat": (2, 5, 2.0),
    }.items():
        wanted = classifiers.softmax(logits[:, start:stop] / temperature)
        np.testing.assert_allclose(read[name], wanted, atol=1e-5)
    assert judge.features(x).shape == (3, judge.feature_size)


def test_a_judge_of_volumes_looks_along_all_axes():
    """One of clips does not halve the first; and no other size is read."""
    judge = a_judge()
    widths = [
        layer.output.shape[1:4]
        for layer in judge.network.layers
        if layer.__class__.__name__ == "Conv3D"
    ]
    assert [set(shape) for shape in widths] == [{4}, {2}, {1}, {1}]
    with pytest.raises(ValueError, match=r"volumes of the shape \(8, 8, 8, 1\)"):
        judge.features(np.zeros((1, 4, 4, 4, 1), np.float32))
    with pytest.raises(ValueError, match="width, height, depth, channels"):
        judge.features(np.zeros((1, 8, 8, 1), np.float32))
