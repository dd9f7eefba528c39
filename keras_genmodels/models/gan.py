"""The generative adversarial network: a generator and any number of critics."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models.averaging import averaged
from keras_genmodels.models.base import GenerativeModel, feed, recording
from keras_genmodels.models.critic import Critic, from_configs, to_configs
from keras_genmodels.models.declared import check_game, check_optimizers
from keras_genmodels.models.replicas import draw_rows
from keras_genmodels.models.tracking import add
from keras_genmodels.objectives.play import Play
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("gan", family="model")
class GAN(GenerativeModel):
    """A generator that is trained to please critics that are trained to see through it.

    Networks declare what they look at: a generator with the input "condition" is
    conditional, and so is a critic. What the players minimise is said by the critics'
    objectives and penalties and by the terms; each player takes one optimiser step with
    the sum. Where a step moves one player, the others stand still, batch statistics and
    spectral norms included, and no gradient is computed for them.

    Args:
        spec: of the dataset.
        generator: network from "latent", "condition" or both to the output "x", linear,
            of as many numbers as `spec.x_shape`; the model takes the sigmoid of it.
        critics: a `Critic` or a list of them; they share one optimiser step.
        prior: of the latent: "standard_normal", "uniform", "structured", ...
        terms: of the losses, such as "class", names or instances.
        critic_steps: of the critics for each of the generator, >= 1. All steps of one
            `train_step` see the same real batch and each a new fake one; the last one
            shares its fake batch with the generator's step.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: `x` is (batch, *spec.x_shape) in [0, 1], `condition` is (batch,
    condition_size), latents are (batch, latent_dim).

    Metrics: `critic_loss` and `generator_loss`, and every penalty, term and measure of
    an objective by its name; a term's is what its payer pays, the generator mostly.

    Raises:
        ValueError: for networks that declare what a batch does not have or put out what
            the model cannot use, `critic_steps` below 1, or critics that share an
            objective with a state.

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
        super().__init__(spec, **kwargs)
        self.generator = generator
        self.critics = [critics] if isinstance(critics, Critic) else list(critics)
        self.added_terms = [registry.get(term, "term") for term in terms]
        self.critic_steps = critic_steps
        check_game(generator, self.critics, critic_steps, spec)
        self.latent_dim = self.latent_prior = None
        if "latent" in generator.input:
            self.latent_dim = generator.input["latent"].shape[-1]
            self.latent_prior = registry.get(prior, "prior", latent_dim=self.latent_dim)
        self.track_terms(
            "critic_loss",
            "generator_loss",
            *(term.name for term in self.added_terms),
            *(name for critic in self.critics for name in critic.names),
        )

    def build(self, input_shape=None):
        """Show the terms the weights of the players, of which some keep a record."""
        if not self.built:
            for term in self.added_terms:
                term.meet(self.generator_variables, self.critic_variables)
        super().build(input_shape)

    # --- from latents to samples ------------------------------------------------------

    def prior(self, condition=None):
        """The distribution of the latents, over (latent_dim,)."""
        return self.latent_prior.distribution(condition)

    def generate(self, z, condition=None) -> tf.Tensor:
        """The samples of latents, with the averaged weights if the optimiser keeps any.

        Args:
            z: (batch, latent_dim).
            condition: (batch, condition_size), if the generator declares it.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).
        """
        with self._averaged():
            return self._made({"latent": z, "condition": condition}, False)["x"]

    def decode(self, z, condition=None) -> tf.Tensor:
        """`generate`, by the name that every model with latents has."""
        return self.generate(z, condition)

    def call(self, batch, training=False):
        """A sample for every row of a batch `{"x": ..., "condition": ...}`."""
        real = self.unpack(batch)
        return self.imagine(real, seed_pair(self.seed), training)["x"]

    def imagine(self, real, seed, training=False) -> dict[str, tf.Tensor]:
        """A fake batch as large as the real one: "x", "latent" and "condition".

        What else the generator puts out is there by its name.
        """
        drawn = self.drawn(real, seed)
        return drawn | self._made(drawn, training)

    def drawn(self, real, seed) -> dict[str, tf.Tensor]:
        """What a fake batch is made of: "condition" of the real one, new "latent"."""
        tensors = {"condition": real["condition"]}
        if self.latent_prior is not None:
            prior = self.prior(real["condition"])
            rows = [] if prior.batch_shape.rank else [tf.shape(real["x"])[0]]
            tensors["latent"] = draw_rows(lambda n: prior.sample(n, seed=seed), rows)
        return tensors

    def _made(self, tensors, training):
        """What the generator puts out, by name; "x" as samples in [0, 1]."""
        made = feed(self.generator, tensors, training)
        x = tf.reshape(tf.sigmoid(made["x"]), (-1, *self.spec.x_shape))
        return {**made, "x": x}

    def _averaged(self):
        """A scope in which the generator's weights are their moving averages."""
        optimizer = self.generator_optimizer if self.compiled else None
        return averaged(optimizer, self.generator_variables)

    # --- training ---------------------------------------------------------------------

    def train_step(self, batch):
        real = self.unpack(batch)
        for _ in range(self.critic_steps - 1):
            seed = self.next_seed()
            with keras.StatelessScope():  # the generator stands still
                fake = self.imagine(real, seed, training=True)
            self.critic_step(real, fake)
        seed, tape = self.next_seed(), recording(self.generator_variables)
        with tape:
            fake = self.imagine(real, seed, training=True)  # one pass for both players
        terms = self.critic_step(real, fake)
        terms |= self.generator_step(real, fake, tape)
        for term in self.added_terms:
            term.update()
        return self.track(terms)

    def critic_step(self, real, fake) -> dict[str, tf.Tensor]:
        """Move the critics alone, one step; what they paid, (batch,) each."""
        tape = recording(self.critic_variables)
        with tape:
            play = self.play(real, fake, training=True)
            terms = self.critic_terms(play, self.next_seed)
            regular = sum(sum(critic.network.losses) for critic in self.critics)
            loss = self.reduce(terms["critic_loss"] + regular)
        self.descend(self.critic_optimizer, tape, loss, self.critic_variables)
        for i, critic in enumerate(self.critics):
            critic.objective.update(*critic.scores(play, i))
        return terms

    def generator_step(self, real, fake, tape) -> dict[str, tf.Tensor]:
        """Move the generator alone, one step, through the tape that saw it at work."""
        with tape:
            play = self.play(real, fake, training=True)
            with keras.StatelessScope():  # the critics stand still
                terms = self.generator_terms(play)
            regular = sum(sum(network.losses) for network in self.makers)
            loss = self.reduce(terms["generator_loss"] + regular)
        self.descend(self.generator_optimizer, tape, loss, self.generator_variables)
        return terms

    def test_step(self, batch):
        real, seed = self.unpack(batch), seed_pair(self.seed)
        play = self.play(real, self.imagine(real, seed), training=False)
        terms = self.critic_terms(play, lambda: seed)
        return self.track(terms | self.generator_terms(play))

    def play(self, real, fake, training) -> Play:
        """What the critics see and say of this step, computed when it is asked for."""
        seeds = [
            self.next_seed() if training and critic.view else seed_pair(self.seed)
            for critic in self.critics
        ]
        judges = [critic.judging(training) for critic in self.critics]
        views = [c.looking(seed) for c, seed in zip(self.critics, seeds, strict=True)]
        return Play(real, fake, judges, views)

    def critic_terms(self, play, next_seed) -> dict[str, tf.Tensor]:
        """The critics' loss and its parts, (batch,) each."""
        terms = {"critic_loss": 0.0}
        for term in self.added_terms:
            cost = term.critic_loss(play)
            add(terms, {"critic_loss": cost, **term.measured("critic", cost)})
        for i, critic in enumerate(self.critics):
            add(terms, critic.costs(play, i, next_seed))
        return terms

    def generator_terms(self, play) -> dict[str, tf.Tensor]:
        """The generator's loss and its parts, (batch,) each."""
        terms = {"generator_loss": 0.0}
        for i, critic in enumerate(self.critics):
            scores = play.on_fake(i)["score"]
            loss = critic.weight * critic.objective.generator_loss(scores)
            add(terms, {"generator_loss": loss})
        for term in self.added_terms:
            cost = term.generator_loss(play)
            add(terms, {"generator_loss": cost, **term.measured("generator", cost)})
        return terms

    # --- two optimisers ---------------------------------------------------------------

    @property
    def makers(self):
        """The networks that the generator's step moves."""
        return [self.generator]

    @property
    def generator_variables(self):
        """What the generator's step moves."""
        return [v for network in self.makers for v in network.trainable_variables]

    @property
    def critic_variables(self):
        """What the critics' step moves; critics may share networks."""
        found = [v for c in self.critics for v in c.network.trainable_variables]
        return list({id(variable): variable for variable in found}.values())

    @property
    def step(self):
        return self.generator_optimizer.iterations if self.compiled else 0

    def compile(
        self,
        generator_optimizer="adam",
        critic_optimizer="adam",
        jit_compile=False,
        **kwargs,
    ):
        """Give each player an optimiser; both are saved with the model.

        Args:
            generator_optimizer: of the generator. With `use_ema=True` it keeps a moving
                average of the weights, and `sample` and `generate` use that.
            critic_optimizer: of all critics together.
            jit_compile: compile the training step with XLA.
            **kwargs: as for `keras.Model.compile`.

        Raises:
            ValueError: if both are the same instance.
        """
        check_optimizers(generator_optimizer, critic_optimizer)
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)
        built = self.built_optimizer
        self.generator_optimizer = built(generator_optimizer, self.generator_variables)
        self.critic_optimizer = built(critic_optimizer, self.critic_variables)

    # --- the file ---------------------------------------------------------------------

    def get_config(self):
        serialise = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "generator": serialise(self.generator),
            "critics": to_configs(self.critics),
            "prior": serialise(self.latent_prior),
            "terms": [serialise(term) for term in self.added_terms],
            "critic_steps": self.critic_steps,
        }

    @classmethod
    def from_config(cls, config):
        critics = from_configs(config["critics"])
        return super().from_config({**config, "critics": critics})

    def get_compile_config(self):
        serialise = keras.saving.serialize_keras_object
        config = super().get_compile_config()
        del config["optimizer"]
        return {
            **config,
            "generator_optimizer": serialise(self.generator_optimizer),
            "critic_optimizer": serialise(self.critic_optimizer),
        }
