"""The contracts of the package, once: a test file derives from one and gives rows."""

from __future__ import annotations

import json
import math
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import forked
import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from keras_genmodels import export
from keras_genmodels.distributions import kl
from keras_genmodels.models.gradients import tape_of

ERROR_RATE = 1e-6  # chance that one random check fails although the code is right
DRAWS = 40_000
MOST_COMBINATIONS = 1000  # of attributes, that a data set must hold all of
NO_PICTURES = {"gaussian_grid", "gaussian_ring", "multi30k", "phrases"}
NO_PICTURES |= {"breast_cancer", "wine"}
PHYSICS = {"calorimeter", "jets"}  # whose x are no pixels of 256 levels


def as_seed(n: int) -> tf.Tensor:
    """The seed of a sample, int32 (2,)."""
    return tf.constant([0, n], tf.int32)


def bound(checks: int) -> float:
    """How many standard errors the largest of so many normal deviates may be off.

    Two-sided, Bonferroni over the checks, at ERROR_RATE in all.
    """
    return stats.norm.isf(ERROR_RATE / (2 * checks))


def check_mean_is(values: np.ndarray, expected: Any) -> None:
    """The rows of `values` are draws whose mean is `expected`, at ERROR_RATE."""
    values = np.asarray(values, np.float64)
    error = np.abs(values.mean(axis=0) - expected)
    allowed = bound(error.size) * values.std(axis=0) / math.sqrt(len(values))
    assert np.all(error <= allowed + 1e-6), f"off by {error.max()}, at most {allowed}"


@keras.saving.register_keras_serializable("tests")
class Holder(keras.Model):
    """A model that holds one layer, to be saved with it."""

    def __init__(self, held, **kwargs):
        super().__init__(**kwargs)
        self.held = held
        self.built = True

    def call(self, x):
        return x

    def get_config(self):
        held = keras.saving.serialize_keras_object(self.held)
        return {**super().get_config(), "held": held}

    @classmethod
    def from_config(cls, config):
        held = keras.saving.deserialize_keras_object(config.pop("held"))
        return cls(held, **config)


@dataclass
class Subject:
    """A head or prior, and the tensors its distribution is made of.

    Args:
        layer: the head or prior.
        params: what a network would put out, (1, params_size); None for a prior.
        options: more arguments of `layer.distribution`.
    """

    layer: keras.layers.Layer
    params: np.ndarray | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def mean(self, q: Any) -> tf.Tensor:
        """The mean of such a distribution, or what stands for it."""
        if hasattr(self.layer, "point"):
            return self.layer.point(q)
        if hasattr(q, "bijector"):  # a flow has no mean
            return q.bijector.forward(q.distribution.mean())
        return getattr(q, "point", q.mean)()

    def distribution(self, params: tf.Tensor | None = None) -> Any:
        """The distribution, of `params` where given in place of `self.params`."""
        if self.params is None:
            return self.layer.distribution(**self.options)
        params = tf.constant(self.params) if params is None else params
        return self.layer.distribution(params, **self.options)


class DistributionCase:
    """Every head and prior; the fixture `subject` gives a `Subject` for each row."""

    def through_json(self, layer: keras.layers.Layer) -> keras.layers.Layer:
        """The layer made again of its config, which is checked to be the same."""
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
        twin = keras.saving.deserialize_keras_object(config)
        assert type(twin) is type(layer)
        assert twin.get_config() == layer.get_config()
        assert dir(twin) == dir(layer)
        assert {w.dtype for w in twin.weights} <= {"float32"}
        return twin

    def test_config_and_weights_pass_through_json(self, subject: Subject) -> None:
        layer, twin = subject.layer, self.through_json(subject.layer)
        pairs = zip(twin.trainable_weights, layer.trainable_weights, strict=True)
        for ours, theirs in pairs:  # a moving average is no part of the config
            np.testing.assert_array_equal(ours, theirs)

    def test_keras_file_restores_weights(self, subject: Subject, tmp_path) -> None:
        for weight in subject.layer.weights:
            weight.assign(weight + 0.25)
        Holder(subject.layer).save(tmp_path / "held.keras")
        held = keras.saving.load_model(tmp_path / "held.keras").held
        assert len(held.weights) == len(subject.layer.weights)
        for ours, theirs in zip(held.weights, subject.layer.weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_graph_and_xla_equal_eager(self, subject: Subject) -> None:
        x = subject.distribution().sample(3, seed=as_seed(1))

        def numbers(x, seed):
            q = subject.distribution()
            return q.log_prob(x), subject.mean(q), q.sample(2, seed=seed)

        log_prob, mean, z = numbers(x, as_seed(2))
        graph = tf.function(numbers)(x, as_seed(2))
        compiled = tf.function(numbers, jit_compile=True)(x, as_seed(2))
        np.testing.assert_allclose(graph[2], z, rtol=1e-5, atol=1e-6)
        assert compiled[2].shape == z.shape  # XLA draws other numbers from a seed
        for other in (graph, compiled):
            np.testing.assert_allclose(other[0], log_prob, rtol=1e-4, atol=1e-4)
            np.testing.assert_allclose(other[1], mean, rtol=1e-4, atol=1e-5)

    def test_sample_mean_is_the_mean(self, subject: Subject) -> None:
        """Error rate 1e-6: z-tests of all elements, Bonferroni."""
        q = subject.distribution()
        check_mean_is(q.sample(DRAWS, seed=as_seed(3)), subject.mean(q))

    def test_same_seed_same_sample(self, subject: Subject) -> None:
        q = subject.distribution()
        first, again = (q.sample(4, seed=as_seed(4)) for _ in range(2))
        np.testing.assert_array_equal(first, again)
        assert np.any(first != q.sample(4, seed=as_seed(5)))

    def test_divergence_from_itself_is_zero(self, subject: Subject) -> None:
        q = subject.distribution()
        z = q.sample(5, seed=as_seed(6))
        np.testing.assert_allclose(kl(q, q, z), 0.0, atol=1e-5)

    def test_everything_is_float32(self, subject: Subject) -> None:
        q = subject.distribution()
        z = q.sample(2, seed=as_seed(7))
        assert {z.dtype, subject.mean(q).dtype, q.log_prob(z).dtype} == {tf.float32}


class HeadCase(DistributionCase):
    """What holds for heads alone, for they have parameters."""

    def test_samples_follow_log_prob(self, subject: Subject) -> None:
        """The expected score of samples is 0, for every parameter.

        With x ~ p, E[d log p(x) / d params] = 0 if and only if `log_prob` is normalised
        as the parameters move and the samples follow it. Error rate 1e-6: z-tests.
        """
        params = tf.repeat(subject.params, DRAWS, axis=0)
        with tf.GradientTape() as tape:
            tape.watch(params)
            q = subject.distribution(params)
            x = tf.stop_gradient(q.sample(seed=as_seed(8)))
            log_prob = q.log_prob(x)
        check_mean_is(tape.gradient(log_prob, params), 0.0)

    def test_gradients_exist(self, subject: Subject) -> None:
        params = tf.constant(subject.params)
        x = subject.distribution().sample(seed=as_seed(9))
        with tf.GradientTape() as tape:
            tape.watch(params)
            log_prob = subject.distribution(params).log_prob(x)
        sources = [params, *(w.value for w in subject.layer.trainable_weights)]
        for gradient in tape.gradient(log_prob, sources):
            assert gradient is not None
            assert np.all(np.isfinite(gradient))
            assert np.any(gradient != 0)

    def test_any_layout_and_batch(self, subject: Subject) -> None:
        head = subject.layer
        params = np.random.default_rng(0).normal(size=(2, 3, head.params_size))
        params = params.astype("float32")
        expected = head.point(head.distribution(params))
        assert expected.shape == (2, 3, *head.event_shape)
        for layout in (head.map_shape, head.params_shape):
            mean = head.point(head.distribution(params.reshape((2, 3, *layout))))
            np.testing.assert_array_equal(mean, expected)

    def test_unknown_batch(self, subject: Subject) -> None:
        head = subject.layer
        size = head.params_size
        signature = [tf.TensorSpec((None, None, size), tf.float32)]
        mean = tf.function(lambda p: head.point(head.distribution(p)), signature)
        assert mean(tf.zeros((2, 3, size))).shape == (2, 3, *head.event_shape)

    def test_bfloat16_parameters(self, subject: Subject) -> None:
        coarse = tf.cast(subject.params, tf.bfloat16)
        x = subject.distribution().sample(seed=as_seed(10))
        log_prob = subject.distribution(coarse).log_prob(x)
        expected = subject.distribution(tf.cast(coarse, tf.float32)).log_prob(x)
        assert log_prob.dtype == tf.float32
        np.testing.assert_array_equal(log_prob, expected)

    def test_wrong_size_is_named(self, subject: Subject) -> None:
        size = subject.layer.params_size
        message = rf"`params` must hold {size} numbers .* Received: .*\(2, {size + 1}\)"
        with pytest.raises(ValueError, match=message):
            subject.layer.distribution(tf.zeros((2, size + 1)))


class PriorCase(DistributionCase):
    """What holds for priors alone; their latents are points of the plane."""

    def test_samples_follow_log_prob(self, subject: Subject) -> None:
        """Counts in a grid against the integrated density. Error rate 1e-6: chi**2."""
        p = subject.distribution()
        z = p.sample(DRAWS, seed=as_seed(8)).numpy()
        edges = np.linspace(-6, 6, 25)  # 24 cells of 0.5 on each axis
        counts = np.histogram2d(*z.T, bins=(edges, edges))[0]
        points, area = plane_grid(6.0, 240)
        density = p.prob(points).numpy().reshape(24, 10, 24, 10)
        expected = density.sum(axis=(1, 3)) * area * len(z)
        often = expected >= 5
        rest = len(z) - np.array([counts[often].sum(), expected[often].sum()])
        counts = np.append(counts[often], rest[0])
        expected = np.append(expected[often], max(rest[1], 1.0))
        chi2 = np.sum((counts - expected) ** 2 / expected)
        assert stats.chi2.sf(chi2, len(counts) - 1) > ERROR_RATE

    def test_density_integrates_to_one(self, subject: Subject) -> None:
        points, area = plane_grid(12.0, 480)
        total = np.sum(np.float64(subject.distribution().prob(points))) * area
        assert total == pytest.approx(1.0, abs=1e-4)

    def test_gradients_exist(self, subject: Subject) -> None:
        weights = [w.value for w in subject.layer.trainable_weights]
        z = tf.constant([[0.5, -0.5], [0.1, 0.2]])
        with tf.GradientTape() as tape:
            log_prob = subject.distribution().log_prob(z)
        for gradient in tape.gradient(log_prob, weights):
            assert gradient is not None
            assert np.all(np.isfinite(gradient))
            assert np.any(gradient != 0)


def plane_grid(half: float, count: int) -> tuple[np.ndarray, float]:
    """The centres of count x count cells of [-half, half]**2, and a cell's area."""
    width = 2 * half / count
    axis = -half + width * (np.arange(count) + 0.5)
    x, y = np.meshgrid(axis, axis, indexing="ij")
    return np.float32(np.stack([x.ravel(), y.ravel()], axis=-1)), width**2


@dataclass
class Game:
    """An adversarial objective and numbers computed by hand.

    Args:
        objective: with its state, if any, as the numbers have it.
        critic: the critic's loss for a real score of 0.5 and a fake one of `fake`.
        generator: the generator's loss for the same fake score.
        fake: a score between what the two players want it to be.
    """

    objective: Any
    critic: float
    generator: float
    fake: float = -0.25


class ObjectiveCase:
    """Every adversarial objective; the fixture `game` gives a `Game` for each row."""

    @pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 4, 5, 1)])
    def test_hand_computed_values_in_every_shape(self, game: Game, shape) -> None:
        real, fake = tf.fill(shape, 0.5), tf.fill(shape, game.fake)
        critic = game.objective.critic_loss(real, fake)
        generator = game.objective.generator_loss(fake)
        np.testing.assert_allclose(critic, [game.critic] * 3, rtol=1e-5)
        np.testing.assert_allclose(generator, [game.generator] * 3, rtol=1e-5)

    def test_every_example_has_its_own_loss(self, game: Game) -> None:
        real = tf.constant([0.5, 0.1, -0.3])
        fake = tf.constant([-0.25, -0.1, -0.4])
        together = game.objective.critic_loss(real, fake)
        for i in range(3):
            alone = game.objective.critic_loss(real[i : i + 1], fake[i : i + 1])
            np.testing.assert_allclose(together[i], alone[0], rtol=1e-6)

    @pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 4, 5, 1)])
    def test_gradients_point_the_right_way(self, game: Game, shape) -> None:
        """The critic raises real scores and lowers fake ones, which are raised back.

        An encoder lowers the real scores that it has a part in.
        """
        real, fake = tf.fill(shape, 0.5), tf.fill(shape, game.fake)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([real, fake])
            critic = game.objective.critic_loss(real, fake)
            generator = game.objective.generator_loss(fake)
            encoder = game.objective.encoder_loss(real)
        assert np.all(tape.gradient(critic, real) < 0)
        assert np.all(tape.gradient(critic, fake) > 0)
        assert np.all(tape.gradient(generator, fake) < 0)
        assert np.all(tape.gradient(encoder, real) > 0)

    @pytest.mark.parametrize("score", [-30.0, 0.0, 30.0])
    def test_gradients_are_finite_where_the_critic_is_sure(self, game, score) -> None:
        scores = tf.fill((2, 1), score)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(scores)
            critic = game.objective.critic_loss(scores, scores)
            generator = game.objective.generator_loss(scores)
        for loss in (critic, generator):
            assert np.all(np.isfinite(loss))
            assert np.all(np.isfinite(tape.gradient(loss, scores)))

    def test_config_passes_through_json(self, game: Game) -> None:
        config = keras.saving.serialize_keras_object(game.objective)
        twin = keras.saving.deserialize_keras_object(json.loads(json.dumps(config)))
        assert type(twin) is type(game.objective)
        assert twin.get_config() == game.objective.get_config()
        assert dir(twin) == dir(game.objective)


class VariantCase:
    """Every recipe; this alone for one that differs from another in an argument.

    The fixture `build` gives a function that makes the model anew, and `batches` is a
    finite, ordered data set of its batches.
    """

    def test_serialisable(self, build) -> None:
        model = build()
        text = json.dumps(model.get_config())
        config = keras.saving.serialize_keras_object(model)
        twin = keras.saving.deserialize_keras_object(json.loads(json.dumps(config)))
        assert json.dumps(twin.get_config()) == text
        assert dir(twin) == dir(model)

    def test_same_seed_same_model_and_samples(self, build) -> None:
        model, twin = build(), build()
        for ours, theirs in zip(model.weights, twin.weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        condition = some_condition(model.spec, 5)
        x = model.sample(5, condition=condition, seed=3)
        assert x.shape == (5, *model.spec.x_shape)
        assert x.dtype == tf.float32
        assert 0.0 <= np.min(x) <= np.max(x) <= 1.0
        np.testing.assert_array_equal(x, twin.sample(5, condition=condition, seed=3))
        other = model.sample(5, condition=condition, seed=4)
        assert np.any(x != other) == self.draws(model)

    def draws(self, model) -> bool:
        """Whether its samples depend on a seed; a translator's need not."""
        return True

    @pytest.fixture
    def still(self) -> set[str]:
        """The paths of weights that no step can move, for a reason."""
        return set()

    def test_a_step_moves_every_weight(self, build, batches, still) -> None:
        model = build()
        before = values(model.trainable_weights)
        for batch in batches.take(2):  # not in a graph, whose making takes longer
            model.train_step(batch)
        check_moved(model.trainable_weights, before, still)


class ModelCase(VariantCase):
    """Every recipe that has a mechanism of its own."""

    @pytest.mark.slow
    def test_compiled_steps_are_finite(self, build, batches) -> None:
        """XLA draws other noise from a seed, so that numbers cannot be compared."""
        compiled = build(jit_compile=True)
        logs = compiled.fit(batches.take(3), verbose=0).history
        assert compiled.jit_compile is True
        assert np.all(np.isfinite(list(logs.values())))

    def test_steps_in_a_graph_are_eager_ones_and_go_on_from_a_file(
        self, build, batches, tmp_path
    ) -> None:
        """One test, for making the graph of a step is what takes long."""
        model, eager, batch = build(), build(), next(iter(batches))
        model.fit(tf.data.Dataset.from_tensors(batch), epochs=1, verbose=0)
        eager.train_step(batch)
        check_alike(eager, model)
        model.fit(batches, epochs=2, initial_epoch=1, verbose=0)
        model.save(tmp_path / "model.keras")
        twin = keras.saving.load_model(tmp_path / "model.keras")
        self.check_restored(model, twin, steps=1 + len(batches))
        np.testing.assert_array_equal(answer(model, 2), answer(twin, 2))
        for one in (model, twin):
            one.fit(batches, epochs=4, initial_epoch=2, verbose=0)
        for ours, theirs in zip(all_state(model), all_state(twin), strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)

    def check_restored(self, model, twin, steps: int) -> None:
        """What else of a model is in its file, after so many steps."""
        for ours, theirs in zip(all_state(model), all_state(twin), strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)

    def test_evaluation_is_repeatable(self, build, batches) -> None:
        model = build()
        state = [v.numpy() for v in all_state(model)]
        first = model.evaluate(batches, verbose=0, return_dict=True)
        assert first == model.evaluate(batches, verbose=0, return_dict=True)
        for old, variable in zip(state, all_state(model), strict=True):
            np.testing.assert_array_equal(old, variable, err_msg=variable.path)

    def test_mixed_precision_keeps_losses_in_float32(self, build, batches) -> None:
        model = build(dtype="mixed_bfloat16")
        for batch in batches.take(2):
            logs = model.train_step(batch)
        assert np.all(np.isfinite(list(logs.values())))
        assert {w.dtype for w in model.trainable_weights} == {"float32"}
        assert answer(model, 1).dtype == tf.float32
        assert keras.config.dtype_policy().name == "float32"


class StateOfOthers:
    """What a case inherits first, if nothing in its file is not in another's, too."""

    @pytest.mark.slow
    def test_steps_in_a_graph_are_eager_ones_and_go_on_from_a_file(
        self, build, batches, tmp_path
    ) -> None:
        super().test_steps_in_a_graph_are_eager_ones_and_go_on_from_a_file(
            build, batches, tmp_path
        )


class OnePlayerCase(ModelCase):
    """What holds for recipes with one loss."""

    def test_training_lowers_the_loss(self, build, batches) -> None:
        loss = build().fit(batches, epochs=4, verbose=0).history["loss"]
        assert loss[-1] < loss[0]


class GameCase(ModelCase):
    """What holds for recipes with a generator and critics."""

    def players(self, model) -> tuple[list[Any], list[Any]]:
        """The variables of the generator and of the critics, trainable or not.

        What else makes something, such as an encoder, is one player with the generator.
        """
        makers = [v for network in model.generator_networks for v in network.variables]
        return makers, [v for critic in model.critics for v in critic.variables]

    def test_the_critics_step_moves_the_critics_alone(
        self, build, batches, still
    ) -> None:
        model = build()
        real = model.unpack(next(iter(batches)))
        fake = model.fake_batch(real, as_seed(1))
        own, others = values(model.critic_variables), values(self.players(model)[0])
        model.critic_step(real, fake)
        check_moved(model.critic_variables, own, still)
        check_stood_still(self.players(model)[0], others)

    def test_the_generators_step_moves_the_generator_alone(
        self, build, batches
    ) -> None:
        model = build()
        real = model.unpack(next(iter(batches)))
        tape = tape_of(model.generator_variables)
        with tape:
            fake = model.fake_batch(real, as_seed(1), training=True)
        own, others = values(model.generator_variables), values(self.players(model)[1])
        model.generator_step(real, fake, tape)
        check_moved(model.generator_variables, own)
        check_stood_still(self.players(model)[1], others)

    def check_restored(self, model, twin, steps: int) -> None:
        """Both optimisers, with their settings and their counts."""
        super().check_restored(model, twin, steps)
        counts = {"generator": steps, "critic": steps * model.critic_steps}
        for player, count in counts.items():
            ours, theirs = (getattr(m, f"{player}_optimizer") for m in (model, twin))
            assert int(theirs.iterations) == count
            assert theirs.get_config() == ours.get_config()

    def test_latents_become_samples(self, build) -> None:
        model = build()
        condition = some_condition(model.spec, 3)
        z = model.prior().sample(3, seed=as_seed(5))
        x = model.generate(z, condition)
        assert x.shape == (3, *model.spec.x_shape)
        np.testing.assert_array_equal(x, model.sample(3, condition, seed=5))


def sampling_methods(model: Any) -> dict[str, Any]:
    """What `check_signatures` holds the signatures of every model with latents to."""
    count, seed = tf.constant(3), as_seed(5)
    z = model.prior().sample(3, seed=as_seed(6))
    steps = [model.decode((1 - w) * z[:1] + w * z[1:2]) for w in (0.0, 0.5, 1.0)]
    walk = {"start": z[:1], "end": z[1:2], "steps": tf.constant(3)}
    return {
        "sample": ({"count": count, "seed": seed}, model.sample(3, seed=(0, 5))),
        "prior": ({"count": count, "seed": seed}, model.prior().sample(3, seed=seed)),
        "decode": ({"latent": z}, model.decode(z)),
        "interpolate": (walk, tf.stack(steps, axis=1)),
    }


def check_signatures(
    model: Any, path: pathlib.Path, methods: Mapping[str, tuple[Any, Any]]
) -> None:
    """The artefact of a model has these signatures, which equal its methods.

    Args:
        model: to be exported to `path`.
        path: `<folder>/<name>/<version>`.
        methods: signature -> its inputs, and what it is to return: a tensor, or several
            by their names.
    """
    export.save(model, path)
    found = tf.saved_model.load(str(path)).signatures
    assert set(found) == {*methods, "serving_default"}
    for name, (given, expected) in methods.items():
        answers = found[name](**{key: tf.constant(x) for key, x in given.items()})
        wanted = expected if isinstance(expected, dict) else {None: expected}
        for key, value in wanted.items():
            answer = next(iter(answers.values())) if key is None else answers[key]
            np.testing.assert_allclose(answer, value, atol=1e-5, err_msg=name)


def values(variables: list[Any]) -> list[np.ndarray]:
    return [variable.numpy() for variable in variables]


def check_moved(variables: list[Any], before: list[np.ndarray], still=()) -> None:
    """All have moved but those whose paths end as in `still`, and all are finite."""
    for variable, old in zip(variables, before, strict=True):
        moved = np.any(variable != old)
        held = variable.path.endswith(tuple(still))
        assert moved != held, f"{variable.path}: moved is {moved}"
        assert np.all(np.isfinite(variable)), variable.path


def check_alike(model: keras.Model, twin: keras.Model) -> None:
    """All state is equal but for rounding.

    Adam makes a whole step of a gradient that is nothing but rounding, up or down: of
    weights it is the moments, which are means of gradients, that are held to it.
    """
    learnt = {id(v) for v in model.trainable_variables}
    for ours, theirs in zip(all_state(model), all_state(twin), strict=True):
        allowed = 1e-3 if id(ours) in learnt else 1e-5
        np.testing.assert_allclose(
            ours, theirs, rtol=1e-2, atol=allowed, err_msg=ours.path
        )


def without_zeros(weights: list[Any]) -> None:
    """Give weights that are 0 at first others, so that a step moves what is behind."""
    noise = np.random.default_rng(0)
    for weight in weights:
        if not np.any(weight.numpy()):
            weight.assign(0.1 * noise.normal(size=weight.shape))


def check_stood_still(variables: list[Any], before: list[np.ndarray]) -> None:
    for variable, old in zip(variables, before, strict=True):
        np.testing.assert_array_equal(variable, old, err_msg=variable.path)


def all_state(model: keras.Model) -> list[Any]:
    """Weights, seeds and optimisers, everything that the next step depends on."""
    names = ("optimizer", "generator_optimizer", "critic_optimizer")
    parts = [model, *getattr(model, "members", ())]
    optimisers = [getattr(part, name, None) for part in parts for name in names]
    moments = [v for o in optimisers if o is not None for v in o.variables]
    return [*model.variables, *moments]


def answer(model: Any, n: int) -> tf.Tensor:
    """Samples, or of a classifier, which makes none, what it reads in noise."""
    if hasattr(model, "sample"):
        return model.sample(n, condition=some_condition(model.spec, n), seed=1)
    shape = model.spec.shapes[model.seen]
    return model.classify(np.float32(np.random.RandomState(n).rand(n, *shape)))


def some_condition(spec: Any, n: int) -> Any:
    """The classes of every attribute in turn, (n, condition_size), if it has any.

    Of a real one values from the least to the greatest. With further tensors in a
    batch, a dict of all of them, of noise.
    """
    condition = None
    if spec.attributes:
        values = {
            a.name: np.linspace(a.low, a.high, n)
            if a.is_real
            else np.arange(n) % len(a.classes)
            for a in spec.attributes
        }
        condition = spec.condition(n, **{k: v.tolist() for k, v in values.items()})
    if not spec.tensors:
        return condition
    noise = np.random.RandomState(n)
    further = {
        t.name: np.int32(noise.randint(1, len(t.words), size=(n, *t.shape)))
        if t.kind == "tokens"
        else np.float32(noise.rand(n, *t.shape))
        for t in spec.tensors
    }
    return {"condition": condition, **further}


class DatasetCase:
    """Every data set; the fixture `load` is `data.load` with all but the split given.

    It skips, with the reason, where the set is not on disk.
    """

    def test_spec_says_what_batches_hold(self, load) -> None:
        batches, spec = load("test")
        again = json.loads(json.dumps(spec.to_dict()))
        assert type(spec).from_dict(again) == spec
        assert batches.element_spec["x"].shape[1:] == spec.x_shape
        assert batches.element_spec["condition"].shape[1:] == (spec.condition_size,)
        count = 0
        for batch in batches:
            spec.check(batch)
            assert {k: v.dtype.name for k, v in batch.items()} == {
                key: spec.dtypes[key] for key in batch
            }
            condition = batch["condition"].numpy()
            again = spec.condition(len(condition), **spec.labels(condition))
            np.testing.assert_array_equal(condition, again)
            count += 1
        assert count == int(batches.cardinality())

    def test_order_is_a_function_of_seed_and_epoch(self, load) -> None:
        spec = load("test")[1]
        pictures = len(spec.x_shape) >= 3 and spec.name not in PHYSICS
        random = {"binarise": "dynamic"} if pictures else {}
        ours, theirs = (load("train", seed=3, **random)[0] for _ in range(2))
        first, second = (everything(ours)["x"] for _ in range(2))
        np.testing.assert_array_equal(first, everything(theirs)["x"])
        np.testing.assert_array_equal(second, everything(theirs)["x"])
        assert np.any(first != second)
        other = load("train", seed=4, **random)[0]
        assert np.any(first != everything(other)["x"])

    def test_epochs_hold_the_same_examples(self, load) -> None:
        """Of clips, which may begin elsewhere in every epoch, the same conditions."""
        batches, spec = load("train", drop_remainder=False)
        key = "condition" if len(spec.x_shape) == 4 else "x"
        epochs = [everything(batches) for _ in range(2)]
        assert sorted(rows(epochs[0][key])) == sorted(rows(epochs[1][key]))
        assert rows(epochs[0]["x"]) != rows(epochs[1]["x"])

    def test_splits_are_disjoint(self, load) -> None:
        """Published sets hold a few pictures twice; a wrong split shares them all.

        Of clips no frame is shared.
        """
        train, spec = load("train", drop_remainder=False)
        frame = spec.x_shape if spec.kind == "volume" else spec.x_shape[-3:]
        train = set(rows(everything(train)["x"].reshape(-1, *frame)))
        test = rows(everything(load("test")[0])["x"].reshape(-1, *frame))
        assert sum(row in train for row in test) <= 0.01 * len(test)

    def test_every_advertised_combination_occurs(self, load) -> None:
        """All combinations; of sets with very many, such as faces, every class."""
        batches, spec = load("train", drop_remainder=False)
        labels = spec.labels(everything(batches)["condition"])
        for attribute in spec.attributes:
            seen = np.unique(labels[attribute.name])
            if attribute.is_real:
                assert np.ptp(seen) > 0.9 * (attribute.high - attribute.low)
                continue
            np.testing.assert_array_equal(seen, np.arange(len(attribute.classes)))
        wanted = math.prod(len(attribute.classes) for attribute in spec.attributes)
        if 0 < wanted <= MOST_COMBINATIONS:
            found = set(zip(*labels.values(), strict=True)) if labels else {()}
            assert len(found) == wanted


def everything(batches: tf.data.Dataset) -> dict[str, np.ndarray]:
    """One pass over a data set, its batches one after another."""
    found = list(batches.as_numpy_iterator())
    return {key: np.concatenate([batch[key] for batch in found]) for key in found[0]}


def rows(examples: np.ndarray) -> list[bytes]:
    """Every example as something that can be counted."""
    return [example.tobytes() for example in examples]


def check_two_devices(dataset: str, options: dict, epochs: int, recipes: dict) -> None:
    """Training on two devices ends at the weights of training on one.

    The same global batches, the same noise: only the order of additions differs.
    """
    client = pathlib.Path(__file__).parent / "clients" / "two_devices.py"
    task = {"dataset": dataset, "options": options, "epochs": epochs}
    done = forked.run(client, json.dumps({**task, "recipes": recipes}))
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [f"{recipe} equal" for recipe in recipes]
