"""An ensemble: models that learn one after another from what those before lack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from keras_genmodels.checks import integer
from keras_genmodels.models import data_weights
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.earlier_members import (
    UNWEIGHTED,
    MixtureCritic,
    earlier_views,
)
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.models.trainer import EpochBegin, led_by
from keras_genmodels.registry import register, suggest

RULES = {"star": data_weights.boosted, "bagging": data_weights.equal}
MIXTURES = ("uniform", "last")
_fold_in = tf.random.experimental.stateless_fold_in


@register("ensemble", family="model")
class Ensemble(GenerativeModel):
    """Complete models, its members, of which one learns at a time.

        stage = epoch // epochs_a_stage,    the last one goes on for good

    A step is one of the stage's member, with its own optimisers, on its own terms. What
    ties it to the earlier ones is in the data and in its critics: `rule` draws the rows
    of a batch anew, by weights that a `MixtureCritic` finds, and a critic may have
    `Earlier` among its negatives. A sample is that of a member which is drawn for each
    row, by `mixture_weights`, which are saved; `mixture` says what they are.

    The stage is a function of the epoch's number, so that a training that was stopped
    goes on as if it had not been.

    Args:
        spec: of the dataset.
        members: `GAN`s of this spec and of one kind, not compiled, in the order in
            which they learn.
        epochs_a_stage: that each of them learns, >= 1.
        rule: by which rows of a real batch are drawn for its member: "star", the
            weights of AdaGAN, for which every member but the first has a
            `MixtureCritic`; "bagging", all alike. Default None: the batch as it is.
        mixture: "uniform", of all members that have begun, or "last", the newest alone.
            Default "uniform".
        continued: whether a member begins with the weights of the one before; its
            optimisers begin anew all the same. Default False.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: those of the members.

    Metrics: those of the member that learns.

    Raises:
        ValueError: for no members, unlike ones or ones that are no `GAN`, an unknown
            rule or mixture, a rule whose critic is missing, or `epochs_a_stage` < 1.

    Reference: Tolstikhin et al., "AdaGAN: Boosting Generative Models", 2017, and
    Juefei-Xu, Boddeti, Savvides, "Gang of GANs", 2017.
    """

    def __init__(
        self,
        spec,
        members: Sequence[GAN],
        epochs_a_stage,
        rule=None,
        mixture="uniform",
        continued=False,
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        self.members = list(members)
        self.epochs_a_stage = integer("epochs_a_stage", epochs_a_stage, 1)
        self.rule, self.mixture, self.continued = rule, mixture, continued
        _check(self)
        for place, member in enumerate(self.members):
            for view in earlier_views(member.critics):
                view.meet(self.members[:place])
        self.term_names = self.members[0].term_names
        self.stage = 0
        self.mixture_weights = self.add_weight(
            (len(self.members),),
            lambda shape, dtype: tf.one_hot(0, shape[0], dtype=dtype),
            "float32",
            name="mixture_weights",
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
        )

    # --- what it is made of -----------------------------------------------------------

    @property
    def member(self) -> GAN:
        """The member that learns, or learnt last."""
        return self.members[self.stage]

    @property
    def generator(self):
        """The generator of that member; all declare the same tensors."""
        return self.member.generator

    @property
    def networks(self):
        return self.member.networks

    @property
    def batch_tensors(self):
        return self.member.batch_tensors

    @property
    def fitted_shape(self):
        return self.member.fitted_shape

    @property
    def metrics(self):
        return self.member.metrics

    @property
    def step(self):
        return self.member.step

    # --- samples ----------------------------------------------------------------------

    def sample_rows(self, n, tensors, seed):
        logits = tf.math.log(tf.convert_to_tensor(self.mixture_weights))
        chosen = tf.random.stateless_categorical(logits[None], n, seed)[0]
        places, parts = [], []
        for number, member in enumerate(self.members):
            rows = tf.where(chosen == number)[:, 0]
            asked = {name: tf.gather(value, rows) for name, value in tensors.items()}
            own = _fold_in(seed, number)
            places.append(tf.cast(rows, tf.int32))
            parts.append(member.sample_rows(tf.size(rows), asked, own))
        return tf.dynamic_stitch(places, parts)

    def call(self, batch, training=False):
        """A sample of the member that learns, for every row of a batch."""
        return self.member(batch, training=training)

    # --- training ---------------------------------------------------------------------

    def fit(self, *args, callbacks=None, **kwargs):
        """`keras.Model.fit`; the member of an epoch follows from its number."""
        with led_by([EpochBegin()], callbacks) as callbacks:
            return super().fit(*args, callbacks=callbacks, **kwargs)

    def begin_epoch(self, epoch: int) -> None:
        """Give the turn to the member of an epoch, counted from 0.

        With the first epoch of its stage a member is `continued`, and the functions of
        `fit` are traced anew.
        """
        stage = min(epoch // self.epochs_a_stage, len(self.members) - 1)
        if self.continued and stage and epoch == stage * self.epochs_a_stage:
            _copy(self.members[stage - 1], self.members[stage])
        if stage == self.stage:
            return
        self.stage = stage
        self.mixture_weights.assign(self._weights_of(stage))
        self.train_function = self.test_function = None
        self.make_train_function()

    def _weights_of(self, stage):
        """The mixture weights once so many members have begun, and one more."""
        if self.mixture == "last":
            return np.eye(len(self.members), dtype="float32")[stage]
        return np.float32(np.arange(len(self.members)) <= stage) / (stage + 1)

    def train_step(self, batch):
        member = self.member
        return member.track(member.learn(self.drawn_rows(member.unpack(batch))))

    def drawn_rows(self, real) -> dict[str, tf.Tensor]:
        """A real batch as the rule has it: its rows drawn by their weights.

        Args:
            real: named tensors, from the member's `unpack`.

        Returns:
            The same names, rows drawn with replacement, and "unweighted", the x that
            came.
        """
        if self.rule is None or (self.rule == "star" and not self.stage):
            return real
        logits, rows = tf.math.log(self.row_weights(real)), tf.shape(real["x"])[0]
        chosen = tf.random.stateless_categorical(logits[None], rows, self.next_seed())
        drawn = {name: tf.gather(value, chosen[0]) for name, value in real.items()}
        return {**drawn, UNWEIGHTED: real["x"]}

    def row_weights(self, real) -> tf.Tensor:
        """The weights of real rows, (batch,), of mean 1, by the rule.

        Args:
            real: named tensors; their x is what is weighed.
        """
        critic = mixture_critic(self.member)
        scores = tf.zeros(tf.shape(real["x"])[0])
        if critic is not None:
            scores = tf.reshape(critic(real)["score"], (-1,))
        return tf.stop_gradient(RULES[self.rule](scores, 1 / (self.stage + 1)))

    def test_step(self, batch):
        return self.member.test_step(batch)

    def compile(self, jit_compile=False, **kwargs):
        """`keras.Model.compile`; every member is compiled by itself, before.

        Args:
            jit_compile: compile the training step with XLA.
            **kwargs: as for `GenerativeModel.compile`, no optimiser among them.

        Raises:
            ValueError: if a member is not compiled; for a loss or metrics.
        """
        if not all(member.compiled for member in self.members):
            raise ValueError(
                "`members` must be compiled before their ensemble, each with its own "
                f"optimisers. Received: {[m.compiled for m in self.members]}."
            )
        super().compile(None, jit_compile=jit_compile, **kwargs)

    # --- the file ---------------------------------------------------------------------

    def get_config(self):
        return {
            **super().get_config(),
            **serialised({"members": self.members}),
            "epochs_a_stage": self.epochs_a_stage,
            "rule": self.rule,
            "mixture": self.mixture,
            "continued": self.continued,
        }

    def get_compile_config(self):
        config = super().get_compile_config()
        return {key: value for key, value in config.items() if key != "optimizer"}

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.stage = int(np.flatnonzero(self.mixture_weights)[-1])


def mixture_critic(member: GAN) -> MixtureCritic | None:
    """The critic of a member that knows the mixture of those before, if it has one."""
    found = [c for c in member.critics if isinstance(c, MixtureCritic)]
    return found[0] if found else None


def _copy(old: GAN, new: GAN) -> None:
    """Give a member's networks the weights of another's."""
    olds, news = (
        [*model.generator_networks, *(critic.network for critic in model.critics)]
        for model in (old, new)
    )
    for before, after in zip(olds, news, strict=True):
        after.set_weights(before.get_weights())


def _check(model: Ensemble) -> None:
    """Refuse members that no stage could make sense of."""
    kinds = sorted({type(member).__name__ for member in model.members})
    if len(kinds) != 1 or not all(isinstance(m, GAN) for m in model.members):
        raise ValueError(
            "`members` must be models of one kind with a generator and critics, one at "
            f"least. Received: {kinds}."
        )
    for name, known in (("rule", [*RULES]), ("mixture", [*MIXTURES])):
        value = getattr(model, name)
        if value not in (known if name == "mixture" else [None, *known]):
            raise ValueError(f"Unknown {name} {value!r}. {suggest(value, known)}")
    missing = [m.name for m in model.members[1:] if mixture_critic(m) is None]
    if model.rule == "star" and missing:
        raise ValueError(
            "`members` after the first must have a `MixtureCritic` for the rule 'star'."
            f" Received: {missing} without one."
        )
