"""Models of batches that hold more than `x` and `condition`: each trains, resumes bit
for bit, is saved, exported, and answers over the client.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from cases import all_state, as_seed
from serving_double import Double

import keras_genmodels as kgm
from keras_genmodels import training
from keras_genmodels.data import DatasetSpec, Tensor, side_by_side
from keras_genmodels.data.request import Arrays
from keras_genmodels.export import showcase
from keras_genmodels.models import GAN, VAE, Critic
from keras_genmodels.networks import dense, layers
from keras_genmodels.networks.conditioning import centred, named_inputs
from keras_genmodels.objectives import Reconstruction
from keras_genmodels.registry import register
from keras_genmodels.zoo import recipe

SIDE, COUNT, BATCH = 8, 32, 8
IMAGE = (SIDE, SIDE, 1)
SPEC = DatasetSpec(
    "pictures",
    IMAGE,
    side_by_side({"shape": ("disc", "box"), "height": (0.0, 1.0)}),
    (
        Tensor("source", IMAGE),
        Tensor("embedding", (6,), "vector"),
        Tensor("first_frame", IMAGE),
        Tensor("truth", IMAGE),
    ),
)


def arrays():
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(COUNT, *IMAGE)).astype("float32")
    shape = (np.arange(COUNT) % 2).tolist()
    return {
        "x": x,
        "condition": SPEC.condition(shape=shape, height=x.mean((1, 2, 3)).tolist()),
        "source": 1.0 - x,
        "embedding": rng.normal(size=(COUNT, 6)).astype("float32"),
        "first_frame": np.roll(x, 1, axis=1),
        "truth": x,
        "weight": rng.uniform(size=COUNT),  # nothing of the spec
    }


@register("pictures", family="dataset")
def pictures(request):
    """The same pictures as a set of `data.load`."""
    rows = request.fixed_split(COUNT)
    tensors = {key: value[rows] for key, value in arrays().items() if key != "weight"}
    x, condition = tensors.pop("x"), tensors.pop("condition")
    labels = np.stack([*SPEC.labels(condition).values()], axis=1)
    return Arrays(x, labels, SPEC, tensors=tensors)


@pytest.fixture(scope="module")
def batches():
    return tf.data.Dataset.from_tensor_slices(arrays()).batch(BATCH)


@recipe("translator")
def translator(spec, reconstruction=100.0, rate=0.5, seed=0):
    """A generator that sees a source and dropout noise, a critic of patches."""
    inputs = named_inputs({"source": spec.shapes["source"], "seed": (2,)})
    hidden = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(
        inputs["source"]
    )
    hidden = layers.SeededDropout(rate)(hidden, inputs["seed"])
    x = keras.layers.Conv2D(1, 3, padding="same")(hidden)
    generator = keras.Model(inputs, {"x": x}, name="generator")
    pair = named_inputs({"x": spec.x_shape, "source": spec.shapes["source"]})
    both = keras.layers.Concatenate()([*centred(pair).values()])
    hidden = keras.layers.Conv2D(4, 3, 2, activation="leaky_relu")(both)
    score = keras.layers.Conv2D(1, 1, name="score")(hidden)  # (batch, 3, 3, 1)
    critic = Critic(keras.Model(pair, {"score": score}, name="critic"))
    terms = [Reconstruction(reconstruction)]
    return GAN(spec, generator, critic, terms=terms, seed=seed)


@recipe("embedded")
def embedded(spec, latent_dim=3, units=(16,), seed=0):
    """A GAN whose generator and critic both see an embedding."""
    sees = {"embedding": spec.shapes["embedding"]}
    generator = dense.mlp(
        {"latent": (latent_dim,), **sees}, {"x": SIDE * SIDE}, units, name="generator"
    )
    critic = dense.mlp({"x": spec.x_shape, **sees}, {"score": 1}, units, name="critic")
    return GAN(spec, generator, Critic(critic), seed=seed)


@recipe("next_frame")
def next_frame(spec, latent_dim=3, units=(16,), seed=0):
    """A VAE of the picture that follows a first one, which encoder and decoder see."""
    first = {"first_frame": spec.shapes["first_frame"]}
    size = {"posterior": 2 * latent_dim}
    encoder = dense.mlp({"x": spec.x_shape, **first}, size, units, name="encoder")
    latent = {"latent": (latent_dim,), **first}
    decoder = dense.mlp(latent, {"likelihood": SIDE * SIDE}, units, name="decoder")
    return VAE(spec, encoder, decoder, seed=seed)


NEEDED = {"translator": "source", "embedded": "embedding", "next_frame": "first_frame"}
each = pytest.mark.parametrize("name", NEEDED)


def build(name):
    return kgm.zoo.build(name, SPEC, seed=1)


def given(name, rows):
    return {NEEDED[name]: arrays()[NEEDED[name]][:rows]}


@each
def test_a_recipe_asks_for_what_its_networks_declare(name, batches):
    model = build(name)
    assert model.batch_tensors == ("x", NEEDED[name])
    few = batches.map(lambda batch: {key: batch[key] for key in ("x", NEEDED[name])})
    history = model.fit(few, epochs=1, verbose=0).history
    assert np.all(np.isfinite([*history.values()]))
    with pytest.raises(ValueError, match=rf"must have the keys.*'{NEEDED[name]}'"):
        model.fit(batches.map(lambda batch: {"x": batch["x"]}), verbose=0)
    with pytest.raises(ValueError, match=rf"must have the keys.*'{NEEDED[name]}'"):
        model.train_on_batch({"x": arrays()["x"]})


@each
def test_going_on_from_a_file_equals_not_stopping(name, batches, tmp_path):
    model = build(name)
    model.fit(batches, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, twin):
        one.fit(batches, epochs=3, initial_epoch=1, verbose=0)
    for ours, theirs in zip(all_state(model), all_state(twin), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)
    drawn = [one.sample(condition=given(name, 4), seed=2) for one in (model, twin)]
    assert drawn[0].shape == (4, *IMAGE)
    np.testing.assert_array_equal(*drawn)


@each
def test_samples_follow_the_seed_and_what_is_given(name):
    model, some = build(name), given(name, 4)
    x = model.sample(condition=some, seed=3)
    np.testing.assert_array_equal(x, model.sample(4, some, seed=3))
    assert np.any(x != model.sample(condition=some, seed=4))
    others = {key: value[::-1] for key, value in some.items()}
    assert np.any(x != model.sample(condition=others, seed=3))
    one = {key: value[:1] for key, value in some.items()}
    assert model.sample(3, one).shape == (3, *IMAGE)
    with pytest.raises(ValueError, match=f"`{NEEDED[name]}` must have 3 rows, or one"):
        model.sample(3, some)
    with pytest.raises(ValueError, match=rf"\['{NEEDED[name]}'\] is not there"):
        model.sample(2)


@each
def test_every_signature_equals_its_method_here_and_over_the_client(name, tmp_path):
    model, some = build(name), given(name, 4)
    path = kgm.export.save(model, tmp_path / name / "1")
    loaded = kgm.export.load(path)
    assert loaded.spec == SPEC
    expected = model.sample(condition=some, seed=5)
    with Double(path.parent) as server:
        client = kgm.export.Client(server.rest, name)
        for artefact in (loaded, client):
            drawn = artefact.sample(condition=some, seed=5)
            np.testing.assert_allclose(drawn, expected, atol=1e-5)
    inputs = loaded.signatures["sample"]["inputs"]
    assert sorted(inputs) == sorted([NEEDED[name], "seed"])
    assert inputs[NEEDED[name]]["shape"] == [None, *SPEC.shapes[NEEDED[name]]]


def test_a_translator_has_no_latents_and_says_so(tmp_path):
    model = build("translator")
    for method in ("prior", "generate", "decode"):
        assert not hasattr(model, method)
        with pytest.raises(AttributeError, match=rf"`{method}` needs a .*'latent'"):
            getattr(model, method)
    loaded = kgm.export.load(kgm.export.save(model, tmp_path / "translator" / "1"))
    assert list(loaded.signatures) == ["sample", "translate"]


def test_a_vae_of_the_next_frame_has_all_of_its_methods(tmp_path):
    model, batch = build("next_frame"), arrays()
    x, first = batch["x"][:3], {"first_frame": batch["first_frame"][:3]}
    z = model.encode(x, first)
    nats = model.log_likelihood(x, first, num_samples=200)
    assert np.all(nats >= model.elbo(x, first, num_samples=200) - 1.0)
    loaded = kgm.export.load(kgm.export.save(model, tmp_path / "next_frame" / "1"))
    pairs = [
        (loaded.encode(x, first), z),
        (loaded.decode(z, first), model.decode(z, first)),
        (loaded.reconstruct(x, first), model.reconstruct(x, first)),
        (loaded.log_likelihood(x, first, 50), model.log_likelihood(x, first, 50)),
        (loaded.elbo(x, first), model.elbo(x, first)),
        (
            loaded.interpolate(
                z[:1], z[1:2], 3, {"first_frame": first["first_frame"][:1]}
            ),
            tf.stack(
                [
                    model.decode(
                        (1 - w) * z[:1] + w * z[1:2],
                        {k: v[:1] for k, v in first.items()},
                    )
                    for w in (0.0, 0.5, 1.0)
                ],
                axis=1,
            ),
        ),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=1e-4)


def test_a_term_and_a_label_are_needed_only_where_they_are_read(batches):
    """An unconditional model of labelled data takes pictures alone."""
    spec = DatasetSpec("pictures", IMAGE, SPEC.attributes)
    model = kgm.zoo.build("vae", spec, units=(8,), latent_dim=2)
    x = arrays()["x"]
    assert len(model.fit({"x": x}, verbose=0).history["loss"]) == 1
    assert model.predict({"x": x}, verbose=0).shape == x.shape
    plain = kgm.zoo.build("vae", DatasetSpec("bare", IMAGE), units=(8,), latent_dim=2)
    assert (
        len(plain.fit(batches, verbose=0).history["loss"]) == 1
    )  # keys beyond its own


def test_fake_batches_draw_the_resampled_attributes_anew():
    inputs = {"latent": (3,), "condition": (SPEC.condition_size,)}
    generator = dense.mlp(inputs, {"x": SIDE * SIDE}, (8,), name="generator")
    critic = dense.mlp(
        {"x": IMAGE, "condition": (SPEC.condition_size,)},
        {"score": 1},
        (8,),
        name="critic",
    )
    model = GAN(SPEC, generator, Critic(critic), resampled=("shape",))
    real = model.unpack({key: np.repeat(v, 8, axis=0) for key, v in arrays().items()})
    fake = model.generator_inputs(real, as_seed(1))["condition"].numpy()
    np.testing.assert_array_equal(fake[:, 2], real["condition"][:, 2])
    assert np.any(fake[:, :2] != real["condition"][:, :2])
    np.testing.assert_array_equal(fake[:, :2].sum(axis=1), 1.0)
    assert 0.3 < fake[:, 0].mean() < 0.7  # 256 fair coins: wrong once in 10**10
    again = model.generator_inputs(real, as_seed(1))["condition"]
    np.testing.assert_array_equal(fake, again)
    twin = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(model)
    )
    assert twin.resampled == ("shape",)


@pytest.mark.parametrize(
    ("output", "low", "high"),
    [
        ("sigmoid", 0.0, 1.0),
        ("clip", 0.0, 1.0),
        ("rectified", 0.0, np.inf),
        ("linear", -np.inf, np.inf),
    ],
)
def test_the_output_of_a_generator_becomes_a_sample(output, low, high):
    spec = DatasetSpec("bare", IMAGE)
    generator = dense.mlp({"latent": (3,)}, {"x": SIDE * SIDE}, (8,), name="generator")
    critic = dense.mlp({"x": IMAGE}, {"score": 1}, (8,), name="critic")
    generator.layers[-1].bias.assign(np.linspace(-3, 3, SIDE * SIDE))
    model = GAN(spec, generator, Critic(critic), output=output)
    x = model.sample(4, seed=1).numpy()
    assert low <= x.min() < x.max() <= high
    expected = {"sigmoid": False, "clip": True, "rectified": True, "linear": False}
    assert np.any(x == 0.0) == expected[output]
    twin = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(model)
    )
    assert twin.output_name == output


def test_networks_are_held_against_the_tensors_of_the_spec():
    generator = dense.mlp({"latent": (3,)}, {"x": SIDE * SIDE}, (8,), name="generator")
    for inputs, message in (
        ({"x": IMAGE, "picture": (4,)}, r"may declare the inputs \['x', 'condition', "),
        ({"x": IMAGE, "source": (4, 4, 1)}, r"'source' .* shape \(8, 8, 1\) that a b"),
    ):
        critic = dense.mlp(inputs, {"score": 1}, (8,), name="critic")
        with pytest.raises(ValueError, match=message):
            GAN(SPEC, generator, Critic(critic))
    judge = dense.mlp({"x": IMAGE}, {"score": 1}, (8,), name="critic")
    with pytest.raises(
        ValueError, match=r"`critics` must differ in `name`.*\['c', 'c'\]"
    ):
        GAN(SPEC, generator, [Critic(judge, name="c"), Critic(judge, name="c")])


@each
def test_a_run_is_trained_drawn_measured_and_published(name, tmp_path):
    options = {"epochs": 2, "batch_size": 4, "out": tmp_path / "run", "verbose": 0}
    run = training.train(name, "pictures", **options)
    drawn = [path.name for path in run.samples.glob("epoch-0002*.png")]
    expected = {"epoch-0002-translations.png"} if name != "embedded" else set()
    assert expected <= set(drawn), drawn
    assert np.isfinite(run.report["metrics"].get("elbo", 0.0))
    path = training.publish(run, tmp_path / "saved" / name)
    examples = showcase.read_examples(path.parent)
    assert set(examples.tensors) == {tensor.name for tensor in SPEC.tensors}
    np.testing.assert_allclose(examples.tensors["source"], 1 - examples.x, atol=0.01)
    some = {NEEDED[name]: examples.tensors[NEEDED[name]][:3]}
    drawn = kgm.export.load(path).sample(condition=some, seed=1)
    expected = training.restore(run).sample(condition=some, seed=1)
    np.testing.assert_allclose(drawn, expected, atol=1e-5)
    rebuilt = kgm.export.rebuild(path).sample(condition=some, seed=1)
    np.testing.assert_allclose(rebuilt, expected, atol=1e-5)
