"""Adversarial objectives against numbers computed by hand, and their known traits."""

from __future__ import annotations

import cases
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import registry
from keras_genmodels.objectives import (
    AccuracyGate,
    BoundaryEquilibrium,
    BoundarySeeking,
    Categorical,
    EnergyBased,
    FDivergence,
    Hinge,
    LeastSquares,
    Logistic,
    LogRatio,
    MarginRanking,
    Minimax,
    NonSaturating,
    Relativistic,
    Wasserstein,
    Which,
)

# -log D(x) for a score of 0.5 is 0.474077; -log(1 - D) for -0.25 is 0.575939;
# -log D for -0.25 is 0.825939.
CROSS_ENTROPY = 0.474077 + 0.575939

LESS = np.exp(-0.25)
RATIO = LESS * np.log(LESS) - (1 + LESS) * np.log(1 + LESS)


def equilibrium():
    """BEGAN's objective with k = 0.5."""
    objective = BoundaryEquilibrium(diversity=0.5, rate=0.1)
    objective.k.assign(0.5)
    return objective


GAMES = {
    "minimax": lambda: (Minimax(), CROSS_ENTROPY, -0.575939),
    "non_saturating": lambda: (NonSaturating(), CROSS_ENTROPY, 0.825939),
    "smoothed": lambda: (NonSaturating(0.1), CROSS_ENTROPY + 0.05, 0.825939),
    "log_ratio": lambda: (LogRatio(), CROSS_ENTROPY, 0.25),
    "least_squares": lambda: (LeastSquares(), 0.125 + 0.03125, 0.28125, 0.25),
    "least_squares_-1_1_0": lambda: (LeastSquares(-1, 1, 0), 0.125 + 0.28125, 0.03125),
    "wasserstein": lambda: (Wasserstein(), -0.75, 0.25),
    "hinge": lambda: (Hinge(), 0.5 + 0.75, 0.25),
    "boundary_seeking": lambda: (BoundarySeeking(), CROSS_ENTROPY, 0.03125),
    "energy_based": lambda: (EnergyBased(margin=1.0), -0.5 + 0.75, 0.25),
    "boundary_equilibrium": lambda: (equilibrium(), -0.5 - 0.125, 0.25),
    "margin_ranking": lambda: (MarginRanking(), 0.25, 0.25),
    "accuracy_gate": lambda: (AccuracyGate(Wasserstein()), -0.75, 0.25),
    "kl": lambda: (FDivergence("kl"), -0.5 + np.exp(-1.25), 0.25),
    "kl_saturating": lambda: (
        FDivergence("kl", saturating=True),
        -0.5 + np.exp(-1.25),
        -np.exp(-1.25),
    ),
    "reverse_kl": lambda: (
        FDivergence("reverse_kl"),
        np.exp(-0.5) - 1.25,
        np.exp(0.25),
    ),
    "pearson": lambda: (FDivergence("pearson"), -0.5 - 0.234375, 0.25),
    "squared_hellinger": lambda: (
        FDivergence("squared_hellinger"),
        np.exp(-0.5) - 1 + np.exp(-0.25) - 1,
        np.exp(0.25) - 1,
    ),
    "jensen_shannon": lambda: (
        FDivergence("jensen_shannon"),
        CROSS_ENTROPY - 2 * np.log(2),
        0.825939 - np.log(2),
    ),
    **{  # the same critics; f of a ratio of exp(-0.25), of exp(-1.25) and of 0.875
        f"{name}_ratio": lambda name=name, costs=costs: (
            FDivergence(name, generator="ratio"),
            *costs,
        )
        for name, costs in {
            "kl": (-0.5 + np.exp(-1.25), -2.25 * np.exp(-1.25) + 1),
            "reverse_kl": (np.exp(-0.5) - 1.25, 0.25),
            "pearson": (-0.5 - 0.234375, 0.015625),
            "squared_hellinger": (
                np.exp(-0.5) - 1 + np.exp(-0.25) - 1,
                2 - 2 * np.exp(-0.25),
            ),
            "jensen_shannon": (CROSS_ENTROPY - 2 * np.log(2), np.log(4) + RATIO),
        }.items()
    },
    "total_variation": lambda: (
        FDivergence("total_variation"),
        -(np.tanh(0.5) + np.tanh(0.25)) / 2,
        np.tanh(0.25) / 2,
    ),
}


class TestAdversarialObjectives(cases.ObjectiveCase):
    @pytest.fixture(params=sorted(GAMES))
    def game(self, request):
        return cases.Game(*GAMES[request.param]())


def test_every_objective_is_held_to_the_contract():
    others = {Categorical, Logistic, Relativistic, Which}  # with tests of their own
    held = {type(game()[0]) for game in GAMES.values()} | others
    known = {registry.lookup(n, "adversarial") for n in registry.names("adversarial")}
    assert held == known


@pytest.mark.parametrize(
    ("game", "expected"),
    [  # for a real score of 0.5: what the generator pays for it with labels exchanged
        (Minimax(), -0.474077),  # log D(x)
        (NonSaturating(), 0.974077),  # -log(1 - D(x))
        (LeastSquares(), 0.125),
        (LeastSquares(-1, 1, 0), 0.125),
        (LeastSquares(0, 3, 3), 0.125),
        (Wasserstein(), 0.5),
        (Hinge(), 0.5),
        (BoundarySeeking(), 0.125),
        (FDivergence("pearson"), 0.5),
        (FDivergence("reverse_kl"), -np.exp(-0.5)),
    ],
)
def test_an_encoder_pays_for_real_scores(game, expected):
    loss = game.encoder_loss(tf.fill((2, 3, 1), 0.5))
    np.testing.assert_allclose(loss, [expected] * 2, rtol=1e-5)


def test_minimax_saturates_where_non_saturating_does_not():
    score = tf.fill((1,), -5.0)  # D(G(z)) = 0.0067
    slopes = {}
    for objective in (Minimax(), NonSaturating()):
        with tf.GradientTape() as tape:
            tape.watch(score)
            loss = objective.generator_loss(score)
        slopes[type(objective)] = float(tape.gradient(loss, score)[0])
    assert slopes[Minimax] == pytest.approx(-0.006693, rel=1e-3)
    assert slopes[NonSaturating] == pytest.approx(-0.993307, rel=1e-3)


def test_smoothing_is_one_sided():
    """The best real score is log((1 - s) / s); fake scores still want to fall."""
    best = tf.fill((1,), np.float32(np.log(0.9 / 0.1)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(best)
        real = Minimax(0.1).real_cost(best)
        fake = Minimax(0.1).fake_cost(best)
    np.testing.assert_allclose(tape.gradient(real, best), 0.0, atol=1e-6)
    np.testing.assert_allclose(tape.gradient(fake, best), 0.9, rtol=1e-5)


@pytest.mark.parametrize(
    ("divergence", "conjugate"),
    [
        ("kl", lambda t: np.exp(t - 1)),
        ("reverse_kl", lambda t: -1 - np.log(-t)),
        ("pearson", lambda t: t**2 / 4 + t),
        ("squared_hellinger", lambda t: t / (1 - t)),
        ("jensen_shannon", lambda t: -np.log(2 - np.exp(t))),
        ("total_variation", lambda t: t),
    ],
)
def test_the_stable_conjugate_is_the_conjugate(divergence, conjugate):
    scores = tf.constant([-2.0, -0.5, 0.0, 0.5, 2.0])
    objective = FDivergence(divergence)
    squashed = -np.float64(objective.real_cost(scores))
    expected = conjugate(squashed)
    np.testing.assert_allclose(objective.fake_cost(scores), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("divergence", "f", "best_score"),
    [  # the score at which the bound touches: g(v) = f'(p / q)
        ("kl", lambda u: u * np.log(u), lambda u: 1 + np.log(u)),
        ("reverse_kl", lambda u: -np.log(u), np.log),
        ("pearson", lambda u: (u - 1) ** 2, lambda u: 2 * (u - 1)),
        ("squared_hellinger", lambda u: (np.sqrt(u) - 1) ** 2, lambda u: np.log(u) / 2),
        (
            "jensen_shannon",
            lambda u: u * np.log(u) - (u + 1) * np.log((u + 1) / 2),
            np.log,
        ),
    ],
)
def test_the_best_critic_reads_the_divergence(divergence, f, best_score):
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.4, 0.4])
    scores = tf.constant(best_score(p / q), tf.float32)
    objective = FDivergence(divergence)
    real, fake = (np.float64(objective.real_cost(scores)), objective.fake_cost(scores))
    bound = -np.sum(p * real) - np.sum(q * np.float64(fake))
    assert bound == pytest.approx(np.sum(q * f(p / q)), rel=1e-4)
    # Its scores say what the ratio is, and the mean of f of it is the divergence, too.
    objective = FDivergence(divergence, generator="ratio")
    np.testing.assert_allclose(objective.density_ratio(scores), p / q, rtol=1e-4)
    costs = np.float64(objective.generator_loss(scores))
    assert np.sum(q * costs) == pytest.approx(np.sum(q * f(p / q)), rel=1e-4)


@pytest.mark.parametrize(
    ("divergence", "turns"),
    [("kl", True), ("pearson", True)]
    + [(name, False) for name in ("reverse_kl", "squared_hellinger", "jensen_shannon")],
)
def test_a_generator_seeks_a_greater_ratio(divergence, turns):
    """Everywhere, or up to the ratio 1: beyond it, where f grows, a smaller one."""
    objective = FDivergence(divergence, generator="ratio")
    scores = tf.constant([-1.5, -0.5, 0.3, 0.7, 1.2, 2.0, 3.0])
    ratios = np.asarray(objective.density_ratio(scores))
    with tf.GradientTape() as tape:
        tape.watch(scores)
        cost = objective.generator_loss(scores)
    falls = np.asarray(tape.gradient(cost, scores)) < 0
    assert ratios.min() < 1 < ratios.max()
    np.testing.assert_array_equal(falls, ratios < (1 if turns else np.inf))


def test_a_critic_learns_the_density_ratio():
    """Of two normals in the plane, at points that it has not seen.

    The true log-ratio is linear in x: its ranks are those of x[0].
    """
    real, fake = tf.random.stateless_normal((2, 2000, 2), (0, 1))
    real += [1.0, 0.0]
    objective = FDivergence("jensen_shannon", generator="ratio")
    weights = tf.Variable([0.0, 0.0, 0.0])
    for _ in range(200):
        with tf.GradientTape() as tape:
            scores = [
                tf.reduce_sum(x * weights[:2], -1) + weights[2] for x in (real, fake)
            ]
            loss = tf.reduce_mean(objective.critic_loss(*scores))
        weights.assign_sub(2.0 * tape.gradient(loss, weights))
    x = np.random.default_rng(0).normal(size=(500, 2)).astype("f")
    found = objective.density_ratio(x @ weights[:2].numpy() + weights[2].numpy())
    log_ratio = x[:, 0] - 0.5  # of N((1, 0), 1) and N(0, 1)
    # Standard error of the weights is about 0.04, that of the bias 0.03.
    np.testing.assert_allclose(np.log(found), log_ratio, atol=0.6)
    assert np.corrcoef(np.log(found), log_ratio)[0, 1] > 0.98


def test_k_follows_the_feedback_and_stays_in_bounds():
    objective = equilibrium()
    real, fake = tf.fill((4, 1), -2.0), tf.fill((4, 1), -0.4)  # energies 2 and 0.4
    objective.update(real, fake)
    assert float(objective.k) == pytest.approx(0.5 + 0.1 * (0.5 * 2.0 - 0.4))
    measures = objective.measures(real, fake)
    assert tuple(measures) == objective.measure_names
    np.testing.assert_allclose(measures["convergence"], [2.0 + 0.6] * 4, rtol=1e-6)
    np.testing.assert_allclose(measures["k"], [0.56] * 4, rtol=1e-6)
    for _ in range(20):
        objective.update(real, fake)
    assert float(objective.k) == 1.0
    for _ in range(40):
        objective.update(fake, real)
    assert float(objective.k) == 0.0


def test_k_survives_the_file(tmp_path):
    import keras

    cases.Holder(equilibrium()).save(tmp_path / "held.keras")
    assert float(keras.saving.load_model(tmp_path / "held.keras").held.k) == 0.5


def test_categorical_by_hand():
    """Two sure examples of two classes, and an undecided generator."""
    sure = tf.constant([[50.0, 0.0], [0.0, 50.0]])
    undecided = tf.zeros((2, 2))
    game = Categorical()
    log2 = np.log(2)
    np.testing.assert_allclose(game.critic_loss(sure, undecided), [-2 * log2] * 2, 1e-5)
    np.testing.assert_allclose(game.generator_loss(undecided), [0.0] * 2, atol=1e-6)
    np.testing.assert_allclose(game.generator_loss(sure), [-log2] * 2, rtol=1e-5)


def test_categorical_averages_patches():
    """A patch is one more example to the classes' shares, and one more of its own."""
    real, fake = tf.random.stateless_normal((2, 3, 4), (0, 1))  # (2, examples, K)
    game = Categorical()
    expected = game.critic_loss(real, fake), game.generator_loss(fake)

    def patches(scores):
        return tf.tile(scores[:, None, None], (1, 5, 6, 1))

    found = game.critic_loss(patches(real), patches(fake))
    np.testing.assert_allclose(found, expected[0], rtol=1e-4)
    found = game.generator_loss(patches(fake))
    np.testing.assert_allclose(found, expected[1], rtol=1e-4)
    shuffled = tf.reshape(tf.random.stateless_normal((8, 4), (2, 3)), (2, 2, 2, 4))
    one = game.generator_loss(tf.reshape(shuffled, (8, 4)))  # each patch an example
    means = tf.reduce_mean(tf.reshape(one, (2, 4)), axis=1)
    np.testing.assert_allclose(game.generator_loss(shuffled), means, rtol=1e-4)


@pytest.mark.parametrize("shape", [(2, 2), (2, 3, 3, 2)])
def test_categorical_gradients_point_the_right_way(shape):
    """A leaning is made stronger in real examples, weaker in fake ones, and back."""
    leaning = np.zeros(shape, "float32")
    leaning[0, ..., 0] = leaning[1, ..., 1] = 0.5
    real, fake = tf.constant(leaning), tf.constant(leaning)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([real, fake])
        critic = Categorical().critic_loss(real, fake)
        generator = Categorical().generator_loss(fake)
    own = leaning > 0
    assert np.all(tape.gradient(critic, real).numpy()[own] < 0)
    assert np.all(tape.gradient(critic, fake).numpy()[own] > 0)
    assert np.all(tape.gradient(generator, fake).numpy()[own] < 0)


def test_categorical_wants_all_classes():
    """Where all examples lean to one class, the others' logits are raised."""
    scores = tf.tile(tf.constant([[2.0, 0.0, 0.0]]), (4, 1))
    for loss in (
        lambda s: Categorical().critic_loss(s, tf.zeros_like(s)),
        Categorical().generator_loss,
    ):
        with tf.GradientTape() as tape:
            tape.watch(scores)
            total = tf.reduce_sum(loss(scores))
        np.testing.assert_allclose(tape.gradient(total, scores), 0.0, atol=1e-5)
        mixed = tf.concat([scores[1:], [[1.9, 0.1, 0.0]]], axis=0)
        assert tf.reduce_sum(loss(mixed)) < total  # one that differs is worth more


@pytest.mark.parametrize("score", [-30.0, 0.0, 30.0])
def test_categorical_gradients_are_finite(score):
    scores = tf.constant([[score, 0.0, -score], [0.0, score, 0.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(scores)
        critic = Categorical().critic_loss(scores, scores[::-1])
        generator = Categorical().generator_loss(scores)
    for loss in (critic, generator):
        assert np.all(np.isfinite(loss))
        assert np.all(np.isfinite(tape.gradient(loss, scores)))


def test_logistic_is_the_critics_half_of_the_logistic_games():
    real, fake = tf.constant([[0.5], [2.0]]), tf.constant([[-0.25], [1.0]])
    ours, theirs = (o(0.1).critic_loss(real, fake) for o in (Logistic, NonSaturating))
    np.testing.assert_array_equal(ours, theirs)
    with tf.GradientTape() as tape:
        tape.watch(fake)
        loss = Logistic().generator_loss(fake)
    np.testing.assert_array_equal(loss, [0.0, 0.0])
    slope = tape.gradient(loss, fake, unconnected_gradients="zero")
    np.testing.assert_array_equal(slope, [[0.0], [0.0]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Minimax(1.0), r"`label_smoothing` must be in \[0, 1\). Received: .*1"),
        (lambda: EnergyBased(-1), r"`margin` must be >= 0. Received: margin=-1"),
        (lambda: BoundaryEquilibrium(rate=-1), r"`rate` must be >= 0. Received"),
        (
            lambda: BoundaryEquilibrium(patience=-1),
            r"`patience` must be >= 0. Received",
        ),
        (lambda: FDivergence("pearso"), "Unknown divergence.*Did you mean 'pearson'"),
        (
            lambda: FDivergence("kl", generator="ratios"),
            "`generator` must be 'bound' or 'ratio'. Received: generator='ratios'",
        ),
        (
            lambda: FDivergence("kl", True, "ratio"),
            "`saturating` is about the bound. Received: saturating=True with gen",
        ),
        (
            lambda: FDivergence("total_variation", generator="ratio"),
            r"`divergence` must be one of \['kl'.*Received: .*='total_variation'",
        ),
        (
            lambda: FDivergence("total_variation").density_ratio(tf.zeros(1)),
            r"from whose critics the density ratio can be read. Received: diverg",
        ),
    ],
)
def test_impossible_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_relativistic_losses_by_hand():
    """Scores 1 and 3 of real, 0 and 2 of generated examples: means of 2 and 1."""
    real, fake = tf.constant([[1.0], [3.0]]), tf.constant([[0.0], [2.0]])

    def cost(margins):  # -log sigmoid of each
        return np.log1p(np.exp(-np.array(margins)))

    single, mean = Relativistic(average=False), Relativistic()
    np.testing.assert_allclose(single.critic_loss(real, fake), cost([1, 1]), rtol=1e-6)
    np.testing.assert_allclose(
        single.generator_loss(fake, real), cost([-1, -1]), rtol=1e-6
    )
    expected = cost([1 - 1, 3 - 1]) + cost([2 - 0, 2 - 2])
    np.testing.assert_allclose(mean.critic_loss(real, fake), expected, rtol=1e-6)
    expected = cost([0 - 2, 2 - 2]) + cost([1 - 1, 1 - 3])
    np.testing.assert_allclose(mean.generator_loss(fake, real), expected, rtol=1e-6)
    patches = tf.reshape(real, (1, 2, 1, 1)), tf.reshape(fake, (1, 2, 1, 1))
    assert mean.critic_loss(*patches).shape == (1,)
    twin = Relativistic.from_config(single.get_config())
    assert twin.average is False
    with pytest.raises(ValueError, match="an encoder a loss from real scores alone"):
        mean.encoder_loss(real)


def test_a_relativistic_generator_learns_from_real_scores(digits):
    """The gradient of the generator's loss is that of both batches' scores."""
    train, spec = digits
    model = kgm.zoo.build("gan", spec, objective="relativistic", units=(8,))
    step = model.step_tensors(
        real := model.unpack(next(iter(train))),
        model.fake_batch(real, cases.as_seed(1)),
        training=False,
    )
    expected = model.critics[0].objective.generator_loss(
        step.on_fake()["score"], step.on_real()["score"]
    )
    np.testing.assert_allclose(
        model.generator_terms(step)["generator_loss"], expected, rtol=1e-6
    )
    logs = model.fit(train, verbose=0).history
    assert np.all(np.isfinite([*logs.values()]))


def test_boundary_equilibrium_notices_a_stretch_without_progress():
    """Energies e of real and e / 2 of generated ones: the measure is e."""
    objective = BoundaryEquilibrium(diversity=0.5, patience=2)
    factors = []
    for energy in (2.0, 1.0, 1.0, 1.0, 1.5, 1.0, 0.5, 0.5):
        scores = -energy * tf.ones((3, 1))
        objective.update(scores, scores / 2)
        factors.append(float(objective.rate_factor()))
    # means of the stretches: 1.5, 1, 1.25, 0.5
    assert factors == [1, 1, 1, 1, 1, 0.5, 1, 1]
    for energy in 8 * [0.5]:  # several steps of the critic, asked about once
        objective.update(-energy * tf.ones((3, 1)), -energy / 2 * tf.ones((3, 1)))
    assert float(objective.rate_factor()) == 0.5**4
    assert objective.scales_rates
    assert not BoundaryEquilibrium().scales_rates
    assert float(objective.k) == 0.0
