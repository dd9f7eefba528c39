"""Ensembles: whose turn it is, what ties members together, and what they make."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf
from runs import kill_and_resume

import keras_genmodels as kgm
from keras_genmodels.data.sources.gaussian_ring import ring_centres
from keras_genmodels.models import GAN, Critic, Ensemble, data_weights
from keras_genmodels.models.earlier_members import Earlier, MixtureCritic, add_critic
from keras_genmodels.networks import dense

_TINY = {"preset": False, "epochs_a_stage": 1, "filters": (3, 4)}
SMALL = {
    "ada_gan": {
        **_TINY,
        "members": 3,
        "options": {"latent_dim": 3, "units": (8,)},
        "ema": 0.9,
    },
    "go_gan": {**_TINY, "stages": 3, "latent_dim": 3, "critic_steps": 2},
}


@pytest.fixture(scope="module")
def digits():
    """Digits in their order, 4 batches of 16, and their spec."""
    return kgm.data.load("digits", batch_size=16, num_examples=64, shuffle=False)


@pytest.mark.parametrize("recipe", sorted(SMALL))
class TestEnsembles(cases.ModelCase):
    @pytest.fixture
    def build(self, recipe, spec):
        return lambda **kw: kgm.zoo.build(recipe, spec, seed=1, **SMALL[recipe], **kw)

    def test_a_step_moves_every_weight(self, build, batches) -> None:
        """Of the member whose turn it is; the others stand still."""
        model = build()
        for stage, member in enumerate(model.members):
            model.begin_epoch(stage)
            others = [m for m in model.members if m is not member]
            state = [v for other in others for v in cases.all_state(other)]
            before, own = map(cases.values, (state, member.trainable_weights))
            for batch in batches.take(2):
                model.train_step(batch)
            # What is added to every score cancels while no pair keeps its margin.
            ranked = model.mixture == "last"
            still = {"score/bias"} if ranked else set()
            cases.check_moved(member.trainable_weights, own, still)
            cases.check_stood_still(state, before)

    def test_it_is_exported_as_it_samples(self, build, batches, tmp_path) -> None:
        model = build()
        model.fit(batches, epochs=2, verbose=0)
        path = kgm.export.save(model, tmp_path / "ensemble" / "1")
        made = kgm.export.load(path).sample(12, seed=5)
        np.testing.assert_allclose(made, model.sample(12, seed=5), atol=1e-5)
        twin = kgm.export.rebuild(path)
        np.testing.assert_allclose(twin.sample(12, seed=5), made, atol=1e-5)

    def test_it_is_evaluated_as_any_model(self, build, batches) -> None:
        metrics = ["frechet_distance", "diversity"]
        found = kgm.evaluation.evaluate(build(), batches, metrics, num_samples=64)
        assert found["frechet_distance"] > 0
        assert found["diversity"] >= 0
        usual = kgm.evaluation.evaluate(build(), batches, num_samples=64)
        assert usual.keys() > {"frechet_distance", "diversity"}  # no density to show


@pytest.mark.slow
@pytest.mark.parametrize("recipe", sorted(SMALL))
def test_a_killed_ensemble_ends_like_one_that_was_not(recipe, tmp_path):
    """Killed in the third of six epochs; a stage has two, or four, of them."""
    arguments = {k: v for k, v in SMALL[recipe].items() if k != "preset"}
    arguments |= {"epochs_a_stage": 2 if recipe == "ada_gan" else 4}
    data = {"num_examples": 64}
    whole = kill_and_resume(recipe, "digits", tmp_path, arguments=arguments, data=data)
    assert {"frechet_distance", "diversity"} <= whole.report["metrics"].keys()


# --- whose turn it is -----------------------------------------------------------------


def a_member(spec, seed=0, critics=None, name="critic"):
    """A linear generator against a small critic."""
    size = int(np.prod(spec.x_shape))
    generator = dense.mlp({"latent": (2,)}, {"x": size}, (), name="generator")
    network = dense.mlp({"x": spec.x_shape}, {"score": 1}, (8,), name="critic")
    return GAN(spec, generator, critics or Critic(network, name=name), seed=seed)


def constant(member, value):
    """Let a linear generator make the same x every time, whatever the latent."""
    kernel, bias = member.generator.trainable_weights
    kernel.assign(tf.zeros(kernel.shape))
    value = np.broadcast_to(value, bias.shape)
    bias.assign(np.float32(np.log(value / (1 - value))))


def compiled(model, rate=0.01):
    for member in model.members:
        member.compile(*(keras.optimizers.Adam(rate) for _ in range(2)))
    model.compile()
    return model


@pytest.mark.parametrize(
    ("mixture", "expected"),
    [
        ("uniform", [[1, 0, 0], [0.5, 0.5, 0], [1 / 3] * 3, [1 / 3] * 3]),
        ("last", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]),
    ],
)
def test_the_stage_and_the_mixture_follow_from_the_epoch(spec, mixture, expected):
    members = [a_member(spec, seed) for seed in range(3)]
    model = compiled(Ensemble(spec, members, 2, mixture=mixture))
    for half, weights in enumerate(expected):
        for epoch in (2 * half, 2 * half + 1):
            model.begin_epoch(epoch)
            assert model.member is members[min(half, 2)]
            np.testing.assert_allclose(model.mixture_weights, weights)
    model.begin_epoch(0)
    np.testing.assert_allclose(model.mixture_weights, expected[0])


def test_a_sample_is_of_a_member_drawn_for_each_row(spec):
    """Error rate 1e-6: the share of one of two equal members."""
    members = [a_member(spec, seed) for seed in range(3)]
    for member, grey in zip(members, (0.2, 0.5, 0.8), strict=True):
        constant(member, grey)
    model = compiled(Ensemble(spec, members, 1))
    for begun, greys in ((0, {0.2}), (1, {0.2, 0.5})):
        model.begin_epoch(begun)
        x = np.asarray(model.sample(4000, seed=7))
        rows = x.reshape(4000, -1)
        assert np.ptp(rows, axis=1).max() < 1e-6  # no row is of two members
        assert {round(float(v), 3) for v in rows[:, 0]} == greys
        np.testing.assert_array_equal(x, model.sample(4000, seed=7))
    cases.check_mean_is(rows[:, :1] < 0.3, 0.5)


def test_a_continued_member_begins_where_the_one_before_ended(spec, batches):
    model = kgm.zoo.build("go_gan", spec, seed=1, **SMALL["go_gan"])
    first, second = model.members[:2]
    fresh = cases.values(second.trainable_weights)
    model.fit(batches, epochs=1, verbose=0)
    cases.check_stood_still(second.trainable_weights, fresh)
    ended = cases.values(first.trainable_weights)
    model.begin_epoch(1)
    cases.check_stood_still(second.trainable_weights, ended)
    assert int(second.generator_optimizer.iterations) == 0


# --- what ties members together -------------------------------------------------------


def test_rows_are_weighed_as_the_paper_says():
    """Against a level found by bisection, at which the weights have the mean 1."""
    scores = np.random.default_rng(0).normal(scale=2, size=50).astype("f")
    for share in (0.5, 0.2, 1 / 9):
        ratios = (1 - share) * np.exp(-np.float64(scores))
        low, high = 0.0, ratios.max() + 1
        for _ in range(200):
            level = (low + high) / 2
            found = np.maximum(level - ratios, 0).mean() / share
            low, high = (level, high) if found < 1 else (low, level)
        expected = np.maximum(level - ratios, 0) / share
        weights = data_weights.boosted(tf.constant(scores), share)
        np.testing.assert_allclose(weights, expected, rtol=1e-3, atol=1e-4)
        assert np.mean(weights) == pytest.approx(1, abs=1e-4)
        assert np.any(weights == 0)
    np.testing.assert_allclose(data_weights.boosted(tf.constant(scores), 1.0), 1)
    extreme = data_weights.boosted(tf.constant([-1e4, 0.0, 1e4]), 0.5)
    np.testing.assert_allclose(extreme, [0, 1, 2], atol=0.01)


def test_the_next_member_learns_what_the_mixture_lacks():
    """A mixture of one mode of eight: its rows are not drawn any more, all others are.

    The critic learns by itself within some steps of the member.
    """
    batches, spec = kgm.data.load("gaussian_ring", batch_size=128, seed=0)
    members = [a_member(spec, seed) for seed in range(2)]
    network = dense.mlp({"x": (2,)}, {"score": 1}, (32, 32), centre=True)
    constant(members[0], ring_centres()[3])
    add_critic(members[1], MixtureCritic(network))
    model = compiled(Ensemble(spec, members, 1, rule="star"))
    model.begin_epoch(1)
    step = tf.function(model.train_step)
    for batch in batches.repeat(3):
        step(batch)
    real = members[1].unpack(next(iter(batches)))
    mode = spec.labels(real["condition"])["mode"]
    weights = model.row_weights(real).numpy()
    assert weights[mode == 3].mean() < 0.3  # without the rule it is 1
    assert weights[mode != 3].mean() > 1.05
    drawn = model.drawn_rows(real)
    np.testing.assert_array_equal(drawn["unweighted"], real["x"])
    known = {row.tobytes() for row in real["x"].numpy()}
    assert {row.tobytes() for row in drawn["x"].numpy()} <= known
    labels = spec.labels(drawn["condition"])["mode"]  # rows stay whole
    centres = ring_centres()[labels]
    assert np.abs(drawn["x"] - centres).max() < 0.1


def test_rows_are_drawn_by_their_weights(spec, monkeypatch):
    """Error rate 1e-6: z-tests of the shares of four rows, Bonferroni."""
    members = [a_member(spec, seed) for seed in range(2)]
    model = compiled(Ensemble(spec, members, 1, rule="bagging"))
    weights = np.float32([0, 0.5, 1, 2.5])
    monkeypatch.setattr(model, "row_weights", lambda real: tf.constant(weights))
    real = {"x": tf.one_hot(tf.range(4), 4)}
    draws = [model.drawn_rows(real)["x"].numpy() for _ in range(500)]
    cases.check_mean_is(np.concatenate(draws), weights / 4)


def test_bagging_draws_rows_alike_and_others_in_every_step(spec, batches):
    members = [a_member(spec, seed) for seed in range(2)]
    model = compiled(Ensemble(spec, members, 1, rule="bagging"))
    real = members[0].unpack(next(iter(batches)))
    np.testing.assert_array_equal(model.row_weights(real), np.ones(16))
    first, second = (model.drawn_rows(real)["x"].numpy() for _ in range(2))
    assert np.any(first != second)
    known = {row.tobytes() for row in real["x"].numpy()}
    assert 1 < len({row.tobytes() for row in first}) < 16
    assert {row.tobytes() for row in first} <= known


def test_no_generator_answers_to_the_critic_of_the_mixture(spec, batches):
    """Nor does it see the member's own samples: only those of earlier ones."""
    old, new = (a_member(spec, seed) for seed in range(2))
    network = dense.mlp({"x": spec.x_shape}, {"score": 1}, (8,))
    critic = MixtureCritic(network)
    add_critic(new, critic)
    compiled(Ensemble(spec, [old, new], 1, rule="star"))
    constant(old, 0.3)
    real = new.unpack(next(iter(batches)))
    step = new.step_tensors(
        real, new.fake_batch(real, cases.as_seed(1)), training=False
    )
    np.testing.assert_array_equal(critic.generator_loss(step), np.zeros(16))
    mixed = {"x": tf.fill(real["x"].shape, 0.3)}
    on_real, on_mixed = (critic(x)["score"][:, 0] for x in (real, mixed))
    expected = tf.math.softplus(-on_real) + tf.math.softplus(on_mixed)
    found = critic.critic_terms(step, None)["critic_loss"]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_earlier_members_share_the_rows_of_a_batch(spec):
    old = [a_member(spec, seed) for seed in range(3)]
    for member, grey in zip(old, (0.2, 0.5, 0.8), strict=True):
        constant(member, grey)
    for age, greys in ((None, [0.2] * 2 + [0.5] * 3 + [0.8] * 3), (1, [0.8] * 8)):
        view = Earlier(age)
        view.meet(old)
        x = view({"x": tf.zeros((8, *spec.x_shape))}, cases.as_seed(0))["x"]
        assert x.shape == (8, *spec.x_shape)
        np.testing.assert_allclose(x[:, 0, 0, 0], greys, atol=1e-6)


def test_a_critic_ranks_the_generators_of_earlier_stages_below_this_one(spec):
    """On data of white pictures: dark, grey, and then light ones are made."""
    members = kgm.zoo.build(
        "go_gan", spec, seed=1, margin=0.1, clip=0.05, **SMALL["go_gan"]
    ).members
    assert [len(m.critics[0].negatives) for m in members] == [0, 1, 2]
    assert [view.age for view in members[2].critics[0].negatives] == [1, 2]
    objective = members[2].critics[0].objective
    scores = [tf.fill((3, 1), value) for value in (1.0, 0.95, 0.85, 0.6)]
    # 0.95 + 0.1 - 1 = 0.05, 0.85 + 0.2 - 1 = 0.05, and 0.6 + 0.3 is below 1.
    np.testing.assert_allclose(objective.critic_loss(*scores), [0.1] * 3, rtol=1e-4)


# --- any recipe -----------------------------------------------------------------------


def test_members_may_be_of_any_recipe_with_a_generator(digits):
    """Of a conditional one, samples are those that are asked for."""
    batches, spec = digits
    options = {"of": "cgan", "options": {"latent_dim": 3, "filters": [3, 4]}}
    model = kgm.zoo.build("ada_gan", spec, **{**SMALL["ada_gan"], **options})
    model.fit(batches, epochs=2, verbose=0)
    condition = cases.some_condition(spec, 6)
    x = model.sample(6, condition, seed=2)
    assert x.shape == (6, *spec.x_shape)
    assert np.any(x != model.sample(6, condition[::-1], seed=2))
    assert kgm.zoo.describe("ada_gan")["arguments"]["of"] == "gan"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"of": "vae"}, r"`model` must be one of a generator .* Received: VAE\."),
        ({"of": "vae", "rule": "bagging"}, r"`members` must be .* Received: \['VAE'\]"),
        ({"of": "gna"}, "Unknown recipe 'gna'.*'gan'"),
        ({"options": {"latent_dmi": 2}}, "Unknown option 'latent_dmi' of the recipe"),
        ({"options": {"latent_dim": 0}}, "`latent_dim` must be >= 1"),
        ({"options": {"learning_rate": 1.0}}, "Unknown option 'learning_rate'"),
        ({"rule": "str"}, "Unknown rule 'str'. Did you mean 'star'?"),
        ({"members": 0}, "`members` must be >= 1"),
        ({"epochs_a_stage": 0}, "`epochs_a_stage` must be >= 1"),
    ],
)
def test_what_no_ensemble_can_be_made_of_is_refused(spec, arguments, message):
    with pytest.raises(ValueError, match=message):
        kgm.zoo.build("ada_gan", spec, preset=False, **arguments)


def test_what_ties_members_together_must_be_there(spec):
    members = [a_member(spec, seed) for seed in range(2)]
    with pytest.raises(ValueError, match="must have a `MixtureCritic`"):
        Ensemble(spec, members, 1, rule="star")
    with pytest.raises(ValueError, match="Unknown mixture 'lst'"):
        Ensemble(spec, members, 1, mixture="lst")
    with pytest.raises(ValueError, match="`members` must be compiled"):
        Ensemble(spec, members, 1).compile()
    network = dense.mlp({"x": spec.x_shape}, {"score": 1}, (4,))
    alone = a_member(spec, critics=Critic(network, negatives=[Earlier(2)]))
    with pytest.raises(ValueError, match=r"`age` must be .* Received: age=2"):
        Ensemble(spec, [members[0], alone], 1)
    with pytest.raises(ValueError, match="must be that of a member of an `Ensemble`"):
        Earlier()({"x": tf.zeros((2, 1))}, cases.as_seed(0))
