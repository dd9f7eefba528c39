"""Metrics of likelihood against a model whose log p(x) is known in closed form."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation.metrics import annealed_importance_sampling, likelihood

tfd = tfp.distributions
SPEC = DatasetSpec("points", (4,), side_by_side({"label": ["low", "high"]}))
DENSE = tfp.distributions.MultivariateNormalTriL


class LinearGaussian:
    """x = W z + b + noise: every distribution of it is a known normal."""

    def __init__(self, posterior_scale=1.0, condition_shift=0.0):
        rng = np.random.default_rng(0)
        self.spec = SPEC
        self.weights = rng.normal(size=(4, 2)).astype(np.float32)
        self.bias, self.noise = np.float32(0.5), np.float32(0.3)
        self.shift = np.float32(condition_shift)
        precision = np.eye(2) + self.weights.T @ self.weights / self.noise**2
        self.covariance = np.linalg.inv(precision)
        self.scale = np.float32(posterior_scale)

    def prior(self, condition=None):
        return tfd.MultivariateNormalDiag(tf.zeros(2), tf.ones(2))

    def likelihood(self, z, condition=None):
        shift = 0.0 if condition is None else self.shift * condition[:, 1:]
        mean = z @ self.weights.T + self.bias + shift
        return tfd.Independent(tfd.Normal(mean, self.noise), 1)

    def posterior(self, x, condition=None):
        shift = 0.0 if condition is None else self.shift * condition[:, 1:]
        pull = (x - self.bias - shift) @ self.weights / self.noise**2
        mean = pull @ self.covariance.astype(np.float32)
        root = np.linalg.cholesky(self.covariance).astype(np.float32)
        return DENSE(mean, self.scale * root)

    def log_weights(self, x, condition, num_samples, seed):
        q, p = self.posterior(x, condition), self.prior(condition)
        z = q.sample(num_samples, seed=tf.constant(seed))
        log_joint = self.likelihood(z, condition).log_prob(x) + p.log_prob(z)
        return log_joint - q.log_prob(z)

    def elbo(self, x, condition=None, num_samples=1, seed=0):
        return tf.reduce_mean(self.log_weights(x, condition, num_samples, seed), 0)

    def log_likelihood(self, x, condition=None, num_samples=100, seed=0):
        weights = self.log_weights(x, condition, num_samples, seed)
        return tf.reduce_logsumexp(weights, axis=0) - np.log(num_samples)

    def exact(self, x, condition):
        """log p(x), in float64 from the marginal normal."""
        from scipy.stats import multivariate_normal

        shift = self.shift * condition[:, 1:]
        covariance = self.weights @ self.weights.T + self.noise**2 * np.eye(4)
        return multivariate_normal(np.zeros(4), covariance).logpdf(
            x - self.bias - shift
        )


def batch(count=6, seed=0):
    rng = np.random.default_rng(seed)
    condition = np.eye(2, dtype=np.float32)[np.arange(count) % 2]
    return {"x": rng.random((count, 4), np.float32), "condition": condition}


def test_elbo_with_the_true_posterior_is_the_exact_log_likelihood():
    data = batch(10)
    parts = [{k: v[:6] for k, v in data.items()}, {k: v[6:] for k, v in data.items()}]
    model = LinearGaussian()
    found = likelihood.elbo(model, parts, seed=3)
    exact = model.exact(**data).mean()
    assert found["elbo"] == pytest.approx(exact, abs=1e-3)
    assert found["elbo/examples"] == 10
    q, p = model.posterior(data["x"], data["condition"]), model.prior()
    kl = tfd.kl_divergence(q, p).numpy().mean()
    assert found["elbo/kl"] == pytest.approx(kl, rel=1e-4)
    parts = found["elbo/reconstruction"] + found["elbo/kl"]
    assert parts == pytest.approx(-found["elbo"])
    bits = -found["elbo"] / (4 * np.log(2))
    assert found["elbo/bits_per_dimension"] == pytest.approx(bits)


def test_draws_that_no_memory_holds_are_refused_before_they_are_made():
    with pytest.raises(ValueError, match=r"268435456 numbers at once.*=100000000 with"):
        likelihood.elbo(LinearGaussian(), [batch()], num_samples=10**8)


def test_log_likelihood_is_above_the_elbo_and_near_the_truth():
    model, data = LinearGaussian(posterior_scale=1.5), batch(40)
    numbers = evaluation.evaluate(
        model,
        [data],
        ["elbo", "log_likelihood"],
        elbo={"num_samples": 50},
        log_likelihood={"num_samples": 2000, "max_examples": 20},
        seed=1,
    )
    exact = model.exact(**data)
    # KL between normals of covariance 1.5**2 S and S: 2 / 2 * (1.5**2 - 1) - log 1.5**2
    gap = 1.25 - 2 * np.log(1.5)
    assert numbers["elbo"] == pytest.approx(exact.mean() - gap, abs=0.1)
    assert numbers["log_likelihood"] == pytest.approx(exact[:20].mean(), abs=0.03)
    assert numbers["log_likelihood/examples"] == 20
    assert numbers["log_likelihood/num_samples"] == 2000
    error = exact[:20].std() / np.sqrt(20)
    assert numbers["log_likelihood/standard_error"] == pytest.approx(error, rel=0.05)


def test_annealed_importance_sampling_is_exact_and_looks_at_the_condition():
    model, data = LinearGaussian(condition_shift=0.7), batch(5)
    found = annealed_importance_sampling.annealed_importance_sampling(
        model, **data, num_chains=16, num_steps=300, num_leapfrog_steps=5
    )
    exact = model.exact(**data)
    # The standard error of log mean w is about spread / sqrt(chains); 5 of them.
    assert found.spread.max() < 0.6
    assert np.all(np.abs(found.log_likelihood - exact) < 5 * found.spread / 4)
    assert found.acceptance.mean() > 0.2


def test_annealed_importance_sampling_is_unbiased_with_few_temperatures():
    # E[w] = p(x) holds whatever the number of temperatures: 4,000 chains, 10 steps.
    model, data = LinearGaussian(), batch(3)
    found = annealed_importance_sampling.annealed_importance_sampling(
        model, **data, num_chains=4000, num_steps=10, num_leapfrog_steps=3, seed=5
    )
    np.testing.assert_allclose(found.log_likelihood, model.exact(**data), atol=0.4)


def test_ais_metric_repeats_under_its_seed_and_counts():
    model = LinearGaussian()
    options = {"num_chains": 4, "num_steps": 20, "num_leapfrog_steps": 2}
    parts = [batch(4), batch(4, seed=1), batch(4)]
    one, two = (likelihood_ais(model, parts, seed=7, **options) for _ in range(2))
    assert one == two
    assert one["ais/examples"] == 8
    assert one["ais/num_chains"] == 4
    assert one["ais/spread"] > 0


def likelihood_ais(model, parts, **options):
    return evaluation.evaluate(model, parts, "ais", ais={"max_examples": 8}, **options)


class Copying:
    """A model that can only reconstruct, half of what it sees."""

    spec = SPEC

    def reconstruct(self, x, condition=None):
        return tf.constant(x) / 2


def test_reconstruction_error_is_that_of_every_example_whatever_the_batches():
    data = batch(9)
    whole = evaluation.evaluate(Copying(), [data])
    parts = [{k: v[:4] for k, v in data.items()}, {k: v[4:] for k, v in data.items()}]
    split = evaluation.evaluate(Copying(), parts)
    expected = np.mean(np.square(data["x"] / 2))
    assert whole["reconstruction_error"] == pytest.approx(expected)
    assert split == pytest.approx(whole)
    assert whole["reconstruction_error/examples"] == 9


def test_default_metrics_follow_the_methods_of_the_model():
    names = set(evaluation.evaluate(LinearGaussian(), [batch()], num_samples=10))
    assert {"elbo", "log_likelihood"} <= names
    assert not {"ais", "reconstruction_error", "linear_probe"} & names


def test_bits_per_dimension():
    assert evaluation.bits_per_dimension(-8 * np.log(2), 4) == pytest.approx(2)
    assert evaluation.bits_per_dimension(0.0, 4, levels=256) == pytest.approx(8)


def test_own_functions_are_metrics_too():
    def count(model, dataset, factor=1):
        return {"count": factor * len(dataset)}

    assert evaluation.evaluate(None, [1, 2], [count], factor=3) == {"count": 6}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, d: evaluation.evaluate(m, d, ["elbow"]), "Did you mean 'elbo'"),
        (
            lambda m, d: evaluation.evaluate(Copying(), d, ["log_likelihood"]),
            "'log_likelihood' needs a model with `log_likelihood`. Received: Copying, "
            "which offers the metrics .*'reconstruction_error'",
        ),
        (
            lambda m, d: evaluation.evaluate(m, d, ["elbo"], num_sample=1),
            "Unknown option 'num_sample'. Did you mean 'num_samples'",
        ),
        (lambda m, d: evaluation.evaluate(m, [], ["elbo"]), "at least one batch"),
        (lambda m, d: likelihood.elbo(m, d, max_examples=0), "max_examples=0"),
        (
            lambda m, d: annealed_importance_sampling.ais(m, d, num_chains=1),
            "num_chains=1",
        ),
        (lambda m, d: evaluation.bits_per_dimension(1.0, 0), "num_dimensions=0"),
        (
            lambda m, d: likelihood.elbo(m, [{"x": 255 * np.ones((2, 4), np.float32)}]),
            "condition",
        ),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(LinearGaussian(), [batch()])


def test_options_of_one_metric_must_be_a_dictionary():
    with pytest.raises(TypeError, match=r"`elbo` must be a dictionary.*Received: 3"):
        evaluation.evaluate(LinearGaussian(), [batch()], ["elbo"], elbo=3)


@pytest.mark.parametrize(("side", "quick"), [(8, True), (40, False)])
def test_the_likelihood_of_large_pictures_is_measured_when_it_is_asked_for(side, quick):
    spec = kgm.data.DatasetSpec("squares", (side, side, 1))
    model = kgm.zoo.build("vae", spec, latent_dim=2, units=(4,))
    data = [{"x": np.zeros((2, side, side, 1), np.float32)}]
    options = {"log_likelihood": {"num_samples": 2}}
    assert ("log_likelihood" in evaluation.evaluate(model, data, **options)) == quick
    asked = evaluation.evaluate(model, data, ["log_likelihood"], **options)
    assert asked["log_likelihood/num_samples"] == 2
