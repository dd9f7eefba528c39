"""Networks whose parameters are random: a posterior in place of trained weights."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import checks, registry
from keras_genmodels.distributions import kl
from keras_genmodels.global_batch import device_sum
from keras_genmodels.models.base import BatchModel
from keras_genmodels.models.checks import check_inputs
from keras_genmodels.models.input_methods import needs_output
from keras_genmodels.models.network_inputs import call_declared, examples
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.objectives.class_cross_entropy import class_cross_entropy
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair

PARAMETERS = "parameters"


class BayesianModel(BatchModel):
    """The base of models that learn a posterior q of the parameters of a network.

    A subclass says what a batch tells of parameters; how far q is from the prior counts
    once in every pass over the data.

    Args:
        spec: of the dataset.
        network: from "parameters", (draws, size), and tensors of a batch, (rows, ...),
            to outputs (draws, rows, ...); it may declare "seed", int32 (2,), of its
            noise, and "latent", standard normal noise of a row.
        posterior: q, a prior with weights such as "trained_normal", the mean field, or
            "trained_point", a point estimate. Default "trained_normal".
        prior: of the parameters. Default "standard_normal".
        draws: of the parameters in a step, >= 1, each for all rows. Default 4.
        kl_weight: of the distance of q from the prior, >= 0; at 1 the bound is that of
            the evidence. Default 1.
        steps_per_epoch: batches in one pass over the data, >= 1. Default: the spec's.
        prediction_draws: of the parameters, over which `classify` takes the mean, >= 1.
            Default 100.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `BatchModel`.

    Raises:
        ValueError: for a network without "parameters", with other inputs than a batch
            has, or classes of another number than the condition's columns; for data of
            which nobody knows the steps of an epoch; for numbers out of their ranges.
    """

    further_inputs = (PARAMETERS, "seed", "latent")  # that the model gives

    def __init__(
        self,
        spec,
        network,
        posterior="trained_normal",
        prior="standard_normal",
        draws=4,
        kl_weight=1.0,
        steps_per_epoch=None,
        prediction_draws=100,
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        self.network = network
        self._check_network()
        size = network.input[PARAMETERS].shape[-1]
        self.parameter_prior = registry.get(prior, "prior", latent_dim=size)
        self.parameter_posterior = registry.get(posterior, "prior", latent_dim=size)
        self.draws = checks.integer("draws", draws, 1)
        self.kl_weight = checks.number("kl_weight", kl_weight, least=0)
        self.steps_per_epoch = _steps(spec, steps_per_epoch)
        self.prediction_draws = checks.integer("prediction_draws", prediction_draws, 1)

    def _check_network(self):
        network, spec = self.network, self.spec
        further = dict.fromkeys(self.further_inputs)
        check_inputs(network, {**spec.shapes, **further})
        if PARAMETERS not in network.input:
            raise ValueError(
                f"The network {network.name!r} must declare 'parameters'. "
                f"Received: {sorted(network.input)}."
            )
        if "classes" in network.output:
            _check_classes(network, spec)

    @property
    def networks(self):
        return [self.network]

    def prior(self):
        """The distribution of the parameters before any data, over (size,)."""
        return self.parameter_prior.distribution()

    def posterior(self):
        """The approximate posterior q of the parameters, over (size,)."""
        return self.parameter_posterior.distribution()

    def divergence(self, parameters) -> tf.Tensor:
        """KL(q || prior) in nats, a scalar.

        Args:
            parameters: draws of q, (draws, size), where there is no closed form.
        """
        return kl(self.posterior(), self.prior(), parameters)

    def outputs(self, tensors, parameters, seed, training=False):
        """The named outputs of the network, (draws, rows, ...) each, float32.

        Args:
            tensors: named tensors of a batch, (rows, ...).
            parameters: (draws, size).
            seed: int32 (2,), of the network's noise.
            training: whether this is a training step.
        """
        given = {**tensors, PARAMETERS: parameters, "seed": seed}
        if "latent" in self.network.input:
            size = self.network.input["latent"].shape[-1]
            rows = tf.shape(tensors["x"])[0]
            given["latent"] = tf.random.stateless_normal((rows, size), seed)
        return call_declared(self.network, given, training)

    @needs_output("classes")
    def classify(self, x) -> tf.Tensor:
        """The predictive probability of every class, (batch, condition_size).

        It is the mean over `prediction_draws` parameters of the posterior, the same
        ones in every call.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].
        """
        seed = seed_pair(self.seed)
        parameters = self.posterior().sample(self.prediction_draws, seed=seed)
        logits = self.outputs({"x": examples(x)}, parameters, seed)["classes"]
        return tf.reduce_mean(tf.nn.softmax(logits), axis=0)

    seen = "x"  # of a batch, by `classify`

    def call(self, batch, training=False):
        """`classify` of a batch of named tensors."""
        return self.classify(self.unpack(batch)["x"])

    def share(self, parameters, rows) -> tf.Tensor:
        """The part of the divergence that one of so many rows of a batch pays.

        Args:
            parameters: draws of q.
            rows: of this device's share of the batch.
        """
        rows = device_sum(tf.cast(rows, tf.float32)) * self.steps_per_epoch
        return self.kl_weight * self.divergence(parameters) / rows

    def fresh_seed(self, training) -> tf.Tensor:
        """The seed of a step, int32 (2,); out of training always the same."""
        return self.next_seed() if training else seed_pair(self.seed)

    def get_config(self):
        parts = {
            "network": self.network,
            "posterior": self.parameter_posterior,
            "prior": self.parameter_prior,
        }
        return {
            **super().get_config(),
            **serialised(parts),
            "draws": self.draws,
            "kl_weight": self.kl_weight,
            "steps_per_epoch": self.steps_per_epoch,
            "prediction_draws": self.prediction_draws,
        }


@register("bayesian_classifier", family="model")
class BayesianClassifier(BayesianModel):
    """A classifier with a posterior of its weights, by the likelihood of the classes.

        loss = E_q[-log p(c | x, theta)] + kl_weight KL(q || prior) / N

    N is the number of examples. With a posterior that is one point, "trained_point",
    it is the maximum a posteriori.

    Args:
        spec: of the dataset, with one attribute, which has classes.
        network: from "parameters" and "x" to "classes", the logits, (draws, rows,
            condition_size).
        **kwargs: as for `BayesianModel`.

    Metrics: `loss`, `cross_entropy`, its first part, and `divergence`, KL(q || prior)
    of all parameters, in nats.

    Reference: Blundell, Cornebise, Kavukcuoglu, Wierstra, "Weight Uncertainty in Neural
    Networks", 2015.
    """

    def __init__(self, spec, network, **kwargs):
        super().__init__(spec, network, **kwargs)
        _check_classes(self.network, spec)
        self.track_terms("loss", "cross_entropy", "divergence")

    @property
    def batch_tensors(self):
        return (*super().batch_tensors, "condition")

    def terms(self, batch, training):
        seed, rows = self.fresh_seed(training), tf.shape(batch["x"])[0]
        parameters = self.posterior().sample(self.draws, seed=seed)
        logits = self.outputs(batch, parameters, seed, training)["classes"]
        one_hot = tf.broadcast_to(batch["condition"], tf.shape(logits))
        cost = tf.reduce_mean(class_cross_entropy(one_hot, logits), axis=0)
        return {
            "loss": cost + self.share(parameters, rows),
            "cross_entropy": cost,
            "divergence": tf.repeat(self.divergence(parameters), rows),
        }


def _steps(spec, given):
    """The batches of one pass over the data."""
    steps = spec.steps_per_epoch if given is None else given
    if steps is None:
        raise ValueError(
            "`steps_per_epoch` must be given for data whose spec does not know it, for "
            f"the prior counts once a pass. Received: {spec.name!r} and None."
        )
    return checks.integer("steps_per_epoch", steps, 1)


def _check_classes(network, spec):
    """Refuse a network without the logits of all classes of one attribute."""
    if len(spec.attributes) != 1 or len(spec.categorical) != 1:
        raise ValueError(
            "A classifier needs a dataset with one attribute, which has classes. "
            f"Received: {spec.name!r} with {[a.name for a in spec.attributes]}."
        )
    classes = network.output.get("classes")
    shape = None if classes is None else tuple(classes.shape)
    if shape is None or len(shape) != 3 or shape[-1] != spec.condition_size:
        raise ValueError(
            f"The output 'classes' of the network {network.name!r} must have the shape "
            f"(draws, rows, {spec.condition_size}). Received: {shape}."
        )
