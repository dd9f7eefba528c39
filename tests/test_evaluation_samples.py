"""Metrics of samples against the pure functions, on models whose samples are known."""

import functools
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_genmodels import data, evaluation, registry, zoo
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.sources.gaussian_ring import STDDEV, ring_centres
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation import extractors, feature_cache, memo, sampling
from keras_genmodels.evaluation.extractors import inception
from keras_genmodels.evaluation.measures import (
    frechet,
    kernel_distance,
    precision_recall,
)
from keras_genmodels.evaluation.metrics import distribution_distance
from keras_genmodels.evaluation.metrics import precision_recall as metrics_of_coverage

MODES = side_by_side({"mode": [str(i) for i in range(8)]})


class Cloud:
    """Points of the ring from some of its modes; says how it was asked."""

    spec = DatasetSpec("gaussian_ring", (2,), MODES)

    def __init__(self, modes=range(8), stddev=STDDEV):
        self.modes, self.stddev = np.asarray(modes), stddev
        self.asked = []

    def sample(self, n, condition=None, seed=0):
        self.asked.append((n, condition, seed))
        rng = np.random.default_rng(seed)
        centres = ring_centres()[rng.choice(self.modes, n)]
        points = centres + rng.normal(scale=self.stddev, size=(n, 2))
        return tf.constant(points, tf.float32)

    def generate(self, z, condition=None):
        raise NotImplementedError


def points_of(model, n, seed=0):
    """The samples that the metrics draw, 250 at a time."""
    sizes = [250] * (n // 250) + [n % 250] * (n % 250 > 0)
    return np.concatenate(
        [model.sample(size, seed=(seed, i)) for i, size in enumerate(sizes)]
    )


@pytest.fixture(scope="module")
def ring():
    """Train and test split of the ring, ordered."""
    return [data.load("gaussian_ring", s, 128, shuffle=False)[0] for s in SPLITS]


SPLITS = ("train", "test")


def examples(dataset, count=None):
    data.set_epoch(dataset, 0)
    return np.concatenate([batch["x"] for batch in dataset])[:count]


# --- distances ------------------------------------------------------------------------


def test_frechet_distance_and_its_floor_are_those_of_the_clouds(ring):
    train, test = ring
    model = Cloud(modes=[0, 1, 2, 3])
    found = evaluation.evaluate(
        model, test, ["frechet_distance"], train=train, num_samples=600, seed=3
    )
    real, points = examples(test), points_of(model, 600, seed=3)
    expected = frechet.frechet_distance(points, real)
    assert found["frechet_distance"] == pytest.approx(expected, rel=1e-9)
    floor = frechet.frechet_distance(examples(train, 600), real)
    assert found["frechet_distance/floor"] == pytest.approx(floor, rel=1e-9)
    assert found["frechet_distance"] > 100 * floor
    assert found["frechet_distance/samples"] == 600
    assert found["frechet_distance/examples"] == len(real) == 2048
    assert found["frechet_distance/extractor:gaussian_ring"] == 2


def test_without_training_data_the_floor_is_that_of_two_halves(ring):
    test = ring[1]
    model = Cloud()
    found = distribution_distance.frechet_distance(model, test, num_samples=5000)
    real = examples(test)
    floor = frechet.frechet_distance(real[1::2], real[::2])
    assert found["frechet_distance/floor"] == pytest.approx(floor, rel=1e-9)
    assert found["frechet_distance/samples"] == 1024
    assert found["frechet_distance/examples"] == 1024
    points = points_of(model, 5000)[:1024]
    expected = frechet.frechet_distance(points, real[::2])
    assert found["frechet_distance"] == pytest.approx(expected, rel=1e-9)


def test_the_other_distances_are_those_of_the_clouds(ring):
    test = ring[1]
    model = Cloud(stddev=2 * STDDEV)
    found = evaluation.evaluate(
        model,
        test,
        ["kernel_distance", "precision_recall", "density_coverage"],
        num_samples=400,
        max_examples=300,
    )
    real, points = examples(test, 300), points_of(model, 400)
    kernel = kernel_distance.kernel_distance(points, real)
    assert found["kernel_distance"] == pytest.approx(kernel.value)
    assert found["kernel_distance/standard_error"] == pytest.approx(
        kernel.standard_error
    )
    both = precision_recall.precision_recall(real, points[:300])
    balls = precision_recall.density_coverage(real, points[:300])
    for name, parts in (("precision_recall", both), ("density_coverage", balls)):
        for key, value in parts.items():
            assert found[f"{name}/{key}"] == pytest.approx(value)
        assert found[f"{name}/samples"] == found[f"{name}/examples"] == 300
    harmonic = 2 / (1 / both["precision"] + 1 / both["recall"])
    assert found["precision_recall"] == pytest.approx(harmonic)
    assert found["density_coverage"] == balls["coverage"]
    assert found["kernel_distance/samples"] == 400
    for name in ("kernel_distance", "precision_recall", "density_coverage"):
        assert found[f"{name}/extractor:gaussian_ring"] == 2


def test_mode_coverage_counts_the_modes_of_the_ring():
    found = evaluation.evaluate(
        Cloud(modes=[0, 2, 5]), batch_of_modes(), ["mode_coverage"], num_samples=900
    )
    assert found["mode_coverage"] == 3
    assert found["mode_coverage/modes"] == 8
    # Of a normal in two dimensions exp(-9 / 2) is beyond 3: four standard errors.
    assert found["mode_coverage/good"] == pytest.approx(1 - np.exp(-4.5), abs=0.014)
    assert found["mode_coverage/samples"] == 900


def batch_of_modes():
    modes = np.arange(16) % 8
    x = ring_centres()[modes].astype(np.float32)
    return [{"x": x, "condition": np.eye(8, dtype=np.float32)[modes]}]


def test_samples_come_in_batches_and_are_asked_for_what_the_data_show():
    model = Cloud()
    evaluation.evaluate(model, batch_of_modes(), ["mode_coverage"], num_samples=600)
    assert [n for n, _, _ in model.asked] == [250, 250, 100]
    assert [seed for _, _, seed in model.asked] == [(0, 0), (0, 1), (0, 2)]
    asked = np.concatenate([condition for _, condition, _ in model.asked])
    np.testing.assert_array_equal(asked.argmax(axis=1), np.arange(600) % 8)


def test_metrics_of_one_evaluation_share_their_samples(ring):
    model = Cloud()
    names = ["frechet_distance", "kernel_distance", "classifier_score"]
    options = {"num_samples": 500, "max_examples": 200}
    together = evaluation.evaluate(model, ring[1], names, **options)
    assert len(model.asked) == 2
    apart = [evaluation.evaluate(model, ring[1], [n], **options) for n in names]
    assert len(model.asked) == 2 + 3 * 2
    assert together == {key: value for one in apart for key, value in one.items()}


def test_what_is_shared_is_forgotten_after_the_evaluation():
    calls = []
    count = memo.memoised(lambda start: calls.append(start) or len(calls))
    with memo.scope():
        assert [count(0), count(0), count(0.0)] == [1, 1, 2]
    assert [count(0), count(0)] == [3, 4]


# --- classes --------------------------------------------------------------------------


@functools.cache
def digits():
    """The test digits and their labels."""
    test, _ = data.load("digits", "test", 360)
    (batch,) = test.as_numpy_iterator()
    return batch["x"], batch["condition"].argmax(axis=1)


class Drawer:
    """Real digits: each class as often as its share; the code of a latent picks one."""

    spec = DatasetSpec("digits", (16, 16, 1))

    def __init__(self, shares=(0.1,) * 10, classes=range(10)):
        self.shares, self.classes = shares, np.asarray(classes)
        self.latent_prior = registry.get(
            "structured", "prior", latent_dim=12, categorical=(10,), continuous=1
        )

    def of_classes(self, classes, seed):
        x, labels = digits()
        rng = np.random.default_rng(seed)
        rows = [rng.choice(np.flatnonzero(labels == one)) for one in classes]
        return tf.constant(x[rows])

    def sample(self, n, condition=None, seed=0):
        rng = np.random.default_rng(seed)
        return self.of_classes(rng.choice(10, n, p=self.shares), seed)

    def prior(self, condition=None):
        return self.latent_prior.distribution()

    def generate(self, z, condition=None):
        return self.of_classes(self.classes[np.argmax(z[:, :10], axis=1)], len(z))


def test_class_coverage_and_score_count_what_is_drawn():
    shares = [0.3, 0.25, 0.25, 0.2, 0, 0, 0, 0, 0, 0]
    found = evaluation.evaluate(
        Drawer(shares), None, ["class_coverage", "classifier_score"], num_samples=1500
    )
    assert found["class_coverage"] == 4
    assert found["class_coverage/classes"] == 10
    # Four standard errors of 1,500 draws, and 2 % for the judge.
    for digit, share in enumerate(shares):
        named = found[f"class_coverage/share:{digit}"]
        assert named == pytest.approx(share, abs=0.068)
    assert found["class_coverage/largest_share"] == found["class_coverage/share:0"]
    assert found["class_coverage/smallest_share"] < 0.01
    judge = extractors.load_extractor("digits")
    for name in ("class_coverage", "classifier_score"):
        assert found[f"{name}/samples"] == 1500
        assert found[f"{name}/classifier:digits"] == judge.test_accuracy
    # exp(entropy of the shares) = 3.95 of certain predictions.
    assert found["classifier_score"] == pytest.approx(3.9, abs=0.35)


def test_code_purity_of_codes_that_are_classes_and_of_codes_that_share_one():
    judge = extractors.load_extractor("digits")
    pure = evaluation.evaluate(
        Drawer(classes=np.roll(range(10), 3)), None, ["code_purity"], num_samples=600
    )
    assert pure["code_purity"] > 0.95
    assert pure["code_purity/matched"] == pure["code_purity"]
    assert pure["code_purity/worst_code"] <= pure["code_purity"]
    assert pure["code_purity/codes"] == 10
    assert pure["code_purity/samples"] == 600
    assert pure["code_purity/classifier:digits"] == judge.test_accuracy
    shared = evaluation.evaluate(
        Drawer(classes=np.arange(10) // 2), None, ["code_purity"], num_samples=200
    )
    assert shared["code_purity"] > 0.95
    assert shared["code_purity/matched"] < 0.55


def test_diversity_falls_where_samples_are_alike():
    x, _ = digits()
    real = [{"x": x}]
    varied = evaluation.evaluate(Drawer(), real, ["diversity"])
    assert varied["diversity"] == pytest.approx(1.0, abs=0.05)
    assert varied["diversity/class_entropy"] > 0.95
    assert varied["diversity/samples"] == varied["diversity/examples"] == 256
    one = [1.0] + [0.0] * 9
    alike = evaluation.evaluate(Drawer(one), real, ["diversity"], num_samples=100)
    assert alike["diversity"] < 0.8
    assert alike["diversity/class_entropy"] < 0.2
    ring = evaluation.evaluate(Cloud([4]), batch_of_modes(), ["diversity"])
    assert ring["diversity"] < 0.1
    assert ring["diversity/class_entropy"] == 0.0


def test_adversarial_models_are_judged_by_their_samples_by_default(ring):
    names = {key.split("/")[0] for key in evaluation.evaluate(Cloud(), ring[1])}
    assert names == {
        "frechet_distance",
        "classifier_score",
        "class_coverage",
        "mode_coverage",
        "diversity",
    }
    drawer = evaluation.evaluate(Drawer(), [{"x": digits()[0]}], num_samples=20)
    names = {key.split("/")[0] for key in drawer}
    assert "code_purity" in names
    assert "mode_coverage" not in names


# --- extractors -----------------------------------------------------------------------


def test_the_extractor_is_that_of_the_data_unless_named():
    assert extractors.load_extractor(None, Cloud.spec).name == "gaussian_ring"
    assert extractors.load_extractor(None, Drawer.spec).feature_size == 64
    assert extractors.load_extractor("mnist", Drawer.spec).name == "mnist"
    for name in ("digits", "mnist", "gaussian_grid", "gaussian_ring"):
        assert isinstance(extractors.load_extractor(name), evaluation.Extractor)


def test_the_classes_of_the_ring_are_its_modes():
    judge = extractors.load_extractor("gaussian_ring")
    points = ring_centres() + 0.01
    p = judge.probabilities(points)
    np.testing.assert_array_equal(p.argmax(axis=1), np.arange(8))
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    middle = judge.probabilities((ring_centres()[:1] + ring_centres()[1:2]) / 2)
    np.testing.assert_allclose(middle[0, :2], 0.5, atol=1e-6)
    np.testing.assert_array_equal(judge.features(points), points.astype(np.float32))


def test_the_modes_of_the_grid_are_where_its_points_are():
    """The mean of a mode's 200 points is 6 standard errors off at most: 1 in 10^7."""
    judge = extractors.load_extractor("gaussian_grid")
    batches, spec = data.load("gaussian_grid", drop_remainder=False)
    found = list(batches)
    x, condition = (np.concatenate([b[k] for b in found]) for k in ("x", "condition"))
    mode = spec.labels(condition)["mode"]
    assert (len(x), len(judge.classes)) == (9800, 49)
    np.testing.assert_array_equal(judge.probabilities(x).argmax(1), mode)
    for number, centre in enumerate(judge.centres):
        points = x[mode == number]
        assert np.abs(points.mean(0) - centre).max() < 6 * 0.012 / len(points) ** 0.5
        place = [0.5 + 0.13 * (k - 3) for k in divmod(number, 7)]
        np.testing.assert_allclose(centre, place)


class Halves:
    """An extractor of one's own, which tells no classes apart."""

    name, feature_size = "halves", 1

    def __init__(self):
        self.seen = 0

    def features(self, x):
        self.seen += len(x)
        return np.asarray(x)[:, :1] / 2


def test_any_object_with_features_is_an_extractor(ring):
    found = evaluation.evaluate(
        Cloud(), ring[1], ["frechet_distance"], num_samples=300, extractor=Halves()
    )
    assert found["frechet_distance/extractor:halves"] == 1
    # A quarter of the distance of the first coordinates.
    points, real = points_of(Cloud(), 300)[:, :1], examples(ring[1])[::2, :1]
    expected = frechet.frechet_distance(points, real) / 4
    assert found["frechet_distance"] == pytest.approx(expected)


def test_a_random_network_tells_spoilt_pictures_from_others():
    """Two halves of real chairs are nearer to each other than soft ones are to them."""
    load = functools.partial(data.load, "chair_views", "test", image_size=32)
    x = np.concatenate([b["x"] for b in load(num_examples=400)[0]])
    judge = extractors.load_extractor("random_network")
    features = judge.features(x)
    assert features.shape == (400, judge.feature_size) == (400, 448)
    np.testing.assert_allclose(features[:3], judge.features(x[:3]), atol=1e-5)
    around = [np.roll(x, (i, j), (1, 2)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    soft = judge.features(np.mean(around, axis=0))
    grey = judge.features(x.mean(-1, keepdims=True))
    one, other = np.split(np.random.default_rng(0).permutation(features), 2)
    halves = np.linalg.norm(one.mean(0) - other.mean(0))
    for other in (soft, grey):
        assert np.linalg.norm(features.mean(0) - other.mean(0)) > 2 * halves


def test_inception_sees_any_image(channels_first):
    inception.inception_v3.cache_clear()
    judge = inception.inception_v3(weights=None)
    seen = extractors.extract(judge, np.random.default_rng(0).random((2, 20, 16, 1)))
    assert seen.features.shape == (2, 2048) == (2, judge.feature_size)
    assert seen.probabilities.shape == (2, 1000) == (2, len(judge.classes))
    assert keras.config.image_data_format() == "channels_first"  # as it was


def test_inception_says_what_to_do_without_its_weights(monkeypatch):
    def no_network(**arguments):
        raise Exception("URL fetch failure on https://storage: unreachable")

    monkeypatch.setattr(keras.applications, "InceptionV3", no_network)
    inception.inception_v3.cache_clear()
    image = DatasetSpec("faces", (64, 64, 3))
    message = r"put inception_v3_weights\w+\.h5 .*~/\.keras/models.*unreachable"
    with pytest.raises(ValueError, match=message):
        extractors.load_extractor(None, image)


# --- what is kept on disk -------------------------------------------------------------


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GENMODELS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def extracted(dataset, model=None):
    """The features of a data set, and how many examples were looked at for them."""
    extractor = Halves()
    found = sampling.real_features(model or Cloud(), dataset, extractor)
    return found, extractor.seen


def test_real_features_are_extracted_once_whatever_the_batches(cache):
    first, seen = extracted(data.load("gaussian_ring", "test", 128)[0])
    assert seen == 2048
    again, seen = extracted(data.load("gaussian_ring", "test", 100)[0])
    assert seen == 0
    np.testing.assert_array_equal(again, first)
    assert len(list(cache.iterdir())) == 1


def test_other_data_and_other_extractors_have_other_files(cache):
    ring = data.load("gaussian_ring", "test", 128)[0]
    extracted(ring)
    assert extracted(data.load("gaussian_ring", "test", num_examples=9)[0])[1] == 9
    judge = Halves()
    judge.fingerprint = "halves, second edition"
    sampling.real_features(Cloud(), ring, judge)
    assert judge.seen == 2048
    assert len(list(cache.iterdir())) == 3


def test_the_order_of_the_training_split_is_that_of_its_first_epoch(cache):
    train = data.load("gaussian_ring", "train", 128, seed=5)[0]
    first, _ = extracted(train)
    _, seen = extracted(train)
    assert seen == 0
    data.set_epoch(train, 0)
    order = np.concatenate([batch["x"] for batch in train])
    np.testing.assert_array_equal(first, order[:, :1] / 2)


@pytest.mark.parametrize("damage", ["truncated", "altered", "empty", "unreadable"])
def test_a_damaged_file_is_made_again(cache, damage):
    dataset = batch_of_modes()
    first, _ = extracted(dataset)
    (path,) = cache.iterdir()
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(
        {
            "truncated": content[:middle],
            "altered": content[:-300] + bytes(4) + content[-296:],
            "empty": b"",
            "unreadable": b"what is this?",
        }[damage]
    )
    again, seen = extracted(dataset)
    assert seen == 16
    np.testing.assert_array_equal(again, first)
    assert path.read_bytes() == content
    assert extracted(dataset)[1] == 0


def test_a_cache_that_cannot_be_written_to_costs_nothing_but_time(cache):
    cache.write_text("a file where the folder should be")
    assert extracted(batch_of_modes())[1] == 16
    assert extracted(batch_of_modes())[1] == 16


def test_the_cache_lies_with_the_users_caches(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_GENMODELS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert feature_cache.folder() == tmp_path / "keras_genmodels"


# --- what is refused ------------------------------------------------------------------


SHAPES = DatasetSpec("shapes", (5,))


class Shapes(Cloud):
    spec = SHAPES


class NoCode(Drawer):
    def __init__(self):
        super().__init__()
        self.latent_prior = registry.get("standard_normal", "prior", latent_dim=3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: extractors.load_extractor("mnits"), "Did you mean 'mnist'"),
        (lambda: extractors.load_extractor(None, SHAPES), "given for 'shapes'"),
        (lambda: metrics_of_coverage.mode_coverage(Drawer()), "Received: 'digits'"),
        (
            lambda: metrics_of_coverage.mode_coverage(Cloud(), batch_of_modes(), 0),
            "num_samples=0",
        ),
        (
            lambda: evaluation.classifier_score(Cloud(), None, extractor=Halves()),
            "must tell classes apart, with `probabilities`. Received: 'halves'",
        ),
        (
            lambda: evaluation.code_purity(NoCode()),
            re.escape("codes of the sizes [] and num_samples=10000"),
        ),
        (lambda: evaluation.code_purity(Drawer(), None, 9), "num_samples=9"),
        (
            lambda: evaluation.diversity(Drawer(), [{"x": np.zeros((3, 16, 16, 1))}]),
            "Received: 3 that are all the same",
        ),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_extractor_must_have_features():
    with pytest.raises(TypeError, match=r"Received: 3 of type int"):
        extractors.load_extractor(3)


def test_a_judge_of_several_attributes_gives_no_scores_of_classes():
    options = {"image_size": 32, "num_examples": 24, "batch_size": 8}
    batches, spec = data.load("chair_views", "test", **options)
    model = zoo.build("gan", spec, units=(4,), preset=False)
    found = evaluation.evaluate(model, batches, num_samples=16)
    assert found["frechet_distance"] > 0
    assert not {"classifier_score", "class_coverage"} & {*found}
    with pytest.raises(ValueError, match=r"must tell classes apart.*'chair_views'"):
        evaluation.evaluate(model, batches, ["classifier_score"], num_samples=16)
