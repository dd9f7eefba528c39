"""The video VAE through the contract of models, then what is special to it."""

from __future__ import annotations

import dataclasses
import json

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.distributions import (
    NormalMixtureHead,
    RecurrentPrior,
    divergences,
)
from keras_genmodels.models import VideoVAE
from keras_genmodels.models.attribute_inference import (
    attribute_cross_entropy,
    complete_condition,
    replace_improbable,
)
from keras_genmodels.models.video_bound import noisy_memory_input
from keras_genmodels.networks import convolutional, dense, video
from keras_genmodels.objectives import SequenceELBO
from keras_genmodels.seeds import seed_pair

TIME, SIDE = 3, 16
_TINY = {
    "latent_dim": 3,
    "features": 6,
    "memory": 5,
    "filters": (3, 4),
    "decoder_filters": (4, 3),
    "components": 2,
    "learning_rate": 1e-2,
}
SMALL = {  # what makes each recipe quick
    "video_vae": {**_TINY, "style": 3, "backdrops": 4, "memory_noise": 0.1},
    "vae_lstm": _TINY,
}
_SHARED = {"style": 3, "backdrops": 4}
ABLATION = {  # its rows, and what is beside it, which run a shorter contract
    "video_vae_static": {k: v for k, v in _TINY.items() if k != "memory"},
    "video_vae_unconditional_unstructured": _TINY,
    "video_vae_unconditional": {**_TINY, **_SHARED},
    "video_vae_unstructured": _TINY,
    "video_vae_additive": {**_TINY, **_SHARED},
}


@pytest.fixture(scope="module")
def shapes():
    """Clips of shapes, 6 batches of 4, and their spec."""
    options = {"num_frames": TIME, "image_size": SIDE, "num_examples": 24}
    return kgm.data.load("moving_shapes", batch_size=4, shuffle=False, **options)


@pytest.fixture(scope="module")
def batches(shapes):
    return shapes[0]


@pytest.fixture(scope="module")
def spec(shapes):
    return shapes[1]


@pytest.fixture(scope="module")
def batch(batches):
    return {key: value.numpy() for key, value in next(iter(batches)).items()}


@pytest.fixture(scope="module")
def model(spec):
    return kgm.zoo.build("video_vae", spec, seed=1, **SMALL["video_vae"])


def builder(recipe, spec):
    return lambda **options: kgm.zoo.build(
        recipe, spec, seed=1, **SMALL[recipe], **options
    )


class TestVideoVAE(cases.OnePlayerCase):
    @pytest.fixture
    def build(self, spec):
        return builder("video_vae", spec)


class TestVAELSTM(cases.VariantCase):
    @pytest.fixture
    def build(self, spec):
        return builder("vae_lstm", spec)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ABLATION)
def test_every_row_of_the_ablation_trains_and_saves(recipe, spec, batches, tmp_path):
    model = kgm.zoo.build(recipe, spec, **ABLATION[recipe])
    before = cases.values(model.trainable_weights)
    model.fit(batches.take(2), verbose=0)
    cases.check_moved(model.trainable_weights, before)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    asked = cases.some_condition(spec, 2)
    np.testing.assert_array_equal(model.sample(2, asked), twin.sample(2, asked))


def test_an_additive_content_gives_each_class_its_own_part(spec):
    """What another class changes is the same whatever the other attributes are."""
    recipe = "video_vae_additive"
    content = kgm.zoo.build(recipe, spec, **ABLATION[recipe]).content
    latent = tf.random.stateless_normal((4, 3), (0, 0))
    first, second, *rest = spec.attributes
    others = {a.name: 0 for a in rest}

    def shown(one, other):
        asked = {first.name: one, second.name: other, **others}
        condition = tf.constant(spec.condition(4, **asked))
        return content({"content": latent, "condition": condition})

    for key in ("backdrop", "style"):
        here = shown(1, 0)[key] - shown(0, 0)[key]
        there = shown(1, 1)[key] - shown(0, 1)[key]
        assert np.abs(here).max() > 0.01
        np.testing.assert_allclose(here, there, atol=1e-6)


def test_nothing_adds_up_without_attributes(spec):
    bare = dataclasses.replace(spec, attributes=())
    with pytest.raises(ValueError, match="`video_vae_additive` needs a dataset with"):
        kgm.zoo.build("video_vae_additive", bare)


# --- latents over time ----------------------------------------------------------------


def a_model(spec, shared=False, **arguments):
    """A small video VAE without content; its posterior may be its prior's network."""
    size, units = 2, 4
    head = NormalMixtureHead((size,), 2) if not shared else "normal"
    count = head.params_size if not shared else 2 * size
    seen = {"hidden": (units,), "condition": (spec.condition_size,)}
    ahead = dense.mlp(seen, {"prior": count, "posterior": 2 * size}, (5,), "relu")
    memory = video.memory({"latent": (size,)}, units)
    features = {"features": (6,), **seen}
    own = video.inference(features, {"posterior": 2 * size}, 5, "tanh")  # never dead
    model = VideoVAE(
        spec,
        convolutional.encoder({"x": spec.x_shape[1:]}, {"features": 6}, (3, 4)),
        ahead if shared else own,
        RecurrentPrior(ahead, memory, head, size),
        convolutional.decoder({"latent": (size,)}, {"likelihood": (16, 16, 3)}, (4, 3)),
        **arguments,
    )
    model.compile("adam")
    return model


def test_a_prior_equal_to_the_posterior_has_kl_zero(spec, batch):
    """One network is both, so that prior and posterior agree in every state."""
    model = a_model(spec, shared=True)
    layer = model.inference.layers[-1]
    twin = model.inference.get_layer("prior")
    other = model.inference.get_layer("posterior")
    assert layer in (twin, other)
    other.set_weights(twin.get_weights())
    terms = model.terms(model.unpack(batch), training=True)
    np.testing.assert_array_equal(terms["kl"], 0.0)
    np.testing.assert_allclose(terms["elbo"], -terms["reconstruction"], rtol=1e-6)
    other.bias.assign(other.bias + 0.1)
    assert np.all(model.terms(model.unpack(batch), training=True)["kl"] > 0)


def test_the_prior_is_forced_to_follow_the_posterior(model, batch):
    """p(z_t | ...) has a gradient in every earlier latent it is given, in no later."""
    z = model.posterior(batch["x"], batch["condition"]).sample(seed=seed_pair(0))
    prior = model.prior(batch["condition"])
    turned = tf.transpose(z, (1, 0, 2))
    with tf.GradientTape() as tape:
        tape.watch(turned)
        states = prior.states_along(turned)
        ahead = prior.step_distributions(states).mean()  # (steps, 1, batch, latent_dim)
    slopes = tape.jacobian(ahead, turned).numpy()
    moved = np.abs(slopes).max(axis=(1, 2, 3, 5, 6))  # (steps of p, steps of z)
    steps = TIME + 1  # the content is the first
    assert moved.shape == (steps, steps)
    assert np.all(moved[np.tril_indices(steps, -1)] > 0)
    assert np.all(moved[np.triu_indices(steps)] == 0)


def test_the_step_teaches_through_the_posteriors_draws(model, batch):
    """The KL of the last step reaches the encoder by the latents before it, too."""
    first = batch["x"].copy()
    first[:, 0] = 1 - first[:, 0]  # another first frame, another content

    def last_prior(x):
        posterior = model.posterior(x, batch["condition"])
        _, states = posterior.sample_with_states(seed_pair(0))
        prior = model.prior(batch["condition"])
        return prior.step_distributions(states).mean()[-1]

    assert np.all(np.abs(last_prior(batch["x"]) - last_prior(first)).max(axis=-1) > 0)
    variables = [v.value for v in model.encoder.get_layer("features").weights]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(last_prior(batch["x"]))
    assert all(np.any(slope != 0) for slope in tape.gradient(loss, variables))


def test_log_prob_of_a_sequence_is_the_sum_over_its_steps(model, batch):
    posterior = model.posterior(batch["x"], batch["condition"])
    z, states = posterior.sample_with_states(seed_pair(3), count=2)
    apart = tf.reshape(z, (TIME + 1, 2, 4, 3))
    by_step = posterior.step_distributions(states, 2).log_prob(apart)
    rows = tf.transpose(apart, (1, 2, 0, 3))
    expected = tf.reduce_sum(by_step, axis=0)
    np.testing.assert_allclose(posterior.log_prob(rows), expected, rtol=1e-5)
    np.testing.assert_array_equal(posterior.sample(2, seed=seed_pair(3)), rows)


def test_a_posterior_sees_its_own_frame_and_those_before(model, batch):
    x = tf.constant(batch["x"])
    with tf.GradientTape() as tape:
        tape.watch(x)
        mean = model.encode(x, batch["condition"])
    slopes = np.abs(tape.jacobian(mean, x)).max(axis=(0, 2, 3, 5, 6, 7))
    sees = slopes > 0  # (steps, frames)
    expected = np.tril(np.ones((TIME, TIME), bool))
    np.testing.assert_array_equal(sees, np.concatenate([expected[:1], expected]))


def test_without_memory_the_steps_are_independent(spec, batch):
    recipe = "video_vae_static"
    model = kgm.zoo.build(recipe, spec, **ABLATION[recipe])
    prior = model.prior(batch["condition"])
    z = prior.sample(seed=seed_pair(0))
    alone = model.prior(batch["condition"], num_frames=1)
    by_step = sum(alone.log_prob(z[:, t : t + 1]) for t in range(TIME))
    np.testing.assert_allclose(prior.log_prob(z), by_step, rtol=1e-5)


# --- the bound ------------------------------------------------------------------------


def test_elbo_is_a_sum_over_time(spec, batch):
    model = a_model(spec, attribute_weight=0.0, likelihood="bernoulli")
    x, condition = batch["x"], batch["condition"]
    posterior, prior = model.posterior(x, condition), model.prior(condition)
    z, states = posterior.sample_with_states(seed_pair(4))
    rows = tf.transpose(z, (1, 0, 2))
    nats = sum(
        model.decoder({"latent": rows[:, t]})["likelihood"] * x[:, t]
        - tf.math.softplus(model.decoder({"latent": rows[:, t]})["likelihood"])
        for t in range(TIME)
    )
    kl = sum(
        divergences.kl(
            *(d.step_distributions(states)[t] for d in (posterior, prior)), z[t][None]
        )
        for t in range(TIME)
    )
    expected = tf.reduce_sum(nats, axis=(1, 2, 3)) - kl[0]
    np.testing.assert_allclose(model.elbo(x, condition, seed=4), expected, rtol=1e-4)


def test_more_draws_of_the_bound_agree_with_one(model, batch):
    x, condition = batch["x"], batch["condition"]
    many = model.elbo(x, condition, num_samples=40)
    few = [model.elbo(x, condition, seed=seed) for seed in range(40)]
    spread = np.std(few, axis=0) * np.sqrt(2 / 40)
    assert np.all(np.abs(many - np.mean(few, axis=0)) < 6 * spread + 1e-3)


def test_free_bits_of_a_sequence_by_hand():
    """Two steps, two dimensions; the KL of N(m, 1) to N(0, 1) is m**2 / 2."""
    tfd = divergences.tfd
    mean = tf.reshape(tf.constant([[1.0, 2.0], [3.0, 0.0]]), (2, 1, 1, 2))
    q = tfd.Independent(tfd.Normal(mean, 1.0), 1)
    p = tfd.Independent(tfd.Normal(0 * mean, 1.0), 1)
    plain = SequenceELBO()(tf.zeros((1, 1)), q, p, mean, 0)
    np.testing.assert_allclose(plain["kl"], [0.5 + 2.0 + 4.5])
    free = SequenceELBO(beta=2.0, free_bits=1.0)(tf.zeros((1, 1)), q, p, mean, 0)
    np.testing.assert_allclose(free["loss"], [2 * (1.0 + 2.0 + 4.5 + 1.0)])
    np.testing.assert_allclose(free["kl"], plain["kl"])


def test_a_memory_in_training_sees_noise_on_what_was_drawn(spec, batch):
    plain, noisy = a_model(spec), a_model(spec, memory_noise=0.5)
    noisy.set_weights(plain.get_weights())
    given = batch["x"], batch["condition"]
    np.testing.assert_array_equal(plain.elbo(*given), noisy.elbo(*given))
    quiet, loud = (m.terms(m.unpack(batch), True)["kl"] for m in (plain, noisy))
    assert np.all(quiet != loud)
    posterior = plain.posterior(*given)
    z, states = posterior.sample_with_states(
        seed_pair(3), memory_input=lambda z, seed: z + 0.5
    )
    followed = posterior.states_along(z + 0.5)
    np.testing.assert_array_equal(states["hidden"], followed["hidden"])
    clear, _ = posterior.sample_with_states(seed_pair(3))
    np.testing.assert_array_equal(z[0], clear[0])
    assert np.all(z[1] != clear[1])


def test_noise_in_the_memory_has_the_deviation_that_was_asked_for():
    """The mean of 20,000 squares is within 5 % of its expectation (5 deviations)."""
    noisy = noisy_memory_input(tf.ones((10000, 2)), 0.5, seed_pair(0))
    np.testing.assert_allclose(np.mean(np.square(noisy - 1)), 0.25, rtol=0.05)


def test_terms_are_added_to_the_loss(spec, batch):
    plain, more = a_model(spec), a_model(spec, terms=["gradient_difference"])
    more.set_weights(plain.get_weights())
    ours, theirs = (m.terms(m.unpack(batch), False) for m in (more, plain))
    rebuilt = more.likelihood(
        more.posterior(batch["x"], batch["condition"]).sample(seed=seed_pair(0)),
    ).mean()
    costs = [
        np.abs(np.abs(np.diff(rebuilt, axis=a)) - np.abs(np.diff(batch["x"], axis=a)))
        for a in (2, 3)
    ]
    expected = sum(cost.sum(axis=(1, 2, 3, 4)) for cost in costs)
    np.testing.assert_allclose(ours["gradient_difference"], expected, rtol=1e-4)
    np.testing.assert_allclose(ours["loss"] - theirs["loss"], expected, rtol=1e-3)
    with pytest.raises(ValueError, match=r"other names than .*'reconstruction'"):
        a_model(spec, terms=["reconstruction"])


# --- clips on demand ------------------------------------------------------------------


@pytest.mark.parametrize("frames", [1, 10, 100])
def test_clips_are_as_long_as_asked(model, spec, frames):
    clips = model.sample(2, cases.some_condition(spec, 2), num_frames=frames)
    assert clips.shape == (2, frames, *spec.x_shape[1:])
    assert 0.0 <= np.min(clips) <= np.max(clips) <= 1.0


def test_a_longer_clip_begins_as_the_shorter(model, spec):
    asked = cases.some_condition(spec, 2)
    longer, shorter = (model.sample(2, asked, num_frames=n, seed=2) for n in (5, 3))
    np.testing.assert_allclose(longer[:, :3], shorter, atol=1e-6)


def test_a_condition_over_time_of_one_value_is_the_condition(model, spec):
    asked = cases.some_condition(spec, 2)
    over_time = np.repeat(asked[:, None], 4, axis=1)
    np.testing.assert_array_equal(
        model.sample(2, over_time), model.sample(2, asked, num_frames=4)
    )


def test_a_change_in_mid_clip_changes_what_follows(model, spec):
    asked = np.repeat(cases.some_condition(spec, 1)[:, None], 6, axis=1)
    changed = asked.copy()
    changed[:, 3:] = spec.condition(1, shape=2, colour=3, path=5)
    before, after = model.sample(1, asked), model.sample(1, changed)
    np.testing.assert_allclose(before[:, :3], after[:, :3], atol=1e-6)
    assert np.all(np.abs(before - after)[:, 3:].max(axis=(2, 3, 4)) > 1e-4)


def test_what_is_not_given_is_drawn(model, spec):
    """Other seeds, other classes; what is given stays."""
    partial = spec.condition(1, shape=0, colour=1, path=0)
    partial[:, spec.attributes[2].start :] = 0.0
    wide = np.repeat(partial, 40, axis=0)[:, None]
    completed = complete_condition(
        spec.attributes, tf.constant(wide), None, seed_pair(1)
    ).numpy()[:, 0]
    labels = spec.labels(completed)
    assert set(labels["path"]) == set(range(6))
    assert set(labels["colour"]) == {1}
    np.testing.assert_array_equal(completed.sum(axis=1), 3.0)
    again = model.sample(3, partial, seed=7)
    np.testing.assert_array_equal(again, model.sample(3, partial, seed=7))
    assert model.sample(2).shape == (2, *spec.x_shape)


def test_what_is_not_given_is_read_from_the_first_frame(model, spec, batch):
    frame = batch["x"][:, 0]
    read = model.infer_attributes(frame)
    assert {name: p.shape for name, p in read.items()} == {
        a.name: (4, len(a.classes)) for a in spec.attributes
    }
    for p in read.values():
        np.testing.assert_allclose(np.sum(p, axis=1), 1.0, rtol=1e-5)
    inferred = {name: np.argmax(p, axis=1).tolist() for name, p in read.items()}
    full = spec.condition(4, **inferred)
    np.testing.assert_array_equal(
        model.continue_from(frame), model.sample(4, full, first_frame=frame)
    )


def test_a_clip_begins_with_the_reconstruction_of_its_first_frame(model, spec, batch):
    frame = batch["x"][:, :1]
    read = model.infer_attributes(frame[:, 0])
    own = spec.condition(4, **{k: np.argmax(p, 1).tolist() for k, p in read.items()})
    for asked in (None, batch["condition"]):  # nothing is sure before training
        expected = model.reconstruct(frame, own if asked is None else asked)
        for count in (1, 2):
            clips = model.continue_from(frame[:, 0], asked, num_frames=count)
            np.testing.assert_allclose(clips[:, :1], expected, atol=1e-6)


def test_what_the_first_frame_denies_begins_with_the_next(spec, batch):
    model = kgm.zoo.build("video_vae", spec, seed=1, **SMALL["video_vae"])
    shape = spec.attributes[spec.position("shape")]
    bias = model.encoder.get_layer("attributes").bias
    bias.assign(9.0 * tf.one_hot(shape.start, spec.condition_size))  # surely class 0
    frame = batch["x"][:, :1]
    asked = spec.condition(4, shape=1, colour=2, path=0)
    clips = model.continue_from(frame[:, 0], asked, num_frames=3)
    own = spec.condition(4, shape=0, colour=2, path=0)
    np.testing.assert_allclose(clips[:, :1], model.reconstruct(frame, own), atol=1e-6)
    kept = model.continue_from(frame[:, 0], own, num_frames=3)
    np.testing.assert_allclose(clips[:, :1], kept[:, :1], atol=1e-6)
    assert np.any(clips[:, 1:] != kept[:, 1:])


@pytest.mark.parametrize("recipe", ["vae_lstm", "video_vae_unconditional_unstructured"])
def test_a_model_that_uses_no_condition_remembers_the_first_frame(recipe, spec, batch):
    small = {**SMALL, **ABLATION}[recipe]
    model = kgm.zoo.build(recipe, spec, seed=1, **small)
    one, other = (
        np.asarray(model.continue_from(batch["x"][i : i + 1, 0], num_frames=3, seed=1))
        for i in range(2)
    )  # of the same noise
    for frame in range(3):
        assert np.any(one[:, frame] != other[:, frame])


def test_decoding_a_change_shows_it_where_it_is(model, spec, batch):
    z = model.encode(batch["x"], batch["condition"])
    changed = np.repeat(batch["condition"][:, None], TIME, axis=1)
    same = model.decode(z, changed)
    np.testing.assert_allclose(same, model.decode(z, batch["condition"]), atol=1e-6)


@pytest.mark.slow
def test_training_follows_colours(spec):
    """A few steps teach the colour of what is drawn: the mean of its channels."""
    options = {"num_frames": TIME, "image_size": SIDE, "seed": 0}
    train, spec = kgm.data.load("moving_shapes", batch_size=16, **options)
    larger = {"decoder_filters": (16, 8), "style": 16, "learning_rate": 2e-3}
    model = kgm.zoo.build("video_vae", spec, **{**SMALL["video_vae"], **larger})
    model.fit(train, epochs=4, verbose=0)
    means = []
    for colour in (0, 2):  # red and blue
        asked = spec.condition(16, shape=0, colour=colour, path=4)
        means.append(np.mean(model.sample(16, asked), axis=(0, 1, 2, 3)))
    assert means[0][0] > means[0][2]
    assert means[1][2] > means[1][0]


# --- the condition as an argument -----------------------------------------------------


def test_a_condition_is_an_array_or_a_dict_of_named_tensors(model, spec, batch):
    x, condition = batch["x"], batch["condition"]
    named, z = {"condition": condition, "x": x}, model.encode(x, condition)
    changing = np.repeat(condition[:, None], TIME, axis=1)
    seed = seed_pair(5)
    results = {
        "posterior": lambda c: model.posterior(x, c).sample(seed=seed),
        "prior": lambda c: model.prior(c).sample(seed=seed),
        "likelihood": lambda c: model.likelihood(z, c).mean(),
        "encode": lambda c: model.encode(x, c),
        "decode": lambda c: model.decode(z, c),
        "reconstruct": lambda c: model.reconstruct(x, c),
        "elbo": lambda c: model.elbo(x, c),
        "sample": lambda c: model.sample(4, c),
        "continue_from": lambda c: model.continue_from(x[:, 0], c),
    }
    for name, method in results.items():
        np.testing.assert_array_equal(method(named), method(condition), err_msg=name)
    np.testing.assert_array_equal(
        model.sample(None, {"condition": changing}), model.sample(None, changing)
    )


def test_clips_alone_are_enough_for_a_model_without_labels(batch, tmp_path):
    """The data have attributes; no network declares them and none is inferred."""
    attributes = kgm.data.side_by_side({"colour": "abc"})
    spec = kgm.data.DatasetSpec("labelled", batch["x"].shape[1:], attributes)
    state, memory = {"hidden": (4,)}, video.memory({"latent": (2,)}, 4)
    prior = RecurrentPrior(dense.mlp(state, {"prior": 4}, (5,)), memory, "normal", 2)
    model = VideoVAE(
        spec,
        convolutional.encoder({"x": spec.x_shape[1:]}, {"features": 6}, (3, 4)),
        video.inference({"features": (6,), **state}, {"posterior": 4}, 5),
        prior,
        convolutional.decoder({"latent": (2,)}, {"likelihood": (16, 16, 3)}, (4, 3)),
    )
    model.compile("adam")
    assert model.batch_tensors == ("x",)
    before = cases.values(model.trainable_weights)
    model.fit({"x": batch["x"]}, batch_size=2, verbose=0)
    cases.check_moved(model.trainable_weights, before)
    assert np.all(np.isfinite(model.elbo(batch["x"])))
    terms = model.evaluate({"x": batch["x"]}, verbose=0, return_dict=True)
    assert np.isfinite(terms["elbo"])
    rebuilt = model.predict({"x": batch["x"]}, batch_size=4, verbose=0)
    np.testing.assert_allclose(rebuilt, model.reconstruct(batch["x"]), atol=1e-6)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model.sample(2), twin.sample(2))


def test_a_real_attribute_is_neither_drawn_nor_inferred():
    """Classes in columns 0 and 1, a real value in column 2, which may be 0."""
    attributes = kgm.data.side_by_side({"colour": "ab", "age": (0.0, 80.0)})
    condition = tf.constant([[[0.0, 0.0, 0.0]], [[1.0, 0.0, 0.25]]])
    logits = tf.constant([[[0.0, 2.0, 3.0]], [[-2.0, 2.0, -3.0]]])
    full = complete_condition(attributes, condition, logits, seed_pair(0))
    np.testing.assert_array_equal(full[:, 0], [[0, 1, 0], [1, 0, 0.25]])
    drawn = complete_condition(attributes, condition, None, seed_pair(0))
    np.testing.assert_array_equal(drawn[..., 2], condition[..., 2])
    own = replace_improbable(attributes, full, logits)
    np.testing.assert_array_equal(own[:, 0], [[0, 1, 0], [0, 1, 0.25]])
    nats = attribute_cross_entropy(attributes, logits, full)
    expected = np.log1p(np.exp([-2.0, 4.0]))
    np.testing.assert_allclose(nats, expected, rtol=1e-5)


def test_an_attribute_without_a_label_has_no_gradient():
    attributes = kgm.data.side_by_side({"colour": "ab", "shape": "cd"})
    condition = tf.constant([[1.0, 0, 0, 0], [0, 0, 0, 1]])
    logits = tf.constant([[[0.0, 2, 3, 1]], [[-2.0, 2, -3, 0]]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        nats = attribute_cross_entropy(attributes, logits, condition)
    np.testing.assert_allclose(nats, np.log1p(np.exp([2.0, -3.0])), rtol=1e-5)
    gradient = np.asarray(tape.gradient(nats, logits))[:, 0]
    assert np.all((gradient != 0) == [[1, 1, 0, 0], [0, 0, 1, 1]])


# --- more than one device -------------------------------------------------------------


@pytest.mark.slow
def test_two_devices_end_at_the_weights_of_one():
    """The rotator's memory of first frames holds those of both devices, too."""
    recipes = {
        "video_vae": SMALL["video_vae"],
        "deep_rotator": {"filters": (3, 4), "units": (8,)},
    }
    options = {"batch_size": 4, "num_examples": 8, "num_frames": TIME, "seed": 0}
    cases.check_two_devices("chairs", {**options, "image_size": SIDE}, 1, recipes)


# --- bad input ------------------------------------------------------------------------


def test_bad_input_is_refused(model, spec, batch):
    asked = cases.some_condition(spec, 2)
    with pytest.raises(ValueError, match=r"one row a frame, 5 of them. Received: .*4"):
        model.sample(2, np.repeat(asked[:, None], 4, axis=1), num_frames=5)
    with pytest.raises(ValueError, match=r"`condition` must be given.*declares it"):
        model.posterior(batch["x"])
    lstm = kgm.zoo.build("vae_lstm", spec, **_TINY)
    assert lstm.sample(2).shape == (2, *spec.x_shape)
    assert lstm.posterior(batch["x"]).event_shape == (TIME, 3)
    with pytest.raises(ValueError, match=r"`memory_noise` must be >= 0.*-1"):
        a_model(spec, memory_noise=-1)
    blind = a_model(spec)
    with pytest.raises(ValueError, match=r"with the output 'attributes'"):
        blind.infer_attributes(batch["x"][:, 0])


def test_config_of_a_recurrent_prior_passes_through_json(model):
    config = keras.saving.serialize_keras_object(model.latent_prior)
    twin = keras.saving.deserialize_keras_object(json.loads(json.dumps(config)))
    ours, theirs = (json.dumps(p.get_config()) for p in (model.latent_prior, twin))
    assert ours == theirs
    assert dir(twin) == dir(model.latent_prior)


@pytest.mark.parametrize(
    ("decay_steps", "rates"),
    [
        (30, {0: 0.02, 5: 0.51, 10: 1.0, 20: 0.51, 30: 0.02, 99: 0.02}),
        (0, {0: 0.02, 5: 0.51, 10: 1.0, 20: 1.0, 99: 1.0}),
    ],
)
def test_the_learning_rate_grows_before_it_decays(decay_steps, rates, spec):
    growing = {"decay_steps": decay_steps, "rate_warmup_steps": 10}
    model = kgm.zoo.build("video_vae", spec, **{**SMALL["video_vae"], **growing})
    optimizer = model.optimizer
    for step, share in rates.items():
        optimizer.iterations.assign(step)
        got = float(optimizer.learning_rate) / SMALL["video_vae"]["learning_rate"]
        assert got == pytest.approx(share, abs=1e-5)


def test_a_learning_rate_does_not_grow_for_fewer_steps_than_none(spec):
    with pytest.raises(ValueError, match="`rate_warmup_steps` must be >= 0"):
        kgm.zoo.build("video_vae", spec, rate_warmup_steps=-1)
