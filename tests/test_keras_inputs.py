"""The data that Keras' methods take: what they make of it, and what they refuse."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from test_gans import SMALL as GAMES

import keras_genmodels as kgm
from keras_genmodels.pictures import save_png

N, BATCH = 24, 8
RANDOM = np.random.default_rng(0)
X = RANDOM.random((N, 16, 16, 1), dtype="float32")
Y = np.arange(N) % 10
SPOILT = {
    "of 0..255": (X * 255, r"`x` must be in \[0, 1\].*Divide pixels of 0..255 by 255"),
    "negative": (X - 1, r"`x` must be in \[0, 1\]"),
    "NaN": (np.full_like(X, np.nan), r"`x` must be finite.*NaN"),
    "uint8": (
        (X * 255).astype("uint8"),
        r"`x` must hold floats.*uint8.*Divide pixels of 0..255 by 255",
    ),
}


@pytest.fixture(scope="module")
def plain():
    return kgm.data.DatasetSpec("plain", (16, 16, 1))


def build(spec, recipe="vae", **more):
    small = {"vae": {"units": (8,), "latent_dim": 2}, **GAMES}.get(recipe, more)
    model = kgm.zoo.build(recipe, spec, **{"preset": False, **small}, seed=1)
    model.run_eagerly = True  # no graph to wait for
    return model


def conditional(spec):
    return build(spec, "conditional_vae", units=(8,), latent_dim=2)


class Parts(keras.utils.PyDataset):
    """The batches of arrays, in order."""

    def __init__(self, *arrays, **options):
        super().__init__(**options)
        self.arrays = arrays

    def __len__(self):
        return len(self.arrays[0]) // BATCH

    def __getitem__(self, index):
        part = slice(index * BATCH, (index + 1) * BATCH)
        return tuple(array[part] for array in self.arrays)


class Loader:
    """Batches that can be iterated over again, as those of a `DataLoader`."""

    def __init__(self, *arrays):
        self.parts = Parts(*arrays)

    def __len__(self):
        return len(self.parts)

    def __iter__(self):
        return (list(self.parts[i]) for i in range(len(self.parts)))


def generator(*arrays):
    parts = Parts(*arrays)
    while True:
        for index in range(len(parts)):
            yield parts[index]


def dataset(*arrays):
    return tf.data.Dataset.from_tensor_slices(arrays).batch(BATCH)


FORMS = {
    "dataset": dataset,
    "py_dataset": Parts,
    "workers": lambda *arrays: Parts(*arrays, workers=2),
    "generator": generator,
    "iterator": lambda *arrays: iter(Loader(*arrays)),
    "loader": Loader,
}
STEPS = {"steps_per_epoch": 3, "shuffle": False, "verbose": 0}


def weights_after(model, *data, **options):
    model.fit(*data, **{"batch_size": BATCH, **STEPS, **options})
    return model.get_weights()


def check_equal(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


# --- what is taken --------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["vae", "gan"])
def test_an_array_is_the_tensor_x(plain, recipe):
    expected = weights_after(build(plain, recipe), {"x": X})
    check_equal(weights_after(build(plain, recipe), X), expected)
    check_equal(weights_after(build(plain, recipe), X, X), expected)  # an autoencoder's


@pytest.mark.parametrize("form", sorted(FORMS))
def test_pairs_of_examples_and_labels_in_batches(spec, form):
    given = {"x": X, "condition": spec.condition(label=Y)}
    model = conditional(spec)
    found = weights_after(model, FORMS[form](X, Y), batch_size=None)
    check_equal(found, weights_after(conditional(spec), given))
    steps = {"steps": 3, "verbose": 0}
    logs = model.evaluate(FORMS[form](X, Y), return_dict=True, **steps)
    batches = dataset(*given.values()).map(lambda x, c: {"x": x, "condition": c})
    assert logs == model.evaluate(batches, return_dict=True, **steps)
    assert model.predict(FORMS[form](X, Y), **steps).shape == X.shape


@pytest.mark.parametrize(
    "labels",
    [
        Y,
        Y[:, None],
        Y.astype("float32"),
        [str(y) for y in Y],
        keras.utils.to_categorical(Y, 10),
        tf.constant(Y),
        {"label": Y},
    ],
)
def test_labels_in_every_form(spec, labels):
    expected = weights_after(
        conditional(spec), {"x": X, "condition": spec.condition(label=Y)}
    )
    check_equal(weights_after(conditional(spec), X, labels), expected)


def test_labels_of_several_attributes():
    attributes = kgm.data.side_by_side({"kind": "ab", "age": (0.0, 10.0)})
    both = kgm.data.DatasetSpec("both", (16, 16, 1), attributes)
    labels = np.stack([Y % 2, Y], axis=1).astype("float32")
    given = {"x": X, "condition": both.condition(kind=Y % 2, age=Y)}
    expected = weights_after(conditional(both), given)
    check_equal(weights_after(conditional(both), X, labels), expected)


def test_other_entrances_take_them_too(spec):
    model, given = conditional(spec), {"x": X, "condition": spec.condition(label=Y)}
    logs = model.evaluate(X, Y, batch_size=N, verbose=0, return_dict=True)
    assert logs == model.test_on_batch(X, Y, return_dict=True)
    assert logs == model.test_on_batch(given, return_dict=True)
    model.train_on_batch(X, Y)
    model.fit(X, Y, validation_split=0.5, verbose=0)
    history = model.fit(dataset(X, Y), validation_data=(X, Y), verbose=0).history
    assert "val_loss" in history


def test_an_array_is_reconstructed(plain):
    model = build(plain)
    expected = model.reconstruct(X)
    np.testing.assert_allclose(model(X), expected, atol=1e-6)
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, atol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(X), expected, atol=1e-6)


def test_a_directory_of_pictures(tmp_path):
    for number in range(8):
        save_png(tmp_path / "ab"[number % 2] / f"{number}.png", X[number])
    found = keras.utils.image_dataset_from_directory(
        tmp_path, color_mode="grayscale", image_size=(16, 16), batch_size=4, verbose=0
    )
    attributes = kgm.data.side_by_side({"label": found.class_names})
    model = conditional(kgm.data.DatasetSpec("mine", (16, 16, 1), attributes))
    with pytest.raises(ValueError, match=SPOILT["of 0..255"][1]):
        model.fit(found, verbose=0)
    model.fit(found.map(lambda x, y: (x / 255, y)), verbose=0)


# --- what is refused ------------------------------------------------------------------

ENTRANCES = {
    "fit": lambda m, x: m.fit(x, verbose=0),
    "validation_data": lambda m, x: m.fit(X, validation_data=x, verbose=0),
    "validation pair": lambda m, x: m.fit(X, validation_data=(x, x), verbose=0),
    "evaluate": lambda m, x: m.evaluate(x, verbose=0),
    "predict": lambda m, x: m.predict(x, verbose=0),
    "call": lambda m, x: m(x),
    "train_on_batch": lambda m, x: m.train_on_batch(x),
    "test_on_batch": lambda m, x: m.test_on_batch(x),
    "predict_on_batch": lambda m, x: m.predict_on_batch(x),
    "elbo": lambda m, x: m.elbo(x),
    "encode": lambda m, x: m.encode(x),
    "reconstruct": lambda m, x: m.reconstruct(x),
    "log_likelihood": lambda m, x: m.log_likelihood(x, num_samples=1),
    "invert": lambda m, x: m.inverter()(x),
}


@pytest.fixture(scope="module")
def vae(plain):
    return build(plain)


@pytest.mark.parametrize("spoilt", sorted(SPOILT))
@pytest.mark.parametrize("entrance", sorted(ENTRANCES))
def test_what_is_no_pixel_is_refused_at_every_entrance(vae, entrance, spoilt):
    x, message = SPOILT[spoilt]
    with pytest.raises((TypeError, ValueError), match=message):
        ENTRANCES[entrance](vae, x)


@pytest.mark.parametrize("spoilt", ["NaN", "of 0..255", "uint8"])
@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_batch_is_looked_at(vae, form, spoilt):
    x, message = SPOILT[spoilt]
    late = np.concatenate([X[:BATCH], X[:BATCH], x[:BATCH]])
    late = x if x.dtype == np.uint8 else late  # of one dtype
    for method in (vae.fit, vae.evaluate):
        with pytest.raises((TypeError, ValueError), match=message):
            method(FORMS[form](late), verbose=0)


def test_clips_and_frames_are_looked_at():
    _, spec = kgm.data.load("moving_shapes", batch_size=4, num_examples=4)
    model = kgm.zoo.build("video_vae", spec, preset=False)
    clips = np.full((2, *spec.x_shape), 255.0, "float32")
    message = r"must be in \[0, 1\].*by 255"
    for method in (model.elbo, model.encode, model.reconstruct):
        with pytest.raises(ValueError, match="`x` " + message):
            method(clips, np.zeros((2, spec.condition_size), "float32"))
    for method in (model.infer_attributes, model.continue_from):
        with pytest.raises(ValueError, match="`first_frame` " + message):
            method(clips[:, 0])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((X, Y), r"`y` must be left out.*no attributes.*`fit\(x\)`"),
        ((X, 1 - X), r"`y` of the shape of `x` must be `x` itself"),
        ((list(X),), r"`np.stack\(x\)`.*Received: list"),
        ((None,), r"`x` must be an array.*Received: NoneType"),
        ((dataset(X), X), r"parts of each batch where `x` makes batches"),
    ],
)
def test_data_without_a_meaning_are_refused_in_a_sentence(plain, data, message):
    with pytest.raises((TypeError, ValueError), match=message):
        build(plain).fit(*data, verbose=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (Y + 1, r"class index of attribute 'label' must be in 0..9. Received: 10"),
        (Y[:5], r"`x` and `condition` must have as many rows. Received: 24 and 5"),
        (np.zeros((N, 3)), r"`y` must hold the labels of \['label'\], \(batch, 1\)"),
        (Y + 0.5, r"must be a class name or an integer"),
        (None, r"`y` must be given.*\['label'\].*'condition': spec.condition"),
    ],
)
def test_labels_that_are_none_are_refused(spec, labels, message):
    with pytest.raises((TypeError, ValueError), match=message):
        conditional(spec).fit(X, labels, verbose=0)


def test_a_wrong_label_in_a_later_batch(spec):
    late = np.concatenate([Y[:-1], [17]])
    with pytest.raises(ValueError, match=r"must be in 0..9. Received: 17"):
        conditional(spec).fit(dataset(X, late), verbose=0)
    both = dataset({"x": X, "condition": spec.condition(label=Y)}, Y)
    with pytest.raises(ValueError, match=r"`y` must be left out where a batch has a"):
        conditional(spec).fit(both, verbose=0)


# --- weights --------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["vae", "gan"])
def test_a_weight_multiplies_the_terms_of_an_example(plain, recipe):
    model, x = build(plain, recipe), X[:BATCH]
    one = model.test_on_batch(x, return_dict=True)
    double = np.full(BATCH, 2.0)
    two = model.test_on_batch(x, sample_weight=double, return_dict=True)
    assert two == pytest.approx({name: 2 * value for name, value in one.items()})


def test_an_example_of_weight_zero_moves_nothing(plain):
    first = np.float32(np.arange(BATCH) < BATCH // 2)
    others = np.where(first[:, None, None, None] == 1, X[:BATCH], X[-BATCH:])
    models = [build(plain) for _ in range(2)]
    for model, x in zip(models, (X[:BATCH], others), strict=True):
        model.train_on_batch(x, sample_weight=first)
    for ours, theirs in zip(*(m.get_weights() for m in models), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


WEIGHTS = np.float32(np.arange(N) % 3)


@pytest.mark.parametrize("form", ["arrays", *sorted(FORMS)])
def test_weights_in_every_form(spec, form):
    given = {"x": X, "condition": spec.condition(label=Y), "sample_weight": WEIGHTS}
    expected = weights_after(conditional(spec), given)
    if form == "arrays":
        found = weights_after(conditional(spec), X, Y, sample_weight=WEIGHTS)
    else:
        data = FORMS[form](X, Y, WEIGHTS)
        found = weights_after(conditional(spec), data, batch_size=None)
    check_equal(found, expected)
    unweighted = weights_after(conditional(spec), X, Y)
    assert any(np.any(a != b) for a, b in zip(found, unweighted, strict=True))


@pytest.mark.parametrize("form", ["arrays", "dataset", "py_dataset", "loader"])
def test_weights_of_classes_are_weights_of_their_examples(spec, form):
    classes = {1: 3.0, 4: 0.0}
    each = np.array([classes.get(y, 1.0) for y in Y], "float32")
    expected = weights_after(conditional(spec), X, Y, sample_weight=each)
    data = (X, Y) if form == "arrays" else (FORMS[form](X, Y),)
    size = {} if form == "arrays" else {"batch_size": None}
    found = weights_after(conditional(spec), *data, class_weight=classes, **size)
    check_equal(found, expected)


def test_weights_count_in_evaluation(spec):
    model, two = conditional(spec), np.full(N, 2.0)
    found = [
        model.evaluate(X, Y, **weights, batch_size=N, verbose=0)
        for weights in ({}, {"sample_weight": two})
    ]
    np.testing.assert_allclose(2 * np.array(found[0]), found[1], rtol=1e-6)
    histories = [
        conditional(spec)
        .fit(X, Y, validation_data=data, shuffle=False, verbose=0)
        .history
        for data in ((X, Y), (X, Y, two))
    ]
    plain, doubled = (history["val_loss"][0] for history in histories)
    assert doubled == pytest.approx(2 * plain)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"sample_weight": WEIGHTS[:3]}, r"`sample_weight` must be 24 finite.*\(3,\)"),
        ({"sample_weight": WEIGHTS * np.nan}, r"`sample_weight` must be .*24 of them"),
        ({"class_weight": {11: 1.0}}, r"class index .*must be in 0..9. Received: 11"),
    ],
)
def test_weights_that_are_none_are_refused(spec, weights, message):
    with pytest.raises(ValueError, match=message):
        conditional(spec).fit(X, Y, verbose=0, **weights)


def test_weights_of_classes_need_classes(plain):
    with pytest.raises(ValueError, match=r"`class_weight` must be left out unless"):
        build(plain).fit(X, class_weight={0: 1.0}, verbose=0)
