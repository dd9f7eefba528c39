"""Every recipe through the contract of models, then what is special to each model."""

from __future__ import annotations

import subprocess
import sys

import cases
import numpy as np
import pytest
import tensorflow as tf
from test_autoregressive import RECIPES as AUTOREGRESSIVE
from test_borrowing import SMALL as BORROWERS
from test_composite_gans import SMALL as COMPOSITE
from test_gans import SMALL as GAMES
from test_rivals import ROTATOR
from test_rivals import SMALL as VIDEO_GAMES
from test_rivals import SPEC as CLIP_SPEC
from test_translation import SMALL as TRANSLATORS
from test_unpaired_translation import SMALL as UNPAIRED
from test_video_vae import ABLATION
from test_video_vae import SMALL as VIDEO

import keras_genmodels as kgm
from keras_genmodels.distributed_random import draw
from keras_genmodels.evaluation.classifiers import attributes_training, training
from keras_genmodels.objectives import ELBO, importance_weighted_bound
from keras_genmodels.seeds import seed_pair

SMALL = {  # what makes each recipe quick
    "linear_autoencoder": {"latent_dim": 3},
    "deep_autoencoder": {"latent_dim": 3, "units": (16, 8)},
    "conv_autoencoder": {"latent_dim": 3, "filters": (2, 3, 4, 4)},
    "vae": {"latent_dim": 3, "units": (16,)},
    "conv_vae": {"latent_dim": 3, "filters": (2, 4), "units": (8,)},
    "beta_tc_vae": {"latent_dim": 3, "filters": (2, 4), "units": (8,)},
    "wae": {"latent_dim": 3, "filters": (2, 4), "units": (8,)},
    "capacity_vae": {"latent_dim": 3, "filters": (2, 4), "units": (8,)},
    "iwae": {"latent_dim": 3, "units": (16,), "num_samples": 4},
    "conditional_vae": {"latent_dim": 3, "units": (16,)},
}


def bare(name, spec, **arguments):
    """The recipe with its own defaults, whatever the preset of the data set is."""
    return kgm.zoo.build(name, spec, preset=False, **arguments)


@pytest.fixture(scope="module")
def digits():
    """Binary digits, 8 batches of 16, and their spec."""
    return kgm.data.load(
        "digits", batch_size=16, binarise="static", num_examples=128, shuffle=False
    )


@pytest.fixture(scope="module")
def x(batches):
    return next(iter(batches))["x"]


@pytest.fixture(scope="module")
def vae(spec, batches):
    model = bare("vae", spec, latent_dim=2, units=(32,), learning_rate=5e-3)
    model.fit(batches, epochs=30, verbose=0)
    return model


@pytest.fixture
def build(recipe, spec):
    """Makes the model of a recipe anew."""
    return lambda **options: bare(recipe, spec, seed=1, **SMALL[recipe], **options)


# Nothing in their files is not in that of one of the others.
LIKE_OTHERS = ("beta_tc_vae", "conv_autoencoder", "deep_autoencoder", "iwae", "wae")


@pytest.mark.parametrize("recipe", sorted(SMALL.keys() - {*LIKE_OTHERS}))
class TestRecipes(cases.OnePlayerCase):
    pass


@pytest.mark.parametrize("recipe", LIKE_OTHERS)
class TestRecipesWithTheStateOfOthers(cases.StateOfOthers, cases.OnePlayerCase):
    pass


def test_every_recipe_is_held_to_the_contract():
    others = ["deep_rotator", "catgan", "improved_gan", "lapgan", "cogan"]
    others += ["aff_gan", "cc_gan", "gp_gan", *UNPAIRED, *BORROWERS]
    others += [
        *AUTOREGRESSIVE,
        "pixel_cnn_pp",
        "visual_dynamics",
        "vq_vae",
        "pixel_vae",
        "text_to_image",
        "gawwn",
        "al_cgan",
        "gan3d",
        "vae_gan3d",
        "dr_gan",
        "icgan",
        "aegan",
        "ian",
        "gene_gan",
        "age_cgan",
        "ff_gan",
        "ladder_vae",
        "am_gan",
        "art_gan",
        "projection_gan",
        "r3_gan",
        "sn_resnet_gan",
        "c_rnn_gan",
        "mdn_rnn",
        "cs_gan",
        "context_rnn_gan",
        "calo_gan",
        "la_gan",
        "ada_gan",
        "go_gan",
        "bayesian_gan",
        "bayesian_classifier",
    ]
    held = [*SMALL, *GAMES, *VIDEO, *ABLATION, *VIDEO_GAMES, *TRANSLATORS, *others]
    assert sorted(held) == sorted(kgm.registry.entries("recipe"))


CLIPS = {"vgan": VIDEO_GAMES["vgan"], "deep_rotator": ROTATOR, **VIDEO}
CONVOLVED = ["conv_vae", "dcgan", "ali", "lapgan", "cogan", *CLIPS]


@pytest.mark.parametrize("recipe", CONVOLVED)
def test_channels_are_last_whatever_keras_is_set_to(recipe, channels_first):
    spec = CLIP_SPEC if recipe in CLIPS else kgm.data.DatasetSpec("any", (18, 16, 3))
    small = {**SMALL, **GAMES, **COMPOSITE, **CLIPS}[recipe]
    model = kgm.zoo.build(recipe, spec, **{"preset": False} | small)
    formats = {
        layer.name: layer.data_format
        for layer in model._flatten_layers()
        if hasattr(layer, "data_format")
    }
    assert set(formats.values()) == {"channels_last"}, formats
    if recipe in ("conv_vae", "dcgan", "lapgan"):
        assert model.sample(2).shape == (2, *spec.x_shape)


def test_classifiers_have_channels_last_whatever_keras_is_set_to(channels_first):
    for network in (
        training.network((16, 16, 1), 2),
        attributes_training.network(CLIP_SPEC.x_shape, 2),
    ):
        formats = {getattr(layer, "data_format", None) for layer in network.layers}
        assert formats == {None, "channels_last"}


# --- the zoo --------------------------------------------------------------------------


def test_a_recipe_says_what_it_is():
    told = kgm.zoo.describe("vae")
    assert told["paper"].startswith("Kingma & Welling")
    assert told["summary"] == "The variational autoencoder, fully connected."
    assert told["arguments"]["latent_dim"] == 50
    assert not {"spec", "seed"} & set(told["arguments"])


@pytest.mark.parametrize("name", kgm.zoo.names())
def test_every_recipe_names_its_paper(name):
    assert len(kgm.zoo.describe(name)["paper"]) > 20


def test_a_model_remembers_its_recipe(spec):
    model = bare("vae", spec, latent_dim=2, units=(8,))
    assert model.recipe["name"] == "vae"
    assert model.recipe["arguments"]["latent_dim"] == 2
    assert model.recipe["arguments"]["units"] == [8]
    assert model.recipe["arguments"]["beta"] == 1.0


def test_building_leaves_the_global_seed_alone(spec):
    import random

    random.seed(5)
    expected = random.random()
    random.seed(5)
    bare("vae", spec, latent_dim=2, units=(8,))
    assert random.random() == expected


def test_unknown_names_are_met_with_the_nearest(spec):
    with pytest.raises(ValueError, match=r"Unknown recipe 'vea'.*Did you mean 'vae'"):
        kgm.zoo.build("vea", spec)
    with pytest.raises(
        ValueError, match=r"Unknown argument 'latent_dims'.*'latent_dim'"
    ):
        bare("vae", spec, latent_dims=3)
    with pytest.raises(ValueError, match=r"Unknown prior 'vamb'.*Did you mean 'vamp'"):
        bare("vae", spec, prior="vamb")


def test_conditional_vae_needs_attributes():
    plain = kgm.data.DatasetSpec("plain", (4, 4, 1))
    with pytest.raises(ValueError, match=r"needs a dataset with attributes"):
        kgm.zoo.build("conditional_vae", plain)


# --- the VAE --------------------------------------------------------------------------


def test_posterior_prior_and_likelihood_are_distributions(vae, x):
    posterior, prior = vae.posterior(x), vae.prior()
    z = posterior.sample(seed=seed_pair(0))
    assert posterior.batch_shape == (16,)
    assert posterior.event_shape == prior.event_shape == (2,)
    assert vae.likelihood(z).log_prob(x).shape == (16,)
    np.testing.assert_array_equal(vae.encode(x), posterior.mean())
    np.testing.assert_array_equal(vae.decode(z), vae.likelihood(z).mean())
    np.testing.assert_array_equal(vae.reconstruct(x), vae.decode(vae.encode(x)))


def test_samples_axis_of_the_likelihood(vae, x):
    z = vae.posterior(x).sample(3, seed=seed_pair(0))
    together = vae.likelihood(z).log_prob(x)
    assert together.shape == (3, 16)
    for one, log_prob in zip(z, together, strict=True):
        np.testing.assert_allclose(vae.likelihood(one).log_prob(x), log_prob, rtol=1e-5)


def test_elbo_is_reconstruction_minus_kl(vae, x):
    z = vae.posterior(x).sample(1, seed=seed_pair(4))
    mean, stddev = vae.posterior(x).mean(), vae.posterior(x).stddev()
    kl = 0.5 * tf.reduce_sum(mean**2 + stddev**2 - 1 - 2 * tf.math.log(stddev), axis=1)
    expected = vae.likelihood(z).log_prob(x)[0] - kl
    np.testing.assert_allclose(vae.elbo(x, seed=4), expected, rtol=1e-5)


def test_logged_terms_add_up(vae, batches):
    logs = vae.evaluate(batches, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(-logs["elbo"], rel=1e-5)
    assert logs["elbo"] == pytest.approx(-logs["reconstruction"] - logs["kl"], rel=1e-5)


def test_log_likelihood_equals_numerical_integration(vae, x):
    """log p(x) = log sum over a grid of p(x|z) p(z), in two latent dimensions."""
    wide = bare("vae", vae.spec, latent_dim=2, units=(32,))
    wide.set_weights(vae.get_weights())
    bias = wide.encoder.get_layer("posterior").bias
    bias.assign(
        bias + np.array([0.0, 1.0, 0.0, 1.0], "float32")
    )  # wider than the true posterior
    side = np.linspace(-6, 6, 241, dtype="float32")
    z = np.stack(np.meshgrid(side, side), -1).reshape(-1, 1, 2)
    cell = np.log((side[1] - side[0]) ** 2)
    log_joint = wide.likelihood(z).log_prob(x[:4]) + wide.prior().log_prob(z)
    exact = tf.reduce_logsumexp(log_joint, axis=0) + cell
    estimate = wide.log_likelihood(x[:4], num_samples=20_000)
    np.testing.assert_allclose(estimate, exact, atol=0.1)


def test_log_likelihood_tightens_and_bounds(vae, x):
    bounds = [
        np.mean([vae.log_likelihood(x, num_samples=k, seed=s) for s in range(8)])
        for k in (1, 10, 1000)
    ]
    assert bounds[0] < bounds[1] < bounds[2]
    elbo = np.mean(vae.elbo(x, num_samples=500))
    assert elbo == pytest.approx(bounds[0], abs=1.5)


@pytest.mark.parametrize("count", [1, 255, 256, 257, 600])
def test_log_likelihood_counts_exactly_its_samples(vae, x, count):
    """With a posterior equal to the prior and a flat likelihood every weight is 1."""
    flat = bare("vae", vae.spec, latent_dim=2, units=())
    flat.set_weights([np.zeros(w.shape) for w in flat.get_weights()])
    spread = np.zeros((2, 2))
    spread[:, 1] = np.log(np.expm1(1 - 1e-5))  # softplus gives a stddev of 1
    flat.encoder.layers[-1].bias.assign(spread.reshape(-1))
    expected = -np.log(2) * 256  # Bernoulli of 1/2 for each of 16 x 16 pixels
    found = flat.log_likelihood(x, num_samples=count)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_importance_weighted_bound_by_hand():
    log_weights = tf.math.log([[1.0, 2.0], [3.0, 6.0]])
    np.testing.assert_allclose(
        importance_weighted_bound(log_weights), np.log([2.0, 4.0]), rtol=1e-6
    )


def test_beta_weighs_the_kl(spec, x):
    losses = {}
    for beta in (0.0, 1.0, 4.0):
        model = bare("vae", spec, latent_dim=2, units=(8,), beta=beta)
        batch = {"x": x, "condition": tf.zeros((16, spec.condition_size))}
        terms = model.terms(batch, training=False)
        losses[beta] = np.mean(terms["loss"]), np.mean(terms["kl"])
    kl = losses[1.0][1]
    assert losses[4.0][0] - losses[0.0][0] == pytest.approx(4 * kl, rel=1e-4)
    assert losses[1.0][0] - losses[0.0][0] == pytest.approx(kl, rel=1e-4)


def test_warm_up_follows_the_optimiser(spec, batches):
    model = bare("vae", spec, latent_dim=2, units=(8,), warmup_steps=16)
    assert float(model.objective.beta_at(model.step)) == 0.0
    model.fit(batches, verbose=0)  # 8 steps
    assert float(model.objective.beta_at(model.step)) == pytest.approx(0.5)
    model.fit(batches, epochs=3, verbose=0)
    assert float(model.objective.beta_at(model.step)) == pytest.approx(1.0)


def test_free_bits_cost_nothing_below_their_number():
    q = kgm.distributions.NormalHead((2,)).distribution(tf.zeros((3, 4)))
    p = kgm.distributions.StandardNormalPrior(2).distribution()
    z = q.sample(1, seed=(0, 0))
    by_dimension = kgm.distributions.kl_by_dimension(q, p).numpy()[0, 0].item()
    below = ELBO(free_bits=by_dimension * 3)(tf.zeros((1, 3)), q, p, z, 0)
    above = ELBO(free_bits=by_dimension / 3)(tf.zeros((1, 3)), q, p, z, 0)
    np.testing.assert_allclose(below["loss"], 6 * by_dimension, rtol=1e-5)
    np.testing.assert_allclose(above["loss"], 2 * by_dimension, rtol=1e-5)


@pytest.mark.parametrize(
    "bad",
    [{"beta": -1}, {"free_bits": -0.1}, {"num_samples": 0}, {"beta": float("nan")}],
)
def test_objectives_refuse_impossible_numbers(bad):
    name, least = next(iter(bad)), int("num_samples" in bad)
    with pytest.raises(
        ValueError, match=rf"`{name}` must be >= {least}. Received: {name}"
    ):
        ELBO(**bad)


@pytest.mark.parametrize("prior", ["mixture", "vamp"])
@pytest.mark.parametrize("posterior", ["normal", "multivariate_normal"])
def test_every_prior_with_every_posterior(spec, batches, prior, posterior):
    model = kgm.zoo.build(
        "vae", spec, latent_dim=2, units=(8,), prior=prior, posterior=posterior
    )
    loss = model.fit(batches, epochs=3, verbose=0).history["loss"]
    assert loss[-1] < loss[0]
    assert np.any(model.sample(2) != model.sample(2, seed=1))


def test_vamp_prior_is_the_mixture_of_posteriors(spec):
    prior = kgm.distributions.VampPrior(2, x_shape=spec.x_shape, num_components=5)
    model = bare("vae", spec, latent_dim=2, units=(8,), prior=prior)
    z = np.random.default_rng(0).normal(size=(7, 1, 2)).astype("float32")
    components = model.posterior(prior.pseudo_inputs).log_prob(z)  # (7, 5)
    expected = tf.reduce_logsumexp(components, axis=1) - np.log(5)
    np.testing.assert_allclose(model.prior().log_prob(z[:, 0]), expected, rtol=1e-4)


def test_conditional_vae_listens_to_its_condition(spec, batches):
    model = kgm.zoo.build("conditional_vae", spec, latent_dim=2, units=(32,))
    model.fit(batches, epochs=10, verbose=0)
    zero, one = (spec.condition(1, label=d) for d in (0, 1))
    assert np.max(np.abs(model.sample(1, zero) - model.sample(1, one))) > 0.05
    assert model.sample(condition=spec.condition(3, label=4)).shape == (3, 16, 16, 1)
    with pytest.raises(
        ValueError, match=r"declares the inputs .*'condition'.*not there"
    ):
        model.sample(3)


def test_autoencoder_samples_follow_its_codes(spec, batches):
    model = kgm.zoo.build("deep_autoencoder", spec, latent_dim=2, units=(16,))
    model.fit(batches, epochs=40, verbose=0)
    codes = np.concatenate([model.encode(batch["x"]) for batch in batches])
    prior = model.prior()
    mean, stddev = codes.mean(axis=0), codes.std(axis=0)  # they drift in training
    np.testing.assert_allclose(prior.mean() / stddev, mean / stddev, atol=1.0)
    np.testing.assert_allclose(prior.stddev() / stddev, 1.0, atol=0.6)


# --- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["vae", "gan"])
def test_a_single_batch_trains_and_is_measured(spec, batches, recipe):
    small = SMALL.get(recipe) or GAMES[recipe]
    models = [kgm.zoo.build(recipe, spec, **small) for _ in range(2)]
    batch = next(iter(batches.as_numpy_iterator()))
    logs = models[0].train_on_batch(batch, return_dict=True)
    models[1].fit(batches.take(1), verbose=0)
    for one, other in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(one, other)
    assert logs.keys() == models[0].test_on_batch(batch, return_dict=True).keys()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((4, 8, 8, 1), "float32")}, r"`x` must .*16, 16, 1.*8, 8, 1"),
        ({"x": np.full((4, 16, 16, 1), 255.0, "float32")}, r"\[0, 1\].*255"),
        ({"x": np.full((4, 16, 16, 1), np.nan, "float32")}, "(?i)nan"),
        ({"condition": np.zeros((4, 3), "float32")}, r"`condition` must .*10.*3"),
    ],
)
@pytest.mark.parametrize("as_dataset", [False, True])
def test_fit_refuses_a_bad_batch(spec, change, message, as_dataset):
    model = bare("vae", spec, latent_dim=2, units=(8,))
    good = {
        "x": np.zeros((4, 16, 16, 1), "float32"),
        "condition": np.zeros((4, 10), "float32"),
    }
    batch = {**good, **change}
    data = tf.data.Dataset.from_tensors(batch) if as_dataset else batch
    with pytest.raises(ValueError, match=message):
        model.fit(data, verbose=0)


def test_a_seed_is_an_int_or_two():
    np.testing.assert_array_equal(seed_pair(7), [0, 7])
    np.testing.assert_array_equal(seed_pair((3, 7)), [3, 7])
    with pytest.raises(ValueError, match=r"`seed` must be an int or two ints"):
        seed_pair([1, 2, 3])


# --- more than one device -------------------------------------------------------------


def test_draw_on_one_device_is_a_plain_sample():
    q = kgm.distributions.StandardNormalPrior(2).distribution()
    np.testing.assert_array_equal(draw(q, 3, (0, 1)), q.sample(3, seed=(0, 1)))


def test_two_devices_end_at_the_weights_of_one():
    recipes = {
        "vae": {"latent_dim": 4, "units": (32,)},
        "iwae": {"latent_dim": 4, "units": (32,), "num_samples": 3},
        "deep_autoencoder": {"latent_dim": 4, "units": (32,)},
    }
    options = {"batch_size": 32, "seed": 0, "binarise": "dynamic"}
    cases.check_two_devices("digits", options, 2, recipes)


def test_uneven_shares_weigh_as_many_examples_as_they_hold():
    """Of batches of 3 and 1 the devices get 2 and 1 examples, then 1 and none.

    The fitted prior of an autoencoder, too, is that of all of them.
    """
    options = {"batch_size": 3, "num_examples": 4, "drop_remainder": False, "seed": 0}
    recipes = {"deep_autoencoder": {"latent_dim": 4, "units": (8,)}}
    cases.check_two_devices("digits", options, 2, recipes)


# --- the file in another process ------------------------------------------------------


ORDERS = {
    "the package first": "import keras_genmodels, keras",
    "keras first": (
        "import keras\n"
        "try:\n"
        "    keras.saving.load_model(paths[0])\n"
        "except TypeError as error:\n"
        "    assert 'keras_genmodels.models' in str(error)\n"
        "import keras_genmodels"
    ),
}


@pytest.mark.parametrize("order", sorted(ORDERS))
def test_a_saved_model_loads_whatever_is_imported_first(spec, tmp_path, order):
    models = [
        bare("vae", spec, latent_dim=2, units=(8,), prior="mixture"),
        kgm.zoo.build("wgan", spec, **GAMES["wgan"]),  # with constraints
    ]
    paths = [str(tmp_path / f"{number}.keras") for number in range(2)]
    for model, path in zip(models, paths, strict=True):
        model.save(path)
    code = (
        f"paths = {paths}\n{ORDERS[order]}\n"
        "for path in paths:\n"
        "    model = keras.models.load_model(path)\n"
        "    print(model.sample(2, seed=3).numpy().sum())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = [float(line) for line in done.stdout.splitlines()]
    expected = [float(np.sum(model.sample(2, seed=3))) for model in models]
    assert found == pytest.approx(expected)
