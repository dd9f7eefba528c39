"""The generative adversarial network: a generator and any number of critics."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models import checks
from keras_genmodels.models.critic import Critic, from_configs, to_configs
from keras_genmodels.models.generator import GeneratorModel
from keras_genmodels.models.gradients import tape_of
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.models.term_means import add, weighted
from keras_genmodels.models.two_players import TwoPlayers
from keras_genmodels.objectives.step_tensors import StepTensors
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("gan", family="model")
class GAN(TwoPlayers, GeneratorModel):
    """A generator against critics that learn to tell its examples from real ones.

    Networks declare the tensors that they look at: a generator with the input
    "condition" is conditional, one with "source" translates a picture, and likewise for
    critics. The losses are those of the critics' objectives and penalties and of the
    terms; each player takes one optimiser step down its sum. A step that moves one
    player leaves the other's weights, batch statistics and spectral norms as they are,
    and computes no gradient for them.

    Args:
        spec: of the dataset.
        generator: network from "latent", tensors of the batch such as "condition" or
            "source", and "seed" (int32 (2,), for `SeededDropout`) to the output "x", of
            as many numbers as `spec.x_shape`.
        critics: a `Critic` or a list of them; they share one optimiser step.
        prior: of the latent: "standard_normal", "uniform", "structured", ...
        terms: of the losses, such as "class", names or instances.
        critic_steps: of the critics for each of the generator, >= 1. All steps of one
            `train_step` see the same real batch and each a new fake one; the last one
            shares its fake batch with the generator's step.
        **kwargs: `output` and `resampled` of `GeneratorModel`, and `seed`, `recipe`,
            `name` and `dtype` of `GenerativeModel`.

    Shapes: `x` is (batch, *spec.x_shape) in [0, 1], `condition` is (batch,
    condition_size) or a dict of named tensors, latents are (batch, latent_dim).

    Metrics: `critic_loss`, `generator_loss` and `loss`, their sum, which is finite only
    where both are and says no more; every penalty, term and measure of an objective by
    its name; a term's is the cost of its `reported_player`.

    Raises:
        ValueError: for networks that declare what a batch does not have or put out what
            the model cannot use, `critic_steps` below 1, critics of one name, or
            critics that share an objective with a state.

    Reference: Goodfellow et al., "Generative Adversarial Nets", 2014. The critic's step
    comes first, as there, but both see the same fake batch.
    """

    def __init__(
        self,
        spec,
        generator,
        critics,
        prior="standard_normal",
        terms=(),
        critic_steps=1,
        **kwargs,
    ):
        super().__init__(spec, generator, prior, **kwargs)
        self.critics = [critics] if isinstance(critics, Critic) else list(critics)
        self.added_terms = [registry.get(term, "term") for term in terms]
        self.critic_steps = critic_steps
        checks.check_gan(self)
        self.track_terms(
            "loss",
            "critic_loss",
            "generator_loss",
            *(term.name for term in self.added_terms),
            *(name for critic in self.critics for name in critic.names),
        )

    def build(self, input_shape=None):
        """Show the terms the weights of the players, of which some keep a record."""
        if not self.built:
            for term in self.added_terms:
                term.track_weights(self.generator_variables, self.critic_variables)
        super().build(input_shape)

    @property
    def networks(self):
        judging = [critic.network for critic in self.critics if critic.view is None]
        return [*self.generator_networks, *judging]

    # --- training ---------------------------------------------------------------------

    def train_step(self, batch):
        return self.track(self.learn(self.unpack(batch)))

    def learn(self, real) -> dict[str, tf.Tensor]:
        """Move both players, one step on named tensors; returns its terms."""
        for _ in range(self.critic_steps - 1):
            seed = self.next_seed()
            with keras.StatelessScope():  # the generator's state stays as it is
                fake = self.fake_batch(real, seed, training=True)
            self.critic_step(real, fake)
        seed, tape = self.next_seed(), tape_of(self.generator_variables)
        with tape:
            fake = self.fake_batch(real, seed, training=True)  # one for both players
        terms = self.critic_step(real, fake)
        terms |= self.generator_step(real, fake, tape)
        for term in self.added_terms:
            term.update()
        self.scale_rates()
        return terms

    def critic_step(self, real, fake) -> dict[str, tf.Tensor]:
        """Move the critics alone, one step; returns their terms, (batch,) each."""
        tape = tape_of(self.critic_variables)
        with tape:
            step = self.step_tensors(real, fake, training=True)
            for critic in self.critics:
                critic.replay(step, self.next_seed)
            terms = weighted(self.critic_terms(step, self.next_seed), real)
        self.move_critics(tape, terms["critic_loss"])
        for critic in self.critics:
            critic.update(step)
        return terms

    def generator_step(self, real, fake, tape) -> dict[str, tf.Tensor]:
        """Move the generator alone, one step.

        Args:
            real: named tensors of the real batch.
            fake: of the generated one.
            tape: that recorded how the fake batch was made.
        """
        with tape:
            step = self.step_tensors(real, fake, training=True)
            with keras.StatelessScope():  # the critics' state stays as it is
                terms = weighted(self.generator_terms(step), real)
        self.move_generator(tape, terms["generator_loss"])
        return terms

    def scale_rates(self):
        """Change both learning rates as the critics' objectives say, if they do."""
        for critic in self.critics:
            if critic.objective.scales_rates:
                factor = critic.objective.rate_factor()
                for optimizer in (self.generator_optimizer, self.critic_optimizer):
                    optimizer.learning_rate = optimizer.learning_rate * factor

    def test_step(self, batch):
        real, seed = self.unpack(batch), seed_pair(self.seed)
        step = self.step_tensors(real, self.fake_batch(real, seed), training=False)
        terms = self.critic_terms(step, lambda: seed) | self.generator_terms(step)
        return self.track(weighted(terms, real))

    def track(self, terms):
        total = terms["critic_loss"] + terms["generator_loss"]
        return super().track({"loss": total, **terms})

    def step_tensors(self, real, fake, training) -> StepTensors:
        """The critics' outputs for both batches, computed when they are asked for."""

        def seed_of(critic):
            fresh = training and (critic.view or critic.negatives)
            return self.next_seed() if fresh else seed_pair(self.seed)

        seeds = {critic: seed_of(critic) for critic in self.critics}
        views = {critic.name: critic.view_fn(seed) for critic, seed in seeds.items()}
        outputs = {critic.name: critic.outputs_fn(training) for critic in self.critics}
        step = StepTensors(real, fake, outputs, views)
        for critic, seed in seeds.items():
            critic.show_negatives(step, seed)
        return step

    def critic_terms(self, step, next_seed) -> dict[str, tf.Tensor]:
        """The critics' loss and its parts, (batch,) each."""
        terms = {"critic_loss": 0.0}
        for term in self.added_terms:
            cost = term.critic_loss(step)
            add(terms, {"critic_loss": cost, **term.metric_values("critic", cost)})
        for critic in self.critics:
            add(terms, critic.critic_terms(step, next_seed))
        return terms

    def generator_terms(self, step) -> dict[str, tf.Tensor]:
        """The generator's loss and its parts, (batch,) each."""
        terms = {"generator_loss": 0.0}
        for critic in self.critics:
            add(terms, {"generator_loss": critic.generator_loss(step)})
        for term in self.added_terms:
            cost = term.generator_loss(step)
            metric = term.metric_values("generator", cost)
            add(terms, {"generator_loss": cost, **metric})
        return terms

    @property
    def generator_networks(self):
        """The networks that the generator's step moves."""
        return [self.generator]

    # --- the file ---------------------------------------------------------------------

    def get_config(self):
        return {
            **super().get_config(),
            **serialised({"terms": self.added_terms}),
            "critics": to_configs(self.critics),
            "critic_steps": self.critic_steps,
        }

    @classmethod
    def from_config(cls, config):
        critics = from_configs(config["critics"])
        for term in config["terms"]:  # version 0.1 numbered the critics
            number = term["config"].get("critic")
            if isinstance(number, int):
                term["config"]["critic"] = critics[number].name if number else None
        return super().from_config({**config, "critics": critics})
