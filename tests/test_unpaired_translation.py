"""Translators between unpaired domains, and the pool that their critics look into."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.data import DatasetSpec, Tensor
from keras_genmodels.models import Critic, CycleGAN
from keras_genmodels.models.replay_pool import ReplayPool
from keras_genmodels.models.views import Named
from keras_genmodels.networks import translation

_CRITICS = {"critic_filters": (3, 4, 4, 4)}
SMALL = {
    "cycle_gan": {"filters": (3, 4), "blocks": 1, "replay_pool": 5, **_CRITICS},
    "disco_gan": {"filters": (3, 4, 5), **_CRITICS},
    "dual_gan": {"filters": (3, 4, 5), "critic_steps": 2, **_CRITICS},
}


@pytest.fixture(scope="module")
def digits():
    """Digits and outlines of other digits, 8 batches of 16, and their spec."""
    return kgm.data.load(
        "digits", batch_size=16, num_examples=128, shuffle=False, y="contours"
    )


def built(name, spec, **arguments):
    return kgm.zoo.build(
        name, spec, seed=1, preset=False, **{**SMALL[name], **arguments}
    )


class TestCycleGAN(cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **kw: built("cycle_gan", spec, **kw)

    def draws(self, model):
        return False

    def test_latents_become_samples(self, build):
        """Pictures do, there and back; there are no latents."""
        check_translates(build())


@pytest.mark.parametrize("recipe", ["disco_gan", "dual_gan"])
class TestOtherUnpairedTranslators(cases.VariantCase):
    @pytest.fixture
    def build(self, recipe, spec):
        return lambda **kw: built(recipe, spec, **kw)

    def draws(self, model):
        return "seed" in model.generator.input

    @pytest.fixture
    def still(self, recipe):
        """A Wasserstein critic's last bias, which raises all scores alike."""
        return {"score/bias"} if recipe == "dual_gan" else set()

    def test_pictures_are_translated(self, build):
        check_translates(build())


def check_translates(model):
    given = cases.some_condition(model.spec, 3)
    made = model.translate_back(given["y"], seed=5)
    assert made.shape == (3, *model.spec.x_shape)
    same = model.sample(condition={"y": given["y"]}, seed=5)
    np.testing.assert_array_equal(made, same)
    there = model.translate(made, seed=5)
    assert there.shape == (3, *model.spec.shapes["y"])
    np.testing.assert_array_equal(there, model.translate(made, seed=5))
    assert not hasattr(model, "decode")


# --- what a step holds ----------------------------------------------------------------


def scaled(name, source, target, factor):
    """A network that multiplies pixels, (2, 2, 1) to (2, 2, 1)."""
    start = keras.Input((2, 2, 1), name=source)
    layer = keras.layers.Conv2D(
        1, 1, use_bias=False, kernel_initializer=keras.initializers.Constant(factor)
    )
    return keras.Model({source: start}, {target: layer(start)}, name=name)


def small(terms=(), **kwargs):
    spec = DatasetSpec("d", (2, 2, 1), tensors=(Tensor("y", (2, 2, 1)),))
    critics = [
        Critic(
            translation.patches({"x": (2, 2, 1)}, 7, (3,)),
            view=Named(domain),
            name=domain,
            **kwargs,
        )
        for domain in ("x", "y")
    ]
    there, back = scaled("there", "x", "y", 0.5), scaled("back", "y", "x", 3.0)
    return CycleGAN(spec, there, back, critics, terms=terms, output="linear")


def test_round_trips_and_what_needs_no_translation():
    from keras_genmodels.objectives.terms.reconstruction import Reconstruction

    names = ("x_again", "y_again", "x_same", "y_same")
    terms = [Reconstruction(1.0, name, name[0], name=name) for name in names]
    model = small(terms)
    real = {"x": tf.fill((4, 2, 2, 1), 0.5), "y": tf.fill((4, 2, 2, 1), 0.25)}
    expected = {
        "x": 0.75,
        "y": 0.25,
        "x_again": 0.75,
        "y_again": 0.375,
        "x_same": 1.5,
        "y_same": 0.125,
    }
    fake = model.fake_batch(real, cases.as_seed(0))
    for name, value in expected.items():
        np.testing.assert_allclose(fake[name], np.full((4, 2, 2, 1), value))
    model.compile()
    batches = tf.data.Dataset.from_tensors(real)
    results = model.evaluate(batches, return_dict=True, verbose=0)
    for name, target in {"x_again": 0.25, "y_again": 0.125, "x_same": 1.0}.items():
        assert results[name] == pytest.approx(target)
    assert set(small().fake_batch(real, cases.as_seed(0))) == {"x", "y", "seed"}


def test_each_critic_judges_its_domain():
    model = small()
    real = {"x": tf.fill((4, 2, 2, 1), 0.5), "y": tf.fill((4, 2, 2, 1), 0.25)}
    fake = model.fake_batch(real, cases.as_seed(0))
    step = model.step_tensors(real, fake, training=False)
    for domain in ("x", "y"):
        np.testing.assert_array_equal(step.view("real", domain)["x"], real[domain])
        np.testing.assert_array_equal(step.view("fake", domain)["x"], fake[domain])


def test_cycle_gan_leaves_identity_out_where_channels_differ():
    tensors = (Tensor("y", (8, 8, 3)),)
    spec = DatasetSpec("coloured", (8, 8, 1), tensors=tensors)
    model = built("cycle_gan", spec)
    assert {term.key for term in model.added_terms} == {"x_again", "y_again"}
    assert model.translate(np.zeros((2, 8, 8, 1), "float32")).shape == (2, 8, 8, 3)
    assert model.translate_back(np.ones((2, 8, 8, 3), "f4")).shape == (2, 8, 8, 1)


@pytest.mark.parametrize(
    ("call", "source", "kind", "message"),
    [
        ("translate", np.zeros((2, 8, 8, 3), "f4"), ValueError, "must have the sh.*'x"),
        ("translate_back", np.zeros((2, 8, 8, 3), "f4"), ValueError, "sh.*'y'"),
        ("translate", np.full((2, 8, 8, 1), 9, "f4"), ValueError, "`source` .*9"),
        ("translate_back", np.zeros((2, 8, 8, 1), int), TypeError, "must hold floats"),
    ],
)
def test_sources_are_checked(spec, call, source, kind, message):
    with pytest.raises(kind, match=message):
        getattr(built("cycle_gan", spec), call)(source)


@pytest.mark.parametrize("recipe", sorted(SMALL))
def test_data_without_a_second_domain_are_refused(recipe):
    with pytest.raises(ValueError, match=r"needs the tensors \['y'\].*domains="):
        built(recipe, DatasetSpec("bare", (16, 16, 1)))


# --- the pool -------------------------------------------------------------------------


def numbered(*numbers):
    """Pictures that say which they are, and their sources, which say the same."""
    x = np.asarray(numbers, np.float32).reshape(-1, 1, 1, 1)
    return {"x": tf.constant(x), "source": tf.constant(10 * x), "other": tf.zeros(3)}


def exchanged(pool, *numbers, seed):
    found = pool.exchanged(numbered(*numbers), cases.as_seed(seed))
    np.testing.assert_array_equal(found["source"], 10 * found["x"])  # stay together
    return found["x"].numpy().ravel().astype(int).tolist()


def make_pool(size):
    return ReplayPool(size, {"x": (1, 1, 1), "source": (1, 1, 1)})


def test_a_pool_lets_pass_what_it_has_room_for():
    pool = make_pool(5)
    assert exchanged(pool, 1, 2, 3, seed=0) == [1, 2, 3]
    assert exchanged(pool, 4, 5, 6, 7, seed=1)[:2] == [4, 5]
    assert int(pool.filled) == 5


def test_a_full_pool_returns_earlier_ones_and_loses_none():
    pool, seen = make_pool(6), []
    exchanged(pool, *range(6), seed=0)
    for step in range(1, 200):
        given = range(3 * step + 3, 3 * step + 6)
        found = exchanged(pool, *given, seed=step)
        for new, out in zip(given, found, strict=True):
            assert out == new or out < given[0]
        seen += found
    kept = pool.kept["x"].numpy().ravel().astype(int).tolist()
    assert sorted(kept + seen) == list(range(3 * 200 + 3))  # each once
    earlier = np.mean([out != new for new, out in enumerate(seen, start=6)])
    # Of 597 coins; one in a million runs is out of these bounds.
    assert 0.39 < earlier < 0.61


def test_a_batch_larger_than_the_pool_passes_in_part():
    pool = make_pool(2)
    assert exchanged(pool, 1, 2, 3, 4, seed=0) == [1, 2, 3, 4]
    assert exchanged(pool, 5, 6, 7, 8, seed=1)[2:] == [7, 8]


def test_a_critic_sees_the_pool_and_the_generator_does_not(spec, batches):
    model = built("cycle_gan", spec, cycle=0.0, replay_pool=16)
    real = model.unpack(next(iter(batches)))
    old = model.fake_batch(real, cases.as_seed(0))
    model.critic_step(real, old)
    bright = {name: tf.ones_like(value) for name, value in old.items()}
    step = model.step_tensors(real, bright, training=True)
    for critic in model.critics:
        critic.replay(step, model.next_seed)
    seen = step.view("fake", "critic_x")["x"].numpy()
    is_new = (seen == 1.0).all(axis=(1, 2, 3))
    assert 0 < is_new.sum() < 16  # all 16 coins fall alike once in 32,768
    fresh = model.step_tensors(real, bright, training=True)
    assert (fresh.view("fake", "critic_x")["x"].numpy() == 1.0).all()


def test_a_pool_below_0_is_refused():
    with pytest.raises(ValueError, match="`replay_pool` must be >= 0"):
        small(replay_pool=-1)


# --- what is exported -----------------------------------------------------------------


def test_a_saved_translator_goes_there_and_back_between_other_channels(tmp_path):
    data, spec = kgm.data.load("digits", "test", 16, num_examples=16, y="coloured")
    model = built("cycle_gan", spec)
    loaded = kgm.export.load(kgm.export.save(model, tmp_path / "coloured" / "1"))
    assert {"translate", "translate_back"} <= set(loaded.signatures)
    batch = next(data.as_numpy_iterator())
    there, back = loaded.translate(batch["x"]), loaded.translate_back(batch["y"])
    np.testing.assert_allclose(there, model.translate(batch["x"]), atol=1e-5)
    np.testing.assert_allclose(back, model.translate_back(batch["y"]), atol=1e-5)
    assert (there.shape[-1], back.shape[-1]) == (3, 1)
    ours, theirs = (
        kgm.evaluation.evaluate(one, data, ["translation_error"])
        for one in (model, loaded)
    )
    error = np.abs(model.translate(batch["x"]) - batch["truth"]).mean()
    assert ours["translation_error"] == pytest.approx(error, abs=1e-6)
    assert theirs["translation_error"] == pytest.approx(error, abs=1e-5)
