"""The sets of TFDS on disk, and how pictures are cropped, scaled and greyed."""

import numpy as np
import pytest
import tensorflow_datasets as tfds
from cases import DatasetCase, everything

from keras_genmodels import data
from keras_genmodels.data.archives.tfds_folders import find

COUNTS = {"train": 128, "test": 70}
GREY, COLOUR = (28, 28, 1), (32, 32, 3)
FACE = {f"property_{i}": np.bool_ for i in range(40)}


def labelled(shape, classes):
    label = tfds.features.ClassLabel(num_classes=classes)
    return {"image": tfds.features.Image(shape=shape), "label": label}


# Sets with the features that TFDS gives them, and pictures of noise.
STAND_INS = {
    "fashion_mnist": labelled(GREY, 10),
    "kmnist": labelled(GREY, 10),
    "emnist/byclass": labelled(GREY, 62),
    "cifar10": labelled(COLOUR, 10) | {"id": tfds.features.Text()},
    "svhn_cropped": labelled(COLOUR, 10),
    "lfw": {
        "image": tfds.features.Image(shape=(25, 25, 3)),
        "label": tfds.features.Text(),
    },
    "celeb_a": {
        "image": tfds.features.Image(shape=(22, 18, 3), encoding_format="png"),
        "attributes": FACE,
        "landmarks": {"lefteye_x": np.int64},
    },
}


def value(feature, i, rng):
    """The i-th example of one feature."""
    if isinstance(feature, dict):
        return {key: value(inner, i, rng) for key, inner in feature.items()}
    if isinstance(feature, tfds.features.Image):
        shape = [rng.integers(20, 30) if d is None else d for d in feature.shape]
        return rng.integers(0, 256, shape, dtype=np.uint8)
    if isinstance(feature, tfds.features.ClassLabel):
        return i % feature.num_classes
    if isinstance(feature, tfds.features.Text):
        return f"text {i}"
    return bool(rng.integers(2)) if feature is np.bool_ else i


def store(folder, name, features, counts=COUNTS, version="1.0.0", example=value):
    """Write a set in TFDS's form; gives the pictures of each split."""
    builder, _, config = name.partition("/")
    rng = np.random.default_rng(0)
    examples = {
        split: [example(features, i, rng) for i in range(n)]
        for split, n in counts.items()
    }

    class StandIn(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        name = builder
        VERSION = tfds.core.Version(version)
        BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=config)] if config else []

        def _info(self):
            info = tfds.features.FeaturesDict(features)
            return tfds.core.DatasetInfo(
                builder=self, features=info, disable_shuffling=True
            )

        def _split_generators(self, dl_manager):
            return {split: enumerate(found) for split, found in examples.items()}

        def _generate_examples(self):
            raise NotImplementedError

    StandIn(data_dir=folder).download_and_prepare()
    return examples


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    for name, features in STAND_INS.items():
        store(folder, name, features, {"train": 200} if name == "lfw" else COUNTS)
    return folder


class TestStandIns(DatasetCase):
    """The sets of the catalogue that few machines have, in their published form."""

    @pytest.fixture(params=[name.partition("/")[0] for name in STAND_INS])
    def load(self, request, stand_ins):
        options = {"data_dir": stand_ins, "batch_size": 32}
        return lambda split, **more: data.load(request.param, split, **options | more)


SIDES = {
    "image": tfds.features.Image(shape=(16, 16, 3)),
    "label": tfds.features.ClassLabel(names=["A", "B"]),
}
SIDE_COUNTS = {"trainA": 100, "trainB": 140, "testA": 20, "testB": 30}


@pytest.fixture(scope="session")
def horses(tmp_path_factory):
    """A folder of TFDS with "horse2zebra", and the pictures of its four splits."""
    folder = tmp_path_factory.mktemp("cycle_gan")
    return folder, stored(folder, "cycle_gan/horse2zebra", SIDES, **SIDE_COUNTS)


class TestTwoDomains(DatasetCase):
    """The sets of CycleGAN's paper, in their published form."""

    @pytest.fixture
    def load(self, horses):
        options = {"data_dir": horses[0], "batch_size": 10}
        return lambda split, **more: data.load(
            "cycle_gan/horse2zebra", split, **options | more
        )


@pytest.mark.parametrize("name", ["cycle_gan/horse2zebra", "tfds:cycle_gan"])
@pytest.mark.parametrize("reverse", [False, True])
def test_splits_of_two_letters_are_two_domains(horses, name, reverse, tmp_path):
    folder, pictures = horses
    options = {"data_dir": folder, "batch_size": 10, "reverse": reverse}
    for _ in range(2):  # the second time from the cache
        batches, spec = data.load(name, "train", **options, cache=tmp_path)
        assert spec.name == name
        assert spec.attributes == ()  # a letter is no attribute
        batch = everything(batches)
        for key, letter in zip("xy", "BA" if reverse else "AB", strict=True):
            known = {x.tobytes() for x in pictures[f"train{letter}"]}
            shown = np.rint(batch[key] * 255).astype(np.uint8)
            assert {x.tobytes() for x in shown} <= known
            assert len({x.tobytes() for x in shown}) == min(len(shown), len(known))
        assert len(batch["x"]) == SIDE_COUNTS["trainB" if reverse else "trainA"]
    few = everything(data.load(name, "test", **options, num_examples=7)[0])
    assert len(few["x"]) == len({y.tobytes() for y in few["y"]}) == 7
    with pytest.raises(ValueError, match=r"one of \['train', 'test'\]"):
        data.load(name, "trainA", **options)


def test_every_pair_of_domains_is_in_the_catalogue(tmp_path):
    builder = tfds.image_classification.CycleGAN
    wanted = {f"cycle_gan/{c.name}" for c in builder.BUILDER_CONFIGS}
    found = {name for name in data.names() if name.startswith("cycle_gan/")}
    assert found == wanted
    for name in wanted:
        with pytest.raises(ValueError, match=f"tfds.builder\\('{name}'.*prepare"):
            data.load(name, data_dir=tmp_path)


def stored(folder, name, features, **counts):
    """A set of its own and the pictures that went into it, (n, ...)."""
    examples = store(folder, name, features, counts)
    return {s: np.stack([e["image"] for e in found]) for s, found in examples.items()}


def pixels(name, split="train", **options):
    """The examples of a split in their stored order, 0..255."""
    options = {"shuffle": False, "drop_remainder": False} | options
    batches, _ = data.load(name, split, **options)
    return np.round(everything(batches)["x"] * 255).astype(np.uint8)


def test_any_set_of_tfds_by_its_name(tmp_path):
    kinds = tfds.features.ClassLabel(names=["cup", "jug"])
    features = labelled((6, 5, 3), 3) | {"kind": kinds, "more": {"kind": np.bool_}}
    x = stored(tmp_path, "pots", features, train=8, test=4, extra=6)
    for split in x:
        found = pixels("tfds:pots", split, data_dir=tmp_path)
        np.testing.assert_array_equal(found, x[split])
    batches, spec = data.load("tfds:pots", "test", data_dir=tmp_path)
    assert spec.name == "tfds:pots"
    known = {a.name: a.classes for a in spec.attributes}
    assert known == {
        "kind": ("cup", "jug"),
        "label": ("0", "1", "2"),
        "more/kind": ("no", "yes"),
    }
    labels = spec.labels(everything(batches)["condition"])
    np.testing.assert_array_equal(labels["label"], [0, 1, 2, 0])
    np.testing.assert_array_equal(labels["kind"], [0, 1, 0, 1])
    first = pixels("tfds:pots", data_dir=tmp_path, num_examples=3)
    np.testing.assert_array_equal(first, x["train"][:3])
    with pytest.raises(ValueError, match=r"one of \['train', 'test', 'extra'\]"):
        data.load("tfds:pots", "validation", data_dir=tmp_path)


def test_letters_stand_upright(stand_ins):
    raw = tfds.builder_from_directory(find("emnist/byclass", str(stand_ins)))
    raw = np.stack(
        [e["image"] for e in raw.as_dataset(split="test").as_numpy_iterator()]
    )
    found = pixels("emnist", "test", data_dir=stand_ins)
    np.testing.assert_array_equal(found, raw.transpose(0, 2, 1, 3))
    classes = data.load("emnist", data_dir=stand_ins)[1].attributes[0].classes
    assert (classes[9], classes[10], classes[61]) == ("9", "A", "z")


def test_faces_have_forty_attributes(stand_ins):
    batches, spec = data.load("celeb_a", "test", data_dir=stand_ins)
    assert len(spec.attributes) == 40
    assert spec.condition_size == 80
    assert spec.attributes[0].classes == ("no", "yes")
    names = [attribute.name for attribute in spec.attributes]
    assert names == sorted(names)  # the columns of `condition` in every process
    np.testing.assert_array_equal(everything(batches)["condition"].sum(axis=1), 40.0)


def test_names_of_people_are_no_condition(stand_ins):
    batches, spec = data.load("lfw", "test", data_dir=stand_ins)
    assert spec.attributes == ()
    assert everything(batches)["condition"].shape == (40, 0)


def test_the_newest_version_and_a_configuration(tmp_path):
    features = labelled((4, 4, 1), 2)
    for version in ("3.9.0", "3.10.0"):
        store(tmp_path, "two", features, {"train": 2, "test": 1}, version)
    assert find("two", str(tmp_path)).endswith("two/3.10.0")
    store(tmp_path, "some/red", features, {"train": 2, "test": 1})
    assert find("some", str(tmp_path)).endswith("some/red/1.0.0")
    store(tmp_path, "some/blue", features, {"train": 2, "test": 1})
    with pytest.raises(ValueError, match=r"one of .*\['some/blue', 'some/red'\]"):
        find("some", str(tmp_path))
    for wrong in ("", "../two", "two/3/4"):
        with pytest.raises(ValueError, match="must be NAME or NAME/CONFIG"):
            find(wrong, str(tmp_path))


def test_the_folder_named_by_the_environment(stand_ins, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GENMODELS_DATA", str(tmp_path))
    monkeypatch.setenv("TFDS_DATA_DIR", str(stand_ins))
    assert find("kmnist").startswith(str(stand_ins))
    monkeypatch.setenv("KERAS_GENMODELS_DATA", str(stand_ins))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    assert find("kmnist").startswith(str(stand_ins))
    with pytest.raises(ValueError, match="not on disk"):
        find("kmnist", str(tmp_path))


def test_a_set_without_pictures_or_labels_is_refused(tmp_path):
    features = {"number": tfds.features.Tensor(shape=(), dtype=np.int64)}
    store(tmp_path, "numbers", features, {"train": 3})
    message = r"`tfds:numbers` must hold pictures of 8 bits. Received: \['number'\]"
    with pytest.raises(ValueError, match=message):
        data.load("tfds:numbers", data_dir=tmp_path)
    unlabelled = labelled((4, 4, 1), 2)
    unlabelled["label"].encode_example = lambda example: -1
    store(tmp_path, "hidden", unlabelled, {"train": 3, "test": 3})
    with pytest.raises(
        ValueError, match=r"must have its labels\. Received: split='test'"
    ):
        data.load("tfds:hidden", "test", data_dir=tmp_path)


def test_crop_scale_and_grey(tmp_path):
    x = stored(tmp_path, "wide", labelled((20, 30, 3), 2), train=3, test=1)["train"]

    def fit(**options):
        return pixels("tfds:wide", data_dir=tmp_path, **options)

    np.testing.assert_array_equal(fit(crop=(10, 20)), x[:, 5:15, 5:25])
    np.testing.assert_array_equal(fit(image_size=20), x[:, :, 5:25])
    np.testing.assert_array_equal(fit(crop=20, image_size=20), x[:, :, 5:25])
    half = x.reshape(3, 10, 2, 15, 2, 3).mean(axis=(2, 4))
    assert fit(image_size=(10, 15)).shape == half.shape
    scaled = fit(image_size=(10, 15)).astype(float)
    # Anti-aliasing weighs a few neighbours, too: close to the mean of 2x2, not equal.
    assert np.corrcoef(scaled.ravel(), half.ravel())[0, 1] > 0.9
    grey = x @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(fit(greyscale=True)[..., 0], grey, atol=1.5)
    with pytest.raises(
        ValueError, match=r"`crop` must fit into every picture.*\(21, 30"
    ):
        fit(crop=(21, 30))


def test_pictures_of_several_sizes(tmp_path):
    features = {"image": tfds.features.Image(shape=(None, None, 3))}
    store(tmp_path, "sizes", features, {"train": 6, "test": 2})
    assert pixels("tfds:sizes", data_dir=tmp_path, image_size=16).shape[1:] == (
        16,
        16,
        3,
    )
    assert pixels("tfds:sizes", data_dir=tmp_path, crop=20).shape[1:] == (20, 20, 3)
    with pytest.raises(
        ValueError, match="Pictures must have one shape: give `image_size`"
    ):
        data.load("tfds:sizes", data_dir=tmp_path)
    with pytest.raises(
        ValueError, match=r"`crop` must fit .* Received: crop=\(31, 31\)"
    ):
        data.load("tfds:sizes", data_dir=tmp_path, crop=31)


@pytest.fixture(scope="module")
def streets(tmp_path_factory):
    """A folder of TFDS with pictures, maps of 4 classes, and what went into it."""
    folder = tmp_path_factory.mktemp("streets")
    features = {
        "image": tfds.features.Image(shape=(12, 16, 3), encoding_format="png"),
        "segmentation_mask": tfds.features.Image(shape=(12, 16, 1)),
        "label": tfds.features.ClassLabel(num_classes=2),
    }
    counts = {"train": 6, "test": 3}
    return folder, store(folder, "streets", features, counts, example=a_street)


def a_street(features, i, rng):
    classes = np.repeat(np.repeat(rng.integers(0, 4, (3, 4, 1)), 4, 0), 4, 1)
    image = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return {"image": image, "segmentation_mask": classes.astype("uint8"), "label": 0}


def test_maps_of_classes_are_layouts_in_colours(streets, tmp_path):
    folder, examples = streets
    colours = np.array([[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]])
    for _ in range(2):  # the second time from the cache
        batches, spec = data.load(
            "tfds:streets", "test", data_dir=folder, cache=tmp_path, greyscale=True
        )
        assert spec.tensors == (data.Tensor("layout", (12, 16, 3)),)
        assert spec.x_shape == (12, 16, 1)
        found = everything(batches)["layout"] * 255
        wanted = [colours[e["segmentation_mask"][..., 0]] for e in examples["test"]]
        np.testing.assert_allclose(found, np.array(wanted), atol=1e-4)
    batches, _ = data.load("tfds:streets", data_dir=folder, batch_size=3, image_size=5)
    found = np.rint(everything(batches)["layout"] * 255)
    assert found.shape[1:] == (5, 5, 3)
    assert {*map(tuple, found.reshape(-1, 3))} <= {*map(tuple, colours)}


def test_a_layout_can_be_the_source(streets):
    options = {"data_dir": streets[0], "shuffle": False, "batch_size": 3}
    batches, spec = data.load("tfds:streets", **options, source="layout")
    assert [t.name for t in spec.tensors] == ["source"]
    found, plain = (
        everything(batches),
        everything(data.load("tfds:streets", **options)[0]),
    )
    np.testing.assert_array_equal(found["source"], plain["layout"])
    np.testing.assert_array_equal(found["x"], plain["x"])
    with pytest.raises(ValueError, match="Unknown derivation 'layuot'"):
        data.load("tfds:streets", **options, source="layuot")


def test_an_age_has_a_class_a_decade(tmp_path):
    features = {"image": tfds.features.Image(shape=(8, 8, 1)), "age": np.int32}
    ages = [0, 9, 10, 42, 89, 90, 116]

    def example(features, i, rng):
        picture = np.full((8, 8, 1), i, np.uint8)
        return {"image": picture, "age": ages[i % len(ages)]}

    store(tmp_path, "people", features, {"train": 14, "test": 7}, example=example)
    options = {"batch_size": 7, "data_dir": tmp_path, "shuffle": False}
    batches, spec = data.load("tfds:people", "test", **options)
    batch = next(batches.as_numpy_iterator())
    order = np.argsort(batch["x"][:, 0, 0, 0])
    found = spec.labels(batch["condition"])["age"][order]
    assert found.tolist() == [0, 0, 1, 4, 8, 9, 9]
    assert spec.attributes[0].classes[4] == "40-49"
    assert spec.attributes[0].classes[-1] == "90 and more"
