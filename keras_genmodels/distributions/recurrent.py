"""Distributions over sequences: a recurrent prior, and sequences drawn in steps."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import registry
from keras_genmodels.registry import register

tfd = tfp.distributions
_fold_in = tf.random.experimental.stateless_fold_in


@register("recurrent_prior", family="layer")
class RecurrentPrior(keras.layers.Layer):
    """A prior of sequences that depends on earlier latents, and on attributes.

        p(z_1, ..., z_T | a) = prod_t p(z_t | s_t, a_t)
        s_1 = 0,    s_t+1 = memory(s_t, z_t, a_t)

    The parts are networks that declare their inputs. `network` maps the tensors of a
    state and "condition" to "prior", the parameters of the head. `memory` maps a state,
    "latent" and "condition" to the next state; its outputs name the parts of the state,
    such as "hidden" and "cell". Without a memory steps are independent, and the state
    is "hidden", a constant 1.

    Args:
        network: from the state to the parameters of the next latent's distribution.
        memory: from a state and a latent to the next state; `None` for independent
            steps.
        head: of p(z_t | ...): "normal", "normal_mixture", ... or an instance.
        latent_dim: the size of z_t.

    Reference: Chung et al., "A Recurrent Latent Variable Model for Sequential Data",
    2015; with attributes: He et al., "Probabilistic Video Generation using Holistic
    Attribute Control", 2018.
    """

    def __init__(self, network, memory=None, head="normal", latent_dim=8, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.network = network
        self.memory = memory
        self.latent_dim = int(latent_dim)
        self.head = registry.get(head, "head", event_shape=(self.latent_dim,))
        self.built = True

    @property
    def input(self) -> dict:
        """Everything that a part of this prior declares, by name."""
        return {**self.network.input, **(self.memory.input if self.memory else {})}

    def initial_state(self, rows) -> dict[str, tf.Tensor]:
        """The state before the first step, name to (rows, size)."""
        if self.memory is None:
            return {"hidden": tf.ones((rows, 1))}
        outputs = self.memory.output.items()
        return {name: tf.zeros((rows, tensor.shape[-1])) for name, tensor in outputs}

    def predict(self, state, inputs, training=False):
        """Return p(z_t | s_t, a_t), with any leading axes.

        Args:
            state: name to (..., size).
            inputs: name to (..., size): "condition".
            training: whether this is a training step.
        """
        tensors = {**inputs, **state}
        return network_distribution(self.network, "prior", self.head, tensors, training)

    def update_state(self, state, z, inputs, training=False) -> dict[str, tf.Tensor]:
        """Return the state after a step with the latent z, (rows, latent_dim)."""
        if self.memory is None:
            return state
        return _outputs(self.memory, {**inputs, **state, "latent": z}, training)

    def unroll(self, inputs, training=False, predict=None):
        """Return the distribution of whole sequences, event (steps, latent_dim).

        Args:
            inputs: name to (steps, batch, size), one entry a step.
            training: whether this is a training step.
            predict: as the method; another one gives another distribution with the same
                memory, such as a posterior that depends on the frames.

        Returns:
            An `Unrolled`.
        """
        rows = tf.shape(next(iter(inputs.values())))[1]
        return Unrolled(
            lambda *step: (predict or self.predict)(*step, training),
            lambda *step: self.update_state(*step, training),
            self.initial_state(rows),
            inputs,
            self.latent_dim,
        )

    def get_config(self):
        serialise = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "network": serialise(self.network),
            "memory": self.memory and serialise(self.memory),
            "head": serialise(self.head),
            "latent_dim": self.latent_dim,
        }

    @classmethod
    def from_config(cls, config):
        for key in ("network", "memory", "head"):
            config[key] = config[key] and keras.saving.deserialize_keras_object(
                config[key]
            )
        return cls(**config)


class Unrolled(tfd.Distribution):
    """A distribution over sequences, drawn one step at a time.

        p(z) = prod_t p(z_t | s_t, inputs_t)
        s_t+1 = update_state(s_t, z_t, inputs_t)

    `log_prob` updates the state with the sequence it is given (teacher forcing),
    `sample` with its own draws, and `mean` with the mean of every step.

    Args:
        predict: (state, inputs) to the distribution of z_t, over any leading axes.
        update_state: (state, z, inputs) to the next state.
        state: before the first step, name to (batch, size).
        inputs: of each step, name to (steps, batch, size).
        latent_dim: the size of z_t.
    """

    def __init__(
        self, predict, update_state, state, inputs, latent_dim, name="Unrolled"
    ):
        parameters = dict(locals())
        self._predict, self._update_state = predict, update_state
        self._initial_state, self.inputs = state, inputs
        self._latent_dim = latent_dim
        super().__init__(
            dtype=tf.float32,
            reparameterization_type=tfd.NOT_REPARAMETERIZED,
            validate_args=False,
            allow_nan_stats=True,
            parameters=parameters,
            name=name,
        )

    def sample_with_states(self, seed, count=1, draw=None, memory_input=None):
        """Draw sequences; return them and the states that they were drawn in.

        Args:
            seed: int32 (2,).
            count: sequences for each of the batch.
            draw: (distribution, seed) to a latent. Default: a plain sample.
            memory_input: (latent, seed) to the tensor of the same shape that the state
                is updated with. Default: the latent itself.

        Returns:
            z, (steps, count * batch, latent_dim), and the state before each step, name
            to (steps, count * batch, size).
        """
        draw = draw or (lambda distribution, seed: distribution.sample(seed=seed))

        def choose(distribution, step):
            return draw(distribution, _fold_in(seed, step["index"]))

        def noisy(z, step):
            return memory_input(z, _fold_in(_fold_in(seed, step["index"]), 1))

        steps = {"index": tf.range(self._num_steps())}
        return self._scan(choose, count, steps, memory_input and noisy)

    def states_along(self, z):
        """Return the state before each step of sequences, (steps, rows, latent_dim)."""
        count = tf.shape(z)[1] // self._batch_size()
        return self._scan(lambda _, step: step["z"], count, {"z": z})[1]

    def step_distributions(self, states, count=1):
        """Return the distributions of all steps, batch shape (steps, count, batch).

        Args:
            states: from `sample_with_states` or `states_along`.
            count: of sequences for each of the batch, with which they were made.
        """
        shape = (self._num_steps(), count, self._batch_size())
        state, inputs = tf.nest.map_structure(
            lambda x: tf.reshape(x, (*shape, *x.shape[2:])),
            (states, self._tiled_inputs(count)),
        )
        return self._predict(state, inputs)

    def _scan(self, choose, count, steps, memory_input=None):
        """Choose a latent step by step; return all, and the states before each step.

        Args:
            choose: (distribution, entry of `steps`) to z.
            count: sequences for each of the batch.
            steps: name to a tensor with an entry a step.
            memory_input: (z, entry of `steps`) to what the state is updated with.
        """
        rows = count * self._batch_size()
        initial = {k: tf.tile(v, (count, 1)) for k, v in self._initial_state.items()}

        def step(carried, elements):
            state, entry, inputs = carried[0], elements["step"], elements["inputs"]
            z = choose(self._predict(state, inputs), entry)
            updated_with = memory_input(z, entry) if memory_input else z
            return self._update_state(state, updated_with, inputs), z, state

        elements = {"step": steps, "inputs": self._tiled_inputs(count)}
        first = (initial, tf.zeros((rows, self._latent_dim)), initial)
        _, z, states = tf.scan(step, elements, first)
        return z, states

    def _tiled_inputs(self, count):
        """Return `inputs` for `count` sequences of each of the batch, side by side."""
        return {
            k: tf.tile(v, (1, count, *(1,) * (v.shape.rank - 2)))
            for k, v in self.inputs.items()
        }

    def _num_steps(self):
        first = next(iter(self.inputs.values()))
        return first.shape[0] or tf.shape(first)[0]

    def _batch_size(self):
        first = next(iter(self.inputs.values()))
        return first.shape[1] or tf.shape(first)[1]

    def _log_prob(self, z):
        leading = tf.shape(z)[:-2]  # (*samples, batch)
        count = tf.reduce_prod(leading[:-1])
        flat = tf.reshape(z, (-1, self._num_steps(), self._latent_dim))
        by_step = tf.transpose(flat, (1, 0, 2))  # (steps, count * batch, latent_dim)
        steps = self.step_distributions(self.states_along(by_step), count)
        apart = (self._num_steps(), count, self._batch_size(), self._latent_dim)
        nats = steps.log_prob(tf.reshape(by_step, apart))  # (steps, count, batch)
        return tf.reshape(tf.reduce_sum(nats, axis=0), leading)

    def _sample_n(self, n, seed=None):
        z, _ = self.sample_with_states(seed, n)
        return self._steps_last(z, n)

    def _mean(self):
        steps = {"index": tf.range(self._num_steps())}
        z, _ = self._scan(lambda distribution, _: distribution.mean(), 1, steps)
        return self._steps_last(z, 1)[0]

    def _steps_last(self, z, count):
        """Rearrange (steps, count * batch, size) to (count, batch, steps, size)."""
        apart = (self._num_steps(), count, self._batch_size(), self._latent_dim)
        return tf.transpose(tf.reshape(z, apart), (1, 2, 0, 3))

    def _event_shape(self):
        steps = next(iter(self.inputs.values())).shape[0]
        return tf.TensorShape([steps, self._latent_dim])

    def _event_shape_tensor(self):
        return tf.stack([self._num_steps(), self._latent_dim])

    def _batch_shape(self):
        return next(iter(self.inputs.values())).shape[1:2]

    def _batch_shape_tensor(self, **parameters):
        return tf.stack([self._batch_size()])


def network_distribution(network, output, head, tensors, training=False):
    """Return the distribution whose parameters a network makes of some tensors.

    Args:
        network: functional, with named inputs of (rows, size).
        output: the name of the parameters among its outputs.
        head: from the parameters to the distribution.
        tensors: name to (..., size); what the network does not declare is left out.
        training: whether this is a training step.
    """
    first = tensors[next(iter(network.input))]
    leading = tf.shape(first)[:-1]
    flat = {
        k: tf.reshape(tensors[k], (-1, tensors[k].shape[-1])) for k in network.input
    }
    params = _outputs(network, flat, training)[output]
    return head.distribution(
        tf.reshape(params, tf.concat([leading, params.shape[-1:]], 0)), training
    )


def _outputs(network, tensors, training):
    """Call a network with the tensors that it declares; its outputs as float32."""
    outputs = network({k: tensors[k] for k in network.input}, training=training)
    return {key: tf.cast(value, tf.float32) for key, value in outputs.items()}
