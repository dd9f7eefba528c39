"""Series of diagrams: the data and their rules, models that foretell, the measure."""

from __future__ import annotations

import cases
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data.sources.diagrams import drawn_series
from keras_genmodels.networks import frame_prediction

SMALL = {
    "preset": False,
    "filters": (3, 4),
    "units": (6,),
    "code_dim": 5,
    "critic_filters": (3, 4),
    "critic_units": 4,
}
SPLITS = ("train", "validation", "test", "hard")


def loaded(split, **options):
    options = {"batch_size": 8, "image_size": 16, "num_examples": 32, **options}
    return kgm.data.load("diagrams", split, shuffle=False, **options)


@pytest.fixture(scope="module")
def series():
    """Small test series with options, 4 batches of 8, and their spec."""
    return loaded("test")


@pytest.fixture
def batches(series):
    return series[0]


@pytest.fixture
def spec(series):
    return series[1]


def built(spec, **arguments):
    return kgm.zoo.build("context_rnn_gan", spec, seed=1, **{**SMALL, **arguments})


class TestContextRNNGAN(cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built(spec, **options)

    def draws(self, model):
        return False

    def test_latents_become_samples(self, build):
        """Sources do: there are no latents."""
        model = build()
        source = cases.some_condition(model.spec, 3)["source"]
        x = model.translate(source)
        assert x.shape == (3, *model.spec.x_shape)
        same = model.sample(condition={"source": source}, seed=5)
        np.testing.assert_array_equal(x, same)
        assert not hasattr(model, "decode")


# --- the data -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole():
    """A function to 1,000 whole series of a split, as a person sees them."""
    found = {}

    def of(split):
        if split not in found:
            options = {"batch_size": 1000, "image_size": None, "num_examples": 1000}
            batches, spec = loaded(split, **options)
            found[split] = next(batches.as_numpy_iterator()), spec
        return found[split]

    return of


def all_six(batch):
    """The six diagrams of each series, (n, 6, 32, 32)."""
    assert np.array_equal(batch["source"][:, 1:], batch["x"][:, :-1])
    return np.concatenate([batch["source"][:, :1], batch["x"]], axis=1)[..., 0]


def discs(pictures):
    """Which of eight places, clockwise from the top, show a disc, (..., 8)."""
    angle = 2 * np.pi * np.arange(8) / 8
    row = np.int32(np.floor(16 - 13.5 * np.cos(angle)))
    column = np.int32(np.floor(16 + 13.5 * np.sin(angle)))
    return pictures[..., row, column] > 0.5


PLACE = np.arange(32) - 15.5  # of pixels, from the middle


def middles(pictures):
    """Pictures without the ring on which discs are."""
    return pictures * (np.hypot(PLACE, PLACE[:, None]) < 11.1)


def of_rule(whole, split, rule):
    """The six diagrams of each series that follows a rule alone."""
    batch, spec = whole(split)
    rules = np.array(spec.attributes[0].classes)
    return all_six(batch)[rules[spec.labels(batch["condition"])["rule"]] == rule]


@pytest.mark.parametrize("split", ["test", "hard"])
@pytest.mark.parametrize("rule", ["rotation", "growth", "alternation"])
def test_a_rule_of_the_figure_leaves_the_discs_alone(whole, split, rule):
    found = of_rule(whole, split, rule)
    assert len(found) > 30
    np.testing.assert_array_equal(np.diff(discs(found), axis=1), False)
    assert np.all(np.any(found[:, 1:] != found[:, :-1], axis=(1, 2, 3)))


@pytest.mark.parametrize("split", ["test", "hard"])
@pytest.mark.parametrize("rule", ["movement", "counting"])
def test_a_rule_of_the_discs_leaves_the_figure_alone(whole, split, rule):
    found = of_rule(whole, split, rule)
    assert len(found) > 30
    inner = middles(found)
    np.testing.assert_array_equal(inner, np.repeat(inner[:, :1], 6, axis=1))
    assert np.all(np.any(found[:, 0] != found[:, 1], axis=(1, 2)))


def test_discs_are_counted_up_or_down(whole):
    steps = np.diff(discs(of_rule(whole, "test", "counting")).sum(axis=-1), axis=1)
    assert {tuple(row) for row in steps} == {(1,) * 5, (-1,) * 5}
    steps = np.diff(discs(of_rule(whole, "hard", "counting")).sum(axis=-1), axis=1)
    assert {tuple(row) for row in steps} == {(2, -1, 2, -1, 2), (-2, 1, -2, 1, -2)}


def first_places(shown):
    """Where rows of discs begin, counted clockwise."""
    begins = shown & ~np.roll(shown, 1, axis=-1)
    assert np.all(begins.sum(axis=-1) == 1)
    return begins.argmax(axis=-1)


def test_discs_move_by_equal_steps_and_otherwise_by_growing_ones(whole):
    steps = {
        split: np.diff(first_places(discs(of_rule(whole, split, "movement")))) % 8
        for split in ("test", "hard")
    }
    assert {tuple(row) for row in steps["test"]} == {
        (step,) * 5 for step in (1, 2, 3, 5, 6, 7)
    }
    assert {tuple(row) for row in steps["hard"]} == {(1, 2, 3, 4, 5), (7, 6, 5, 4, 3)}


def test_figures_turn_by_equal_steps_and_otherwise_by_growing_ones(whole):
    """The middle of their ink goes round; its steps turn as the figure does."""
    turned = {}
    for split in ("test", "hard"):
        ink = middles(of_rule(whole, split, "rotation"))
        mass = ink.sum(axis=(2, 3))
        at = (ink.sum(axis=2) @ PLACE + 1j * (ink.sum(axis=3) @ PLACE)) / mass
        steps = np.diff(at, axis=1)
        turned[split] = np.angle(steps[:, 1:] / steps[:, :-1]) / (np.pi / 4)
    equal, growing = turned["test"], turned["hard"]
    large = np.ptp(equal, axis=1) < 0.5  # small figures show too few pixels to measure
    assert large.mean() > 0.8
    whole_steps = {*np.unique(np.rint(equal[large].mean(axis=1)).astype(int))}
    assert whole_steps == {-3, -2, -1, 1, 2, 3}
    # From one step of t eighths to the next, a chord turns by t + 1/2.
    assert np.median(np.abs(np.abs(growing[:, 0]) - 1.5)) < 0.3


def test_figures_grow_or_shrink_and_fills_change(whole):
    ink = middles(of_rule(whole, "test", "growth")).sum(axis=(2, 3))
    up = np.diff(ink, axis=1) > 0
    assert np.all(up == up[:, :1])
    assert 0.2 < up[:, 0].mean() < 0.8
    ink = of_rule(whole, "test", "alternation")
    np.testing.assert_array_equal(ink[:, 0], ink[:, 2])
    np.testing.assert_array_equal(ink[:, 1], ink[:, 5])
    ink = of_rule(whole, "hard", "alternation")
    np.testing.assert_array_equal(ink[:, 0], ink[:, 3])
    np.testing.assert_array_equal(ink[:, 2], ink[:, 5])


@pytest.mark.parametrize("split", ["validation", "test", "hard"])
def test_one_option_is_right_and_the_others_are_wrong_in_one_thing(whole, split):
    batch, _ = whole(split)
    options, right = batch["options"][..., 0], batch["x"][:, -1, :, :, 0]
    differs = np.any(options != right[:, None], axis=(2, 3))
    assert np.all(differs.sum(axis=1) == 4)
    places = differs.argmin(axis=1)  # of the right one
    expected, bound = len(places) / 5, cases.bound(5) * np.sqrt(len(places) * 0.16)
    assert np.all(np.abs(np.bincount(places, minlength=5) - expected) <= bound)
    figure = np.any(middles(options) != middles(right)[:, None], axis=(2, 3))
    ring = np.any(discs(options) != discs(right)[:, None], axis=2)
    assert np.all((figure ^ ring) == differs)
    for row in options:
        assert len({option.tobytes() for option in row}) == 5


@pytest.mark.parametrize("split", ["test", "hard"])
def test_an_option_of_a_single_rule_is_the_diagram_before(whole, split):
    batch, spec = whole(split)
    single = spec.labels(batch["condition"])["rule"] < 5
    last, options = batch["source"][single, -1], batch["options"][single]
    assert np.all(np.any(np.all(options == last[:, None], axis=(2, 3, 4)), axis=1))
    changed = np.any(last != batch["x"][single, -1], axis=(1, 2, 3))
    assert changed.mean() > 0.9  # so that it is a wrong one


def test_no_series_is_in_two_splits():
    """By the numbers that tell a series; drawn at random, some 10 would be."""
    found = {}
    for split, chunks in zip(SPLITS, (30, 6, 6, 6), strict=True):
        drawn = [
            drawn_series(split, np.random.RandomState(i))[1] for i in range(chunks)
        ]
        found[split] = {one.tobytes() for one in np.concatenate(drawn)}
    for one in SPLITS:
        for other in SPLITS:
            assert one == other or not found[one] & found[other]


def test_the_first_series_do_not_depend_on_their_number(batches):
    for ours, theirs in zip(batches, loaded("test", num_examples=700)[0], strict=False):
        for name, value in ours.items():
            np.testing.assert_array_equal(value, theirs[name])


def test_training_series_have_no_options():
    train, spec = loaded("train")
    assert "options" not in next(iter(train))
    assert [tensor.name for tensor in spec.tensors] == ["source"]


# --- the networks ---------------------------------------------------------------------

CLIP = (4, 8, 8, 1)


def seen_by(network, key, inputs, of):
    """Which steps of each input a step of the output depends on, (of, input, step)."""
    found = {}
    for step in range(CLIP[0]):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = tf.reduce_sum(tf.square(network(inputs)[key][:, step]))
        gradients = tape.gradient(value, inputs)
        found[step] = {
            name: [t for t in range(CLIP[0]) if np.any(gradients[name][:, t] != 0)]
            for name in of
        }
    return found


def noise(*names):
    return {
        name: tf.random.stateless_uniform((2, *CLIP), (0, place))
        for place, name in enumerate(names)
    }


@pytest.mark.parametrize("context", [True, False])
def test_a_prediction_depends_on_what_came_before(context):
    network = frame_prediction.predictor(
        {"source": CLIP}, {"x": CLIP}, (3, 4), (6,), 5, context
    )
    found = seen_by(network, "x", noise("source"), ["source"])
    for step, seen in found.items():
        assert seen["source"] == (list(range(step + 1)) if context else [step])


@pytest.mark.parametrize("context", [True, False])
def test_a_score_depends_on_its_picture_and_those_before(context):
    names = ["x", "source"] if context else ["x"]
    network = frame_prediction.context_critic(dict.fromkeys(names, CLIP), (3, 4), 6, 5)
    found = seen_by(network, "score", noise(*names), names)
    for step, seen in found.items():
        assert seen["x"] == [step]
        if context:
            assert seen["source"] == list(range(step + 1))


def test_a_critic_without_context_learns_nothing_of_the_order(spec, batches):
    """It scores a picture as it does in any other place and series."""
    model = built(spec, critic_context=False)
    x = next(iter(batches))["x"]
    score = model.critics[0].network({"x": x})["score"]
    mixed = model.critics[0].network({"x": x[::-1, ::-1]})["score"]
    np.testing.assert_allclose(score, mixed[::-1, ::-1], atol=1e-6)


# --- the recipe -----------------------------------------------------------------------


def test_a_memory_foretells_what_one_diagram_does_not():
    """A column goes right or left; no picture shows which, any two do."""
    start, way = np.divmod(np.arange(16), 2)
    columns = (start[:, None] + (2 * way[:, None] - 1) * np.arange(6)) % 8
    shown = np.repeat(np.eye(8, dtype=np.float32)[columns][:, :, None], 8, axis=2)
    series = {"source": shown[:, :-1, ..., None], "x": shown[:, 1:, ..., None]}
    spec = kgm.data.DatasetSpec(
        "columns",
        (5, 8, 8, 1),
        tensors=[kgm.data.Tensor("source", (5, 8, 8, 1), "clip")],
    )
    errors, sizes = {}, {"filters": (8,), "units": (24,), "code_dim": 16}
    batches = tf.data.Dataset.from_tensors(series).repeat(200)
    for memory in (True, False):
        rates = {"adversarial": 0.0, "generator_learning_rate": 1e-2}
        model = built(spec, generator_context=memory, **rates, **sizes)
        model.fit(batches, epochs=1, verbose=0)
        last = model.translate(series["source"])[:, -1] - series["x"][:, -1]
        errors[memory] = float(np.mean(np.square(last)))
    # Half of what is on in each of two columns is the best that one picture tells.
    assert errors[False] > 0.8 / 16
    assert errors[True] < 0.2 / 16


def test_data_without_a_source_are_refused():
    _, clips = kgm.data.load(
        "moving_shapes", batch_size=4, num_frames=3, num_examples=8
    )
    with pytest.raises(ValueError, match="`diagrams` have their own"):
        kgm.zoo.build("context_rnn_gan", clips)


def test_a_source_of_another_shape_is_refused():
    tensors = [kgm.data.Tensor("source", (4, 16, 16, 1), "clip")]
    spec = kgm.data.DatasetSpec("mine", (5, 16, 16, 1), tensors=tensors)
    with pytest.raises(ValueError, match=r"a source of the shape \(5, 16, 16, 1\)"):
        built(spec)


def test_an_export_foretells_what_the_model_does(spec, batches, tmp_path):
    model = built(spec)
    kgm.export.save(model, tmp_path / "series" / "1")
    artefact = kgm.export.load(tmp_path / "series")
    source = next(iter(batches))["source"][:2]
    x = artefact.translate(source, seed=5)
    np.testing.assert_allclose(x, model.translate(source), atol=1e-5)


def test_default_metrics_measure_a_model_of_series(spec, batches):
    found = evaluation.evaluate(built(spec), batches)
    assert 0 < found["translation_error"] < 1
    assert found["psnr/of_source"] > 5


def test_what_was_foretold_stands_below_what_came(spec, batches):
    model, batch = built(spec), next(iter(batches))
    drawn = kgm.registry.lookup("series", "figure")(model, batch)
    cell = 3 * 16 + 1  # each pixel is one of 3x3, and a line is between pictures
    assert drawn.shape == (18 * cell + 1, 6 * cell + 1, 1)
    made = model.translate(batch["source"][:6]).numpy()
    for row, column, picture in (
        (0, 0, batch["source"][0, 0]),
        (3, 5, batch["x"][1, 4]),
        (4, 5, made[1, 4]),
        (5, 4, batch["options"][1, 4]),
    ):
        found = drawn[row * cell + 1 :, column * cell + 1 :][: cell - 1, : cell - 1]
        np.testing.assert_array_equal(found[::3, ::3], picture)
    gan = kgm.zoo.build("gan", kgm.data.DatasetSpec("d", (4, 4, 1)), units=(4,))
    with pytest.raises(ValueError, match="'series' needs a model that foretells"):
        kgm.registry.lookup("series", "figure")(gan, {"x": np.zeros((1, 4, 4, 1))})


# --- the measure ----------------------------------------------------------------------


class Oracle:
    """A stand-in for a model whose last diagram is that of a function of a batch."""

    def __init__(self, spec, batches, last):
        self.spec, self.batch_tensors = spec, ("x", "source")
        self.rows = {
            source.tobytes(): picture
            for batch in batches.as_numpy_iterator()
            for source, picture in zip(batch["source"], last(batch), strict=True)
        }

    def translate(self, source, condition=None, seed=0):
        last = np.stack([self.rows[row.tobytes()] for row in source])
        return np.repeat(last[:, None], 5, axis=1)


QUICK = {"steps": 30, "batch_size": 16}


def asked(spec, batches, last, **options):
    options = {"train": loaded("train")[0], **QUICK, **options}
    oracle = Oracle(spec, batches, last)
    return evaluation.evaluate(oracle, batches, ["multiple_choice_accuracy"], **options)


def test_the_right_answers_are_all_right(spec, batches):
    found = asked(spec, batches, lambda batch: batch["x"][:, -1])
    name = "multiple_choice_accuracy"
    assert found[name] == found[f"{name}/pixels"] == 1.0
    by_class = [v for key, v in found.items() if key.startswith(f"{name}/rule/")]
    assert by_class == [1.0] * len(by_class)
    assert by_class
    assert found[f"{name}/chance"] == 0.2
    assert found[f"{name}/examples"] == 32


def test_what_stands_still_is_no_answer(spec, batches):
    found = asked(spec, batches, lambda batch: batch["source"][:, -1])
    name = "multiple_choice_accuracy"
    assert found[name] == found[f"{name}/last"] < 0.4
    assert found[f"{name}/pixels"] == found[f"{name}/last/pixels"] < 0.2


def test_a_wrong_option_is_a_wrong_answer(spec, batches):
    def next_option(batch):
        away = np.abs(batch["options"] - batch["x"][:, -1:]).max(axis=(2, 3, 4))
        place = (away.argmin(axis=1) + 1) % 5
        return batch["options"][np.arange(len(place)), place]

    found = asked(spec, batches, next_option)
    assert found["multiple_choice_accuracy"] == 0.0
    assert found["multiple_choice_accuracy/pixels"] == 0.0


def test_the_autoencoder_is_a_function_of_the_seed(spec, batches):
    def blurred(batch):
        return (batch["x"][:, -1] + batch["source"][:, -1]) / 2

    first, again = (asked(spec, batches, blurred, seed=3) for _ in range(2))
    assert first == again


def test_questions_without_options_or_without_the_right_one_are_refused(spec, batches):
    name = ["multiple_choice_accuracy"]
    model, train = built(spec), loaded("train")[0]
    with pytest.raises(ValueError, match=r"must have 'source' and 'options'; .*'tra"):
        evaluation.evaluate(model, train, name, train=train, **QUICK)
    broken = batches.map(lambda batch: batch | {"options": batch["options"] * 0.5})
    with pytest.raises(ValueError, match="must have the last picture of x among 'opt"):
        evaluation.evaluate(model, broken, name, train=train, **QUICK)
    with pytest.raises(ValueError, match=r"`train` must be .* the autoencoder is fit"):
        evaluation.evaluate(model, batches, name, **QUICK)
