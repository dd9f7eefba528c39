"""The renderer against geometry that is known, and the chairs that it draws."""

import itertools

import numpy as np
import pytest
from cases import everything

from keras_genmodels import data
from keras_genmodels.data.rendering import chair_shapes, renderer, turntable
from keras_genmodels.data.request import Request
from keras_genmodels.data.sources import chairs

STEPS = turntable.STEPS
AZIMUTHS = np.arange(STEPS) * (360 / STEPS)


def draw(faces, azimuths=(0.0,), elevation=0.0, size=64, albedo=1.0, **options):
    azimuths = np.asarray(azimuths, float)
    elevations = np.full(len(azimuths), elevation)
    albedo = np.broadcast_to(albedo, len(faces))
    return renderer.render(faces, albedo, azimuths, elevations, size, **options)


def box(half=0.5):
    return chair_shapes.box((-half,) * 3, (half,) * 3)


@pytest.fixture(scope="module")
def chair():
    proportions = chair_shapes.Proportions.draw(np.random.RandomState(0))
    return chair_shapes.chair(proportions, "splayed", "ladder", True, "round")


def test_a_turn_of_360_degrees_returns_the_same_picture(chair):
    faces, albedo = chair
    for one, two in zip(
        draw(faces, AZIMUTHS, 20.0, albedo=albedo),
        draw(faces, AZIMUTHS + 360.0, 20.0, albedo=albedo),
        strict=True,
    ):
        # Rounding of the angle may move an edge across a sample, not more.
        assert np.mean(one != two) < 1e-3
    step = draw(faces, [AZIMUTHS[3]], 20.0, albedo=albedo)[0]
    assert np.any(step != draw(faces, [AZIMUTHS[4]], 20.0, albedo=albedo)[0])


def test_turning_the_object_is_turning_the_picture(chair):
    """Geometry turned by hand and rendered at 0 is geometry rendered at the angle."""
    faces, _ = chair
    angle = np.radians(AZIMUTHS[5])
    cos, sin = np.cos(angle), np.sin(angle)
    by_hand = faces @ np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]).T
    one, two = draw(faces, [AZIMUTHS[5]], 30.0), draw(by_hand, [0.0], 30.0)
    assert np.mean(abs(one[0] - two[0])) < 1e-3


def test_a_sphere_of_radius_one_touches_the_edges():
    angles = np.linspace(0, np.pi, 33)
    rings = [
        chair_shapes.ring((0, np.cos(a), 0), 2 * np.sin(a), 2 * np.sin(a), 64)
        for a in angles[1:-1]
    ]
    sphere = np.concatenate(
        [chair_shapes.loft(*pair) for pair in itertools.pairwise(rings)]
    )
    _, cover = draw(sphere, [0.0], 20.0, size=100, supersampling=4)
    assert cover[0].sum() == pytest.approx(np.pi * 50**2, rel=0.01)
    rows = np.flatnonzero(cover[0].any(axis=1))
    assert rows[0] <= 1
    assert rows[-1] >= 98


def test_a_face_has_the_size_that_perspective_gives_it():
    _, cover = draw(box(), size=256)
    zoom = np.sqrt(renderer.CAMERA**2 - 1)
    edge = 256 / 2 * zoom / (renderer.CAMERA - 0.5)
    assert cover.sum() == pytest.approx(edge**2, rel=0.01)


def test_light_is_lamberts():
    light, cover = draw(box(), size=64)
    down = renderer.LIGHT[2]  # of the face towards the camera
    expected = renderer.AMBIENT + renderer.DIFFUSE * down
    assert light[0, 32, 32] == pytest.approx(expected, abs=1 / 255)
    assert cover[0, 32, 32] == 1.0
    assert light[0, 0, 0] == cover[0, 0, 0] == 0.0
    dim, _ = draw(box(), size=64, albedo=0.5)
    assert dim[0, 32, 32] == pytest.approx(expected / 2, abs=1 / 255)
    above, _ = draw(box(), elevation=89.0)
    top = renderer.AMBIENT + renderer.SKY + renderer.DIFFUSE * renderer.LIGHT[1]
    assert above[0, 32, 32] == pytest.approx(top, abs=1 / 255)


def test_of_two_faces_the_nearer_is_seen():
    towards_us = np.array([0.0, 0.0, 1.0])
    near, far = box(0.2) + 0.5 * towards_us, box(0.4) - 0.4 * towards_us
    shares = np.repeat([1.0, 0.3], 6)
    for order in (slice(None), slice(None, None, -1)):
        both = np.concatenate([near, far])[order]
        light, _ = draw(both, [0.0, 180.0], albedo=shares[order])
        alone, _ = draw(near)
        assert light[0, 32, 32] == alone[0, 32, 32]
        behind, _ = draw(far, [180.0], albedo=0.3)
        assert light[1, 32, 32] == behind[0, 32, 32]


def test_edges_are_smooth():
    _, cover = draw(box(), [30.0], 20.0)
    partly = (cover > 0) & (cover < 1)
    assert 60 < partly.sum() < 600
    coarse = draw(box(), [30.0], 20.0, supersampling=1)[1]
    assert set(np.unique(coarse)) == {0.0, 1.0}
    assert cover.sum() == pytest.approx(coarse.sum(), rel=0.02)


@pytest.mark.parametrize("sides", [3, 4, 6, 12])
def test_bodies_are_closed_and_look_outwards(sides):
    """The area vectors of a closed surface sum to zero, its volume is positive."""
    lower = chair_shapes.ring((0.1, 0.0, 0.2), 0.5, 0.4, sides)
    faces = chair_shapes.loft(lower, 0.5 * lower + (0.0, 0.7, 0.1))
    areas = np.cross(faces[:, 2] - faces[:, 0], faces[:, 3] - faces[:, 1]) / 2
    np.testing.assert_allclose(areas.sum(axis=0), 0.0, atol=1e-12)
    assert np.einsum("fk,fk->", areas, faces.mean(axis=1)) > 0


# --- the data set ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """Both splits whole, of 16x16 pixels."""
    cache = tmp_path_factory.mktemp("cache")

    def load(split, **options):
        options = {"batch_size": 64, "image_size": 16, "cache": cache} | options
        return data.load(
            "chairs", split, shuffle=False, drop_remainder=False, **options
        )

    return load


def test_pictures_are_those_of_this_version(sets):
    """A picture that changes needs another `VERSION`, for old ones are on disk."""
    x = everything(sets("test", num_examples=64, num_frames=1)[0])["x"]
    assert chairs.VERSION == "1"
    assert x.mean(dtype=np.float64) == pytest.approx(0.895486, abs=1e-5)
    assert x.std(dtype=np.float64) == pytest.approx(0.222793, abs=1e-5)


def test_every_combination_occurs_in_both_splits(sets):
    for split, copies in (("train", 3), ("test", 1)):
        batches, spec = sets(split, num_frames=1)
        names = [a.name for a in spec.attributes]
        assert names == [*chairs.STYLE, *chairs.MOTION]
        labels = spec.labels(everything(batches)["condition"])
        shape = [len(a.classes) for a in spec.attributes]
        counts = np.zeros(shape, int)
        np.add.at(counts, tuple(labels[name] for name in names), 1)
        np.testing.assert_array_equal(counts, copies)  # nothing goes with anything


def test_there_are_809_chairs_and_more(sets):
    """No two chairs have the same proportions; no two first views are the same."""
    drawn = set()
    numbers = []
    for split in ("train", "test"):
        batches, spec = sets(split, num_frames=1, exclude=[{"direction": 0}])
        examples = everything(batches)
        front = spec.labels(examples["condition"])["start"] == 0
        drawn |= {x.tobytes() for x in examples["x"][front]}
        numbers.append({*chairs.split_of(Request(split)).tolist()})
    assert not numbers[0] & numbers[1]
    assert len(numbers[0] | numbers[1]) == 1024
    assert len(drawn) >= 1000


def test_the_other_direction_is_the_same_turn_backwards(sets):
    """A whole turn that ends where the other begins shows the same in reverse."""
    batches, spec = sets("test", num_frames=STEPS, num_examples=16)
    examples = everything(batches)
    labels = spec.labels(examples["condition"])
    turns = {
        (chairs.MOTION["direction"][d], chairs.MOTION["start"][s]): x
        for d, s, x in zip(
            labels["direction"], labels["start"], examples["x"], strict=True
        )
    }
    compared = 0
    for start in turntable.STARTS:
        one, other = turns["clockwise", start], turns["anticlockwise", start]
        back = np.roll(other[::-1], 1, axis=0)  # the same first frame
        if np.array_equal(one[0], back[0]):  # seen from the same elevation
            np.testing.assert_array_equal(one, back)
            compared += 1
    assert compared >= 2


def test_the_chair_looks_where_it_is_said_to(sets):
    """The back hides nothing in front and most from behind: what is seen of the seat.

    The brightest pixels are those of the seat. In `right` the back is to the left.
    """
    batches, spec = sets("test", num_frames=1, num_examples=1024, image_size=32)
    examples = everything(batches)
    labels = spec.labels(examples["condition"])
    dark = 1.0 - examples["x"][:, 0].min(axis=-1)  # (n, height, width)
    upper = dark[:, 4:12].sum(axis=1)  # above the seat: the back
    middle = (upper * np.arange(32)).sum(axis=1) / upper.sum(axis=1)
    where = {
        name: middle[labels["start"] == start].mean()
        for start, name in enumerate(turntable.STARTS)
    }
    assert where["right"] < where["front"] - 2 < where["front"] + 2 < where["left"]


def test_the_direction_is_that_seen_from_above(sets):
    """From `front`, anticlockwise as seen from above, a chair looks to our right."""
    batches, spec = sets("test", num_frames=9, num_examples=64)
    examples = everything(batches)
    labels = spec.labels(examples["condition"])
    right = chairs.MOTION["start"].index("right")
    turning = chairs.MOTION["direction"].index("anticlockwise")
    front = (labels["start"] == 0) & (labels["direction"] == turning)
    ends = examples["x"][front][:, 8]
    begins = examples["x"][labels["start"] == right][:, 0]
    found = [min(np.abs(begins - end).max(axis=(1, 2, 3))) for end in ends]
    assert min(found) == 0.0  # seen from the same elevation
    assert np.mean(np.array(found) == 0.0) > 0.3


def test_chairs_are_kept_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GENMODELS_CACHE", str(tmp_path / "mine"))
    options = {"num_examples": 32, "image_size": 8, "batch_size": 32}
    first, spec = data.load("chairs", **options)
    (kept,) = (tmp_path / "mine").iterdir()
    assert kept.name.startswith("chairs-train-")
    monkeypatch.setattr(chairs, "_views", None)  # nothing is rendered again
    again, _ = data.load("chairs", **options, num_frames=3)
    np.testing.assert_array_equal(everything(again)["x"], everything(first)["x"][:, :3])
    assert spec.x_shape == (16, 8, 8, 3)


def test_without_a_place_for_the_cache_chairs_are_in_memory(monkeypatch):
    monkeypatch.delenv("KERAS_GENMODELS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    options = {"num_examples": 16, "image_size": (8, 12), "greyscale": True}
    _, spec = data.load("chairs", batch_size=16, **options)
    assert spec.x_shape == (16, 8, 12, 1)
