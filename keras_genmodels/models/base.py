"""What every generative model shares: its batch, its seeds, its step, its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels.data.pipeline import epoch_counter, set_epoch
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models.inversion import Inverter
from keras_genmodels.models.tracking import TermMeans
from keras_genmodels.seeds import seed_pair


def feed(
    network: keras.Model, tensors: Mapping[str, tf.Tensor], training: bool = False
):
    """Call a network with exactly the tensors it declares; its outputs as float32.

    Args:
        network: a functional model with a dict of named inputs.
        tensors: everything there is; what the network does not declare is left out.
        training: whether dropout and batch normalisation are in training mode.

    Raises:
        ValueError: if the network declares a tensor that is not there.
    """
    missing = [key for key in network.input if tensors.get(key) is None]
    if missing:
        given = sorted(key for key, value in tensors.items() if value is not None)
        raise ValueError(
            f"The network {network.name!r} declares the inputs "
            f"{sorted(network.input)}, but {missing} is not there. Received: {given}."
        )
    inputs = {key: tf.cast(tensors[key], tf.float32) for key in network.input}
    outputs = network(inputs, training=training)
    return {key: tf.cast(value, tf.float32) for key, value in outputs.items()}


def shown(likelihood) -> tf.Tensor:
    """The pictures of p(x | ...): its mean, which may leave [0, 1] by a little."""
    return tf.clip_by_value(likelihood.mean(), 0.0, 1.0)


def revived(value):
    """The Keras object of a config, or of each in a list; anything else as it is."""
    if isinstance(value, list):
        return [revived(item) for item in value]
    if isinstance(value, dict) and "class_name" in value:
        return keras.saving.deserialize_keras_object(value)
    return value


def recording(variables: Sequence[keras.Variable]) -> tf.GradientTape:
    """A tape that watches these variables and no others, so that none else costs.

    It can be entered more than once.
    """
    tape = tf.GradientTape(watch_accessed_variables=False)
    with tape:
        tape.watch([variable.value for variable in variables])
    return tape


class _EpochOrder(keras.callbacks.Callback):
    """Tells a dataset which epoch begins."""

    def __init__(self, dataset):
        super().__init__()
        self.dataset = dataset

    def on_epoch_begin(self, epoch, logs=None):
        set_epoch(self.dataset, epoch)


class GenerativeModel(keras.Model):
    """The base of every model: one batch format, one step, seeds that are saved.

    A subclass gives `terms(batch, training)`, a dict of per-example values in nats of
    which `"loss"` is minimised, and `prior` and `decode`, of which `sample` is made.
    Everything named in `term_names` becomes a metric of `fit` and `evaluate`. A model
    with several players gives a `train_step` and a `compile` of its own.

    Args:
        spec: what a batch looks like: shape of `x` and the attributes of `condition`.
        seed: of the noise in training; its state is saved with the weights.
        recipe: `{"name": ..., "arguments": ...}` where `zoo.build` made the model.
        **kwargs: `name` and `dtype`, as for `keras.Model`.
    """

    term_names: tuple[str, ...] = ("loss",)

    def __init__(self, spec: DatasetSpec, seed: int = 0, recipe=None, **kwargs):
        super().__init__(**kwargs)
        self.spec = spec
        self.seed = seed
        self.recipe = recipe
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.track_terms(*self.term_names)

    def track_terms(self, *names: str):
        """Say which terms of a step become metrics; equal names are one metric."""
        self.term_names = tuple(dict.fromkeys(names))
        self.term_means = TermMeans(self.term_names)

    def build(self, input_shape=None):
        """Nothing to do: networks, heads and priors arrive built."""
        self.built = True

    def terms(
        self, batch: dict[str, tf.Tensor], training: bool
    ) -> dict[str, tf.Tensor]:
        """Per-example values in nats, (batch,), among them `"loss"`."""
        raise NotImplementedError

    def sample(self, n=None, condition=None, seed=0) -> tf.Tensor:
        """The pictures of `n` latents drawn from the prior, as `decode` makes them.

        Args:
            n: how many; may be left out where `condition` has a row for each.
            condition: (n, condition_size), or one row for all, if a network declares
                it.
            seed: an int or two ints; the same seed gives the same samples.

        Returns:
            float32 in [0, 1], (n, *spec.x_shape).
        """
        if condition is not None:
            condition = tf.convert_to_tensor(condition, tf.float32)
            n = tf.shape(condition)[0] if n is None else n
            condition = tf.broadcast_to(condition, (n, condition.shape[-1]))
        prior = self.prior(condition)
        count = [] if prior.batch_shape.rank else [n]
        return self.decode(prior.sample(count, seed=seed_pair(seed)), condition)

    def inverter(self, **options) -> Inverter:
        """A search of the latents that this model makes given examples from.

        Args:
            **options: of `Inverter`: `start`, `steps`, `restarts`, `learning_rate`,
                `feature_weight`.
        """
        return Inverter(self, **options)

    # --- training ---------------------------------------------------------------------

    def compile(self, optimizer="adam", jit_compile=False, **kwargs):
        """`keras.Model.compile`; the objective is part of the model, there is no loss.

        The optimiser is built at once, so that loading finds its state's place.
        """
        self.build()
        super().compile(optimizer=optimizer, jit_compile=jit_compile, **kwargs)
        if self.optimizer is not None:  # a model of several players brings its own
            self.optimizer.build(self.trainable_variables)

    def built_optimizer(self, identifier, variables):
        """The optimiser of a player, for `compile` of a model that has several.

        It scales losses where the networks compute in float16, as Keras does for one.
        """
        optimizer = keras.optimizers.get(identifier)
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if self.dtype_policy.name == "mixed_float16" and not scaled:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(variables)
        return optimizer

    def fit(self, x=None, *args, callbacks=None, **kwargs):
        """`keras.Model.fit`, after a look at the first batch against `spec`.

        A dataset from `data.load` is told which epoch begins, so that its order is a
        function of its seed and the epoch's number, wherever training starts.

        Raises:
            ValueError: if a batch has another shape, width of condition or value range
                than `spec` says; the message names both.
        """
        if isinstance(x, Mapping):
            self.spec.check(x, self.fitted_shape)
        elif isinstance(x, tf.data.Dataset):
            self.spec.check(next(iter(x)), self.fitted_shape)
            kwargs.setdefault("shuffle", False)  # the dataset's own order holds
            if epoch_counter(x) is not None:
                callbacks = [_EpochOrder(x), *(callbacks or [])]
        return super().fit(x, *args, callbacks=callbacks, **kwargs)

    def train_step(self, batch):
        tape = recording(self.trainable_variables)
        with tape:
            terms = self.terms(self.unpack(batch), training=True)
            loss = self.reduce(terms["loss"] + sum(self.losses))
        self.descend(self.optimizer, tape, loss, self.trainable_variables)
        return self.track(terms)

    def descend(self, optimizer, tape, loss, variables):
        """One step of an optimiser down a loss that the tape has recorded.

        No weight moves before every gradient is there. TensorFlow's own order says so
        too, but its graph optimiser loses a part of it where a penalty takes gradients
        of gradients, and a bias could move before the penalty had read it.
        """
        with tape:
            scaled = optimizer.scale_loss(loss)
        gradients = tf.tuple(tape.gradient(scaled, variables), control_inputs=[loss])
        optimizer.apply(gradients, variables)

    def test_step(self, batch):
        return self.track(self.terms(self.unpack(batch), training=False))

    @property
    def fitted_shape(self) -> tuple[int | None, ...]:
        """The shape of an example of `fit`, without the batch axis."""
        return self.spec.x_shape

    def unpack(self, batch) -> dict[str, tf.Tensor]:
        """The batch as float32 tensors, its static shapes held against `spec`."""
        if not isinstance(batch, Mapping):  # from train_on_batch, with y and weights
            batch, *_ = keras.utils.unpack_x_y_sample_weight(batch)
        x = tf.cast(batch["x"], tf.float32)
        condition = batch.get("condition")
        if condition is None:
            condition = tf.zeros((tf.shape(x)[0], 0))
        tensors = {"x": x, "condition": tf.cast(condition, tf.float32)}
        wanted = {"x": self.fitted_shape, "condition": (self.spec.condition_size,)}
        for key, shape in wanted.items():
            if not tensors[key].shape[1:].is_compatible_with(shape):
                raise ValueError(
                    f"`{key}` must have the shape {(None, *shape)} of the dataset "
                    f"{self.spec.name!r}. Received: {tuple(tensors[key].shape)}."
                )
        return tensors

    def reduce(self, loss: tf.Tensor) -> tf.Tensor:
        """The mean over the global batch, which spans all replicas."""
        return tf.reduce_mean(loss) / tf.distribute.get_strategy().num_replicas_in_sync

    def track(self, terms: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Update the metrics and return their values, as Keras wants them."""
        self.term_means.update_state(terms)
        return self.get_metrics_result()

    @property
    def metrics(self):
        return [self.term_means]

    @property
    def step(self):
        """The optimiser's step count, on which schedules depend; 0 before `compile`."""
        return self.optimizer.iterations if self.compiled else 0

    def next_seed(self) -> tf.Tensor:
        """A fresh seed, int32 (2,), from the generator that is saved with the model."""
        return tf.cast(self.seed_generator.next(), tf.int32)

    # --- the file ---------------------------------------------------------------------

    def get_config(self):
        config = super().get_config()
        recipe = dict(self.recipe) if self.recipe else None
        return {
            **config,
            "spec": self.spec.to_dict(),
            "seed": self.seed,
            "recipe": recipe,
        }

    @classmethod
    def from_config(cls, config):
        parts = {key: revived(value) for key, value in config.items()}
        model = cls(**{**parts, "spec": DatasetSpec.from_dict(config["spec"])})
        model.build()
        return model

    def get_compile_config(self) -> dict[str, Any]:
        return {**super().get_compile_config(), "jit_compile": self.jit_compile}

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def _seed_states(self):
        return [v for v in self.variables if v.path.endswith("seed_generator_state")]

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for index, state in enumerate(self._seed_states()):
            store[f"seed_state_{index}"] = state

    def load_own_variables(self, store):
        own = {
            k: store[k] for k in list(store.keys()) if not k.startswith("seed_state_")
        }
        super().load_own_variables(own)
        for index, state in enumerate(self._seed_states()):
            state.assign(store[f"seed_state_{index}"])
