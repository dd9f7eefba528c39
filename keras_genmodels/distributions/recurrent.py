"""Distributions over sequences: a prior with a memory, and what is unrolled from it."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import registry
from keras_genmodels.registry import register

tfd = tfp.distributions


@register("recurrent_prior", family="layer")
class RecurrentPrior(keras.layers.Layer):
    """A prior of sequences that looks at what came before, and at attributes.

        p(z_1, ..., z_T | a) = prod_t p(z_t | s_t, a_t)
        s_1 = 0,    s_t+1 = memory(s_t, z_t, a_t)

    The parts are networks that declare what they look at. `network` says what comes
    next: from the names of a state and "condition" to "prior", the parameters of the
    head. `memory` maps a state, "latent" and "condition" to the next state; its outputs
    name the parts of the state, such as "hidden" and "cell". Without a memory nothing
    is remembered: steps are independent, and the state is "hidden", a 1.

    Args:
        network: what is expected of the next latent.
        memory: what becomes of the state; `None` forgets everything.
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

    def start(self, rows) -> dict[str, tf.Tensor]:
        """The state before the first step, name to (rows, size)."""
        if self.memory is None:
            return {"hidden": tf.ones((rows, 1))}
        outputs = self.memory.output.items()
        return {name: tf.zeros((rows, tensor.shape[-1])) for name, tensor in outputs}

    def foresee(self, state, given, training=False):
        """p(z_t | s_t, a_t), any leading axes.

        Args:
            state: name to (..., size).
            given: name to (..., size): "condition".
            training: whether this is a training step.
        """
        return foreseen(self.network, "prior", self.head, {**given, **state}, training)

    def remember(self, state, z, given, training=False) -> dict[str, tf.Tensor]:
        """The state after a step with the latent z, (rows, latent_dim)."""
        if self.memory is None:
            return state
        return _run(self.memory, {**given, **state, "latent": z}, training)

    def unrolled(self, given, training=False, foresee=None):
        """The distribution of whole sequences, `Unrolled`, event (steps, latent_dim).

        Args:
            given: name to (steps, batch, size), one entry a step.
            training: whether this is a training step.
            foresee: as the method; another one gives another distribution with the same
                memory, such as a posterior that sees the frames.
        """
        rows = tf.shape(next(iter(given.values())))[1]
        return Unrolled(
            lambda *step: (foresee or self.foresee)(*step, training),
            lambda *step: self.remember(*step, training),
            self.start(rows),
            given,
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

        p(z) = prod_t p(z_t | s_t, given_t),    s_t+1 = remember(s_t, z_t, given_t)

    `log_prob` follows the sequence that it is given (teacher forcing), `sample` its own
    draws, and `mean` the mean of every step.

    Args:
        foresee: (state, given) to the distribution of z_t, over any leading axes.
        remember: (state, z, given) to the next state.
        state: before the first step, name to (batch, size).
        given: what each step sees, name to (steps, batch, size).
        latent_dim: the size of z_t.
    """

    def __init__(self, foresee, remember, state, given, latent_dim, name="Unrolled"):
        parameters = dict(locals())
        self._foresee, self._remember = foresee, remember
        self._state, self.given = state, given
        self._latent_dim = latent_dim
        super().__init__(
            dtype=tf.float32,
            reparameterization_type=tfd.NOT_REPARAMETERIZED,
            validate_args=False,
            allow_nan_stats=True,
            parameters=parameters,
            name=name,
        )

    def path(self, seed, count=1, pick=None, blur=None):
        """Draw sequences; keep the states that they were drawn in.

        Args:
            seed: int32 (2,).
            count: sequences for each of the batch.
            pick: (distribution, seed) to a latent. Default: a plain sample.
            blur: (latent, seed) to what the memory sees of it. Default: the latent.

        Returns:
            z, (steps, count * batch, latent_dim), and the state before each step, name
            to (steps, count * batch, size).
        """
        pick = pick or (lambda ahead, seed: ahead.sample(seed=seed))
        fold_in = tf.random.experimental.stateless_fold_in

        def choose(ahead, step):
            return pick(ahead, fold_in(seed, step["index"]))

        def seen(z, step):
            return blur(z, fold_in(fold_in(seed, step["index"]), 1)) if blur else z

        return self._walk(choose, count, {"index": tf.range(self._steps())}, seen)

    def along(self, z):
        """The state before each step of given sequences, (steps, rows, latent_dim)."""
        count = tf.shape(z)[1] // self._rows()
        return self._walk(lambda ahead, step: step["z"], count, {"z": z})[1]

    def at(self, states, count=1):
        """The distributions of all steps at once, batch shape (steps, count, batch).

        Args:
            states: from `path` or `along`.
            count: of sequences for each of the batch, with which they were made.
        """
        shape = (self._steps(), count, self._rows())
        apart = tf.nest.map_structure(
            lambda x: tf.reshape(x, (*shape, *x.shape[2:])),
            (states, self._spread(count)),
        )
        return self._foresee(*apart)

    def _walk(self, choose, count, steps, seen=lambda z, step: z):
        """Step by step: what is chosen, and the states in which it was.

        Args:
            choose: (distribution, entry of `steps`) to z.
            count: sequences for each of the batch.
            steps: name to a tensor with an entry a step.
            seen: (z, entry of `steps`) to what is remembered of it.
        """
        rows = count * self._rows()
        start = {k: tf.tile(v, (count, 1)) for k, v in self._state.items()}

        def step(carried, elements):
            state, own = carried[0], elements["own"]
            z = choose(self._foresee(state, elements["given"]), own)
            return self._remember(state, seen(z, own), elements["given"]), z, state

        elements = {"own": steps, "given": self._spread(count)}
        first = (start, tf.zeros((rows, self._latent_dim)), start)
        _, z, states = tf.scan(step, elements, first)
        return z, states

    def _spread(self, count):
        """`given` for `count` sequences of each of the batch, side by side."""
        return {
            k: tf.tile(v, (1, count, *(1,) * (v.shape.rank - 2)))
            for k, v in self.given.items()
        }

    def _steps(self):
        first = next(iter(self.given.values()))
        return first.shape[0] or tf.shape(first)[0]

    def _rows(self):
        first = next(iter(self.given.values()))
        return first.shape[1] or tf.shape(first)[1]

    def _log_prob(self, z):
        leading = tf.shape(z)[:-2]  # (*samples, batch)
        count = tf.reduce_prod(leading[:-1])
        flat = tf.reshape(z, (-1, self._steps(), self._latent_dim))
        turned = tf.transpose(flat, (1, 0, 2))  # (steps, count * batch, latent_dim)
        ahead = self.at(self.along(turned), count)
        apart = (self._steps(), count, self._rows(), self._latent_dim)
        nats = ahead.log_prob(tf.reshape(turned, apart))  # (steps, count, batch)
        return tf.reshape(tf.reduce_sum(nats, axis=0), leading)

    def _sample_n(self, n, seed=None):
        z, _ = self.path(seed, n)
        return self._batch_first(z, n)

    def _mean(self):
        z, _ = self._walk(
            lambda ahead, step: ahead.mean(), 1, {"index": tf.range(self._steps())}
        )
        return self._batch_first(z, 1)[0]

    def _batch_first(self, z, count):
        apart = (self._steps(), count, self._rows(), self._latent_dim)
        return tf.transpose(tf.reshape(z, apart), (1, 2, 0, 3))

    def _event_shape(self):
        steps = next(iter(self.given.values())).shape[0]
        return tf.TensorShape([steps, self._latent_dim])

    def _event_shape_tensor(self):
        return tf.stack([self._steps(), self._latent_dim])

    def _batch_shape(self):
        return next(iter(self.given.values())).shape[1:2]

    def _batch_shape_tensor(self, **parameters):
        return tf.stack([self._rows()])


def foreseen(network, output, head, tensors, training=False):
    """The distribution that a network puts out for tensors of any leading axes.

    Args:
        network: functional, with named inputs of (rows, size).
        output: the name of the parameters among its outputs.
        head: what they mean.
        tensors: name to (..., size); what the network does not declare is left out.
        training: whether this is a training step.
    """
    first = tensors[next(iter(network.input))]
    leading = tf.shape(first)[:-1]
    flat = {
        k: tf.reshape(tensors[k], (-1, tensors[k].shape[-1])) for k in network.input
    }
    params = _run(network, flat, training)[output]
    return head.distribution(
        tf.reshape(params, tf.concat([leading, params.shape[-1:]], 0)), training
    )


def _run(network, tensors, training):
    outputs = network({k: tensors[k] for k in network.input}, training=training)
    return {key: tf.cast(value, tf.float32) for key, value in outputs.items()}
