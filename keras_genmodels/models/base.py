"""The bases of models: their batch, their seeds, their training step, their file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels.data.sample_weights import SAMPLE_WEIGHT
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions.priors import sample_shape
from keras_genmodels.global_batch import share_of_mean
from keras_genmodels.models import serialisation
from keras_genmodels.models.compile_checks import check_compile
from keras_genmodels.models.gradients import descend, tape_of
from keras_genmodels.models.inversion import Inverter
from keras_genmodels.models.network_inputs import as_declared, in_rows
from keras_genmodels.models.term_means import TermMeans, weighted
from keras_genmodels.models.trainer import TrainerMethods
from keras_genmodels.seeds import seed_pair


class BatchModel(TrainerMethods):
    """The base of every model: one batch format, one step, seeds that are saved.

    A subclass gives `networks`, whose inputs say which tensors of a batch the model
    needs, and `terms(batch, training)`, a dict of per-example values in nats of which
    `"loss"` is minimised. Everything named in `term_names` becomes a metric of `fit`
    and `evaluate`. A model with several players gives a `train_step` and a `compile` of
    its own.

    Args:
        spec: of the dataset: the tensors of a batch and their meaning.
        seed: of the noise in training; its state is saved with the weights.
        recipe: `{"name": ..., "arguments": ...}` where `zoo.build` made the model.
        **kwargs: `name` and `dtype`, as for `keras.Model`.
    """

    term_names: tuple[str, ...] = ("loss",)
    rising_terms = ("elbo",)  # better where they are greater; others where smaller
    undirected_terms = ("horizon", "k")
    added_terms: Sequence[Any] = ()  # `Term`s, in models that take them

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

    # --- what it needs of a batch -----------------------------------------------------

    @property
    def networks(self) -> Sequence[Any]:
        """The parts of the model whose `input` names the tensors that they look at."""
        raise NotImplementedError

    @property
    def batch_tensors(self) -> tuple[str, ...]:
        """The names of the tensors that the model needs of a batch, "x" first."""
        declared = {name for network in self.networks for name in network.input}
        declared |= {name for term in self.added_terms for name in term.batch_tensors}
        return ("x", *(name for name in self.spec.shapes if name in declared - {"x"}))

    @property
    def fitted_shape(self) -> tuple[int | None, ...]:
        """The shape of an example of `fit`, without the batch axis."""
        return self.spec.x_shape

    def unpack(self, batch) -> dict[str, tf.Tensor]:
        """The tensors of a batch that the spec names, their static shapes checked.

        Raises:
            TypeError: for integers where floats belong.
            ValueError: if one that the model needs is missing, has another shape, or
                pixels that are not in [0, 1], as far as values are known.
        """
        batch, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
        if y is not None:
            raise ValueError(
                "A batch must hold labels as its condition: {'x': x, 'condition': "
                "spec.condition(NAME=y)}. Received: a pair (x, y)."
            )
        batch = batch if isinstance(batch, Mapping) else {"x": batch}
        missing = [name for name in self.batch_tensors if batch.get(name) is None]
        if missing:
            raise ValueError(
                f"This model needs the tensors {list(self.batch_tensors)} of a batch. "
                f"Missing: {missing}. Received: {sorted(batch)}."
            )
        shapes = {**self.spec.shapes, "x": self.fitted_shape}
        if not self.spec.condition_size:
            del shapes["condition"]
        tensors = {
            name: as_declared(name, batch[name], self.spec.dtypes[name])
            for name in shapes
            if batch.get(name) is not None
        }
        for name, tensor in tensors.items():
            if not tensor.shape[1:].is_compatible_with(shapes[name]):
                raise ValueError(
                    f"`{name}` must have the shape {(None, *shapes[name])} of the "
                    f"dataset {self.spec.name!r}. Received: {tuple(tensor.shape)}."
                )
        weight = batch.get(SAMPLE_WEIGHT) if weight is None else weight
        if weight is not None:
            tensors[SAMPLE_WEIGHT] = tf.cast(weight, tf.float32)
        return tensors

    def terms(
        self, batch: dict[str, tf.Tensor], training: bool
    ) -> dict[str, tf.Tensor]:
        """Per-example values in nats, (batch,), among them `"loss"`."""
        raise NotImplementedError

    # --- training ---------------------------------------------------------------------

    def compile(self, optimizer="adam", jit_compile=False, **kwargs):
        """`keras.Model.compile`; the objective is part of the model, there is no loss.

        The optimiser is built at once, so that loading finds its state's place.

        Args:
            optimizer: a name, a config or an instance.
            jit_compile: compile the training step with XLA.
            **kwargs: `run_eagerly`, `steps_per_execution` and `auto_scale_loss`.

        Raises:
            ValueError: for a loss or metrics, which would be ignored.
        """
        check_compile(jit_compile, kwargs)
        self.build()
        super().compile(optimizer=optimizer, jit_compile=jit_compile, **kwargs)
        if self.optimizer is not None:  # a model of several players brings its own
            self.optimizer.build(self.trainable_variables)

    def train_step(self, batch):
        tape = tape_of(self.trainable_variables)
        with tape:
            batch = self.unpack(batch)
            terms = weighted(self.terms(batch, training=True), batch)
            loss = self.reduce(terms["loss"] + sum(self.losses))
        descend(self.optimizer, tape, loss, self.trainable_variables)
        return self.track(terms)

    def test_step(self, batch):
        batch = self.unpack(batch)
        return self.track(weighted(self.terms(batch, training=False), batch))

    def reduce(self, loss: tf.Tensor) -> tf.Tensor:
        """The own share of the mean over the global batch, which spans all replicas."""
        return share_of_mean(loss)

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

    def save(self, filepath, *args, **kwargs):
        """`keras.Model.save`, to a file that ends in ".keras".

        Raises:
            ValueError: for an HDF5 file, which could not be loaded.
        """
        if str(filepath).endswith((".h5", ".hdf5")):
            raise ValueError(
                "`filepath` must end in '.keras'; HDF5 files hold no such model. "
                f"Received: {filepath}."
            )
        super().save(filepath, *args, **kwargs)

    def export(self, filepath, *args, **kwargs):
        """Refuse Keras' export, which knows one method of a model only.

        Raises:
            NotImplementedError: names the function that exports all of them.
        """
        raise NotImplementedError(
            "A model is exported by `keras_genmodels.export.save(model, path)`, with "
            "a signature for each method; `path` ends in a version, as in "
            f"'saved_models/name/1'. Received: model.export({str(filepath)!r})."
        )

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
        parts = {k: serialisation.deserialised(v) for k, v in config.items()}
        model = cls(**{**parts, "spec": DatasetSpec.from_dict(config["spec"])})
        model.build()
        return model

    def get_compile_config(self) -> dict[str, Any]:
        config = super().get_compile_config()
        return {**config, "jit_compile": self.jit_compile} if config else config

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def save_own_variables(self, store):
        super().save_own_variables(store)
        serialisation.save_seeds(self.variables, store)

    def load_own_variables(self, store):
        super().load_own_variables(serialisation.load_seeds(self.variables, store))


class GenerativeModel(BatchModel):
    """The base of models that make examples; a subclass gives `prior` and `decode`.

    Wherever a method takes `condition` it takes an array, (batch, condition_size), or a
    dict of named tensors, such as `{"condition": c, "source": pictures}`.

    Args:
        spec: of the dataset.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `BatchModel`.
    """

    def sample(self, n=None, condition=None, seed=0) -> tf.Tensor:
        """The pictures of `n` latents drawn from the prior, as `decode` makes them.

        Args:
            n: how many; may be left out where `condition` has a row for each.
            condition: (n, condition_size) or a dict of named tensors, of what the
                networks declare; one row stands for all.
            seed: an int or two ints; the same seed gives the same samples.

        Returns:
            float32 in [0, 1], (n, *spec.x_shape).
        """
        tensors, n = in_rows(condition, n)
        return self.sample_rows(n, tensors, seed_pair(seed))

    def sample_rows(self, n, tensors, seed) -> tf.Tensor:
        """`sample` where every tensor has `n` rows and the seed is int32 (2,)."""
        return self.decode(self.draw_latents(n, tensors, seed), tensors)

    def draw_latents(self, n, tensors, seed) -> tf.Tensor:
        """Draw latents of the prior, (n, ...), with the arguments of `sample_rows`."""
        prior = self.prior(tensors.get("condition"))
        return prior.sample(sample_shape(prior, n), seed=seed)

    def inverter(self, **options) -> Inverter:
        """A search of the latents that this model makes given examples from.

        Args:
            **options: of `Inverter`: `start`, `steps`, `restarts`, `learning_rate`,
                `feature_weight`.
        """
        return Inverter(self, **options)
