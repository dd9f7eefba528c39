"""The adversarial network of sentences, whose generator learns by policy gradients."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import integer, number, share
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.checks import available, check_inputs
from keras_genmodels.models.gradients import tape_of
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import named_condition
from keras_genmodels.models.sentence_writer import (
    SentenceWriter,
    drawing,
    likeliest,
    repeated,
)
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.models.term_means import weighted
from keras_genmodels.models.trainer import EpochBegin, led_by
from keras_genmodels.models.two_players import TwoPlayers
from keras_genmodels.objectives.sentence_bleu import sentence_bleu
from keras_genmodels.objectives.step_tensors import StepTensors
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair

LIKELIHOOD, CRITIC, GAME = range(3)  # phases


@register("sequence_gan", family="model")
class SequenceGAN(TwoPlayers, GenerativeModel):
    """A translator of sentences, word by word, against a critic that knows the source.

        p(x | source) = product over t of p(x_t | x_1 ... x_(t-1), source)

    Words are no numbers through which a critic could send gradients. The generator
    draws sentences, and raises the probabilities of words after which the reward turns
    out higher than before them:

        reward(x) = a sigmoid(score(source, x)) + (1 - a) BLEU(x, right answer)
        V_t = the mean reward of sentences that begin with x_1 ... x_t
        policy loss = -sum over t of (V_t - V_(t-1)) log p(x_t | before, source)

    V is estimated by roll-outs, sentences that the generator finishes at random; that
    of the words before is the baseline. The phases follow from the number of the epoch:
    maximum likelihood; the same, while the critic begins to learn; the game, with

        adversarial * policy loss - teacher_forcing * log p(right answer | source)

    Args:
        spec: of a data set whose x and "source" are tokens, 0 for no word.
        encoder: network from "source" to "memory", (batch, length, any), and "state",
            (batch, units).
        decoder: network of a step: from "previous", (batch,), the word before, 0 at
            first, "state", and what it declares of "memory" and "source", to "logits",
            (batch, words), and "state".
        critic: of "x" and "source".
        likelihood_epochs: epochs before the game, >= 0.
        critic_epochs: the last ones of these, in which the critic learns, >= 0.
        adversarial: weight of the policy loss, >= 0; with 0 maximum likelihood goes on
            for good. Default 1.
        teacher_forcing: weight of the likelihood in the game, >= 0. Default 1.
        critic_share: a, in [0, 1]. Default 0.7.
        num_rollouts: of a beginning, >= 1. Default 4.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: x is int32 (batch, *spec.x_shape), "source" likewise. A sentence ends before
    its first 0.

    Metrics: `nll` in nats a sentence, `generator_loss`, `critic_loss`, `loss`, their
    sum, and `reward`, the mean over drawn sentences; what a phase does not compute is
    0.

    Raises:
        ValueError: for data without tokens, networks that do not fit them or each
            other, or numbers out of range.

    Reference: Yang, Chen, Wang, Xu, "Improving Neural Machine Translation with
    Conditional Sequence Generative Adversarial Nets", 2018; the baseline is a constant
    there, and steps of the policy and of the likelihood take turns.
    """

    translates = ("source", "x")

    def __init__(
        self,
        spec,
        encoder,
        decoder,
        critic,
        likelihood_epochs,
        critic_epochs=1,
        adversarial=1.0,
        teacher_forcing=1.0,
        critic_share=0.7,
        num_rollouts=4,
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        self.encoder = named(encoder, "encoder", available(spec), "memory")
        self.decoder = named(decoder, "decoder", {"previous": ()}, "logits")
        self.writer = SentenceWriter(spec, self.encoder, self.decoder)
        check_inputs(critic.network, available(spec))
        self.critics = [critic]
        self.likelihood_epochs = integer("likelihood_epochs", likelihood_epochs, 0)
        self.critic_epochs = integer("critic_epochs", critic_epochs, 0)
        self.adversarial = number("adversarial", adversarial, least=0)
        self.teacher_forcing = number("teacher_forcing", teacher_forcing, least=0)
        self.critic_share = share("critic_share", critic_share)
        self.num_rollouts = integer("num_rollouts", num_rollouts, 1)
        self.phase = LIKELIHOOD
        self.phase_weight = self.add_weight(
            (), "zeros", "float32", name="phase", trainable=False, autocast=False
        )
        self.track_terms("loss", "critic_loss", "generator_loss", "nll", "reward")

    @property
    def networks(self):
        return [self.encoder, self.critics[0].network]

    @property
    def generator_networks(self):
        return [self.encoder, self.decoder]

    # --- sentences --------------------------------------------------------------------

    def sample_rows(self, n, tensors, seed):
        with self._averaged():
            return self.writer.write(tensors, drawing(seed))

    def translate(self, source, condition=None, seed=None) -> tf.Tensor:
        """Write the translations of sentences, with the averaged weights, if any.

        Args:
            source: int (batch, length), tokens, filled up with 0.
            condition: a dict of what else the encoder declares.
            seed: an int or two ints: words are drawn by their probabilities. Default
                None: every word is the likeliest after those before it.

        Returns:
            int32 (batch, *spec.x_shape).

        Raises:
            TypeError: for numbers that are no integers.
            ValueError: for numbers of no word, or another shape.
        """
        if tf.executing_eagerly():
            self.spec.tensor("source").check(source)
        given = {**named_condition(condition), "source": tf.cast(source, tf.int32)}
        choose = likeliest if seed is None else drawing(seed_pair(seed))
        with self._averaged():
            return self.writer.write(given, choose)

    def call(self, batch, training=False):
        """A drawn sentence for every row of a batch of named tensors."""
        return self.fake_batch(self.unpack(batch), seed_pair(self.seed))["x"]

    def fake_batch(self, real, seed) -> dict[str, tf.Tensor]:
        """Drawn sentences for the sources of a batch, as "x" of its tensors."""
        return {**real, "x": self.writer.write(real, drawing(seed))}

    # --- training ---------------------------------------------------------------------

    def fit(self, *args, callbacks=None, **kwargs):
        """`keras.Model.fit`; the phase of an epoch follows from its number."""
        with led_by([EpochBegin()], callbacks) as callbacks:
            return super().fit(*args, callbacks=callbacks, **kwargs)

    def begin_epoch(self, epoch: int) -> None:
        """Begin the phase of an epoch, counted from 0; `fit` is traced anew with it."""
        left = self.likelihood_epochs - epoch
        phase = GAME if left <= 0 else CRITIC if left <= self.critic_epochs else 0
        phase = phase if self.adversarial else LIKELIHOOD
        if phase != self.phase:
            self.phase = phase
            self.phase_weight.assign(phase)
            self.train_function = None
            self.make_train_function()

    def train_step(self, batch):
        return self.track(self.learn(self.unpack(batch)))

    def learn(self, real) -> dict[str, tf.Tensor]:
        """Take a step of the phase on named tensors; returns its terms."""
        if self.phase == LIKELIHOOD:
            return self.generator_step(real)
        fake = self.fake_batch(real, self.next_seed())
        terms = self.critic_step(real, fake)
        answered = fake if self.phase == GAME else None
        return {**self.generator_step(real, answered), **terms}

    def critic_step(self, real, fake) -> dict[str, tf.Tensor]:
        """Move the critic alone, one step; returns its terms, (batch,) each."""
        tape = tape_of(self.critic_variables)
        with tape:
            costs = self._critic_costs(real, fake, self.next_seed, training=True)
            terms = weighted({"critic_loss": costs}, real)
        self.move_critics(tape, terms["critic_loss"])
        return terms

    def generator_step(self, real, fake=None) -> dict[str, tf.Tensor]:
        """Move the generator alone, one step; returns its terms, (batch,) each.

        Args:
            real: named tensors of the real batch.
            fake: of drawn sentences; without them the likelihood alone counts.
        """
        if fake is not None:
            value = self.values(real, fake["x"], self.next_seed())
        shown = [real] if fake is None else [real, fake]
        both = {key: tf.concat([t[key] for t in shown], axis=0) for key in real}
        tape = tape_of(self.generator_variables)
        with tape:
            log_probs = self.writer.log_probs(both, both["x"], training=True)
            log_probs, *drawn = tf.split(log_probs, len(shown))
            nll = -tf.reduce_sum(log_probs, axis=1)
            loss, reward = nll, tf.zeros_like(nll)
            if fake is not None:
                gains = value[:, 1:] - value[:, :-1]
                policy = -tf.reduce_sum(gains * drawn[0], axis=1)
                loss = self.adversarial * policy + self.teacher_forcing * nll
                reward = value[:, -1]
            terms = {"nll": nll, "generator_loss": loss, "reward": reward}
            terms = weighted({**terms, "critic_loss": tf.zeros_like(nll)}, real)
        self.move_generator(tape, terms["generator_loss"])
        return terms

    def values(self, real, x, seed) -> tf.Tensor:
        """The mean rewards of sentences that begin as those of x do.

        Args:
            real: named tensors of the real batch, whose x are the right answers.
            x: int32 (batch, length).
            seed: int32 (2,), of the roll-outs.

        Returns:
            float32 (batch, 1 + length): of the empty beginning, of the first word, ...,
            and last the rewards of x.
        """
        made = self.writer.finish(real, x, self.num_rollouts, drawing(seed))
        begun = tf.reduce_mean(self.rewards(real, made), axis=1)  # (length, batch)
        return tf.concat([tf.transpose(begun), self.rewards(real, x)[:, None]], axis=1)

    def rewards(self, real, x) -> tf.Tensor:
        """The rewards of sentences for the sources of a batch, in [0, 1].

        Args:
            real: named tensors of the real batch, whose x are the right answers.
            x: int32 (..., batch, length), any number of sentences for each.

        Returns:
            float32 (..., batch).
        """
        flat = tf.reshape(x, (-1, x.shape[-1]))
        times = tf.size(x) // tf.size(real["x"])
        seen = {name: repeated(value, times) for name, value in real.items()}
        score = self.critics[0]({**seen, "x": flat})["score"]
        judged = self.critic_share * tf.sigmoid(tf.reshape(score, (-1,)))
        bleu = sentence_bleu(flat, seen["x"])
        return tf.reshape(judged + (1 - self.critic_share) * bleu, tf.shape(x)[:-1])

    def test_step(self, batch):
        real, seed = self.unpack(batch), seed_pair(self.seed)
        fake = self.fake_batch(real, seed)
        costs = self._critic_costs(real, fake, lambda: seed, training=False)
        nll = -tf.reduce_sum(self.writer.log_probs(real, real["x"]), axis=1)
        terms = {"nll": nll, "generator_loss": nll, "critic_loss": costs}
        reward = self.rewards(real, fake["x"])
        return self.track(weighted({**terms, "reward": reward}, real))

    def track(self, terms):
        total = terms["critic_loss"] + terms["generator_loss"]
        return super().track({"loss": total, **terms})

    def _critic_costs(self, real, fake, next_seed, training):
        """The critic's loss, (batch,)."""
        (critic,) = self.critics
        step = StepTensors(real, fake, {critic.name: critic.outputs_fn(training)})
        return critic.critic_terms(step, next_seed)["critic_loss"]

    # --- the file ---------------------------------------------------------------------

    def get_config(self):
        numbers = (
            *("likelihood_epochs", "critic_epochs", "adversarial", "teacher_forcing"),
            *("critic_share", "num_rollouts"),
        )
        parts = {"encoder": self.encoder, "decoder": self.decoder}
        return {
            **super().get_config(),
            **serialised({**parts, "critic": self.critics[0]}),
            **{name: getattr(self, name) for name in numbers},
        }

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.phase = int(self.phase_weight)
