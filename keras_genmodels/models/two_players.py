"""The two players of a game: their weights, and an optimiser for each."""

from __future__ import annotations

import functools

import keras

from keras_genmodels.models.compile_checks import check_optimizers, check_rates
from keras_genmodels.models.ema import averaged
from keras_genmodels.models.gradients import built_optimizer, descend
from keras_genmodels.models.players_optimizer import PlayersOptimizer, two_of
from keras_genmodels.models.serialisation import serialised


class TwoPlayers(keras.Model):
    """The common part of models with a generator and critics, beside a `BatchModel`.

    A subclass gives `generator_networks`, which the generator's step moves, `critics`
    and `critic_steps`, how many steps theirs are for one of the generator.
    """

    critic_steps = 1

    @property
    def generator_variables(self):
        """The weights that the generator's step moves."""
        networks = self.generator_networks
        return [v for network in networks for v in network.trainable_variables]

    @property
    def critic_variables(self):
        """The weights that the critics' step moves; critics may share networks."""
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
        optimizer=None,
        **kwargs,
    ):
        """Give each player an optimiser; both are saved with the model.

        `model.optimizer` stands for both: a callback that sets its learning rate
        changes the two rates in proportion.

        Args:
            generator_optimizer: of the generator. With `use_ema=True` it keeps a moving
                average of the weights, and `sample` and `generate` use that, with the
                moving means of batch normalisation as they are.
            critic_optimizer: of all critics together.
            jit_compile: compile the training step with XLA.
            optimizer: in place of the two, one that each player has a copy of.
            **kwargs: as for `GenerativeModel.compile`.

        Raises:
            ValueError: if both are the same instance, or given in both ways; for a loss
                or metrics.
        """
        check_optimizers(generator_optimizer, critic_optimizer, optimizer)
        if optimizer is not None:
            generator_optimizer, critic_optimizer = two_of(optimizer)
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)
        built = functools.partial(built_optimizer, policy=self.dtype_policy.name)
        self.generator_optimizer = built(generator_optimizer, self.generator_variables)
        self.critic_optimizer = built(critic_optimizer, self.critic_variables)
        players = self.generator_optimizer, self.critic_optimizer
        check_rates(self.critics, players)
        self.optimizer = PlayersOptimizer(*players)

    def move_critics(self, tape, cost):
        """Take one step of the critics, down a cost and what their networks add to it.

        Args:
            tape: from `tape_of(self.critic_variables)`, which recorded the cost.
            cost: of each example, (batch,).
        """
        networks = [critic.network for critic in self.critics]
        self._move(tape, cost, networks, self.critic_optimizer, self.critic_variables)

    def move_generator(self, tape, cost):
        """Take one step of the generator, as `move_critics` takes one of the critics.

        Args:
            tape: from `tape_of(self.generator_variables)`, which recorded the cost.
            cost: of each example, (batch,).
        """
        player = self.generator_optimizer, self.generator_variables
        self._move(tape, cost, self.generator_networks, *player)

    def _move(self, tape, cost, networks, optimizer, variables):
        with tape:
            regular = sum(sum(network.losses) for network in networks)
            loss = self.reduce(cost + regular)
        descend(optimizer, tape, loss, variables)

    def _averaged(self):
        """A scope in which the generator's weights are their moving averages."""
        optimizer = self.generator_optimizer if self.compiled else None
        return averaged(optimizer, self.generator_variables)

    def get_compile_config(self):
        config = super().get_compile_config()
        if not self.compiled:
            return config
        del config["optimizer"]
        parts = ("generator_optimizer", "critic_optimizer")
        return config | serialised({name: getattr(self, name) for name in parts})
