"""Variational inference of a model that can be simulated but has no likelihood."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.models.bayesian import PARAMETERS, BayesianModel
from keras_genmodels.models.checks import available, check_inputs
from keras_genmodels.models.gradients import still, tape_of
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.models.term_means import weighted
from keras_genmodels.models.two_players import TwoPlayers
from keras_genmodels.objectives.step_tensors import StepTensors
from keras_genmodels.registry import register

_SIMULATED = ("x", "condition")  # of a batch, by a network's outputs


@register("implicit_model", family="model")
class ImplicitModel(TwoPlayers, BayesianModel):
    """A posterior of the parameters of a simulator, by a critic's log-ratio.

        maximise  E_q[log p(theta) - log q(theta)] + sum_n E_q[r(x_n, theta)]

    where the best critic has r(x, theta) = log p(x | theta) - log p_data(x), for
    which no density is needed: it learns to tell data from what the simulator makes
    with draws of theta, and is told theta, or what theta makes of the input. In nats,

        critic:     the loss of its objective, of data against simulations
        posterior:  the critic's score of data + kl_weight KL(q || prior) / N

    N is the number of examples. The two take turns on a batch, each with its own
    optimiser and with draws of its own: first the critic, `critic_steps` times.

    Args:
        spec: of the dataset.
        network: the simulator, as for `BayesianModel`. Of its outputs "x" and
            "condition" are simulated, in place of these tensors of a batch, and others
            say what parameters make of a row. "classes" are logits, for `classify`.
        critic: a `Critic` of the tensors of a batch, of the simulator's other outputs
            and of "parameters". Its objective must be such that the best score is
            log p_data / p of the model, as of "log_ratio", whose generator minimises
            the score's negative, and this posterior the score.
        critic_steps: of the critic for each of the posterior, >= 1. Default 1.
        **kwargs: `posterior`, `prior`, ... of `BayesianModel`.

    Metrics: `loss`, `critic_loss`, `log_ratio`, the critic's score of data, which is
    an estimate of log p_data / p, and `divergence`, KL(q || prior) of all parameters.

    Raises:
        ValueError: for what `BayesianModel` refuses, a network that simulates nothing,
            a critic that declares what there is not, or `critic_steps` below 1.

    Reference: Tran, Ranganath, Blei, "Hierarchical Implicit Models and Likelihood-Free
    Variational Inference", 2017; without local latents.
    """

    def __init__(self, spec, network, critic, critic_steps=1, **kwargs):
        super().__init__(spec, network, **kwargs)
        self.critic = critic
        self.critic_steps = checks.integer("critic_steps", critic_steps, 1)
        self.simulated = [name for name in _SIMULATED if name in network.output]
        if not self.simulated:
            raise ValueError(
                f"The simulator {network.name!r} must put out one of {_SIMULATED}. "
                f"Received: {sorted(network.output)}."
            )
        own = [name for name in network.output if name not in spec.shapes]
        check_inputs(critic.network, available(spec, PARAMETERS, *own))
        self.track_terms(
            "loss", "critic_loss", "log_ratio", "divergence", *critic.names
        )

    @property
    def networks(self):
        return [self.network]

    @property
    def batch_tensors(self):
        return (*super().batch_tensors, *(n for n in self.simulated if n != "x"))

    @property
    def critics(self):
        """The one critic, as a list."""
        return [self.critic]

    @property
    def generator_networks(self):
        """All that the posterior's step moves."""
        return [self.network, self.parameter_posterior, self.parameter_prior]

    def train_step(self, batch):
        batch = self.unpack(batch)
        for _ in range(self.critic_steps):
            learnt = self.critic_step(batch)
        return self.track(_both(self.posterior_step(batch), learnt))

    def critic_step(self, batch) -> dict[str, tf.Tensor]:
        """Move the critic alone, one step; returns its terms, (batch,) each."""
        tape, seed = tape_of(self.critic_variables), self.next_seed()
        with tape:
            terms = weighted(self._critic_terms(batch, seed, training=True), batch)
        self.move_critics(tape, terms["critic_loss"])
        return terms

    def posterior_step(self, batch) -> dict[str, tf.Tensor]:
        """Move the posterior alone, one step; returns its terms, (batch,) each."""
        tape, seed = tape_of(self.generator_variables), self.next_seed()
        with tape:
            terms = weighted(self._posterior_terms(batch, seed, training=True), batch)
        self.move_generator(tape, terms["loss"])
        return terms

    def terms(self, batch, training):
        given = batch, self.fresh_seed(training), training
        return _both(self._posterior_terms(*given), self._critic_terms(*given))

    def pairs(self, batch, parameters, seed, training=False):
        """Data and simulations, beside what the parameters make of each row.

        Args:
            batch: named tensors, (rows, ...).
            parameters: (draws, size).
            seed: int32 (2,), of the simulator's noise.
            training: whether this is a training step.

        Returns:
            Two dicts of named tensors, (draws * rows, ...).
        """
        rows, draws = tf.shape(batch["x"])[0], tf.shape(parameters)[0]
        noise = tf.random.experimental.stateless_fold_in(seed, 1)
        made = self.outputs(batch, parameters, noise, training)
        made = {k: tf.reshape(v, (-1, *v.shape[2:])) for k, v in made.items()}
        tiled = {
            k: tf.tile(v, [draws, *[1] * (v.shape.rank - 1)]) for k, v in batch.items()
        }
        known = {**tiled, PARAMETERS: tf.repeat(parameters, rows, axis=0)}
        own = {k: v for k, v in made.items() if k not in self.simulated}
        return {**known, **own}, {**known, **made}

    def _posterior_terms(self, batch, seed, training):
        """The posterior's loss: the critic's score of data, and the divergence."""
        rows = tf.shape(batch["x"])[0]
        parameters = self.posterior().sample(self.draws, seed=seed)
        real, _ = self.pairs(batch, parameters, seed, training)
        with still(self.critic.network):
            scores = self.critic(real, training=training)["score"]
        log_ratio = self._mean(self.critic.objective.encoder_loss(scores), rows)
        return {
            "loss": log_ratio + self.share(parameters, rows),
            "log_ratio": log_ratio,
            "divergence": tf.repeat(self.divergence(parameters), rows),
        }

    def _critic_terms(self, batch, seed, training):
        """The critic's loss and its parts, of data against simulations."""
        parameters = self.posterior().sample(self.draws, seed=seed)
        pairs = self.pairs(batch, parameters, seed, training)
        pairs = [{k: tf.stop_gradient(v) for k, v in t.items()} for t in pairs]
        outputs = {self.critic.name: self.critic.outputs_fn(training)}
        views = {self.critic.name: self.critic.view_fn(seed)}
        step = StepTensors(*pairs, outputs, views)
        learnt = self.critic.critic_terms(step, lambda: self.fresh_seed(training))
        rows = tf.shape(batch["x"])[0]
        return {name: self._mean(value, rows) for name, value in learnt.items()}

    def _mean(self, values, rows):
        """The mean over the draws, (rows,), of (draws * rows,)."""
        return tf.reduce_mean(tf.reshape(values, (-1, rows)), axis=0)

    def get_config(self):
        own = {**serialised({"critic": self.critic}), "critic_steps": self.critic_steps}
        return {**super().get_config(), **own}


def _both(posterior, critic):
    """The terms of both players; the loss is the sum of theirs."""
    return {**posterior, **critic, "loss": posterior["loss"] + critic["critic_loss"]}
